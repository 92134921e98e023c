"""Faults 77–90, 94: a night among full disks, readers, other runs, dead channels and
wrong clocks.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

from pipelines.database import FEW_BYTES, MANY_BYTES
from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused
from pipelines.notify import channels
from pipelines.publish import retention
from pipelines.publish.place import Place, next_run_id
from tests.intake import jobs
from tests.run.conftest import Night, tree

Settled = tuple[Night, dict]


def set_of(night: Night) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True)


AMOUNT = "1,234.50"


@dataclass
class Disturbed:
    """A night that was disturbed: the results of the one before and its own, what the reader saw,
    what stood in the summary that somebody had open.
    """

    night: Night
    first: dict
    result: dict
    read: list[tuple]
    held: str


def change_something(night: Night) -> None:
    """A new, broken workbook: the next night has something to say."""
    (night.raw / "2023" / f"差{AMOUNT}元.xlsx").write_bytes(b"PK\3\4 no more")


@pytest.mark.parametrize(
    ("size", "more"),
    [
        (5_000, 0),
        pytest.param(300_000, FEW_BYTES, marks=pytest.mark.long),
        pytest.param(300_000, MANY_BYTES + 1, marks=pytest.mark.long),
    ],
)
def test_77_a_full_disk_aborts_and_leaves_nothing(settled: Settled, size: int, more: int) -> None:
    """While little is read; while so much is that the tables of the run are a file too; and that
    facts are collected where they are published.
    """
    night, first = settled
    change_something(night)
    if more:
        with (night.raw / "很大.log").open("wb") as much:
            much.truncate(more)
    for path in (night.processed / "cache").iterdir():
        path.unlink()
    before = tree(night.current.resolve())
    done = night("run", "--direct", "--json", how=("--files-up-to", str(size)))
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr and "磁盘空间不足" in done.stderr
    assert json.loads(done.stdout)["published"] is False
    assert tree(night.current.resolve()) == before
    assert [p.name for p in (night.processed / "runs").iterdir()] == [first["run_id"]]
    assert night.run()["published"]


def test_78_a_second_run_is_told_who_holds_the_lock(settled: Settled, tmp_path: Path) -> None:
    night, _ = settled
    ready = tmp_path / "ready"
    first = night.start(
        "run", "--direct", how=("--wait-after", "discover"), CAIJUE_TEST_READY=str(ready)
    )
    try:
        while not ready.exists():
            assert first.returncode is None
            time.sleep(0.05)
        second = night("run", "--direct", "--json")
        assert second.returncode == 75
        assert str(first.pid) in second.stderr and "前开始" in second.stderr
        assert json.loads(second.stdout)["published"] is False
        assert "正在运行" in night("status").stdout
    finally:
        first.kill()
        first.communicate()
    assert night.run()["published"]


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory, first_night: Settled) -> Disturbed:
    """A night while somebody reads the published set and has its summary open, and a journal lies
    beside it.
    """
    home = tmp_path_factory.mktemp("disturbed") / "home"
    shutil.copytree(first_night[0], home, symlinks=True)
    night = Night(home)
    change_something(night)
    opened = night.reports / "current" / "summary.xlsx"
    (opened.parent / "~$summary.xlsx").write_bytes(b"\x05Excel")
    with set_of(night) as reader, opened.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (night.current.resolve() / "caijue.duckdb.wal").write_bytes(b"\0garbage" * 50)
        result = night.run()
        seen = reader.execute("SELECT max(run_id), (SELECT count(*) FROM facts) > 0 FROM runs")
        return Disturbed(night, first_night[1], result, seen.fetchall(), held.read())


def test_80_a_reader_keeps_what_it_has_open(disturbed: Disturbed) -> None:
    assert disturbed.read == [(disturbed.first["run_id"], True)]
    assert disturbed.night.current.resolve().name != disturbed.first["run_id"]


def test_81_a_stale_wal_beside_the_published_file(disturbed: Disturbed) -> None:
    night, result = disturbed.night, disturbed.result
    assert night.current.resolve().name == result["run_id"]
    assert not list(night.current.resolve().glob("*.wal"))
    with set_of(night) as con:
        assert con.execute("SELECT count(*) > 0 FROM facts").fetchall() == [(True,)]


def test_83_a_workbook_that_someone_has_open(disturbed: Disturbed) -> None:
    reports = disturbed.night.reports / "current"
    assert disturbed.held == disturbed.first["run_id"], "who has it open keeps the old one"
    told = (reports / "summary.xlsx").read_text()
    assert told == disturbed.result["run_id"], "whoever opens it now gets the new one"
    assert not (reports / "~$summary.xlsx").exists()


@pytest.mark.long
def test_82_94_a_writer_is_not_in_the_way_and_old_runs_go_by_themselves(settled: Settled) -> None:
    night, _ = settled
    target = (night.current / "caijue.duckdb").resolve()
    assert target.stat().st_mode & 0o222 == 0
    old = night.processed / "runs" / "20200101T000000Z-01"
    shutil.copytree(night.current.resolve(), old)
    change_something(night)
    target.chmod(0o644)
    with duckdb.connect(str(target)) as writer:
        writer.execute("CREATE TABLE mine (a INTEGER)")
        result = night.run(CAIJUE_KEEP_RUNS="1", CAIJUE_KEEP_DAYS="0")
        assert night("status").returncode == 1
    assert night.current.resolve().name == result["run_id"]
    left = {p.name for p in (night.processed / "runs").iterdir()}
    assert old.name not in left and night.current.resolve().name in left


def test_84_run_ids_are_utc_and_only_go_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    assert next_run_id([], now) == "20261123T021500Z-01"
    assert next_run_id(["20261123T021500Z-01"], now) == "20261123T021500Z-02"
    set_back = next_run_id(["20270101T000000Z-09"], now)
    assert set_back == "20270101T000000Z-10"
    for zone in ("Asia/Shanghai", "America/New_York", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert (
            abs(
                datetime.strptime(next_run_id([])[:16], "%Y%m%dT%H%M%SZ")
                - datetime.now(UTC).replace(tzinfo=None)
            ).seconds
            < 5
        )
    monkeypatch.undo()
    time.tzset()


class Channel:
    """A webhook on this machine: what it was sent, and whether it takes it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.works = True
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if channel.works:
                    channel.sent.append(json.loads(text)["message"])
                self.send_response(200 if channel.works else 500)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def channel() -> Iterator[Channel]:
    made = Channel()
    assert channels.Channel(made.url).usable()  # loads what sends, once for every forked command
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.long
def test_85_91_the_same_files_give_the_same_bytes_findings_and_no_new_alert(
    settled: Settled, channel: Channel
) -> None:
    """And amounts are masked unless set otherwise (the other way: at 90)."""
    night, _ = settled
    change_something(night)
    night.run(CAIJUE_NOTIFY_URLS=channel.url)
    assert len(channel.sent) == 1 and "新增错误 1 处" in channel.sent[0]
    assert AMOUNT not in channel.sent[0] and "已隔离" in channel.sent[0]
    before = tree((night.current / "parquet").resolve())
    again = night.run(CAIJUE_NOTIFY_URLS=channel.url)
    after = tree((night.current / "parquet").resolve())
    changed = {k.split("/")[0] for k in before if before[k] != after[k]}
    assert changed <= {"runs", "findings"}  # a finding is new once, then persisting
    third = night.run(CAIJUE_NOTIFY_URLS=channel.url)
    last = tree((night.current / "parquet").resolve())
    assert again["findings"] == third["findings"]
    with duckdb.connect() as con:
        rows = [
            con.execute(
                "SELECT * EXCLUDE (last_run) FROM"
                f" '{night.processed}/runs/{r['run_id']}/parquet/findings/*.parquet' ORDER BY ALL"
            ).fetchall()
            for r in (again, third)
        ]
    assert rows[0] == rows[1]
    assert {k.split("/")[0] for k in after if after[k] != last[k]} <= {"runs", "findings"}
    assert len(channel.sent) == 1


