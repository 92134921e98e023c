"""A table of some other unit or year that nobody here has: it agrees with itself and with nothing
else of its unit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.reconcile.hypotheses.book import ACROSS, INSIDE
from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.family import INST_BITS, Family, within
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

LEAST_FAILING = 12  # of a unit and year, in which the table takes part; fewer are slips in a row
MOST_OF_ALL = 0.7  # of what fails there, the table takes part in so much; of the rest another slip
# Any other table takes part in clearly less: where two contradict each other alone, nobody knows
# which of them it is.
NEXT = 0.9
MOST_INSIDE = 0.05  # of the formulas within the table that may fail
LEAST_APART = 0.6  # of its comparisons with other tables that fail; totals of small units may agree
LEAST_DIFFERENT = 5  # different amounts by which these are off; a few figures give no more
# What it explains is not mended by anything: a slip that is mended exactly is believed before it
# where it does for most of as much: of a table in the wrong money unit all but the public figures
# that were moved to balance, up to a third of what fails.
WORTH = 0.6


class Stand(NamedTuple):
    """How a table stands to itself and to the unit's other tables: formulas that are judged, and
    of these the failing ones; ``different`` amounts by which the latter are off.
    """

    inside: int
    inside_failing: int
    across: int
    across_failing: int
    different: int

    @property
    def is_foreign(self) -> bool:
        return (
            self.inside_failing <= MOST_INSIDE * self.inside
            and self.across_failing >= LEAST_APART * self.across
            and self.different >= LEAST_DIFFERENT
        )


def foreign(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    form = most_failing(family, uy)
    own = [s for s in sheets if s.form == form]
    if not own:
        return []
    stand = _stand(family, uy, form)
    return [_candidate(family, uy, form, own, stand)] if stand.is_foreign else []


def most_failing(family: Family, uy: int) -> str:
    """The form that takes part in most of what fails around a unit and year, and in clearly more
    than any other; empty where there is none.
    """
    code, term = family.failing_terms(uy)
    every = len(np.unique(code))
    forms = family.book.form_of_term[term]
    counts = sorted(
        ((len(np.unique(code[forms == n])), name) for n, name in enumerate(family.book.forms)),
        reverse=True,
    )
    (most, form), (second, _) = (*counts, (0, ""), (0, ""))[:2]
    enough = most >= max(LEAST_FAILING, MOST_OF_ALL * every)
    return form if enough and second <= NEXT * most else ""


def _stand(family: Family, uy: int, form: str) -> Stand:
    """Of the unit's own formulas, those in which the table has a figure or that fail."""
    keys = family.book.cells_of(form)
    amounts = family.holding(uy).amounts(keys)
    _, code, _ = family.touched(np.full(len(keys), uy), keys)
    _, filled, _ = family.touched(np.full(int((amounts != 0).sum()), uy), keys[amounts != 0])
    family.work += len(code)
    code = np.unique(code)
    code = code[within(family.codes, code) & ((code >> INST_BITS) == family.numbers[uy])]
    inst = code & ((1 << INST_BITS) - 1)
    failing = within(family.failing, code)
    shut = within(family.ignored, code) | family.closed[code >> INST_BITS, inst >> 32]
    counted = failing | (within(np.unique(filled), code) & ~shut)
    reach = family.book.reach(inst)
    inside, across = counted & (reach == INSIDE), counted & (reach == ACROSS)
    total = family.sums.at(family.codes, code[across & failing]).total
    off = np.abs(total[:, 0] + total[:, 1])
    return Stand(
        int(inside.sum()),
        int((inside & failing).sum()),
        int(across.sum()),
        int((across & failing).sum()),
        len(np.unique(off[off > 0])),
    )


def _candidate(family: Family, uy: int, form: str, sheets: list[Sheet], stand: Stand) -> Candidate:
    _, name, year = family.names[uy]
    places = "、".join(dict.fromkeys(f"{s.file} 的“{s.sheet}”" for s in sheets))
    message = (
        f"换成{name} {year} 年度的{table_words([form])}（{places}）：这张表自身各数相符，"
        f"与本单位其他各表比较，{stand.across} 处中有 {stand.across_failing} 处不符，"
        "疑为其他单位或年度的表，{explained} 个问题由此而来"
    )
    keys = np.unique(np.concatenate([*(s.keys for s in sheets), family.book.cells_of(form)]))
    spots = tuple(Spot(s.file, s.sheet, s.address(0, 0)) for s in sheets)
    subject = f"{form}=其他"
    return Candidate("S-OTHERUNIT", uy, subject, message, unknown=keys, spots=spots, worth=WORTH)
