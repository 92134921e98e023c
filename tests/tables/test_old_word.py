"""Old Word documents, through LibreOffice where it is installed: the same facts as the .docx."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.intake import office
from pipelines.intake.discover import discover
from tests.faults import hostile
from tests.tables.disclosure import amounts_of, as_docx, disclosure
from tests.tables.test_document_forms import check, readings

WIDEST = 60  # columns: .doc holds no wider table
soffice = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")


@soffice
@pytest.mark.slow
def test_an_old_document_gives_the_facts_of_the_new_one(tmp_path: Path) -> None:
    whole = disclosure()
    narrow = tuple(t for t in whole.tables if len(t.rows[0]) <= WIDEST)
    data = as_docx(replace(whole, tables=narrow))
    (tmp_path / "公开.docx").write_bytes(data)
    command = [str(office.program()), f"-env:UserInstallation={(tmp_path / 'p').as_uri()}"]
    command += ["--headless", "--convert-to", "doc:MS Word 97", "公开.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=200)
    old = (tmp_path / "公开.doc").read_bytes()
    assert amounts_of(readings(office.to_docx(old), "docx")) == amounts_of(readings(data, "docx"))
    seen = check(tmp_path, "公开.doc")
    (file,) = seen["files"]
    assert (file["status"], file["unit_name"], file["year"]) == ("read", whole.unit, whole.year)
    assert file["sha256"] == hashlib.sha256(old).hexdigest()
    assert not [f for f in seen["findings"] if f["rule_id"] not in ("S-MISSING", "P-09")]


def test_without_the_program_the_next_step_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "旧.doc").write_bytes(hostile.compound({"WordDocument": b"\xec\xa5"}))
    monkeypatch.setattr(office, "program", lambda: None)
    (file,) = office.with_converted(discover(tmp_path, settle_seconds=0), tmp_path / "cache")
    assert file.status == "quarantined" and "另存为 .docx" in file.reason


def test_a_conversion_that_hangs_or_fails_is_quarantined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "soffice"
    fake.write_text("#!/bin/sh\nsleep 60\n")
    fake.chmod(0o755)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "旧.doc").write_bytes(hostile.compound({"WordDocument": b"\xec\xa5"}))
    monkeypatch.setattr(office, "program", lambda: str(fake))
    monkeypatch.setattr(office, "SECONDS", 1)
    files = discover(tmp_path / "in", settle_seconds=0)
    (file,) = office.with_converted(files, tmp_path / "cache")
    assert file.status == "quarantined" and "转换没有成功" in file.reason
