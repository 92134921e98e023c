"""A batch of a dataset against its Pandera schema.

A failure here is a defect of the program, never of a submission.
"""

from __future__ import annotations

import pyarrow as arrow

from schemas.aside import out_of_sight
from schemas.dataset import Dataset


class Defect(Exception):
    """A dataset that does not fit its own description; the message names column, check and the
    first cases.
    """


def check_batch(dataset: Dataset, batch: arrow.Table, thorough: bool = True) -> arrow.Table:
    """The batch in the dataset's Arrow schema; ``thorough``: also checked lazily by Pandera. Raises
    ``Defect``.

    A quick look at a few files does without Pandera, whose import takes longer than the look;
    nothing is published from it. Of a batch without rows the types are all there is, and those are
    of the Arrow schema; it would take Pandera as long as a hundred rows.
    """
    table = batch.select(dataset.names)
    if not table.schema.equals(dataset.arrow):
        table = table.cast(dataset.arrow)
    if thorough and table.num_rows:
        validate(dataset, table)
    return table


def validate(dataset: Dataset, table: arrow.Table) -> None:
    """Pandera's word on a table in the dataset's Arrow schema; raises ``Defect``."""
    import pandas as pd
    import pandera.pandas as pa

    with out_of_sight("hypothesis"):  # Pandera would load it, only to make up data for tests
        import pandera.strategies.base_strategies  # noqa: F401

    try:
        dataset.pandera.validate(table.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    except pa.errors.SchemaErrors as failed:
        cases = (
            failed.failure_cases[["column", "check", "failure_case"]].head(5).to_string(index=False)
        )
        raise Defect(f"数据集 {dataset.name} 不合自身定义：\n{cases}") from failed
