"""Faults 92, 93, 95: what is published stays readable and explainable, however large the night."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest

from pipelines.commands.diff import diff_command
from pipelines.config import Config
from pipelines.intake.discover import discover
from pipelines.intake.share import Limits
from pipelines.publish.place import Place
from pipelines.run.readers import read_files
from schemas.frames import DATASETS
from tests.faults.desk import Desk
from tests.run.conftest import Night


def published(place: Place, run_id: str, formula: str, found: str) -> None:
    """A set of one rule and one finding of it."""
    who = {"unit_code": "1", "unit_name": "甲", "year": 2023}
    rule = {
        "rule_id": "X-01",
        "title": "试",
        "family": "表间",
        "severity": "error",
        "formula": formula,
    }
    finding = who | {
        "finding_id": found,
        "rule_id": "X-01",
        "severity": "error",
        "status": "open",
        "change": "new",
        "subject": found,
        "message": "不符",
        "cause": found,
        "first_run": run_id,
        "last_run": run_id,
    }
    rows = {"rules": [rule], "findings": [finding]}
    for name, dataset in DATASETS.items():
        folder = place.runs / run_id / "parquet" / name
        folder.mkdir(parents=True)
        parquet.write_table(dataset.table(rows.get(name, [])), folder / "part-00000.parquet")
    duckdb.connect(str(place.runs / run_id / "caijue.duckdb")).close()


@pytest.mark.parametrize(("formula", "cause"), [("A = B + C", "rule"), ("A = B", "data")])
def test_92_after_a_change_of_rules_the_difference_is_put_down_to_them(
    tmp_path: Path, formula: str, cause: str
) -> None:
    place = Place(tmp_path, tmp_path / "reports")
    published(place, "20260101T000000Z-01", "A = B", "f1")
    published(place, "20260102T000000Z-01", formula, "f2")
    os.symlink("runs/20260102T000000Z-01", place.current)
    answer = diff_command(Config(processed=tmp_path, reports=tmp_path / "reports"), [])
    assert {(f["change"], f["cause"]) for f in answer.document["findings"]} == {
        ("new", cause),
        ("resolved", cause),
    }
    assert ("规则变更" if cause == "rule" else "数据变更") in answer.text
    assert bool(answer.document["rules_changed"]) == (cause == "rule")


WHO = {"unit_code": "1", "unit_name": "甲"}


def finding_row(run_id: str, rule: str, status: str, subject: str) -> dict:
    return (WHO if rule not in ("S-UNUSED", "S-EXPIRED") else {}) | {
        "finding_id": f"{rule}{subject}",
        "rule_id": rule,
        "severity": "error",
        "status": status,
        "change": "new",
        "subject": subject,
        "message": "不符",
        "cause": "c",
        "first_run": run_id,
        "last_run": run_id,
        "year": 2023 if rule[0] != "S" else None,
    }


def file_rows(data: str, told: str) -> list[dict]:
    """A workbook and the explanations, by the digests of their contents."""
    book = {"file": "a.xlsx", "sha256": data, "kind": "workbook", "status": "read", "year": 2023}
    words = {"file": "explanations.yml", "sha256": told, "kind": "explanations", "status": "read"}
    return [book | WHO, words]


def run_row(run_id: str, program: str) -> dict:
    return dict.fromkeys(DATASETS["runs"].names, 0) | {
        "run_id": run_id,
        "verdict": "",
        "versions": json.dumps({"rules": program}),
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
        "finished_at": None,
    }


def compared(tmp_path: Path, before: dict, after: dict) -> dict[tuple[str, str], str]:
    """Causes by change and rule between two sets whose rows these are: a finding (rule, status,
    subject) with its files and version.
    """
    place = Place(tmp_path, tmp_path / "reports")
    for run_id, given in (("20260101T000000Z-01", before), ("20260102T000000Z-01", after)):
        rows = {
            "findings": [finding_row(run_id, *found) for found in given["findings"]],
            "files": file_rows(given["data"], given["told"]),
            "runs": [run_row(run_id, given.get("program", "1"))],
        }
        for name, dataset in DATASETS.items():
            folder = place.runs / run_id / "parquet" / name
            folder.mkdir(parents=True)
            parquet.write_table(dataset.table(rows.get(name, [])), folder / "part-00000.parquet")
        duckdb.connect(str(place.runs / run_id / "caijue.duckdb")).close()
    os.symlink("runs/20260102T000000Z-01", place.current)
    document = diff_command(Config(processed=tmp_path, reports=tmp_path / "reports"), []).document
    return {(f["change"], f["rule_id"]): f["cause"] for f in document["findings"]}


EXPLAINED, OPEN = ("P-01", "explained", "G03[合计,x]"), ("P-01", "open", "G03[合计,x]")
UNUSED, EXPIRED = (
    ("S-UNUSED", "open", "P-01|甲|2023|G03[合计,x]"),
    ("S-EXPIRED", "open", "P-01|甲|2023|G03[合计,x]"),
)


@pytest.mark.parametrize(
    ("before", "after", "causes"),
    [
        (
            {"findings": [EXPLAINED]},
            {"findings": [UNUSED], "data": "2"},
            {("resolved", "P-01"): "data", ("new", "S-UNUSED"): "data"},
        ),
        (
            {"findings": [EXPLAINED]},
            {"findings": [UNUSED], "data": "2", "told": "2"},
            {("resolved", "P-01"): "data", ("new", "S-UNUSED"): "data"},
        ),
        (
            {"findings": [EXPLAINED]},
            {"findings": [UNUSED], "program": "2"},
            {("resolved", "P-01"): "rule", ("new", "S-UNUSED"): "rule"},
        ),
        (
            {"findings": []},
            {"findings": [UNUSED], "told": "2"},
            {("new", "S-UNUSED"): "explanation"},
        ),
        (
            {"findings": [UNUSED]},
            {"findings": [EXPIRED]},
            {("resolved", "S-UNUSED"): "explanation", ("new", "S-EXPIRED"): "explanation"},
        ),
        (
            {"findings": [UNUSED]},
            {"findings": [EXPLAINED], "data": "2"},
            {("resolved", "S-UNUSED"): "data", ("new", "P-01"): "data"},
        ),
        (
            {"findings": [OPEN]},
            {"findings": [EXPLAINED], "told": "2"},
            {("explained", "P-01"): "explanation"},
        ),
        (
            {"findings": [OPEN]},
            {"findings": [], "program": "2", "data": "2"},
            {("resolved", "P-01"): "data"},
        ),
    ],
)
def test_92_the_cause_of_a_difference_is_what_really_changed(
    tmp_path: Path, before: dict, after: dict, causes: dict
) -> None:
    given = {"data": "1", "told": "1"}
    assert compared(tmp_path, given | before, given | after) == causes


def test_93_the_database_is_written_for_older_clients(settled: tuple[Night, dict]) -> None:
    night, _ = settled
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
        ((tags,),) = con.execute(
            "SELECT tags FROM duckdb_databases() WHERE path LIKE '%caijue.duckdb'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.0.0")


def many(desk: Desk, count: int) -> None:
    """The submission under so many names, every one a little different."""
    from pipelines.extract.text import address

    draft = desk.draft()
    for form in [f for f in draft.sheets if f not in ("Z01", "Z04")]:
        draft.drop(form)
    first = draft.save(desk.raw, "00000.xlsx").read_bytes()
    assert address(0, 0) == "A1"
    for number in range(1, count):
        (desk.raw / f"{number:05d}.xlsx").write_bytes(first + b"")
        with (desk.raw / f"{number:05d}.xlsx").open("ab") as handle:
            handle.write(
                number.to_bytes(2, "big")
            )  # past the end of the package, which a reader passes over


def resident() -> int:
    """Memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def read_many(desk: Desk, count: int, tmp_path: Path) -> None:
    many(desk, count)
    before, told = resident(), []
    files = discover(desk.raw, settle_seconds=0)
    assert len(files) == count and {f.status for f in files} == {"ready"}
    limits = Limits(workers=2, memory_mb=512, timeout_s=60)
    reading = read_files(
        files, tmp_path / "cache", "v", limits, lambda done, total: told.append((done, total))
    )
    assert len(reading.extractions) == count and not reading.refused
    assert told[0] == (0, count) and told[-1] == (count, count) and len(told) == count + 1
    assert resident() - before < 64 + count / 50


def test_95_many_workbooks_bounded_memory_progress_and_time(desk: Desk, tmp_path: Path) -> None:
    read_many(desk, 150, tmp_path)


@pytest.mark.slow
def test_95_five_thousand_workbooks(desk: Desk, tmp_path: Path) -> None:
    read_many(desk, 5_000, tmp_path)


def test_95_the_log_of_a_night_has_the_seconds_of_every_file(settled: tuple[Night, dict]) -> None:
    night, _ = settled
    shutil.rmtree(night.processed / "cache")
    (night.raw / "2023" / "坏.xlsx").write_bytes(b"PK\3\4")
    result = night.run()
    lines = [
        json.loads(x)
        for x in Path(result["outputs"]["log"]).read_text(encoding="utf-8").splitlines()
    ]
    files = {x["file"]: x for x in lines if "file" in x}
    assert len(files) >= 2 and all(x["seconds"] > 0 and x["facts"] > 0 for x in files.values())
