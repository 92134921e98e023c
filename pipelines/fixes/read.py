"""The causes of a set, read from its ``findings``, ``finding_cells``, ``sheets`` and ``facts``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.fixes.fix import Change, Fix, UnitYear, in_order
from schemas.library import forms

HERE = Path(__file__).parent
SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
Row = dict[str, Any]
SAID = ("form", "unit", "unit_name", "sheet", "cell", "money_unit", "quote")  # may be blank


def read_fixes(con: duckdb.DuckDBPyConnection, status: str = "open") -> list[Fix]:
    """One :class:`Fix` for each cause that has findings of the ``status``, in the order in which
    to mend them.

    ``con`` holds the datasets of a run (published or being made). Raises duckdb.Error where a
    table is absent.
    """
    suspects = _by_cause(_rows(con, _suspects_sql(con), [status]))
    parents = {
        r["unit_code"] for r in _rows(con, "SELECT DISTINCT parent_code AS unit_code FROM units")
    }
    found = []
    for row in _rows(con, (HERE / "causes.sql").read_text(encoding="utf-8"), [status]):
        fix = _fix(row)
        _place(fix, suspects.get(fix.cause, []), parents)
        found.append(fix)
    return in_order(found)


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: Iterable[Any] = ()) -> list[Row]:
    return con.sql(sql, params=list(values)).to_arrow_table().to_pylist()


def _suspects_sql(con: duckdb.DuckDBPyConnection) -> str:
    """The query for suspects; sets of cells and last year's amounts are left aside where the set
    has none.
    """
    columns = {r["column_name"] for r in _rows(con, "DESCRIBE finding_cells")}
    tables = {r["name"] for r in _rows(con, "SHOW TABLES")}
    text = (HERE / "suspects.sql").read_text(encoding="utf-8")
    text = text if "set" in columns else text.replace('c."set"', "NULL::INTEGER")
    earlier = "prior_facts" if "prior_facts" in tables else "facts WHERE false"
    return text.replace("earlier_facts", earlier)


def _by_cause(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["cause"]].append(row)
    return found


def _fix(row: Row) -> Fix:
    names = (
        "cause",
        "severity",
        "rule_id",
        "rule_title",
        "finding_id",
        "settles",
        "errors",
        "gap",
        "year",
    )
    return Fix(
        unit=row["unit"] or "",
        unit_name=row["unit_name"] or row["unit"] or "",
        said=row["message"],
        place=_where(row),
        others=row["others"] or [],
        **{name: row[name] for name in names},
    )


def _where(row: Row) -> str:
    """Where the first finding of a cause stands, where that is a cell of a known form."""
    form = forms().get(row["form"] or "")
    return f"{form.number} {row['cell']}" if form and row["cell"] else ""


def _place(fix: Fix, suspects: list[Row], parents: set[str | None]) -> None:
    """Fill in the cells to be changed, by whose they are; the cause lies where no subordinate
    stands below.
    """
    owners: dict[UnitYear, list[Row]] = defaultdict(list)
    for row in suspects:
        owners[row["unit"] or fix.unit, row["year"] or 0].append(row)
    for key, rows in owners.items():
        fix.own[key] = _changes(rows)
    ranks = {key: min(_rank(r) for r in rows) for key, rows in owners.items()}
    if owners:
        fix.lead = min(owners, key=lambda k: (k[0] in parents, ranks[k], -len(owners[k]), k))
        first = fix.own[fix.lead][0]
        fix.unit, fix.unit_name, fix.year = first.unit, first.unit_name, first.year


def _changes(rows: list[Row]) -> tuple[Change, ...]:
    """The likeliest cell, and all that have to move together with it."""
    best = min(rows, key=lambda r: (_rank(r), r["suggested"] is None, r["file"], r["cell"]))
    together = [r for r in rows if best["set"] is not None and r["set"] == best["set"]]
    together.sort(key=_rank)
    chosen = {(r["file"], r["sheet"], r["cell"]): r for r in [best, *together]}
    return tuple(_change(r, forms()) for r in chosen.values())


def _rank(row: Row) -> int:
    return row["rank"] if row["rank"] is not None else 1_000_000  # unranked ones come last


def _tidy(label: str) -> str:
    """A label in one line; titles that are set letter by letter (收 入) closed up."""
    return SPACED.sub("", " ".join(label.split()))


def _change(row: Row, library: Mapping[str, Any]) -> Change:
    said = {name: row[name] or "" for name in SAID}
    form = library.get(said["form"])
    labels = [row["row_label"], row["col_label"]]
    return Change(
        said["unit"],
        said["unit_name"] or said["unit"],
        row["year"],
        row["file"],
        said["sheet"],
        said["cell"],
        form.number if form else "",
        "·".join(_tidy(label) for label in labels if label),
        row["amount"],
        row["suggested"],
        said["money_unit"] or "元",
        said["quote"],
    )
