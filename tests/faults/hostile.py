"""Files that no one should send: built in memory, each for one fault of the list the project must
survive.

:class:`Book` writes a workbook part by part, so that any part can be wrong. ``FILES`` names every
ready-made hostile file with what must become of it; ``write_all`` puts them into a folder.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def sheet_xml(
    rows: str, *, head: str = "", tail: str = "", prefix: str = "", namespace: str = MAIN
) -> str:
    """A worksheet part around the given ``<row>`` elements."""
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    body = f"{head}<{prefix}sheetData>{rows}</{prefix}sheetData>{tail}"
    return f'{HEAD}<{prefix}worksheet {declared}="{namespace}">{body}</{prefix}worksheet>'


def cell(reference: str, value: object, *, kind: str = "") -> str:
    """A ``<c>`` element; text goes inline."""
    if isinstance(value, str) and not kind:
        return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'
    kind_attribute = f' t="{kind}"' if kind else ""
    return f'<c r="{reference}"{kind_attribute}><v>{value}</v></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


PLAIN = sheet_xml(
    row(1, cell("A1", "收入支出决算总表")) + row(3, cell("B3", "合计"), cell("C3", 12.5))
)


@dataclass
class Book:
    """A workbook's parts: ``sheets`` are (name, XML), ``extra`` any further parts by name."""

    sheets: list[tuple[str, str | bytes]] = field(default_factory=lambda: [("Z01", PLAIN)])
    extra: dict[str, str | bytes] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    shared: str = ""
    prefix: str = ""
    namespace: str = MAIN
    links: str = LINKS
    book_name: str = "xl/workbook.xml"
    date1904: bool = False
    compression: int = zipfile.ZIP_DEFLATED

    def build(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", self.compression) as package:
            for name, part in self.parts().items():
                package.writestr(name, part)
        return target.getvalue()

    def parts(self) -> dict[str, str | bytes]:
        folder, _, leaf = self.book_name.rpartition("/")
        below = f"{folder}/" if folder else ""
        found: dict[str, str | bytes] = {
            "[Content_Types].xml": f'{HEAD}<Types xmlns="{TYPES}"/>',
            "_rels/.rels": self._relations([("b", "officeDocument", self.book_name)]),
            self.book_name: self._book(),
            f"{below}_rels/{leaf}.rels": self._relations(self._sheet_links()),
        }
        for number, (_, xml) in enumerate(self.sheets, 1):
            found[f"{below}worksheets/sheet{number}.xml"] = xml
        if self.shared:
            found[f"{below}sharedStrings.xml"] = self.shared
        return found | self.extra

    def _sheet_links(self) -> list[tuple[str, str, str]]:
        count = range(1, len(self.sheets) + 1)
        links = [
            (f"rId{n}", self.kinds.get(n, "worksheet"), f"worksheets/sheet{n}.xml") for n in count
        ]
        return links + ([("sst", "sharedStrings", "sharedStrings.xml")] if self.shared else [])

    def _relations(self, links: list[tuple[str, str, str]]) -> str:
        body = "".join(
            f'<Relationship Id="{i}" Type="{self.links}/{kind}" Target="{target}"/>'
            for i, kind, target in links
        )
        return f'{HEAD}<Relationships xmlns="{PACKAGE}">{body}</Relationships>'

    def _book(self) -> str:
        p, declared = self.prefix, f"xmlns:{self.prefix[:-1]}" if self.prefix else "xmlns"
        entries = "".join(
            f'<{p}sheet name="{name}" sheetId="{n}" state="{self.states.get(name, "visible")}"'
            f' r:id="rId{n}"/>'
            for n, (name, _) in enumerate(self.sheets, 1)
        )
        flag = f'<{p}workbookPr date1904="1"/>' if self.date1904 else ""
        return (
            f'{HEAD}<{p}workbook {declared}="{self.namespace}" xmlns:r="{self.links}">'
            f"{flag}<{p}sheets>{entries}</{p}sheets></{p}workbook>"
        )


def book(rows: str, **options: str) -> bytes:
    """A workbook of one sheet named Z01 with the given rows."""
    return Book([("Z01", sheet_xml(rows, **options))]).build()


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE container holding the streams (each padded to 4,096 bytes or more), as old Office
    files are.
    """
    bodies = {
        name: body.ljust(max(4096, -(-len(body) // 512) * 512), b"\0")
        for name, body in streams.items()
    }
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1 if bodies else 0xFFFFFFFF)]
    fat, sectors, at = [], [], 0
    names = list(bodies)
    for index, name in enumerate(names):
        count = len(bodies[name]) // 512
        following = index + 2 if index + 1 < len(names) else 0xFFFFFFFF
        entries.append(_entry(name, 2, at, len(bodies[name]), right=following))
        fat += [*range(at + 1, at + count), 0xFFFFFFFE]
        sectors.append(bodies[name])
        at += count
    entries += [b"\0" * 128] * (-len(entries) % 4)
    folder, start = b"".join(entries), at
    fat += [*range(at + 1, at + len(folder) // 512), 0xFFFFFFFE]
    at += len(folder) // 512
    fat.append(0xFFFFFFFD)
    assert len(fat) <= 128
    table = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))
    header = struct.pack(
        "<8s16s5H6s9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        start,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    ) + struct.pack("<109I", at, *[0xFFFFFFFF] * 108)
    return header + b"".join(sectors) + folder + table


def _entry(
    name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBB3I16sI8s8sIQ",
        spelled,
        len(spelled),
        kind,
        1,
        0xFFFFFFFF,
        right,
        child,
        b"",
        0,
        b"",
        b"",
        start,
        size,
    )


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def _xls_password() -> bytes:
    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    return compound({"Workbook": biff((0x0809, start), (0x002F, b"\1" * 54), (0x000A, b""))})


def bomb() -> bytes:
    """100 MB of zeros as a sheet part of some 100 KB."""
    return Book(extra={"xl/media/image1.bin": b"\0" * (100 << 20)}).build()


def lying_bomb() -> bytes:
    """A sheet that inflates to 50 MB while the directory says 64 bytes."""
    data = bytearray(Book([("Z01", b" " * (50 << 20))]).build())
    name = b"xl/worksheets/sheet1.xml"
    claimed = zlib.crc32(b" " * 64)
    for signature, crc_at, size_at in ((b"PK\x03\x04", 14, 22), (b"PK\x01\x02", 16, 24)):
        at = data.find(signature)
        while name not in data[at : at + 46 + len(name)]:
            at = data.find(signature, at + 4)
        struct.pack_into("<I", data, at + crc_at, claimed)
        struct.pack_into("<I", data, at + size_at, 64)
    return bytes(data)


def with_entry(name: str, body: bytes = b"x") -> bytes:
    """A good workbook whose package also holds an entry of that name."""
    target = io.BytesIO(Book().build())
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(zipfile.ZipInfo(name), body)
    return target.getvalue()


def twin_entry() -> bytes:
    """Two parts of one name: which one counts?"""
    target = io.BytesIO(Book().build())
    with zipfile.ZipFile(target, "a") as package:
        other = PLAIN.replace("12.5", "99")
        package.writestr("XL/worksheets/Sheet1.xml", other)
    return target.getvalue()


def laughs() -> bytes:
    """Entities that double eight times over, in the shared strings."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    text = (
        f'<!DOCTYPE sst [<!ENTITY l0 "lol">{entities}]><sst'
        f' xmlns="{MAIN}"><si><t>&l8;</t></si></sst>'
    )
    return Book([("Z01", sheet_xml(row(1, cell("A1", 0, kind="s"))))], shared=text).build()


