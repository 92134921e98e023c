"""Whose narrative it is: the unit that a document names, among the registered units and those that
sent tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from pipelines.collect.register import Register, Unit
from pipelines.extract.text import squash
from pipelines.narrative.units import spellings

SHORTEST = 5  # a shorter name (财政局) is that of many units


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit. ``names``: its registered name, then its aliases; empty outside the register."""

    unit_code: str | None
    unit_name: str | None
    names: tuple[str, ...] = ()
    unit_type: str | None = None

    @property
    def unit(self) -> str | None:
        """The unit as every dataset knows it."""
        return self.unit_code or self.unit_name


class Owners:
    """The units of a run. Needs the tables ``units`` and ``sheets``."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.register = _register(con)
        rows = con.execute("""
            SELECT DISTINCT unit_name, year FROM sheets
            WHERE unit_code IS NULL AND unit_name IS NOT NULL AND status = 'read'
                ORDER BY ALL""").fetchall()
        self.printed: dict[str, list[tuple[str, int | None]]] = {}
        for name, year in rows:
            self.printed.setdefault(squash(name), []).append((name, year))

    def find(self, names: Iterable[str], year: int | None) -> Owner:
        """The unit that a document with these names (most likely first) is of; its first name where
        none is known.

        Whole names go before shortened ones (遂宁市财政局 for 四川省遂宁市财政局), which count only
        where one unit fits. X局（本级） is the unit of that name before it is the department.
        """
        named = list(names)
        wanted = list(dict.fromkeys(s for name in named for s in spellings(name)))
        for name in wanted:
            if found := self._exact(squash(name), year):
                return found
        for name in wanted:
            if found := self._shortened(squash(name), year):
                return found
        return Owner(None, squash(spellings(named[0])[-1]) if named else None)

    def _exact(self, name: str, year: int | None) -> Owner | None:
        for units in (self.register.names.get(name, []), self.register.aliases.get(name, [])):
            if unit := _one(units, year):
                return _owner(unit)
        printed = self.printed.get(name)
        return Owner(None, _printed(printed, year)) if printed else None

    def _shortened(self, name: str, year: int | None) -> Owner | None:
        if len(name) < SHORTEST:
            return None
        known = [
            k
            for k in (*self.register.names, *self.register.aliases, *self.printed)
            if k != name and k.endswith(name)
        ]
        found = {o for k in known if (o := self._exact(k, year))}
        return found.pop() if len(found) == 1 else None


def _one(units: list[Unit], year: int | None) -> Unit | None:
    """The unit meant by a name: one that submits in that year, and of several the one that stands
    for the whole department.
    """
    active = [u for u in units if u.active(year)] or units
    whole = [u for u in active if u.report_type == "汇总"]
    for choice in (active, whole):
        if len(choice) == 1:
            return choice[0]
    return None


def _printed(found: list[tuple[str, int | None]], year: int | None) -> str:
    return next((name for name, y in found if y == year), found[0][0])


def _owner(unit: Unit) -> Owner:
    return Owner(unit.unit_code, unit.unit_name, (unit.unit_name, *unit.aliases), unit.unit_type)


def _register(con: duckdb.DuckDBPyConnection) -> Register:
    rows = con.execute("""
        SELECT unit_code, unit_name, parent_code, unit_type, report_type, coalesce(aliases, ''),
               first_year, last_year
        FROM units ORDER BY unit_code""").fetchall()
    return Register.of(
        Unit(
            code, name, parent, kind, report, tuple(a for a in aliases.split("|") if a), first, last
        )
        for code, name, parent, kind, report, aliases, first, last in rows
    )
