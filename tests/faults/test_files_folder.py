"""Faults 12–15, 17, 19, 20: what the raw folder may hold besides good files."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from pipelines.intake import stable
from pipelines.intake.discover import discover
from pipelines.intake.rawfile import RawFile
from pipelines.intake.refusal import Refused
from pipelines.reading.workbooks import open_workbook
from tests.faults import hostile

GOOD = hostile.Book().build()


def _found(folder: Path, settle_seconds: float = 0) -> dict[str, RawFile]:
    return {f.file: f for f in discover(folder, settle_seconds=settle_seconds)}


def test_12_links_pipes_and_devices_are_never_opened(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(GOOD)
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.xlsx").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.xlsx")
    found = _found(tmp_path)
    assert found["real.xlsx"].status == "ready"
    for name in ("link.xlsx", "loop", "dangling.xlsx", "pipe.xlsx"):
        assert found[name].status == "ignored" and "未打开" in found[name].reason


def test_12_a_pipe_that_takes_the_place_of_a_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    with pytest.raises(Refused, match="普通文件"):
        open_workbook(tmp_path / "a.xlsx", "xlsx")


@pytest.mark.parametrize(
    "name",
    ["~$决算.xlsx", ".~lock.a.xlsx#", "a.xlsx.tmp", "a.part", "a.xlsx.crdownload", "a.filepart"],
)
def test_13_lock_files_and_partial_uploads_are_passed_over(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(GOOD)
    assert _found(tmp_path)[name].status == "ignored"


@pytest.mark.usefixtures("watched")
def test_13_a_file_that_grows_while_we_look_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD[:400])
    stop = threading.Event()

    def copy() -> None:
        while not stop.is_set():
            with path.open("ab") as handle:
                handle.write(b"x")
            time.sleep(0.02)

    thread = threading.Thread(target=copy)
    thread.start()
    try:
        file = _found(tmp_path, settle_seconds=3)["a.xlsx"]
    finally:
        stop.set()
        thread.join()
    assert file.status == "waiting" and "下次运行" in file.reason


@pytest.mark.usefixtures("watched")
def test_13_a_truncated_file_that_stays_so_is_reported_not_put_off(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(GOOD[:-100])
    assert _found(tmp_path, settle_seconds=3)["a.xlsx"].status == "quarantined"


@pytest.mark.usefixtures("watched")
def test_13_fresh_files_hardly_delay_the_run(tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.xlsx").write_bytes(hostile.book(hostile.row(1, hostile.cell("A1", n))))
    begun = time.monotonic()
    assert {f.status for f in discover(tmp_path)} == {"ready"}
    assert time.monotonic() - begun < 1


def test_14_changed_between_discovery_and_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)
    file = _found(tmp_path)["a.xlsx"]
    assert open_workbook(path, "xlsx", sha256=file.sha256).sha256 == file.sha256
    path.write_bytes(hostile.book(hostile.row(1, hostile.cell("A1", "新"))))
    with pytest.raises(Refused, match="变化"):
        open_workbook(path, "xlsx", sha256=file.sha256)


def test_14_changed_while_reading_is_read_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)
    real, calls = stable._read_once, []

    def first_time_torn(path: Path, limit: int):  # type: ignore[no-untyped-def]
        data, before, after = real(path, limit)
        calls.append(1)
        return (data, before, (0, 0, 0, 0)) if len(calls) == 1 else (data, before, after)

    monkeypatch.setattr(stable, "_read_once", first_time_torn)
    assert stable.read_stable(path, limit=10_000)[0] == GOOD
    assert len(calls) == 2


@pytest.mark.parametrize(
    "name",
    [
        "决 算.xlsx",
        "全角　名（一）.xlsx",
        "📊报表😀.xlsx",
        "a" * 240 + ".xlsx",
        "行\n尾.xlsx",
        "'\";--.xlsx",
    ],
)
def test_15_odd_names(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "某 部门" / "２０２３"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(GOOD)
    (file,) = discover(tmp_path, settle_seconds=0)
    shown = name.replace("\n", "\\x0a")
    assert file.status == "ready" and file.file == f"某 部门/２０２３/{shown}"
    assert open_workbook(file.path, file.type).sheets


def test_15_undecodable_names_are_shown_and_opened(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    names = ["决算表.xlsx".encode("gb18030"), b"\xff\xfe\x81.xlsx", b"ok.xlsx"]
    for number, name in enumerate(names):
        with open(os.path.join(folder, name), "wb") as handle:
            handle.write(hostile.book(hostile.row(1, hostile.cell("A1", number))))
    found = _found(tmp_path)
    assert found["决算表.xlsx"].notes == ("name_encoding:gb18030",)
    assert len(found) == 3
    for file in found.values():
        json.dumps(file.file, ensure_ascii=False).encode()
        assert open_workbook(file.path, file.type).sheets


def test_15_names_that_print_alike_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "决算.xlsx").write_bytes(GOOD)
    with open(os.path.join(os.fsencode(tmp_path), "决算.xlsx".encode("gb18030")), "wb") as handle:
        handle.write(hostile.book(hostile.row(1, hostile.cell("A1", 1))))
    assert set(_found(tmp_path)) == {"决算.xlsx", "决算.xlsx~2"}


def test_17_same_content_twice_is_processed_once(tmp_path: Path) -> None:
    for name, age in (("a.xlsx", 50), ("b.xlsx", 10), ("c.xlsx", 90)):
        (tmp_path / name).write_bytes(GOOD)
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    found = _found(tmp_path)
    assert found["b.xlsx"].status == "ready"
    for name in ("a.xlsx", "c.xlsx"):
        assert found[name].status == "ignored"
        assert "same_as:b.xlsx" in found[name].notes and "b.xlsx" in found[name].reason


def test_19_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    (tmp_path / "b.xlsx").write_bytes(GOOD)
    real = os.open

    def denied(path, *rest, **more):  # type: ignore[no-untyped-def]
        if str(path).endswith("a.xlsx"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", denied)
    found = _found(tmp_path)
    assert found["a.xlsx"].status == "quarantined" and "Permission denied" in found["a.xlsx"].reason
    assert found["b.xlsx"].status == "ready"


def test_19_a_file_that_vanishes_while_we_look_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)
    real = os.open

    def gone(name, *rest, **more):  # type: ignore[no-untyped-def]
        path.unlink(missing_ok=True)
        return real(name, *rest, **more)

    monkeypatch.setattr(os, "open", gone)
    assert _found(tmp_path)["a.xlsx"].status == "ignored"


def test_20_missing_or_empty_inbox(tmp_path: Path) -> None:
    assert discover(tmp_path) == []
    assert discover(tmp_path / "no") == []


def test_notes_and_system_files_are_ignored(tmp_path: Path) -> None:
    names = (
        ".gitkeep",
        "README.md",
        "说明.md",
        "README.txt",
        "Thumbs.db",
        ".DS_Store",
        "desktop.ini",
    )
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.xlsx").write_bytes(GOOD)
    assert {f.file: f.status for f in discover(tmp_path)} == dict.fromkeys(
        (*names, ".git"), "ignored"
    )


def test_register_and_explanations_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("units.csv", "explanations.yml", "sub/units.csv"):
        (tmp_path / name).write_text("unit_code,unit_name\n1,甲\n", encoding="utf-8")
    found = _found(tmp_path)
    assert (found["units.csv"].kind, found["units.csv"].type) == ("register", "csv")
    assert found["explanations.yml"].kind == "explanations"
    assert found["sub/units.csv"].status == "ignored"


def test_raw_folder_is_left_as_it_was(tmp_path: Path) -> None:
    hostile.write_all(tmp_path)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in tmp_path.rglob("*")}
    discover(tmp_path)
    assert before == {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in tmp_path.rglob("*")}
