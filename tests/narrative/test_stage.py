"""Narratives in a run: matched to their unit, checked against its tables, marked; a bad one costs
only itself.

All tests start from one run over the tables of a unit (``first``), those of a wrong figure from one
run over its narrative too (``wrong``); only that one is delivered.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import docx
import duckdb
import openpyxl
import pytest

import pipelines.deliver.deliver as reports
import pipelines.narrative.draft as drafting
from pipelines import organisation
from pipelines.commands.draft import draft_command
from pipelines.config import Config
from pipelines.narrative.owner import Owners
from pipelines.narrative.read import read_text
from pipelines.run.steps import run_direct
from pipelines.sample.writing import write_samples
from schemas import frames
from tests.run import fakes
from tests.shipped import shipped_book, without_formulas

_opened: dict[Path, duckdb.DuckDBPyConnection] = {}


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _opened:
        _opened.popitem()[1].close()


@dataclass
class Place:
    """One installation with a small sample in it."""

    home: Path

    @property
    def config(self) -> Config:
        home = self.home
        return Config(
            raw=home / "raw", processed=home / "data", reports=home / "reports", workers=1
        )

    def run(self, *, formulas: bool = False, **more: Any) -> Any:
        """A run without reports, and without the formulas between tables unless asked for; what is
        read of texts is the same whether batches are validated.
        """
        book = shipped_book() if formulas else without_formulas()
        with (
            mock.patch.object(reports, "deliver", fakes.deliver),
            mock.patch.object(organisation, "rulebook", lambda _: book),
            mock.patch.object(fakes.load, "check_batch", fakes.unchecked),
            mock.patch.object(fakes.wide, "write_wide", fakes.no_wide),
        ):
            return run_direct(self.config.model_copy(update=more))

    def delivered(self) -> Any:
        """A run in which nothing is a stand-in."""
        return run_direct(self.config)

    def copied(self, home: Path) -> Place:
        shutil.copytree(self.home, home, symlinks=True)
        return Place(home)

    def rows(self, sql: str) -> list[tuple]:
        """Of the published set; to open one takes longer than all that is asked of it."""
        path = (self.home / "data" / "current" / "caijue.duckdb").resolve()
        if path not in _opened:
            _opened[path] = duckdb.connect(str(path), read_only=True)
        return _opened[path].execute(sql).fetchall()

    def draft(self, year: int = 2023) -> Path:
        name = self.rows("SELECT min(unit_name) FROM facts")[0][0]
        out = self.home / f"{year}.docx"
        if not out.exists():
            with mock.patch.object(drafting, "picture", lambda chart: None):  # tables instead
                draft_command(self.config, name, year, out)
        return out


def edited(source: Path, target: Path, change: Any) -> Path:
    """A copy of a document with the text of every run changed."""
    document = docx.Document(str(source))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            if (text := change(run.text)) != run.text:
                run.text = text
    document.save(str(target))
    return target


def filled(text: str) -> str:
    return re.sub(r"【待填[^】]*】", "据实填写", text)


def raised(text: str) -> str:
    """项目支出 with a digit too many."""
    return re.sub(r"(项目支出)(\d+\.\d\d万元，占)", r"\g<1>9\g<2>", filled(text), count=1)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A run over the tables alone, and the draft made from it."""
    place = Place(tmp_path_factory.mktemp("narratives"))
    write_samples(place.home / "raw", 1, 2, seed=3, workers=1)
    place.run()
    place.draft()
    return place


