"""The shipped rule book, compiled once in a process: most tests ask something of it, none changes
it.
"""

from __future__ import annotations

from functools import cache

from schemas.rulebook import Rulebook, load_rulebook


@cache
def shipped_book() -> Rulebook:
    """The book as ``load_rulebook()`` gives it."""
    return load_rulebook()
