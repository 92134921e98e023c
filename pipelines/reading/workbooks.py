"""Opening a workbook of any type, only after it has been looked over.

``open_workbook`` is meant to run inside a worker of :mod:`pipelines.intake.pool`: the checks of the
readers refuse what is known to be harmful, the worker's limits catch what is not.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from pipelines.intake.limits import LIMITS, Limits
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.intake.workbook import Sheet, Workbook


def open_workbook(
    path: Path, type: str, *, sha256: str | None = None, limits: Limits = LIMITS
) -> Workbook:
    """Reads the workbook; ``type`` is that of :func:`discover`: xlsx, xlsm, xls, xlsb, ods, csv,
    htmlsheet,
    mhtsheet or xmlsheet.

    The file is read once into memory, and only those bytes are checked and read. With ``sha256``
    they must be the ones that were discovered. Raises Refused.
    """
    data, digest = read_stable(Path(path), sha256=sha256, limit=limits.file_bytes)
    return read_workbook(data, type, digest=digest, limits=limits)


def read_workbook(data: bytes, type: str, *, digest: str = "", limits: Limits = LIMITS) -> Workbook:
    """The workbook held in ``data``; ``type`` as :func:`open_workbook` takes it. Raises Refused."""
    if not data:
        raise Refused("文件为空（0 字节），请重新导出后提交。")
    try:
        sheets, notes = _reader(data, type)(data, limits)
    except RecursionError as error:
        raise Refused("工作簿结构嵌套过深，文件已损坏；请重新导出。", repr(error)) from error
    return Workbook(sheets, notes, digest or hashlib.sha256(data).hexdigest())


Reader = Callable[[bytes, Limits], tuple[list[Sheet], tuple[str, ...]]]
# Where the reader of each type is; named, so that only the one that is needed is loaded, and the
# fork server can be told which.
READERS = {
    "xls": "pipelines.intake.xls:read_xls",
    "xlsx": "pipelines.intake.xlsx:read_xlsx",
    "xlsm": "pipelines.intake.xlsx:read_xlsx",
    "xlsb": "pipelines.containers.xlsb:read_xlsb",
    "ods": "pipelines.containers.ods:read_ods",
    "csv": "pipelines.containers.delimited:read_delimited",
    "htmlsheet": "pipelines.containers.websheets:read_web_sheets",
    "mhtsheet": "pipelines.containers.websheets:read_archive_sheets",
    "xmlsheet": "pipelines.containers.xmlsheets:read_xml_sheets",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _reader(data: bytes, type: str) -> Reader:
    """The content has the last word between the two of Excel: these are often named for each
    other.
    """
    if data.startswith(_OLE):
        type = "xls"
    elif data.startswith(b"PK") and type not in ("xlsb", "ods"):
        type = "xlsx"
    elif type in ("", "xls", "xlsx", "xlsm") or type not in READERS:
        raise Refused(
            f"内容不是 Excel 工作簿（应为 {type or 'xlsx'}）；请用 Excel 另存为 .xlsx 后重新提交。"
        )
    reader: Reader = pkgutil.resolve_name(READERS[type])
    return reader
