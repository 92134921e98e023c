"""How a dataset is described: its columns, each with an Arrow type, what Pandera holds it to, and
the Chinese words that become its COMMENT in DuckDB and its entry in the data dictionary.

Amounts are DECIMAL(18,2), never floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as arrow

from schemas.arrow import leave_pandas_aside

if TYPE_CHECKING:
    import pandera.pandas as pa

leave_pandas_aside()

TEXT = arrow.string()
MONEY = arrow.decimal128(18, 2)
YEAR = arrow.int16()
SMALL = arrow.int8()
COUNT = arrow.int32()
FLAG = arrow.bool_()
POINTS = arrow.decimal128(9, 2)
PERCENT = POINTS


@dataclass(frozen=True)
class Col:
    """One column: name, Arrow type, Chinese description, and what may stand in it."""

    name: str
    type: arrow.DataType
    note: str
    nullable: bool = False
    isin: tuple[str, ...] = ()

    def pandera(self) -> pa.Column:
        import pandas as pd
        import pandera.pandas as pa

        checks = [pa.Check.isin(self.isin)] if self.isin else []
        return pa.Column(
            pd.ArrowDtype(self.type), checks, nullable=self.nullable, description=self.note
        )


@dataclass(frozen=True)
class Dataset:
    """A published dataset: the same name in DuckDB and in Parquet."""

    name: str
    note: str
    columns: tuple[Col, ...]
    key: tuple[str, ...] = ()

    @cached_property
    def arrow(self) -> arrow.Schema:
        return arrow.schema([arrow.field(c.name, c.type, c.nullable) for c in self.columns])

    @cached_property
    def pandera(self) -> pa.DataFrameSchema:
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {c.name: c.pandera() for c in self.columns}, name=self.name, strict=True, ordered=True
        )

    @property
    def names(self) -> list[str]:
        return [c.name for c in self.columns]

    def empty(self) -> Any:
        return self.arrow.empty_table()

    def table(self, rows: list[dict]) -> Any:
        """Rows (dicts; absent keys are NULL) as an Arrow table of this dataset."""
        columns = [arrow.array([row.get(c.name) for row in rows], c.type) for c in self.columns]
        return arrow.Table.from_arrays(columns, schema=self.arrow)


UNIT = (
    Col("unit_code", TEXT, "单位编码；不在名册中的单位为空", nullable=True),
    Col("unit_name", TEXT, "单位名称（名册中的名称；不在名册中的按表上所印）", nullable=True),
)
YEAR_COL = Col("year", YEAR, "会计年度", nullable=True)
PLACE = (
    Col("file", TEXT, "文件在 data/raw/ 下的路径", nullable=True),
    Col("sheet", TEXT, "工作表名称（说明文字中为章节标题）", nullable=True),
    Col("cell", TEXT, "提交文件中的单元格地址（说明文字中为字符区间）", nullable=True),
)
