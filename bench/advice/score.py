"""What became of each case: found, suspected first, and what remains once the suggestions are
followed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import pyarrow as pa

from bench.advice.cases import Planted
from bench.advice.world import CODE_LENGTH, Department, Place, World
from schemas.rulebook import Rulebook

FAILING = "SELECT unit_code, count(*) FROM findings GROUP BY unit_code"
# A suggestion: the cells that change together (one, or a set), in the order of their rank.
SUGGESTED = """
    SELECT f.unit_code, f.year, c.rank, c."set", c.file, c.sheet, c.cell, c.suggested
    FROM finding_cells c JOIN findings f USING (finding_id)
    WHERE c.role = 'suspect' AND c.suggested IS NOT NULL GROUP BY ALL ORDER BY ALL"""


@dataclass
class Result:
    """One case: ``found`` and ``first`` count its faulty cells, ``before`` and ``after`` the
    findings.
    """

    planted: Planted
    found: int = 0
    first: int = 0
    top: int = 0
    groups: int = 0
    before: int = 0
    after: int = 0
    harmful: list[str] = field(default_factory=list)
    suggestions: int = 0


Address = tuple[str, str, str]  # file, sheet, cell


def address(department: Department, place: Place) -> Address:
    fact = department.facts[place]
    return fact["file"], fact["sheet"], fact["cell"]


def counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for unit, number in con.execute(FAILING).fetchall():
        found[(unit or "")[:CODE_LENGTH]] += number
    return found


def score(
    con: duckdb.DuckDBPyConnection, world: World, planted: dict[str, Planted]
) -> list[Result]:
    """How each department's case was told."""
    before = counts(con)
    cells = _cells(con)
    groups = dict(
        con.execute(f"""SELECT substr(unit_code, 1, {CODE_LENGTH}), count(DISTINCT cause)
            FROM findings GROUP BY 1""").fetchall()
    )
    results = []
    for code, case in planted.items():
        department = world.departments[code]
        result = Result(case, before=before.get(code, 0), groups=groups.get(code, 0))
        for place in case.cells:
            named, best, rank = _told(cells, address(department, place))
            result.found += named
            result.first += best
            result.top += rank <= sum(p[:2] == place[:2] for p in case.cells)
        results.append(result)
    return results


def _cells(con: duckdb.DuckDBPyConnection) -> dict[Address, list[tuple]]:
    """For every cell its part in findings: role, rank, and the lowest rank of any suspect of that
    finding.
    """
    found: dict[Address, list[tuple]] = defaultdict(list)
    rows = con.execute("""
        SELECT file, sheet, cell, role, rank,
               min(rank) FILTER (role = 'suspect') OVER (PARTITION BY finding_id)
                   FROM finding_cells""")
    for file, sheet, cell, role, rank, least in rows.fetchall():
        found[(file, sheet, cell)].append((role, rank, least))
    return found


NOWHERE = 10**6


def _told(cells: dict[Address, list[tuple]], where: Address) -> tuple[bool, bool, int]:
    """Whether the cell is named at all, whether it is the first suspect of a finding, and its best
    rank.
    """
    rows = cells.get(where, [])
    ranks = [rank for role, rank, _ in rows if role == "suspect" and rank is not None]
    best = any(role == "suspect" and rank == least for role, rank, least in rows)
    return bool(rows), best, min(ranks, default=NOWHERE)


@dataclass
class Suggestion:
    """Cells that change together and their new amounts."""

    unit: str
    rank: int
    cells: dict[Address, Decimal] = field(default_factory=dict)


def suggestions(con: duckdb.DuckDBPyConnection) -> dict[str, list[Suggestion]]:
    """The suggestions of each department, likeliest first; a set is one suggestion, whichever
    finding gives it.
    """
    found: dict[str, dict[tuple, Suggestion]] = defaultdict(dict)
    for unit, _, rank, number, file, sheet, cell, amount in con.execute(SUGGESTED).fetchall():
        name = ("set", number) if number is not None else (file, sheet, cell, amount)
        of = found[(unit or "")[:CODE_LENGTH]]
        one = of.setdefault(name, Suggestion(unit, rank))
        one.cells[(file, sheet, cell)] = amount
        one.rank = min(one.rank, rank)
    return {c: sorted(of.values(), key=lambda s: s.rank) for c, of in found.items()}


