"""The datasets of a run written out: Parquet in fixed order and fixed chunks, and the analysts'
database.

Both are written from the run's working connection, whose tables are those of ``schemas/frames.py``.
"""

from __future__ import annotations

import glob
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as arrow

from pipelines.database import LITTLE, few_facts, open_database
from schemas.analysts import ANALYSTS
from schemas.dataset import Col, Dataset
from schemas.frames import DATASETS, FACTS
from schemas.kept import kept_file

if TYPE_CHECKING:
    import pyarrow.parquet as parquet

STORAGE = "v1.0.0"  # tried with DuckDB 1.0.0, 1.4.1 and 2.0.0: each opens it and runs every example
GROUP = 122_880  # rows in a row group of DuckDB, so that a reader takes whole groups
CHUNK = 8 * GROUP  # rows written at a time, so that memory does not grow with the dataset

PRIOR_FACTS = Dataset(
    "prior_facts",
    "上年事实：本次收件中没有的上一年度，取自以前发布的数据",
    FACTS.columns,
    FACTS.key,
)
PUBLISHED = {**DATASETS, **ANALYSTS, PRIOR_FACTS.name: PRIOR_FACTS}
IN_ORDER = ("facts", "lines", "left_out", "prior_facts")  # the large ones, of texts that repeat

_SQL = {
    "string": "VARCHAR",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "bool": "BOOLEAN",
    "decimal128(18, 2)": "DECIMAL(18,2)",
    "decimal128(18, 4)": "DECIMAL(18,4)",
    "decimal128(9, 2)": "DECIMAL(9,2)",
    "timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE",
}


def sql_type(column: Col) -> str:
    """The DuckDB type of a column."""
    return _SQL[str(column.type)]


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """An SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def table_sql(dataset: Dataset) -> str:
    """The statement that creates a dataset's table, with its types and NOT NULLs."""
    columns = (
        f"{name(c.name)} {sql_type(c)}{'' if c.nullable else ' NOT NULL'}" for c in dataset.columns
    )
    return f"CREATE TABLE {name(dataset.name)} ({', '.join(columns)})"


def ordered(dataset: Dataset) -> str:
    """The query that gives a dataset's rows in their one order: by key, then by every other column.

    The large ones were filled file by file, in the order of units and years, and stay so.
    """
    columns = ", ".join(name(c) for c in dataset.names)
    if dataset.name in IN_ORDER:
        return f"SELECT {columns} FROM {name(dataset.name)}"
    first = [*dataset.key, *(c for c in dataset.names if c not in dataset.key)]
    return (
        f"SELECT {columns} FROM {name(dataset.name)} ORDER BY {', '.join(name(c) for c in first)}"
    )


def write_parquet(
    con: duckdb.DuckDBPyConnection, folder: Path, progress: Callable[[int, int], None] | None = None
) -> None:
    """Every dataset as ``<folder>/<dataset>/part-00000.parquet`` …, same rows same bytes.

    A dataset that its stage has already written (facts, in chunks) is left as it is.
    """
    for number, dataset in enumerate(PUBLISHED.values()):
        target = folder / dataset.name
        if not any(target.glob("*.parquet")):
            _write_dataset(con, dataset, target)
        if progress:
            progress(number + 1, len(PUBLISHED))


