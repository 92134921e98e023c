"""A finding's life: identity, new and persisting, explained, expired, unused."""

import re
from datetime import date
from decimal import Decimal

import pytest

from pipelines.reconcile import explain, finding_id, load_rulebook, reconcile, settle
from schemas.explanations import Explanation, load_explanations
from schemas.frames import FINDING_CELLS, FINDINGS
from schemas.observation import Observation, Place
from tests.reconcile.worlds import Case

BOOK = load_rulebook()
FACTS = {("Z03", "", "合计", "本年收入合计"): 501, ("Z01", "收入", "本年收入合计", "决算数"): 500}
SUBJECT = "Z03[合计,本年收入合计]"
TODAY = date(2024, 3, 1)


def settled(observations=(), facts=FACTS, **kw):
    con = Case().unit("1", "甲局").add(facts, code="1", name="甲局").load()
    reconcile(con, BOOK, observations)
    settle(con, observations, **({"run_id": "r1", "previous": None, "today": TODAY} | kw))
    return con


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


def test_the_datasets_are_as_described():
    con = settled()
    for dataset in (FINDINGS, FINDING_CELLS):
        table = con.sql(f"SELECT * FROM {dataset.name}").to_arrow_table()
        assert table.schema.names == dataset.names
        assert [f.type for f in table.schema] == [c.type for c in dataset.columns]
        dataset.pandera.validate(
            table.to_pandas(types_mapper=__import__("pandas").ArrowDtype), lazy=True
        )


def test_new_then_persisting():
    first = settled()
    old = first.sql("SELECT * FROM findings").to_arrow_table()
    second = settled(run_id="r2", previous=old)
    assert rows(first, "SELECT DISTINCT change, first_run, last_run FROM findings") == [
        ("new", "r1", "r1")
    ]
    assert rows(second, "SELECT DISTINCT change, first_run, last_run FROM findings") == [
        ("persisting", "r1", "r2")
    ]


def test_the_same_input_gives_the_same_rows():
    query = "SELECT * FROM findings", "SELECT * FROM finding_cells"
    assert [rows(settled(), q) for q in query] == [rows(settled(), q) for q in query]


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
    con = settled(seen)
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
    con = settled(two)
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


def test_identity_is_rule_unit_year_and_subject():
    con = settled()
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
def test_an_explanation_that_fits(given):
    con = settled(explanations=[explanation(**given)])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("explained",)]
    assert rows(con, "SELECT rule_id FROM findings WHERE rule_id LIKE 'S-%'") == []


@pytest.mark.parametrize(
    "given", [{"unit": "2"}, {"year": 2022}, {"subject": "Z03[201,本年收入合计]"}, {"rule": "X-02"}]
)
def test_an_explanation_that_matches_nothing(given):
    con = settled(explanations=[explanation(**given)])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("open",)]
    assert rows(con, "SELECT rule_id, severity FROM findings WHERE rule_id LIKE 'S-%'") == [
        ("S-UNUSED", "review")
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("X-1", "没有规则 X-1。是不是 X-"),
        ("x-01", "没有规则 x-01。是不是 X-01？"),
        ("??", "没有规则 ??。请改正"),
        ("X-02", "核对单位"),
    ],
)
def test_an_explanation_of_an_unknown_rule_names_the_nearest(rule, words):
    con = settled(explanations=[explanation(rule=rule)])
    assert words in rows(con, "SELECT message FROM findings WHERE rule_id = 'S-UNUSED'")[0][0]


def test_all_the_mistakes_of_an_entry_are_told_together(tmp_path):
    path = tmp_path / "explanations.yml"
    path.write_text(
        "- {rule: X-1, unit: '1', year: 二〇, until: 2024-13-01, by: 李四}\n- {rule: X-01, unit:"
        " '1'}\n",
        encoding="utf-8",
    )
    entries, wrong = load_explanations(path)
    found = dict(
        rows(
            settled(wrong, explanations=entries),
            "SELECT subject, message FROM findings WHERE rule_id = 'S-EXPLAIN'",
        )
    )
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


