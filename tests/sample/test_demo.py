"""The committed demo is what the code writes, holds what was published, and has exactly seven
errors.
"""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from python_calamine import CalamineWorkbook

from pipelines.sample import facts_of
from pipelines.sample.demo import build_demo, main
from pipelines.sample.disclosure import (
    PUBLISHED_BASIC,
    PUBLISHED_ECONOMIC,
    PUBLISHED_PROJECTS,
    PUBLISHED_TOTALS,
    disclosed_years,
    fen,
)
from pipelines.sample.paper import address

from .equations import failures, year_failures

RAW = Path(__file__).parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    directory = tmp_path_factory.mktemp("demo")
    return directory, build_demo(directory)


def content(path: Path) -> object:
    """The bytes; of a zip those of its parts, which do not depend on the version of zlib."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as package:
        return [(i.filename, i.date_time, package.read(i)) for i in package.infolist()]


def test_the_committed_demo_equals_a_fresh_build(built):
    directory, _ = built
    files = sorted(p.relative_to(directory) for p in directory.rglob("*") if p.is_file())
    committed = sorted(
        p.relative_to(RAW) for p in RAW.rglob("*") if p.is_file() and not p.name.startswith(".")
    )
    assert [str(f) for f in committed] == [str(f) for f in files]
    for file in files:
        assert content(directory / file) == content(RAW / file), (
            f"请重新生成：python -m pipelines.sample.demo data/raw（{file}）"
        )
    assert sum(f.suffix == ".xls" for f in files) == 1
    assert sum((RAW / f).stat().st_size for f in files) < 1_000_000


def test_the_disclosed_department_adds_up():
    before, after = [facts_of(s) for s in disclosed_years()]
    for facts in (before, after):
        assert failures(facts, unit_type="行政单位") == []
    assert [f for f in year_failures(after, before) if not f.startswith("Y-07")] == []


def test_the_disclosed_department_has_the_published_figures():
    facts = {s.year: facts_of(s) for s in disclosed_years()}
    for year, total in PUBLISHED_TOTALS.items():
        for block in ("收入", "支出"):
            assert facts[year]["Z01", block, "总计", "决算数"] == fen(total)
    now = facts[2023]
    for item, wan in (PUBLISHED_BASIC | PUBLISHED_PROJECTS).items():
        assert now["Z04", "", item, "本年支出合计"] == fen(wan)
    for econ, wan in PUBLISHED_ECONOMIC.items():
        assert now["Z08_1", "", "合计", econ] == fen(wan)
    assert (
        now["Z01", "支出性质", "公用经费", "决算数"]
        == now["F03", "", "机关运行经费", "统计数"]
        == fen("24.44")
    )
    assert now["Z01", "支出性质", "项目支出", "决算数"] == fen("1007.40")
    assert now["Z04", "", "215", "本年支出合计"] == fen("101.43")
    reception = [facts[y]["F03", "", "公务接待费", "统计数"] for y in (2022, 2023)]
    assert reception[1] == fen("1.13")
    assert round(Decimal(reception[1] - reception[0]) / reception[0] * 100, 1) == Decimal("175.1")
    assert round(Decimal(reception[1] - reception[0]) / 1_000_000, 2) == Decimal("0.72")


def test_the_seven_errors_stand_where_the_note_says(built):
    directory, planted = built
    note = (directory / "说明.md").read_text(encoding="utf-8")
    assert len(planted) == 7
    for error in planted:
        rows = CalamineWorkbook.from_path(str(directory / error.file)).get_sheet_by_name(
            error.sheet
        )
        grid = rows.to_python(skip_empty_area=False)
        row, column = next(
            (r, c) for r in range(60) for c in range(120) if address(r, c) == error.cell
        )
        value = grid[row][column]
        shown = value.strip("　 ") if isinstance(value, str) else f"{Decimal(repr(value)):,.2f}"
        assert shown == error.printed != error.right
        assert f"| {error.cell} | {error.printed} | {error.right} |" in note


def test_the_note_and_the_explanations(built):
    directory, _ = built
    entries = yaml.safe_load((directory / "explanations.yml").read_text(encoding="utf-8"))[
        "explanations"
    ]
    assert {(e["rule"], e["year"]) for e in entries} == {("Y-07", 2023)}
    assert (directory / "units.csv").read_text(encoding="utf-8").count("\n") == 6
    assert main([]) == 2
