"""Tables, or a whole workbook, that hold last year's figures or those of another unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

# A table is another's when nearly all its amounts are: four different ones do not agree by chance,
# and a figure that was
# typed over since does not make it right.
LEAST = 4
SHARE = 0.9
# A workbook is another's when most of its tables are (small or empty ones tell nothing).
MOST_TABLES = 0.7


def copied(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    found = []
    keys = _keys_of(sheets)
    telling = [f for f in keys if _tells(family, uy, keys[f])]
    for other in _others(family, uy):
        alike = {f: n for f in telling if (n := _alike(family, uy, other, keys[f]))}
        found += [
            _candidate(family, uy, other, sheets, keys, chosen, of)
            for chosen, of in _together(alike, telling, list(keys))
        ]
    return found


def _keys_of(sheets: list[Sheet]) -> dict[str, np.ndarray]:
    """The keys of each form's sheets, the forms in order."""
    forms = sorted({s.form for s in sheets})
    return {f: np.unique(np.concatenate([s.keys for s in sheets if s.form == f])) for f in forms}


def _together(
    alike: dict[str, int], telling: list[str], forms: list[str]
) -> Iterator[tuple[list[str], dict[str, int]]]:
    """The tables to tell of at once, with what is alike: all of the unit's where most of those
    that tell are alike; else each of these alone, and together.
    """
    if alike and len(alike) >= MOST_TABLES * len(telling) and len(telling) > 2:
        yield forms, alike
        return
    for form in alike:
        yield [form], {form: alike[form]}
    if len(alike) > 1:
        yield list(alike), alike


def _others(family: Family, uy: int) -> list[int]:
    """The year before, and the other units of the same year but those above and below."""
    year = family.names[uy][2]
    below = set(family.parents.get(uy, ()))
    near = [
        o
        for o, (_, _, y) in family.names.items()
        if o != uy and y == year and o not in below and uy not in family.parents.get(o, ())
    ]
    last = family.before.get(uy)
    return ([last] if last is not None else []) + near


def _tells(family: Family, uy: int, keys: np.ndarray) -> bool:
    """Whether a table has enough different amounts to be told from another."""
    return _different(family.holding(uy).amounts(keys)) >= LEAST


def _different(amounts: np.ndarray) -> int:
    return len(np.unique(amounts[amounts != 0]))


def _alike(family: Family, uy: int, other: int, keys: np.ndarray) -> int:
    """How many amounts a table shares with the other's; nought where it is not the same table."""
    mine, its = family.holding(uy).amounts(keys), family.holding(other).amounts(keys)
    same = (mine == its) & (mine != 0)
    shared = int(same.sum())
    if shared < SHARE * int(((mine != 0) | (its != 0)).sum()):
        return 0
    return shared if _different(mine[same]) >= LEAST else 0


def _candidate(
    family: Family,
    uy: int,
    other: int,
    sheets: list[Sheet],
    keys: dict[str, np.ndarray],
    forms: list[str],
    alike: dict[str, int],
) -> Candidate:
    year = family.names[uy][2]
    _, name, its_year = family.names[other]
    last = other == family.before.get(uy)
    whose = f"本单位 {its_year} 年度" if last else name
    whole = len(forms) > len(alike) or len(forms) == len(keys)
    what = "整个工作簿" if whole else table_words(forms)
    message = (
        f"换成本单位 {year} 年度的表：{what}与{whose}逐格相同（{sum(alike.values())} 个金额），"
        "{explained} 个问题由此而来"
    )
    spots = [Spot(s.file, s.sheet, s.address(0, 0)) for s in sheets if s.form in alike]
    subject = ("工作簿" if whole else ",".join(forms)) + f"={family.names[other][0]},{its_year}"
    # Rows and columns that the other table lacks are unknown as well as those it has.
    named = [family.book.cells_of(f) for f in forms]
    unknown = np.unique(np.concatenate([keys[f] for f in forms] + named))
    rule = "S-LASTYEAR" if last else "S-OTHERUNIT"
    return Candidate(rule, uy, subject, message, unknown=unknown, spots=tuple(spots))
