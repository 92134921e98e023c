"""Folders that cannot hold what a run publishes are found out before the work."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines import folders
from pipelines.config import Config
from pipelines.deliver.page.write import _html
from pipelines.errors import Aborted, UsageError
from pipelines.publish.datasets import read_dataset
from pipelines.publish.place import Place
from pipelines.publish.pointer import check_targets, swap


def published(place: Place) -> Place:
    (place.runs / "r1" / "reports").mkdir(parents=True)
    swap(place, "r1")
    return place


def test_one_reports_folder_serves_one_data_folder(tmp_path: Path) -> None:
    first = published(Place(tmp_path / "a", tmp_path / "reports"))
    check_targets(first)
    with pytest.raises(UsageError, match="另一个数据文件夹"):
        check_targets(Place(tmp_path / "b", tmp_path / "reports"))
    (tmp_path / "a").rename(tmp_path / "moved")  # nothing published there any more
    check_targets(Place(tmp_path / "moved", tmp_path / "reports"))


def test_links_are_tried_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    place = Place(tmp_path / "a", tmp_path / "reports")
    check_targets(place)
    assert not list(tmp_path.rglob(".link-*"))
    monkeypatch.setattr(os, "symlink", refused)
    with pytest.raises(Aborted, match="没有开始"):
        check_targets(place)


def test_datasets_are_found_below_any_path(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]?*b" / "parquet" / "facts"
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 7 AS n) TO '{folder / 'part-0.parquet'}' (FORMAT parquet)")
        sql = read_dataset(tmp_path / "a[1]?*b", "facts")
        assert con.execute(f"SELECT n FROM {sql}").fetchall() == [(7,)]


def test_a_path_that_the_database_cannot_take_is_told(tmp_path: Path) -> None:
    config = Config(
        raw=tmp_path / "in", processed=tmp_path / "a?b" / "p", reports=tmp_path / "a?b" / "r"
    )
    with pytest.raises(UsageError, match="“\\?”"):
        folders.check_apart(config)


def test_a_full_temporary_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    full = OSError(errno.ENOSPC, "No space left on device")
    assert folders.full_temporary_folder(full) == ""
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    assert folders.full_temporary_folder(full) == str(tmp_path)
    none = FileNotFoundError(2, "No usable temporary directory found in ['/x']")
    assert folders.full_temporary_folder(none) == str(tmp_path)
    assert folders.full_temporary_folder(ValueError("x")) == ""


def test_the_page_lets_in_its_own_style_and_script_only() -> None:
    page = _html({"run": {"verdict": "", "id": ""}})
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and "unsafe" not in policy[1]
    for element in ("style", "script"):
        inside = re.search(rf"<{element}>(.*?)</{element}>", page, re.S)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert not re.search(r"<[a-z]+[^>]* style=", page)
