"""Faults 1, 3, 4, 12, 15, 19, 95 together: an inbox of everything that no one should send, looked
at as a whole.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import time
from pathlib import Path

import pytest

from pipelines.intake.discover import discover
from tests.faults import hostile
from tests.faults.desk import Desk, look_at
from tests.run.conftest import Night
from tests.tables.hostile_pdfs import DRAWN, PDFS


def test_12_sockets_pipes_devices_and_folders_that_look_like_workbooks(desk: Desk) -> None:
    desk.draft().save(desk.raw, "决算.xlsx")
    (desk.raw / "文件夹.xlsx").mkdir()
    (desk.raw / "文件夹.xlsx" / "里面.txt").write_text("x")
    os.mkfifo(desk.raw / "管道.xlsx")
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(desk.raw)  # the name of a socket must be short
    try:
        listener.bind("套接字.xlsx")
        (desk.raw / "零.xlsx").symlink_to("/dev/zero")
        seen = look_at(desk.raw)
    finally:
        os.chdir(here)
        listener.close()
    state = {f["file"]: (f["status"], f["reason"]) for f in seen.document["files"]}
    assert state["决算.xlsx"][0] == "read"
    for name in ("管道.xlsx", "套接字.xlsx", "零.xlsx"):
        assert state[name][0] == "ignored" and "未打开" in state[name][1], name
    assert state["文件夹.xlsx/里面.txt"][0] == "ignored"
    assert seen.findings(severity="error") == []


def _as_nobody(folder: Path, answer: object) -> None:
    os.setgid(65534)
    os.setuid(65534)
    answer.send([(f.file, f.status, f.reason) for f in discover(folder, settle_seconds=0)])  # type: ignore[attr-defined]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_19_files_and_folders_that_the_account_may_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    (folder / "锁住").mkdir(parents=True)
    for name in ("a.xlsx", "b.xlsx", "锁住/c.xlsx"):
        (folder / name).write_bytes(hostile.book(hostile.row(1, hostile.cell("A1", name))))
    (folder / "a.xlsx").chmod(0)
    (folder / "锁住").chmod(0o700)
    for parent in (tmp_path, *tmp_path.parents[:-2]):
        parent.chmod(parent.stat().st_mode | 0o055)
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_as_nobody, args=(folder, theirs))
    process.start()
    assert mine.poll(60)
    found = {file: (status, reason) for file, status, reason in mine.recv()}
    process.join()
    assert found["b.xlsx"][0] == "ready"
    for name in ("a.xlsx", "锁住"):
        assert found[name][0] == "quarantined" and "Permission denied" in found[name][1], name


@pytest.mark.long
def test_95_ten_thousand_tiny_files_are_listed_in_seconds(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number:05d}.xlsx").write_bytes(b"PK\3\4%d" % number)
    begun = time.process_time()
    files = discover(tmp_path, settle_seconds=0)
    assert len(files) == 10_000 and {f.status for f in files} == {"quarantined"}
    assert time.process_time() - begun < 15


@pytest.mark.long
def test_every_hostile_file_at_once_costs_the_night_nothing(settled: tuple[Night, dict]) -> None:
    night, first = settled
    hostile.write_all(night.raw / "坏")
    printed = {name: one for name, one in PDFS.items() if name not in DRAWN}
    refused = [name for name, (_, words) in printed.items() if words is not None]
    for name, (make, _) in printed.items():
        (night.raw / "坏" / f"{name}.pdf").write_bytes(make())
    bad = len(hostile.FILES) + len(refused)
    done = night("run", "--direct", "--json")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    result = json.loads(done.stdout)
    assert result["files"]["quarantined"] == bad
    assert result["findings"]["error"] == bad and result["units"] == first["units"]
