"""A night with nothing new: the published set is taken over instead of being computed again.

Every set carries ``manifest.json``: a digest of all that it was made from, and the size and time of
each of its files, so that a set that somebody has touched since is not taken over.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from pipelines.publish.clone import copy_file
from pipelines.publish.datasets import PUBLISHED, name, ordered, quoted, read_dataset
from pipelines.publish.place import DATABASE

FILE = "manifest.json"
RENEWED = ("findings", "runs")


@dataclass(frozen=True)
class Manifest:
    """``inputs``: the digest of what the set was made from; ``files``: size and mtime (ns) by path
    below the set.
    """

    inputs: str
    versions: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)


def write_manifest(folder: Path, inputs: str, versions: dict[str, str]) -> None:
    """Note what the set in ``folder`` was made from. Call it when the set is whole."""
    manifest = Manifest(inputs, versions, _files(folder))
    (folder / FILE).write_text(
        json.dumps(asdict(manifest), ensure_ascii=False, sort_keys=True), encoding="utf-8"
    )


def _files(folder: Path) -> dict[str, list[int]]:
    paths = sorted([folder / DATABASE, *(folder / "parquet").rglob("*.parquet")])
    found = {p.relative_to(folder).as_posix(): p.stat() for p in paths}
    return {name: [s.st_size, s.st_mtime_ns] for name, s in found.items()}


def standing(folder: Path | None, inputs: str) -> Manifest | None:
    """The manifest of the set in ``folder`` if it was made from the same inputs and is as it was
    written; else None.
    """
    if folder is None or not inputs:
        return None
    try:
        manifest = Manifest(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        return manifest if manifest.inputs == inputs and manifest.files == _files(folder) else None
    except (OSError, ValueError, TypeError):
        return None


def forget(folder: Path) -> None:
    """Have the set never taken over again."""
    (folder / FILE).unlink(missing_ok=True)


def link_datasets(con: duckdb.DuckDBPyConnection, previous: Path, building: Path) -> None:
    """Every dataset but the renewed ones: its files linked (or copied) into ``building``, and a
    view of it in ``con``.
    """
    for dataset in PUBLISHED:
        if dataset in RENEWED:
            continue
        target = building / "parquet" / dataset
        target.mkdir(parents=True, exist_ok=True)
        for part in sorted((previous / "parquet" / dataset).glob("*.parquet")):
            _link(part, target / part.name)
        con.execute(
            f"CREATE OR REPLACE VIEW {name(dataset)} AS SELECT * FROM"
            f" {read_dataset(building, dataset)}"
        )


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def renew_findings(con: duckdb.DuckDBPyConnection, previous: Path, run_id: str) -> None:
    """``findings``: those of the previous set, which all persist."""
    con.execute(
        f"""CREATE OR REPLACE TABLE findings AS
        SELECT * REPLACE ('persisting' AS change, $run AS last_run)
               FROM {read_dataset(previous, "findings")}""",
        {"run": run_id},
    )


def renew_database(con: duckdb.DuckDBPyConnection, previous: Path, path: Path) -> None:
    """The previous set's database with the findings and runs of ``con``: a file of its own, as it
    is written into; a link would change the set that is published.
    """
    copy_file(previous / DATABASE, path)
    con.execute(f"ATTACH {quoted(str(path))} AS target")
    try:
        for dataset in RENEWED:
            con.execute(f"DELETE FROM target.{dataset}")
            con.execute(f"INSERT INTO target.{dataset} {ordered(PUBLISHED[dataset])}")
        con.execute("CHECKPOINT target")
    finally:
        con.execute("DETACH target")
