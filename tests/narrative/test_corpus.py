"""Invented documents in the styles of many provinces: clean ones raise nothing, their figures are
read, planted errors are found.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.coverage import coverage
from pipelines.narrative.read import Narrative, read_text
from schemas.observation import Observation
from schemas.yamlfile import read_yaml

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS = sorted(p for p in FOLDER.glob("*.txt") if p.with_suffix(".yml").is_file())
MOST_UNREAD = 0.1


@cache
def original(path: Path) -> tuple[str, Narrative, tuple[Observation, ...]]:
    text = path.read_text(encoding="utf-8")
    narrative = read_text(text)
    return text, narrative, tuple(check_narrative(narrative, file="说明.txt").observations)


ENOUGH = 5  # documents in which an error of a rule is planted by default; under ``slow`` all
Edit = dict[str, Any]


def planted() -> dict[Path, tuple[list[Edit], list[Edit]]]:
    """The errors for each document: those that are planted by default, and all the others."""
    seen: Counter[str] = Counter()
    found: dict[Path, tuple[list[Edit], list[Edit]]] = {}
    for path in DOCUMENTS:
        found[path] = ([], [])
        for edit in read_yaml(path.with_suffix(".yml")):
            seen[edit["rule"]] += 1
            found[path][seen[edit["rule"]] > ENOUGH].append(edit)
    return found


PLANTED = planted()


def test_there_are_enough_of_them() -> None:
    assert len(DOCUMENTS) >= 40
    assert len({p.stem.rpartition("_")[0] for p in DOCUMENTS}) >= 10


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_a_clean_document_raises_nothing(path: Path) -> None:
    _, narrative, observations = original(path)
    assert narrative.is_narrative and narrative.unit_names and narrative.year
    assert [f"{o.rule_id} {o.message}" for o in observations] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_its_figures_are_read(path: Path) -> None:
    counted = coverage(original(path)[1])
    assert counted.figures > 10
    assert len(counted.unread) <= MOST_UNREAD * counted.figures


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if PLANTED[p][0]], ids=lambda p: p.stem)
def test_planted_errors_are_found(path: Path) -> None:
    assert missed(path, PLANTED[path][0]) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in DOCUMENTS if PLANTED[p][1]], ids=lambda p: p.stem)
def test_all_the_other_planted_errors_are_found(path: Path) -> None:
    assert missed(path, PLANTED[path][1]) == []


def missed(path: Path, edits: list[Edit]) -> list[tuple]:
    """The errors, planted one at a time, that no finding of their rule tells."""
    text, _, clean = original(path)
    known = {(o.rule_id, o.message) for o in clean}
    found_not = []
    for edit in edits:
        assert edit["old"] in text
        wrong = read_text(text.replace(edit["old"], edit["new"], 1))
        found = check_narrative(wrong, file="说明.txt").observations
        new = {o.rule_id for o in found if (o.rule_id, o.message) not in known}
        if not new & set(edit["rule"].split("|")):
            found_not.append((edit["new"], edit["rule"], new))
    return found_not
