"""PDFs that no one should send, written by hand: each for one way to cost time or memory, or to
act. ``PDFS`` says of each what must become of it: words of the reason it is quarantined with, or
None where its page is read all the same. ``BOMBS`` ask for so much that the reader is stopped.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

from pipelines.tables.pdf.drawn import MOST_OBJECTS

WORDS = "BT /F 12 Tf 50 500 Td (Budget 1,234.56 of the year 2023, in all) Tj ET"
MEGABYTE = 1 << 20
BOMB_MB = 700  # of blanks: more than the reader is given


def pdf(
    objects: Sequence[bytes], *, trailer: str = "", prev: str = "", version: str = "1.7"
) -> bytes:
    """A whole file of objects 1, 2 … with a true cross-reference table."""
    out = bytearray(f"%PDF-{version}\n".encode())
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{at:010d} 00000 n \n".encode() for at in places)
    prev = prev.format(start=start)
    said = f"trailer <</Root 1 0 R/Size {len(objects) + 1}{prev}{trailer}>>\n"
    return bytes(out) + said.encode() + f"startxref\n{start}\n%%EOF\n".encode()


def stream(body: bytes, entries: str = "") -> bytes:
    return f"<<{entries}/Length {len(body)}>> stream\n".encode() + body + b"\nendstream"


def page(
    content: bytes,
    *more: bytes,
    catalog: str = "",
    box: str = "0 0 600 800",
    resources: str = "",
    entries: str = "",
    **options: str,
) -> bytes:
    """One page with a font; ``more`` are objects 6, 7 …; ``entries`` are those of the page."""
    return pdf(
        [
            f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R{entries}"
            f"/Resources<</Font<</F 5 0 R>>{resources}>>>>".encode(),
            content,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ],
        **options,
    )


def said(words: str = WORDS) -> bytes:
    return stream(words.encode())


def flate_bomb() -> bytes:
    """A page of many blanks, deflated twice to some kilobytes."""
    once = zlib.compressobj(1)
    body = b"".join(once.compress(b" " * MEGABYTE) for _ in range(BOMB_MB)) + once.flush()
    return page(stream(zlib.compress(body, 9), "/Filter[/FlateDecode/FlateDecode]"))


def letters_bomb() -> bytes:
    """A page of three hundred thousand letters, each at a place of its own."""
    line = "(" + "12345678901234567890" * 30 + ") Tj 0 -1 Td "
    body = f"BT /F 1 Tf 5 795 Td {line * 500} ET".encode()
    return page(stream(zlib.compress(body, 9), "/Filter/FlateDecode"))


def lines_bomb() -> bytes:
    """A page of more lines than a page may have, none at the height of another."""
    body = "".join(f"0 {n / 250} m 600 {n / 250} l S " for n in range(MOST_OBJECTS + 1)).encode()
    return page(stream(zlib.compress(body, 1), "/Filter/FlateDecode"))


def boxes() -> bytes:
    """Nine hundred boxes that do not touch, and a word in each."""
    marks = []
    for n in range(900):
        x, y = 10 + n % 38 * 15, 10 + n // 38 * 19
        marks.append(f"{x} {y} 8 8 re S BT /F 5 Tf {x + 1} {y + 2} Td (7) Tj ET")
    return page(said(" ".join(marks)))


def pieces() -> bytes:
    """Seventy lines of seventy numbers, each over a short line: more than a page may have lines."""
    marks = []
    for n in range(70 * 70):
        x, y = n % 70 * 20, n // 70 * 10
        marks.append(f"{x} {y} m {x + 5} {y} l S BT /F 5 Tf {x} {y + 1} Td (7.1) Tj ET")
    return page(said(" ".join(marks)), box="0 0 1500 1500")


def forms_of_forms() -> bytes:
    """Thirty forms, each of which draws the next one twice: a thousand million in all."""
    made = []
    for n in range(30):
        body = b"/X Do /X Do" if n < 29 else WORDS.encode()
        inner = f"/XObject<</X {7 + n} 0 R>>" if n < 29 else ""
        made.append(
            stream(
                body,
                f"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
                f"/Resources<</Font<</F 5 0 R>>{inner}>>",
            )
        )
    return page(said(f"{WORDS} /X Do"), *made, resources="/XObject<</X 6 0 R>>")


def object_stream_bomb() -> bytes:
    """Objects kept in a stream of many blanks."""
    once = zlib.compressobj(1)
    head = b"1 0 2 40 " + b" " * 20 + b"<</Type/Catalog/Pages 2 0 R>>           "
    body = once.compress(head)
    body += b"".join(once.compress(b" " * MEGABYTE) for _ in range(BOMB_MB)) + once.flush()
    first = b"%PDF-1.7\n"
    kept = b"4 0 obj\n" + stream(body, "/Type/ObjStm/N 2/First 29/Filter/FlateDecode")
    kept += b"\nendobj\n"
    at = len(first) + len(kept)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (0, 0, 0), (1, len(first), 0), (1, at, 0)]
    table = b"".join(bytes([k]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for k, a, b in rows)
    xref = b"5 0 obj\n" + stream(table, "/Type/XRef/W[1 4 2]/Size 6/Root 1 0 R") + b"\nendobj\n"
    return first + kept + xref + f"startxref\n{at}\n%%EOF\n".encode()


def deep_pages() -> bytes:
    """A page below five thousand branches of one."""
    made = [b"<</Type/Catalog/Pages 2 0 R>>"]
    made += [
        f"<</Type/Pages/Kids[{n + 1} 0 R]/Count 1/Parent {n - 1} 0 R>>".encode()
        for n in range(2, 5_002)
    ]
    made.append(b"<</Type/Page/Parent 5001 0 R/MediaBox[0 0 9 9]>>")
    return pdf(made)


def deep_arrays() -> bytes:
    return page(said(), entries="/X" + "[" * 100_000 + "]" * 100_000)


def many_pages(count: int, said_count: int | None = None) -> bytes:
    kids = b"3 0 R " * count
    number = count if said_count is None else said_count
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[" + kids + f"]/Count {number}>>".encode(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>",
            said(),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )


def unknown_cipher() -> bytes:
    encrypt = b"<</Filter/Unknown.Handler/V 4/R 9/Length 128>>"
    return page(said(), encrypt, trailer="/Encrypt 6 0 R/ID[<00><00>]")


ACTS = (
    "/OpenAction<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>"
    "/AA<</WC<</S/JavaScript/JS(while(1);)>>>>"
    "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.launchURL('http://127.0.0.1:9'))>>]>>"
    "/EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F 4 0 R>>>>]>>>>"
    "/AcroForm<</XFA 4 0 R/Fields[]>>"
)
WHOLE = page(said())

PDFS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "空": (lambda: b"", "空"),
    "只有头": (lambda: b"%PDF-1.7\n", "损坏"),
    "半个": (lambda: WHOLE[: len(WHOLE) // 2], "损坏"),
    "字太多": (letters_bomb, "个字"),
    "线太多": (lines_bomb, "个图形"),
    "零散的框": (boxes, None),
    "零散的数": (pieces, None),
    "页树太深": (deep_pages, "损坏"),
    "数组太深": (deep_arrays, None),
    "页树成环": (lambda: many_pages(1).replace(b"3 0 R ", b"2 0 R "), "损坏"),
    "交叉引用成环": (lambda: page(said(), prev="/Prev {start}"), None),
    "交叉引用错位": (lambda: WHOLE.replace(b"startxref\n", b"startxref\n9"), None),
    "一万页": (lambda: many_pages(10_000), "10000 页"),
    "谎称页数": (lambda: many_pages(1, 2_000_000_000), None),
    "页数为负": (lambda: many_pages(1, -5), None),
    "会动": (lambda: page(said(), catalog=ACTS), None),
    "纸太大": (lambda: page(said(), box="0 0 9e9 9e9", entries="/UserUnit 1e9"), None),
    "纸是空的": (lambda: page(said(), box="0 0 0 0"), None),
    "不明加密": (unknown_cipher, "加密"),
    "自画自": (
        lambda: page(
            said(f"{WORDS} /X Do"),
            stream(b"/X Do", "/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"),
            resources="/XObject<</X 6 0 R>>",
        ),
        None,
    ),
}
DRAWN = ("零散的框", "零散的数", "线太多")  # drawings without words, some seconds each

BOMBS: dict[str, Callable[[], bytes]] = {
    "压缩炸弹": flate_bomb,
    "对象流炸弹": object_stream_bomb,
    "表单套表单": forms_of_forms,
}
