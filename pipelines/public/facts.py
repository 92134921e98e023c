"""The amounts behind the public tables: read a few hundred units at a time, and packed small to be
handed to workers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from pipelines.database import UNIT as KEY
from pipelines.public.exact import KeyList, Located
from pipelines.public.keys import Key
from pipelines.public.lacking import Lacking, UnitYear, read_lacking
from schemas.library import code_list

FORMS = (
    "Z01",
    "Z01_1",
    "Z03",
    "Z04",
    "Z07",
    "Z08",
    "Z08_1",
    "Z08_2",
    "Z09",
    "Z10",
    "Z10_1",
    "Z10_2",
    "Z11",
    "Z12",
    "F03",
)
WANTED = (
    f"form IN {FORMS!r} AND state = 'number' AND amount IS NOT NULL AND amount <> 0"
    " AND (form NOT IN ('Z01', 'Z01_1') OR starts_with(col_key, '决算数'))"
)
UNITS_AT_ONCE = 600  # amounts are held in memory for so many at a time


@dataclass(frozen=True, slots=True)
class PackedFacts:
    """The amounts of a few units in every year: keys are spelled once, the rest is numbers.
    ``names``: labels as submitted of functional codes that no list has.
    """

    keys: list[Key]
    years: dict[UnitYear, tuple[np.ndarray, np.ndarray]]
    names: dict[UnitYear, dict[str, str]]
    lacking: dict[UnitYear, Lacking]

    def located(self) -> dict[UnitYear, Located]:
        """The amounts in 分 of every unit and year that has any."""
        keys = KeyList(self.keys)
        return {key: Located(keys, at, amounts) for key, (at, amounts) in self.years.items()}


class FactReader:
    """Reads from one connection. Cells without a number, and zeros, are left out."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        con.execute(f"""CREATE OR REPLACE TEMP TABLE printed_keys AS
                SELECT row_number() OVER (ORDER BY form, block, row_key, col_key) - 1 AS id, *
                FROM (SELECT DISTINCT form, block, row_key, col_key FROM facts WHERE {WANTED})""")
        found = con.execute("SELECT form, block, row_key, col_key FROM printed_keys ORDER BY id")
        self.keys = _of_same_words(found.fetchall())
        self.lacking: dict[str, dict[UnitYear, Lacking]] = defaultdict(dict)
        for key, lacking in read_lacking(con).items():
            self.lacking[key[0]][key] = lacking
        self.nameless = self._codes_without_name()

    def packed(self, groups: Sequence[Sequence[str]]) -> Iterator[PackedFacts]:
        """The facts of every group of units, in that order."""
        waiting: list[Sequence[str]] = []
        for group in groups:
            waiting.append(group)
            if sum(map(len, waiting)) >= UNITS_AT_ONCE:
                yield from self._read(waiting)
                waiting = []
        yield from self._read(waiting)

    def _read(self, groups: list[Sequence[str]]) -> Iterator[PackedFacts]:
        units = [unit for group in groups for unit in group]
        if not units:
            return
        years, names = self._amounts(units), self._names(units)
        start = 0
        for group in groups:
            yield self._pack(group, years[start : start + len(group)], names)
            start += len(group)

    def _amounts(self, units: list[str]) -> list[dict[UnitYear, tuple[np.ndarray, np.ndarray]]]:
        """For every unit: its years, with the numbers of keys and the amounts in 分."""
        found = self.con.execute(
            f"""SELECT due.number, year, k.id, (f.amount::DECIMAL(20, 2) * 100)::BIGINT AS fen
                FROM (SELECT unnest(?) AS unit, unnest(range(?)) AS number) due
                JOIN facts f ON due.unit = {KEY}
                JOIN printed_keys k USING (form, block, row_key, col_key)
                WHERE {WANTED} ORDER BY number, year, id""",
            [units, len(units)],
        ).fetchnumpy()
        number, year, keys, fen = (found[name] for name in ("number", "year", "id", "fen"))
        parts: list[dict[UnitYear, tuple[np.ndarray, np.ndarray]]] = [{} for _ in units]
        if not len(number):
            return parts
        changes = np.flatnonzero((np.diff(number) != 0) | (np.diff(year) != 0)) + 1
        for first, last in zip(
            [0, *changes.tolist()], [*changes.tolist(), len(number)], strict=True
        ):
            at = int(number[first])
            parts[at][units[at], int(year[first])] = keys[first:last], fen[first:last]
        return parts

    def _pack(
        self, group: Sequence[str], parts: list[dict], names: dict[UnitYear, dict[str, str]]
    ) -> PackedFacts:
        years: dict[UnitYear, tuple[np.ndarray, np.ndarray]] = {
            k: v for part in parts for k, v in part.items()
        }
        used = np.array([], dtype=np.int64)
        if years:
            used = np.unique(np.concatenate([keys for keys, _ in years.values()]))
        small = {
            k: (np.searchsorted(used, keys).astype(np.int32), fen)
            for k, (keys, fen) in years.items()
        }
        lacking: dict[UnitYear, Lacking] = {}
        for unit in group:
            lacking |= self.lacking.get(unit, {})
        named = {k: names[k] for k in years if k in names}
        return PackedFacts([self.keys[k] for k in used.tolist()], small, named, lacking)

    def _codes_without_name(self) -> list[str]:
        """Functional codes that the list does not have in some year in which they are used."""
        known = code_list("functional")
        used = self.con.execute(
            "SELECT DISTINCT row_key, year FROM facts WHERE form IN ('Z03', 'Z04') AND"
            " regexp_full_match(row_key, '[0-9]+')"
        ).fetchall()
        return sorted({code for code, year in used if known.get(code, year) is None})

    def _names(self, units: list[str]) -> dict[UnitYear, dict[str, str]]:
        names: dict[UnitYear, dict[str, str]] = defaultdict(dict)
        if self.nameless:
            found = self.con.execute(
                f"""SELECT {KEY}, year, row_key, max(row_label) FROM facts
                    WHERE form IN ('Z03', 'Z04') AND row_key IN (SELECT unnest(?))
                        AND {KEY} IN (SELECT unnest(?))
                    GROUP BY ALL""",
                [self.nameless, units],
            ).fetchall()
            for unit, year, code, label in found:
                names[unit, year][code] = label
        return names


def _of_same_words(keys: list[Key]) -> list[Key]:
    """The keys with every word there once: so it is once in what is sent to a worker, too."""
    words: dict[str, str] = {}
    columns = [map(words.setdefault, column, column) for column in zip(*keys, strict=True)]
    return list(zip(*columns, strict=True))


def fact_digests(con: duckdb.DuckDBPyConnection) -> dict[UnitYear, str]:
    """A digest of the amounts of each unit and year, and of what is lacking, that changes when one
    of them does.
    """
    found = con.execute(f"""SELECT {KEY}, year, count(*), bit_xor(h), sum(h % 1000000007)
            FROM (SELECT unit_code, unit_name, year,
                hash(form, block, row_key, col_key, amount, row_label) AS h
                  FROM facts WHERE {WANTED}) GROUP BY ALL""").fetchall()
    amounts = {
        (unit, year): f"{count}-{mixed}-{total}" for unit, year, count, mixed, total in found
    }
    lacking = read_lacking(con)
    return {key: f"{amounts.get(key, '')}-{lacking.get(key)}" for key in {*amounts, *lacking}}
