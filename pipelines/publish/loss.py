"""What tonight's set would lose of the published one: submissions gone, facts fewer.

An unreadable folder, a share that was not mounted or a bad delivery looks like a quiet night with
little to read. A set that lost too much is held until a person has accepted the loss.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines import log
from pipelines.publish.datasets import has_dataset, read_dataset
from pipelines.publish.performance_facts import TABLE, has_performance_facts

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

SHOWN = 10  # of each list; the rest is counted
FOLDER = "folder"  # the note of a folder that could not be listed

# What is told apart: a unit is the same under its code or under its name, whichever the register
# of that night gave. Years that are carried on as prior_facts are not lost.
_KEPT = """
    SELECT unit_code, unit_name, year, count(*) AS facts FROM {facts} GROUP BY ALL
    UNION ALL SELECT unit_code, unit_name, year, count(*)
    FROM prior_facts WHERE $carried GROUP BY ALL
    UNION ALL SELECT unit_code, unit_name, year, 0 FROM submissions WHERE status <> 'missing'
"""
_COMPARED = """
    WITH before AS (
        SELECT unit_code, unit_name, year, sum(facts) AS facts, bool_or(submitted) AS submitted
        FROM (
            SELECT unit_code, unit_name, year, count(*) AS facts, false AS submitted
            FROM {facts} GROUP BY ALL
            UNION ALL SELECT unit_code, unit_name, year, 0, true
            FROM {submissions} WHERE status <> 'missing')
        WHERE year = $year OR $year IS NULL
        GROUP BY ALL),
    kept AS ({kept})
    SELECT coalesce(b.unit_name, b.unit_code), b.unit_code, b.year, b.facts::BIGINT, b.submitted,
        sum(k.facts)::BIGINT AS now
    FROM before b LEFT JOIN kept k
    ON k.year = b.year AND (k.unit_code = b.unit_code OR k.unit_name = b.unit_name)
    GROUP BY ALL ORDER BY b.year, 1
"""


@dataclass(frozen=True)
class Loss:
    """``units``: the submissions that are gone, as ``name year``; ``of``: how many there were.
    ``facts`` of ``facts_of`` are gone; ``files`` they came from.
    """

    units: tuple[str, ...] = ()
    of: int = 0
    facts: int = 0
    facts_of: int = 0
    files: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The larger of the two shares, 0 to 1."""
        units = len(self.units) / self.of if self.of else 0.0
        facts = self.facts / self.facts_of if self.facts_of else 0.0
        return max(units, facts)


def loss_of(
    con: duckdb.DuckDBPyConnection,
    previous: Path | None,
    files: Iterable[RawFile] = (),
    year: int | None = None,
) -> Loss:
    """What the run's tables in ``con`` lack of the set in ``previous``.

    With ``year``, of that year only.
    """
    if previous is None or not all(has_dataset(previous, d) for d in ("facts", "submissions")):
        return Loss()
    # A year that nobody handed in again lives on in prior_facts;
    # one that could not be read does not.
    carried = not unreadable_folders(files)
    sql = _sql(con, previous)
    try:
        rows = con.execute(sql, {"year": year, "carried": carried}).fetchall()
    except (duckdb.Error, OSError) as error:
        log.say(f"读不了以前发布的数据（{str(error).splitlines()[0]}），没有比对少了多少。", 30)
        return Loss()
    return _loss(con, previous, rows)


def _sql(con: duckdb.DuckDBPyConnection, previous: Path) -> str:
    return _COMPARED.format(
        facts=read_dataset(previous, "facts"),
        submissions=read_dataset(previous, "submissions"),
        kept=_KEPT.format(facts=_facts_now(con)),
    )


def _loss(con: duckdb.DuckDBPyConnection, previous: Path, rows: list[tuple[Any, ...]]) -> Loss:
    """``rows``: name, code, year, facts, whether it was submitted, facts now (None: gone)."""
    gone = [
        (name, code, of_year) for name, code, of_year, _, sent, now in rows if sent and now is None
    ]
    return Loss(
        tuple(f"{name} {of_year}" for name, _, of_year in gone),
        sum(1 for row in rows if row[4]),
        sum(max(0, facts - (now or 0)) for *_, facts, _, now in rows),
        sum(facts for *_, facts, _, _ in rows),
        tuple(_files_of(con, previous, gone)),
    )


def _facts_now(con: duckdb.DuckDBPyConnection) -> str:
    """Where tonight's facts stand: those of performance join ``facts`` only when it is written."""
    columns = "unit_code, unit_name, year"
    if not has_performance_facts(con):
        return "facts"
    return f"(SELECT {columns} FROM facts UNION ALL SELECT {columns} FROM {TABLE})"


def _files_of(
    con: duckdb.DuckDBPyConnection, previous: Path, gone: list[tuple[str, str | None, int]]
) -> list[str]:
    """The files that the lost submissions were read from."""
    names = [f"{name}|{year}" for name, _, year in gone]
    sql = f"""
        SELECT DISTINCT file FROM {read_dataset(previous, "facts")}
        WHERE list_contains(?, coalesce(unit_name, unit_code) || '|' || year) ORDER BY file"""
    return [row[0] for row in con.execute(sql, [names]).fetchall()]


def unreadable_folders(files: Iterable[RawFile]) -> list[RawFile]:
    """The folders among ``files``: one stands there only where it could not be listed."""
    return [f for f in files if FOLDER in f.notes and f.status == "quarantined"]


def loss_words(loss: Loss, files: Iterable[RawFile], allowed: float) -> str:
    """Why the set is held: what is gone, what became of its files, and how to accept it."""
    files = list(files)
    parts = [
        f"与已发布的数据相比，本次少了 {len(loss.units)} 份报送（原有 {loss.of} 份）、"
        f"{loss.facts} 个事实（原有 {loss.facts_of} 个），"
        f"超过允许的 {allowed:.0%}（设置 max_loss），本次没有发布，已发布的数据保持不变。"
    ]
    if loss.units:
        parts.append(f"少了的报送：{_listed(loss.units, '份')}。")
    parts += [f"文件夹 {f.file} {f.reason.rstrip('。')}。" for f in unreadable_folders(files)]
    if fates := _fates(loss, files):
        parts.append(f"这些报送原来的文件：{_listed(fates, '个')}。")
    parts.append(
        "请先补回文件，或修好文件夹的访问权限和挂载，再运行；"
        "如果确实应当减少，运行 caijue run --accept-loss 接受这一次。"
    )
    return "".join(parts)


def _fates(loss: Loss, files: list[RawFile]) -> list[str]:
    """What became of each file of the lost submissions."""
    now = {f.file: f for f in files}
    closed = [f.file for f in unreadable_folders(files)]
    told = []
    for file in loss.files:
        found = now.get(file)
        if found is not None:
            what = f"（{found.reason.rstrip('。')}）" if found.reason else ""
            told.append(f"{file} 没有读成{what}")
        elif not any(file.startswith(f"{folder}/") for folder in closed):
            told.append(f"{file} 已不在收件文件夹")
    return told


def _listed(items: Iterable[str], counter: str) -> str:
    items = list(items)
    more = f"……共 {len(items)} {counter}" if len(items) > SHOWN else ""
    return "、".join(items[:SHOWN]) + more
