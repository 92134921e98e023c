"""The rule book says how grave a finding is, also where an organisation's rule stands for a shipped
one.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipelines.narrative.severities import as_ruled
from schemas.observation import Observation


@pytest.mark.parametrize(
    ("reported", "ruled", "expected"),
    [
        ("error", "review", "review"),
        ("error", "hint", "hint"),
        ("hint", "review", "hint"),
        ("review", "hint", "hint"),
        ("error", "error", "error"),
    ],
)
def test_a_replaced_rule_is_honoured(reported: str, ruled: str, expected: str) -> None:
    found = Observation("N-16", "正文", "遗留模板文字", severity=reported)
    rules = {"N-16": SimpleNamespace(severity=ruled)}
    assert [o.severity for o in as_ruled([found], rules)] == [expected]


def test_other_findings_are_left_alone() -> None:
    found = Observation("S-FILE", "甲.txt", "已隔离", severity="error")
    assert as_ruled([found], {}) == [found]
