"""What a check is: declared with its rules, its title, the words of its message, an example that
fails and one that holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.narrative.case import Case


@dataclass(frozen=True, slots=True)
class Check:
    """``rules``: the ids of ``schemas/rules/narrative.yml`` it may report. ``wrong`` and ``right``:
    short texts that the tests read.

    ``run`` notes relations in ``case.relations``, which are judged together, or reports at once
    what is no matter of amounts.
    """

    name: str
    rules: tuple[str, ...]
    title: str
    message: str
    run: Callable[[Case], None]
    wrong: str
    right: str
