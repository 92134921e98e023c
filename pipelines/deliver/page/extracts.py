"""Both sides of a finding as small extracts of their tables: the marked cells, with the rows and
columns around them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.deliver.marking.sheet import address, position
from pipelines.deliver.source import Rows, rows
from pipelines.deliver.words import money

SIDES = {"right": "右边", "suspect": "疑似填错"}  # of a cell by its role; any other is left
MOST_ROWS = 7  # what fits beside a finding on a laptop without scrolling
MOST_COLUMNS = 5  # and on a phone
Place = tuple[str, str]
Spot = tuple[int, int]
Words = dict[int, dict[str, str]]


def _words() -> Words:
    return defaultdict(dict)


@dataclass(slots=True)
class SheetView:
    """What is known of a sheet around its marked cells: labels of rows and columns by block, and
    what the cells hold.
    """

    heads: Words = field(default_factory=_words)
    labels: Words = field(default_factory=_words)
    values: dict[Spot, str] = field(default_factory=dict)


def _marked(cells: Iterable[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    found = set()
    for cell in cells:
        at = position(cell["cell"] or "")
        if at and cell["file"] and cell["sheet"]:
            found.add((cell["file"], cell["sheet"], *at))
    return sorted(found)


def read_views(con: duckdb.DuckDBPyConnection, cells: dict[str, Rows]) -> dict[Place, SheetView]:
    """The sheets that findings point at, each only around the cells they point at."""
    marked = _marked(c for group in cells.values() for c in group)
    if not marked:
        return {}
    names = ("file", "sheet", "row", "col")
    wanted = pa.table({n: [m[i] for m in marked] for i, n in enumerate(names)})
    con.register("wanted_cells", wanted)
    try:
        found = rows(con, _FACTS)
        lines = rows(con, _LINES)
        heads = _heads(rows(con, _LAYOUTS))
        views = {
            (r["file"], r["sheet"]): SheetView(heads.get(r["layout"]) or _words())
            for r in rows(con, _SHEETS)
        }
    finally:
        con.unregister("wanted_cells")
    _fill(views, found, lines)
    return views


REACH = 2  # rows and columns on either side of a marked cell
_NEAR = f"""
    WITH near AS (SELECT DISTINCT file, sheet,
        unnest(range(row - {REACH}, row + {REACH + 1})) AS row FROM wanted_cells),
         sheets_wanted AS (SELECT DISTINCT file, sheet FROM wanted_cells)
