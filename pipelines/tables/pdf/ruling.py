"""Tables with lines: a grid out of level and standing lines, in which boxes without a line between
them are one cell.

What does not belong here: tables without lines (``aligned.py``), and what stands in the cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.tables.pdf.drawn import Drawn
from pipelines.tables.pdf.geometry import Box, Rule
from pipelines.tables.pdf.islands import with_islands

# Points: lines nearer than this are one (double borders, borders of neighbouring cells drawn
# apart)
SNAP = 2.5
# Points: nothing can be printed in a row or column that is less, so it is the gap of a double
# border
NARROWEST = 4.5
BRIDGE = 4.0  # points: a gap in a line that is no gap (dashes, corners)
MOST_LINES = 4_000  # of one page after joining; a page of a table has some two hundred
MOST_BOXES = 60_000  # of one table on one page: lines drawn to make millions of boxes are no table
Point = tuple[float, float]
COVERED = 0.55  # part of the side of a box that a line must cover to part it from its neighbour


@dataclass(slots=True)
class Place:
    """One cell: where it stands in its grid, and how many rows and columns it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(slots=True)
class Grid:
    """A table's lines: ``us`` of its columns, ``vs`` of its rows (one more than there are), and
    its cells. ``open_right``: a line closes it on the left, none on the right, as where the paper
    or its margin cuts it off.
    """

    us: list[float]
    vs: list[float]
    places: list[Place] = field(default_factory=list)
    owner: dict[tuple[int, int], int] = field(default_factory=dict)
    open_right: bool = False

    @property
    def area(self) -> float:
        return (self.us[-1] - self.us[0]) * (self.vs[-1] - self.vs[0])

    def cell_at(self, u: float, v: float) -> int | None:
        """Which of ``places`` holds a point; None outside."""
        if not (self.us[0] <= u <= self.us[-1] and self.vs[0] <= v <= self.vs[-1]):
            return None
        row = min(bisect_right(self.vs, v) - 1, len(self.vs) - 2)
        column = min(bisect_right(self.us, u) - 1, len(self.us) - 2)
        return self.owner[row, column]


def ruled_grids(drawn: Drawn, words: Sequence[Point] = ()) -> list[Grid]:
    """The tables that the lines of a page make, smallest first, so that a frame around others
    comes last. ``words``: where its characters stand.
    """
    level, standing = _joined(drawn.level), _joined(drawn.standing)
    if len(level) + len(standing) > MOST_LINES:
        return []
    parts = list(_connected(level, standing))
    frames = [_frame(*part) for part in parts]
    loose = [v for u, v in words if not any(_inside(f, u, v) for f in frames)]
    grids = [_grid(*part) for part in with_islands(parts, loose)]
    return sorted((g for g in grids if g and len(g.places) > 1), key=lambda g: g.area)


def _frame(level: list[Rule], standing: list[Rule]) -> Box:
    """The outermost lines of a part: u0, v0, u1, v1."""
    us = _ends(level) + [r.at for r in standing]
    vs = [r.at for r in level]
    return min(us), min(vs), max(us), max(vs)


def _ends(rules: Sequence[Rule]) -> list[float]:
    """Where lines begin and end."""
    return [e for r in rules for e in (r.start, r.end)]


