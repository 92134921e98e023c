"""Every amount stands in the cell the layout says, in both file kinds and however messy the layout
is.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections import Counter
from decimal import Decimal
from random import Random

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipelines.sample import Style, facts_of, generate, random_style, write_submission
from pipelines.sample.books import books, handed_in
from pipelines.sample.published import published_book, published_tables
from pipelines.sample.style import DASHES
from schemas.library import forms


@pytest.fixture(scope="module")
def sample():
    return generate(8, 2, seed=11)


def number_in(value: object) -> Decimal:
    """What a person reads in the cell."""
    if not isinstance(value, str):
        return Decimal(repr(value))
    text = unicodedata.normalize("NFKC", value).replace("元", "").replace(",", "").strip()
    inner = re.fullmatch(r"\((.*)\)", text)
    return -Decimal(inner[1]) if inner else Decimal(text)


def grid(path):
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def check(directory, written, submission, style):
    """Every fact of the tables handed in is there, at its cell, with its amount; nothing stands
    twice.
    """
    expected = facts_of(submission)
    seen = Counter()
    for file in written:
        sheets = grid(directory / file.file)
        for name, fact in file.facts:
            value = sheets[name][fact.row][fact.column]
            key = (fact.form, fact.block, fact.row_key, fact.col_key)
            seen[key] += 1
            if fact.amount is None:
                assert value in DASHES, (name, fact)
                continue
            unit = form_unit(submission, fact, style)
            assert number_in(value) * unit == Decimal(fact.amount) / 100, (name, fact, value)
    assert max(seen.values()) == 1
    handed = set(handed_in(submission, style))
    missing = {k for k, v in expected.items() if k[0] in handed and v} - set(seen)
    gone = {k for k in missing if style.drop_optional and k[0] == "F03" and k[3] == "全年预算数"}
    assert missing == gone


def form_unit(submission, fact, style):
    form = forms()[fact.form]
    counts = {r.key for b in form.blocks for r in b.rows if r.count}
    return 1 if style.unit == "元" or (fact.form == "F03" and fact.row_key in counts) else 10_000


def test_plain_exports_of_both_kinds(tmp_path, sample):
    for kind in ("xlsx", "xls"):
        for submission in sample.submissions[:6]:
            written = write_submission(tmp_path / kind, submission, Style(kind=kind), Random(1))
            check(tmp_path / kind, written, submission, Style(kind=kind))


@pytest.mark.parametrize("seed", range(24))
def test_messy_exports(tmp_path, sample, seed):
    rng = Random(seed)
    submission = rng.choice(sample.submissions)
    style = random_style(rng, 1.0, rng.choice(("xlsx", "xlsx", "xls")))
    check(tmp_path, write_submission(tmp_path, submission, style, rng), submission, style)


@pytest.mark.parametrize("year", [2018, 2019, 2021, 2025])
def test_other_years(tmp_path, year):
    for submission in generate(3, 1, seed=2, last_year=year).submissions:
        check(
            tmp_path,
            write_submission(tmp_path, submission, Style(), Random(1)),
            submission,
            Style(),
        )


def test_the_places_of_the_known_layout(tmp_path, sample):
    submission = sample.submissions[0]
    [written] = write_submission(tmp_path, submission, Style(), Random(1))
    sheets = grid(tmp_path / written.file)
    z01 = next(s for n, s in sheets.items() if n.startswith("Z01 "))
    assert z01[0][0] == "收入支出决算总表" and z01[1][14] == "财决01表"
    assert (
        z01[2][0] == f"编制单位：{submission.unit.name}" and z01[2][7] == f"{submission.year}年度"
    )
    assert z01[6][0] == "一、一般公共预算财政拨款收入" and z01[6][1] == 1
    assert z01[32][0] == "本年收入合计" and z01[32][1] == 27 and z01[32][5] == "本年支出合计"
    assert z01[36][0] == z01[36][5] == "总计" and z01[36][10] == ""
    z05 = next(s for n, s in sheets.items() if n.startswith("Z05 "))
    assert z05[7][:6] == ["类", "款", "项", "栏次", 1, 2]
    assert z05[8][0] == "合计" and len(z05[9][0]) == 3 and len(z05[3]) == 5 + 109
    names = list(sheets)
    assert all(len(n) <= 31 for n in names)
    assert "Z08_1 一般公共预算财政拨款基本支出决算明细表(财决08-" in [n[:31] for n in names]


@pytest.mark.long
def test_openpyxl_reads_it_too(tmp_path, sample):
    [written] = write_submission(tmp_path, sample.submissions[1], Style(), Random(1))
    book = openpyxl.load_workbook(tmp_path / written.file)
    for name, fact in written.facts:
        if fact.amount is not None and fact.form == "Z01":
            assert Decimal(str(book[name][fact.cell].value)) == Decimal(fact.amount) / 100
    z04 = book[next(n for n in book.sheetnames if n.startswith("Z04 "))]
    assert "A9:D9" in {str(r) for r in z04.merged_cells.ranges}


def test_hidden_and_shuffled_sheets(tmp_path, sample):
    style = Style(hidden=3, shuffle=True, extra_sheets=3, two_books=True)
    made = books(sample.submissions[0], style, Random(4))
    assert len(made) == 2
    assert sum(p.visibility != "visible" for b in made for p in b.sheets) == 3
    written = write_submission(tmp_path, sample.submissions[0], style, Random(4))
    assert {f.file[-7:] for f in written} == {"_1.xlsx", "_2.xlsx"}
    check(tmp_path, written, sample.submissions[0], style)


def test_the_same_sheets_give_the_same_bytes(tmp_path, sample):
    for kind in ("xlsx", "xls"):
        twice = []
        for folder in ("a", "b"):
            [written] = write_submission(
                tmp_path / folder, sample.submissions[0], Style(kind=kind), Random(1)
            )
            twice.append((tmp_path / folder / written.file).read_bytes())
        assert twice[0] == twice[1]
    with zipfile.ZipFile(tmp_path / "a" / written.file.replace(".xls", ".xlsx")) as package:
        assert package.testzip() is None


def test_an_empty_table_says_why(sample):
    style = Style(empty_tables=True)
    submission = next(s for s in sample.submissions if not s.tables["Z09"])
    [book] = books(submission, style, Random(1))
    papers = {p.form: p for p in book.sheets}
    for form in ("Z09", "Z10", "Z10_1", "Z11", "Z12", "Z05_3"):
        if not submission.tables[form]:
            assert any("本表无数据" in str(v) for _, _, v, _ in papers[form].cells), form


# --- published
# -------------------------------------------------------------------------------------------------


def test_published_tables_are_rounded(tmp_path, sample):
    for submission in sample.submissions[:8]:
        for balanced in (False, True):
            made = published_tables(submission.tables, balanced=balanced)
            assert all(v % 10_000 == 0 for t in made.values() for v in t.values())
            source = submission.tables["Z04"]
            for (_, row, col), amount in made["G03"].items():
                assert abs(amount - source["", row, col]) <= (5_000 if not balanced else 15_000)


def test_balanced_parts_add_up(sample):
    for submission in sample.submissions[:8]:
        made = published_tables(submission.tables, balanced=True)
        for form in ("G02", "G03", "G06", "G07"):
            table = made[form]
            for column in {c for _, _, c in table}:
                classes = sum(
                    v
                    for (_, r, c), v in table.items()
                    if c == column and len(r) == 3 and r.isdigit()
                )
                assert classes == table["", "合计", column], (form, column)
        classes = sum(v for (b, _, _), v in made["G01"].items() if b == "支出功能分类")
        assert classes == made["G01"]["支出", "本年支出合计", "金额"]


def test_published_workbook_has_all_tables(tmp_path, sample):
    book = published_book(sample.submissions[0], Style(), Random(3))
    assert [p.form for p in book.sheets] == [f"G{n:02d}" for n in range(1, 14)]
    for paper in book.sheets:
        text = {v for _, _, v, _ in paper.cells if isinstance(v, str)}
        assert any(v.startswith("部门：") for v in text) and "金额单位：万元" in text
        assert forms()[paper.form].number in text
