"""A folder of one's own beside the shipped rules; mistakes in it cost only the rule they are in."""

import pytest

from pipelines.reconcile import reconcile
from pipelines.reconcile.rule_pages import render_book
from schemas.rulebook import RULES_DIR, load_rulebook
from tests.reconcile.worlds import Case
from tests.shipped import shipped_book

GOOD = """
family: 表内
severity: error
rules:
- {id: OWN-1, title: 自定, formulas: ['Z04[合计, 基本支出] = Z04[合计, 项目支出]']}
"""
BAD = {
    "unknown form": ("formulas: ['Z99[合计, 基本支出] = 0']", "没有表“Z99”"),
    "unknown column": ("formulas: ['Z04[合计, 基本支付] = 0']", "没有栏“基本支付”"),
    "unknown row": ("formulas: ['Z01[收入/合计, 决算数] = 0']", "没有行“收入/合计”"),
    "loose word": (
        "formulas: ['Z04[行, 基本支出] = Z04[合计, 项目支出]']",
        "没有在公式的每一项中出现",
    ),
    "syntax": ("formulas: ['Z04[合计, 基本支出 = 0']", "第 1 行第 14 列"),
    "coefficient": ("formulas: ['1.05 * Z04[合计, 基本支出] <= Z04[合计, 项目支出]']", "系数"),
    "no formula": ("formulas: []", "没有公式"),
    "unknown field": ("formulae: ['Z04[合计, 基本支出] = 0']", "formulae"),
    "query": ("kind: query\n  sql: SELECT nothing FROM nowhere", "查询出错"),
    "query reads a file": (
        "kind: query\n  sql: SELECT content FROM read_text('/etc/hostname')",
        "查询出错",
    ),
    "query is not a query": ("kind: query\n  sql: DROP TABLE facts", "查询"),
}


def _book(tmp_path, text):
    (tmp_path / "own.yml").write_text(text, encoding="utf-8")
    return load_rulebook((RULES_DIR, tmp_path))


def _outcomes(book, case):
    con = case.load()
    reconcile(con, book)
    rows = con.execute("SELECT rule_id, outcome, reason FROM check_results").fetchall()
    return {r[0]: r[1:] for r in rows}


CASE = Case().add({("Z04", "", "合计", "基本支出"): 100, ("Z04", "", "合计", "项目支出"): 99})


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory):
    """A folder with every kind of mistake, each in a rule of its own, reconciled once: the book,
    and outcome and reason of each rule.
    """
    rules = [
        f"- id: OWN-BAD-{number}\n  title: 有误\n  {body}\n"
        for number, (body, _) in enumerate(BAD.values())
    ]
    book = _book(tmp_path_factory.mktemp("own"), GOOD + "".join(rules))
    return book, _outcomes(book, CASE)


@pytest.mark.long
def test_rules_of_ones_own_run_beside_the_shipped(mistaken):
    book, found = mistaken
    assert found["OWN-1"][0] == "fail"
    assert book.version != shipped_book().version
    assert "OWN-1" in render_book(book)


@pytest.mark.parametrize("name", BAD)
def test_a_broken_rule_says_why(mistaken, name):
    _, found = mistaken
    outcome, reason = found[f"OWN-BAD-{list(BAD).index(name)}"]
    assert outcome == "broken" and BAD[name][1] in reason


def test_the_others_run(mistaken):
    book, found = mistaken
    assert len(found) == len(book.rules)
    broken = {rule for rule, (outcome, _) in found.items() if outcome == "broken"}
    assert broken == {f"OWN-BAD-{number}" for number in range(len(BAD))}


def test_a_folder_that_is_not_yaml_breaks_nothing_else(tmp_path):
    book = _book(tmp_path, "rules: [\n  {id: x\n")
    assert "第" in book.rules["S-RULES/own.yml"].broken
    assert len(book.checks) == len(shipped_book().checks)


@pytest.mark.parametrize("body", ["formulas: ['Z04[合计, 基本支出 = 0']", "severity: grave"])
def test_a_broken_rule_does_not_put_out_the_shipped_one(tmp_path, body):
    book = _book(tmp_path, GOOD + f"- id: X-01\n  title: 有误\n  {body}\n")
    assert (
        book.rules["X-01"].title == shipped_book().rules["X-01"].title
        and not book.rules["X-01"].broken
    )
    assert book.rules["S-RULES/own.yml#X-01"].broken
    assert len([c for c in book.checks if c.rule.id == "X-01"]) == len(book.rules["X-01"].formulas)


def test_a_later_folder_replaces_a_rule(tmp_path):
    book = _book(tmp_path, GOOD.replace("OWN-1", "X-01"))
    assert book.rules["X-01"].title == "自定"
    assert book.rules["X-01"].replaces and "替换" in book.render_rule("X-01")
    assert [r.id for r in book.rules.values() if r.replaces] == ["X-01"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("severity: grave", ("第 8 行", "severity “grave”", "error、review、hint")),
        ("family: 表里", ("第 8 行", "family “表里”", "表内、表间")),
        ("kind: sql", ("第 8 行", "formula、query、observed")),
        ("colour: red", ("第 8 行", "colour 不是可用的名称")),
        (
            "formulas: ['Z04[合计, 基本支付] = 0']",
            ("第 8 行", "第 1 个公式", "第 1 行第 9 列", "基本支出"),
        ),
        (
            (
                "formulas:\n  - 'Z04[合计, 基本支出] = Z04[合计, 项目支出]'\n  - 'Z04[合计,"
                " 基本支出] = Z01[收入/本年收入, 决算数]'"
            ),
            ("第 10 行", "第 2 个公式", "第 1 行第 21 列", "本年收入合计"),
        ),
        ("formulas: ['Z04[合计, 基本支出] = Z04[行, 项目支出]']", ("第 1 行第 21 列", "“行”")),
        (
            "formulas: ['Z04[合计, 基本支出] = 1.05 * Z04[合计, 项目支出]']",
            ("第 1 行第 24 列", "系数 21/20"),
        ),
    ],
)
def test_a_mistake_is_shown_where_it_stands_with_what_may_stand_there(tmp_path, body, words):
    book = _book(tmp_path, GOOD + f"- id: OWN-2\n  title: 有误\n  {body}\n")
    reason = book.rules["OWN-2"].broken
    assert all(w in reason for w in words), reason


def test_a_wrong_value_for_the_whole_file_is_shown_at_its_head(tmp_path):
    book = _book(tmp_path, GOOD.replace("severity: error", "severity: grave"))
    assert (
        "第 3 行" in book.rules["OWN-1"].broken
        and "error、review、hint" in book.rules["OWN-1"].broken
    )
