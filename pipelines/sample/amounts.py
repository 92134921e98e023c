"""Puts amounts, zeros and dashes into the cells of a sheet, as the exporter's style has them."""

from __future__ import annotations

from pipelines.sample.paper import COUNT, NUMBER, RIGHT, WAN, Paper
from pipelines.sample.style import Style, written


def put_amount(
    paper: Paper,
    key: tuple[str, str, str, str],
    row: int,
    column: int,
    amount: int | None,
    style: Style,
    *,
    count: bool = False,
    empty: str = "",
    decimals: int | None = None,
) -> None:
    """Writes one amount (分, count × 100).

    ``None`` or 0 leaves what ``empty`` says: nothing, a 0 or a dash.
    """
    if amount is None or (amount == 0 and empty != "0"):
        if empty == "dash":
            put_dash(paper, key, row, column, style)
        return
    value = written(amount, style, count=count, decimals=decimals)
    look = (
        RIGHT
        if isinstance(value, str)
        else COUNT
        if count
        else WAN
        if style.unit == "万元" and decimals is None
        else NUMBER
    )
    paper.put(row, column, value, look)
    paper.fact(key, row, column, amount)


def put_dash(
    paper: Paper, key: tuple[str, str, str, str], row: int, column: int, style: Style
) -> None:
    paper.put(row, column, style.dash, RIGHT)
    paper.fact(key, row, column, None)
