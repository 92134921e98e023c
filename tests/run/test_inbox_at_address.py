"""A run over an inbox at an fsspec address: as over a folder, and nothing touched without it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import fsspec
import pytest

from tests.run.conftest import tree

pytestmark = pytest.mark.long


@pytest.fixture
def address(night) -> str:
    return f"file://{night.raw}"


def files(document: dict) -> dict:
    return {k: document[k] for k in ("units", "files", "findings", "checks")}


def test_it_is_read_as_a_folder_is(night, address, first_night):
    result = night.run(CAIJUE_RAW=address)
    assert files(result) == files(first_night[1])
    mirrored = night.processed / "inbox"
    assert tree(mirrored) == tree(night.raw)
    book = next(night.raw.rglob("*.xlsx"))
    here = mirrored / book.relative_to(night.raw)
    assert abs(here.stat().st_mtime - book.stat().st_mtime) < 1e-3


def test_an_address_that_is_gone_leaves_what_is_published(settled):
    night, _ = settled
    before = tree(night.current.resolve())
    shutil.rmtree(night.raw)
    done = night("run", "--direct", "--json", "--raw", f"file://{night.raw}")
    assert done.returncode == 3 and "Traceback" not in done.stderr
    said = json.loads(done.stdout)["message"]
    assert f"raw 的地址 file://{night.raw}" in said and "已发布的数据保持不变" in said
    assert tree(night.current.resolve()) == before


def test_an_object_that_can_be_no_file_is_in_quarantine(night):
    memory = fsspec.filesystem("memory")  # what lies there goes to the command with the fork
    for path in (p for p in night.raw.rglob("*") if p.is_file()):
        memory.pipe_file(f"/inbox/{path.relative_to(night.raw)}", path.read_bytes())
    memory.pipe_file(f"/inbox/{'长' * 90}.xlsx", b"1")
    try:
        result = night.run(CAIJUE_RAW="memory://inbox")
    finally:
        memory.rm("/inbox", recursive=True)
    assert result["files"]["quarantined"] == 1
    assert result["files"]["read"] == sum(p.is_file() for p in night.raw.rglob("*"))
    log = max((night.processed / "logs").glob("*.log"), key=lambda p: p.stat().st_mtime)
    assert "没有取 1 个" in log.read_text("utf-8") and not Path("/长").exists()


def test_the_library_of_an_address_that_is_not_installed_is_named(night):
    done = night("run", "--direct", "--raw", "nosuch://a/b")
    assert done.returncode == 2 and "设置 raw = nosuch://a/b" in done.stderr
