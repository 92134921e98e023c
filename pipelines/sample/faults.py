"""Puts one error into a submission before it is laid out: the way tests make sets with known
faults.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from pipelines.sample.model import UnitYear, facts_of


@dataclass(frozen=True)
class Fault:
    """One amount changed by ``delta`` 分 (counts × 100)."""

    form: str
    block: str
    row_key: str
    col_key: str
    delta: int

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.block, self.row_key, self.col_key)


def inject(submission: UnitYear, *faults: Fault) -> UnitYear:
    """The submission with its amounts changed.

    Raises KeyError for a form the submission does not have.
    """
    tables = dict(submission.tables)
    for fault in faults:
        table = dict(tables[fault.form])
        table[fault.key] = table.get(fault.key, 0) + fault.delta
        tables[fault.form] = table
    return replace(submission, tables=tables)


def swapped_digits(amount: int) -> int | None:
    """What to add to an amount (分) to exchange the last two neighbouring, different digits of its
    元; None if all are equal.
    """
    yuan, fen = divmod(amount, 100)
    digits = list(str(yuan))
    for right in range(len(digits) - 1, 0, -1):
        if digits[right] != digits[right - 1]:
            digits[right], digits[right - 1] = digits[right - 1], digits[right]
            return int("".join(digits)) * 100 + fen - amount
    return None


def random_fault(submission: UnitYear, rng: Random, *, delta: int | None = None) -> Fault:
    """A fault in one of the printed amounts of the submission: by default 1 分 up to a tenth of the
    amount.
    """
    key, amount = rng.choice(sorted(facts_of(submission).items()))
    change = (
        delta
        if delta is not None
        else rng.choice((-1, 1)) * rng.randint(1, max(1, abs(amount) // 10))
    )
    return Fault(*key, change)
