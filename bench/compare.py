"""``python -m bench.compare BEFORE AFTER``: whether two published sets say the same.

Every dataset is compared row by row, and every delivered workbook part by part, without what a run
writes of itself (its id, its times). A change made for speed must leave nothing to report here.
Exit code 0 where the sets are equal, 1 where they are not.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.database import open_database

OWN = ("first_run", "last_run")  # which run saw a finding first and last
OF_THE_RUN = ("runs",)
RUN_ID = re.compile(rb"\d{8}T\d{6}Z-\d{2,}")
WHEN = re.compile(
    rb"<dcterms:(created|modified)[^>]*>[^<]*<|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?"
)
SHOWN = 5


def compare(before: Path, after: Path) -> list[str]:
    """What differs, in lines for a person; empty where the sets are equal. Raises ValueError for a
    folder that holds no set.
    """
    lines = []
    tables = [_tables(folder / "parquet") for folder in (before, after)]
    for folder, found in zip((before, after), tables, strict=True):
        if not found:
            raise ValueError(f"no published set in {folder}: give …/processed/current")
    if tables[0].keys() != tables[1].keys():
        lines.append(f"only in one set: {sorted(tables[0].keys() ^ tables[1].keys())}")
    with open_database() as con:
        for name in sorted(tables[0].keys() & tables[1].keys()):
            lines += _dataset(con, name, tables[0][name], tables[1][name])
    return lines + list(_reports(before / "reports", after / "reports"))


def _tables(folder: Path) -> dict[str, list[str]]:
    """The Parquet files of every table: a dataset in parts, or one of the wide tables."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.parent.name if path.name.startswith("part-") else f"wide/{path.stem}"
        found.setdefault(name, []).append(str(path))
    for name in OF_THE_RUN:
        found.pop(name, None)
    return found


def _dataset(
    con: duckdb.DuckDBPyConnection, name: str, before: list[str], after: list[str]
) -> list[str]:
    sides = [f"read_parquet({files})" for files in (before, after)]
    found = [con.execute(f"DESCRIBE SELECT * FROM {side}").fetchall() for side in sides]
    if [r[:2] for r in found[0]] != [r[:2] for r in found[1]]:
        return [f"{name}: other columns"]
    kept = ", ".join(f'"{r[0]}"' for r in found[0] if r[0] not in OWN)
    lines = []
    for sign, one, other in (("-", *sides), ("+", *reversed(sides))):
        only = f"SELECT {kept} FROM {one} EXCEPT ALL SELECT {kept} FROM {other}"
        rows = con.execute(f"SELECT * FROM ({only}) ORDER BY ALL").fetchall()
        if rows:
            lines.append(f"{name}: {len(rows)} rows only {'before' if sign == '-' else 'after'}")
            lines += [f"  {sign} {row}" for row in rows[:SHOWN]]
    return lines


def _reports(before: Path, after: Path) -> Iterator[str]:
    names = [sorted(_files(folder)) for folder in (before, after)]
    for name in sorted(set(names[0]) ^ set(names[1])):
        yield f"{name}: only in one set"
    for name in sorted(set(names[0]) & set(names[1])):
        one, other = (dict(_parts(folder / name)) for folder in (before, after))
        for part in sorted(one.keys() | other.keys()):
            if one.get(part) != other.get(part):
                yield f"{name}: {part} differs"


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "digest.json":  # it changes with the code itself
            yield path.relative_to(folder).as_posix()


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """The parts of a package, or the one of any other file, without run ids and times."""
    if not zipfile.is_zipfile(path):
        yield "", _plain(path.read_bytes())
        return
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            yield part, _plain(package.read(part))


def _plain(content: bytes) -> bytes:
    return WHEN.sub(b"", RUN_ID.sub(b"", content))


def main() -> int:
    before, after = (Path(p).resolve() for p in sys.argv[1:3])
    lines = compare(before, after)
    print("\n".join(lines) or "equal")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