"""
_COLUMN = (
    "list_reduce([ascii(x) - 64 FOR x IN string_split(regexp_extract(cell, '^[A-Z]+'), '')], lambda"
    " a, b: a * 26 + b) - 1"
)
_FACTS = f"""
    WITH around AS (
        SELECT DISTINCT file, sheet, row, unnest(range(col - {REACH}, col + {REACH + 1})) AS col
        FROM (SELECT file, sheet, col, unnest(range(row - {REACH}, row + {REACH + 1})) AS row
            FROM wanted_cells)
    ), placed AS (
        SELECT f.*, CAST(regexp_extract(cell, '([0-9]+)$', 1) AS BIGINT) - 1 AS row,
               {_COLUMN} AS col
        FROM facts f SEMI JOIN wanted_cells USING (file, sheet))
    SELECT p.file, p.sheet, p.block, p.row_label, p.col_label, p.cell, p.amount, p.raw
    FROM placed p SEMI JOIN around USING (file, sheet, row, col)"""
_LINES = (
    _NEAR
    + """SELECT l.file, l.sheet, l.block, l.row - 1 AS row, l.row_label, l.code
    FROM (SELECT * FROM lines SEMI JOIN sheets_wanted USING (file, sheet)) l
    JOIN near n ON n.file = l.file AND n.sheet = l.sheet AND n.row = l.row - 1"""
)
_SHEETS = "SELECT file, sheet, layout FROM sheets SEMI JOIN wanted_cells USING (file, sheet)"
_LAYOUTS = (
    f"SELECT layout, block, col_label, letter FROM layouts SEMI JOIN ({_SHEETS}) USING (layout)"
)


def _closed_up(label: str | None) -> str:
    """``收入/决算数`` for 收 入, which is printed apart only to fill its cell."""
    return re.sub(r"(?<=[\u4e00-\u9fff])[\s\u3000]+(?=[\u4e00-\u9fff])", "", label or "")


def _heads(layouts: Rows) -> dict[str, Words]:
    """The labels of the columns by layout: sheets that are laid out alike share them."""
    heads: dict[str, Words] = defaultdict(_words)
    for row in layouts:
        at = position(f"{row['letter']}1")
        if at:
            heads[row["layout"]][at[1]][row["block"]] = _closed_up(row["col_label"])
    return heads


def _fill(views: dict[Place, SheetView], found: Rows, lines: Rows) -> None:
    for row in lines:
        label = row["row_label"].strip()
        code = (
            f"{row['code']} "
            if row["code"] and not row["block"] and not label.startswith(row["code"])
            else ""
        )
        if view := views.get((row["file"], row["sheet"])):
            view.labels[row["row"]].setdefault(row["block"], code + label)
    for row in found:
        if view := views.get((row["file"], row["sheet"])):
            _add_fact(view, row)


def _add_fact(view: SheetView, row: dict[str, Any]) -> None:
    at = position(row["cell"])
    if at is None:
        return
    view.values[at] = money(row["amount"]) if row["amount"] is not None else (row["raw"] or "")
    view.labels[at[0]].setdefault(row["block"], row["row_label"].strip())
    view.heads[at[1]].setdefault(row["block"], _closed_up(row["col_label"]))


def extracts(cells: Rows, views: dict[Place, SheetView]) -> list[dict[str, Any]]:
    """The extracts of one finding: one for each sheet and side, marked cells told from those around
    them.
    """
    sides: dict[tuple[str, str, str], Rows] = defaultdict(list)
    for cell in cells:
        side = SIDES.get(cell["role"], "左边")
        sides[side, cell["file"] or "", cell["sheet"] or ""].append(cell)
    if any(side != "疑似填错" for side, _, _ in sides):
        sides = defaultdict(list, {k: v for k, v in sides.items() if k[0] != "疑似填错"})
    return [
        _extract(side, file, sheet, group, views.get((file, sheet)))
        for (side, file, sheet), group in sides.items()
    ]


def _extract(
    side: str, file: str, sheet: str, cells: Rows, view: SheetView | None
) -> dict[str, Any]:
    marked = {at: c for c in cells if (at := position(c["cell"] or ""))}
    shown: dict[str, Any] = {"side": side, "file": file, "sheet": sheet, "more": 0}
    if not marked or view is None:
        return shown | {"quote": [_quoted(c) for c in cells[:MOST_ROWS]]}
    return shown | _part(view, marked)


def _quoted(cell: dict[str, Any]) -> list[str]:
    return [cell["cell"] or "", cell["quote"] or money(cell["amount"])]


def _part(view: SheetView, marked: dict[Spot, dict]) -> dict[str, Any]:
    """The rows and columns of a sheet around its marked cells, with their words."""
    blocks = [b for _, c in sorted(marked) for b in view.heads.get(c, {})]
    lines = _window(sorted({r for r, _ in marked}), _lines_of(view, blocks), MOST_ROWS)
    columns = _window(sorted({c for _, c in marked}), sorted(view.heads), MOST_COLUMNS)
    return {
        "more": sum(r not in lines or c not in columns for r, c in marked),
        "heads": _column_words(view, lines, columns),
        "letters": [address(0, column)[:-1] for column in columns],
        "rows": [
            [
                row + 1,
                _word(view.labels.get(row, {}), blocks),
                *(_cell(view, marked, row, column) for column in columns),
            ]
            for row in lines
        ],
    }


def _column_words(view: SheetView, lines: list[int], columns: list[int]) -> list[str]:
    """The word above each column, of the block that the rows are of."""
    blocks = [b for r in lines for b in view.labels.get(r, {})]
    return [_word(view.heads.get(column, {}), blocks) for column in columns]


def _cell(view: SheetView, marked: dict[Spot, dict], row: int, column: int) -> list[Any] | str:
    value = view.values.get((row, column), "")
    if (row, column) not in marked:
        return value
    return [value or money(marked[row, column]["amount"]), 1]


def _lines_of(view: SheetView, blocks: list[str]) -> list[int]:
    """The rows that may stand around marked cells: those of their blocks, not those that only the
    other half of the table has.
    """
    known = {r for r, _ in view.values} | set(view.labels)
    return sorted(
        r
        for r in known
        if not blocks or r not in view.labels or any(b in view.labels[r] for b in blocks)
    )


def _word(words: dict[str, str], blocks: list[str]) -> str:
    """The label of a row or column; where several blocks share it, that of the first of ``blocks``
    that has one.
    """
    return next((words[b] for b in blocks if b in words), next(iter(words.values()), ""))


def _window(marked: list[int], known: list[int], most: int) -> list[int]:
    """The marked positions and, while there is room, their neighbours."""
    chosen = marked[:most]
    if len(chosen) < 3:
        for at in list(chosen):
            place = bisect_left(known, at)
            for near in known[max(place - 1, 0) : place + 2]:
                if near not in chosen and len(chosen) < most and abs(near - at) <= 2:
                    chosen.append(near)
    return sorted(chosen)
