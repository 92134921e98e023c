"""Cases reconciled beside each other: one pass of the rules over the small worlds of many tests.

A pass costs as much for fifty small worlds as for one, so there is one for the modules of all such
tests (``tests/order.py`` keeps them on one worker). A test marked :func:`beside` yields its case
(or a list of cases) and gets a connection (or a list) that shows what the pass said of it, as if
it had been alone. A case yielded after that is reconciled by itself::

    @beside
    def test_last_year_is_missing():
        con = yield Case().add({OPENING: 5})
        assert outcome(con, "Y-01") == "not_evaluated"

So that worlds do not meet, the units and files of each bear a mark, a letter that occurs in no
text; it is taken off again before a test looks. ``test_beside.py`` holds that both ways say the
same. What is about the whole world (no register, last year's set, years asked for) stands alone.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.reconcile import reconcile
from schemas.frames import DATASETS
from schemas.observation import Observation
from tests.reconcile.worlds import TABLES, Case, loaded
from tests.shipped import shipped_book

Con = duckdb.DuckDBPyConnection
Asked = Case | list[Case]
Half = Generator[Asked, Any, None]
FIRST_MARK = 0xE000  # the private use area: in no name, code or message
MARKED = ("unit_code", "unit_name", "parent_code", "file", "layout")
BOOK = shipped_book()

# Without its mark a finding has the identity it would have alone; a cause that is named for one of
# the findings goes along.
FINDINGS = """
    WITH own AS (
        SELECT *, substr(sha256(concat_ws('|', rule_id, {unit}, year::VARCHAR, subject)), 1, 16)
            AS id FROM raw_findings
    )
    SELECT coalesce(o.unit_code, o.unit_name)[1] AS mark, o.finding_id AS known, o.* EXCLUDE (id)
        REPLACE (o.id AS finding_id, coalesce(c.id, o.cause) AS cause)
    FROM own o LEFT JOIN own c ON c.finding_id = o.cause
""".format(unit="coalesce(unit_code, unit_name)[2:]")
CELLS = """
    SELECT f.mark, c.* REPLACE (f.finding_id AS finding_id)
    FROM raw_cells c JOIN told_findings f ON f.known = c.finding_id
