"""Columns of one table in units of their own: 万元 beside 元, people beside money."""

from __future__ import annotations

import pytest

from tests.extract.paper import list_paper
from tests.extract.test_as_they_come import wan
from tests.extract.test_sheets import expected, got, read

YUAN, WAN = 100, 1_000_000


@pytest.mark.parametrize("banner", ["金额单位：万元", ""])
def test_a_column_in_another_unit_than_the_rest(banner: str) -> None:
    paper = wan(list_paper("G03"))
    paper.put(2, 6, banner)
    columns = {c: str(v) for (r, c), v in paper.cells.items() if r == 3 and c >= 4}
    for column, head in columns.items():
        paper.cells[(3, column)] = f"{head}（元）" if column % 2 else f"{head}（万元）"
    reading = read(paper)
    factors = {key: YUAN if c % 2 else WAN for key, (_, c) in paper.places.items()}
    wanted = {
        key: round(float(paper.cells[at]) * factors[key])  # type: ignore[arg-type]
        for key, at in paper.places.items()
    }
    assert {key: fen for key, (fen, _) in got(reading).items()} == wanted
    assert not reading.faults and not reading.assumed and reading.decimals == -2


def test_a_column_of_people_is_not_scaled() -> None:
    paper = wan(list_paper("G03"))
    paper.put(2, 6, "单位：万元")
    paper.cells[(3, 9)] = f"{paper.cells[(3, 9)]}（人）"
    people = {key for key, (_, c) in paper.places.items() if c == 9}
    wanted = expected(paper)
    found = got(read(paper))
    assert people and all(found[key][0] * 10_000 == wanted[key][0] for key in people)
    assert all(found[key] == wanted[key] for key in wanted.keys() - people)
