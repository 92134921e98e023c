"""The shipped rule book, taken up once in a process: most tests ask something of it, none changes
it.

As a run has it: compiled by the first that asks, then kept (``schemas/kept.py``).
"""

from __future__ import annotations

from functools import cache

from pipelines.config import Config
from pipelines.organisation import rulebook
from schemas.rulebook import Rulebook


@cache
def shipped_book() -> Rulebook:
    """The book as ``load_rulebook()`` gives it (``tests/rules/test_kept.py``)."""
    return rulebook(Config())


@cache
def without_formulas() -> Rulebook:
    """What is observed while files are read, as rules: where what tables say of each other is not
    asked, a look or a run takes half the time.
    """
    book = shipped_book()
    observed = {r.id: r for r in book.rules.values() if r.kind == "observed"}
    return Rulebook(observed, [], book.forms, book.version)
