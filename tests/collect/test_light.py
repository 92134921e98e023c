"""Small runs do without pandas; whatever asks for it still gets it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEMO

pytestmark = pytest.mark.long

# A workbook without errors: for one with some, more is loaded to advise and to mark.
[BOOK] = (DEMO / "2022").glob("500009001_*.xlsx")

SCRIPT = """
import sys
import pyarrow as pa
import schemas.frames
table = pa.table({"a": [1, None], "b": ["x", None]})
assert "pandas" not in sys.modules
import pandas as pd
frame = table.to_pandas(types_mapper=pd.ArrowDtype)
assert frame["a"].isna().tolist() == [False, True]
table = pa.Table.from_pandas(pd.DataFrame({"a": pd.array([1, pd.NA], "Int64")}))
assert table.to_pylist() == [{"a": 1}, {"a": None}]
"""

READER = """
import sys
import pyarrow as pa
import pipelines.reading.worker
assert pa.array([None, "x"]).null_count == 1
assert "pandas" not in sys.modules
"""
COMPUTE = """
import sys
from schemas.arrow import load_compute
load_compute()
assert "pyarrow.vendored.docscrape" not in sys.modules, "never asked for"
import pyarrow as pa, pyarrow.compute as pc
assert pc.is_in(pa.array([1, 2]), value_set=pa.array([2])).to_pylist() == [False, True]
assert pc.sum(pa.array([None, 1]), skip_nulls=False).as_py() is None
from pyarrow.vendored.docscrape import NumpyDocString  # whoever wants it has the real one
assert NumpyDocString("One line.")["Summary"] == ["One line."]
"""


FIRST = """
import sys
import schemas.ready, pipelines.extract.ready, pipelines.intake.xlsx
from pipelines.reading.worker import extract_file
before = set(sys.modules)
extract_file(sys.argv[1], "xlsx", sys.argv[2])
print(*(name for name in set(sys.modules) - before if not name.startswith("encodings.")))
"""


QUICK = """
import sys
from multiprocessing import forkserver
from pathlib import Path
from pipelines.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code in (0, 1), end.code
readers = Path(f"/proc/{forkserver._forkserver._forkserver_pid}/cmdline").read_bytes()
assert readers == Path("/proc/self/cmdline").read_bytes(), readers  # a fork, no other program
heavy = {
    "check": "pandas pandera pyarrow.parquet docx xlsxwriter pipelines.deliver.deliver "
    "pipelines.narrative pipelines.run.context pipelines.notify ",
    "run": "",
}[sys.argv[1]]
heavy += "prefect hypothesis psutil highspy openpyxl matplotlib lark rich urllib.request "
heavy += "pipelines.reconcile.hypotheses.family pipelines.reconcile.advice.sets"  # nothing fails
heavy = heavy.split()
if sys.argv[1] == "run":
    assert "pandera.pandas" in sys.modules, "nothing was validated"
print(*(name for name in heavy if name in sys.modules), file=sys.stderr)
"""


def loaded_by(*command: str, **environment: str) -> list[str]:
    """What a command loads of what it could do without, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", QUICK, *command, "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    *_, told = done.stderr.splitlines()
    return told.split()


def test_a_look_at_one_workbook_loads_only_what_it_uses(tmp_path) -> None:
    for expected in (["lark"], []):  # the rules are parsed once, then kept
        look = ("check", str(BOOK), "--alone")
        assert loaded_by(*look, XDG_CACHE_HOME=str(tmp_path)) == expected


def test_a_run_loads_neither_prefect_nor_what_only_tests_or_faults_need(tmp_path) -> None:
    (tmp_path / "raw").mkdir()
    shutil.copy(BOOK, tmp_path / "raw")
    folders = {
        f"CAIJUE_{name.upper()}": str(tmp_path / name) for name in ("raw", "processed", "reports")
    }
    kept = str(tmp_path / "kept")  # nothing is yet: the rules have to be parsed first
    assert loaded_by("run", "--direct", XDG_CACHE_HOME=kept, **folders) == ["lark"]


def test_arrow_arrays_are_built_without_pandas() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_a_reader_writes_its_columns_without_pandas() -> None:
    subprocess.run([sys.executable, "-c", READER], check=True, cwd=Path(__file__).parents[2])


def test_a_reader_has_all_that_its_first_workbook_asks_for(tmp_path) -> None:
    script = [sys.executable, "-c", FIRST, str(BOOK), str(tmp_path / "extraction")]
    done = subprocess.run(
        script, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr


def test_arrow_computes_without_its_help_texts() -> None:
    subprocess.run([sys.executable, "-c", COMPUTE], check=True, cwd=Path(__file__).parents[2])
