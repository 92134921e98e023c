"""The workbook of a unit: 13 public tables that balance, agree with the database, and can be read
again.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from deliver_model import UNIT_A, UNIT_B, facts_of, small_model

from pipelines.deliver.deliver import deliver
from pipelines.deliver.unit.wide_sheet import WIDE_COLUMNS, page_starts
from pipelines.extract.workbook import read_workbook
from pipelines.public import rounding
from pipelines.public.added import Added
from pipelines.public.exact import KeyList, Located
from pipelines.public.figures import published, published_in_arrays
from pipelines.public.parts import Relations
from pipelines.public.rounding import Makeup, balanced, nearest
from pipelines.reading.workbooks import open_workbook
from schemas.library import forms
from schemas.relations import recipes

RUN = "20240101T000000Z-01"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("errors", [0, 3])
def test_every_sum_that_holds_in_the_source_holds_in_print(seed, errors):
    data = published(facts_of(seed, seed % 2 == 0, errors))
    relations = Relations(data.exact)
    sums = 0
    for key, amount in data.exact.items():
        assert abs(data.printed[key] * 10_000 - amount) < 10_000, key
        for parts in relations.of(key):
            if parts and sum(data.exact[k] * s for k, s in parts) == amount:
                sums += 1
                assert sum(data.printed[k] * s for k, s in parts) == data.printed[key], key
    assert sums > 150


@pytest.mark.parametrize("seed", range(4))
def test_added_up_at_once_the_parts_come_to_what_each_total_finds(seed):
    data = published(facts_of(seed, seed % 2 == 0, errors=3))
    looked_up = 0
    for exact in data.tables().values():
        relations, added = Relations(exact), Added(exact, data.printed)
        for key in exact:
            for recipe, parts in zip(recipes(key), relations.of(key), strict=True):
                looked_up += bool(parts) and not recipe.literal
                assert added.by(recipe, key) == (
                    tuple(
                        sum(amounts[part] * sign for part, sign in parts)
                        for amounts in (data.printed, exact)
                    )
                    if parts
                    else None
                )
    assert looked_up > 50


def test_an_error_in_the_source_is_not_hidden():
    facts = facts_of(1, False)
    facts["Z04", "", "合计", "本年支出合计"] += 1_000_000
    data = published(facts)
    assert data.printed["G03", "", "合计", "本年支出合计"] == nearest(
        facts["Z04", "", "合计", "本年支出合计"]
    )
    parts = [
        v
        for (f, _, r, c), v in data.printed.items()
        if f == "G03" and len(r) == 3 and c == "本年支出合计"
    ]
    assert abs(data.printed["G03", "", "合计", "本年支出合计"] - sum(parts) - 100) <= 2


def test_units_of_one_job_do_not_share_whose_budget_was_adjusted():
    """The keys of both are looked up together; only one of them has 全年预算数 filled."""
    plain = {("F03", "", "公务接待费", "预算数"): 700_000, ("F03", "", "公务接待费", "统计数"): 1}
    raised = plain | {("F03", "", "公务接待费", "全年预算数"): 900_000}
    listed = KeyList(list(raised))
    for facts, budget in ((plain, 700_000), (raised, 900_000)):
        amounts = np.array(list(facts.values()))
        together = published_in_arrays(Located(listed, np.arange(len(facts)), amounts))
        alone = published(facts)
        assert together.exact == alone.exact and together.printed == alone.printed
        assert together.exact["G13", "", "合计", "预算数/公务接待费"] == budget


def test_what_figures_are_made_of_is_the_same_in_a_small_table_and_sorted(monkeypatch):
    entries = [2, 0, 0, 2, 1, 0], [1, 0, 3, 1, 2, 0], [1, 1, -1, 1, 1, -1]
    small = Makeup.of(3, *entries).terms()
    monkeypatch.setattr(rounding, "SMALL", 0)
    assert small == Makeup.of(3, *entries).terms() == [{3: -1}, {2: 1}, {1: 2}]


def with_total(items: list[int]) -> list[int]:
    """The items and their total, balanced."""
    makeup = Makeup.of_terms(
        [*({i: 1} for i in range(len(items))), dict.fromkeys(range(len(items)), 1)]
    )
    return balanced(items, [*items, sum(items)], makeup).tolist()


def test_rounding_that_already_adds_up_is_left_alone():
    items = [12_345_600, 20_001_200, 4_000]
    assert with_total(items) == [nearest(a) for a in (*items, sum(items))]


def test_the_total_keeps_its_rounding_and_a_part_gives_way():
    *parts, total = with_total([4_000, 4_000, 4_000])
    assert total == 1 and sum(parts) == 1


@pytest.fixture(scope="module")
def out(small_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "reports"
    made = deliver(small_db, folder / "raw", folder, run_id=RUN)
    assert len(made["units"]) == 3 and made["page"].is_file()
    return folder


@pytest.fixture(scope="module")
def workbook(out: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(out / "units" / "001001_2023.xlsx")


def read_back(path: Path) -> dict[tuple[str, str, str, str], int]:
    """The facts of the public tables as the extraction reads them, in 分."""
    readings = read_workbook(open_workbook(path, "xlsx"))
    assert sorted(r.form.form for r in readings) == [f"G{i:02d}" for i in range(1, 14)]
    assert all(
        r.caption.unit == UNIT_A[1] and r.caption.year == 2023 and r.money == "万元"
        for r in readings
    )
    assert not [f for r in readings for f in r.faults] and not [
        x for r in readings for x in r.left_out
    ]
    return {
        (r.form.form, f.block, f.row_key, f.col_key): f.fen
        for r in readings
        for f in r.facts
        if f.fen
    }


def test_names_are_safe(out):
    assert sorted(p.name for p in (out / "units").iterdir()) == [
        "001001_2022.xlsx",
        "001001_2023.xlsx",
        "乙县=档案馆_分馆_2023.xlsx",
    ]


def test_sheets_in_order(workbook):
    assert workbook.sheetnames == [
        "目录",
        *(f"公开{i:02d}表" for i in range(1, 14)),
        "问题",
        "图表",
        "趋势",
        "原值",
    ]


def test_tables_say_what_they_are(workbook):
    for number in range(1, 14):
        sheet = workbook[f"公开{number:02d}表"]
        form = forms()[f"G{number:02d}"]
        text = [
            str(c.value) for row in sheet.iter_rows(max_row=3) for c in row if c.value is not None
        ]
        assert text[0] == form.title and form.number in text
        assert f"部门：{UNIT_A[1]}" in text and "2023年度" in text and "金额单位：万元" in text
        assert not sheet.merged_cells.ranges and sheet.freeze_panes and sheet.print_title_rows
        assert sheet.page_setup.paperSize == 9 and RUN in sheet.oddFooter.left.text
        assert any(
            str(c.value).startswith("注：") for row in sheet.iter_rows() for c in row if c.value
        )


def test_empty_tables_say_why(out):
    book = openpyxl.load_workbook(out / "units" / "乙县=档案馆_分馆_2023.xlsx")
    for number in (10, 11, 12):
        text = "".join(str(c.value) for c in book[f"公开{number}表"]["A"] if c.value)
        assert "没有" in text and "故本表无数据" in text


def test_every_figure_agrees_with_the_source(workbook):
    data = published(
        {k[2:]: v for k, v in small_model().amounts.items() if k[:2] == ("001001", 2023)}
    )
    rows = list(workbook["原值"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(data.exact)
    names = {form.number: name for name, form in forms().items()}
    for number, block, row, column, exact, shown, moved in rows:
        key = (names[number], block or "", row, column)
        assert Decimal(str(exact)) == Decimal(data.exact[key]) / 100
        assert Decimal(str(shown)) == Decimal(data.printed[key]) / 100
        assert abs(moved or 0) <= 0.011


def test_the_tables_can_be_read_again(out):
    data = published(
        {k[2:]: v for k, v in small_model().amounts.items() if k[:2] == ("001001", 2023)}
    )
    assert read_back(out / "units" / "001001_2023.xlsx") == {
        k: v * 10_000 for k, v in data.printed.items() if v
    }


def test_charts_are_native_and_without_zero_slices(workbook):
    sheet = workbook["图表"]
    titles = [str(c.value) for c in sheet["A"] if c.value and str(c.value).startswith("图")]
    assert [t[:2] for t in titles] == [f"图{i}" for i in range(1, 8)]
    assert len(sheet._charts) == 7
    values = [c.value for c in sheet["D"] if isinstance(c.value, int | float)]
    assert values and all(v > 0 for v in values)


def test_findings_of_the_unit_are_listed(workbook):
    sheet = workbook["问题"]
    head = [c.value for c in sheet[1]]
    rows = [dict(zip(head, r, strict=True)) for r in sheet.iter_rows(min_row=2, values_only=True)]
    assert {r["规则"] for r in rows} == {"IN-Z01-05", "X-03"}
    assert all("E10" in r["左边单元格"] for r in rows)


def test_a_second_run_takes_unchanged_workbooks_over(small_db, out, tmp_path):
    again = tmp_path / "reports"
    deliver(small_db, out / "raw", again, run_id="20240102T000000Z-01", previous=out)
    for path in (out / "units").iterdir():
        assert (again / "units" / path.name).read_bytes() == path.read_bytes()
        assert (again / "units" / path.name).stat().st_ino == path.stat().st_ino


@pytest.mark.parametrize("harm", ["edited", "emptied", "gone"])
def test_a_workbook_that_somebody_touched_is_written_again(small_db, out, tmp_path, harm):
    before = tmp_path / "before"
    shutil.copytree(out, before)
    target = next((before / "units").glob("001001_2023*"))
    right = target.read_bytes()
    if harm == "gone":
        target.unlink()
    else:
        target.write_bytes(b"" if harm == "emptied" else b"x" * len(right))
    deliver(small_db, out / "raw", tmp_path / "again", run_id=RUN, previous=before)
    assert (tmp_path / "again" / "units" / target.name).read_bytes() == right


def test_only_what_changed_is_written_again(out, tmp_path):
    model = small_model()
    fact = next(
        f
        for f in model.tables["facts"]
        if f["unit_name"] == UNIT_B[1] and f["form"] == "Z08" and f["row_key"] == "合计"
    )
    fact["amount"] += Decimal("100000.00")
    db = model.write(tmp_path / "caijue.duckdb")
    again = tmp_path / "reports"
    deliver(db, out / "raw", again, run_id=RUN, previous=out)
    same = {
        p.name: (again / "units" / p.name).stat().st_ino == p.stat().st_ino
        for p in (out / "units").iterdir()
    }
    assert same == {
        "001001_2022.xlsx": True,
        "001001_2023.xlsx": True,
        "乙县=档案馆_分馆_2023.xlsx": False,
    }


def test_a_changed_unit_and_the_findings_it_brings_above_it_redraw_these_alone(out, tmp_path):
    """The roll-up of a department no longer agrees with a unit below it: both workbooks are new,
    the department's public tables and other years are not.
    """
    model = small_model()
    fact = next(
        f for f in model.tables["facts"] if f["unit_name"] == UNIT_B[1] and f["form"] == "Z03"
    )
    fact["amount"] += Decimal("100000.00")
    below = {"role": "right", "file": fact["file"], "sheet": "Z03", "cell": fact["cell"]}
    model.finding(UNIT_A, 2023, "R-01", "Z03[合计,本年收入合计]", [below])
    again = tmp_path / "reports"
    db = model.write(tmp_path / "caijue.duckdb")
    deliver(db, out / "raw", again, run_id=RUN, previous=out)
    new = {
        path.relative_to(out).as_posix()
        for folder in ("units", "public")
        for path in (out / folder).iterdir()
        if (again / folder / path.name).stat().st_ino != path.stat().st_ino
    }
    assert new == {
        "units/001001_2023.xlsx",
        "units/乙县=档案馆_分馆_2023.xlsx",
        "public/公开表_乙县=档案馆_分馆_2023.xlsx",
    }


def test_same_input_same_bytes(small_db, out, tmp_path):
    deliver(small_db, out / "raw", tmp_path, run_id=RUN)
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert names == sorted(
        p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()
    )
    for name in names:
        assert (out / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_printed_pages_of_the_wide_table_are_full_and_begin_no_class_at_their_end():
    used = [
        "301",
        *(f"301{i:02d}" for i in range(1, 12)),
        "302",
        *(f"302{i:02d}" for i in range(1, 6)),
        "303",
        "30301",
        "310",
        "31002",
    ]
    starts = page_starts(used)
    assert starts[0] == 2 and all(
        b - a <= WIDE_COLUMNS for a, b in pairwise([*starts, 3 + len(used)])
    )
    assert [used[s - 3] for s in starts[1:]] == ["30109", "303"]
    assert page_starts(["301"]) == [2]
