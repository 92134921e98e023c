"""Economic codes over wide columns: each must exist in the classification."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from pipelines.validate.itemnames import code_known
from schemas.observation import Observation
from schemas.structural import say


def check_column_codes(
    layouts: pa.Table, sheets: Mapping[str, object], observe: Callable[..., Observation]
) -> list[Observation]:
    """An observation S-CODE for every layout with an economic code that the classification does not
    have.
    """
    found = []
    for row in layouts.to_pylist():
        code, sheet = row["col_key"], sheets.get(row["layout"])
        if sheet is None or not code.isdigit() or code_known("economic", code, 2023):
            continue
        message = say(
            "S-CODE",
            form=row["form"],
            letter=row["letter"],
            label=row["col_label"],
            code=code,
        )
        found.append(observe(sheet, "S-CODE", f"{row['form']}[列{code}]", message, (), "review"))
    return found
