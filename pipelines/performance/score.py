"""One indicator's score as it was computed: a range, where it comes from, how it was read.

What does not belong here: how (``methods/``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.performance.pack import Entry

STATUSES = ("computed", "bounded", "manual", "not_evaluated")


@dataclass(slots=True)
class Score:
    """``low`` = ``high`` where it is certain; both None where nothing could be computed.

    ``source``: the tables it comes from; ``reading``: which of two readings was taken; ``reason``:
    why there is none; ``process``: the calculation in words; ``others``: scores that another
    reading of the scheme gives.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    source: str = ""
    reading: str = ""
    reason: str = ""
    process: str = ""
    manual: bool = False
    others: tuple[Fraction, ...] = ()
    inputs: list[Entry] = field(default_factory=list)

    @property
    def known(self) -> bool:
        return self.low is not None

    @property
    def value(self) -> Fraction | None:
        return self.low if self.low == self.high else None

    @property
    def status(self) -> str:
        if self.low is None:
            return "manual" if self.manual else "not_evaluated"
        return "computed" if self.low == self.high else "bounded"

    def fits(self, printed: Fraction, half: Fraction) -> bool:
        """Whether a printed score can be this one: within rounding of the range or of another
        reading.
        """
        if self.low is None or self.high is None:
            return True
        # Scores are rounded to two decimals before they are printed, so half a hundredth belongs to
        # the sum.
        slack = Fraction(1, 200) + half
        if self.low - slack <= printed <= self.high + slack:
            return True
        return any(abs(printed - other) <= slack for other in self.others)


def exact(value: Fraction | int, source: str, process: str, reading: str = "") -> Score:
    number = Fraction(value)
    return Score(number, number, source, reading, process=process)


def nothing(reason: str, manual: bool = False) -> Score:
    return Score(reason=reason, manual=manual)


def two_places(value: Fraction) -> Fraction:
    """A score as it is printed: two decimals, halves up."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)
