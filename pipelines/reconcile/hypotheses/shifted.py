"""Figures that stand one column or one row beside their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.trial import trial
from pipelines.reconcile.hypotheses.wishes import Wishes
from pipelines.reconcile.hypotheses.words import table_words

LEAST = 3  # figures that moved; fewer are slips of their own
# Figures that move leave their first place empty, or standing as it was. What stands there
# otherwise came from nowhere: where that is most of what would change, one row is wrong and none
# moved, as the rows of a 类, its only 款 and its only 项 are alike.
MOST_FROM_NOWHERE = 0.5
MOST_STARTS = 40  # places tried from where on a column moved


class Lines:
    """A sheet as lines along which figures moved: its rows, or (``turned``) its columns."""

    def __init__(self, sheet: Sheet, turned: bool) -> None:
        self.sheet, self.turned = sheet, turned
        self.key = sheet.key.T if turned else sheet.key
        self.amt = sheet.amt.T if turned else sheet.amt
        self.filled = sheet.filled.T if turned else sheet.filled

    @property
    def width(self) -> int:
        return self.key.shape[1]

    def address(self, line: int, place: int) -> str:
        return self.sheet.address(place, line) if self.turned else self.sheet.address(line, place)


@dataclass(frozen=True, eq=False)
class Move:
    """The figures of a group of lines moved back by ``step``, in each from ``start`` to its end."""

    lines: Lines
    group: np.ndarray
    step: int
    start: int

    @cached_property
    def span(self) -> np.ndarray:
        """The places that figures are moved among."""
        if self.step > 0:
            return np.arange(self.start, self.lines.width)
        return np.arange(self.start + 1)

    @cached_property
    def _sources(self) -> tuple[np.ndarray, np.ndarray]:
        """For each place where its figure comes from, and whether that is among them."""
        source = self.span + self.step
        inside = (source >= self.span[0]) & (source <= self.span[-1])
        return np.where(inside, source, self.span), inside

    @cached_property
    def moved(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Line, place and source of each cell that changes, line by line."""
        source, inside = self._sources
        lines, at = self.lines, self.group[:, None]
        filled = lines.filled[at, self.span] | lines.filled[at, source]
        key = lines.key[at, self.span]
        elsewhere = key != lines.key[at, source]  # of a row that stands twice nothing moved
        rows, columns = np.nonzero((key != 0) & filled & inside & elsewhere)
        return self.group[rows], self.span[columns], source[columns]

    @property
    def enough(self) -> bool:
        return len(self.moved[0]) >= LEAST and self._from_elsewhere

    @cached_property
    def _from_elsewhere(self) -> bool:
        """Whether most of the figures that would change are another place's."""
        line, place, source = self.moved
        now, then = self.lines.amt[line, place], self.lines.amt[line, source]
        differ = now != then
        nowhere = differ & (now != 0) & (place == self.start)
        return bool(nowhere.sum() <= MOST_FROM_NOWHERE * differ.sum())

    @cached_property
    def lost(self) -> np.ndarray:
        """Keys of the places whose figure was pushed out of the table."""
        keys = self.lines.key[self.group[:, None], self.span[~self._sources[1]]]
        return keys[keys != 0]

    def changes(self, uy: int) -> Changes:
        """What the cells hold when their figures stand where they belong."""
        line, place, source = self.moved
        lines = self.lines
        return Changes.of(
            uy, lines.key[line, place], lines.amt[line, source], ~lines.filled[line, source]
        )

    def spots(self) -> tuple[Spot, ...]:
        """Where to look: what stands in each of the cells, and what belongs there."""
        lines, sheet = self.lines, self.lines.sheet
        found = []
        for line, place, source in zip(*(part.tolist() for part in self.moved), strict=True):
            now = int(lines.amt[line, place]) if lines.filled[line, place] else None
            right = int(lines.amt[line, source])
            found.append(Spot(sheet.file, sheet.sheet, lines.address(line, place), now, right))
        return tuple(found)

    def shorter(self) -> list[Move]:
        """The same without the first line, and without the last."""
        return [replace(self, group=self.group[1:]), replace(self, group=self.group[:-1])]


