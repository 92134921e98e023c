"""The file of explanations: a wrong entry costs only itself, and is told in Chinese."""

import re
from datetime import date

import pytest

from schemas.explanations import load_explanations

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
