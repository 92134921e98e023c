"""How likely a correction is in itself: people slip in a few known ways, and seldom type a negative
expenditure.
"""

from __future__ import annotations

STRAY, SLIP, LIKELY, ORDINARY, ODD = range(5)
UNIT = 100  # 分 in 1 元, and one of a thing that is counted
_TENS = tuple(10**n for n in (1, 2, 3, 4))


def oddity(
    present: int | None, suggested: int, *, whole: bool = False, guessed: bool = False
) -> int:
    """From ``STRAY`` (some 分 alone in a cell) and ``SLIP`` (a known slip) over ``LIKELY`` (a blank
    that is only guessed at) and ``ORDINARY`` (any other correction) to ``ODD`` (one that makes
    little sense).

    Amounts in 分, None for a blank. ``whole``: a cell that counts things. ``guessed``: a blank that
    no other formula names. Known slips: a cell left blank, a sign, a shifted decimal point (or 元
    for 万元), digits swapped, one digit mistyped.
    """
    if whole and suggested % UNIT:
        return ODD
    if present is None:
        return _filled_in(suggested, guessed)
    if suggested < 0 <= present:
        return SLIP if present == -suggested else ODD
    if whole and present % UNIT:
        return SLIP
    return _changed(present, suggested)


def _filled_in(suggested: int, guessed: bool) -> int:
    if suggested < 0:
        return ODD
    if suggested < UNIT:
        return ORDINARY
    return LIKELY if guessed else SLIP


def _changed(present: int, suggested: int) -> int:
    if present == 0 or suggested == 0:
        return STRAY if 0 < abs(present) < UNIT else ORDINARY
    if present == -suggested or _slipped(abs(present), abs(suggested)):
        return SLIP
    return ORDINARY


def _slipped(a: int, b: int) -> bool:
    if any(a == b * t or b == a * t for t in _TENS):
        return True
    x, y = str(a), str(b)
    if len(x) != len(y):
        return False
    differing = [i for i, (p, q) in enumerate(zip(x, y, strict=True)) if p != q]
    swapped = (
        len(differing) == 2
        and x[differing[0]] == y[differing[1]]
        and x[differing[1]] == y[differing[0]]
    )
    return swapped or len(differing) == 1
