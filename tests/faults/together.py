"""Faults looked at together: one ``check`` of many units, each spoiled by a test of its own.

A check costs as much for fifty units as for three. A test marked :func:`together` prepares its
submission, yields, and gets what that one check saw of its unit::

    @together
    def test_a_blank_total(desk: Desk) -> Half:
        draft = desk.draft()
        cell = draft.set("Z04", "合计", "基本支出", None)
        seen = yield draft
        assert cell in seen.cells("IN-Z04-01")
"""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.desk import Desk, Draft, Seen, look_at

Half = Generator[Draft | None, Seen, None]
Prepared = Callable[[Desk], Half]
_tests: dict[str, list[Prepared]] = defaultdict(list)


def together(test: Prepared) -> Callable[[Together], None]:
    """The test as pytest runs it: its second half, over what the shared check saw."""
    _tests[test.__module__].append(test)

    def second_half(shared: Together) -> None:
        shared.finish(test)

    return _named(second_half, test)


def together_each(*values: Any) -> Callable[[Callable[[Desk, Any], Half]], Any]:
    """The same for a test that takes one of the values, each with a unit of its own."""

    def mark(test: Callable[[Desk, Any], Half]) -> Any:
        prepared = {value: functools.partial(test, value=value) for value in values}
        _tests[test.__module__].extend(prepared.values())

        @pytest.mark.parametrize("value", values)
        def second_half(shared: Together, value: Any) -> None:
            shared.finish(prepared[value])

        return _named(second_half, test)

    return mark


def _named(second_half: Callable, test: Callable) -> Any:
    second_half.__name__, second_half.__doc__ = test.__name__, test.__doc__
    second_half.__qualname__, second_half.__module__ = test.__qualname__, test.__module__
    return second_half


class Together:
    """Tests that are looked at together, each with a unit of its own."""

    def __init__(self, tests: Sequence[Prepared], raw: Path, *, formulas: bool = True) -> None:
        self.halves: dict[Prepared, Half] = {}
        self.desks: dict[Prepared, Desk] = {}
        self.failed: dict[Prepared, BaseException] = {}
        for number, test in enumerate(tests):
            self.desks[test] = Desk(raw / f"{number:02d}", index=number)
            self._prepare(test)
        self.seen = look_at(raw, formulas=formulas)

    def _prepare(self, test: Prepared) -> None:
        half = self.halves[test] = test(self.desks[test])
        try:
            draft = next(half)
        except Exception as error:  # it fails when its turn comes, not the others with it
            self.failed[test] = error
            return
        if draft is not None:
            draft.save(self.desks[test].raw)

    def finish(self, test: Prepared) -> None:
        """The second half; raises what its asserts raise."""
        if test in self.failed:
            raise self.failed[test]
        try:
            self.halves[test].send(view(self.seen, self.desks[test]))
        except StopIteration:
            return
        raise AssertionError("a test that is looked at together yields once")


def view(seen: Seen, desk: Desk) -> Seen:
    """What is said of one unit and its files."""
    unit, folder = desk.sample.units[0], f"{desk.raw.name}/"

    def ours(row: dict[str, Any]) -> bool:
        named = row.get("unit_code") == unit.code or row.get("unit_name") == unit.name
        return named or (row.get("file") or "").startswith(folder)

    def about(finding: dict[str, Any]) -> bool:
        return ours(finding) or any(ours(cell) for cell in finding["cells"])

    told = seen.document
    document = {
        **told,
        "findings": [f for f in told["findings"] if about(f)],
        "checks": [c for c in told["checks"] if ours(c)],
        "files": [f for f in told["files"] if f["file"].startswith(folder)],
    }
    return Seen(document, [f for f in seen.facts if ours(f)], [s for s in seen.sheets if ours(s)])


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Together]:
    """The tests of all modules whose tables are compared: one look at them (``tests/order.py``
    keeps them on one worker).
    """

    @functools.cache
    def looked_at() -> Together:
        tests = [t for m, found in _tests.items() if _formulas(sys.modules[m]) for t in found]
        return Together(tests, tmp_path_factory.mktemp("together"))

    return looked_at


def _formulas(module: Any) -> bool:
    """Tables are compared unless the module says ``FORMULAS = False``."""
    return getattr(module, "FORMULAS", True)


@pytest.fixture(scope="module")
def shared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    compared: Callable[[], Together],
) -> Together:
    """The tests that are marked ``together``, prepared and looked at."""
    if _formulas(request.module):
        return compared()
    tests = _tests[request.module.__name__]
    return Together(tests, tmp_path_factory.mktemp("together"), formulas=False)
