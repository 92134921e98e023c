"""A submitted workbook as cells with their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.intake.numberformats import Shown


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a table without lines, as they stand on the page.

    ``units``: each word or part of one as (text, left, top, right, bottom) in points, top down;
    ``rows``: how many rows of the table they are; ``spans``: from where to where the rows below
    stand in each column.
    """

    units: tuple[tuple[str, float, float, float, float], ...]
    rows: int
    spans: tuple[tuple[float, float], ...]


@dataclass(slots=True)
class Sheet:
    """One worksheet, or one table of a document. ``cells[r][c]`` counts from A1 = (0, 0); "" where
    empty.

    ``further``: (row from 0, part) where a table goes on in another part, as on the next page.

    ``above``: lines that stand above a document's table, outside its cells; ``part``: where in its
    file it stands (``#p12`` on page 12, ``#t3`` the third table), empty for a worksheet.
    ``shown``: the numbers that their format shows smaller than they are stored. ``cut``: the page
    does not show all of its columns; ``unlined``: no lines part its columns, which are told by what
    stands under each other; ``torn``: rows of it may stand elsewhere;
    ``heads``: those of an unlined one.
    """

    name: str
    number: int
    visibility: str
    cells: list[list[object]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    special: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    part: str = ""
    shown: dict[tuple[int, int], Shown] = field(default_factory=dict)
    further: tuple[tuple[int, str], ...] = ()
    cut: bool = False
    unlined: bool = False
    torn: bool = False
    heads: Heads | None = None


@dataclass(slots=True)
class Workbook:
    """The worksheets in the workbook's order; ``notes``: macro, external_links; ``sha256`` of the
    bytes that were read.
    """

    sheets: list[Sheet]
    notes: tuple[str, ...] = ()
    sha256: str = ""
