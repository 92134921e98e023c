"""One reader for every kind of document: bytes and type in,
:class:`~pipelines.tables.document.Document` out.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.tables.archivedpage import read_archived_page
from pipelines.tables.captions import with_captions
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.opendocument import read_odt
from pipelines.tables.plain import read_plain
from pipelines.tables.rtf import read_rtf
from pipelines.tables.web import read_web
from pipelines.tables.word import read_word

TOO_LARGE = 100_000_000  # bytes: a disclosure with scanned annexes stays below
TOO_LONG = 3_000_000  # characters: some hundred times a long disclosure


def _pdf(data: bytes) -> Document:
    from pipelines.tables.pdf.reader import read_pdf  # its library loads only for a PDF

    return read_pdf(data)


READERS: dict[str, Callable[[bytes], Document]] = {
    "txt": read_plain,
    "html": read_web,
    "htm": read_web,
    "docx": read_word,
    "pdf": _pdf,
    "odt": read_odt,
    "rtf": read_rtf,
    "mht": read_archived_page,
}


def read_document(data: bytes, type: str) -> Document:
    """A document with its tables, each with its title.

    Raises :class:`DocumentError` with what to do.
    """
    reader = READERS.get(type)
    if reader is None:
        raise DocumentError(
            f"不支持的说明文字格式“{type}”，请另存为 .docx、.pdf、.txt 或 .html 后重新提交"
        )
    if len(data) > TOO_LARGE:
        raise DocumentError("文件过大，不像决算公开说明；请去掉图片后重新提交")
    document = reader(data)
    if len(document.text) > TOO_LONG:
        raise DocumentError("文字过长，不像决算公开说明；请检查是否误放了其他文件")
    return with_captions(document)
