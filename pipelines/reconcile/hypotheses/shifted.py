"""Figures that stand one column or one row beside their place."""

from __future__ import annotations

import numpy as np

from pipelines.reconcile.hypotheses.candidate import Candidate, Spot
from pipelines.reconcile.hypotheses.changes import Changes
from pipelines.reconcile.hypotheses.family import Family
from pipelines.reconcile.hypotheses.grid import Sheet
from pipelines.reconcile.hypotheses.words import table_words

LEAST = 3  # figures that moved; fewer are slips of their own
MOST_STARTS = 40  # places tried from where on a column moved


class Lines:
    """A sheet as lines along which figures moved: its rows, or (``turned``) its columns."""

    def __init__(self, sheet: Sheet, turned: bool) -> None:
        self.sheet, self.turned = sheet, turned
        self.key = sheet.key.T if turned else sheet.key
        self.amt = sheet.amt.T if turned else sheet.amt
        self.filled = sheet.filled.T if turned else sheet.filled

    def address(self, line: int, place: int) -> str:
        return self.sheet.address(place, line) if self.turned else self.sheet.address(line, place)


def shifted(family: Family, uy: int, sheets: list[Sheet]) -> list[Candidate]:
    wishes = family.wishes(uy)
    found = []
    for sheet in sheets:
        for turned in (False, True):
            lines = Lines(sheet, turned)
            for step in (1, -1):
                wanted = _wanted(lines, step, wishes)
                if wanted.sum() >= 2:
                    found += _of_lines(family, uy, lines, step, wanted)
    return found


def _wanted(lines: Lines, step: int, wishes: dict[int, set[int]]) -> np.ndarray:
    """Cells that are wished to hold the figure that stands ``step`` places on in their line."""
    wanted = np.zeros(lines.key.shape, bool)
    width = lines.key.shape[1]
    for line in range(len(lines.key)):
        for place in range(max(0, -step), min(width, width - step)):
            amount = int(lines.amt[line, place + step])
            if amount != lines.amt[line, place]:
                wanted[line, place] = amount in wishes.get(int(lines.key[line, place]), ())
    return wanted


def _of_lines(
    family: Family, uy: int, lines: Lines, step: int, wanted: np.ndarray
) -> list[Candidate]:
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
        for start in _starts(lines, group, step, wanted):
            candidate = _candidate(uy, lines, np.array(group), step, start)
            if candidate:
                found.append(candidate)
    edge = 0 if step > 0 else lines.key.shape[1] - 1
    found += _trimmed(family, uy, lines, hull, step, edge)
    return found


def _trimmed(
    family: Family, uy: int, lines: Lines, group: np.ndarray, step: int, start: int
) -> list[Candidate]:
    """The run without the lines at its ends that stand right: as long as leaving one out helps."""
    best = _candidate(uy, lines, group, step, start)
    while best and len(group) > 1:
        net = _net(family, best)
        tried = []
        for shorter in (group[1:], group[:-1]):
            candidate = _candidate(uy, lines, shorter, step, start)
            if candidate:
                tried.append((candidate, shorter))
        better = max(tried, key=lambda t: _net(family, t[0]), default=None)
        if better is None or _net(family, better[0]) <= net:
            break
        best, group = better
    return [best] if best else []


def _net(family: Family, candidate: Candidate) -> int:
    """Instances it explains less those it breaks."""
    here = np.full(len(candidate.unknown), candidate.uy)
    _, touched, _ = family.touched(here, candidate.unknown)
    effect = family.effect(candidate.changes, touched)
    explained = np.union1d(effect.mended, family.failing_with(here, candidate.unknown))
    return len(explained) - effect.broken


def _starts(lines: Lines, group: tuple[int, ...], step: int, wanted: np.ndarray) -> list[int]:
    """From which place on figures moved: the beginning, or places that a wish begins at."""
    chosen = wanted[list(group)].any(0)
    places = np.flatnonzero(chosen)
    first = [int(places[0])] if step > 0 else [int(places[-1])]
    near = [p + d for p in first for d in (-1, 0, 1)]
    edge = 0 if step > 0 else lines.key.shape[1] - 1
    return sorted({edge, *[p for p in near if 0 <= p < lines.key.shape[1]]})[:MOST_STARTS]


def _candidate(uy: int, lines: Lines, group: np.ndarray, step: int, start: int) -> Candidate | None:
    """Move the figures back by ``step``, in each line of the group from ``start`` to its end."""
    width = lines.key.shape[1]
    span = np.arange(start, width) if step > 0 else np.arange(0, start + 1)
    keys, amounts, blanks, spots, lost = [], [], [], [], []
    for line in group:
        for place in span:
            key, source = lines.key[line, place], place + step
            if not key:
                continue
            if source < span[0] or source > span[-1]:
                lost.append(key)  # what stood there was pushed out of the table
                continue
            if not lines.filled[line, place] and not lines.filled[line, source]:
                continue
            keys.append(key)
            amounts.append(lines.amt[line, source])
            blanks.append(not lines.filled[line, source])
            now = int(lines.amt[line, place]) if lines.filled[line, place] else None
            spots.append(
                Spot(
                    lines.sheet.file,
                    lines.sheet.sheet,
                    lines.address(int(line), int(place)),
                    now,
                    int(lines.amt[line, source]),
                )
            )
    if len(keys) < LEAST:
        return None
    changes = Changes.of(
        uy, np.array(keys, np.uint64), np.array(amounts, np.int64), np.array(blanks, bool)
    )
    message = _message(lines, group, step, span)
    subject = message.split("：")[0].removeprefix("移回")
    return Candidate(
        "S-SHIFTED",
        uy,
        f"{lines.sheet.form}[{subject}]",
        message,
        changes,
        np.array(lost, np.uint64),
        tuple(spots),
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
