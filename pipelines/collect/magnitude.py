"""Sheets whose money unit is wrong, told by their digits: the same figures as elsewhere, ten
thousand times as large.

A figure that was read in the wrong unit keeps its digits. Sheets of one unit and year share many
figures, so a sheet that shares its digits with the others, but never its size, was read in another
unit than they were.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import duckdb

from schemas.library import published_forms

TOP_AMOUNTS, SPOTS = (
    (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("top_amounts", "amount_spots")
)
# Enough to hold the totals and the large items that other tables repeat, few enough to stay quick
# on 20,000 units.
KEPT = 12
# 千元, 万元, 百万元 and 亿元 against 元; a step between other units (千元 and 万元) is too small to
# tell from chance.
STEPS = (3, 4, 6, 8)
# Three figures in common, or two with the largest amount of a sheet among them: of amounts with
# four digits that
# are not round, chance gives that to fewer than one in ten thousand pairs of sheets.
AGREE = 2
CERTAIN = 3


@dataclass(slots=True)
class Figures:
    """The largest amounts of a form of one unit and year: ``sizes`` by leading digits; ``at`` where
    the largest stands.
    """

    form: str
    file: str
    sheet: str
    cell: str
    largest: Decimal
    sizes: dict[int, int] = field(default_factory=dict)

    @property
    def leading(self) -> int:
        """The digits of the largest amount."""
        return next(iter(self.sizes), 0)

    @property
    def marks(self) -> dict[int, int]:
        """Those that are not round: 1,200 and 1,200 万 are no sign of anything."""
        return {digits: size for digits, size in self.sizes.items() if digits % 100}


@dataclass(slots=True)
class Submission:
    """The forms of one unit and year."""

    unit_code: str | None
    unit_name: str | None
    year: int
    forms: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """Sheets that were read ``steps`` powers of ten too small (negative: too large), and a sheet
    that shows it.
    """

    odd: tuple[Figures, ...]
    witness: Figures
    steps: int


def submissions_to_judge(con: duckdb.DuckDBPyConnection) -> list[Submission]:
    """Units and years in which the same digits come in sizes far apart; all others are
    left alone.
    """
    amounts = TOP_AMOUNTS.replace("$kept", str(KEPT))
    con.execute(f"CREATE OR REPLACE TEMP TABLE top_amounts AS {amounts}")
    # Where amounts stand is looked for in these few units alone: it takes three times as long as
    # finding the amounts.
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE amounts_apart AS
        WITH apart AS (
            SELECT unit, year FROM top_amounts WHERE digits % 100 <> 0
            GROUP BY unit, year, digits HAVING max(size) - min(size) >= 3
        ),
        wanted AS (SELECT unit, year FROM apart GROUP BY ALL HAVING count(*) >= 2)
        SELECT * FROM top_amounts SEMI JOIN wanted USING (unit, year)
        """
    )
    rows = con.execute(
        "SELECT unit, year, form, amount, spot, digits, size"
        f" FROM ({SPOTS.replace('$amounts', 'amounts_apart')}) ORDER BY unit, year, form, rank"
    ).fetchall()
    return list(_grouped(rows))


def _grouped(rows: Iterable[tuple]) -> Iterator[Submission]:
    found: dict[tuple[str, int], Submission] = {}
    for unit, year, form, amount, spot, digits, size in rows:
        submission = found.get((unit, year))
        if submission is None:
            submission = Submission(spot["unit_code"], spot["unit_name"], int(year))
            found[(unit, year)] = submission
        figures = submission.forms.get(form)
        if figures is None:
            figures = Figures(form, spot["file"], spot["sheet"], spot["cell"], amount)
            submission.forms[form] = figures
        figures.sizes.setdefault(digits, size)
    yield from found.values()


def _steps_between(one: Figures, other: Figures) -> int | None:
    """By how many powers of ten the figures they share differ; 0 where any has the same size; None
    without a sign.
    """
    marks, others = one.marks, other.marks
    shared = marks.keys() & others.keys()
    found = Counter(others[d] - marks[d] for d in shared)
    if not found:
        return None
    steps, times = max(found.items(), key=lambda f: (f[1], f[0] == 0))
    if steps == 0:
        return 0
    with_largest = bool({one.leading, other.leading} & shared)
    enough = times >= CERTAIN or (times >= AGREE and with_largest)
    return steps if enough and abs(steps) in STEPS else None


def shifts(submission: Submission, usual: Mapping[str, int]) -> list[Shift]:
    """The sheets of a submission that stand apart from the rest, those alike together.

    ``usual``: how far a form's money unit is from its usual one (0: the usual one), which decides
    between two sheets of which either could be the wrong one.
    """
    between = dict(_all_steps(submission.forms))
    groups = _groups(submission.forms, [pair for pair, steps in between.items() if steps == 0])
    if len(groups) < 2:
        return []

    def standing(group: set[str]) -> tuple[int, int, bool]:
        unusual = sum(usual.get(f, 0) != 0 for f in group)
        return len(group), -unusual, _first(group)

    rest = max(groups, key=standing)
    found = []
    for group in groups:
        if group is not rest and (shift := _shift(submission, group, rest, between)):
            found.append(shift)
    return found


def _all_steps(forms: Mapping[str, Figures]) -> Iterator[tuple[tuple[str, str], int]]:
    """Pairs of forms that share figures, with the powers of ten between these."""
    for one, other in combinations(sorted(forms), 2):
        steps = _steps_between(forms[one], forms[other])
        if steps is not None:
            yield (one, other), steps


def _first(group: set[str]) -> bool:
    """Of two groups alike the one with internal tables is believed: published tables are made from
    them.
    """
    return not group <= {form.form for form in published_forms()}


def _groups(forms: Iterable[str], same: list[tuple[str, str]]) -> list[set[str]]:
    """Forms that agree in size, directly or by way of others."""
    home = {form: {form} for form in forms}
    for one, other in same:
        if home[one] is not home[other]:
            joined = home[one] | home[other]
            for form in joined:
                home[form] = joined
    return list({id(group): group for group in home.values()}.values())


def _shift(
    submission: Submission,
    group: set[str],
    rest: set[str],
    between: Mapping[tuple[str, str], int],
) -> Shift | None:
    """How far a group is from the rest, by most of the pairs across."""
    votes: dict[int, list[str]] = defaultdict(list)
    for (one, other), steps in between.items():
        if one in group and other in rest:
            votes[steps].append(other)
        elif other in group and one in rest:
            votes[-steps].append(one)
    if not votes:
        return None
    steps, witnesses = max(votes.items(), key=lambda v: len(v[1]))
    odd = tuple(submission.forms[f] for f in sorted(group))
    return Shift(odd, submission.forms[witnesses[0]], steps)
