"""The register of expected submissions, ``units.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pipelines.sample.model import Unit

COLUMNS = (
    "unit_code",
    "unit_name",
    "parent_code",
    "unit_type",
    "report_type",
    "aliases",
    "first_year",
    "last_year",
)


def register_text(units: Iterable[Unit]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for u in units:
        writer.writerow(
            (
                u.code,
                u.name,
                u.parent_code,
                u.unit_type,
                u.report_type,
                "|".join(u.aliases),
                u.first_year or "",
                u.last_year or "",
            )
        )
    return out.getvalue()


def write_register(path: Path, units: Iterable[Unit], encoding: str = "utf-8") -> None:
    """``encoding``: utf-8, utf-8-sig or gb18030, all of which are read."""
    path.write_bytes(register_text(units).encode(encoding))
