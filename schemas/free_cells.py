"""Cells that the domain leaves free of every other table, with reasons (``free_cells.yml``)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from schemas.yamlfile import read_yaml

SOURCE = Path(__file__).with_suffix(".yml")
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class FreeCells:
    """Cells of some forms by patterns of rows and columns; ``blocks`` empty for all."""

    forms: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    reason: str
    blocks: tuple[str, ...] = ()

    def __contains__(self, key: Key) -> bool:
        form, block, row, column = key
        return (
            form in self.forms
            and (not self.blocks or block in self.blocks)
            and any(fnmatchcase(row, p) for p in self.rows)
            and any(fnmatchcase(column, p) for p in self.columns)
        )


@cache
def free_cells() -> tuple[FreeCells, ...]:
    """Every entry of ``free_cells.yml``, in its order."""
    entries = read_yaml(SOURCE)
    lists = ("forms", "rows", "columns", "blocks")
    return tuple(
        FreeCells(reason=e["reason"], **{n: tuple(e.get(n, ())) for n in lists}) for e in entries
    )


def why_free(key: Key) -> str:
    """Why no other table holds a cell; empty where no reason is given."""
    return next((free.reason for free in free_cells() if key in free), "")
