"""Whether there is anything about performance among the files: asked before the readers of it are
loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pipelines.intake.discover import RawFile

NAMES = ("performance.yml", "performance.yaml")  # what a person says, see ``inputs.py``
UNKNOWN_WORKBOOKS = """
    SELECT count(*) FROM files
    WHERE kind = 'workbook' AND status = 'ignored' AND sha256 IS NOT NULL"""


def may_hold_performance(con: duckdb.DuckDBPyConnection, files: Iterable[RawFile]) -> bool:
    """Whether any file can hold performance tables: a document, what a person says, a workbook
    without other tables. Needs the table ``files``.
    """
    for file in files:
        document = file.kind == "narrative" and file.status == "ready"
        if document or file.file.rsplit("/", 1)[-1] in NAMES:
            return True
    return bool(con.execute(UNKNOWN_WORKBOOKS).fetchall()[0][0])