def _write_dataset(con: duckdb.DuckDBPyConnection, dataset: Dataset, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    schema = with_notes(dataset)
    with con.cursor() as cursor:
        reader = cursor.sql(ordered(dataset)).to_arrow_reader(GROUP)
        with _Parts(target, schema) as parts:
            for table in regrouped(reader, schema):
                parts.write(table)


class _Parts:
    """The files of one dataset, a new one every CHUNK rows, at least one."""

    def __init__(self, target: Path, schema: arrow.Schema) -> None:
        self.target, self.schema, self.rows = target, schema, 0
        self.writer = self._open(0)

    def _open(self, number: int) -> parquet.ParquetWriter:
        import pyarrow.parquet as parquet

        path = self.target / f"part-{number:05d}.parquet"
        return parquet.ParquetWriter(path, self.schema, compression="zstd", version="2.6")

    def write(self, table: arrow.Table) -> None:
        if self.rows and self.rows % CHUNK == 0:
            self.writer.close()
            self.writer = self._open(self.rows // CHUNK)
        self.writer.write_table(table)
        self.rows += table.num_rows

    def __enter__(self) -> _Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()


def regrouped(
    reader: arrow.RecordBatchReader, schema: arrow.Schema, rows: int = GROUP
) -> Iterator[arrow.Table]:
    """Tables of exactly ``rows`` rows (the last one fewer), so that bytes do not depend on how they
    arrived.
    """
    held: list[arrow.RecordBatch] = []
    count = 0
    for batch in reader:
        while batch.num_rows:
            part = batch.slice(0, rows - count)
            held.append(part)
            count += part.num_rows
            batch = batch.slice(part.num_rows)
            if count == rows:
                yield _cast(held, schema)
                held, count = [], 0
    if held:
        yield _cast(held, schema)


def _cast(batches: list[arrow.RecordBatch], schema: arrow.Schema) -> arrow.Table:
    return arrow.Table.from_batches(batches).combine_chunks().cast(schema)


def with_notes(dataset: Dataset) -> arrow.Schema:
    """The dataset's Arrow schema, each field carrying its Chinese description."""
    fields = [
        f.with_metadata({"comment": c.note})
        for f, c in zip(dataset.arrow, dataset.columns, strict=True)
    ]
    return arrow.schema(fields, metadata={"comment": dataset.note})


def write_database(con: duckdb.DuckDBPyConnection, template: Path, path: Path) -> None:
    """The analysts' database: a copy of the empty ``template`` with the rows of every dataset, in
    their order.
    """
    shutil.copyfile(template, path)
    con.execute(f"ATTACH {quoted(str(path))} AS target")
    few = few_facts(con)
    try:
        rows_into(con, "target", PUBLISHED.values(), all_quickly=few)
        with packed_quickly(con, when=few):
            con.execute("CHECKPOINT target")
    finally:
        con.execute("DETACH target")


# Texts are packed by dictionary alone: trying FSST as well is half of what it takes to write a
# small database and a fifth of a large one's facts, and neither is smaller for it. (Messages by the
# hundred thousand, of which no two are the same, are.)
PACK_QUICKLY = "SET disabled_compression_methods = 'fsst'"
PACK_AS_USUAL = "RESET disabled_compression_methods"


@contextmanager
def packed_quickly(con: duckdb.DuckDBPyConnection, *, when: bool) -> Iterator[None]:
    """Texts are packed by dictionary alone while this lasts, where ``when`` says so."""
    if when:
        con.execute(PACK_QUICKLY)
    try:
        yield
    finally:
        if when:
            with suppress(duckdb.Error):  # in a transaction that has failed nothing can be set
                con.execute(PACK_AS_USUAL)


def rows_into(
    con: duckdb.DuckDBPyConnection, target: str, datasets: Iterable[Dataset], *, all_quickly: bool
) -> None:
    """The rows of these datasets into the database attached as ``target``, all at once: one entry
    in its log instead of one for each.
    """
    con.begin()
    try:
        for dataset in datasets:
            # what is little is packed later, by the checkpoint
            with packed_quickly(con, when=not all_quickly and dataset.name in IN_ORDER):
                con.execute(f"INSERT INTO {target}.{name(dataset.name)} {ordered(dataset)}")
        con.commit()
    except BaseException:
        with suppress(duckdb.Error):  # a full disk has ended the transaction already
            con.rollback()
        raise


def database_template(folder: Path, extras: Iterable[str]) -> Path:
    """An empty database with every table, plus what the ``extras`` (SQL) add; made once for all
    runs that need the same.

    It is written so that older clients can read it.
    """
    statements = [*(table_sql(d) for d in PUBLISHED.values()), *extras]
    digest = hashlib.sha256(
        "\n".join([duckdb.__version__, STORAGE, *statements]).encode()
    ).hexdigest()[:16]
    file_name = f"empty-{digest}.duckdb"
    if made := kept_file(file_name, lambda path: _make(path, statements)):
        return made
    template = folder / file_name
    if not template.is_file():
        aside = template.with_suffix(".tmp")
        aside.unlink(missing_ok=True)
        _make(aside, statements)
        aside.replace(template)
    return template


def _make(path: Path, statements: list[str]) -> None:
    with open_database(memory_mb=LITTLE) as con:
        con.execute(f"ATTACH {quoted(str(path))} AS made (STORAGE_VERSION {quoted(STORAGE)})")
    with open_database(path, memory_mb=LITTLE) as con:
        con.begin()
        con.execute(";\n".join(statements))
        con.commit()
        con.execute("CHECKPOINT")


def read_dataset(set_folder: Path, dataset: str) -> str:
    """The SQL source for a dataset of a published set; reads Parquet, so no lock of an analyst is
    in the way.
    """
    return f"read_parquet({quoted(parquet_of(set_folder / 'parquet' / dataset))})"


def parquet_of(folder: Path) -> str:
    """The Parquet files of a folder as DuckDB looks for them, whatever signs its path holds."""
    return str(Path(glob.escape(str(folder))) / "*.parquet")


def has_dataset(set_folder: Path | None, dataset: str) -> bool:
    """Whether a published set holds the dataset."""
    return set_folder is not None and any((set_folder / "parquet" / dataset).glob("*.parquet"))
