"""A narrative handed back as Word, its findings highlighted and commented.

A ``.docx`` is marked where it stands, looking as it was; ``.txt`` and ``.html`` are handed back as
a plain ``.docx`` of their text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run

from pipelines.intake.kinds import classify
from pipelines.intake.stable import read_stable
from pipelines.narrative.coverage import Coverage, coverage
from pipelines.narrative.read import read_narrative
from pipelines.narrative.source import NarrativeError
from pipelines.tables.read import TOO_LARGE, read_document
from pipelines.tables.word import body_lines, open_docx
from schemas.observation import Observation

COLOURS = {
    "error": WD_COLOR_INDEX.PINK,
    "review": WD_COLOR_INDEX.YELLOW,
    "hint": WD_COLOR_INDEX.TURQUOISE,
}
WORDS = {"error": "错误", "review": "核实", "hint": "提示"}
ORDER = ("error", "review", "hint")
MOST_LISTED = 20  # figures not understood that the comment lists
SPAN = re.compile(r"(\d+)-(\d+)$")
UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(slots=True)
class Mark:
    """A passage to mark and what to say about it."""

    start: int
    end: int
    severity: str
    notes: list[str]


@dataclass(slots=True)
class Piece:
    """A text node of a paragraph with its place in the document's text."""

    node: Any
    start: int
    text: str


def mark_narrative(
    source: Path, observations: Iterable[Observation], out: Path, *, covered: bool = True
) -> Path:
    """Writes ``source`` as ``.docx`` with the passages of the observations highlighted and
    commented; returns ``out``.

    Passages are the places whose ``cell`` is a span ``start-end`` of the document's text. Raises
    :class:`pipelines.narrative.source.NarrativeError` where the source cannot be read.
    """
    marks = _marks(list(observations))
    data, _ = read_stable(source, limit=TOO_LARGE)
    type = _type(data, source.name)
    text = read_document(data, type).body
    document = open_docx(data) if type == "docx" else _plain(text)
    _apply(document, marks, [] if type == "docx" else _line_ends(text))
    if covered:
        _state_coverage(document, coverage(read_narrative(source, type)))
    out.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(out))
    return out


def _state_coverage(document: Any, counted: Coverage) -> None:
    """A comment at the first words: how many figures were understood, and which were not."""
    runs: list[Any] = next((p.runs for p in document.paragraphs if p.runs and p.text.strip()), [])
    if not runs or not counted.figures:
        return
    told = str(counted)
    if counted.unread:
        words = "、".join(f"“{UNSAFE.sub('', u[3])}”" for u in counted.unread[:MOST_LISTED])
        more = f"等 {len(counted.unread)} 个" if len(counted.unread) > MOST_LISTED else ""
        told += f"；没有读懂、未逐项核对的：{words}{more}"
    document.add_comment(runs[:1], text=told, author="财决", initials="财决")


def _type(data: bytes, name: str) -> str:
    """What the document is. An old Word document is read through a copy that is not kept."""
    type = classify(data, name).type or "txt"
    if type == "doc":
        raise NarrativeError("是旧版 Word 文档，不能在原件上标注；另存为 .docx 重报后即有标注副本")
    return type


def _marks(observations: Sequence[Observation]) -> list[Mark]:
    """One mark a passage, with everything said of it; overlapping passages are joined."""
    joined: list[Mark] = []
    for mark in sorted(_passages(observations), key=lambda m: (m.start, m.end)):
        if joined and mark.start < joined[-1].end:
            last = joined[-1]
            last.end = max(last.end, mark.end)
            last.severity = min(last.severity, mark.severity, key=ORDER.index)
            last.notes += [n for n in mark.notes if n not in last.notes]
        else:
            joined.append(mark)
    return joined


def _passages(observations: Sequence[Observation]) -> Iterator[Mark]:
    """A mark for every passage of every observation."""
    for observation in observations:
        note = f"{WORDS[observation.severity]} {observation.rule_id}：{observation.message}"
        for place in observation.places:
            span = SPAN.match(place.cell or "") if place.quote is not None else None
            if span and int(span[2]) > int(span[1]):
                notes = [UNSAFE.sub("", note)]
                yield Mark(int(span[1]), int(span[2]), observation.severity, notes)


