"""The analysts' database while it grows: the facts of a large set are written into it as they are
collected, and stand in the run's working database no second time.

Until it is complete it holds nothing but the table ``facts``, which the working connection finds
behind its own tables. What does not belong here: small sets, whose database is a copy of the empty
one and is filled at the end (``datasets.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.database import few_facts
from pipelines.publish.datasets import (
    PACK_AS_USUAL,
    PACK_QUICKLY,
    PUBLISHED,
    STORAGE,
    name,
    packed_quickly,
    parquet_of,
    quoted,
    rows_into,
    table_sql,
)
from schemas.frames import FACTS

GROWING = "growing"  # what the working connection calls it


def begin_database(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """A new database at ``path`` with an empty table ``facts``, which ``con`` reads and fills by
    that name alone from now on.
    """
    for left in (path, path.with_name(f"{path.name}.wal")):  # of an attempt before this one
        left.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"ATTACH {quoted(str(path))} AS {GROWING} (STORAGE_VERSION {quoted(STORAGE)})")
    here = _here(con)
    con.execute(f"USE {GROWING}")
    con.execute(table_sql(FACTS))
    con.execute(f"USE {name(here)}")
    con.execute(f"SET search_path = '{here},{GROWING}'")
    con.execute(PACK_QUICKLY)


def complete_database(con: duckdb.DuckDBPyConnection, extras: Iterable[str], parquet: Path) -> None:
    """The other datasets, what the ``extras`` (SQL) add, and all of it on disk. From then on the
    ``facts`` of ``con`` are those written below ``parquet``.
    """
    few, here = few_facts(con), _here(con)
    con.execute(PACK_AS_USUAL)
    _describe(con, extras)
    con.execute(f"USE {name(here)}")
    rows_into(con, GROWING, [d for d in PUBLISHED.values() if d is not FACTS], all_quickly=few)
    with packed_quickly(con, when=few):
        con.execute(f"CHECKPOINT {GROWING}")
    con.execute(f"DETACH {GROWING}")
    source = quoted(parquet_of(parquet / FACTS.name))
    con.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet({source})")


def _describe(con: duckdb.DuckDBPyConnection, extras: Iterable[str]) -> None:
    """Every other table, and what the extras add."""
    tables = (table_sql(d) for d in PUBLISHED.values() if d is not FACTS)
    con.execute(f"USE {GROWING}")
    con.begin()
    con.execute(";\n".join([*tables, *extras]))
    con.commit()


def _here(con: duckdb.DuckDBPyConnection) -> str:
    """What the working database is called."""
    return str(con.execute("SELECT current_database()").fetchall()[0][0])
