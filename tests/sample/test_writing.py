"""Sets on disk: the register, the files, the same set again, in one process or several."""

from __future__ import annotations

import csv
from random import Random

import pytest

from pipelines.sample import Fault, facts_of, generate, inject, write_samples, writing
from pipelines.sample.faults import random_fault, swapped_digits
from pipelines.sample.places import SECTORS, region_name

from .equations import failures


def contents(directory):
    return {
        str(p.relative_to(directory)): p.read_bytes()
        for p in sorted(directory.rglob("*"))
        if p.is_file()
    }


def test_a_set_has_a_register_and_a_workbook_for_each_unit_and_year(tmp_path):
    seen = []
    report = write_samples(
        tmp_path, 7, 2, workers=1, progress=lambda done, total: seen.append((done, total))
    )
    assert report.files == 14 and report.years == (2022, 2023) and seen[-1] == (14, 14)
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 7
    heads = {r["unit_code"] for r in rows if r["report_type"] == "汇总"}
    assert {r["parent_code"] for r in rows if r["parent_code"]} == heads
    files = [p for p in tmp_path.rglob("*") if p.suffix in (".xlsx", ".xls")]
    assert len(files) == 14 and {p.suffix for p in files} == {".xlsx", ".xls"}


@pytest.mark.long
def test_processes_make_no_difference(tmp_path, monkeypatch):
    units = 6
    monkeypatch.setattr(writing, "INLINE_BELOW", units)
    for name, workers in (("one", 1), ("two", 2)):
        write_samples(tmp_path / name, units, 1, seed=9, messy=0.5, workers=workers)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_published_tables_come_with_it(tmp_path):
    report = write_samples(tmp_path, 3, 1, published=True, workers=1)
    assert report.files == 6 and len(list(tmp_path.rglob("*_公开.xlsx"))) == 3


@pytest.mark.parametrize(
    "wrong",
    [{"units": 0, "years": 1}, {"units": 1, "years": 20}, {"units": 1, "years": 1, "messy": 2}],
)
def test_what_cannot_be_made_is_said_in_words(tmp_path, wrong):
    with pytest.raises(ValueError, match="须"):
        write_samples(tmp_path, **wrong)


def test_thousands_of_names_are_different():
    assert len({region_name(n) for n in range(5_000)}) == 5_000
    assert len({s.department for s in SECTORS}) == len(SECTORS)


# --- faults
# --------------------------------------------------------------------------------------------------


def test_a_fault_changes_one_amount_and_leaves_the_original_alone():
    [submission] = generate(1, 1).submissions
    before = facts_of(submission)
    fault = Fault("Z04", "", "合计", "基本支出", 1)
    after = facts_of(inject(submission, fault))
    assert {k for k in before | after if before.get(k) != after.get(k)} == {
        ("Z04", "", "合计", "基本支出")
    }
    assert facts_of(submission) == before
    with pytest.raises(KeyError):
        inject(submission, Fault("Z99", "", "合计", "基本支出", 1))


def test_swapped_digits():
    assert swapped_digits(12_345_67) == 12_354_67 - 12_345_67
    assert swapped_digits(1_100_00) == 1_010_00 - 1_100_00
    assert swapped_digits(5_55) is None and swapped_digits(77_00) is None


# Cells that no equation of the catalogue touches: they may change without anything failing.
UNCHECKED = {
    "单价100万元（含）以上设备（不含车辆）",
    "授予小微企业合同金额",
    "政府采购授予中小企业合同金额",
    "基本建设类项目",
    "公务用车保有量",
    "国内公务接待批次",
    "国内公务接待人次",
    "因公出国（境）团组数",
    "因公出国（境）人次数",
}


@pytest.mark.long
def test_a_change_of_one_fen_anywhere_is_seen_by_the_equations():
    """The independent checker is no rubber stamp: it misses only cells that are merely bounded."""
    rng = Random(3)
    missed = []
    for submission in generate(6, 1, seed=21).submissions:
        rolled_up = submission.unit.report_type == "汇总"
        for _ in range(8):
            fault = random_fault(submission, rng, delta=rng.choice((-1, 1)))
            changed = facts_of(inject(submission, fault))
            if not failures(changed, unit_type=submission.unit.unit_type, rolled_up=rolled_up):
                missed.append(fault)
    assert {m.row_key for m in missed} <= UNCHECKED | {"公务用车购置数"} or all(
        "教育收费" in m.col_key for m in missed
    )
    assert len(missed) < 4
