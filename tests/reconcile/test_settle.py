"""A finding's life: identity, new and persisting, explained, expired, unused.

The worlds of these tests, one unit each, are reconciled beside each other (``beside.py``); each
test settles its own.
"""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.reconcile import explain, finding_id, settle
from schemas.explanations import Explanation, load_explanations
from schemas.frames import FINDING_CELLS, FINDINGS
from schemas.observation import Observation, Place
from tests.reconcile.beside import BOOK, beside
from tests.reconcile.worlds import Case

FACTS = {("Z03", "", "合计", "本年收入合计"): 501, ("Z01", "收入", "本年收入合计", "决算数"): 500}
SUBJECT = "Z03[合计,本年收入合计]"
TODAY = date(2024, 3, 1)


def one_unit(observations=(), facts=FACTS):
    case = Case().unit("1", "甲局").add(facts, code="1", name="甲局")
    case.observations += observations
    return case


def settled(con, observations=(), **kw):
    settle(con, observations, **({"run_id": "r1", "previous": None, "today": TODAY} | kw))
    return con


def explained(con, case, rule, subject):
    """The operands of a finding of the unit; needs the facts of the case."""
    settled(case.load(con))
    return explain(con, finding_id(rule, "1", 2023, subject), BOOK)["operands"]


def rows(con, query, *values):
    return con.execute(query, list(values)).fetchall()


def explanation(**kw):
    values = {
        "rule": "X-01",
        "unit": "1",
        "year": 2023,
        "subject": SUBJECT,
        "reason": "已说明",
        "by": "王某",
        "until": date(2024, 12, 31),
    }
    return Explanation(**(values | kw))


@beside
def test_the_datasets_are_as_described():
    con = settled((yield one_unit()))
    for dataset in (FINDINGS, FINDING_CELLS):
        table = con.sql(f"SELECT * FROM {dataset.name}").to_arrow_table()
        assert table.schema.names == dataset.names
        assert [f.type for f in table.schema] == [c.type for c in dataset.columns]
        dataset.pandera.validate(
            table.to_pandas(types_mapper=__import__("pandas").ArrowDtype), lazy=True
        )


@beside
def test_new_then_persisting():
    first, second = yield [one_unit(), one_unit()]
    old = settled(first).sql("SELECT * FROM findings").to_arrow_table()
    settled(second, run_id="r2", previous=old)
    assert rows(first, "SELECT DISTINCT change, first_run, last_run FROM findings") == [
        ("new", "r1", "r1")
    ]
    assert rows(second, "SELECT DISTINCT change, first_run, last_run FROM findings") == [
        ("persisting", "r1", "r2")
    ]


@pytest.mark.long
@beside
def test_the_same_input_gives_the_same_rows():
    query = "SELECT * FROM findings", "SELECT * FROM finding_cells"
    one = settled((yield one_unit()))
    other = settled((yield one_unit()))
    assert [rows(one, q) for q in query] == [rows(other, q) for q in query]


@beside
def test_observations_become_findings():
    seen = [
        Observation("S-FILE", "a.xlsx", "空文件", places=(Place("subject", "a.xlsx"),)),
        Observation("S-FILE", "b.xlsx", "空文件", places=(Place("subject", "b.xlsx"),)),
        Observation(
            "IN-HIER-02",
            "Z04[2010301]",
            "缺少款级行",
            "error",
            "1",
            "甲局",
            2023,
            None,
            (Place("subject", "f", "s", "A1"),),
        ),
        Observation("S-NEW", "?", "别处新增的规则", "hint", "1", "甲局", 2023),
    ]
    con = settled((yield one_unit(seen)), seen)
    found = rows(
        con,
        "SELECT rule_id, unit_name, year FROM findings WHERE rule_id LIKE 'S-%' OR rule_id ="
        " 'IN-HIER-02' ORDER BY rule_id, finding_id",
    )
    assert [f[0] for f in found] == ["IN-HIER-02", "S-FILE", "S-FILE", "S-NEW"]
    assert rows(con, "SELECT outcome, failed FROM check_results WHERE rule_id = 'IN-HIER-02'") == [
        ("fail", 1)
    ]
    assert rows(con, "SELECT outcome FROM check_results WHERE rule_id = 'IN-HIER-03'") == [
        ("pass",)
    ]


