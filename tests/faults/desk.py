"""Submissions on a desk: generated workbooks whose cells a test changes before ``check`` looks at
them.

:class:`Desk` is a folder with one unit's (or one department's) submissions; :class:`Draft` one of
them, sheet by sheet, with the address of every amount. ``Desk.check`` is ``caijue check`` in this
process and gives its document, with the facts.
"""

from __future__ import annotations

import functools
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from pipelines import organisation as stages
from pipelines.commands import check
from pipelines.config import Config
from pipelines.extract.text import address
from pipelines.publish.opened import rows
from pipelines.run.look import no_progress
from pipelines.sample.books import papers
from pipelines.sample.files import write_book
from pipelines.sample.model import Plan, SampleSet, UnitYear, department
from pipelines.sample.paper import NUMBER, TEXT, Paper
from pipelines.sample.register import register_text
from pipelines.sample.style import Style
from tests.shipped import without_formulas

Cell = tuple[int, int]


@functools.cache
def made(size: int = 1, years: int = 2, seed: int = 7, index: int = 0) -> SampleSet:
    """A department of ``size`` submissions a year (1: no subordinates), the same for every test."""
    return department(Plan(index, size), years, seed)


@functools.cache
def _book(folders: tuple[Path, ...]) -> Any:
    return stages.__dict__["rulebook"](Config(rules_folders=folders))


class Draft:
    """One submission on its way to a file; cells by (row, column), zero-based."""

    def __init__(
        self, submission: UnitYear, style: Style | None = None, decimals: int | None = None
    ) -> None:
        self.submission = submission
        self.sheets: dict[str, Paper] = {
            p.form: p for p in papers(submission, style or Style(), decimals=decimals)
        }
        self.order: list[Paper] = list(self.sheets.values())

    @property
    def name(self) -> str:
        return self.submission.unit.name

    def cells(self, form: str) -> dict[Cell, tuple[Any, str]]:
        return {(r, c): (v, look) for r, c, v, look in self.sheets[form].cells}

    def replace(self, form: str, cells: dict[Cell, tuple[Any, str]]) -> None:
        self.sheets[form].cells = [(r, c, v, look) for (r, c), (v, look) in cells.items()]

    def place(self, form: str, row_key: str, col_key: str, block: str | None = None) -> Cell:
        """Where an amount stands."""
        return next(
            (f.row, f.column)
            for f in self.sheets[form].facts
            if (f.row_key, f.col_key) == (row_key, col_key) and block in (None, f.block)
        )

    def amount(self, form: str, row_key: str, col_key: str) -> int:
        """An amount in 分."""
        facts = self.sheets[form].facts
        return next(f.amount or 0 for f in facts if (f.row_key, f.col_key) == (row_key, col_key))

    def put(self, form: str, at: Cell, value: Any) -> str:
        """Write a value (None: nothing) into a cell; gives its A1 address."""
        cells = self.cells(form)
        cells.pop(at, None)
        if value is not None:
            cells[at] = (value, TEXT if isinstance(value, str) else NUMBER)
        self.replace(form, cells)
        return address(*at)

    def set(self, form: str, row_key: str, col_key: str, value: Any) -> str:
        """Write a value where an amount stands; gives its A1 address."""
        return self.put(form, self.place(form, row_key, col_key), value)

    def find(self, form: str, text: str) -> Cell:
        """The first cell that holds exactly this text."""
        return min(at for at, (v, _) in self.cells(form).items() if v == text)

    def shift(
        self, form: str, *, rows: int = 0, columns: int = 0, from_row: int = 0, from_column: int = 0
    ) -> None:
        """Move everything from a row and column on: rows or columns inserted before them."""
        paper = self.sheets[form]

        def moved(r: int, c: int) -> Cell:
            return r + (rows if r >= from_row else 0), c + (columns if c >= from_column else 0)

        paper.cells = [(*moved(r, c), v, look) for r, c, v, look in paper.cells]
        paper.merged = [(*moved(a, b), *moved(c, d)) for a, b, c, d in paper.merged]

    def drop(self, form: str) -> None:
        self.order.remove(self.sheets.pop(form))

    def save(self, folder: Path, name: str = "", kind: str = "xlsx") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"{self.submission.year}_{self.submission.unit.code}.{kind}")
        write_book(path, tuple(self.order), kind)
        return path


