"""Small inputs of many kinds of wording (``kinds.yml``): what is wrong is found at its words, what
is right raises nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import read_text
from schemas.yamlfile import read_yaml

KINDS: dict[str, Any] = read_yaml(Path(__file__).with_name("kinds.yml"))


@pytest.mark.parametrize("case", KINDS["cases"], ids=lambda c: c["name"])
def test_a_kind_of_wording(case: dict[str, Any]) -> None:
    text = case["text"] if case.get("whole") else f"{KINDS['head']}\n{case['text']}"
    narrative = read_text(f"{text}\n")
    assert (narrative.is_narrative and narrative.unit_names and narrative.year == 2023) or case.get(
        "whole"
    )
    found = check_narrative(narrative, file="说明.txt").observations
    told = [f"{o.rule_id} {o.severity} {o.message}" for o in found]
    rules = str(case.get("rule", "")).split("|")
    quotes = [p.quote or "" for o in found if o.rule_id in rules for p in o.places]
    if "rule" in case:
        assert any(case["quote"] in quote for quote in quotes), told
    assert [o for o in found if o.severity != "hint" and o.rule_id not in rules] == [], told
