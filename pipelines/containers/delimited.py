"""Text whose lines are rows and whose fields stand between tabs or commas, as one sheet."""

from __future__ import annotations

import csv
import io
import re

from pipelines.containers.bounds import judge_grid, with_errors
from pipelines.intake.delimiter import FEWEST_NAMED, delimiter_of
from pipelines.intake.limits import Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.workbook import Sheet
from pipelines.tables.plain import decode

LONGEST_FIELD = 1 << 20  # characters: a quote that is never closed swallows the rest of the file
_AS_TEXT = re.compile(r'^="(.*)"$', re.S)


def read_delimited(data: bytes, limits: Limits) -> tuple[list[Sheet], tuple[str, ...]]:
    """The text as one sheet; a field keeps its words, so that codes keep their zeros. Raises
    Refused.
    """
    text = decode(data)
    delimiter = delimiter_of(text, fewest=FEWEST_NAMED)
    if delimiter is None:
        raise Refused("文本中没有以制表符或逗号分隔的表格；请由系统重新导出，或另存为 .xlsx。")
    csv.field_size_limit(LONGEST_FIELD)
    cells: list[list[object]] = []
    width = area = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells.append([_value(field) for field in row])
            width = max(width, len(row))
            area = judge_grid("文本", len(cells), width, 0, limits)
    except csv.Error as error:
        raise Refused(
            "文本的分隔格式有误（引号没有成对）；请由系统重新导出，或另存为 .xlsx。", repr(error)
        ) from error
    if not area:
        raise Refused("文本中没有内容；请由系统重新导出。")
    for row_cells in cells:
        row_cells.extend([""] * (width - len(row_cells)))
    return [with_errors(Sheet("Sheet1", 1, "visible", cells))], ()


def _value(field: str) -> str:
    """A field's words: without the marks that keep a spreadsheet program from reading it as a
    number.
    """
    field = field.strip("\t\x00")
    quoted = _AS_TEXT.match(field.strip())
    if quoted:
        return quoted[1].replace('""', '"')
    return field[1:] if field.startswith("'") else field