@dataclass
class Seen:
    """The document of ``check --json``, and the facts and sheets behind it."""

    document: dict[str, Any]
    facts: list[dict[str, Any]] = field(default_factory=list)
    sheets: list[dict[str, Any]] = field(default_factory=list)

    def findings(self, rule: str = "", severity: str = "") -> list[dict[str, Any]]:
        return [
            f
            for f in self.document["findings"]
            if f["rule_id"].startswith(rule) and (not severity or f["severity"] == severity)
        ]

    def one(self, rule: str) -> dict[str, Any]:
        """The only finding of a rule."""
        (found,) = self.findings(rule)
        return found

    @property
    def rules(self) -> set[str]:
        return {f["rule_id"] for f in self.document["findings"]}

    def cells(self, rule: str) -> set[str]:
        return {c["cell"] for f in self.findings(rule) for c in f["cells"]}

    def file(self, name: str) -> dict[str, Any]:
        return next(f for f in self.document["files"] if f["file"] == name)

    def outcome(self, rule: str, unit: str | None = None, year: int = 2023) -> tuple[str, str]:
        """Outcome and reason of a rule for a unit (by name) and year."""
        found = next(
            c
            for c in self.document["checks"]
            if c["rule_id"] == rule and c["year"] == year and unit in (None, c["unit_name"])
        )
        return found["outcome"], found["reason"] or ""

    def fact(self, form: str, row_key: str, col_key: str, year: int = 2023) -> dict[str, Any]:
        return next(
            f
            for f in self.facts
            if (f["form"], f["row_key"], f["col_key"], f["year"]) == (form, row_key, col_key, year)
        )

    def at(self, sheet_start: str, cell: str) -> dict[str, Any]:
        """The fact of a cell; its sheet's name begins with ``sheet_start``."""
        return next(
            f for f in self.facts if f["cell"] == cell and f["sheet"].startswith(sheet_start)
        )


def look_at(*paths: Path, config: Config | None = None, formulas: bool = True) -> Seen:
    """``caijue check`` of files and folders, in this process; the rule book is compiled once for
    all tests. Without ``formulas`` tables are not compared.
    """
    seen = Seen({})
    document = check._document

    def told(con: Any) -> dict[str, Any]:
        seen.facts, seen.sheets = (
            rows(con, "SELECT * FROM facts"),
            rows(con, "SELECT * FROM sheets"),
        )
        return document(con)

    config = config or Config(workers=1)
    book = _book(config.rules_folders) if formulas else without_formulas()
    with (
        tempfile.TemporaryDirectory() as scratch,
        mock.patch.object(check, "_document", told),
        mock.patch.object(stages, "rulebook", lambda _: book),
    ):
        seen.document = check.evaluate(
            config, check.gather(list(paths)), Path(scratch), no_progress
        )
    return seen


@dataclass
class Desk:
    """A raw folder that a test fills."""

    raw: Path
    size: int = 1
    index: int = 0  # which department

    @property
    def sample(self) -> SampleSet:
        return made(self.size, index=self.index)

    def draft(self, year: int = 2023, unit: str | None = None, style: Style | None = None) -> Draft:
        """The submission of a unit (by code; the first one where left out) and year."""
        found = next(
            s for s in self.sample.submissions if s.year == year and unit in (None, s.unit.code)
        )
        return Draft(found, style)

    def all_but(self, *units: str, years: Iterable[int] = (2022, 2023)) -> None:
        """Save every submission except those of these units (by code)."""
        for s in self.sample.submissions:
            if s.year in years and s.unit.code not in units:
                Draft(s).save(self.raw)

    def register(self, text: str | None = None, encoding: str = "utf-8") -> None:
        self.raw.mkdir(parents=True, exist_ok=True)
        (self.raw / "units.csv").write_bytes(
            (text or register_text(self.sample.units)).encode(encoding)
        )

    def explain(self, text: str) -> None:
        self.raw.mkdir(parents=True, exist_ok=True)
        (self.raw / "explanations.yml").write_text(text, encoding="utf-8")

    def check(
        self, draft: Draft | None = None, *, kind: str = "xlsx", config: Config | None = None
    ) -> Seen:
        """Save the draft, if there is one, and look at the whole folder."""
        if draft is not None:
            draft.save(self.raw, kind=kind)
        return look_at(self.raw, config=config)


def raw_cell(path: Path, draft: Draft, form: str, cell: str, xml: str) -> None:
    """Replace the ``<c>`` element at an address of a saved workbook by other XML (which may say
    ``r="{r}"``).
    """
    number = draft.order.index(draft.sheets[form]) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    with zipfile.ZipFile(path) as package:
        parts = {i.filename: package.read(i) for i in package.infolist()}
    text, count = re.subn(
        rf'<c r="{cell}".*?</c>', lambda _: xml.replace("{r}", cell), parts[part].decode(), count=1
    )
    assert count == 1, f"{form} has nothing at {cell}"
    parts[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
