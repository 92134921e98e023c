"""What each command does. A command gives an :class:`Answer`; only ``cli.py`` prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEVERITY = {"error": "错误", "review": "核实", "hint": "提示"}


@dataclass
class Answer:
    """What a command has to say: a document for ``--json``, text for people, an exit code."""

    document: Any
    text: str
    code: int = 0
    notes: list[str] = field(default_factory=list)
