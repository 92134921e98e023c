"""Sheet 问题清单: every finding, by cause, with a link to its cell in the marked copy."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines.deliver.causes import Cause, unit_year
from pipelines.deliver.source import Rows
from pipelines.deliver.summary.data import Summary, UnitYear
from pipelines.deliver.words import CHANGE, STATUS
from pipelines.xlsx.book import Book, Column, Link, external
from schemas.explanations import Explanation

FINDING_COLUMNS = (
    Column("原因组", "count", 7),
    Column("级别", "severity", 7),
    Column("状态", "center", 8),
    Column("变化", "center", 7),
    Column("单位名称", "wrap", 22),
    Column("年度", "year", 7),
    Column("规则", width=12),
    Column("问题", "wrap", 56),
    Column("差额（元）", "money", 16),
    Column("左边工作表", "wrap", 18),
    Column("左边单元格", "link", 12),
    Column("右边工作表", "wrap", 18),
    Column("右边单元格", "link", 12),
    Column("先改哪里", "wrap", 40),
    Column("原因", "wrap", 24),
    Column("说明人", "wrap", 9),
    Column("有效期", "wrap", 11),
    Column("组内问题", "count", 8),
    Column("原文", "wrap", 40),
    Column("规则名称", "wrap", 26),
    Column("单位编码", width=14),
    Column("左边文件", width=26),
    Column("左边金额（元）", "money", 18),
    Column("右边文件", width=26),
    Column("右边金额（元）", "money", 18),
    Column("对象", width=30),
    Column("完整算式", width=80, folded=True),
    Column("查找", width=30, folded=True),
    Column("问题编号", width=16),
    Column("首次发现", width=20),
)
FINDING_PRINTED = 13


def write_findings(book: Book, data: Summary) -> None:
    lines = (_finding_row(data, group, f) for group in data.groups for f in group.findings)
    book.table(
        "问题清单", FINDING_COLUMNS, lines, empty="没有发现问题", freeze=2, printed=FINDING_PRINTED
    )


def _finding_row(data: Summary, group: Cause, finding: dict[str, Any]) -> list[Any]:
    sides = data.cells.get(finding["finding_id"], [])
    left = _side(data, finding, [c for c in sides if c["role"] in ("left", "subject")])
    right = _side(data, finding, [c for c in sides if c["role"] == "right"])
    return [
        group.number,
        finding["severity"],
        STATUS.get(finding["status"]),
        CHANGE.get(finding["change"]),
        finding["unit_name"],
        finding["year"],
        finding["rule_id"],
        finding["message"],
        finding["difference"],
        left.sheet,
        left.cells,
        right.sheet,
        right.cells,
        group.advice(finding),
        *said_words(data.said.get(finding["finding_id"])),
        len(group.findings),
        _quotes(sides),
        finding["rule_title"],
        finding["unit_code"],
        left.file,
        left.amount,
        right.file,
        right.amount,
        finding["subject"],
        finding.get("detail") or "",
        searched(data.places(finding)),
        finding["finding_id"],
        finding["first_run"],
    ]


def searched(places: list[tuple[str, str]]) -> str:
    """``Z03 E13、财决03表 E13``: both ways to look for a cell, each once."""
    return "、".join(dict.fromkeys(f"{name} {cell}" for name, cell in places))


def said_words(said: Explanation | None) -> list[str]:
    """原因、说明人、有效期 of an explained finding; blank where somebody may still write them."""
    return [said.reason, said.by, said.until.isoformat()] if said else ["", "", ""]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a finding as the list shows it; ``amount`` only where the side is a
    single cell.
    """

    file: str = ""
    sheet: str = ""
    cells: Link | str = ""
    amount: Decimal | None = None


def _side(data: Summary, finding: dict[str, Any], cells: Rows) -> Side:
    """All cells of a side are named; the link leads to the first."""
    if not cells:
        return Side()
    first, key = cells[0], unit_year(finding)
    names = "、".join(_cell_name(data, key, c, first) for c in cells)
    if len(cells) > 1:
        names = f"{names}（{len(cells)} 格）"
    amount = first["amount"] if len(cells) == 1 else None
    sheet = f"{_elsewhere(data, key, first)}{first['sheet'] or ''}"
    return Side(first["file"] or "", sheet, _cell_link(data, finding, first, names), amount)


def _elsewhere(data: Summary, key: UnitYear | None, cell: dict[str, Any]) -> str:
    """``〔2022/某馆.xls〕`` for a cell of another unit or year: its file is always named."""
    return "" if data.is_own(key, cell) else f"〔{cell['file']}〕"


def _quotes(cells: Rows) -> str:
    """The words of a narrative that a finding is about."""
    quotes = [" ".join(c["quote"].split()) for c in cells if c["quote"]]
    return "；".join(f"“{q}”" for q in dict.fromkeys(quotes))


def _cell_name(
    data: Summary, key: UnitYear | None, cell: dict[str, Any], first: dict[str, Any]
) -> str:
    if cell["file"] != first["file"]:
        return f"{_elsewhere(data, key, cell)}{cell['sheet']}!{cell['cell']}"
    same = cell["sheet"] == first["sheet"]
    return (cell["cell"] or "") if same else f"{cell['sheet']}!{cell['cell']}"


def _cell_link(
    data: Summary, finding: dict[str, Any], cell: dict[str, Any], text: str
) -> Link | str:
    key = (finding["unit"], finding["year"])
    path = data.marked_at.get(key)
    if cell["quote"] and (document := data.texts_at.get(cell["file"])):
        return Link(external(document), text, "打开标注的说明")
    if not path or not cell["cell"] or not cell["sheet"] or "-" in cell["cell"]:
        return text
    sheet = data.sheet_at(key, cell["file"], cell["sheet"])
    return Link(external(path, sheet, cell["cell"]), text, "打开标注件") if sheet else text