def test_a_wrong_entry_keeps_its_identity_where_the_file_is_sorted_anew(tmp_path):
    path = tmp_path / "explanations.yml"
    wrong = [
        "- {rule: X-02, unit: '1'}\n",
        "- {rule: X-02, unit: '1'}\n",
        "- {rule: X-03, unit: '2', year: 2023, subject: s}\n",
        "- X-01\n",
    ]
    subjects = []
    for text in (GOOD + "".join(wrong), "".join(reversed(wrong)) + GOOD):
        path.write_text("explanations:\n" + text, encoding="utf-8")
        subjects.append(sorted(p.subject for p in load_explanations(path)[1]))
    assert subjects[0] == subjects[1] == ["X-01", "X-02|1|*|*", "X-02|1|*|*#2", "X-03|2|2023|s"]


def test_an_explanation_that_has_expired():
    con = settled(explanations=[explanation(until=date(2024, 2, 29))])
    assert rows(con, "SELECT status FROM findings WHERE rule_id = 'X-01'") == [("open",)]
    assert rows(con, "SELECT rule_id FROM findings WHERE rule_id LIKE 'S-%'") == [("S-EXPIRED",)]
    assert rows(
        settled(explanations=[explanation(until=TODAY)]),
        "SELECT status FROM findings WHERE rule_id = 'X-01'",
    ) == [("explained",)]


