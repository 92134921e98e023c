"""A run that would lose too much of what is published is held until somebody accepts it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.intake import listing
from pipelines.notify import channels
from pipelines.publish.loss import Loss, loss_of
from pipelines.publish.place import Place
from tests.run.conftest import Night, tree


@pytest.fixture
def unreadable(monkeypatch):
    """Folders of these names cannot be listed (a mode would not bind an administrator)."""
    names: set[str] = set()
    real = os.scandir

    def scandir(folder="."):
        if not isinstance(folder, int) and Path(folder).name in names:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return real(folder)

    monkeypatch.setattr(listing.os, "scandir", scandir)
    return names


def held(night: Night, *more: str, **environment: str) -> dict:
    """The document of a run that must be held, with the published set as it was."""
    before, pointer = tree(night.current.resolve()), night.current.resolve()
    done = night("run", "--direct", "--json", *more, **environment)
    assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
    assert night.current.resolve() == pointer and tree(pointer) == before
    assert [p.name for p in (night.processed / "runs").iterdir()] == [pointer.name]
    document = json.loads(done.stdout)
    assert document["published"] is False and document["verdict"] == "中止"
    return document


@pytest.fixture
def no_channel(monkeypatch):
    """Every address is one that takes nothing; what would send takes a second to import."""
    monkeypatch.setattr(channels.Channel, "usable", lambda _: True)
    monkeypatch.setattr(channels.Channel, "send", lambda *_: False)


@pytest.mark.long
def test_an_unreadable_folder_is_not_an_empty_one(settled, unreadable, no_channel):
    night, _ = settled
    unreadable.add("2023")
    document = held(night, CAIJUE_NOTIFY_URLS="json://localhost:9/")
    assert "文件夹 2023" in document["message"] and "没有读取权限" in document["message"]
    assert "--accept-loss" in document["message"] and "2023" in document["message"]
    waiting = json.loads((night.processed / "outbox.json").read_text(encoding="utf-8"))
    assert "--accept-loss" in json.dumps(waiting, ensure_ascii=False)
    assert "文件夹 2023" in night("status").stdout
    done = night("run", "--direct", "--json", "--accept-loss")
    assert done.returncode in (0, 1)
    with duckdb.connect(str(night.current / "caijue.duckdb"), read_only=True) as con:
        assert con.execute("SELECT DISTINCT year FROM facts").fetchall() == [(2022,)]
    unreadable.clear()
    assert night.run()["published"]


def test_last_years_unreadable_folder_is_held_though_its_facts_could_be_carried(
    settled, unreadable
):
    night, _ = settled
    unreadable.add("2022")
    assert "文件夹 2022" in held(night)["message"]


def test_a_raw_folder_that_cannot_be_listed_ends_the_run(night, unreadable):
    unreadable.add("raw")
    done = night("run", "--direct", "--json")
    assert done.returncode == 3 and "没有读取权限" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("harm", ["gone", "a file in its place", "cut off"])
def test_what_is_gone_is_named(settled, harm):
    night, _ = settled
    (book,) = (night.raw / "2023").glob("*.xlsx")
    if harm == "cut off":
        book.write_bytes(book.read_bytes()[:1000])
    else:
        shutil.rmtree(night.raw / "2023")
    if harm == "a file in its place":
        (night.raw / "2023").write_bytes(b"")
    message = held(night)["message"]
    assert f"2023/{book.name}" in message and "少了 1 份报送" in message
    assert ("没有读成" if harm == "cut off" else "已不在收件文件夹") in message


@pytest.mark.long
def test_the_share_is_a_setting(settled):
    night, _ = settled
    shutil.rmtree(night.raw / "2023")
    assert "max_loss" in held(night, CAIJUE_MAX_LOSS="0.4")["message"]
    assert night.run(CAIJUE_MAX_LOSS="0.9")["published"]
    done = night("run", "--direct", CAIJUE_MAX_LOSS="2")
    assert done.returncode == 2 and "max_loss" in done.stderr


@pytest.mark.long
def test_a_run_over_one_year_is_measured_against_that_year(settled):
    night, _ = settled
    done = night("run", "--direct", "--json", "--year", "2023")
    assert done.returncode in (0, 1), done.stderr
    assert night.run()["published"]


def test_fewer_facts_of_the_same_submissions_are_a_loss(first_night):
    home, _ = first_night
    place = Place(home / "data" / "processed", home / "reports")
    with duckdb.connect() as con:
        for dataset in ("facts", "submissions", "prior_facts"):
            source = place.published() / "parquet" / dataset / "*.parquet"
            con.execute(f"CREATE TABLE {dataset} AS SELECT * FROM '{source}'")
        assert loss_of(con, place.published()) == Loss(
            of=2, facts_of=con.execute("SELECT count(*) FROM facts").fetchall()[0][0]
        )
        con.execute("UPDATE facts SET unit_code = 'ANOTHER'")  # the same unit under a new code
        assert loss_of(con, place.published()).facts == 0
        con.execute("DELETE FROM facts WHERE form <> 'Z01'")
        assert loss_of(con, place.published()).share > 0.8
        assert loss_of(con, place.published()).units == ()
