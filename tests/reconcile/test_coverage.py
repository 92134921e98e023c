"""Which rules reach which cell, and the proof: one 分 at any cell that an equality reaches is found
at that cell.
"""

import os
import random
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

import pipelines
from pipelines.database import open_database
from pipelines.reconcile import reconcile
from pipelines.reconcile.coverage import catalogue, count_kinds, coverage, gaps
from tests.reconcile.worlds import sample
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

BOOK = shipped_book()
FIXED_ROWS = ("Z01", "Z01_1", "F03", "G01", "G04", "G05", "G08", "G13")


def test_only_a_few_known_cells_have_no_equality_of_their_own():
    covered = coverage(BOOK, catalogue(BOOK.forms))
    assert count_kinds(covered)["equal"] > 0.99 * len(covered) and len(covered) > 7_000
    left = {(g.form, row) for g in gaps(covered) for row in g.rows}
    assert ("Z01", "基本建设类项目") in left and ("F03", "授予小微企业合同金额") in left
    assert {form for form, _ in left} == {"Z01", "F03"}


def test_a_cell_tells_the_rules_that_reach_it_and_what_they_need():
    keys = [
        ("Z01", "收入", "年初结转和结余", "决算数"),
        ("Z07", "", "2010301", "本年支出/合计"),
        ("Z04", "", "2010301", "没有这一栏"),
    ]
    opening, spent, unknown = coverage(BOOK, keys)
    found = {r.rule_id: r for r in opening.rules if r.equal}
    assert found["IN-Z01-02"].needs == () and found["Y-01"].needs == ("有上年数据",)
    assert opening.kind == spent.kind == "equal" and "X-18" in {r.rule_id for r in spent.rules}
    assert (
        all("上级" in n or "下级" in n for r in unknown.rules for n in r.needs)
        or unknown.kind == "equal"
    )


def test_terms_that_cancel_out_reach_nothing():
    """公开13 预算数 may lie anywhere between two columns: an inequality of both, no equality of
    either.
    """
    (one,) = coverage(BOOK, [("G13", "", "合计", "预算数/公务接待费")])
    assert {r.equal for r in one.rules if r.rule_id == "P-01"} == {
        True,
        False,
    } and one.kind == "equal"


def stratum(fact):
    row = fact["row_key"]
    level = f"{len(row)} 位" if row.isdigit() and fact["form"] not in FIXED_ROWS else row
    return fact["form"], fact["block"], level, fact["col_key"]


def sweep(units, seed, rounds, published=""):
    """Changes one cell of every unit and year a round, a form × block × row level × column at a
    time; (kind, found, fact).
    """
    case, _ = sample(units, 2, seed=seed, published=published)
    rng = random.Random(seed)
    strata = defaultdict(list)
    for fact in case.rows["facts"]:
        strata[stratum(fact)].append(fact)
    keys = [
        tuple(f[k] for k in ("form", "block", "row_key", "col_key")) for f in case.rows["facts"]
    ]
    kinds = {c.key: c.kind for c in coverage(BOOK, keys)}
    waiting = sorted(strata)
    rng.shuffle(waiting)
    for _ in range(rounds):
        planted, waiting = plant(strata, waiting, rng)
        if not planted:
            return
        found = named_cells(case)
        for fact in planted:
            fact["amount"] -= step(fact)
            kind = kinds[tuple(fact[k] for k in ("form", "block", "row_key", "col_key"))]
            yield kind, (fact["file"], fact["sheet"], fact["cell"]) in found, fact


def step(fact):
    """One 分; of a table in 万元 two of its last digits, because one may be what 舍位平衡 moved."""
    return Decimal("0.01") if fact["decimals"] >= 2 else Decimal(200)


def plant(strata, waiting, rng):
    taken, left, planted = set(), [], []
    for name in waiting:
        free = [f for f in strata[name] if (f["unit_code"], f["year"]) not in taken]
        if not free:
            left.append(name)
            continue
        fact = rng.choice(free)
        fact["amount"] += step(fact)
        taken.add((fact["unit_code"], fact["year"]))
        planted.append(fact)
    return planted, left


def named_cells(case):
    """Cells of findings by unit and year: a changed cell has to be named by a finding of its own
    file's unit, or its department.
    """
    con = case.load()
    reconcile(con, BOOK)
    rows = con.execute(
        "SELECT DISTINCT c.file, c.sheet, c.cell FROM raw_findings f JOIN raw_cells c USING"
        " (finding_id)"
    )
    return set(rows.fetchall())


@pytest.mark.parametrize(("seed", "published"), [(31, ""), (32, "naive")])
def test_one_fen_at_a_covered_cell_is_found_there(seed, published):
    results = list(sweep(10, seed, 1, published))
    assert len(results) > 15
    assert [fact for kind, found, fact in results if kind == "equal" and not found] == []


@pytest.mark.slow
@pytest.mark.skipif(
    "CAIJUE_SLOW" not in os.environ, reason="some minutes; set CAIJUE_SLOW to run it"
)
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(("seed", "published"), [(41, ""), (42, "naive"), (43, "balanced")])
def test_one_fen_at_every_form_row_level_and_column(seed, published):
    results = list(sweep(40, seed, 200, published))
    assert len(results) > 1_500
    assert [fact for kind, found, fact in results if kind == "equal" and not found] == []


def test_no_connection_may_draw_a_progress_bar():
    """DuckDB writes one to standard output during long queries, which ``--json`` must not have."""
    with open_database() as con:
        assert con.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
    sources = Path(pipelines.__file__).parent.rglob("*.py")
    opening = [p.name for p in sources if "duckdb.connect(" in p.read_text(encoding="utf-8")]
    assert opening == ["database.py"]
