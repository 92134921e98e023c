"""Whatever databases a run has open at a time, together they keep to what a run may take; and what
a night with nothing new does not work out again.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import duckdb
import pytest

from pipelines import database
from pipelines.config import Config
from pipelines.run.steps import run_direct

pytestmark = pytest.mark.long

WHOLE = 1024  # MB; enough that each gets its share


class Watch:
    """The connections opened while it lasts, with the limit (MB) each has now; ``most``: their sum
    at the most.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.opened: list[duckdb.DuckDBPyConnection] = []
        self.limits: dict[int, int] = {}
        self.most = 0
        self.connect, self.limit = duckdb.connect, database._limit
        patch.setattr(duckdb, "connect", self._connect)
        patch.setattr(database, "_limit", self._limit)

    def _connect(self, *given: object, **named: object) -> duckdb.DuckDBPyConnection:
        self.opened.append(self.connect(*given, **named))
        return self.opened[-1]

    def _limit(self, con: duckdb.DuckDBPyConnection, memory_mb: int) -> None:
        self.limit(con, memory_mb)
        self.limits[id(con)] = memory_mb
        self.most = max(self.most, sum(self.limits[id(c)] for c in self.opened if _is_open(c)))


def _is_open(con: duckdb.DuckDBPyConnection) -> bool:
    try:
        con.execute("SELECT 1").fetchall()
    except duckdb.ConnectionException:
        return False
    return True


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Config:
    home = tmp_path_factory.mktemp("nights")
    return Config(
        raw=samples,
        processed=home / "processed",
        reports=home / "reports",
        workers=1,
        database_memory_mb=WHOLE,
    )


@pytest.fixture(scope="module")
def watches(config: Config) -> list[Watch]:
    """Of a night on which everything is computed, and of one on which it is taken over."""
    found = []
    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            found.append(Watch(patch))
            assert run_direct(config).published
    return found


@pytest.mark.parametrize("night", [0, 1], ids=["computed", "taken over"])
def test_every_database_of_a_run_has_a_limit_and_all_together_keep_to_one(
    config: Config, watches: list[Watch], night: int
) -> None:
    watch = watches[night]
    assert len(watch.opened) > 1, "the working one, the published one"
    assert watch.limits.keys() == {id(c) for c in watch.opened}
    assert database.working_memory(config) < watch.most <= WHOLE


def test_a_night_with_nothing_new_reads_no_amounts_for_its_workbooks(
    config: Config, watches: list[Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are linked; one that somebody has touched is written again."""
    deliver = importlib.import_module("pipelines.deliver.deliver")
    first = (config.reports / "current").resolve()
    books = sorted(p.relative_to(first) for p in first.rglob("*/*.xlsx"))
    monkeypatch.setattr(deliver, "fact_digests", None)
    run_direct(config)
    second = (config.reports / "current").resolve()
    assert second != first and len(books) > 3
    assert all((second / book).samefile(first / book) for book in books)
    monkeypatch.undo()
    touched, whole = second / books[0], (second / books[0]).read_bytes()
    touched.chmod(0o644)
    touched.write_bytes(b"touched")
    run_direct(config)
    third = (config.reports / "current").resolve()
    assert len((third / books[0]).read_bytes()) > len(whole) // 2
    assert touched.read_bytes() == b"touched", "the older set is not written into"
    assert (third / books[1]).samefile(second / books[1])


def test_a_database_at_rest_gives_back_what_it_read(tmp_path: Path) -> None:
    config = Config(database_memory_mb=400)
    with database.working_connection(tmp_path, config) as con:
        con.execute("CREATE TABLE facts AS SELECT range AS a, hash(range) AS b FROM range(3000000)")
        con.execute("CHECKPOINT")
        assert _held(con) > database.little_memory(config) / 2
        with database.at_rest(con, config):
            assert _held(con) <= database.little_memory(config)
            assert con.execute("SELECT count(*), max(a) FROM facts").fetchall() == [
                (3_000_000, 2_999_999)
            ]
        [(limit,)] = con.execute("SELECT current_setting('memory_limit')").fetchall()
    assert limit == "286.1 MiB"  # 300 MB: 400 without two databases of 50


def _held(con: duckdb.DuckDBPyConnection) -> float:
    """MB of buffers."""
    [(held,)] = con.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchall()
    return held / 1e6
