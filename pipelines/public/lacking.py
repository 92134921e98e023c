"""What is not known of a unit and year: internal forms that were not submitted, and amounts that
could not be read.

A form that is not required of a unit and was not submitted is not lacking: such a unit has no money
of that kind. What is required is decided once, in ``submissions``. Whether there is a fund at all
is read from 财决01-1表: without it, 公开10 to 12 are not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from pipelines.database import UNIT as KEY
from schemas.library import forms, published_forms

SHOWS_FUNDS = "Z01_1"
PUBLISHED = tuple(form.form for form in published_forms())
UNREADABLE, BROKEN = ("error", "uncached", "text"), ("error", "uncached")
UnitYear = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Lacking:
    """``missing``: internal form → the forms to ask for; ``unread``: form → cells whose amount
    could not be read; ``blind``: forms that hold no readable amount at all.
    """

    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    blind: tuple[str, ...] = ()

    def of(self, public: str) -> tuple[str, ...]:
        """The internal forms that a public table is made from and that nothing is known of."""
        if not self.missing and not self.blind:
            return ()
        return tuple(f for f in forms()[public].source if f in self.missing or f in self.blind)

    def made(self, public: str) -> bool:
        """Whether anything is known of a public table."""
        return len(self.of(public)) < len(forms()[public].source)

    def reasons(self, publics: Iterable[str]) -> str:
        """``缺少财决04表《支出决算表》`` and the like, for what these public tables lack; empty
        where nothing is lacking.
        """
        if not self.missing and not self.blind:
            return ""
        lacked: dict[str, None] = {}
        for public in publics:
            lacked |= dict.fromkeys(self.of(public))
        said = []
        if asked := dict.fromkeys(name for f in lacked for name in self.missing.get(f, ())):
            said.append(f"缺少{_named(asked)}")
        if blind := [f for f in lacked if f not in self.missing]:
            said.append(f"{_named(blind)}的金额读不出")
        return "，".join(said)

    def cells_unread(self, public: str) -> dict[str, int]:
        """Of the forms that are there: how many of their amounts could not be read."""
        return {
            f: n
            for f in forms()[public].source
            if (n := self.unread.get(f, 0)) and f not in self.blind
        }


def _named(found: Iterable[str]) -> str:
    return "、".join(f"{forms()[f].number}《{forms()[f].title}》" for f in found)


def read_lacking(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, Lacking]:
    """For every unit and year with facts or a submission."""
    asked = _asked(con)
    present = _forms_read(con)
    unread = _unread(con)
    found = {}
    for key in sorted({*asked, *present, *unread}):
        mine = unread.get(key, {})
        found[key] = Lacking(
            _missing(asked.get(key), present.get(key, set())),
            {form: count for form, (count, _) in sorted(mine.items())},
            tuple(sorted(form for form, (_, readable) in mine.items() if not readable)),
        )
    return found


def _asked(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, set[str]]:
    """Units and years of which an internal form was submitted, with the required ones that were
    not.
    """
    rows = con.execute(
        f"SELECT {KEY}, year, coalesce(missing_forms, '') FROM submissions WHERE status <>"
        " 'missing'"
    ).fetchall()
    return {(unit, year): set(filter(None, names.split(","))) for unit, year, names in rows}


def _forms_read(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, set[str]]:
    rows = con.execute(
        f"""SELECT {KEY}, year, list(DISTINCT form) FROM sheets
            WHERE status = 'read' AND year IS NOT NULL AND {KEY} IS NOT NULL GROUP BY ALL"""
    ).fetchall()
    return {(unit, year): set(names) for unit, year, names in rows}


def _unread(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, dict[str, tuple[int, bool]]]:
    """By form: how many amounts could not be read, and whether any could."""
    rows = con.execute(
        f"""SELECT {KEY}, year, form, count(*) FILTER (state IN {UNREADABLE!r}) AS unread,
                   count(*) FILTER (state = 'number') > 0
                       OR count(*) FILTER (state IN {BROKEN!r}) = 0 AS readable
            FROM facts WHERE form NOT IN {PUBLISHED!r} GROUP BY ALL HAVING unread > 0"""
    ).fetchall()
    found: dict[UnitYear, dict[str, tuple[int, bool]]] = {}
    for unit, year, form, count, readable in rows:
        found.setdefault((unit, year), {})[form] = (count, readable)
    return found


def _missing(asked: set[str] | None, present: set[str]) -> dict[str, tuple[str, ...]]:
    """``asked`` is None where no internal form was submitted at all."""
    if asked is None:
        asked = {f.form for f in forms().values() if f.required == "always"}
    found: dict[str, tuple[str, ...]] = {form: (form,) for form in sorted(asked)}
    if SHOWS_FUNDS in asked:
        for form in forms().values():
            if form.required not in ("always", "never") and form.form not in present:
                found.setdefault(form.form, (SHOWS_FUNDS,))
    return found
