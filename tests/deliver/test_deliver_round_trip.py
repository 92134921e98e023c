"""A unit workbook that was written, sent in beside its own source: read as published tables, and
nothing is found.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import duckdb
import openpyxl
import pytest

import pipelines.deliver.deliver as reports
from pipelines.config import Config
from pipelines.run.result import RunResult
from pipelines.run.steps import run_direct
from pipelines.sample.writing import write_samples
from tests.run import fakes

pytestmark = pytest.mark.long


def run(home: Path) -> RunResult:
    config = Config(
        raw=home / "raw", processed=home / "processed", reports=home / "reports", workers=2
    )
    return run_direct(config)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four units of two levels, in the layouts of different exporters, some in 万元;
    written once.
    """
    folder = tmp_path_factory.mktemp("round")
    write_samples(folder / "raw", 4, 1, messy=0.8, seed=5, workers=1)
    result = run(folder)
    assert result.published and not any(result.findings.values())
    assert Path(result.outputs["marked"]).is_dir()  # also where nothing was found
    shutil.copytree(folder / "reports" / "current" / "units", folder / "units")
    return folder


def test_written_tables_sent_in_beside_their_source_give_no_finding(home):
    shutil.copytree(home / "units", home / "raw" / "公开表")
    with mock.patch.object(reports, "deliver", fakes.deliver):  # what is written of it is no matter
        result = run(home)
    assert not any(result.findings.values()), result
    with duckdb.connect(
        str(home / "processed" / "current" / "caijue.duckdb"), read_only=True
    ) as con:
        forms = con.execute(
            "SELECT count(DISTINCT form), count(DISTINCT unit_name) FROM facts WHERE form LIKE 'G%'"
        ).fetchone()
        checked = con.execute(
            "SELECT count(*) FROM check_results WHERE rule_id LIKE 'P-%' AND outcome = 'pass'"
        ).fetchone()
    assert forms is not None and forms[0] >= 10 and forms[1] == 4
    assert checked is not None and checked[0] >= 4


def test_the_original_amounts_in_the_workbook_are_those_of_the_database(home):
    """Every 原值 of the income and expenditure tables by 项, read back with openpyxl."""
    with duckdb.connect(
        str(home / "processed" / "current" / "caijue.duckdb"), read_only=True
    ) as con:
        found = con.execute(
            """SELECT coalesce(unit_code, unit_name), year, row_key, col_key,
                    CAST(amount * 100 AS BIGINT)
               FROM facts WHERE form = 'Z04' AND state = 'number' AND amount <> 0"""
        ).fetchall()
    assert len(found) > 50
    by_file: dict[str, dict[tuple[str, str], int]] = {}
    for unit, year, row, column, fen in found:
        by_file.setdefault(f"{unit}_{year}.xlsx", {})[row, column] = fen
    for name, amounts in by_file.items():
        book = openpyxl.load_workbook(home / "units" / name, read_only=True)
        lines = book["原值"].iter_rows(min_row=2, values_only=True)
        shown = {
            (line[2], line[3]): round(line[4] * 100) for line in lines if line[0] == "公开03表"
        }
        assert shown == amounts, name