def formatted_rows(rows: int = 1_048_576) -> bytes:
    """A small table above a million formatted, empty rows."""
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(4, rows + 1)
    )
    return book(row(1, cell("A1", "表")) + row(3, cell("B3", 7)) + empty)


def password_package() -> bytes:
    return compound({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b"\x10" * 6000})


CORNER = row(1, cell("A1", 1)) + row(1_048_576, cell("XFD1048576", 1))
HTML = (
    "<html><head><meta"
    " charset='utf-8'></head><body><table><tr><td>合计</td><td>1</td></tr></table></body></html>"
)
SPREADSHEET_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)


@dataclass(frozen=True)
class Hostile:
    """A ready-made file: its name, its bytes, the words its reason must hold, and when it is found
    out.
    """

    name: str
    make: Callable[[], bytes]
    words: str
    opened: bool = False


FILES = (
    Hostile("空文件.xlsx", lambda: b"", "空"),
    Hostile("截断.xlsx", lambda: Book().build()[:-300], "截断"),
    Hostile(
        "网页.xls", "<html><body><p>登录超时</p></body></html>".encode, "没有表格", opened=True
    ),
    Hostile("文本.xls", "系统繁忙，请稍后再试".encode, "纯文本"),
    Hostile("国标文本.xls", lambda: "系统繁忙，请稍后再试".encode("gb18030"), "纯文本"),
    Hostile("表格2003.xls", lambda: SPREADSHEET_2003.encode()[:-11], "语法错误", opened=True),
    Hostile("归档.xls", lambda: b"MIME-Version: 1.0\n\nx", "MHTML", opened=True),
    Hostile("图片.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "PNG"),
    Hostile("文档.xls", lambda: b"%PDF-1.7\n" + b"\0" * 50, "PDF"),
    Hostile("随机.xlsx", lambda: random.Random(5).randbytes(5000), "无法识别"),
    Hostile("密码.xlsx", password_package, "加密"),
    Hostile("密码.xls", _xls_password, "加密", opened=True),
    Hostile("坏复合.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 3000, "损坏"),
    Hostile("炸弹.xlsx", bomb, "炸弹"),
    Hostile("谎报.xlsx", lying_bomb, "损坏", opened=True),
    Hostile("角落.xlsx", lambda: book(CORNER), "XFD1048576", opened=True),
    Hostile("越界.xlsx", lambda: book(row(1, cell("ZZZ1", 1))), "超出", opened=True),
    Hostile("实体.xlsx", laughs, "实体", opened=True),
    Hostile("上级路径.xlsx", lambda: with_entry("../../evil.txt"), "路径"),
    Hostile("绝对路径.xlsx", lambda: with_entry("/etc/cron.d/evil"), "路径"),
    Hostile("盘符路径.xlsx", lambda: with_entry("C:\\evil.txt"), "路径"),
    Hostile("同名部件.xlsx", twin_entry, "同名"),
    Hostile("没有工作簿.xlsx", lambda: zip_of({"a.txt": b"x"}), "ZIP"),
    Hostile("半张表.xlsx", lambda: Book([("Z01", PLAIN[:-40])]).build(), "不完整", opened=True),
    Hostile(
        "同名工作表.xlsx",
        lambda: Book([("Z01", PLAIN), ("Z01", PLAIN)]).build(),
        "Z01",
        opened=True,
    ),
    Hostile("缺部件.xlsx", lambda: _without("xl/worksheets/sheet1.xml"), "缺失", opened=True),
)


def plain_xls() -> bytes:
    """A small .xls with a formula that was never calculated, an error value and a merged range."""
    import xlwt

    book = xlwt.Workbook()
    for name in ("Z01", "Z03"):
        sheet = book.add_sheet(name)
        for line in range(30):
            sheet.write(line, 1, f"项目{line}")
            sheet.write(line, 2, line * 1.5)
        sheet.write(30, 2, xlwt.Formula("SUM(C1:C30)"))
        sheet.row(31).set_cell_error(2, "#REF!")
        sheet.write_merge(33, 34, 0, 2, "附注")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zip_of(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return target.getvalue()


def _without(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for part, body in (Book().parts() | {"xl/worksheets/other.xml": PLAIN}).items():
            if part != name:
                package.writestr(part, body)
    return target.getvalue()


def write_all(folder: Path) -> list[Path]:
    """Every hostile file, below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in FILES:
        path = folder / one.name
        path.write_bytes(one.make())
        written.append(path)
    return written