@beside
def test_observations_of_one_subject_are_one_finding():
    two = [
        Observation(
            "S-TEXT",
            "Z03[合计,x]",
            "文字",
            "error",
            "1",
            "甲局",
            2023,
            None,
            (Place("subject", "f", "s", c),),
        )
        for c in ("A1", "B1")
    ]
    con = settled((yield one_unit(two)), two)
    assert rows(con, "SELECT count(*) FROM findings WHERE rule_id = 'S-TEXT'") == [(1,)]
    assert (
        len(
            rows(
                con,
                "SELECT cell FROM finding_cells JOIN findings USING (finding_id) WHERE rule_id ="
                " 'S-TEXT'",
            )
        )
        == 2
    )


@beside
def test_identity_is_rule_unit_year_and_subject():
    con = settled((yield one_unit()))
    assert rows(con, "SELECT finding_id FROM findings WHERE rule_id = 'X-01'") == [
        (finding_id("X-01", "1", 2023, SUBJECT),)
    ]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"unit": "甲局"},
        {"subject": "", "pattern": "Z03[*"},
        {"year": None},
        {"subject": "", "pattern": "Z03[合计,?年收入合计]"},
        {"subject": ""},
    ],
)
@beside
def test_an_explanation_that_fits(given):
    con = settled((yield one_unit()), explanations=[explanation(**given)])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("explained",)]
    assert rows(con, "SELECT rule_id FROM findings WHERE rule_id LIKE 'S-%'") == []


@pytest.mark.parametrize(
    "given", [{"unit": "2"}, {"year": 2022}, {"subject": "Z03[201,本年收入合计]"}, {"rule": "X-02"}]
)
@beside
def test_an_explanation_that_matches_nothing(given):
    con = settled((yield one_unit()), explanations=[explanation(**given)])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("open",)]
    assert rows(con, "SELECT rule_id, severity FROM findings WHERE rule_id LIKE 'S-%'") == [
        ("S-UNUSED", "review")
    ]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"year": 2022}, "other_year"),
        ({"year": None, "rule": "*", "unit": "*", "finding": "0" * 16}, "other_year"),
        ({"year": 2023, "subject": "Z03[合计,其他收入]"}, "unused"),
    ],
)
@beside
def test_a_run_of_one_year_misses_no_explanation_of_another(given, state):
    con = settled((yield one_unit()), explanations=[explanation(**given)], year=2023)
    assert rows(con, "SELECT state FROM explanations") == [(state,)]
    told = rows(con, "SELECT count(*) FROM findings WHERE rule_id = 'S-UNUSED'")
    assert told == [(int(state == "unused"),)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("X-1", "没有规则 X-1。是不是 X-"),
        ("x-01", "没有规则 x-01。是不是 X-01？"),
        ("??", "没有规则 ??。请改正"),
        ("X-02", "核对单位"),
    ],
)
@beside
def test_an_explanation_of_an_unknown_rule_names_the_nearest(rule, words):
    con = settled((yield one_unit()), explanations=[explanation(rule=rule)])
    assert words in rows(con, "SELECT message FROM findings WHERE rule_id = 'S-UNUSED'")[0][0]


@beside
def test_all_the_mistakes_of_an_entry_are_told_together():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "explanations.yml"
        path.write_text(
            "- {rule: X-1, unit: '1', year: 二〇, until: 2024-13-01, by: 李四}\n"
            "- {rule: X-01, unit: '1'}\n",
            encoding="utf-8",
        )
        entries, wrong = load_explanations(path)
    con = settled((yield one_unit(wrong)), wrong, explanations=entries)
    query = "SELECT subject, message FROM findings WHERE rule_id = 'S-EXPLAIN'"
    found = dict(rows(con, query))
    assert len(found) == 2
    for words in (
        "没有规则 X-1。是不是 X-",
        "的 reason（原因）没有填写",
        "的 year（年度）应为四位年份",
        "没有“2024-13-01”这一天",
    ):
        assert words in found["X-1|1|二〇|*"]
    told = found["X-01|1|*|*"]
    assert "没有规则" not in told and all(f"{f}（" in told for f in ("reason", "by", "until"))


