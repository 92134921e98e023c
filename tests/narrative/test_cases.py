"""Small inputs, each of a kind of wording: what must be found is found, nothing else is.

Skipped where they are not at hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import read_narrative
from schemas.observation import Observation

CASES = Path(__file__).parents[3] / "shared" / "cases"
FOLDERS = [CASES / "narrative", CASES / "narrative2"]
pytestmark = pytest.mark.skipif(not FOLDERS[0].exists(), reason="the cases are not at hand")
ONE_FINDING = ("k25a.txt", "k25b.txt")  # a wrong total, named once though its shares no longer fit


def inputs() -> list[tuple[Path, list[dict[str, str]]]]:
    found: list[tuple[Path, list[dict[str, str]]]] = []
    for folder in FOLDERS if FOLDERS[0].exists() else []:
        for case in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
            found.append((folder / case["file"], case["expect"]))
    found += [(FOLDERS[1] / f"base_{name}.txt", [{"rule": "none"}]) for name in "AB"]
    return found


def plain(words: str) -> str:
    return "".join(c for c in words if not c.isspace() and c not in '“”"')


def hits(observation: Observation, wanted: dict[str, Any]) -> bool:
    rules = wanted["rule"].split("|")
    if wanted["severity"] == "review":
        rules.append("N-13")
    quoted = any(plain(wanted["quote"]) in plain(p.quote or "") for p in observation.places)
    return observation.rule_id in rules and observation.severity == wanted["severity"] and quoted


@pytest.mark.parametrize(
    ("path", "expect"), inputs(), ids=lambda v: v.stem if isinstance(v, Path) else ""
)
def test_a_small_input(path: Path, expect: list[dict[str, str]]) -> None:
    narrative = read_narrative(path, "txt")
    assert narrative.is_narrative and narrative.unit_names and narrative.year
    found = check_narrative(narrative, file=path.name).observations
    told = [f"{o.rule_id} {o.severity} {o.message}" for o in found]
    if path.name in ONE_FINDING:
        assert len(found) == 1, told
        return
    wanted = [e for e in expect if e["rule"] != "none"]
    for one in wanted:
        assert any(hits(o, one) for o in found), (one, told)
    rest = [o for o in found if o.severity != "hint" and not any(hits(o, e) for e in wanted)]
    assert rest == [], told
