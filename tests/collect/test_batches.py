"""A batch is checked against its dataset's description; one without rows has only types."""

from __future__ import annotations

import pytest

from pipelines.validate import frames
from schemas.frames import DATASETS

UNIT = {"unit_code": "1", "unit_name": "甲局", "report_type": "单户"}


@pytest.mark.parametrize("name", DATASETS)
def test_a_batch_without_rows_fits_its_description(name: str) -> None:
    """What ``check_batch`` takes for granted of it."""
    frames.validate(DATASETS[name], DATASETS[name].empty())


def test_a_batch_without_rows_is_not_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(frames, "validate")
    units = DATASETS["units"]
    assert frames.check_batch(units, units.empty()).schema == units.arrow


def test_a_row_that_does_not_fit_is_a_defect() -> None:
    findings = DATASETS["findings"]
    with pytest.raises(frames.Defect, match="findings"):
        frames.check_batch(findings, findings.table([{"finding_id": "f", "severity": "grave"}]))
