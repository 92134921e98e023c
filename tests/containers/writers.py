"""The same sheets in every container a system or an office program writes."""

from __future__ import annotations

import html
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipelines.sample.paper import COUNT, NUMBER, WAN, Paper, Value

Cells = dict[tuple[int, int], tuple[Value, str]]


def shown(value: Value, look: str) -> str:
    """A cell as a program shows it."""
    if isinstance(value, str):
        return value
    if look == COUNT:
        return str(int(value))
    return f"{value:,.6f}" if look == WAN else f"{value:,.2f}" if look == NUMBER else str(value)


def _cells(paper: Paper) -> tuple[Cells, int, int]:
    cells: Cells = {(r, c): (value, look) for r, c, value, look in paper.cells}
    return cells, max(r for r, _ in cells) + 1, max(c for _, c in cells) + 1


def _covered(paper: Paper) -> set[tuple[int, int]]:
    return {
        (r, c)
        for r0, c0, r1, c1 in paper.merged
        for r in range(r0, r1 + 1)
        for c in range(c0, c1 + 1)
    } - {(r0, c0) for r0, c0, _, _ in paper.merged}


def _spans(paper: Paper) -> dict[tuple[int, int], tuple[int, int]]:
    return {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for r0, c0, r1, c1 in paper.merged}


def html_table(paper: Paper, *, stored: bool = False) -> str:
    """One table; with ``stored`` numbers are shown rounded, and kept as Excel keeps them."""
    cells, height, width = _cells(paper)
    covered, spans = _covered(paper), _spans(paper)
    rows = []
    for r in range(height):
        row = []
        for c in range(width):
            if (r, c) in covered:
                continue
            value, look = cells.get((r, c), ("", ""))
            down, across = spans.get((r, c), (1, 1))
            tag = f" rowspan={down}" * (down > 1) + f" colspan={across}" * (across > 1)
            words = shown(value, look)
            if stored and isinstance(value, float):
                tag, words = f'{tag} x:num="{value!r}"', f"<b>{value:,.0f}</b>"
            row.append(
                f"<td{tag}>{html.escape(words)}</td>" if not stored else f"<td{tag}>{words}</td>"
            )
        rows.append(f"<tr>{''.join(row)}</tr>")
    return f"<table border=1>{''.join(rows)}</table>"


def as_html(papers: Sequence[Paper], encoding: str = "utf-8", *, declared: bool = True) -> bytes:
    """What a system writes as an .xls: a page of tables."""
    head = f"<meta http-equiv='Content-Type' content='text/html; charset={encoding}'>" * declared
    body = "<br>".join(html_table(p) for p in papers)
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def as_excel_page(papers: Sequence[Paper]) -> bytes:
    """What Excel writes: names of sheets in a comment, numbers kept beside what is shown."""
    names = "".join(
        f"<x:ExcelWorksheet><x:Name>{html.escape(p.name)}</x:Name></x:ExcelWorksheet>"
        for p in papers
    )
    body = "".join(html_table(p, stored=True) for p in papers)
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>"
        f"<!--[if gte mso 9]><xml><x:ExcelWorkbook>{names}</x:ExcelWorkbook></xml><![endif]-->"
        f"</head><body>{body}</body></html>"
    ).encode("gb18030")


def as_mht(papers: Sequence[Paper]) -> bytes:
    """A web archive as Excel writes it: a cover with frames, then a part a sheet."""
    import base64

    cover = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        + "".join(f"<x:Name>{html.escape(p.name)}</x:Name>" for p in papers)
        + "</head><frameset rows='*,39'><frame src='a'></frameset></html>"
    )
    pages = [cover, *(f"<html><body>{html_table(p)}</body></html>" for p in papers)]
    parts = [
        "--=_x\r\nContent-Location: file:///C:/s.htm\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Type: text/html; charset="gb2312"\r\n\r\n'
        + base64.encodebytes(page.encode("gb18030")).decode()
        for page in pages
    ]
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_x"\r\n\r\n'
    return (head + "".join(parts) + "--=_x--\r\n").encode()


def as_xml(papers: Sequence[Paper], encoding: str = "utf-8") -> bytes:
    """XML Spreadsheet 2003, empty cells skipped by index."""
    sheets = "".join(_xml_sheet(p) for p in papers)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
        f' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{sheets}</Workbook>'
    ).encode(encoding)


def _xml_sheet(paper: Paper) -> str:
    cells, height, _ = _cells(paper)
    spans = _spans(paper)
    rows = []
    for r in range(height):
        row = []
        for (_, c), (value, _look) in sorted((k, v) for k, v in cells.items() if k[0] == r):
            kind = "String" if isinstance(value, str) else "Number"
            down, across = spans.get((r, c), (1, 1))
            merge = f' ss:MergeDown="{down - 1}"' * (down > 1)
            merge += f' ss:MergeAcross="{across - 1}"' * (across > 1)
            data = escape(value if isinstance(value, str) else repr(value))
            row.append(
                f'<Cell ss:Index="{c + 1}"{merge}><Data ss:Type="{kind}">{data}</Data></Cell>'
            )
        if row:
            rows.append(f'<Row ss:Index="{r + 1}">{"".join(row)}</Row>')
    hidden = {"hidden": "SheetHidden", "veryhidden": "SheetVeryHidden"}.get(paper.visibility, "")
    options = f"<x:WorksheetOptions><x:Visible>{hidden}</x:Visible></x:WorksheetOptions>"
    return (
        f"<Worksheet ss:Name={quoteattr(paper.name)}><Table>{''.join(rows)}</Table>"
        f"{options * bool(hidden)}</Worksheet>"
    )


