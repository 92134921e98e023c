"""Packs for the tests: a text, the same tables as Word and as a workbook, judged in process."""

from __future__ import annotations

import hashlib
from pathlib import Path

import docx
from openpyxl import Workbook

from pipelines.performance.case import Case
from pipelines.performance.checks import run
from pipelines.performance.pack import Pack
from pipelines.performance.recut import FormHeaders
from pipelines.performance.scheme_choice import choose_scheme
from pipelines.performance.worker import PackJob, read_pack
from pipelines.sample.performance_pack import SamplePack, as_text, blocks, sample_pack
from pipelines.tables.document import Table
from pipelines.tables.flattened.read import flattened_tables
from schemas.observation import Observation
from schemas.performance_schemes import shipped_schemes


def read(path: Path) -> Pack:
    """A file as the stage reads it."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    pack = read_pack(PackJob(path.name, path, path.suffix[1:], sha256))
    assert pack is not None
    return pack


def case_of(pack: Pack, **manual: object) -> Case:
    return Case(
        pack, year=pack.year, scheme=choose_scheme(pack, shipped_schemes()), manual=dict(manual)
    )


def judge(pack: Pack, **manual: object) -> list[Observation]:
    case = case_of(pack, **manual)
    run(case)
    return case.observations


def write(folder: Path, text: str, name: str = "报告.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# Of a published pack: two show what five would, and take a third of the reading.
SEED, PROJECTS = 3, 2


def pack_of(layout: str) -> SamplePack:
    """What the published pack of a layout was made from."""
    return sample_pack(SEED, layout, PROJECTS)


# Packs whose first project answers 997 where the quantity table says otherwise, by file and unit.
FAULTY = {"报告.docx": "清溪县林草保护中心", "附表.xlsx": "清溪县种子管理中心"}


def faulty(unit: str) -> str:
    pack = sample_pack(6, "A", PROJECTS)
    pack.unit = unit
    first = pack.projects[0]
    found = blocks(pack)
    rows = next(b for b in found if not isinstance(b, str) and "数量指标" in b[0])
    next(r for r in rows if first.name in r)[6] = "997"
    return as_text(found)


def as_word(text: str, path: Path) -> Path:
    """Every table of a flattened text as a Word table, the prose between them as paragraphs."""
    document = docx.Document()
    at = 0
    for table in flattened_tables(text, FormHeaders()):
        for line in text[at : table.start].splitlines():
            if line.strip():
                document.add_paragraph(line.strip())
        _word_table(document, table)
        at = table.end
    document.save(str(path))
    return path


def _word_table(document: object, table: Table) -> None:
    made = document.add_table(table.height, table.width)  # type: ignore[attr-defined]
    places = made._cells  # ``made.cell`` makes this list anew for every cell
    for cell in table.cells:
        at = cell.row * table.width + cell.column
        first = places[at]
        if cell.columns > 1:
            first = first.merge(places[at + cell.columns - 1])
        first.text = cell.text.replace("\n", "")


def as_sheets(text: str, path: Path) -> Path:
    """Every table of a flattened text as a sheet under its title."""
    book = Workbook()
    book.remove(book.active)
    for table in flattened_tables(text, FormHeaders()):
        sheet = book.create_sheet(f"表{table.number}")
        sheet.cell(1, 1, table.title or "绩效 2023年度")
        sheet.cell(2, 1, " ".join(table.above[-1:]))
        for cell in table.cells:
            written = sheet.cell(cell.row + 3, cell.column + 1, cell.text.replace("\n", ""))
            written.data_type = "s"  # a target such as =70户 is no formula
    book.save(path)
    return path
