"""Small runs do without pandas; whatever asks for it still gets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_arrow_arrays_are_built_without_pandas() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
