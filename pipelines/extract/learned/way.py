"""Which way sheets are read: the short one where it can be gone, or always the long one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_ways: list[str] = []


@contextmanager
def long_way() -> Iterator[None]:
    """Within it every sheet is read as if it were the first: to compare the ways."""
    _ways.append("long")
    try:
        yield
    finally:
        _ways.pop()


def is_long() -> bool:
    return bool(_ways)
