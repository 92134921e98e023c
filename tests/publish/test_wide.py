"""Wide tables as Parquet hold what the views hold, however many lines are spread at a time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publish import wide
from pipelines.publish.datasets import table_sql
from pipelines.publish.views import wide_columns, wide_sql
from schemas.frames import FACTS
from schemas.library import forms

FORMS = ("Z04", "Z08", "G06")
ORDER = "ORDER BY unit_code, unit_name, year, block, row_key"

# unit, form, row, which of its columns (99: none of the form's), amount in 元
CELL = st.tuples(
    st.sampled_from(["500001", None]),
    st.sampled_from(FORMS),
    st.sampled_from(["合计", "201", "20101"]),
    st.sampled_from([0, 1, 2, 99]),
    st.one_of(st.none(), st.integers(-3, 3)),
)


def fact(unit: str | None, form: str, row: str, column: int, amount: int | None) -> dict:
    keys = [key for key, _ in wide_columns(forms()[form])]
    said = dict.fromkeys(FACTS.names, "x")
    said |= {"unit_code": unit, "unit_name": "甲局", "year": 2023, "form": form, "row_key": row}
    said |= {"col_key": keys[column] if column < len(keys) else "没有这一栏", "decimals": 2}
    return said | {"amount": None if amount is None else Decimal(amount), "is_leaf": True}


def database(path: Path, cells: list[tuple]) -> Path:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(table_sql(FACTS))
        con.register("given", FACTS.table([fact(*cell) for cell in cells]))
        con.execute("INSERT INTO facts SELECT * FROM given")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wide")


@pytest.mark.long
@settings(max_examples=8)
@given(st.lists(CELL, min_size=8, max_size=40), st.booleans(), st.sampled_from([1, 3, 1 << 15]))
def test_every_line_has_its_amounts_in_their_columns(folder, cells, few, rows) -> None:
    """Blank amounts, keys twice in a line and keys that the form does not have among them."""
    made = database(folder / "made.duckdb", cells)
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(wide, "few_facts", lambda _: few)
        patch.setattr(wide, "ROWS", rows)
        count = wide.write_wide(con, made, folder, forms())
    held = {form for _, form, *_ in cells}
    assert count == len(held)
    with duckdb.connect(str(made), read_only=True) as con:
        for form in held:
            stored = folder / "wide" / f"{form.lower()}.parquet"
            view = con.sql(f"FROM ({wide_sql(forms()[form])}) {ORDER}")
            parquet = con.sql(f"FROM read_parquet('{stored}')")
            assert parquet.fetchall() == view.fetchall()
            assert parquet.columns == view.columns and parquet.types == view.types
