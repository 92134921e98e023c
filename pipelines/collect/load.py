"""Tables into the run's database and Parquet files, each batch checked against its dataset on the
way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.validate.frames import check_batch
from schemas.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Loader:
    """``thorough``: every batch is validated by Pandera before it is stored."""

    con: duckdb.DuckDBPyConnection
    thorough: bool = True

    def create(self, dataset: Dataset, rows: list[dict]) -> None:
        """The dataset's table with these rows."""
        self._store(
            dataset,
            dataset.table(rows),
            f"CREATE OR REPLACE TABLE {dataset.name} AS SELECT * FROM batch_in",
        )

    def append(self, dataset: Dataset, table: pa.Table) -> pa.Table:
        """More rows for the dataset's table; gives them as they were stored."""
        return self._store(dataset, table, f"INSERT INTO {dataset.name} SELECT * FROM batch_in")

    def _store(self, dataset: Dataset, table: pa.Table, sql: str) -> pa.Table:
        checked = check_batch(dataset, table, self.thorough)
        self.con.register("batch_in", checked)
        self.con.execute(sql)
        self.con.unregister("batch_in")
        return checked

    @staticmethod
    def write(batch: pa.Table, folder: Path, number: int) -> Path:
        """A batch that was stored as one Parquet file; the same rows give the same bytes."""
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"part-{number:05d}.parquet"
        pq.write_table(batch, target, compression="zstd")
        return target
