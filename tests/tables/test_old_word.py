"""Old Word documents, through LibreOffice where it is installed: the same facts as the .docx."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from pipelines.intake import office
from pipelines.intake.discover import discover
from tests.faults import hostile
from tests.tables.disclosure import amounts_of, as_docx
from tests.tables.kept import kept
from tests.tables.test_document_forms import check, of, readings

soffice = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")


def old_word(folder: Path, form: str) -> None:
    """The disclosure as LibreOffice writes an old document; WPS writes the same inside."""
    aside = folder / form
    aside.mkdir()
    (aside / "公开.docx").write_bytes(as_docx(kept(form)))
    command = [str(office.program()), f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--headless", "--convert-to", "doc:MS Word 97", "公开.docx"]
    subprocess.run(command, cwd=aside, check=True, capture_output=True, timeout=200)
    (aside / "公开.doc").rename(folder / f"公开.{form}")


@soffice
@pytest.mark.slow
def test_old_documents_give_what_the_new_one_gives(tmp_path: Path) -> None:
    (tmp_path / "公开.docx").write_bytes(as_docx(kept()))
    for form in ("doc", "wps"):
        old_word(tmp_path, form)
    seen = check(tmp_path, "公开.docx", "公开.doc", "公开.wps")
    rules = {
        form: {(f["rule_id"], f["subject"]) for f in of(form, seen["findings"])}
        for form in ("docx", "doc", "wps")
    }
    assert rules["doc"] == rules["wps"] == rules["docx"] and rules["docx"]
    old = amounts_of(readings(office.to_docx((tmp_path / "公开.doc").read_bytes()), "docx"))
    assert old == amounts_of(readings(as_docx(kept()), "docx"))
    told = {f["file"]: f for f in seen["files"]}
    counts = ("status", "year", "tables", "numbers", "facts", "left_out")
    for form in ("doc", "wps"):
        file = told[f"公开.{form}"]
        assert [file[k] for k in counts] == [told["公开.docx"][k] for k in counts]
        submitted = (tmp_path / f"公开.{form}").read_bytes()
        assert file["format"] == "doc"
        assert file["sha256"] == hashlib.sha256(submitted).hexdigest()


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