"""
RESULTS = "SELECT coalesce(unit_code, unit_name)[1] AS mark, * FROM check_results"
TOLD = {"told_findings": FINDINGS, "told_cells": CELLS, "told_results": RESULTS}
# What a test finds in its connection, beside ``units`` and ``rules``, and the columns that are
# ours; ``Case.load`` adds what was given.
SHOWN = {
    "raw_findings": ("told_findings", ("known",)),
    "raw_cells": ("told_cells", ()),
    "check_results": ("told_results", ()),
}


def beside(test: Callable[..., Half]) -> Any:
    """The test as pytest runs it: its second half, over what the shared pass found."""

    @functools.wraps(test)
    def second_half(side_by_side: Callable[[], None], **_given: Any) -> None:
        side_by_side()

    given = list(inspect.signature(test).parameters.values())
    own = inspect.Parameter("side_by_side", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    second_half.__signature__ = inspect.Signature([own, *given])  # type: ignore[attr-defined]
    second_half.first_half = test  # type: ignore[attr-defined]
    return second_half


def told_beside(cases: list[Case], first: int = 0) -> list[Con]:
    """Each case as the pass over all of them leaves it, alone in a connection of its own."""
    marks = [chr(FIRST_MARK + first + number) for number in range(len(cases))]
    seen = [
        _marked_observation(o, mark)
        for case, mark in zip(cases, marks, strict=True)
        for o in case.observations
    ]
    with loaded(_side_by_side(cases, marks)) as con:
        reconcile(con, BOOK, seen)
        for name, query in TOLD.items():
            con.execute(f"CREATE TEMP TABLE {name} AS {query}")
        shown = {name: _by_mark(con, *told) for name, told in SHOWN.items()}
        rules = con.sql("SELECT * FROM rules").to_arrow_table()
    # One database for all: to start one takes five times as long as to show a case in it.
    home = duckdb.connect(":memory:", config={"threads": 1})
    return [_alone(home, shown, rules, *one) for one in zip(cases, marks, strict=True)]


def _side_by_side(cases: list[Case], marks: list[str]) -> dict[str, pa.Table]:
    """The rows of all cases, each with the mark of its case."""
    world = {}
    for name in TABLES:
        rows = [row for case in cases for row in case.rows[name]]
        counts = [len(case.rows[name]) for case in cases]
        numbers = np.repeat(np.arange(len(cases)), counts)
        world[name] = _marked(DATASETS[name].table(rows), pa.array(marks).take(pa.array(numbers)))
    return world


def _marked(table: pa.Table, marks: pa.Array) -> pa.Table:
    """Units and files under their mark; what is empty stays so."""
    for number, field in enumerate(table.schema):
        if field.name in MARKED:
            plain = table.column(number)
            bears = pc.greater(pc.binary_length(plain), 0)
            marked = pc.binary_join_element_wise(marks, plain, "")
            table = table.set_column(number, field, pc.if_else(bears, marked, plain))
    return table


def _marked_observation(seen: Observation, mark: str) -> Observation:
    places = tuple(replace(p, file=p.file and mark + p.file) for p in seen.places)
    code, name = (part and mark + part for part in (seen.unit_code, seen.unit_name))
    return replace(seen, unit_code=code, unit_name=name, places=places)


def _by_mark(con: Con, told: str, ours: tuple[str, ...]) -> dict[str, pa.Table]:
    """The rows of each mark, in their order and with the mark taken off all their texts; under ""
    the table without rows.
    """
    kept = con.sql(f"SELECT * FROM {told} LIMIT 0").to_arrow_table().drop_columns(list(ours)).schema
    plain = [
        f'replace("{f.name}", mark, \'\') AS "{f.name}"'
        for f in kept
        if pa.types.is_string(f.type) and f.name != "mark"
    ]
    query = f"""SELECT * EXCLUDE ({", ".join(("mark", *ours))}) REPLACE ({", ".join(plain)}), mark
        FROM {told} ORDER BY mark, rowid"""
    table = con.sql(query).to_arrow_table()
    marks = table.column("mark").to_pylist()
    table = table.drop_columns("mark")
    starts = [n for n, mark in enumerate(marks) if n == 0 or marks[n - 1] != mark]
    ends = [*starts[1:], len(marks)]
    rows = {marks[a]: table.slice(a, b - a) for a, b in zip(starts, ends, strict=True)}
    return {"": table.slice(0, 0)} | rows


def _alone(
    home: Con, shown: dict[str, dict[str, pa.Table]], rules: pa.Table, case: Case, mark: str
) -> Con:
    """A connection with tables of its own, in which nothing of the other cases is seen."""
    alone, own = home.cursor(), f"case_{ord(mark)}"
    alone.execute(f"ATTACH ':memory:' AS {own}; USE {own}")
    alone.register("units", DATASETS["units"].table(case.rows["units"]))
    alone.register("rules", rules)
    for name, by_mark in shown.items():
        alone.register(name, by_mark.get(mark, by_mark[""]))
    return alone


class SideBySide:
    """Tests that are reconciled together."""

    def __init__(self, items: Iterable[pytest.Function]) -> None:
        self.halves: dict[str, Half] = {}
        self.asked: dict[str, Asked] = {}
        self.failed: dict[str, BaseException] = {}
        for item in items:
            self._prepare(item)
        self.at: dict[str, int] = {}
        cases: list[Case] = []
        for name, asked in self.asked.items():
            self.at[name] = len(cases)
            cases += asked if isinstance(asked, list) else [asked]
        self.told = told_beside(cases)

    def _prepare(self, item: pytest.Function) -> None:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        half = self.halves[item.nodeid] = item.function.first_half(**given)
        try:
            self.asked[item.nodeid] = next(half)
        except Exception as error:  # it fails when its turn comes, not the others with it
            self.failed[item.nodeid] = error

    def finish(self, name: str) -> None:
        """The second half of a test; raises what its asserts raise."""
        if name in self.failed:
            raise self.failed[name]
        asked, at = self.asked[name], self.at[name]
        found: Any = self.told[at : at + len(asked)] if isinstance(asked, list) else self.told[at]
        half = self.halves[name]
        try:
            while True:
                asked = half.send(found)
                found = told_beside(asked if isinstance(asked, list) else [asked], at)
                found = found if isinstance(asked, list) else found[0]
        except StopIteration:
            return
