"""Between cells that would settle the same failures, the likelier slip is suspected first."""

import pytest

from pipelines.reconcile.plausibility import LIKELY, ODD, ORDINARY, SLIP, oddity


@pytest.mark.parametrize(
    ("present", "suggested", "expected"),
    [
        (None, 19992249, SLIP),  # a blank cell that should hold an amount
        (3462145600, 346214560, SLIP),  # a shifted decimal point
        (100, 1000000, SLIP),  # 元 for 万元
        (14429032, 14420932, SLIP),  # digits swapped
        (12345, 12945, SLIP),  # one digit mistyped
        (5000, -5000, SLIP),  # a sign
        (12345, 99999, ORDINARY),
        (0, 500, ORDINARY),
        (None, -19992249, ODD),  # a blank cell never stands for a negative amount
        (30000, -311562104, ODD),
        (-400, -917, ORDINARY),  # negative amounts stay possible where there is one
    ],
)
def test_oddity(present, suggested, expected):
    assert oddity(present, suggested) == expected


@pytest.mark.parametrize(
    ("present", "suggested", "traits", "expected"),
    [
        (124156, 700, {"whole": True}, SLIP),  # 1,241.56 vehicles
        (300, 123756, {"whole": True}, ODD),  # nor may a number of vehicles become one
        (None, 5000, {"guessed": True}, LIKELY),
        (None, 1, {}, ORDINARY),  # a blank seldom stands for 一分
    ],
)
def test_oddity_of_counts_and_guessed_blanks(present, suggested, traits, expected):
    assert oddity(present, suggested, **traits) == expected
