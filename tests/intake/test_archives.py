"""Zip archives in the inbox: their members are files; what is hostile is quarantined with a
reason.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from pipelines.commands.check import gather
from pipelines.intake.discover import discover
from pipelines.intake.rawfile import RawFile
from pipelines.intake.stable import Refused, read_stable
from pipelines.reading.workbooks import open_workbook
from pipelines.shown import lines_shown
from tests.faults import hostile
from tests.faults.desk import Desk, look_at

BOOK = hostile.Book().build()


def zipped(members: dict[str, bytes], *, raw_names: bool = False) -> bytes:
    """A zip; with ``raw_names`` the names are written in GBK without a mark, as Windows does."""
    target = io.BytesIO()
    names = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, body) in enumerate(members.items()):
            stored = name
            if raw_names:
                stored = f"{number:0{len(name.encode('gb18030'))}d}"
                names[stored.encode()] = name.encode("gb18030")
            package.writestr(stored, body)
    data = target.getvalue()
    for stored_name, name_bytes in names.items():
        data = data.replace(stored_name, name_bytes)
    return data


def found(folder: Path) -> dict[str, RawFile]:
    return {f.file: f for f in discover(folder, settle_seconds=0)}


def test_members_are_files_of_a_folder_of_that_name(tmp_path: Path) -> None:
    members = {"2023/内.xlsx": BOOK, "说明.txt": "2023年度部门决算".encode(), "~$内.xlsx": b"x"}
    (tmp_path / "包.zip").write_bytes(zipped(members))
    (tmp_path / "国标.zip").write_bytes(
        zipped({"县局誠\\决算乗.xlsx": hostile.plain_xls()}, raw_names=True)
    )
    files = found(tmp_path)
    assert {f: (x.kind, x.status) for f, x in files.items()} == {
        "包.zip": ("archive", "ready"),
        "包.zip/2023/内.xlsx": ("workbook", "ready"),
        "包.zip/说明.txt": ("narrative", "ready"),
        "包.zip/~$内.xlsx": ("other", "ignored"),
        "国标.zip": ("archive", "ready"),
        "国标.zip/县局誠/决算乗.xlsx": ("workbook", "ready"),
    }
    one = files["包.zip/2023/内.xlsx"]
    assert open_workbook(one.path, one.type, sha256=one.sha256).sheets[0].cells[2][2] == 12.5
    old = files["国标.zip/县局誠/决算乗.xlsx"]
    assert open_workbook(old.path, old.type, sha256=old.sha256).sheets
    assert [p.name for p in tmp_path.rglob("*")].sort() == ["包.zip", "国标.zip"].sort()
    with pytest.raises(Refused, match="请检查文件是否存在"):
        read_stable(tmp_path / "包.zip" / "没有.xlsx", limit=1 << 20)


def _encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02")
    flags = struct.unpack_from("<H", data, at + 8)[0] | 1
    return data[: at + 8] + struct.pack("<H", flags) + data[at + 10 :]


def _linked() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        entry = zipfile.ZipInfo("内.xlsx")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(entry, "/etc/passwd")
    return target.getvalue()


def _renamed(data: bytes) -> bytes:
    return data.replace(b"b.xlsx", b"a.xlsx")


def _overlapping(entries: int) -> bytes:
    """One member of 3 MB of which the directory says that it is a thousand."""
    data = zipped({"0000.csv": bytes(3 << 20)})
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[at:end]
    listed = b"".join(entry.replace(b"0000.csv", b"%04d.csv" % n) for n in range(entries))
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries, entries, len(listed), at, 0)
    return data[:at] + listed + tail


HOSTILE = {
    "密码": (lambda: _encrypted(zipped({"a.xlsx": BOOK})), "密码"),
    "链接": (_linked, "链接"),
    "越界": (lambda: zipped({"../a.xlsx": BOOK}), "路径"),
    "绝对": (lambda: zipped({"/a.xlsx": BOOK}), "路径"),
    "反斜杠": (lambda: zipped({"..\\a.xlsx": BOOK}), "路径"),
    "炸弹": (lambda: zipped({"a.csv": bytes(40 << 20)}), "炸弹"),
    "同名": (lambda: _renamed(zipped({"a.xlsx": BOOK, "b.xlsx": BOOK})), "同名"),
    "叠放": (lambda: _overlapping(1_000), "炸弹"),
    "太多": (lambda: zipped({f"{n}.txt": b"1" for n in range(2100)}), "上限"),
    "截断": (lambda: zipped({"a.xlsx": BOOK})[:-30], "截断"),
}


def test_hostile_archives_are_quarantined_with_a_reason(tmp_path: Path) -> None:
    for name, (make, _) in HOSTILE.items():
        (tmp_path / f"{name}.zip").write_bytes(make())
    files = found(tmp_path)
    for name, (_, words) in HOSTILE.items():
        file = files.pop(f"{name}.zip")
        assert (name, file.status) == (name, "quarantined")
        assert words in file.reason and "工作簿已加密" not in file.reason
    assert not files


def test_nested_and_damaged_members_cost_only_themselves(tmp_path: Path) -> None:
    inner = zipped({"a.xlsx": BOOK})
    data = bytearray(zipped({"内.zip": inner, "好.xlsx": BOOK, "坏.xlsx": b"12345678" * 9}))
    data[data.rindex(b"PK\x01\x02") + 16] ^= 0xFF  # the CRC of the last member
    (tmp_path / "包.zip").write_bytes(data)
    files = found(tmp_path)
    assert files["包.zip/好.xlsx"].status == "ready"
    assert "损坏" in files["包.zip/坏.xlsx"].reason
    assert "压缩包中的压缩包" in files["包.zip/内.zip"].reason
    assert len(files) == 4


@pytest.mark.parametrize("name", ["d/" * 5_000 + "a.xlsx", "长" * 90 + ".xlsx"])
def test_a_member_whose_path_no_system_has_costs_only_itself(name: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "raw")
    plain = desk.draft().save(tmp_path / "plain", "内.xlsx").read_bytes()
    (tmp_path / "包.zip").write_bytes(zipped({"内.xlsx": plain, name: BOOK}))
    seen = look_at(tmp_path / "包.zip")
    told = {f["file"]: f for f in seen.document["files"]}
    assert told["包.zip/内.xlsx"]["status"] == "read"
    assert "过长" in told[f"包.zip/{name}"]["reason"]


def test_check_takes_an_archive(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "raw")
    plain = desk.draft().save(tmp_path / "plain", "内.xlsx")
    (tmp_path / "包.zip").write_bytes(zipped({"内.xlsx": plain.read_bytes()}))
    assert [f.file for f in gather([tmp_path / "包.zip"])] == ["包.zip", "包.zip/内.xlsx"]
    seen = look_at(tmp_path / "包.zip")
    assert {f["file"]: f["status"] for f in seen.document["files"]} == {
        "包.zip": "read",
        "包.zip/内.xlsx": "read",
    }
    assert not seen.findings(severity="error")


def test_each_file_says_how_much_of_it_was_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "raw")
    plain = desk.draft().save(tmp_path / "plain", "内.xlsx")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "包\x1b[31m.zip").write_bytes(zipped({"内.xlsx": plain.read_bytes()}))
    (archive, member) = look_at(tmp_path / "a").document["files"]
    assert (archive["format"], archive["tables"]) == ("zip", None)
    assert "\x1b" not in archive["file"] and "\\x1b" in archive["file"]
    assert (member["format"], member["tables"]) == ("xlsx", len(desk.draft().order))
    assert member["numbers"] > member["facts"] > 0 and member["left_out"] == 0


def test_words_for_a_terminal_keep_their_lines_and_nothing_else_that_acts() -> None:
    said = "第一行\n第二　行\t\x1b[2J\u202e\x9b名"
    assert lines_shown(said) == "第一行\n第二　行\t\\x1b[2J\\u202e\\x9b名"