@pytest.fixture(scope="module")
def wrong(first: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The next run, with a narrative in which one figure is wrong."""
    place = first.copied(tmp_path_factory.mktemp("wrong") / "home")
    edited(place.draft(), place.home / "raw" / "说明.docx", raised)
    place.delivered()
    return place


@pytest.fixture
def place(first: Place, tmp_path: Path) -> Place:
    return first.copied(tmp_path / "home")


@pytest.mark.long
def test_a_draft_has_open_places_and_nothing_else(place: Place) -> None:
    shutil.copy(place.draft(), place.home / "raw" / "2023" / "决算公开.docx")
    result = place.run()
    assert result.published and result.exit_code == 1
    assert {r[0] for r in place.rows("SELECT rule_id FROM findings")} == {"N-16"}
    assert all("待填" in r[0] for r in place.rows("SELECT subject FROM findings"))
    status, code, name, year = place.rows(
        "SELECT status, unit_code, unit_name, year FROM files WHERE kind = 'narrative'"
    )[0]
    assert (status, year) == ("read", 2023) and code and name
    outcomes = dict(
        place.rows(
            f"SELECT rule_id, outcome FROM check_results WHERE unit_code = '{code}' AND year = 2023"
            " AND rule_id LIKE 'N-%'"
        )
    )
    assert len(outcomes) == 21 and outcomes["N-16"] == "fail" and outcomes["N-03"] == "pass"
    before = place.rows(
        f"SELECT DISTINCT outcome FROM check_results WHERE unit_code = '{code}' AND year = 2022 AND"
        " rule_id LIKE 'N-%'"
    )
    assert before == [("not_evaluated",)]


def test_a_changed_figure_is_found_with_its_cell_and_marked(wrong: Place) -> None:
    place = wrong
    found = place.rows("SELECT finding_id, rule_id, unit_code, year, message FROM findings")
    assert [f[1] for f in found] == ["N-03"]
    cells = {
        r[0]: r[1:]
        for r in place.rows("SELECT role, file, sheet, cell, amount, quote FROM finding_cells")
    }
    assert (
        cells["left"][0] == "说明.docx"
        and re.fullmatch(r"\d+-\d+", cells["left"][2])
        and "项目支出9" in cells["left"][4]
    )
    fact = place.rows(
        "SELECT file, sheet, cell, amount FROM facts WHERE form = 'Z04' AND row_key = '合计' AND"
        " col_key = '项目支出' AND year = 2023"
    )
    assert cells["right"][:4] == fact[0]
    assert found[0][4].count(fact[0][2]) == 1 and "财决04表" in found[0][4]
    _delivered(place, f"{found[0][2]}_{found[0][3]}", cells["left"])


def _delivered(place: Place, stem: str, left: tuple) -> None:
    reports = place.home / "reports" / "current"
    marked = docx.Document(str(reports / "marked" / f"{stem}.docx"))
    assert left[4] in "".join(
        r.text for p in marked.paragraphs for r in p.runs if r.font.highlight_color
    )
    assert any("N-03" in c.text for c in marked.comments)
    head, row = list(
        openpyxl.load_workbook(reports / "summary.xlsx")["问题清单"].iter_rows(values_only=True)
    )[:2]
    shown = dict(zip(head, row, strict=True))
    assert (shown["左边工作表"], shown["左边单元格"]) == (left[1], left[2]) and left[4] in shown[
        "原文"
    ]
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert left[4] in page and left[2] in page and f"marked/{stem}.docx" in page


def test_what_is_unchanged_is_not_checked_again(wrong: Place, tmp_path: Path) -> None:
    place = wrong.copied(tmp_path / "home")
    first = place.rows("SELECT * EXCLUDE (change, first_run, last_run) FROM findings ORDER BY ALL")
    cells = place.rows("SELECT * FROM finding_cells ORDER BY ALL")
    checks = place.rows("SELECT * FROM check_results ORDER BY ALL")
    from pipelines.intake.share import Limits

    def none(*_: Any, **__: Any) -> Any:
        raise AssertionError("read again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Limits, "map", lambda _, work, jobs, **__: iter([none() for _ in jobs]))
        place.run(formulas=True)
    assert (
        place.rows("SELECT * EXCLUDE (change, first_run, last_run) FROM findings ORDER BY ALL")
        == first
    )
    assert place.rows("SELECT * FROM finding_cells ORDER BY ALL") == cells
    assert place.rows("SELECT * FROM check_results ORDER BY ALL") == checks


@pytest.fixture(scope="module")
def several(first: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The next run, with two narratives of one unit, a figure of one of them wrong, beside
    documents that no one should send.
    """
    place = first.copied(tmp_path_factory.mktemp("several") / "home")
    raw = place.home / "raw"
    edited(place.draft(), raw / "一.docx", filled)
    edited(place.draft(), raw / "二.docx", raised)
    good = (raw / "二.docx").read_bytes()
    (raw / "截断.docx").write_bytes(good[: len(good) // 2])
    (raw / "会议记录.txt").write_text("今天开会，讨论了决算工作。", encoding="utf-8")
    (raw / "空.txt").write_bytes(b"")
    _bomb(raw / "实体.docx", good)
    assert place.run().published
    return place


def test_hostile_documents_cost_only_themselves(several: Place) -> None:
    status = dict(several.rows("SELECT file, status FROM files WHERE kind = 'narrative'"))
    assert status == {
        "一.docx": "read",
        "二.docx": "read",
        "截断.docx": "quarantined",
        "会议记录.txt": "ignored",
        "空.txt": "quarantined",
        "实体.docx": "quarantined",
    }
    assert several.rows("SELECT count(*) FROM findings WHERE rule_id = 'S-FILE'")[0][0] == 3
    assert several.rows("SELECT count(*) FROM findings WHERE rule_id = 'N-03'")[0][0] == 1


def test_two_narratives_of_one_unit_add_up(several: Place, wrong: Place) -> None:
    one = several.rows(
        "SELECT outcome, instances, failed FROM check_results WHERE rule_id = 'N-03' AND year ="
        " 2023"
    )
    assert one[0][0] == "fail" and one[0][2] == 1
    alone = wrong.rows("SELECT instances FROM check_results WHERE rule_id = 'N-03' AND year = 2023")
    assert one[0][1] == 2 * alone[0][0]


def _bomb(path: Path, package: bytes) -> None:
    """A Word document whose text is an entity that doubles forty times."""
    import io
    import zipfile

    entities = "".join(f'<!ENTITY a{i} "&a{i - 1};&a{i - 1};">' for i in range(1, 41))
    body = (
        f'<!DOCTYPE d [<!ENTITY a0 "决算">{entities}]><w:document'
        ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a40;</w:t></w:r></w:p></w:body></w:document>'
    )
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(path, "w") as new:
        for item in old.infolist():
            new.writestr(item, body if item.filename == "word/document.xml" else old.read(item))


@pytest.mark.long
def test_only_narratives_is_not_an_empty_inbox(place: Place, tmp_path: Path) -> None:
    alone = Place(tmp_path / "alone")
    (alone.home / "raw").mkdir(parents=True)
    edited(place.draft(), alone.home / "raw" / "说明.docx", raised)
    result = alone.run(formulas=True)
    assert result.published
    assert ("N-03",) in alone.rows("SELECT rule_id FROM findings")
    per_rule = alone.rows(
        "SELECT count(*), count(DISTINCT rule_id), (SELECT count(*) FROM rules) FROM check_results"
    )
    assert per_rule[0][0] == per_rule[0][1] == per_rule[0][2]
    reason = alone.rows("SELECT reason FROM files WHERE kind = 'narrative'")[0][0]
    assert "只核对了文字自身" in reason


@pytest.mark.long
def test_another_year_is_left_alone(place: Place) -> None:
    shutil.copy(place.draft(), place.home / "raw" / "说明.docx")
    place.run(year=2022)
    assert place.rows("SELECT status FROM files WHERE kind = 'narrative'") == [("ignored",)]
    assert place.rows("SELECT count(*) FROM findings WHERE rule_id LIKE 'N-%'") == [(0,)]


@pytest.fixture
def owners() -> Owners:
    units = [
        {
            "unit_code": "1",
            "unit_name": "某省江城市财政局",
            "unit_type": "行政单位",
            "report_type": "汇总",
            "aliases": "市财政局",
        },
        {
            "unit_code": "1001",
            "unit_name": "某省江城市财政局",
            "unit_type": "行政单位",
            "report_type": "单户",
            "parent_code": "1",
        },
        {"unit_code": "4", "unit_name": "江城市商务局", "report_type": "汇总"},
        {
            "unit_code": "4001",
            "unit_name": "江城市商务局本级",
            "report_type": "单户",
            "parent_code": "4",
        },
        {"unit_code": "2", "unit_name": "江城市教育局", "last_year": 2020, "report_type": "单户"},
        {"unit_code": "3", "unit_name": "江城市教育局", "first_year": 2021, "report_type": "单户"},
    ]
    with duckdb.connect() as con:
        for dataset, given in ((frames.UNITS, units), (frames.SHEETS, [])):
            con.register("incoming", dataset.table(given))
            con.execute(f"CREATE TABLE {dataset.name} AS SELECT * FROM incoming")
            con.unregister("incoming")
        return Owners(con)


@pytest.mark.parametrize(
    ("names", "year", "code"),
    [
        (["某省江城市财政局"], 2023, "1"),
        (["市财政局"], 2023, "1"),
        (["江城市财政局"], 2023, "1"),
        (["没有的局", "市财政局"], 2023, "1"),
        (["江城市教育局"], 2019, "2"),
        (["江城市教育局"], 2023, "3"),
        (["江城市商务局"], 2023, "4"),
        (["江城市商务局（本级）", "江城市商务局"], 2023, "4001"),
        (["江城市教育局（本级）"], 2023, "3"),
        (["财政局"], 2023, None),
        (["外市财政局"], 2023, None),
        ([], 2023, None),
    ],
)
def test_whose_it_is(owners: Owners, names: list[str], year: int, code: str | None) -> None:
    assert owners.find(names, year).unit_code == code


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("江城市商务局（本级）2023年度部门决算公开", "江城市商务局（本级）"),
        ("2023年度江城市商务局（本级）决算公开", "江城市商务局（本级）"),
        ("江城市商务局2023年度部门决算公开", "江城市商务局"),
        ("江城市项目中心（事业单位）2023年度决算公开", "江城市项目中心"),
        ("二〇二三年度江城市商务局决算公开", "江城市商务局"),
    ],
)
def test_the_unit_of_a_title(title: str, name: str) -> None:
    text = f"{title}\n一、收入支出决算总体情况说明\n2023年度收、支总计5.00万元。\n"
    assert read_text(text).unit_names[0] == name
