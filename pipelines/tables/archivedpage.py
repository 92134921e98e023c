"""Web archives (MHTML) as documents: the page with the most to say, read as any page."""

from __future__ import annotations

from pipelines.intake.refusal import Refused
from pipelines.tables.archived import archived_pages, is_cover
from pipelines.tables.document import Document
from pipelines.tables.failure import DocumentError
from pipelines.tables.web import read_web

MOST_PAGES = 20  # looked at: Word writes one, with its heads and feet in others


def read_archived_page(data: bytes) -> Document:
    """A web archive. Raises :class:`DocumentError`."""
    try:
        pages = [page for page in archived_pages(data) if not is_cover(page)]
    except Refused as refused:
        raise DocumentError(refused.reason.rstrip("。"), refused.detail) from refused
    if not pages:
        raise DocumentError("网页归档中没有页面；请用 Word 打开并另存为 .docx 后重新提交")
    documents = [read_web(page) for page in pages[:MOST_PAGES]]
    return max(documents, key=lambda document: len(document.text))
