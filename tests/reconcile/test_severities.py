"""The rule book says how grave a finding is, also where an organisation's rule stands for a shipped
one.
"""

from __future__ import annotations

import pytest
import yaml

from pipelines.database import open_database
from pipelines.reconcile import load_rulebook, settle
from pipelines.reconcile.severities import as_ruled
from schemas.observation import Observation
from schemas.rulebook import RULES_DIR
from tests.shipped import shipped_book

OTHER = {"error": "review", "review": "hint", "hint": "error"}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The shipped rule book, and one in which every observed rule is replaced by one of another
    severity.
    """
    shipped = shipped_book()
    folder = tmp_path_factory.mktemp("own")
    own = [
        {"id": r.id, "title": r.title, "family": r.family, "kind": "observed"}
        | {"severity": OTHER[r.severity], "basis": "本市", "text": "本市的级别"}
        for r in shipped.rules.values()
        if r.kind == "observed"
    ]
    (folder / "own.yml").write_text(yaml.safe_dump({"rules": own}, allow_unicode=True), "utf-8")
    return shipped, load_rulebook((RULES_DIR, folder))


def test_every_replaced_rule_that_is_observed_is_honoured(books) -> None:
    shipped, own = books
    observed = [r for r in shipped.rules.values() if r.kind == "observed"]
    assert len(observed) >= 51
    with open_database() as con:
        seen = [Observation(r.id, "对象", "说明", r.severity, None, "甲", 2023) for r in observed]
        settle(con, seen, run_id="r", previous=None, rules=own.rules)
        found = dict(con.execute("SELECT rule_id, severity FROM findings").fetchall())
    assert found == {r.id: OTHER[r.severity] for r in observed}


@pytest.mark.parametrize(
    ("rule", "reported", "expected"),
    [("N-16", "error", "review"), ("N-16", "hint", "hint"), ("S-LAYOUT", "error", "hint")],
)
def test_what_is_reported_more_mildly_stays_mild(books, rule, reported, expected) -> None:
    found = Observation(rule, "正文", "遗留模板文字", severity=reported)
    assert [o.severity for o in as_ruled([found], books[1].rules)] == [expected]


def test_a_rule_that_is_not_replaced_is_left_alone(books) -> None:
    found = Observation("S-FILE", "甲.txt", "已隔离", severity="hint")
    assert as_ruled([found], books[0].rules) == as_ruled([found], {}) == [found]
