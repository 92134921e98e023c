"""Faults 1–5, 8–11, 16: what a file is and what it hides, told by its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.intake.discover import discover, look
from pipelines.intake.kinds import classify
from pipelines.intake.rawfile import RawFile
from pipelines.intake.refusal import Refused
from pipelines.reading.workbooks import open_workbook, read_workbook
from tests.faults import hostile


def _only(folder: Path) -> RawFile:
    (file,) = discover(folder, settle_seconds=0)
    return file


@pytest.mark.parametrize("one", hostile.FILES, ids=lambda one: one.name)
def test_hostile_file_is_refused_for_its_reason(one: hostile.Hostile, tmp_path: Path) -> None:
    (tmp_path / one.name).write_bytes(one.make())
    file = _only(tmp_path)
    if one.opened:
        assert file.status == "ready"
        with pytest.raises(Refused) as refused:
            open_workbook(file.path, file.type, sha256=file.sha256)
        assert one.words in refused.value.reason
    else:
        assert (file.status, file.file) == ("quarantined", one.name)
        assert one.words in file.reason


def test_01_empty_file(tmp_path: Path) -> None:
    (tmp_path / "Z01.xlsx").touch()
    file = _only(tmp_path)
    assert file.status == "quarantined" and file.reason.startswith("文件为空")
    with pytest.raises(Refused):
        open_workbook(file.path, "xlsx")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_02_truncated_anywhere(part: float) -> None:
    data = hostile.Book().build()
    kind = classify(data[: int(len(data) * part)], "a.xlsx")
    assert kind.status == "quarantined" and "截断" in kind.reason


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_02_truncated_xls(part: float) -> None:
    data = hostile.plain_xls()
    with pytest.raises(Refused):
        read_workbook(data[: int(len(data) * part)], "xls")


def test_03_xlsx_under_an_xls_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "导出.xls").write_bytes(hostile.Book().build())
    file = _only(tmp_path)
    assert (file.kind, file.type, file.status) == ("workbook", "xlsx", "ready")
    assert "wrong_extension" in file.notes
    assert open_workbook(file.path, file.type).sheets[0].cells[2][1:3] == ["合计", 12.5]


@pytest.mark.parametrize("name", ["决算", "决算.dat", "决算.XLSX", "决算.et"])
def test_content_counts_not_the_name(name: str) -> None:
    assert classify(hostile.Book().build(), name).type == "xlsx"
    assert classify(hostile.plain_xls(), name).type == "xls"


def test_04_password() -> None:
    assert "已加密" in classify(hostile.password_package(), "a.xlsx").reason


def test_05_bomb_is_judged_before_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: object) -> bytes:
        raise AssertionError("unpacked")

    monkeypatch.setattr("pipelines.intake.archive._inflate", unpacked)
    with pytest.raises(Refused, match="炸弹"):
        read_workbook(hostile.bomb(), "xlsx")


def test_05_a_part_that_lies_about_its_size_is_cut_short() -> None:
    with pytest.raises(Refused):
        read_workbook(hostile.lying_bomb(), "xlsx")


def test_05_too_many_entries() -> None:
    data = hostile.Book(extra={f"xl/media/{n}.txt": "" for n in range(6000)}).build()
    assert "上限" in classify(data, "a.xlsx").reason


@pytest.mark.parametrize("part", ["sheet", "shared", "book"])
def test_08_entities(part: str) -> None:
    declared = '<!DOCTYPE x [<!ENTITY a "b">]>'
    book = hostile.Book(shared=f'<sst xmlns="{hostile.MAIN}"/>')
    parts = book.parts()
    name = {
        "sheet": "xl/worksheets/sheet1.xml",
        "shared": "xl/sharedStrings.xml",
        "book": "xl/workbook.xml",
    }[part]
    head, _, body = str(parts[name]).rpartition("?>")
    book.extra = {name: f"{head}?>{declared}{body}" if head else declared + body}
    with pytest.raises(Refused, match="实体"):
        read_workbook(book.build(), "xlsx")


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a/../../x", "..\\x.txt", "c:/x"])
def test_09_names_that_leave_the_package(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").write_bytes(hostile.with_entry(name))
    file = _only(tmp_path / "in")
    assert file.status == "quarantined" and "路径" in file.reason
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "a.xlsx"]


def test_10_macro_workbook_is_read_for_its_values() -> None:
    data = hostile.Book(extra={"xl/vbaProject.bin": b"\xd0\xcf"}).build()
    kind = classify(data, "a.xlsm")
    assert (kind.type, kind.status, kind.notes) == ("xlsm", "ready", ("macro",))
    book = read_workbook(data, "xlsm")
    assert book.notes == ("macro",)
    assert book.sheets[0].cells[2][2] == 12.5


def test_11_external_links_are_noted_not_followed() -> None:
    data = hostile.Book(extra={"xl/externalLinks/externalLink1.xml": "<externalLink/>"}).build()
    assert read_workbook(data, "xlsx").notes == ("external_links",)


def test_16_text_encodings_are_recorded() -> None:
    text = "二、决算公开说明：本年收入合计1031.84万元。"
    assert classify(text.encode(), "说明.txt").notes == ()
    assert classify(text.encode("gb18030"), "说明.txt").notes == ("encoding:gb18030",)
    assert classify(text.encode("utf-16"), "说明.txt").notes == ("encoding:utf-16",)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("照片.jpg", b"\xff\xd8\xff\xe0"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("数据.csv", b"a,b\n1,2\n"),
        ("x.bin", b"\0\1\2"),
    ],
)
def test_what_is_none_of_ours_is_ignored_with_a_reason(name: str, body: bytes) -> None:
    kind = classify(body, name)
    assert kind.status == "ignored" and kind.reason


@pytest.mark.parametrize("name", ["说明.txt", "说明.html", "说明", "说明.htm"])
def test_narratives_are_left_to_their_stage(name: str) -> None:
    kind = classify("一、部门职责\n本部门……".encode(), name)
    assert (kind.kind, kind.status) == ("narrative", "ready")
    assert classify(hostile.HTML.encode(), name).type == "html"


def test_archives_say_unpack_me() -> None:
    for body in (b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c"):
        kind = classify(body, "报送.zip")
        assert kind.status == "quarantined" and "解压" in kind.reason


OFD = hostile.zip_of({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<a/>"})
FLAT = b'<?xml version="1.0"?>\n<office:document office:mimetype="opendocument.spreadsheet">'


@pytest.mark.parametrize(
    ("name", "body", "kind", "said"),
    [
        ("公开表.ofd", OFD, "narrative", "OFD 版式文件"),
        ("公开表.numbers", hostile.zip_of({"Index/Document.iwa": b"x"}), "workbook", "Numbers"),
        ("公开表.uof", b'<?xml version="1.0"?><uof:UOF xmlns:uof="a">', "workbook", "UOF"),
        ("公开表.fods", FLAT, "workbook", "OpenDocument"),
        ("公开表.slk", b"ID;PWXL;N;E\nC;X1;Y1;K1\n", "workbook", "SYLK"),
        ("公开表.dif", b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "workbook", "DIF"),
        ("公开表.dbf", b"\x03\x7c\x05\x11" + bytes(60), "workbook", "dBase"),
        ("公开表.tar", b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000" + bytes(500), "other", "解压"),
    ],
)
def test_what_may_be_ours_and_is_not_read_says_what_to_hand_in(
    name: str, body: bytes, kind: str, said: str
) -> None:
    found = classify(body, name)
    assert (found.kind, found.status) == (kind, "quarantined")
    assert said in found.reason and "请" in found.reason


@pytest.mark.parametrize("body", [b"II*\0aa", b"RIFF\0\0\0\0WEBPVP8 "])
def test_pictures_of_other_kinds_are_named(body: bytes) -> None:
    found = classify(body, "照片.tif")
    assert found.status == "ignored" and "图片" in found.reason


def test_look_at_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.Book().build())
    assert look(path).status == "ready"
    assert "不存在" in look(tmp_path / "no.xlsx").reason
