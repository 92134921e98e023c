"""What a Word document holds and its reader does not read: counted in letters, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docx.oxml.ns import qn

from pipelines.tables.document import Document, letters

_TEXT = qn("w:t")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_PASSED = (qn("w:del"), qn("w:moveFrom"))
_DRAWN = re.compile(rb"<a:t>([^<]*)</a:t>")
_DIAGRAM = re.compile(r"/diagrams/data\d*\.xml$")
_CHART = re.compile(r"/charts/chart\d*\.xml$")
_ADVICE = "；请把这些内容改为普通文字后重新提交"


def _lost(found: Document, word: Any) -> dict[str, int]:
    """How many letters were not read, by the place they stand in."""
    body = word.element.body
    held = sum(letters(node.text or "") for node in body.iter(_TEXT) if not _passed_over(node))
    return {
        "公式": sum(letters(node.text or "") for node in body.iter(_MATH)),
        "图示（SmartArt）": sum(_letters_in(part) for part in _parts(word, _DIAGRAM)),
        "正文": max(0, held - letters(found.text)),
    }


def with_loss(found: Document, word: Any) -> Document:
    """The document with what was not read: equations, diagrams, documents inserted as a whole."""
    body = word.element.body
    lost = _lost(found, word)
    unread = [f"{place}中有约 {n} 个字没有读到{_ADVICE}" for place, n in lost.items() if n]
    inserted = sum(1 for _ in body.iter(qn("w:altChunk")))
    if inserted:
        unread.append(f"插入了 {inserted} 个整篇的外部文档，没有读到；请打开后另存，使其成为正文")
    charts = sum(1 for _ in _parts(word, _CHART))
    notes = (*found.notes, f"有 {charts} 个图表，图中的文字没有核对") if charts else found.notes
    return replace(
        found, notes=notes, unread=(*found.unread, *unread), lost=found.lost + sum(lost.values())
    )


def _passed_over(node: Any) -> bool:
    """Whether a text is deleted, or the older copy of one that is there already."""
    return any(a.tag in _PASSED or str(a.tag).endswith("}Fallback") for a in node.iterancestors())


def _parts(word: Any, name: re.Pattern[str]) -> Iterator[bytes]:
    for part in word.part.package.iter_parts():
        if name.search(str(part.partname)):
            yield part.blob


def _letters_in(part: bytes) -> int:
    return sum(letters(said.decode("utf-8", "replace")) for said in _DRAWN.findall(part))