def _inside(frame: Box, u: float, v: float) -> bool:
    return frame[0] <= u <= frame[2] and frame[1] <= v <= frame[3]


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Lines at the same height that touch or nearly touch, as one each."""
    found: list[Rule] = []
    for cluster in _clusters(sorted(rules, key=lambda r: r.at)):
        at = sum(r.at for r in cluster) / len(cluster)
        parts = sorted(cluster, key=lambda r: r.start)
        start, end = parts[0].start, parts[0].end
        for rule in parts[1:]:
            if rule.start > end + BRIDGE:
                found.append(Rule(at, start, end))
                start, end = rule.start, rule.end
            end = max(end, rule.end)
        found.append(Rule(at, start, end))
    return found


def _clusters(ordered: Sequence[Rule]) -> Iterable[list[Rule]]:
    cluster: list[Rule] = []
    for rule in ordered:
        if cluster and rule.at - cluster[0].at > SNAP:
            yield cluster
            cluster = []
        cluster.append(rule)
    if cluster:
        yield cluster


def _connected(level: list[Rule], standing: list[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Lines that cross or touch each other, a table at a time."""
    root = list(range(len(level) + len(standing)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, line in enumerate(level):
        for j, post in enumerate(standing, len(level)):
            if _touch(line, post):
                root[top(i)] = top(j)
    parts: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, rule in enumerate((*level, *standing)):
        parts[top(i)][i >= len(level)].append(rule)
    return [p for p in parts.values() if len(p[0]) > 1 and p[1]]


def _touch(line: Rule, post: Rule) -> bool:
    across = line.start - BRIDGE <= post.at <= line.end + BRIDGE
    return across and post.start - BRIDGE <= line.at <= post.end + BRIDGE


def _grid(level: list[Rule], standing: list[Rule]) -> Grid | None:
    """The cells between lines.

    A side without a line, as tables open at left and right have, ends where the lines end.
    """
    posts = [r.at for r in standing]
    us = _edges(posts, _ends(level))
    vs = _edges([r.at for r in level], _ends(standing))
    if len(us) < 2 or len(vs) < 2 or len(us) * len(vs) > MOST_BOXES:
        return None
    grid = Grid(us, vs, open_right=_is_open(us, posts))
    root = {(r, c): (r, c) for r in range(len(vs) - 1) for c in range(len(us) - 1)}
    _unite(grid, root, level, standing)
    _place(grid, root)
    return grid


def _edges(lines: list[float], ends: list[float]) -> list[float]:
    """Where columns (or rows) part: at the lines, and where the lines across them begin and end."""
    found = sorted(lines)
    low, high = min(ends), max(ends)
    if not found or low < found[0] - BRIDGE:
        found.insert(0, low)
    if high > found[-1] + BRIDGE:
        found.append(high)
    parted = found[:1]
    for at in found[1:]:
        if at - parted[-1] > NARROWEST:
            parted.append(at)
    return parted


def _is_open(us: Sequence[float], posts: Sequence[float]) -> bool:
    return bool(posts) and us[0] >= min(posts) - NARROWEST and us[-1] > max(posts) + NARROWEST


Boxes = dict[tuple[int, int], tuple[int, int]]


def _top(root: Boxes, box: tuple[int, int]) -> tuple[int, int]:
    while root[box] != box:
        box = root[box]
    return box


def _unite(grid: Grid, root: Boxes, level: list[Rule], standing: list[Rule]) -> None:
    """Boxes that no line parts become one."""
    below = _walls(level, grid.vs, grid.us)
    beside = _walls(standing, grid.us, grid.vs)
    for row, column in list(root):
        if column + 2 < len(grid.us) and not beside(column + 1, row):
            root[_top(root, (row, column + 1))] = _top(root, (row, column))
        if row + 2 < len(grid.vs) and not below(row + 1, column):
            root[_top(root, (row + 1, column))] = _top(root, (row, column))


class _Walls:
    """Whether a line runs along an edge of the grid, between two lines across."""

    def __init__(self, rules: list[Rule], edges: list[float], across: list[float]) -> None:
        self.across = across
        self.at: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            nearest = min(range(len(edges)), key=lambda i: abs(edges[i] - rule.at))
            self.at[nearest].append(rule)

    def __call__(self, edge: int, between: int) -> bool:
        start, end = self.across[between], self.across[between + 1]
        covered = sum(
            max(0.0, min(r.end, end) - max(r.start, start)) for r in self.at.get(edge, ())
        )
        return covered >= COVERED * (end - start)


_walls = _Walls


def _place(grid: Grid, root: Boxes) -> None:
    """Cells out of united boxes; what is no rectangle is taken as its boxes."""
    groups: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for box in root:
        groups[_top(root, box)].append(box)
    whole: list[list[tuple[int, int]]] = []
    for boxes in groups.values():
        whole += [boxes] if _is_rectangle(boxes) else [[b] for b in boxes]
    for boxes in sorted(whole, key=min):
        (row, column), (last, right) = min(boxes), max(boxes)
        for box in boxes:
            grid.owner[box] = len(grid.places)
        grid.places.append(Place(row, column, last - row + 1, right - column + 1))


def _is_rectangle(boxes: list[tuple[int, int]]) -> bool:
    rows, columns = {b[0] for b in boxes}, {b[1] for b in boxes}
    high, wide = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    return len(boxes) == high * wide == len(rows) * len(columns)
