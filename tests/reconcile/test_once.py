"""What is made of a rule book is made once, and is of that book."""

from __future__ import annotations

from pipelines.reconcile.axes import Axis
from pipelines.reconcile.components import components, neighbours
from pipelines.reconcile.once import MOST_KEPT, once_a_book
from pipelines.reconcile.written import written_of
from schemas.notation import Part, Selector
from schemas.rulebook import Rulebook
from tests.shipped import shipped_book

WORDS = {"类": r"2\d{2}", "款": r"2\d{4}"}


def test_the_same_checks_are_made_ready_once() -> None:
    book = shipped_book()
    assert written_of(book.checks, book.forms) is written_of([*book.checks], dict(book.forms))
    fewer = Rulebook(book.rules, book.checks[:-1], book.forms)
    assert written_of(fewer.checks, fewer.forms) is not written_of(book.checks, book.forms)
    assert written_of(fewer.checks, fewer.forms).terms["chk"].to_pylist()[-1] < len(fewer.checks)


def test_what_many_books_need_is_not_kept_for_ever() -> None:
    made = []
    count = once_a_book(lambda checks, forms: made.append(len(checks)) or len(made))
    checks = shipped_book().checks[: MOST_KEPT + 1]
    for number in range(MOST_KEPT + 1):
        assert count(checks[:number], {}) == number + 1
    assert count(checks[:MOST_KEPT], {}) == MOST_KEPT + 1  # still known
    assert count([], {}) == MOST_KEPT + 2  # forgotten, and made again


def test_a_selector_means_the_keys_at_hand() -> None:
    axis, place = Axis(), ("Z04", "")
    classes = Selector((Part(word="类"),), "类")
    total = Selector((Part(names=("合计", "总计")),), "{合计, 总计}")
    numbers = [axis.number(place, s, WORDS, ("类",)) for s in (classes, total, classes)]
    assert numbers == [0, 1, 0]
    for _ in range(2):  # the second time from what was kept
        found = axis.matches(place, ("201", "20101", "205", "合计"))
        assert found.selector.tolist() == [0, 0, 1]
        assert found.position.tolist() == [0, 2, 3]
        assert found.words[0].to_pylist() == ["201", "205", None]
    assert axis.matches(place, ("20101",)).selector.tolist() == []
    assert axis.matches(("Z05", ""), ("201",)).selector.tolist() == []


def test_what_hangs_together() -> None:
    near = neighbours([(5, None), (3, 4), (1, 2), (4, 1), (7, 7)])
    assert components(near) == [{5}, {1, 2, 3, 4}, {7}]
    assert components({}) == []
