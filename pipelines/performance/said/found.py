"""Whether prose says anything of the evaluation in numbers that can be judged.

What does not belong here: judging it.
"""

from __future__ import annotations

from pipelines.performance.pack import Pack
from pipelines.performance.said.execution import spent
from pipelines.performance.said.grades import graded
from pipelines.performance.said.parts import divided
from pipelines.performance.said.projects import evaluated

KINDS = (evaluated, spent, graded, divided)


def says_numbers(pack: Pack) -> bool:
    """Of whatever year: whose it is and of which year is told later."""
    return any(kind(pack, None) for kind in KINDS)
