"""A unit workbook that was written, sent in beside its own source: read as published tables, and
nothing is found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]


def caijue(home: Path, *arguments: str) -> dict:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAIJUE_", "PREFECT_"))}
    folders = {
        "CAIJUE_RAW": str(home / "raw"),
        "CAIJUE_PROCESSED": str(home / "processed"),
        "CAIJUE_REPORTS": str(home / "reports"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments, "--json"],
        cwd=home,
        capture_output=True,
        text=True,
        env=kept | folders | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three units of two levels, in the layouts of different exporters, some in 万元;
    written once.
    """
    folder = tmp_path_factory.mktemp("round")
    caijue(
        folder,
        "sample",
        "--units",
        "4",
        "--years",
        "1",
        "--messy",
        "0.8",
        "--seed",
        "5",
        str(folder / "raw"),
    )
    result = caijue(folder, "run", "--direct")
    assert result["published"] and not any(result["findings"].values())
    assert Path(result["outputs"]["marked"]).is_dir()  # also where nothing was found
    return folder


def test_written_tables_sent_in_beside_their_source_give_no_finding(home):
    shutil.copytree(home / "reports" / "current" / "units", home / "raw" / "公开表")
    result = caijue(home, "run", "--direct")
    assert not any(result["findings"].values()), result
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
        book = openpyxl.load_workbook(home / "reports" / "current" / "units" / name, read_only=True)
        lines = book["原值"].iter_rows(min_row=2, values_only=True)
        shown = {
            (line[2], line[3]): round(line[4] * 100) for line in lines if line[0] == "公开03表"
        }
        assert shown == amounts, name
