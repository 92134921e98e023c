"""What contents turned out to be is remembered by their hash, and only for the same program."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.intake import kindmemory
from pipelines.intake.discover import discover
from pipelines.intake.kindmemory import FILE, KindMemory
from tests.conftest import DEMO


def found(raw: Path, cache: Path, version: str = "1") -> list[tuple]:
    memory = KindMemory.read(cache, version)
    files = discover(raw, memory=memory)
    memory.save(cache)
    return [(f.file, f.kind, f.type, f.status, f.reason, f.notes, f.sha256) for f in files]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A workbook, the same under a name that says otherwise, a damaged one, a text in an old
    encoding.
    """
    folder = tmp_path / "raw"
    folder.mkdir()
    book = next(DEMO.rglob("*.xlsx")).read_bytes()
    for name, data in {
        "甲.xlsx": book,
        "甲.txt": book,
        "坏.xlsx": b"PK\3\4 no workbook",
        "说明.txt": "本年收入合计 12 万元，均为财政拨款。".encode("gb18030"),
        "units.csv": b"unit_code,unit_name\n",
    }.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_content_that_is_known_is_not_judged_again(raw, tmp_path, monkeypatch) -> None:
    cache = tmp_path / "cache"
    first = found(raw, cache)
    assert [file[3] for file in first].count("quarantined") == 1
    monkeypatch.setattr(kindmemory, "classify", None)
    assert found(raw, cache) == first


def test_a_changed_content_is(raw, tmp_path) -> None:
    cache = tmp_path / "cache"
    first = found(raw, cache)
    (raw / "甲.xlsx").write_bytes(b"")
    again = found(raw, cache)
    changed = [now for before, now in zip(first, again, strict=True) if before != now]
    assert {file[0]: file[3] for file in changed}["甲.xlsx"] == "quarantined"


HARMED = {
    "damaged": "{",
    "not ours": '{"version": "1", "kinds": {"a.xlsx": [1]}}',
    "a list": '{"version": "1", "kinds": []}',
}


@pytest.mark.parametrize("harm", ["version", "damaged", "not ours", "a list"])
def test_what_another_program_found_or_what_cannot_be_read_is_forgotten(
    raw, tmp_path, monkeypatch, harm: str
) -> None:
    cache = tmp_path / "cache"
    first = found(raw, cache)
    if harm != "version":
        (cache / FILE).write_text(HARMED[harm], encoding="utf-8")
    asked = []
    real = kindmemory.classify
    monkeypatch.setattr(kindmemory, "classify", lambda *given: [asked.append(1), real(*given)][1])
    assert found(raw, cache, "2" if harm == "version" else "1") == first
    assert len(asked) == 4
