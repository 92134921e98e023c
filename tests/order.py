"""Which worker gets which tests, and in what order.

A file stays on one worker, for the sake of its fixtures. Those reconciled beside each other stay on
one worker together, as one pass serves them all; so do those looked at together, and those that
look at one published set. What takes longest goes first, so that no worker is left with it at the
end while the other waits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__).parent
BESIDE = "beside"
TOGETHER = "together"  # those whose tables are compared (tests/faults/together.py)
PERFORMANCE = "performance/published"  # the set of tests/performance/conftest.py
# By the seconds they took when measured; what is not here is short, and goes by its name.
LONGEST = (
    BESIDE,
    PERFORMANCE,
    TOGETHER,
    "faults/test_run.py",
    "publish/test_analysts.py",  # publishes the demo, which others wait for
    "faults/test_run_killed.py",
    "run/test_soak.py",
    "deliver/test_deliver_page.py",
    "run/test_unchanged.py",
    "narrative/test_stage.py",
    "narrative/test_corpus.py",
    "run/test_loss.py",
    "narrative/test_draft.py",
    "tables/test_document_forms.py",
    "sample/test_with_engine.py",
    "sample/test_writing.py",
    "performance/test_packs.py",
    "run/test_memory.py",
    "publish/test_explained.py",
    "performance/test_faults.py",
    "collect/test_magnitude.py",
)


@cache
def group_of(file: str) -> str:
    """The group of a test file (``tests/…/test_x.py``): itself, or those it shares a pass with."""
    path = HERE.parent / file
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "reconcile" and "\n@beside\n" in text:
        return BESIDE
    if path.parent.name == "faults" and "\n@together" in text:
        return TOGETHER
    if path.parent.name == "performance" and "published: Config" in text:
        return PERFORMANCE
    return file.removeprefix("tests/")


def turn(item: pytest.Item) -> tuple[int, str]:
    """When a test's turn comes: a key to sort by; within a file their order stays."""
    group = group_of(item.nodeid.partition("::")[0])
    return LONGEST.index(group) if group in LONGEST else len(LONGEST), group


class ByGroup(LoadScopeScheduling):
    """Hands out groups as they stand, the longest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])
