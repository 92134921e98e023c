"""Slips in single cells, as people make them: what a right amount (元) becomes, or None where the
slip does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

Slip = Callable[[Decimal, Random], Decimal | None]
CENT = Decimal("0.01")


def _fen(amount: Decimal) -> str:
    return str(int(abs(amount) * 100))


def _of(digits: str, amount: Decimal) -> Decimal:
    sign = -1 if amount < 0 else 1
    return sign * Decimal(int(digits)) / 100


def swapped(amount: Decimal, rng: Random) -> Decimal | None:
    """Two neighbouring digits change places."""
    digits = _fen(amount)
    places = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1]]
    if not places:
        return None
    i = rng.choice(places)
    return _of(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :], amount)


def mistyped(amount: Decimal, rng: Random) -> Decimal | None:
    """One digit is another."""
    digits = _fen(amount)
    i = rng.randrange(len(digits))
    other = rng.choice([d for d in "123456789" if d != digits[i]])
    return _of(digits[:i] + other + digits[i + 1 :], amount)


def lost(amount: Decimal, rng: Random) -> Decimal | None:
    """One digit is left out."""
    digits = _fen(amount)
    if len(digits) < 4:
        return None
    i = rng.randrange(len(digits))
    return _of(digits[:i] + digits[i + 1 :], amount)


def shifted(amount: Decimal, rng: Random) -> Decimal | None:
    """The decimal point is one place off."""
    return amount * 10


def in_wan(amount: Decimal, rng: Random) -> Decimal | None:
    """元 where 万元 were meant."""
    return amount * 10_000


def signed(amount: Decimal, rng: Random) -> Decimal | None:
    """The sign is turned."""
    return -amount


def nudged(amount: Decimal, rng: Random) -> Decimal | None:
    """Another amount of the same size."""
    most = max(1, int(abs(amount) * 10))
    return amount + rng.choice((-1, 1)) * rng.randint(1, most) * CENT


def emptied(amount: Decimal, rng: Random) -> Decimal | None:
    """Nothing at all; told apart from not applying by the caller, who empties the cell."""
    return Decimal(0)


SLIPS: dict[str, Slip] = {
    "两位颠倒": swapped,
    "错一位": mistyped,
    "漏一位": lost,
    "错小数点": shifted,
    "元当万元": in_wan,
    "正负号": signed,
    "另一数": nudged,
    "漏填": emptied,
}
