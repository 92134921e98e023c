"""Batches are stored in their order beside the making of the next; coded rows are judged in
arrays as one by one.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.collect.load import Loader
from pipelines.collect.magnitude import KEPT, SPOTS, TOP_AMOUNTS
from pipelines.collect.storing import Storing
from pipelines.validate.frames import Defect
from pipelines.validate.itemnames import code_known, name_fits
from pipelines.validate.lines import COLUMNS, check_lines
from schemas import frames
from schemas.frames import FACTS, LEFT_OUT, LINES
from schemas.library import forms


def batch(*cells: str, reason: str | None = "不在已识别的金额栏下") -> dict[str, pa.Table]:
    rows = [{"file": "a.xlsx", "sheet": "表", "cell": c, "reason": reason} for c in cells]
    return {"facts": FACTS.empty(), "lines": LINES.empty(), "left_out": LEFT_OUT.table(rows)}


def loader() -> Loader:
    load = Loader(duckdb.connect())
    for name in ("facts", "lines", "left_out"):
        load.create(frames.DATASETS[name], [])
    return load


def test_batches_are_stored_in_their_order(tmp_path: Path) -> None:
    load = loader()
    with Storing(load, tmp_path) as storing:
        for cell in "ABCDE":
            storing.store(batch(f"{cell}1", f"{cell}2"))
    cells = [c for (c,) in load.con.execute("SELECT cell FROM left_out").fetchall()]
    assert cells == [f"{c}{n}" for c in "ABCDE" for n in (1, 2)]
    parts = sorted((tmp_path / "facts").iterdir())
    assert len(parts) == 5 and pq.read_schema(parts[0]).names == FACTS.names


def test_what_goes_wrong_with_a_batch_is_raised() -> None:
    with pytest.raises(Defect, match="left_out"), Storing(loader(), None) as storing:
        storing.store(batch("A1", reason=None))


def test_an_error_of_the_maker_is_the_one_that_is_raised() -> None:
    load = loader()
    with pytest.raises(KeyError), Storing(load, None) as storing:
        storing.store(batch("A1"))
        raise KeyError
    assert load.con.execute("SELECT count(*) FROM left_out").fetchall() == [(1,)]


def coded_rows(seed: int) -> list[dict]:
    rng = Random(seed)
    codes = ("205", "20502", "2050201", "20599", "999", "99901", "2050299", "208")
    labels = ("教育支出", "普通教育", "学前教育", "甲", "小学教育")
    return [
        {
            "file": rng.choice("ab"),
            "sheet": rng.choice(("1", "2")),
            "form": rng.choice(("Z05", "Z04", "G03")),
            "unit_name": "甲局",
            "year": rng.choice((2022, 2023)),
            "row_label": rng.choice(labels),
            "code": rng.choice(codes),
            "row": n + 1,
            "label_cell": f"B{n + 1}",
            "code_cell": f"A{n + 1}",
        }
        for n in range(rng.randrange(40))
    ]


def failing(rows: list[dict]) -> set[tuple[str, str, str, str]]:
    """Rule, file, sheet and code at fault, looked for row by row."""
    known, seen, found = forms(), set(), set()
    here = {(r["file"], r["sheet"], r["form"], r["code"]) for r in rows}
    for row in rows:
        file, sheet, code, form = row["file"], row["sheet"], row["code"], known[row["form"]]
        table = (file, sheet, row["form"])
        kind = form.classification(code)
        if not code_known(kind, code, row["year"]):
            found.add(("S-CODE", file, sheet, code))
        if not form.published and not name_fits(kind, code, row["row_label"]):
            found.add(("IN-HIER-02", file, sheet, code))
        if form.form[0] == "Z" and len(code) > 3 and (*table, code[:-2]) not in here:
            found.add(("IN-HIER-02", file, sheet, code[:-2] + "下级"))
        if not form.published and (*table, code) in seen:
            found.add(("IN-HIER-03", file, sheet, code))
        seen.add((*table, code))
    return found


def test_coded_rows_are_judged_in_arrays_as_one_by_one() -> None:
    schema = pa.schema([LINES.arrow.field(name) for name in COLUMNS])
    for seed in range(30):
        rows = coded_rows(seed)
        observed = {
            (o.rule_id, place.file, place.sheet, o.subject.split("[")[1].replace("]", ""))
            for o in check_lines(pa.Table.from_pylist(rows, schema=schema), forms())
            for place in o.places
        }
        told = {(rule, f, s, code.removesuffix("名称")) for rule, f, s, code in observed}
        assert told == failing(rows)


def test_the_largest_amounts_stand_where_they_come_first() -> None:
    rows = [
        {"unit_name": "甲局", "year": 2023, "form": "Z05", "state": "number", **where}
        for where in (
            {"amount": Decimal("-500.00"), "file": "b.xlsx", "sheet": "1", "cell": "C9"},
            {"amount": Decimal("500.00"), "file": "b.xlsx", "sheet": "1", "cell": "C8"},
            {"amount": Decimal("500.00"), "file": "a.xlsx", "sheet": "2", "cell": "C8"},
            {"amount": Decimal("500.00"), "file": "a.xlsx", "sheet": "1", "cell": "C8"},
            {"amount": Decimal("9.00"), "file": "a.xlsx", "sheet": "1", "cell": "A1"},
            *(
                {"amount": Decimal(n * 1000), "file": "a.xlsx", "sheet": "1", "cell": f"D{n}"}
                for n in range(1, KEPT + 1)
            ),
        )
    ]
    for kept, wanted in ((KEPT, None), (KEPT + 1, ("a.xlsx", "1", "C8"))):
        con = duckdb.connect()
        con.register("facts", FACTS.table(rows))
        con.execute(f"CREATE TABLE top AS {TOP_AMOUNTS.replace('$kept', str(kept))}")
        found = con.execute(
            "SELECT rank, amount, spot.file, spot.sheet, spot.cell FROM "
            f"({SPOTS.replace('$amounts', 'top')}) ORDER BY rank"
        ).fetchall()
        assert [r[0] for r in found] == list(range(1, kept + 1))
        places = {amount: (file, sheet, cell) for _, amount, file, sheet, cell in found}
        assert places.get(Decimal(500)) == wanted
        assert places[Decimal(KEPT * 1000)] == ("a.xlsx", "1", f"D{KEPT}")
