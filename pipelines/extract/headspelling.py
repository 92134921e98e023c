"""Words put together from the parts that stand on a page, so that every part is used once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipelines.extract.text import squash

SAME_LINE = 0.3  # heights of print by which parts of one line may stand higher or lower
LEADING = 1.2  # heights of print between two lines of one head, at the most
MOST_STEPS = 20_000  # parts tried; a page of heads that no form has ends there at the latest

Unit = tuple[str, float, float, float, float]  # text, left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Head:
    """A head: its word and the box around it in points, ``v`` downwards; ``size`` of its print."""

    word: str
    u0: float
    v0: float
    u1: float
    v1: float
    size: float

    def beside(self, other: Head) -> bool:
        """Whether both stand at about the same height, though one have more lines."""
        shared = min(self.v1, other.v1) - max(self.v0, other.v0)
        return shared >= min(self.v1 - self.v0, other.v1 - other.v0) / 2

    @property
    def middle(self) -> float:
        return (self.u0 + self.u1) / 2


def spelled(units: Sequence[Unit], words: Collection[str]) -> Iterator[list[Head]]:
    """The ways to make words of all parts, each used once; none where some part is in no word."""
    ordered = sorted(((squash(u[0]), *u[1:]) for u in units), key=lambda u: (u[2], u[1]))
    return _Speller([u for u in ordered if u[0]], words).covers(frozenset())


class _Speller:
    """``units`` from the top down; the beginnings of ``words`` bound what is tried."""

    def __init__(self, units: Sequence[Unit], words: Collection[str]) -> None:
        self.units, self.words = units, frozenset(words)
        self.beginnings = {w[:n] for w in words for n in range(1, len(w) + 1)}
        self.steps = 0

    def covers(self, used: frozenset[int]) -> Iterator[list[Head]]:
        start = next((i for i in range(len(self.units)) if i not in used), None)
        if start is None:
            yield []
            return
        for parts in self._heads((start,), used):
            for rest in self.covers(used | frozenset(parts)):
                yield [self._head(parts), *rest]

    def _heads(self, parts: tuple[int, ...], used: frozenset[int]) -> Iterator[tuple[int, ...]]:
        """The words that begin with some parts: the longer ones first."""
        self.steps += 1
        said = "".join(self.units[i][0] for i in parts)
        if said not in self.beginnings or self.steps > MOST_STEPS:
            return
        for following in self._following(parts, used):
            yield from self._heads((*parts, following), used)
        if said in self.words:
            yield parts

    def _following(self, parts: tuple[int, ...], used: frozenset[int]) -> Iterator[int]:
        """What may go on behind some parts: the next of their last line, or a part of a line below
        that stands under them.
        """
        last = self.units[parts[-1]]
        free = [i for i in range(len(self.units)) if i not in used and i not in parts]
        line = [i for i in free if _are_of_one_line(self.units[i], last)]
        yield from self._under(parts, [i for i in free if i not in line])
        behind = [i for i in line if self.units[i][1] >= last[3] - 1]
        yield from sorted(behind, key=lambda i: self.units[i][1])[:1]

    def _under(self, parts: tuple[int, ...], others: Sequence[int]) -> Iterator[int]:
        """Those of other lines that begin right below the last part, under some of all parts."""
        _, _, top, _, bottom = self.units[parts[-1]]
        u0, u1 = (min(self.units[i][1] for i in parts), max(self.units[i][3] for i in parts))
        lowest = LEADING * (bottom - top)
        for i in others:
            _, start, high, end, _ = self.units[i]
            if high - top > 0 and high - bottom <= lowest and min(end, u1) > max(start, u0):
                yield i

    def _head(self, parts: tuple[int, ...]) -> Head:
        boxes = [self.units[i] for i in parts]
        return Head(
            "".join(b[0] for b in boxes),
            min(b[1] for b in boxes),
            min(b[2] for b in boxes),
            max(b[3] for b in boxes),
            max(b[4] for b in boxes),
            boxes[0][4] - boxes[0][2],
        )


def _are_of_one_line(unit: Unit, last: Unit) -> bool:
    return abs(unit[2] - last[2]) <= SAME_LINE * (last[4] - last[2])
