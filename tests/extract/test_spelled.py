"""Facts in numbers: their texts come back as they were, of one and of whole columns."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipelines.extract.factcolumns import NUMBER, STATES, FactColumns, text_of
from pipelines.extract.rows import Line
from pipelines.extract.sheet import SheetReading
from pipelines.extract.spelled import MONEY, amount_texts, cells_of, money, spelled_facts
from pipelines.extract.store import read_extraction, write_extraction
from pipelines.extract.text import address
from schemas import frames
from tests.extract.test_learned import read
from tests.extract.variants import sheets

FEN = [0, 1, -1, 5, 10, -10, 100, -100, 150, 123_456, 10**14 + 1, -(10**17), 10**18 - 1]


def test_an_amount_is_written_alike_alone_and_in_a_column() -> None:
    amounts = money(np.array(FEN), np.ones(len(FEN), bool))
    assert amount_texts(amounts).to_pylist() == [text_of(fen) for fen in FEN]
    assert text_of(-5) == "-0.05" and text_of(1_250) == "12.5" and text_of(-300) == "-3"


@pytest.mark.parametrize("fen", [f for f in FEN if abs(f) < 10**14])
def test_an_amount_is_written_as_a_spreadsheet_keeps_it(fen: int) -> None:
    assert text_of(fen) == f"{fen / 100:.15g}"


def test_amounts_become_decimals_and_null_where_there_is_none() -> None:
    found = money(np.array(FEN), np.array([n % 2 == 0 for n in range(len(FEN))]))
    assert found.type == MONEY == frames.MONEY
    told = [None if a is None else int(a * 100) for a in found.to_pylist()]
    assert told == [fen if n % 2 == 0 else None for n, fen in enumerate(FEN)]


def test_cells_are_named_as_one_by_one() -> None:
    columns, rows = [0, 25, 26, None, 701, 702], [1, 2, 3, 4, 5, 6]
    texts = pa.array(rows).cast(pa.string())
    wanted = [None if c is None else address(r - 1, c) for c, r in zip(columns, rows, strict=True)]
    assert cells_of(pa.array(columns, pa.int32()), texts).to_pylist() == wanted
    assert cells_of(pa.array([], pa.int32()), texts.slice(0, 0)).to_pylist() == []


def test_states_are_those_of_the_dataset() -> None:
    assert STATES == frames.STATES


def test_a_line_that_is_another_object_is_found_by_what_it_tells() -> None:
    lines = [Line(3, "", "201", "甲", "201"), Line(4, "", "202", "乙", "202")]
    facts = FactColumns(lines, {2: "合计"})
    facts.add(facts.number_of(Line(*lines[1])), 2, "合计", 150, NUMBER, None)
    facts.add(facts.number_of(lines[0]), 2, "合计", None, "dash", "—")
    assert facts.line == array("i", [1, 0])
    told = [(f.row_key, f.fen, f.state, f.raw, f.cell) for f in facts]
    assert told == [("202", 150, "number", "1.5", "C5"), ("201", None, "dash", "—", "C4")]


def _odd(found: list[SheetReading]) -> list[SheetReading]:
    """Of some amounts a dash, a text, noise behind the 分, an error value."""
    sheet = found[0].sheet
    places = [(line.row, c) for line, cells in found[0].table.items for c, _, _ in cells]
    for (row, column), value in zip(places, ("—", "约五万", 0.1 + 0.2, "1,200.50"), strict=False):
        sheet.cells[row][column] = value
    sheet.cells[places[5][0]][places[5][1]] = ""
    sheet.special[places[5]] = ("error", "#REF!")
    return read([sheet, *(r.sheet for r in found[1:])])


@pytest.mark.parametrize("published", [False, True])
def test_an_extraction_gives_back_the_facts_of_the_reading(tmp_path: Path, published: bool) -> None:
    found = sheets(published)[:5]
    for number, sheet in enumerate(found, 1):
        sheet.number = number
    readings = _odd(read(found))
    write_extraction(tmp_path / "x.arrow", readings)
    streams = read_extraction(tmp_path / "x.arrow", ("lines", "places", "facts"))
    told = spelled_facts(streams["facts"], streams["lines"], streams["places"])
    names = ("block", "row_key", "row_label", "col_key", "col_label", "state", "raw", "cell")
    kept = pa.table({name: told[name] for name in (*names, "measure", "amount")}).to_pylist()
    wanted = [
        {name: getattr(f, name) for name in (*names, "measure")} | {"amount": f.fen}
        for r in readings
        for f in r.facts
    ]
    for row in kept:
        row["amount"] = None if row["amount"] is None else int(row["amount"] * 100)
    assert kept == wanted and {"number", "dash", "text", "error"} <= {f["state"] for f in wanted}
    of_sheets = [
        streams["lines"]["sheet_no"][n].as_py() for n in streams["facts"]["line"].to_pylist()
    ]
    assert of_sheets == [r.sheet.number for r in readings for _ in r.facts]
