"""What goes before the public: the tables alone, and a draft that quotes them to the last digit."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path
from unittest import mock

import docx
import openpyxl
import pytest

import pipelines.narrative.draft as drafting
from pipelines.commands.draft import draft_command
from pipelines.config import Config
from pipelines.narrative.draft_terms import _purpose
from pipelines.narrative.last_digit import printed_facts
from schemas.library import published_forms

NOT_IN_TABLES = ("采购", "中小企业", "小微企业", "机关运行")  # stand in no public table


def public_book(demo: Config, unit: str, year: int) -> Path:
    return demo.reports / "current" / "public" / f"公开表_{unit}_{year}.xlsx"


def printed(path: Path) -> set[str]:
    values = (
        c.value for sheet in openpyxl.load_workbook(path) for r in sheet.iter_rows() for c in r
    )
    return {f"{v:.2f}" for v in values if isinstance(v, int | float)}


def test_the_public_tables_stand_alone(demo):
    path = public_book(demo, "500009001", 2023)  # a unit with errors in its tables
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [form.number for form in published_forms()]
    with zipfile.ZipFile(path) as bundle:
        text = "".join(bundle.read(n).decode("utf-8", "ignore") for n in bundle.namelist())
    run_id = (demo.processed / "current").resolve().name
    assert run_id not in text and "&amp;L运行" not in text
    for word in ("※", "原值", "问题", "财决<", "差错"):
        assert word not in text, word
    assert not book.properties.creator


@pytest.mark.parametrize("unit", ["500009", "500009003"])
def test_a_draft_prints_the_figures_of_the_tables(demo, unit, tmp_path):
    out = tmp_path / "草稿.docx"
    with mock.patch.object(drafting, "picture", lambda chart: None):  # tables instead
        answer = draft_command(demo, unit, 2023, out)
    assert answer.document["open_errors"] > 0 and "未说明的错误" in answer.text
    document = docx.Document(str(out))
    assert not document.core_properties.author
    known = printed(public_book(demo, unit, 2023)) | printed(public_book(demo, unit, 2022))
    text = "\n".join(p.text for p in document.paragraphs)
    quoted = re.findall(r"([^。，；、\n]*?)(\d+\.\d\d)万元", text)
    strange = [
        figure
        for words, figure in quoted
        if figure not in known
        and not words.endswith(("增加", "减少"))
        and not any(w in words for w in NOT_IN_TABLES)
    ]
    assert len(quoted) > 20 and strange == []


def test_a_text_may_quote_the_last_digit_of_the_table():
    facts = [
        {"form": form, "block": "", "row_key": "合计", "col_key": col, "amount": Decimal(amount)}
        for form, col, amount in (
            ("Z04", "项目支出", "1088395.56"),
            ("G03", "项目支出", "1088300"),
            ("Z04", "基本支出", "2000000.00"),
            ("G03", "基本支出", "2100000"),
        )
    ]
    shown = printed_facts(facts)
    assert shown == {("Z04", "", "合计", "项目支出"): Decimal(1088300)}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("行政运行", "用于行政运行方面的支出"),
        ("其他文化和旅游支出", "用于其他文化和旅游方面的支出"),
        ("用于社会福利的彩票公益金支出", "用于社会福利的彩票公益金的支出"),
    ],
)
def test_terms_read_well(name, said):
    assert _purpose(name).startswith(f"{said}，")