GOOD = (
    "- {rule: X-01, unit: 1, year: 2023, subject: 'Z03[合计,本年收入合计]', reason: 因, by: 王,"
    " until: 2024-12-31}\n"
)
MALFORMED = {
    "not yaml": (b"explanations: [\n {", "YAML"),
    "a text": ("说明".encode(), "列表"),
    "no reason": (
        b"explanations:\n- {rule: X-01, unit: '1', subject: s, by: b, until: 2024-01-01}\n",
        "reason",
    ),
    "neither subject nor pattern": (
        b"- {rule: X-01, unit: '1', reason: r, by: b, until: 2024-01-01}\n",
        "subject",
    ),
    "a date that is none": (
        b"- {rule: X-01, unit: '1', subject: s, reason: r, by: b, until: soon}\n",
        "until",
    ),
    "unknown key": (
        b"- {rule: X-01, unit: '1', subject: s, reason: r, by: b, until: 2024-01-01, sum: 3}\n",
        "sum",
    ),
    "an entry that is a text": (b"- X-01\n", "第 1 条"),
    "bytes": (b"\xff\xfe\x00\x81", "GB18030"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_explanations_are_reported_and_left_out(tmp_path, name):
    data, word = MALFORMED[name]
    path = tmp_path / "explanations.yml"
    path.write_bytes(data)
    found, problems = load_explanations(path)
    assert found == [] and len(problems) == 1
    assert problems[0].rule_id == "S-EXPLAIN" and word in problems[0].message


def test_good_entries_survive_bad_ones(tmp_path):
    path = tmp_path / "explanations.yml"
    path.write_text("explanations:\n" + GOOD + "- {rule: X-02}\n", encoding="gb18030")
    found, problems = load_explanations(path)
    assert [e.unit for e in found] == ["1"] and len(problems) == 1
    path.write_text("")
    assert load_explanations(path) == ([], [])


def test_explain_gives_every_operand():
    con = settled()
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


def test_explain_signs_and_years():
    facts = {
        ("Z05", "", "合计", "合计"): 100,
        ("Z04", "", "合计", "本年支出合计"): 150,
        ("Z04", "", "合计", "上缴上级支出"): 40,
    }
    con = settled(facts=facts)
    operands = [
        o
        for o in explain(con, finding_id("X-07", "1", 2023, "Z05[合计,合计]"), BOOK)["operands"]
        if o["amount"] is not None
    ]
    assert [(o["side"], o["col_key"], o["coefficient"]) for o in operands] == [
        ("left", "合计", 1),
        ("right", "上缴上级支出", -1),
        ("right", "本年支出合计", 1),
    ]


def test_explain_lists_blank_operands_too():
    facts = FACTS | {("Z01", "收入", "其他收入", "决算数"): None}
    con = settled(facts=facts)
    operands = explain(
        con, finding_id("IN-Z01-01", "1", 2023, "Z01[收入/本年收入合计,决算数]"), BOOK
    )["operands"]
    parts = {o["row_key"]: (o["amount"], o["raw"], o["cell"]) for o in operands}
    assert parts["其他收入"] == (None, "", "D6") and parts["经营收入"] == (None, None, None)
    assert len([o for o in operands if o["side"] == "right"]) >= 6


def test_explain_lists_blank_cells_of_open_sums():
    facts = {
        ("Z04", "", "201", "基本支出"): 100,
        ("Z04", "", "20101", "基本支出"): 60,
        ("Z04", "", "20102", "基本支出"): None,
        ("Z04", "", "20201", "基本支出"): None,
    }
    con = settled(facts=facts)
    operands = explain(con, finding_id("IN-HIER-01", "1", 2023, "Z04[201,基本支出]"), BOOK)[
        "operands"
    ]
    assert [(o["side"], o["row_key"], o["amount"], o["cell"]) for o in operands] == [
        ("left", "201", Decimal("1.00"), "D5"),
        ("right", "20101", Decimal("0.60"), "D6"),
        ("right", "20102", None, "D7"),
    ]


def test_explain_an_observation():
    seen = Observation("S-FILE", "a.xlsx", "空文件", places=(Place("subject", "a.xlsx"),))
    con = settled([seen])
    document = explain(con, finding_id("S-FILE", "a.xlsx", None, "a.xlsx"), BOOK)
    assert document["operands"][0]["file"] == "a.xlsx"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("until: 2099-02-30", ("until（有效期）", "没有“2099-02-30”这一天")),
        ("until: 明年", ("until（有效期）", "不是日期")),
        ("until: [2099-01-01]", ("until（有效期）", "不是日期")),
        ("until:", ("until（有效期）",)),
        ("until: 2099-02-28, rule: [X-01]", ("rule（规则编号）", "应为文字")),
        ("until: 2099-02-28, year: 今年", ("year（年度）", "四位年份")),
        ("until: 2099-02-28, 7: x", ("第 2 条",)),
    ],
)
def test_one_wrong_entry_costs_only_itself_and_is_named_in_chinese(tmp_path, field, words):
    path = tmp_path / "explanations.yml"
    wrong = "- {rule: X-01, unit: '1', subject: s, reason: r, by: b, " + field + "}\n"
    if "rule: [" in field:
        wrong = wrong.replace("rule: X-01, ", "", 1)
    path.write_text("explanations:\n" + GOOD + wrong + GOOD, encoding="utf-8")
    found, [problem] = load_explanations(path)
    assert len(found) == 2 and all(w in problem.message for w in ("第 2 条", *words)), (
        problem.message
    )
    assert not re.search(r"(?i)input|should|valid|must|month|range", problem.message), (
        problem.message
    )


@pytest.mark.parametrize(
    "text",
    [
        "2099-02-28",
        "2099-2-28",
        "'2099-02-28'",
        "2099-02-28 00:00:00",
        "2099-02-28T23:30:00+08:00",
        "2099年2月28日",
        "20990228",
        "2099/2/28",
        "!!timestamp 2099-02-28",
    ],
)
def test_the_last_day_in_any_usual_form(tmp_path, text):
    path = tmp_path / "explanations.yml"
    path.write_text(
        f"- {{rule: X-01, unit: '1', subject: s, reason: 2024-01-01, by: b, until: {text}}}",
        encoding="utf-8",
    )
    [found], problems = load_explanations(path)
    assert problems == [] and found.until == date(2099, 2, 28) and found.reason == "2024-01-01"
