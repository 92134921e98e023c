"""Tables that the right edge of the paper cuts off: what of them cannot be read is left out and
told.

What does not belong here: how that is seen (``paper.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.tables.pdf.layout import PdfPage
from pipelines.tables.pdf.layout_parts import PdfCell, PdfTable
from pipelines.tables.pdf.readable import named


def leave_out_cut(pages: Sequence[PdfPage]) -> Iterable[str]:
    """Takes the column at the edge out of tables that are cut there, for its numbers lack digits;
    says of which pages.
    """
    for page in pages:
        for table in page.blocks:
            if isinstance(table, PdfTable) and table.cut:
                _clear(table, page)
                on = sorted({number for _, number in table.pages})
                yield (
                    f"第 {named(on)} 页的表右边超出纸面，最右一栏和纸外的各栏没有印全，没有读取；"
                    "请缩小到一页宽或改用横向纸张后重新导出"
                )


def _clear(table: PdfTable, page: PdfPage) -> None:
    last = len(table.us) - 2
    page.running += [x for c in table.cells if c.column == last for x in c.lines]
    table.cells = [_blank(c) if c.column == last else c for c in table.cells]


def _blank(cell: PdfCell) -> PdfCell:
    return replace(cell, lines=[])
