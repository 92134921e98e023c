"""PDFs that no one should send: read or refused with a reason, within the limits, and nothing in
them acts. (All of a night at once: ``tests/faults/test_files_inbox.py``.)
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.commands.check import evaluate, gather
from pipelines.config import Config
from pipelines.tables.failure import DocumentError
from pipelines.tables.read import read_document
from tests.tables.disclosure import as_docx
from tests.tables.hostile_pdfs import BOMBS, DRAWN, PDFS
from tests.tables.kept import kept


@pytest.mark.long
@pytest.mark.parametrize("name", [n for n in PDFS if n != "空"])
def test_a_hostile_file_is_read_or_refused_with_a_reason(name: str) -> None:
    make, words = PDFS[name]
    if words is None:
        read = read_document(make(), "pdf").text
        assert "7" in read if name in DRAWN else "1,234.56" in read
        return
    with pytest.raises(DocumentError) as error:
        read_document(make(), "pdf")
    assert words in error.value.reason
    assert any("一" <= c <= "鿿" for c in error.value.reason)


@pytest.mark.slow
def test_bombs_are_quarantined_and_cost_no_other_file(tmp_path: Path) -> None:
    """Each stops a reader of 512 MB; the disclosure beside them is read and judged."""
    for name, make in BOMBS.items():
        (tmp_path / f"{name}.pdf").write_bytes(make())
    (tmp_path / "公开.docx").write_bytes(as_docx(kept()))
    config = Config(
        raw=tmp_path,
        processed=tmp_path / "p",
        reports=tmp_path / "r",
        workers=1,
        memory_mb=512,
        timeout_s=30,
    )
    files = gather(sorted(p for p in tmp_path.iterdir() if p.is_file()))
    seen = evaluate(config, files, tmp_path / "s", lambda *_: None)
    told = {f["file"]: f for f in seen["files"]}
    for name in BOMBS:
        file = told[f"{name}.pdf"]
        assert file["status"] == "quarantined", name
        assert "内存" in file["reason"] or "时间" in file["reason"]
    good = told["公开.docx"]
    assert (good["status"], good["facts"]) == ("read", 112)