@beside
def test_an_explanation_that_has_expired():
    con, last_day = yield [one_unit(), one_unit()]
    settled(con, explanations=[explanation(until=date(2024, 2, 29))])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("open",)]
    assert rows(con, "SELECT rule_id FROM findings WHERE rule_id LIKE 'S-%'") == [("S-EXPIRED",)]
    assert rows(
        settled(last_day, explanations=[explanation(until=TODAY)]),
        "SELECT status FROM findings WHERE rule_id = 'X-01'",
    ) == [("explained",)]


@beside
def test_explain_gives_every_operand():
    case = one_unit()
    con = settled(case.load((yield case)))
    number = finding_id("X-01", "1", 2023, SUBJECT)
    document = explain(con, number, BOOK)
    assert [
        (o["side"], o["form"], o["coefficient"], o["amount"], o["cell"])
        for o in document["operands"]
    ] == [
        ("left", "Z03", 1, Decimal("5.01"), "D5"),
        ("right", "Z01", 1, Decimal("5.00"), "D5"),
    ]
    assert document["rule"]["id"] == "X-01"
    assert {"IN-Z01-01", "IN-Z03-01"} <= {s["rule_id"] for s in document["shared"]}
    assert explain(con, "0000", BOOK) is None


@beside
def test_explain_signs_and_years():
    facts = {
        ("Z05", "", "合计", "合计"): 100,
        ("Z04", "", "合计", "本年支出合计"): 150,
        ("Z04", "", "合计", "上缴上级支出"): 40,
    }
    case = one_unit(facts=facts)
    operands = explained((yield case), case, "X-07", "Z05[合计,合计]")
    operands = [o for o in operands if o["amount"] is not None]
    assert [(o["side"], o["col_key"], o["coefficient"]) for o in operands] == [
        ("left", "合计", 1),
        ("right", "上缴上级支出", -1),
        ("right", "本年支出合计", 1),
    ]


@beside
def test_explain_lists_blank_operands_too():
    case = one_unit(facts=FACTS | {("Z01", "收入", "其他收入", "决算数"): None})
    operands = explained((yield case), case, "IN-Z01-01", "Z01[收入/本年收入合计,决算数]")
    parts = {o["row_key"]: (o["amount"], o["raw"], o["cell"]) for o in operands}
    assert parts["其他收入"] == (None, "", "D6") and parts["经营收入"] == (None, None, None)
    assert len([o for o in operands if o["side"] == "right"]) >= 6


@beside
def test_explain_lists_blank_cells_of_open_sums():
    facts = {
        ("Z04", "", "201", "基本支出"): 100,
        ("Z04", "", "20101", "基本支出"): 60,
        ("Z04", "", "20102", "基本支出"): None,
        ("Z04", "", "20201", "基本支出"): None,
    }
    case = one_unit(facts=facts)
    operands = explained((yield case), case, "IN-HIER-01", "Z04[201,基本支出]")
    assert [(o["side"], o["row_key"], o["amount"], o["cell"]) for o in operands] == [
        ("left", "201", Decimal("1.00"), "D5"),
        ("right", "20101", Decimal("0.60"), "D6"),
        ("right", "20102", None, "D7"),
    ]


@beside
def test_explain_an_observation():
    seen = Observation("S-FILE", "a.xlsx", "空文件", places=(Place("subject", "a.xlsx"),))
    case = one_unit([seen])
    con = settled(case.load((yield case)), [seen])
    document = explain(con, finding_id("S-FILE", "a.xlsx", None, "a.xlsx"), BOOK)
    assert document["operands"][0]["file"] == "a.xlsx"
