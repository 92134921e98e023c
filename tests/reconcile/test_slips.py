"""Between cells that would settle the same failures, the likelier slip is suspected first."""

import pytest

from pipelines.reconcile.slips import ODD, ORDINARY, SLIP, oddity


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
