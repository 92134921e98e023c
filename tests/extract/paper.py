"""Sheets on paper: a form laid out from its description, cleanly or messily, with the place of
every amount.

Independent of the sample generator: it knows titles, header paths and rows, nothing else.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from pipelines.intake.workbook import Sheet
from schemas.library import Column, Form, Row, code_list, forms

Key = tuple[str, str, str]
ROWS = ("合计", "201", "20103", "2010301", "2010302", "208", "20805", "2080505")


@dataclass
class Paper:
    """Cells by (row, column), merged ranges, and where each key's amount stands."""

    form: Form
    cells: dict[tuple[int, int], object] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    codes: list[tuple[int, int, str]] = field(default_factory=list)
    first: int = 0
    bottom: int = 0

    def put(self, row: int, column: int, value: object) -> None:
        self.cells[(row, column)] = value
        self.bottom = max(self.bottom, row)

    def sheet(self, name: str | None = None) -> Sheet:
        height = max(r for r, _ in self.cells) + 1
        width = max(c for _, c in self.cells) + 1
        grid: list[list[object]] = [[""] * width for _ in range(height)]
        for (r, c), value in self.cells.items():
            grid[r][c] = value
        title = f"{self.form.form} {self.form.title}({self.form.number})"[:31]
        return Sheet(name or title, 1, "visible", grid, list(self.merged), {})

    def shift(self, rows: int, columns: int) -> None:
        self.cells = {(r + rows, c + columns): v for (r, c), v in self.cells.items()}
        self.merged = [(a + rows, b + columns, c + rows, d + columns) for a, b, c, d in self.merged]
        self.places = {k: (r + rows, c + columns) for k, (r, c) in self.places.items()}
        self.codes = [(r + rows, c + columns, code) for r, c, code in self.codes]
        self.first, self.bottom = self.first + rows, self.bottom + rows


def caption_rows(paper: Paper, unit: str, year: int) -> None:
    form = paper.form
    paper.put(0, 0, form.title)
    paper.put(1, 6, form.number)
    paper.put(2, 0, f"编制单位：{unit}")
    paper.put(2, 4, f"{year}年度")
    paper.put(2, 6, f"金额单位：{form.unit}")


def paths(columns: tuple[Column, ...]) -> list[list[str]]:
    if columns and columns[1:] and columns[1].key.isdigit():
        return [_economic_path(c) for c in columns]
    return [(c.label or c.key).split("/") for c in columns]


def _economic_path(column: Column) -> list[str]:
    if len(column.key) == 5:
        return [code_list("economic").items[column.key[:3]].name, column.label]
    return [column.label, "小计"] if column.key.isdigit() else ["合计"]


def header(
    paper: Paper, top: int, left: int, columns: tuple[Column, ...], merge: bool = True
) -> int:
    """Header rows of the columns from ``left``; gives the row below them."""
    words = paths(columns)
    depth = max(len(w) for w in words)
    for i, path in enumerate(words):
        for level, word in enumerate(path):
            before = words[i - 1] if i else []
            if level == len(path) - 1 or before[: level + 1] != path[: level + 1]:
                paper.put(top + level, left + i, word)
        if merge and len(path) < depth:
            paper.merged.append((top + len(path) - 1, left + i, top + depth - 1, left + i))
    if merge:
        _merge_groups(paper, top, left, words, depth)
    return top + depth


def _merge_groups(paper: Paper, top: int, left: int, words: list[list[str]], depth: int) -> None:
    for level in range(depth - 1):
        start = 0
        for i in range(1, len(words) + 1):
            same = (
                i < len(words)
                and len(words[i]) > level + 1
                and words[i][: level + 1] == words[start][: level + 1]
            )
            if not same:
                if i - start > 1:
                    paper.merged.append((top + level, left + start, top + level, left + i - 1))
                start = i


