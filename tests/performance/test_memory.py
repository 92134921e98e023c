"""Performance material is read once: in a later run from what was remembered of it, and in the same
run from documents as they were opened before.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import mock

import duckdb
import pytest

import pipelines.deliver.deliver as reports
from pipelines import organisation
from pipelines.config import Config, load_config
from pipelines.errors import Held
from pipelines.performance import stage
from pipelines.performance.memory import SUFFIX
from pipelines.performance.worker import PackJob, read_pack
from pipelines.reading.worker import extract_file
from pipelines.run.steps import run_direct
from pipelines.tables import opened
from pipelines.tables.read import read_document
from tests.performance.conftest import current
from tests.performance.support import as_word, faulty, read
from tests.run import fakes
from tests.shipped import without_formulas

NOBODY = "pipelines.performance.worker:nobody"  # whoever is asked to read a file cannot be found
SAID = (
    "FROM facts WHERE form LIKE 'JX%' ORDER BY ALL",
    "SELECT * EXCLUDE (change, last_run) FROM findings ORDER BY ALL",
)


@pytest.fixture
def next_night(published: Config, tmp_path: Path) -> Config:
    """The published set and its inbox, to which a file came."""
    home = tmp_path / "home"
    shutil.copytree(published.processed.parent, home, symlinks=True)
    (home / "raw" / "来文.txt").write_text("请各单位按时报送。\n", encoding="utf-8")
    config, _ = load_config(
        raw=home / "raw", processed=home / "processed", reports=home / "reports"
    )
    return config


def _said(config: Config) -> list[list[tuple]]:
    with duckdb.connect(str(current(config) / "caijue.duckdb"), read_only=True) as con:
        return [con.sql(sql).fetchall() for sql in SAID]


def _next_run(config: Config) -> None:
    """Without reports and without the formulas between tables, which fail nowhere in the set."""
    with (
        mock.patch.object(reports, "deliver", fakes.deliver),
        mock.patch.object(organisation, "rulebook", lambda _: without_formulas()),
    ):
        run_direct(config)


def _remembered(config: Config) -> list[Path]:
    return sorted((config.processed / "cache").glob(f"*{SUFFIX}"))


@pytest.mark.long
def test_a_later_run_reads_no_file_again(published, next_night, monkeypatch) -> None:
    monkeypatch.setattr(stage, "WORK", NOBODY)
    _next_run(next_night)
    assert all(_said(published)) and _said(next_night) == _said(published)
    assert len(_remembered(next_night)) >= 5


@pytest.mark.long
def test_what_cannot_be_read_of_it_is_read_anew(published, next_night) -> None:
    for number, path in enumerate(_remembered(next_night)):
        path.write_bytes(b"\0" if number % 2 else path.read_bytes()[:-9])
    _next_run(next_night)
    assert _said(next_night) == _said(published)


@pytest.fixture
def word(tmp_path: Path) -> Path:
    path = tmp_path / "报告.docx"
    as_word(faulty("清溪县林草保护中心"), path)
    return path


def test_a_document_is_taken_as_it_was_opened(word: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    extract_file(word, "docx", target, ())
    kept = target.with_name(target.name + opened.SUFFIX)
    expected = read(word)
    gone = tmp_path / "gone.docx"
    assert read_pack(PackJob(word.name, gone, "docx", "", frozenset(), kept)) == expected


@pytest.mark.parametrize("spoil", [lambda held: b"", lambda held: held[:-20], lambda held: b"{}"])
def test_a_spoiled_one_counts_as_absent(word: Path, tmp_path: Path, spoil) -> None:
    document = read_document(word.read_bytes(), "docx")
    kept = tmp_path / opened.name_of("ab")
    opened.keep_opened(kept, document)
    assert opened.kept_opened(kept) == document
    kept.write_bytes(spoil(kept.read_bytes()))
    assert opened.kept_opened(kept) is None


def test_a_night_that_lost_its_performance_material_is_held(next_night) -> None:
    shutil.rmtree(next_night.raw / "绩效")
    with pytest.raises(Held, match="个事实"):
        run_direct(next_night)