@pytest.mark.long
def test_86_without_a_prefect_server_the_run_goes_on_by_itself(settled: Settled) -> None:
    night, _ = settled
    done = night(
        "run", "--json", PREFECT_API_URL="http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES="0"
    )
    assert done.returncode == 0, done.stderr
    assert (
        json.loads(done.stdout)["published"]
        and "改为直接运行" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_87_few_coarse_tasks() -> None:
    from pipelines.run.steps import STEPS

    assert len(STEPS) < 15 and len({s.title for s in STEPS}) == len(STEPS)


def test_88_every_file_has_its_own_deadline_in_its_own_process() -> None:
    begun = time.monotonic()
    got = dict(map_files(jobs.behave, ["hang", "good"], workers=1, memory_mb=300, timeout_s=1.0))
    assert (
        isinstance(got["hang"], Refused) and "超时" in got["hang"].reason and got["good"] == "read"
    )
    assert time.monotonic() - begun < 30


@pytest.mark.long
def test_90_a_dead_channel_does_not_change_the_verdict_and_is_told_later(
    settled: Settled, channel: Channel
) -> None:
    night, _ = settled
    change_something(night)
    channel.works = False
    told = {"CAIJUE_NOTIFY_URLS": channel.url, "CAIJUE_NOTIFY_MASK": "false"}
    done = night("run", "--direct", "--json", **told)
    assert done.returncode == 1 and json.loads(done.stdout)["published"]
    assert "留待下次 1 条" in done.stderr and channel.sent == []
    channel.works = True
    night.run(**told)
    assert len(channel.sent) == 1 and "新增错误" in channel.sent[0]
    assert AMOUNT in channel.sent[0] and "已隔离" in channel.sent[0]
    log = max((night.processed / "logs").glob("*.log"))
    assert str(channel.server.server_port) not in log.read_text(encoding="utf-8"), (
        "addresses are not logged"
    )


def test_94_retention_never_removes_the_published_run_nor_the_last_good_one(tmp_path: Path) -> None:
    place = Place(tmp_path / "p", tmp_path / "r")
    for day in range(1, 11):
        folder = place.runs / f"202601{day:02d}T000000Z-01"
        folder.mkdir(parents=True)
        (folder / "caijue.duckdb").touch()
        folder.chmod(0o555)
    os.symlink("runs/20260102T000000Z-01", place.current)
    now = datetime(2030, 1, 1, tzinfo=UTC)
    retention.clean(place, keep_runs=1, keep_days=0, good={"20260104T000000Z-01"}, now=now)
    assert [r[6:8] for r in place.run_ids()] == ["02", "04", "10"]


def test_20_a_year_of_which_nothing_was_submitted_is_as_an_empty_inbox(settled: Settled) -> None:
    night, first = settled
    done = night("run", "--direct", "--json", "--year", "2031")
    assert done.returncode == 3 and json.loads(done.stdout)["published"] is False
    assert "没有 2031 年度的报送" in done.stderr and "Traceback" not in done.stderr
    assert night.current.resolve().name == first["run_id"]


@pytest.mark.long
def test_a_run_over_one_year_makes_the_other_neither_new_nor_resolved(
    settled: Settled, channel: Channel
) -> None:
    night, _ = settled
    (
        night.raw / "units.csv"
    ).write_text(  # the unit that submits is not in it, another is expected: findings of each year
        "unit_code,unit_name,parent_code,unit_type,report_type,aliases,first_year,last_year\n"
        "999001,另一单位,,行政单位,单户,,2022,\n",
        encoding="utf-8",
    )
    urls = {"CAIJUE_NOTIFY_URLS": channel.url}
    before = night.run(**urls)
    assert sum(before["findings"].values()) >= 2
    told = list(channel.sent)
    assert len(told) == 1
    done = night("run", "--direct", "--json", "--year", "2023", **urls)
    assert done.returncode in (0, 1), done.stderr
    assert channel.sent == told
    apart = json.loads(night("diff", "--json").stdout)
    assert (
        apart["only_years"] == [2023] and apart["counts"]["resolved"] == apart["counts"]["new"] == 0
    )
    again = night.run(**urls)
    assert channel.sent == told and again["findings"] == before["findings"]
    assert again["changes"]["new"] == 0, (
        "a finding of 2022 keeps the run in which it was first seen"
    )