def _plain(text: str) -> Any:
    """A Word document of a text: one paragraph a line, so that the spans hold."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.size = Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    for line in re.split(r"\r\n|\r|\n", text):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        if line:
            run = paragraph.add_run()
            node = run._r.add_t(UNSAFE.sub("?", line))
            node.set(qn("xml:space"), "preserve")
    return document


def _line_ends(text: str) -> list[int]:
    """How many characters end each line of a text."""
    return [len(m[0]) for m in re.finditer(r"\r\n|\r|\n", text)]


def _apply(document: Any, marks: list[Mark], ends: list[int]) -> None:
    """Walks the paragraphs; ``ends`` is how many characters end each line of the text (1
    for Word).
    """
    at = 0
    for number, line in enumerate(body_lines(document)):
        pieces = []
        for node, text in line.pieces:
            pieces.append(Piece(node, at, text))
            at += len(text)
        _mark_paragraph(
            document,
            pieces,
            [m for m in marks if pieces and m.start < at and m.end > pieces[0].start],
        )
        at += ends[number] if number < len(ends) else 1


def _mark_paragraph(document: Any, pieces: list[Piece], marks: list[Mark]) -> None:
    for mark in reversed(marks):
        runs = _runs(pieces, mark)
        for run in runs:
            run.font.highlight_color = COLOURS[mark.severity]
        commentable = [r for r in runs if r._r.getparent().tag == qn("w:p")] or runs
        if commentable:
            document.add_comment(
                commentable, text="\n".join(mark.notes), author="财决", initials="财决"
            )


def _runs(pieces: list[Piece], mark: Mark) -> list[Run]:
    """The runs of a paragraph that hold a passage and nothing else."""
    runs = []
    for piece in list(pieces):
        start, end = max(mark.start, piece.start), min(mark.end, piece.start + len(piece.text))
        if start < end and piece.node.tag == qn("w:t") and piece.node.getparent().tag == qn("w:r"):
            runs.append(_cut(pieces, piece, start, end))
    return runs


def _cut(pieces: list[Piece], piece: Piece, start: int, end: int) -> Run:
    """The run that holds exactly ``start``–``end`` of a text node; the run it stands in is split
    around it.
    """
    run = piece.node.getparent()
    before, inside, after = (
        piece.text[: start - piece.start],
        piece.text[start - piece.start : end - piece.start],
        piece.text[end - piece.start :],
    )
    middle = _split_off(run, piece.node)
    if after:
        tail = _copy_with(middle, after)
        middle.addnext(tail)
    if before:
        head = _copy_with(middle, before)
        middle.addprevious(head)
        pieces.append(Piece(head.find(qn("w:t")), piece.start, before))
    _set(piece.node, inside)
    piece.start, piece.text = start, inside
    return Run(middle, None)  # type: ignore[arg-type]


def _split_off(run: Any, node: Any) -> Any:
    """Moves what stands beside a text node in its run into runs of their own; returns the node's
    run.
    """
    content = [c for c in run if c.tag != qn("w:rPr")]
    at = content.index(node)
    for others, add in ((content[:at], run.addprevious), (content[at + 1 :], run.addnext)):
        if others:
            clone = copy.deepcopy(run)
            for child in [c for c in clone if c.tag != qn("w:rPr")]:
                clone.remove(child)
            for child in others:
                clone.append(child)
            add(clone)
    return run


def _copy_with(run: Any, text: str) -> Any:
    """A run of the same look that holds only this text."""
    clone = copy.deepcopy(run)
    for child in [c for c in clone if c.tag != qn("w:rPr")]:
        clone.remove(child)
    node = clone.makeelement(qn("w:t"), {})
    clone.append(node)
    _set(node, text)
    return clone


def _set(node: Any, text: str) -> None:
    node.text = text
    node.set(qn("xml:space"), "preserve")
