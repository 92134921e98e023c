"""A PDF in the inbox comes back as a PDF: its wrong cell and its wrong sentence highlighted, with
notes.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pypdf
import pypdfium2
import pytest

from pipelines.config import Config
from pipelines.run.steps import run_direct
from tests.tables.disclosure import changed, disclosure
from tests.tables.pdfs import Style, as_pdf

pytestmark = pytest.mark.long

TABLE = "一般公共预算财政拨款基本支出决算明细表"
WRONG_CELL, WRONG_WORDS = "9,876.54", "增长99.99%"


@cache
def planted() -> bytes:
    """The total of 公开08表, on its second page, and a rate in the text are wrong; no other table
    is there to be read.
    """
    made = changed(disclosure(), TABLE, "25.46", WRONG_CELL)
    table = next(t for t in made.tables if t.title == TABLE)
    blocks = tuple((kind, text.replace("增长0.03%", WRONG_WORDS)) for kind, text in made.blocks)
    assert blocks != made.blocks
    data = as_pdf(replace(made, blocks=blocks, tables=(table,)), Style(head="部门决算公开"))
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    action = {"/S": "/JavaScript", "/JS": "app.alert(1)"}
    writer.root_object[pypdf.generic.NameObject("/OpenAction")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject(k): pypdf.generic.TextStringObject(v) for k, v in action.items()}
    )
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    folder = tmp_path_factory.mktemp("pdf")
    (folder / "raw").mkdir()
    (folder / "raw" / "决算公开.pdf").write_bytes(planted())
    places = {name: folder / name for name in ("raw", "processed", "reports")}
    run_direct(Config(**places, workers=1))
    (found,) = (folder / "reports" / "current" / "marked").glob("*.pdf")
    return pypdf.PdfReader(found)


def highlights(reader: pypdf.PdfReader) -> dict[str, tuple[int, str]]:
    """The words under each highlight, with its page and note."""
    found = {}
    opened = pypdfium2.PdfDocument(reader.stream)
    for number, page in enumerate(reader.pages, 1):
        text = opened[number - 1].get_textpage()
        for note in page.get("/Annots") or []:
            note = note.get_object()
            if note["/Subtype"] == "/Highlight":
                x0, y0, x1, y1 = (float(n) for n in note["/Rect"])
                words = text.get_text_bounded(x0, y0, x1, y1)
                found["".join(words.split())] = number, note["/Contents"]
    return found


def test_the_cell_and_the_sentence_are_highlighted(marked: pypdf.PdfReader) -> None:
    found = highlights(marked)
    page, note = found[WRONG_CELL]
    assert page == len(marked.pages) > 3 and len(note.splitlines()[0]) <= 60
    assert note.splitlines()[0].startswith(("改为", "请核对", "本格不一定错"))
    words = next(w for w in found if "99.99" in w)
    assert found[words][0] == 1
    first = marked.pages[0]["/Annots"][-1].get_object()
    assert first["/Subtype"] == "/Text" and "个问题" in first["/Contents"]


def test_the_copy_acts_on_nothing(marked: pypdf.PdfReader) -> None:
    assert "/OpenAction" not in marked.trailer["/Root"]
    assert len(marked.pages) == len(pypdf.PdfReader(io.BytesIO(planted())).pages)
