"""A submitted workbook as cells with their addresses, read only after it has been looked over.

``open_workbook`` is meant to run inside a worker of :mod:`pipelines.intake.pool`: the checks here
refuse what is known to be harmful, the worker's limits catch what is not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable

__all__ = ["Refused", "Sheet", "Workbook", "open_workbook"]


@dataclass(slots=True)
class Sheet:
    """One worksheet, or one table of a document. ``cells[r][c]`` counts from A1 = (0, 0); "" where
    empty.

    ``above``: lines that stand above a document's table, outside its cells; ``part``: where in its
    file it stands (``#p12`` on page 12, ``#t3`` the third table), empty for a worksheet.
    """

    name: str
    number: int
    visibility: str
    cells: list[list[object]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    special: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    part: str = ""


@dataclass(slots=True)
class Workbook:
    """The worksheets in the workbook's order; ``notes``: macro, external_links; ``sha256`` of the
    bytes that were read.
    """

    sheets: list[Sheet]
    notes: tuple[str, ...] = ()
    sha256: str = ""


def open_workbook(
    path: Path, type: str, *, sha256: str | None = None, limits: Limits = LIMITS
) -> Workbook:
    """Reads the workbook; ``type`` is xlsx, xlsm or xls as :func:`discover` found it.

    The file is read once into memory, and only those bytes are checked and read. With ``sha256``
    they must be the ones that were discovered. Raises Refused.
    """
    data, digest = read_stable(Path(path), sha256=sha256, limit=limits.file_bytes)
    return read_workbook(data, type, digest=digest, limits=limits)


def read_workbook(data: bytes, type: str, *, digest: str = "", limits: Limits = LIMITS) -> Workbook:
    """The workbook held in ``data``. Raises Refused."""
    if not data:
        raise Refused("文件为空（0 字节），请重新导出后提交。")
    try:
        sheets, notes = _reader(data, type)(data, limits)
    except RecursionError as error:
        raise Refused("工作簿结构嵌套过深，文件已损坏；请重新导出。", repr(error)) from error
    return Workbook(sheets, notes, digest or hashlib.sha256(data).hexdigest())


def _reader(data: bytes, type: str):  # type: ignore[no-untyped-def]
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        from pipelines.intake.xls import read_xls

        return read_xls
    if data.startswith(b"PK"):
        from pipelines.intake.xlsx import read_xlsx

        return read_xlsx
    raise Refused(
        f"内容不是 Excel 工作簿（应为 {type or 'xlsx'}）；请用 Excel 另存为 .xlsx 后重新提交。"
    )
