"""Every number of a sheet goes somewhere: a fact, a structural number (行次, 栏次, 编码, header,
notes), or the list of those left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.extract.amounts import NUMBER_ENDS, is_number, raw_text, text_is_number
from pipelines.extract.grid import Grid
from pipelines.extract.reading import Amount, Fault, Known, TableReading
from pipelines.extract.text import address, visible
from schemas.library import Form
from schemas.structural import say


@dataclass(slots=True)
class Account:
    """Numbers seen = facts + structural + left out (cell, raw text, reason)."""

    numbers: int = 0
    facts: int = 0
    structural: int = 0
    left_out: list[tuple[str, str, str]] = field(default_factory=list)


def account(grid: Grid, table: TableReading) -> Account:
    """Count the numbers of the grid anew and say where each went."""
    result = Account()
    taken: dict[int, list[Amount]] = {}
    for line, cells in table.items:
        taken.setdefault(line.row, []).extend(cells)
    for r, row in enumerate(grid.rows):
        amounts = taken.get(r, [])
        known = table.known.get(r)
        # A later step may have taken amounts off a row, whose numbers are then looked for.
        if known and known.amounts == len(amounts):
            _count_known(result, known, amounts)
        else:
            _count(grid, table, result, r, row, amounts)
    return result


def _count_known(result: Account, known: Known, amounts: Sequence[Amount]) -> None:
    """The numbers of a row all of whose cells are understood; its amounts are numbers of a
    spreadsheet and dashes.
    """
    facts = sum(value.__class__ is float for _, value, _ in amounts)
    result.facts += facts
    result.structural += known.numbers
    result.numbers += facts + known.numbers


def _count(
    grid: Grid,
    table: TableReading,
    result: Account,
    r: int,
    row: list[tuple[int, object]],
    amounts: Sequence[Amount],
) -> None:
    """The numbers of any other row."""
    numbers = numbers_in(row)
    result.numbers += len(numbers)
    if r in table.structural_rows:
        result.structural += len(numbers)
        return
    taken = {column for column, _, _ in amounts}
    rest = [c for c in numbers if c not in taken]
    result.facts += len(numbers) - len(rest)
    for c in rest:
        _place(grid, table, result, r, c)


def numbers_in(row: Iterable[tuple[int, object]]) -> list[int]:
    """The columns of a row that hold numbers; a text that does not end as one is none."""
    return [
        c
        for c, v in row
        if v.__class__ is float
        or (v[-1] in NUMBER_ENDS and text_is_number(v) if v.__class__ is str else is_number(v))  # type: ignore[index, arg-type]
    ]


def _place(grid: Grid, table: TableReading, result: Account, r: int, c: int) -> None:
    if c in table.structural_columns:
        result.structural += 1
        return
    reason = table.reasons.get((r, c)) or _why(table, c)
    result.left_out.append((address(r, c), raw_text(grid.value(r, c)), reason))


def _why(table: TableReading, column: int) -> str:
    known = {c.column for c in table.columns}
    return "不在已识别的项目行中" if column in known else "不在已识别的金额栏下"


def left_out_fault(form: Form, left_out: list[tuple[str, str, str]]) -> list[Fault]:
    """One fault for the sheet's numbers left out, other than noughts and those that repeat an
    item.
    """
    telling = [
        x for x in left_out if not x[2].startswith(("同一项目", "不属于")) and x[1].strip("-0.")
    ]
    if not telling:
        return []
    cell, raw, reason = telling[0]
    more = f"等 {len(telling)} 处" if len(telling) > 1 else ""
    message = say(
        "S-LEFTOUT",
        form=form.number or form.title,
        cell=cell,
        raw=visible(raw)[:40],
        more=more,
        reason=reason,
    )
    return [Fault("S-LEFTOUT", form.form, message, tuple(x[0] for x in telling[:50]), "review")]


def repeated_line_numbers(form: Form, table: TableReading) -> list[Fault]:
    """行次 that repeat within a panel."""
    seen: dict[tuple[str, int], str] = {}
    found = []
    for line in table.lines:
        if line.number is None or line.column is None:
            continue
        here = address(line.row, line.column if line.number_column is None else line.number_column)
        first = seen.setdefault((line.panel, line.number), here)
        if first != here:
            name = form.number or form.title
            message = say("S-LINE", form=name, line=line.number, first=first, second=here)
            found.append(
                Fault("S-LINE", f"{form.form}[行次{line.number}]", message, (first, here), "hint")
            )
    return found
