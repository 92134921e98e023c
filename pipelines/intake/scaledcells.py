"""Cells of an .xlsx whose number format shows them smaller than they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from pipelines.intake import sheetxml
from pipelines.intake.numberformats import Shown, scales, shown_as

Scaled = dict[tuple[int, int], Shown]


def scaling_styles(styles: bytes | None) -> dict[str, str]:
    """The format codes that scale, by the number that cells name their style with; nearly always
    none.
    """
    if not styles or b"numFmt" not in styles:
        return {}
    try:
        root = ElementTree.fromstring(styles)
    except ElementTree.ParseError:
        return {}
    codes = _scaling_codes(root)
    if not codes:
        return {}
    formats: Iterable[ElementTree.Element] = next((e for e in root if _local(e) == "cellXfs"), ())
    found = enumerate(x.get("numFmtId", "") for x in formats)
    return {str(style): codes[number] for style, number in found if number in codes}


def _scaling_codes(root: ElementTree.Element) -> dict[str, str]:
    """The format codes that scale, by their number."""
    codes = {
        e.get("numFmtId", ""): e.get("formatCode", "") for e in root.iter() if _local(e) == "numFmt"
    }
    return {number: code for number, code in codes.items() if scales(code)}


def _local(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def scaled_cells(xml: bytes, styles: dict[str, str]) -> Scaled:
    """The numbers of a sheet that are shown smaller than they are; ``styles`` as from
    :func:`scaling_styles`.
    """
    found: Scaled = {}
    for cell in sheetxml.walk(xml):
        code = styles.get(cell.style)
        number = _number(cell) if code else None
        if code and number is not None and (shown := shown_as(code, number)).steps:
            found[cell.row, cell.column] = shown
    return found


def _number(cell: sheetxml.Cell) -> float | None:
    if cell.type not in ("", "n") or not cell.value:
        return None
    try:
        return float(cell.value)
    except ValueError:
        return None
