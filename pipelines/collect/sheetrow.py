"""What an extraction says of each of its sheets, held small: all sheets of a run are in memory at
once, eighteen a unit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipelines.extract.streams import SHEETS

AT = {name: number for number, name in enumerate(SHEETS.names)}


class SheetRow(Mapping[str, Any]):
    """A row of the stream ``sheets`` as a mapping: a fifth of the memory of a dict."""

    __slots__ = ("told",)

    def __init__(self, told: tuple[Any, ...]) -> None:
        self.told = told

    def __getitem__(self, name: str) -> Any:
        return self.told[AT[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(AT)

    def __len__(self) -> int:
        return len(AT)


def sheet_rows(sheets: pa.Table) -> list[SheetRow]:
    """The rows of a stream ``sheets``; texts that many files have are held once."""
    columns = [_shared(sheets[name].to_pylist()) for name in AT]
    return [SheetRow(row) for row in zip(*columns, strict=True)]


def _shared(values: list[Any]) -> list[Any]:
    return [sys.intern(v) if isinstance(v, str) else v for v in values]
