"""One reader for every kind of document: bytes and type in,
:class:`~pipelines.tables.document.Document` out.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

from pipelines.tables.captions import with_captions
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError

TOO_LARGE = 100_000_000  # bytes: a disclosure with scanned annexes stays below
TOO_LONG = 3_000_000  # characters: some hundred times a long disclosure


# Where the reader of each type is; named, so that only the library that is needed is loaded.
READERS = {
    "txt": "pipelines.tables.plain:read_plain",
    "html": "pipelines.tables.web:read_web",
    "htm": "pipelines.tables.web:read_web",
    "docx": "pipelines.tables.word:read_word",
    "pdf": "pipelines.tables.pdf.reader:read_pdf",
    "odt": "pipelines.tables.opendocument:read_odt",
    "rtf": "pipelines.tables.rtf:read_rtf",
    "mht": "pipelines.tables.archivedpage:read_archived_page",
}


def read_document(data: bytes, type: str) -> Document:
    """A document with its tables, each with its title.

    Raises :class:`DocumentError` with what to do.
    """
    if type not in READERS:
        raise DocumentError(
            f"不支持的说明文字格式“{type}”，请另存为 .docx、.pdf、.txt 或 .html 后重新提交"
        )
    if len(data) > TOO_LARGE:
        raise DocumentError("文件过大，不像决算公开说明；请去掉图片后重新提交")
    reader: Callable[[bytes], Document] = pkgutil.resolve_name(READERS[type])
    document = reader(data)
    if len(document.text) > TOO_LONG:
        raise DocumentError("文字过长，不像决算公开说明；请检查是否误放了其他文件")
    return with_captions(document)
