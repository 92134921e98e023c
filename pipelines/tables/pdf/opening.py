"""A PDF opened: what cannot be read is told apart (password, damage, too many pages), each with
the next step.
"""

from __future__ import annotations

import pypdfium2
from pypdfium2 import raw

from pipelines.tables.failure import DocumentError

MOST_PAGES = 1_000  # a disclosure with all its annexes has some two hundred
_REPEAT = "请由 Word 或系统重新导出 PDF 后提交"
_SAID = {
    raw.FPDF_ERR_PASSWORD: "PDF 设有打开密码，读不了；请取消密码后重新提交",
    raw.FPDF_ERR_SECURITY: "PDF 用了不支持的加密方式，读不了；请取消加密后重新提交",
    raw.FPDF_ERR_FORMAT: f"PDF 文件已损坏或不完整，打不开；{_REPEAT}",
}


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """The document.

    Scripts, actions and attachments in it are never run or opened. Raises :class:`DocumentError`.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        reason = _SAID.get(error.err_code or 0, f"PDF 文件打不开；{_REPEAT}")
        raise DocumentError(reason, repr(error)) from error
    if not pages:
        raise DocumentError(f"PDF 文件里没有一页能打开，多半已损坏；{_REPEAT}")
    if pages > MOST_PAGES:
        raise DocumentError(
            f"PDF 有 {pages} 页，超过 {MOST_PAGES} 页，不像决算公开文件；请只提交决算公开的部分"
        )
    return document
