"""Coded rows of tables that share a sheet: a code may stand once in each of them."""

from __future__ import annotations

import pyarrow as pa

from pipelines.validate.lines import COLUMNS, check_lines
from schemas.library import forms

ITEMS = [("201", "一般公共服务支出"), ("20103", "政府办公厅（室）及相关机构事务")]


def rows(form: str, first: int, items: list[tuple[str, str]]) -> list[dict]:
    return [
        {
            "file": "两张表.xlsx",
            "sheet": "Sheet1",
            "form": form,
            "unit_code": "1",
            "unit_name": "甲局",
            "year": 2023,
            "row_label": name,
            "code": code,
            "row": first + n,
            "label_cell": f"B{first + n}",
            "code_cell": f"A{first + n}",
        }
        for n, (code, name) in enumerate(items)
    ]


def told(*listed: list[dict]) -> list[tuple[str, str, str]]:
    table = pa.Table.from_pylist([r for part in listed for r in part]).select(COLUMNS)
    found = check_lines(table, forms())
    return [(o.rule_id, o.subject, o.places[0].cell) for o in found]


def test_the_same_codes_in_two_tables_of_one_sheet_are_no_repeat() -> None:
    assert told(rows("Z03", 5, ITEMS), rows("Z04", 30, ITEMS)) == []


def test_a_parent_in_the_other_table_does_not_count() -> None:
    found = told(rows("Z03", 5, ITEMS), rows("Z04", 30, ITEMS[1:]))
    assert found == [("IN-HIER-02", "Z04[201]下级", "A30")]


def test_a_repeat_names_the_rows_of_its_own_table() -> None:
    found = told(rows("Z03", 5, ITEMS), rows("Z04", 30, [*ITEMS, ITEMS[1]]))
    assert found == [("IN-HIER-03", "Z04[20103]", "A31")]
