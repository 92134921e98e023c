"""Web archives (MHTML): the pages in them, in order. Nothing outside the archive is fetched."""

from __future__ import annotations

import email
import email.policy
from email.message import Message

from pipelines.intake.refusal import Refused

MOST_PARTS = 2_000  # a workbook saved as one file has a part a sheet, and its pictures
_DAMAGED = "网页归档（MHTML）的结构已损坏；请用 Excel 或 Word 打开并另存后重新提交。"


def archived_pages(data: bytes) -> list[bytes]:
    """The HTML pages of the archive. Raises Refused."""
    try:
        pages = _pages(email.message_from_bytes(data, policy=email.policy.compat32))
    except (ValueError, LookupError, RecursionError) as error:
        raise Refused(_DAMAGED, repr(error)) from error
    if not pages:
        raise Refused(_DAMAGED, "no page in it")
    return pages


def is_cover(page: bytes) -> bool:
    """Whether a page only frames the others, as the first one of a workbook does."""
    return b"<frameset" in page[:65536].lower()


def _pages(message: Message) -> list[bytes]:
    """The parts that are pages, decoded; a page that declares no encoding gets that of its part."""
    found = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Refused(f"网页归档中的部件超过 {MOST_PARTS} 个，未读取；请核对文件来源。")
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        page = part.get_payload(decode=True)
        if isinstance(page, bytes) and page.strip():
            found.append(_declared(page, part.get_content_charset()))
    return found


def _declared(page: bytes, charset: str | None) -> bytes:
    if charset is None or b"charset" in page[:4096]:
        return page
    return f'<meta charset="{charset}">'.encode("ascii", "ignore") + page
