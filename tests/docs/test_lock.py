"""The lock names every package that is needed: setup may install it without asking for more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", re.M)
OURS = ("caijue", frozenset({"dev"}))


def needed(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What a package asks for here, with the extras it asks of it."""
    try:
        asked = distribution(name).requires or []
    except PackageNotFoundError:  # for another system or Python
        return
    for requirement in map(Requirement, asked):
        wanted = requirement.marker
        if wanted is None or any(wanted.evaluate({"extra": one}) for one in ("", *extras)):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


def all_needed() -> set[str]:
    """Every package that ours needs, directly or not."""
    found: set[tuple[str, frozenset[str]]] = set()
    todo = [OURS]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += needed(*one)
    return {name for name, _ in found} - {OURS[0]}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dask.lock"])
def test_every_package_that_is_needed_is_pinned(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = {canonicalize_name(name) for name in PINNED.findall(text)}
    assert {"pandas", "duckdb", "greenlet"} <= all_needed() <= pinned


def test_an_extra_that_is_asked_for_counts() -> None:
    assert "greenlet" in {name for name, _ in needed("sqlalchemy", frozenset({"asyncio"}))}
