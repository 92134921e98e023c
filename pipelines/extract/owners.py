"""A ledger: one list whose rows are of several units or years, told by columns left of its items.

What does not belong here: which columns those are (``listheader``), and that such a table is not
read (``sheet``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.extract.grid import Grid
from pipelines.extract.rows import total_key
from pipelines.extract.text import letter, squash, visible

# So many owners are named with their rows, and so many runs of rows of each: whoever divides the
# table filters by the column, the rest is found the same way.
MOST_NAMED, MOST_RUNS = 6, 3


def several_owners(grid: Grid, columns: Iterable[int], rows: Sequence[int]) -> str:
    """``A 列：甲局第 5-9 行、乙局第 10-12 行`` where rows (zero-based) of items are of several
    owners, else empty.
    """
    telling = [c for c in columns if len(_said(grid, c, rows)) > 1]
    if not telling:
        return ""
    owned = _owned(grid, telling, rows)
    named = [f"{name}{_rows(own)}" for name, own in owned.items()]
    rest = f"等 {len(named)} 个" if len(named) > MOST_NAMED else ""
    return f"{'、'.join(map(letter, telling))} 列：{'，'.join(named[:MOST_NAMED])}{rest}"


def _owned(grid: Grid, columns: Sequence[int], rows: Sequence[int]) -> dict[str, list[int]]:
    """The rows of each owner, by its name as printed; a name printed once goes on below."""
    owned: dict[str, list[int]] = {}
    now: dict[int, str] = {}
    for r in rows:
        texts = {c: visible(text) for c in columns if (text := grid.text(r, c))}
        if any(map(total_key, texts.values())):
            continue
        now |= texts
        if now:
            owned.setdefault(" ".join(now[c] for c in columns if c in now), []).append(r)
    return owned


def _said(grid: Grid, column: int, rows: Sequence[int]) -> set[str]:
    said = {squash(grid.text(r, column)) for r in rows}
    return {s for s in said if s and not total_key(s)}


def _rows(rows: Sequence[int]) -> str:
    """``第 5-9、12 行``; how many there are where they lie far apart."""
    starts = [rows[0], *(b for a, b in pairwise(rows) if b != a + 1)]
    ends = [*(a for a, b in pairwise(rows) if b != a + 1), rows[-1]]
    if len(starts) > MOST_RUNS:
        return f"共 {len(rows)} 行"
    runs = zip(starts, ends, strict=True)
    return f"第 {'、'.join(f'{a + 1}-{b + 1}' if b > a else str(a + 1) for a, b in runs)} 行"