def list_paper(
    of: str | Form,
    unit: str = "甲局",
    year: int = 2023,
    rows=ROWS,
    merge: bool = True,
    seed: int = 1,
) -> Paper:
    """A list table with an amount in two thirds of its cells."""
    form = forms()[of] if isinstance(of, str) else of
    paper, rng = Paper(form), random.Random(seed)
    caption_rows(paper, unit, year)
    below = header(paper, 3, 4, form.columns, merge)
    paper.put(3, 0, "支出功能分类科目编码")
    paper.put(3, 3, "科目名称")
    if merge:
        paper.merged += [(3, 0, below - 1, 2), (3, 3, below - 1, 3)]
    for c, word in enumerate(("类", "款", "项", "栏次")):
        paper.put(below, c, word)
    for i in range(len(form.columns)):
        paper.put(below, 4 + i, float(i + 1))
    paper.first = below + 1
    names = code_list(form.codes or "functional").items
    for r, key in enumerate(rows, paper.first):
        paper.put(r, 0, key)
        if key != "合计":
            paper.put(r, 3, names[key].name)
            paper.codes.append((r, 0, key))
        for i, column in enumerate(form.columns):
            if rng.random() < 0.66:
                paper.put(r, 4 + i, rng.randrange(1, 10**9) / 100)
                paper.places[("", key, column.key)] = (r, 4 + i)
    return paper


def panel_paper(
    form_id: str, unit: str = "甲局", year: int = 2023, seed: int = 1, numbering: bool = True
) -> Paper:
    """A table of panels side by side; a tail block that two panels share is laid under the middle
    one's labels.
    """
    form = forms()[form_id]
    paper, rng = Paper(form), random.Random(seed)
    caption_rows(paper, unit, year)
    paper.put(3, 0, "收入")
    panels = [[form.block(b) for b in ids] for ids in form.panels]
    depth = max(len(p) for blocks in panels for p in paths(blocks[0].columns))
    starts, line = _panel_heads(paper, panels, depth), 0
    paper.put(4 + depth, 0, "栏次")
    paper.first = 5 + depth
    heights = []
    shared = set(form.panels[1]) & set(form.panels[-1]) if len(form.panels) > 2 else set()
    for index, (blocks, start) in enumerate(zip(panels, starts, strict=True)):
        rows = [
            (b, r)
            for b in blocks
            if b.id not in shared
            for r in b.rows
            if r.until >= year >= r.since
        ]
        heights.append(len(rows))
        for i, (block, row) in enumerate(rows):
            line += 1
            _panel_row(
                paper,
                paper.first + i,
                start,
                block.name,
                row,
                block.columns,
                line,
                rng,
                numbering,
                index,
            )
    tail = [(form.block(b), r) for b in form.panels[-1] if b in shared for r in form.block(b).rows]
    for i, (block, row) in enumerate(tail):
        at = paper.first + max(heights) + i
        paper.put(at, starts[1], row.label or row.key)
        _panel_amounts(paper, at, starts[-1], block.name, row, block.columns, rng)
    return paper


def _panel_heads(paper: Paper, panels: list, depth: int) -> list[int]:
    """The header of each panel; gives the column in which each begins."""
    left, starts = 0, []
    for blocks in panels:
        paper.put(4, left, "项目")
        paper.put(4, left + 1, "行次")
        merged = [(4, left, 3 + depth, left), (4, left + 1, 3 + depth, left + 1)]
        paper.merged += merged if depth > 1 else []
        header(paper, 4, left + 2, blocks[0].columns)
        starts.append(left)
        left += 2 + len(blocks[0].columns)
    return starts


def _panel_row(paper, at, start, block, row: Row, columns, line, rng, numbering, index) -> None:
    label = row.label or row.key
    paper.put(at, start, f"{'一二三四五六七八九'[index]}、{label}" if numbering else label)
    paper.put(at, start + 1, float(line))
    _panel_amounts(paper, at, start, block, row, columns, rng)


def _panel_amounts(paper, at, start, block, row: Row, columns, rng) -> None:
    for i, column in enumerate(columns):
        if rng.random() < 0.66 and not row.blocked:
            value = float(rng.randrange(0, 90)) if row.count else rng.randrange(0, 10**8) / 100
            paper.put(at, start + 2 + i, value)
            paper.places[(block, row.key, column.key)] = (at, start + 2 + i)
