"""Of the rules alone: half the units are half of them, however many the published set holds."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench.rules import COPIED, rates
from tests.reconcile.worlds import Case, only

FACTS = {
    ("Z03", "", "合计", "本年收入合计"): 500,
    ("Z01", "收入", "本年收入合计", "决算数"): 500,
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Two departments with a unit below each, as tables of a database."""
    case = Case()
    for department in ("1", "2"):
        for code, parent in ((department, None), (f"{department}01", department)):
            case.unit(code, f"{code}局", parent=parent, missing="")
            case.add(FACTS, code=code, name=f"{code}局")
    path = tmp_path / "published.duckdb"
    con = case.load()
    con.execute("CREATE TABLE prior_facts AS SELECT * FROM facts WHERE false")
    con.execute(f"ATTACH '{path}' AS kept")
    for table in (*COPIED, "layouts"):
        con.execute(f"CREATE TABLE kept.{table} AS SELECT * FROM {table}")
    con.close()
    return path


@pytest.mark.parametrize(("units", "half"), [(4, 2), (8, 4), (2, 2)])
def test_half_the_units_are_half_of_them(
    published: Path, tmp_path: Path, units: int, half: int
) -> None:
    """Whole departments: half of one of two units is that one."""
    found = rates(published, tmp_path, units, 1, only("X-01"))
    assert (found.engine.units, found.half.units) == (units, half)
    assert found.engine.facts == units * len(FACTS)


def test_departments_stay_whole(published: Path, tmp_path: Path) -> None:
    rates(published, tmp_path, 4, 1, only("X-01"))
    with duckdb.connect(str(tmp_path / "half.duckdb")) as con:
        parents = "SELECT unit_code FROM units WHERE parent_code IS NOT NULL"
        assert con.execute(parents).fetchall() == [("0-101",)]