def as_text(paper: Paper, delimiter: str = ",", encoding: str = "gb18030") -> bytes:
    """One sheet as delimited text, as Excel and databases write it."""
    import csv

    cells, height, width = _cells(paper)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    for r in range(height):
        writer.writerow([shown(*cells.get((r, c), ("", ""))) for c in range(width)])
    return target.getvalue().encode(encoding)


_OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def ods_of(tables: str, styles: str = "") -> bytes:
    """An .ods with this content."""
    names = " ".join(f'xmlns:{n}="{_OASIS}:{n}:1.0"' for n in ("office", "table", "text", "style"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", f'<m xmlns="{_OASIS}:manifest:1.0"/>')
        package.writestr("content.xml", content)
    return target.getvalue()


def as_ods(papers: Sequence[Paper]) -> bytes:
    """An OpenDocument spreadsheet; hidden sheets by their style, empty cells repeated."""
    styles = (
        '<style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    return ods_of("".join(_ods_table(p) for p in papers), styles)


def _ods_table(paper: Paper) -> str:
    cells, height, width = _cells(paper)
    covered, spans = _covered(paper), _spans(paper)
    beside = f'<table:table-cell table:number-columns-repeated="{16384 - width}"/>'
    rows = []
    for r in range(height):
        row = "".join(_ods_cell(cells, covered, spans, r, c) for c in range(width))
        rows.append(f"<table:table-row>{row}{beside}</table:table-row>")
    style = ' table:style-name="h"' * (paper.visibility != "visible")
    empty = (
        f'<table:table-row table:number-rows-repeated="{1048576 - height}">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    name = quoteattr(paper.name)
    return f"<table:table table:name={name}{style}>{''.join(rows)}{empty}</table:table>"


def _ods_cell(cells: Cells, covered: set, spans: dict, r: int, c: int) -> str:
    value, _ = cells.get((r, c), ("", ""))
    tag = "covered-table-cell" if (r, c) in covered else "table-cell"
    down, across = spans.get((r, c), (1, 1))
    merge = (
        f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
        if (r, c) in spans
        else ""
    )
    if value == "":
        return f"<table:{tag}{merge}/>"
    typed = (
        'office:value-type="string"'
        if isinstance(value, str)
        else f'office:value-type="float" office:value="{value!r}"'
    )
    return f"<table:{tag}{merge} {typed}><text:p>{escape(str(value))}</text:p></table:{tag}>"


def _record(kind: int, body: bytes = b"") -> bytes:
    def grouped(number: int) -> bytes:
        out = bytearray()
        while True:
            more = number >> 7
            out.append((number & 0x7F) | (0x80 if more else 0))
            number = more
            if not more:
                return bytes(out)

    return grouped(kind) + grouped(len(body)) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsb_of(
    sheets: Sequence[tuple[str, str, bytes]], extra: dict[str, bytes] | None = None
) -> bytes:
    """An .xlsb of sheets: name, visibility and the records between BeginSheetData and
    EndSheetData, then merges.
    """
    states = {"visible": 0, "hidden": 1, "veryhidden": 2}
    bundle = b"".join(
        _record(156, struct.pack("<II", states[v], n) + _wide(f"rId{n}") + _wide(name))
        for n, (name, v, _) in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "xl/workbook.bin", _record(131) + _record(143) + bundle + _record(144) + _record(132)
        )
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
        )
        for n, (_, _, records) in enumerate(sheets, 1):
            package.writestr(f"xl/worksheets/sheet{n}.bin", _record(129) + records + _record(130))
        for name, body in (extra or {}).items():
            package.writestr(name, body)
    return target.getvalue()


def xlsb_cell(kind: int, column: int, body: bytes) -> bytes:
    return _record(kind, struct.pack("<II", column, 0) + body)


def xlsb_rows(rows: dict[int, bytes], height: int, width: int, merged: Sequence = ()) -> bytes:
    """The records of a sheet's cells by row, and its merged areas."""
    size = _record(148, struct.pack("<4I", 0, max(0, height - 1), 0, max(0, width - 1)))
    data = b"".join(
        _record(0, struct.pack("<I", r) + bytes(21)) + body for r, body in sorted(rows.items())
    )
    areas = b"".join(_record(176, struct.pack("<4I", r0, r1, c0, c1)) for r0, c0, r1, c1 in merged)
    return size + _record(145) + data + _record(146) + areas


def as_xlsb(papers: Sequence[Paper]) -> bytes:
    """A binary workbook: text in the cells, numbers as doubles."""
    sheets = []
    for paper in papers:
        cells, height, width = _cells(paper)
        rows: dict[int, bytes] = {}
        for (r, c), (value, _) in sorted(cells.items()):
            body = (
                xlsb_cell(6, c, _wide(value))
                if isinstance(value, str)
                else xlsb_cell(5, c, struct.pack("<d", value))
            )
            rows[r] = rows.get(r, b"") + body
        sheets.append((paper.name, paper.visibility, xlsb_rows(rows, height, width, paper.merged)))
    return xlsb_of(sheets)


# type as classified, name, and how it is made: containers that hold all sheets
WHOLE: dict[str, tuple[str, str, Callable[[Sequence[Paper]], bytes]]] = {
    "page": ("htmlsheet", "导出.xls", as_html),
    "page in GBK": ("htmlsheet", "导出.xls", lambda p: as_html(p, "gb18030", declared=False)),
    "page of Excel": ("htmlsheet", "导出.htm", as_excel_page),
    "web archive": ("mhtsheet", "导出.mht", as_mht),
    "XML": ("xmlsheet", "导出.xls", as_xml),
    "XML in GBK": ("xmlsheet", "导出.xml", lambda p: as_xml(p, "gb18030")),
    "ods": ("ods", "导出.ods", as_ods),
    "xlsb": ("xlsb", "导出.xlsb", as_xlsb),
}