KEYS = ("unit_code", "year", "form", "block", "row_key", "col_key")
EMPTY = """
    SELECT h.unit_code, h.unit_name, h.year, h.form, l.block, l.row_key, l.row_label, y.col_key,
           y.col_label,
           h.decimals, h.file, h.sheet, y.letter || l.row AS cell, 'number' AS state
    FROM wanted w JOIN sheets h ON h.file = w.file AND h.sheet = w.sheet
    JOIN lines l ON l.file = h.file AND l.sheet = h.sheet AND l.form = h.form
    JOIN layouts y ON y.layout = h.layout AND y.form = h.form AND y.block = l.block
        AND y.panel = l.panel
    WHERE y.letter || l.row = w.cell"""


def empty_cells(
    con: duckdb.DuckDBPyConnection, told: dict[str, list[Suggestion]]
) -> dict[Address, dict]:
    """What a fact in each suggested cell would be, by address; for those that hold nothing yet."""
    wanted = {a for of in told.values() for s in of for a in s.cells}
    if not wanted:
        return {}
    names = ("file", "sheet", "cell")
    columns = zip(*sorted(wanted), strict=True)
    con.register("wanted", pa.table({n: list(c) for n, c in zip(names, columns, strict=True)}))
    rows = con.sql(EMPTY).to_arrow_table().to_pylist()
    con.unregister("wanted")
    return {(r["file"], r["sheet"], r["cell"]): r for r in rows}


def follow(department: Department, suggestion: Suggestion, empty: dict[Address, dict]) -> None:
    """Put the suggested amounts into the cells; an empty one becomes a fact."""
    places = {address(department, p): p for p in department.facts}
    for where, amount in suggestion.cells.items():
        if where in places:
            department.set(places[where], amount)
        elif where in empty:
            fact = empty[where] | {"amount": amount, "raw": str(amount)}
            department.facts[tuple(fact[k] for k in KEYS)] = fact


def copied(world: World, codes: set[str]) -> World:
    kept = {c: Department(c, dict(d.facts)) for c, d in world.departments.items() if c in codes}
    return World(world.case, kept)


def try_each(
    world: World,
    results: dict[str, Result],
    told: dict[str, list[Suggestion]],
    empty: dict[Address, dict],
    book: Rulebook,
    most: int,
) -> None:
    """Follow every suggestion by itself and count; ``harmful`` lists those after which
    more fails.
    """
    for number in range(min(most, max(map(len, told.values()), default=0))):
        followed = {c: s[number] for c, s in told.items() if number < len(s) and c in results}
        trial = copied(world, set(followed))
        for code, suggestion in followed.items():
            follow(trial.departments[code], suggestion, empty)
        after = counts(trial.judged(book))
        for code, suggestion in followed.items():
            result = results[code]
            result.suggestions += 1
            if after.get(code, 0) > result.before:
                cells = "、".join(f"{'!'.join(a)}→{v}" for a, v in suggestion.cells.items())
                result.harmful.append(f"{result.before}→{after[code]} [{suggestion.rank}] {cells}")


def try_all(
    world: World,
    results: dict[str, Result],
    told: dict[str, list[Suggestion]],
    empty: dict[Address, dict],
    book: Rulebook,
) -> None:
    """Follow the suggestions together, as many as there are faults (one for a set), and count what
    remains.
    """
    trial = copied(world, set(results))
    for code, result in results.items():
        most = max(1, len(result.planted.cells))
        for suggestion in told.get(code, [])[:most]:
            follow(trial.departments[code], suggestion, empty)
    after = counts(trial.judged(book))
    for code, result in results.items():
        result.after = after.get(code, 0)
