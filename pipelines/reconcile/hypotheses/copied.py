"""Tables, or a whole workbook, that hold last year's figures or those of another unit."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.family import Amount, Family
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
    keys = {f: np.unique(np.concatenate([s.keys for s in sheets if s.form == f])) for f in
            sorted({s.form for s in sheets})}  # fmt: skip
    for other in _others(family, uy):
        alike = {f: n for f in keys if (n := _alike(family, uy, other, keys[f]))}
        telling = [f for f in keys if _tells(family, uy, keys[f])]
        if alike and len(alike) >= MOST_TABLES * len(telling) and len(telling) > 2:
            found.append(_candidate(family, uy, other, sheets, keys, list(keys), alike))
        else:
            found += [
                _candidate(family, uy, other, sheets, keys, [f], {f: alike[f]}) for f in alike
            ]
            if len(alike) > 1:
                found.append(_candidate(family, uy, other, sheets, keys, list(alike), alike))
    return found


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


def _amounts(cells: dict[int, Amount], keys: np.ndarray) -> dict[int, int]:
    return {int(k): cells[int(k)].amt for k in keys if int(k) in cells and cells[int(k)].amt}


def _tells(family: Family, uy: int, keys: np.ndarray) -> bool:
    """Whether a table has enough different amounts to be told from another."""
    return len(set(_amounts(family.cells.get(uy, {}), keys).values())) >= LEAST


def _alike(family: Family, uy: int, other: int, keys: np.ndarray) -> int:
    """How many amounts a table shares with the other's; nought where it is not the same table."""
    mine = _amounts(family.cells.get(uy, {}), keys)
    its = _amounts(family.cells.get(other, {}), keys)
    same = {k for k, v in mine.items() if its.get(k) == v}
    if len({mine[k] for k in same}) < LEAST:
        return 0
    return len(same) if len(same) >= SHARE * len(mine.keys() | its.keys()) else 0


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
    named = [np.array(list(family.places_of(f).values()), np.uint64) for f in forms]
    unknown = np.unique(np.concatenate([keys[f] for f in forms] + named))
    rule = "S-LASTYEAR" if last else "S-OTHERUNIT"
    return Candidate(rule, uy, subject, message, unknown=unknown, spots=tuple(spots))
