"""A PDF handed back with its findings: passages and cells highlighted, each with a note.

The pages are taken over into a new file without scripts, actions, forms and attachments. What
does not belong here: which findings there are (``plan.py``), and reading the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

import pypdf
import pypdfium2
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from pipelines.deliver.marking.listing import Entry, Spot
from pipelines.deliver.marking.mark import (
    MOST_MARKS,
    Marked,
    checked_bytes,
    colours,
    is_wanted,
    note_text,
    put,
)
from pipelines.deliver.marking.package import CannotMark
from pipelines.deliver.marking.pdfjob import PdfJob
from pipelines.deliver.marking.sheet import position
from pipelines.looks import SEVERITY, SEVERITY_ORDER
from pipelines.tables.captions import with_captions
from pipelines.tables.document import Table
from pipelines.tables.failure import DocumentError
from pipelines.tables.pdf.geometry import Box, Glyph
from pipelines.tables.pdf.reader import Located, locate_pdf

AUTHOR = "财决"
_SPAN = re.compile(r"(\d+)-(\d+)$")
_PAGE = re.compile(r"#p\d+$")
_HARMLESS = frozenset(("/Highlight", "/Text", "/Underline", "/StrikeOut", "/Squiggly", "/FreeText"))
_NOTE_EDGE = 20.0  # points: the size of the sign that stands for a note of the whole
PRINTED = 4  # the flag by which an annotation is printed with its page

Found = list[tuple[Entry, Spot]]
Where = tuple[int, tuple[Box, ...]]


def mark_pdf(job: PdfJob) -> Marked:
    """Write the marked copy; a PDF that cannot be marked costs only its own copy."""
    result = Marked(job.target)
    try:
        data = checked_bytes(job.source)
        located = locate_pdf(data)
        marks = _marks(job, located)
        put(job.target, _annotated(_bare(data), marks, _summary(job, marks)))
        result.written = True
    except DocumentError as error:
        result.trouble.append(f"{job.source.file}：{error.reason}，无法标注")
    except CannotMark as error:
        result.trouble.append(f"{job.source.file}：{error}，无法标注")
    except (PyPdfError, pypdfium2.PdfiumError, ValueError, KeyError, TypeError, IndexError):
        result.trouble.append(f"{job.source.file}：文件内部结构不合规范，无法标注")
    return result


# where ------------------------------------------------------------------------------


def _marks(job: PdfJob, located: Located) -> dict[Where, Found]:
    """What there is to say at each place, in reading order."""
    tables = {t.title: t for t in with_captions(located.document).tables}
    found: dict[Where, Found] = {}
    for entry in job.entries:
        for spot in entry.spots:
            if _PAGE.sub("", spot.file) != job.source.file or len(found) >= MOST_MARKS:
                continue
            for where in _where(spot, located, tables):
                found.setdefault(where, []).append((entry, spot))
    return dict(sorted(found.items()))


def _where(spot: Spot, located: Located, tables: dict[str, Table]) -> Iterable[Where]:
    """The page and the boxes of a passage or cell; a passage over two pages is two places."""
    span = _SPAN.match(spot.cell) if spot.quote else None
    if span:
        return _lines(located.places[int(span[1]) : int(span[2])])
    at, table = position(spot.cell), tables.get(spot.sheet)
    if at is None or table is None:
        return []
    return _cell(located, table, *at)


def _cell(located: Located, table: Table, row: int, column: int) -> Iterable[Where]:
    """What stands in a cell, or its whole box where nothing does."""
    for cell in table.cells:
        inside = cell.row <= row < cell.row + cell.rows
        if inside and cell.column <= column < cell.column + cell.columns:
            said = _lines(located.places[cell.start : cell.end]) if cell.text.strip() else []
            page, box = located.boxes[table.number, cell.row, cell.column]
            return said or [(page, (box,))]
    return []


def _lines(glyphs: Iterable[Glyph | None]) -> list[Where]:
    """A box for every line of the characters, page by page."""
    pages: dict[int, list[list[Glyph]]] = {}
    for glyph in glyphs:
        if glyph is None:
            continue
        lines = pages.setdefault(glyph.page, [])
        if lines and abs(lines[-1][-1].v0 - glyph.v0) < glyph.size / 2:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [
        (page, tuple(_around([g.box for g in x]) for x in lines)) for page, lines in pages.items()
    ]


def _around(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


# writing ----------------------------------------------------------------------------


def _bare(data: bytes) -> bytes:
    """The pages alone in a file of their own: what acts on opening stays behind."""
    source = pypdfium2.PdfDocument(data)
    copy = pypdfium2.PdfDocument.new()
    try:
        copy.import_pages(source)
        target = io.BytesIO()
        copy.save(target)
        return target.getvalue()
    finally:
        copy.close()
        source.close()


def _annotated(data: bytes, marks: dict[Where, Found], summary: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    for page in writer.pages:
        page.pop("/AA", None)
        kept = [a for a in page.get("/Annots") or [] if _is_harmless(a.get_object())]
        page[NameObject("/Annots")] = ArrayObject(kept)
    for (number, boxes), found in marks.items():
        writer.add_annotation(number - 1, _highlight(boxes, found))
    if len(writer.pages):
        writer.add_annotation(0, _note(writer.pages[0], summary))
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _is_harmless(annotation: DictionaryObject) -> bool:
    acts = "/A" in annotation or "/AA" in annotation
    return annotation.get("/Subtype") in _HARMLESS and not acts


def _highlight(boxes: Sequence[Box], found: Found) -> DictionaryObject:
    quads = [n for x0, y0, x1, y1 in boxes for n in (x0, y1, x1, y1, x0, y0, x1, y0)]
    strong = any(is_wanted(entry, spot) for entry, spot in found)
    fill, _ = colours([entry for entry, _ in found], strong)
    made = _annotation("/Highlight", _around(boxes), note_text(found), fill)
    made[NameObject("/QuadPoints")] = ArrayObject([FloatObject(n) for n in quads])
    return made


def _note(page: pypdf.PageObject, text: str) -> DictionaryObject:
    """A note at the top left of the first page."""
    x, y = float(page.cropbox.left), float(page.cropbox.top)
    made = _annotation(
        "/Text", (x + 4, y - _NOTE_EDGE - 4, x + _NOTE_EDGE + 4, y - 4), text, "FFEB9C"
    )
    made[NameObject("/Name")] = NameObject("/Note")
    return made


def _annotation(kind: str, box: Box, text: str, colour: str) -> DictionaryObject:
    shade = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject(kind),
            NameObject("/Rect"): ArrayObject([FloatObject(n) for n in box]),
            NameObject("/Contents"): TextStringObject(text),
            NameObject("/T"): TextStringObject(AUTHOR),
            NameObject("/C"): ArrayObject([FloatObject(n) for n in shade]),
            NameObject("/F"): NumberObject(PRINTED),
        }
    )


def _summary(job: PdfJob, marks: dict[Where, Found]) -> str:
    """What the note on the first page says: how many findings, on which pages, the worst first."""
    pages: dict[str, set[int]] = {}
    for (page, _), found in marks.items():
        for entry, _ in found:
            pages.setdefault(entry.finding_id, set()).add(page)
    lines = [f"共 {len(job.entries)} 个问题，单击标色处看说明"]
    for entry in sorted(job.entries, key=lambda e: SEVERITY_ORDER.get(e.severity, 9)):
        where = "、".join(str(p) for p in sorted(pages.get(entry.finding_id, ())))
        at = f"第 {where} 页 " if where else ""
        lines.append(f"{at}{SEVERITY[entry.severity].word} {entry.rule_id}：{entry.message}")
    return "\n".join(lines)
