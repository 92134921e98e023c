"""What of a PDF cannot be read: scans, fonts that do not say their characters. Refused where it is
the whole, else told.

What does not belong here: passwords and damage (``opening.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.tables.failure import DocumentError
from pipelines.tables.pdf.layout import PdfPage

SCANNED = "没有文字层，请提供可复制文字的版本"
FEWEST_LETTERS = (
    20  # of a page with a picture that is more than a scan with a stamp or a number on it
)
MOST_UNMAPPED = (
    0.2  # of all characters: a text with more cannot be understood, with fewer it mostly can
)
MOST_LISTED = 12  # pages named one by one


def _is_scan(page: PdfPage) -> bool:
    return bool(page.pictures) and page.letters < FEWEST_LETTERS


def _is_scanned(letters: int, scans: Sequence[int], pages: Sequence[PdfPage]) -> bool:
    """Whether so few letters on so many pages are those of a scan."""
    few = letters < FEWEST_LETTERS * len(pages)
    return bool(scans) and few and 2 * len(scans) >= len(pages)


def check_readable(pages: Sequence[PdfPage]) -> list[str]:
    """What is to be told of pages that cannot be read.

    Raises :class:`DocumentError` where that is all of them.
    """
    letters = sum(p.letters for p in pages)
    scans = [p.number for p in pages if _is_scan(p)]
    if not letters or _is_scanned(letters, scans, pages):
        raise DocumentError(SCANNED if scans else _nothing(pages))
    unmapped = sum(p.unmapped for p in pages)
    if unmapped > MOST_UNMAPPED * letters:
        raise DocumentError(
            f"{letters} 个字中有 {unmapped} 个的字体没有文字对照（复制出来是乱码），"
            "请由 Word 重新导出 PDF 或提交 .docx"
        )
    return [*_broken(pages), *_scans(scans), *_unmapped(pages), *_outside(pages)]


def _nothing(pages: Sequence[PdfPage]) -> str:
    """Why a PDF says nothing."""
    if any(p.broken for p in pages):
        return "PDF 的各页都打不开，文件已损坏；请由 Word 或系统重新导出 PDF 后提交"
    return "PDF 里没有文字，请提供可复制文字的版本"


def _broken(pages: Sequence[PdfPage]) -> Iterable[str]:
    lost = [p.number for p in pages if p.broken]
    if lost:
        yield f"第 {named(lost)} 页已损坏，打不开，没有核对；请重新导出 PDF"


def _scans(scans: Sequence[int]) -> Iterable[str]:
    if scans:
        yield f"第 {named(scans)} 页{SCANNED}；这些页上的表和文字没有核对"


def _unmapped(pages: Sequence[PdfPage]) -> Iterable[str]:
    lacking = [p.number for p in pages if p.unmapped]
    if lacking:
        count = sum(p.unmapped for p in pages)
        what = f"第 {named(lacking)} 页有 {count} 个字的字体没有文字对照"
        yield f"{what}，读出来不可靠；请由 Word 重新导出 PDF"


def _outside(pages: Sequence[PdfPage]) -> Iterable[str]:
    """Characters beyond the paper; but words that another page shows are a title over it all, as
    where a wide table is printed over several pages.
    """
    shown = "\n".join(p.said for p in pages)
    lost = {p.number: sum(len(w) for w in p.outside if not _shown(w, shown)) for p in pages}
    beyond = [number for number, count in lost.items() if count]
    if beyond:
        what = f"第 {named(beyond)} 页有 {sum(lost.values())} 个字落在纸外"
        yield f"{what}，印不出来，没有读取；请调整页面后重新导出"


def _shown(words: str, shown: str) -> bool:
    return len(words) > 1 and any(c.isalpha() for c in words) and words in shown


def named(pages: Sequence[int]) -> str:
    """Page numbers as people write them: 3、5、7 等 20 页."""
    shown = "、".join(str(p) for p in pages[:MOST_LISTED])
    return shown if len(pages) <= MOST_LISTED else f"{shown} 等 {len(pages)} "
