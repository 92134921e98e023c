"""Generated sets through the rules: clean ones raise nothing, a changed cell is found, published
figures hold. The smaller sets are reconciled beside each other (``beside.py``).
"""

import random
from decimal import Decimal

import pytest

from pipelines.reconcile import reconcile
from tests.reconcile.beside import BOOK, beside
from tests.reconcile.worlds import Case, sample


def run(case, **kw):
    con = case.load()
    reconcile(con, BOOK, **kw)
    return con


@pytest.mark.parametrize("published", ["", "naive", "balanced"])
@beside
def test_a_clean_set_raises_nothing(published):
    case, _ = sample(3, 2, seed=5, published=published)
    con = yield case
    assert con.execute("SELECT rule_id, message FROM raw_findings").fetchall() == []
    assert con.execute(
        "SELECT count(*) FROM check_results WHERE outcome = 'broken'"
    ).fetchall() == [(0,)]
    passed = {
        r[0]
        for r in con.execute(
            "SELECT DISTINCT rule_id FROM check_results WHERE outcome = 'pass'"
        ).fetchall()
    }
    assert {"X-08", "IN-HIER-01", "Y-01", "G-01"} <= passed


@pytest.mark.long
def test_slices_do_not_change_the_result():
    results = []
    for size in (2_000_000, 1_500):
        case, _ = sample(3, 2, seed=4)
        case.rows["facts"][100]["amount"] += 1
        random.Random(1).shuffle(case.rows["facts"])
        con = run(case, facts_per_slice=size)
        results.append(
            [
                sorted(con.execute(f"SELECT * FROM {t}").fetchall(), key=str)
                for t in ("check_results", "raw_findings", "raw_cells")
            ]
        )
    assert results[0] == results[1]


INEQUALITIES_ONLY = {
    "基本建设类项目",
    "政府采购授予中小企业合同金额",
    "授予小微企业合同金额",
    "公务用车保有量",
    "国内公务接待人次",
    "国内公务接待批次",
}


@beside
def test_one_fen_in_any_unit_is_found_and_suspected():
    case, _ = sample(8, 2, seed=9)
    rng = random.Random(9)
    by_unit: dict[tuple, list[dict]] = {}
    for fact in case.rows["facts"]:
        if fact["row_key"] not in INEQUALITIES_ONLY and fact["form"] != "F03":
            by_unit.setdefault((fact["unit_code"], fact["year"]), []).append(fact)
    planted = [rng.choice(facts) for facts in by_unit.values()]
    for fact in planted:
        fact["amount"] += Decimal("0.01")
    con = yield case
    query = """SELECT c.role, c.rank, c.suggested
            FROM raw_findings f JOIN raw_cells c USING (finding_id)
        WHERE f.unit_code = ? AND f.year = ? AND c.file = ? AND c.sheet = ? AND c.cell = ?"""
    best = 0
    for fact in planted:
        found = con.execute(
            query, [fact[k] for k in ("unit_code", "year", "file", "sheet", "cell")]
        ).fetchall()
        assert {r[0] for r in found} & {"left", "right"}, fact
        best += ("suspect", 1, fact["amount"] - Decimal("0.01")) in found
    assert best >= len(planted) * 9 // 10


@pytest.mark.parametrize(("mode", "moved"), [("naive", 200), ("balanced", 100)])
@beside
def test_a_published_figure_beyond_rounding_is_found(mode, moved):
    case, _ = sample(3, 1, seed=3, published=mode)
    fact = next(
        f
        for f in case.rows["facts"]
        if f["form"] == "G06" and f["row_key"] == "合计" and f["col_key"] == "合计"
    )
    fact["amount"] += moved
    con = yield case
    query = "SELECT rule_id FROM raw_findings WHERE unit_code = ?"
    assert ("P-01",) in con.execute(query, [fact["unit_code"]]).fetchall()


def rounded(parts, total):
    """公开06: a class with two items, in 万元 with two decimals; sources in Z07."""
    published = {("G06", "", k, "合计"): v for k, v in total.items()}
    source = {("Z07", "", k, "本年支出/合计"): v for k, v in parts.items()}
    return Case().add(published | source, decimals={"G06": -2})


def not_as_published(con):
    query = "SELECT subject FROM raw_findings WHERE rule_id = 'P-01' ORDER BY 1"
    return con.execute(query).fetchall()


TRUE = {"合计": 266_00, "201": 266_00, "20103": 266_00, "2010301": 133_00, "2010302": 133_00}


@beside
def test_a_digit_moved_to_balance_is_allowed():
    # 133 + 133 = 266 元: rounded by themselves 1 + 1 against 3 (百元), so one part is raised to 2
    moved = {"合计": 300_00, "201": 300_00, "20103": 300_00, "2010301": 200_00, "2010302": 100_00}
    assert not_as_published((yield rounded(TRUE, moved))) == []


@beside
def test_a_digit_moved_without_need_is_not():
    true = TRUE | {
        "合计": 300_00,
        "201": 300_00,
        "20103": 300_00,
        "2010301": 100_00,
        "2010302": 200_00,
    }
    moved = {"合计": 300_00, "201": 300_00, "20103": 300_00, "2010301": 200_00, "2010302": 100_00}
    assert not_as_published((yield rounded(true, moved))) == [
        ("G06[2010301,合计]",),
        ("G06[2010302,合计]",),
    ]


@beside
def test_a_digit_moved_the_wrong_way_is_not():
    moved = {"合计": 300_00, "201": 300_00, "20103": 300_00, "2010301": None, "2010302": 300_00}
    assert not_as_published((yield rounded(TRUE, moved))) == [
        ("G06[2010301,合计]",),
        ("G06[2010302,合计]",),
    ]


@pytest.mark.slow
def test_many_units_many_faults():
    case, _ = sample(200, 2, seed=2, published="balanced")
    con = run(case)
    assert con.execute("SELECT count(*) FROM raw_findings").fetchall() == [(0,)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("units", "many"), [(1, 1_500), pytest.param(10, 20_000, marks=pytest.mark.slow)]
)
def test_when_nearly_everything_is_wrong(units, many):
    """Thousands of failing instances: each is a finding of its own, none is lost, and it stays
    quick.
    """
    case, _ = sample(units, 1, seed=1)
    rng = random.Random(1)
    for fact in case.rows["facts"]:
        fact["amount"] += Decimal(rng.randrange(1, 10**6)) / 100
    con = run(case)
    total, distinct = con.execute(
        "SELECT count(*), count(DISTINCT finding_id) FROM raw_findings WHERE rule_id NOT LIKE 'S-%'"
    ).fetchall()[0]
    failed = con.execute("SELECT sum(failed) FROM check_results").fetchall()[0][0]
    assert total == distinct == failed > many
