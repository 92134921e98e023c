"""The edge of the paper: lines beyond it, and tables that run over it.

What does not belong here: single letters beyond the edge (``glyphs.py`` counts them).
"""

from __future__ import annotations

from pipelines.tables.pdf.drawn import Drawn
from pipelines.tables.pdf.geometry import Rule

# Points by which a line must reach beyond the paper to count as cut: borders drawn at the very
# edge, and the joins of lines, stay below.
BEYOND = 6.0


def on_paper(drawn: Drawn, right: float) -> Drawn:
    """The lines as far as the paper reaches; those that lie beyond it are left out."""
    level = [
        r if r.end <= right else Rule(r.at, r.start, right) for r in drawn.level if r.start < right
    ]
    standing = [r for r in drawn.standing if r.at < right]
    return Drawn(level, standing, drawn.pictures)


def runs_over(drawn: Drawn, right: float, v0: float, v1: float) -> bool:
    """Whether a level line of a table that stands between two heights goes on beyond the paper."""
    return any(r.end > right + BEYOND and v0 - 1 <= r.at <= v1 + 1 for r in drawn.level)