def shifted(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    found = []
    for lines in both_ways(sheets):
        for step in (1, -1):
            wanted = _wanted(lines, step, wishes)
            if wanted.sum() >= 2:
                found += _moves(family, uy, lines, step, wanted)
    return [_candidate(uy, move) for move in found]


def both_ways(sheets: Iterable[Sheet]) -> Iterator[Lines]:
    """The rows of each sheet, then its columns."""
    for sheet in sheets:
        for turned in (False, True):
            yield Lines(sheet, turned)


def _wanted(lines: Lines, step: int, wishes: Wishes) -> np.ndarray:
    """Cells that are wished to hold the figure that stands ``step`` places on in their line."""
    wanted = np.zeros(lines.key.shape, bool)
    for (line, place), wished in wishes.places(lines.key):
        if 0 <= place + step < lines.width:
            amount = int(lines.amt[line, place + step])
            wanted[line, place] = amount != lines.amt[line, place] and amount in wished
    return wanted


def _moves(family: Family, uy: int, lines: Lines, step: int, wanted: np.ndarray) -> list[Move]:
    """All lines together, those that wish it, and the run of neighbours that it explains best;
    each from its beginning or from a gap on.
    """
    wishing = np.flatnonzero(wanted.any(1))
    filled = np.flatnonzero(lines.filled.any(1))
    hull = filled[(filled >= wishing[0]) & (filled <= wishing[-1])]
    groups = {tuple(g): None for g in (filled, hull, wishing)}
    if lines.turned:
        groups |= {(int(line),): None for line in wishing}
    found = []
    for group in groups:
        at = np.array(group, np.int64)
        starts = _starts(lines, at, step, wanted)
        found += [move for s in starts if (move := Move(lines, at, step, s)).enough]
    edge = 0 if step > 0 else lines.width - 1
    whole = Move(lines, hull, step, edge)
    return [*found, _trimmed(family, uy, whole)] if whole.enough else found


def _trimmed(family: Family, uy: int, move: Move) -> Move:
    """The run without the lines at its ends that stand right: as long as leaving one out helps."""
    net = _net(family, uy, move)
    while len(move.group) > 1:
        tried = [shorter for shorter in move.shorter() if shorter.enough]
        nets = [_net(family, uy, shorter) for shorter in tried]
        if max(nets, default=net) <= net:
            break
        net = max(nets)
        move = tried[nets.index(net)]
    return move


def _net(family: Family, uy: int, move: Move) -> int:
    """Instances it explains less those it breaks."""
    return trial(family, uy, move.changes(uy), move.lost).net


def _starts(lines: Lines, group: np.ndarray, step: int, wanted: np.ndarray) -> list[int]:
    """From which place on figures moved: the beginning, or places that a wish begins at."""
    places = np.flatnonzero(wanted[group].any(0))
    first = places[:1] if step > 0 else places[-1:]
    near = [int(p) + d for p in first for d in (-1, 0, 1)]
    edge = 0 if step > 0 else lines.width - 1
    return sorted({edge, *[p for p in near if 0 <= p < lines.width]})[:MOST_STARTS]


def _candidate(uy: int, move: Move) -> Candidate:
    sheet = move.lines.sheet
    message = _message(move.lines, move.group, move.step, move.span)
    subject = message.split("：")[0].removeprefix("移回")
    return Candidate(
        "S-SHIFTED",
        uy,
        f"{sheet.form}[{subject}]",
        message,
        move.changes(uy),
        move.lost,
        move.spots(),
        True,
    )


def _message(lines: Lines, group: np.ndarray, step: int, span: np.ndarray) -> str:
    sheet, table = lines.sheet, table_words([lines.sheet.form])
    if lines.turned:
        names = [sheet.letters[c] for c in group]
        what = f"{'、'.join(names) if len(names) <= 4 else f'{names[0]}–{names[-1]}'} 栏"
        first, last = f"第 {sheet.rows[span[0]]} 行", f"第 {sheet.rows[span[-1]]} 行"
        aside = f"自{first}起下错一行" if step > 0 else f"{last}以上上错一行"
    else:
        numbers = [sheet.rows[r] for r in group]
        what = f"第 {numbers[0]} 行" if len(numbers) == 1 else f"第 {numbers[0]}–{numbers[-1]} 行"
        first, last = f" {sheet.letters[span[0]]} 栏", f" {sheet.letters[span[-1]]} 栏"
        aside = f"自{first}起右错一栏" if step > 0 else f"至{last}止左错一栏"
    return f"移回{table}{what}：各数{aside}，移回后 {{explained}} 个问题消除"
