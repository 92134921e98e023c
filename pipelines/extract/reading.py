"""What reading a sheet gives: cells with their keys, rows, columns, numbers left out, and what
looked wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pipelines.extract.rows import Line

Amount = tuple[int, object, str]  # zero-based column, value, column key
Item = tuple[Line, list[Amount]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place of the sheet: rule id (S-…), subject within the sheet, message,
    cells as A1; ``keys``: of the columns that are missing.
    """

    rule_id: str
    subject: str
    message: str
    cells: tuple[str, ...] = ()
    severity: str = "error"
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class AmountColumn:
    """An amount column of the sheet: block, key, label as printed, zero-based column."""

    block: str
    key: str
    label: str
    column: int
    panel: str = ""


def layout_digest(form: str, columns: list[AmountColumn]) -> str:
    """The same for tables of one form whose amount columns are laid out the same."""
    parts = [f"{c.block}|{c.key}|{c.label}|{c.column}|{c.panel}" for c in columns]
    return hashlib.sha256("\n".join([form, *parts]).encode()).hexdigest()[:16]


class Known(NamedTuple):
    """Of a row all of whose cells are understood: how many of them are ``amounts``, and how many
    of the others (codes, 行次) are ``numbers``.
    """

    amounts: int
    numbers: int


@dataclass(frozen=True, slots=True)
class Flat:
    """The amounts of a list whose sheet is known, all numbers of a spreadsheet or dashes, one after
    the other: ``columns`` and ``values``; ``counts``: how many each line has.

    ``keys`` are the keys of the amount columns, ``numbers`` how many numbers the sheet holds
    besides.
    """

    keys: Mapping[int, str]
    counts: list[int]
    columns: list[int]
    values: list[object]
    numbers: int

    def items(self, lines: Sequence[Line]) -> list[Item]:
        """Each line with its amounts."""
        amounts = iter(zip(self.columns, self.values, strict=True))
        return [
            (line, [(c, v, self.keys[c]) for c, v in islice(amounts, count)])
            for line, count in zip(lines, self.counts, strict=True)
        ]


@dataclass(slots=True)
class TableReading:
    """A table laid over a sheet, before its cells become values.

    ``items`` are its lines, each with its non-empty amount cells (zero-based column, value,
    column key). Numbers that are not amounts (行次, 栏次, 编码, header, notes) are structural;
    rows in
    ``structural_rows`` are so altogether. ``notes`` are the texts of notes below the table.
    ``top`` is the first row of the header, ``first`` the first row of data; ``layout`` a digest
    of its columns (empty: not made yet); ``mixed`` says by which column its rows are of which
    units or years, where these are several. ``known`` are rows (zero-based) whose numbers need not
    be looked for. ``flat`` stands for ``items`` until somebody asks for these.
    """

    items: list[Item] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    columns: list[AmountColumn] = field(default_factory=list)
    structural_rows: set[int] = field(default_factory=set)
    structural_columns: set[int] = field(default_factory=set)
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    top: int = 0
    first: int = 0
    layout: str = ""
    mixed: str = ""
    known: dict[int, Known] = field(default_factory=dict)
    flat: Flat | None = None

    def lay_flat(self, flat: Flat) -> None:
        """Hold the amounts so; what changes ``items`` afterwards makes them and has its way."""
        self.flat = flat
        del self.items

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name != "items":
                raise AttributeError(name)
            self.items, self.flat = self.flat.items(self.lines), None
            return self.items


class NoTable(Exception):
    """The sheet says it is a form, but the form's header or rows cannot be found in it."""
