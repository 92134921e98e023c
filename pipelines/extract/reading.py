"""What reading a sheet gives: cells with their keys, rows, columns, numbers left out, and what
looked wrong.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

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
    be looked for.
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


class NoTable(Exception):
    """The sheet says it is a form, but the form's header or rows cannot be found in it."""
