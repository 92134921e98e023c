"""The narrative handed back: looks as it was, passages highlighted, findings as comments."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml.ns import qn
from docx.shared import RGBColor

from pipelines.deliver.marking.wordsafe import make_word_harmless
from pipelines.narrative.check import check_narrative
from pipelines.narrative.mark import mark_narrative
from pipelines.narrative.read import read_narrative
from pipelines.narrative.source import NarrativeError, read_source

TEXT = (Path(__file__).parent / "documents" / "四川样式.txt").read_text(encoding="utf-8")
WRONG = TEXT.replace("项目支出5,000.00万元", "项目支出5,100.00万元").replace(
    "主要用于综合执法", "主要用于…（具体工作）"
)


def word(path: Path) -> Path:
    """The text as a Word document with runs, a table and a bold word in a passage."""
    document = docx.Document()
    for line in WRONG.splitlines():
        paragraph = document.add_paragraph()
        for i in range(0, len(line), 7):
            run = paragraph.add_run(line[i : i + 7])
            run.bold = i % 2 == 0
            run.font.color.rgb = RGBColor(0x33, 0x33, 0x33)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "项目", "金额"
    document.save(str(path))
    return path


@pytest.mark.parametrize("kind", ["docx", "txt", "html"])
def test_passages_are_highlighted_and_commented(kind: str, tmp_path: Path) -> None:
    source = tmp_path / f"说明.{kind}"
    if kind == "docx":
        word(source)
    elif kind == "txt":
        source.write_text(WRONG, encoding="utf-8", newline="")
    else:
        source.write_text(
            "<html><body>" + "".join(f"<p>{x}</p>" for x in WRONG.splitlines()) + "</body></html>",
            encoding="utf-8",
        )
    narrative = read_narrative(source, kind)
    result = check_narrative(narrative, file=source.name)
    assert result.observations
    out = mark_narrative(source, result.observations, tmp_path / "out" / "标记.docx")
    assert read_source(out, "docx").split() == narrative.text.split()
    marked = docx.Document(str(out))
    highlighted = "".join(
        r.text for p in marked.paragraphs for r in p.runs if r.font.highlight_color
    )
    for observation in result.observations:
        for place in observation.places:
            assert (place.quote or "") in highlighted
    comments = " ".join(c.text for c in marked.comments)
    assert all(o.message[:20] in comments for o in result.observations)


def test_the_look_is_kept(tmp_path: Path) -> None:
    source = word(tmp_path / "说明.docx")
    narrative = read_narrative(source, "docx")
    result = check_narrative(narrative, file="说明.docx")
    out = mark_narrative(source, result.observations, tmp_path / "标记.docx")
    before, after = docx.Document(str(source)), docx.Document(str(out))

    def look(document) -> list[tuple[str, bool]]:
        return [(c, bool(r.bold)) for p in document.paragraphs for r in p.runs for c in r.text]

    assert look(before) == look(after)
    assert [c.text for c in after.tables[0].rows[0].cells] == ["项目", "金额"]


def test_marking_the_source_does_not_touch_it(tmp_path: Path) -> None:
    source = word(tmp_path / "说明.docx")
    before = source.read_bytes()
    result = check_narrative(read_narrative(source, "docx"), file="说明.docx")
    mark_narrative(source, result.observations, tmp_path / "标记.docx")
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("空.txt", b"", "空文件"),
        ("坏.docx", b"PK\x03\x04 not a zip", "损坏"),
        ("旧.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为 .docx"),
        ("二进制.txt", b"\0\1\2" * 50, "二进制"),
    ],
)
def test_unreadable_files_say_what_to_do(name: str, data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(NarrativeError, match=why):
        read_source(path, path.suffix[1:])


def test_what_could_act_on_the_reader_is_taken_out(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("收、支总计均为1.00万元")
    for text in (" DDEAUTO c:\\\\cmd.exe", ' "/k calc" '):
        run = paragraph.add_run()
        run._r.append(run._r.makeelement(qn("w:instrText"), {}))
        run._r[-1].text = text
    page = document.add_paragraph().add_run()
    page._r.append(page._r.makeelement(qn("w:instrText"), {}))
    page._r[-1].text = " PAGE "
    document.part.relate_to(
        "file:///c:/a.dotm", f"{REL.IMAGE.rsplit('/', 1)[0]}/attachedTemplate", is_external=True
    )
    document.part.relate_to("http://outside.example/a.png", REL.IMAGE, is_external=True)
    document.part.relate_to("https://www.example.gov.cn/", REL.HYPERLINK, is_external=True)
    path = tmp_path / "说明.docx"
    document.save(str(path))
    make_word_harmless(path)
    after = docx.Document(str(path))
    fields = [n.text or "" for n in after.element.iter(qn("w:instrText"))]
    assert fields == ["", "", " PAGE "]
    outside = sorted(r.target_ref for r in after.part.rels.values() if r.is_external)
    assert outside == ["about:blank", "https://www.example.gov.cn/"]
    assert "收、支总计" in after.paragraphs[0].text
