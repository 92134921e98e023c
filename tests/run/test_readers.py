"""What the fork server of the readers is told to have ready."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.extract.workbook import known_forms
from pipelines.intake import pool, stem
from pipelines.intake.rawfile import RawFile
from pipelines.run.readers import DOCUMENT_STAGES, DOCUMENT_WORKERS, FIRST, READY, preload_for
from schemas.library import load_forms

TOLD = {
    ("workbook", "xlsx"): {"pipelines.intake.xlsx"},
    ("workbook", "csv"): {"pipelines.containers.delimited"},
    ("workbook", "docx"): {"pipelines.tables.word", *DOCUMENT_WORKERS},
    ("narrative", "txt"): {"pipelines.tables.plain", *DOCUMENT_WORKERS},
}


def _file(kind: str, type: str, status: str = "ready") -> RawFile:
    return RawFile(Path("/甲"), "甲", kind, type, 1, 1, "x", status)


@pytest.mark.parametrize(("kind", "type"), TOLD)
def test_readers_of_the_files_at_hand_and_no_others(monkeypatch, kind, type) -> None:
    monkeypatch.setattr(pool, "_preloaded", set())
    monkeypatch.setattr(stem, "_shared", {})
    preload_for([_file(kind, type), _file("workbook", "ods", "quarantined")], "later.stage")
    assert set(pool.preloaded()) == {READY, "later.stage", *TOLD[kind, type]}
    documents = DOCUMENT_WORKERS[0] in TOLD[kind, type]
    assert [*stem._shared] == [FIRST, *(DOCUMENT_STAGES if documents else ())]


SCRIPT = """
import pipelines.extract.ready, pipelines.narrative.ready
from pipelines.extract.workbook import known_forms
from pipelines.narrative.tokens import wordings
from pipelines.narrative.vocabulary import vocabulary
for made in (known_forms, wordings, vocabulary):
    assert made.cache_info().currsize == 1, made
"""


def test_what_is_ready_is_made_when_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_workers_read_with_the_shipped_forms_and_those_of_ones_own(tmp_path) -> None:
    assert known_forms(())[0] == load_forms()
    own = (Path("schemas/forms/F03.yml").read_text(encoding="utf-8")).replace(
        "form: F03", "form: F99"
    )
    (tmp_path / "F99.yml").write_text(own, encoding="utf-8")
    assert known_forms((str(tmp_path),))[0].keys() == {*load_forms(), "F99"}
