"""Single faults of every kind are found where they stand and by their rule; clean packs give
none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sample.performance_pack import as_text
from tests.performance.faults import FAULTS, PackFault, base
from tests.performance.support import judge, read, write

pytestmark = pytest.mark.long

LAYOUTS = ("A", "B", "C")


def _judged(path: Path) -> list:
    return [o for o in judge(read(path)) if o.severity != "hint"]


def _found(folder: Path, fault: PackFault) -> tuple[bool, bool]:
    """Whether a finding points at the fault, and whether one of its rule does."""
    blocks = base(fault.layout)
    fault.change(blocks)
    observations = _judged(write(folder, as_text(blocks)))
    at = [o for o in observations if any(fault.quote in (p.quote or "") for p in o.places)]
    return bool(at), any(o.rule_id == fault.rule for o in at)


def test_the_pack_itself_has_no_fault(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        assert _judged(write(tmp_path, as_text(base(layout)))) == []


def test_faults_are_found_at_their_place_and_by_their_rule(tmp_path: Path) -> None:
    assert len(FAULTS) >= 53
    results = [_found(tmp_path, fault) for fault in FAULTS]
    missed = [f"{f.rule} {f.quote}" for f, (at, _) in zip(FAULTS, results, strict=True) if not at]
    wrong = [f"{f.rule} {f.quote}" for f, (_, by) in zip(FAULTS, results, strict=True) if not by]
    # The bars of the specification (§e): 95 % at the place, 90 % by the right rule.
    assert len(missed) <= len(FAULTS) * 0.05, missed
    assert len(wrong) <= len(FAULTS) * 0.10, wrong


@pytest.mark.slow
def test_forty_clean_packs_in_every_layout(tmp_path: Path) -> None:
    for seed in range(14):
        for layout in LAYOUTS:
            text = as_text(base(layout, seed + 20, projects=5))
            assert _judged(write(tmp_path, text)) == [], (seed, layout)
