"""The disclosure that the files of ``printed/`` were made of, kept beside them so that they stay
true when the generator of samples changes; and the same in a unit of its own for each form.
"""

from __future__ import annotations

import gzip
import io
import json
from functools import cache
from pathlib import Path

import openpyxl
from PIL import Image
from reportlab.pdfgen import canvas

from tests.tables.disclosure import Disclosure, PublicTable

KEPT = Path(__file__).parent / "printed"
NAME = "普查"  # in 云岭县普查中心: replaced by another word of two characters
# The unit of each form, so that one check of a folder tells them apart.
UNITS = {
    "docx": "复查",
    "html": "检查",
    "pdf": "核查",
    "odt": "抽查",
    "rtf": "巡查",
    "mht": "调查",
    "xlsx": "稽查",
    "word.pdf": "督查",
    "browser.pdf": "清查",
    "doc": "排查",
    "wps": "审查",
    "scan.pdf": "侦查",
}


@cache
def kept(form: str = "docx") -> Disclosure:
    """The disclosure as the unit of a form publishes it."""
    text = gzip.decompress((KEPT / "disclosure.json.gz").read_bytes()).decode()
    said = json.loads(text.replace(f"{NAME}中心", f"{UNITS[form]}中心"))
    tables = tuple(
        PublicTable(
            t["title"],
            tuple(t["captions"]),
            tuple(map(tuple, t["rows"])),
            tuple(map(tuple, t["merged"])),
            tuple(t["notes"]),
        )
        for t in said["tables"]
    )
    return Disclosure(said["unit"], said["year"], tuple(map(tuple, said["blocks"])), tables)


def keep(source: Disclosure) -> bytes:
    """What ``disclosure.json.gz`` holds of a disclosure."""
    said = {
        "unit": source.unit,
        "year": source.year,
        "blocks": source.blocks,
        "tables": [
            {
                "title": t.title,
                "captions": t.captions,
                "rows": t.rows,
                "merged": t.merged,
                "notes": t.notes,
            }
            for t in source.tables
        ],
    }
    return gzip.compress(json.dumps(said, ensure_ascii=False).encode(), 9, mtime=0)


def printed(name: str) -> bytes:
    """A file that another program made."""
    return gzip.decompress((KEPT / f"{name}.gz").read_bytes())


def as_sheets(source: Disclosure) -> bytes:
    """The tables of a disclosure as a workbook, each under its title and captions."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(source.tables, 1):
        sheet = book.create_sheet(f"表{number}")
        for words in (table.title, *table.captions):
            sheet.append([words])
        top = sheet.max_row
        for row in table.rows:
            sheet.append([_value(words) for words in row])
        for note in table.notes:
            sheet.append([note])
        for r0, c0, r1, c1 in table.merged:
            sheet.merge_cells(None, top + r0 + 1, c0 + 1, top + r1 + 1, c1 + 1)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _value(words: str) -> object:
    plain = words.replace(",", "")
    return float(plain) if "." in plain and plain.replace(".", "").isdigit() else words or None


def as_scan() -> bytes:
    """A page that is a picture of a page."""
    target = io.BytesIO()
    page = canvas.Canvas(target)
    page.drawInlineImage(Image.new("L", (60, 80), 200), 20, 20, 500, 700)
    page.save()
    return target.getvalue()
