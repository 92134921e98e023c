"""Libraries that others look for without needing them, kept out of sight while they look."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def out_of_sight(library: str) -> Iterator[bool]:
    """While this lasts, importing the library finds nothing; False, and nothing hidden, where it is
    loaded already.
    """
    if library in sys.modules:
        yield False
        return
    sys.modules[library] = None  # type: ignore[assignment]
    try:
        yield True
    finally:
        del sys.modules[library]
