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


@cache
def without_formulas() -> Rulebook:
    """What is observed while files are read, as rules: where what tables say of each other is not
    asked, a look or a run takes half the time.
    """
    book = shipped_book()
    observed = {r.id: r for r in book.rules.values() if r.kind == "observed"}
    return Rulebook(observed, [], book.forms, book.version)
