"""What is known goes round: written into a list, put back into the inbox, read, published, and
told where it fits nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines.config import Config
from pipelines.extract.explained import filled_rows
from pipelines.intake.workbook import Sheet
from pipelines.publish.place import DATABASE
from pipelines.run.steps import run_direct
from tests.books import opened_book

pytestmark = pytest.mark.long

REVIEWED = "109001"  # the demo unit whose reviews are explained in its explanations.yml
# What nobody explains anything of: the second run does without.
ELSEWHERE = ("explanations.yml", "500009_*", "500009003_*", "*绩效*")


def write_in(path: Path, sheet: str, about: str, key: str, **values: object) -> None:
    """Fill the row of ``sheet`` whose column ``about`` holds ``key``."""
    book = opened_book(path)
    rows = book[sheet].iter_rows()
    titles: list[str] = []
    for row in rows:
        words = [c.value for c in row]
        if about in words:
            titles = words
        elif titles and words[titles.index(about)] == key:
            for title, value in values.items():
                row[titles.index(title)].value = value
    book.save(path)


@contextmanager
def opened(config: Config) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(config.processed / "current" / DATABASE), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def inbox(demo: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A second run: the summary and a marked copy of the first one, filled in, lie in the inbox;
    the YAML is gone.
    """
    home = tmp_path_factory.mktemp("again")
    raw = home / "raw"
    shutil.copytree(demo.raw, raw, ignore=shutil.ignore_patterns(*ELSEWHERE))
    for path in (raw / "2022").glob("500009*"):
        path.unlink()
    reports = demo.reports / "current"
    summary = raw / "说明" / "summary.xlsx"
    summary.parent.mkdir()
    shutil.copyfile(reports / "summary.xlsx", summary)
    with opened(demo) as con:
        cause, finding = con.execute("""
            SELECT cause, min(finding_id) FROM findings
            WHERE unit_code = '500009001' AND status = 'open' GROUP BY cause
            ORDER BY count(*) DESC LIMIT 1""").fetchall()[0]
        single = con.execute(
            "SELECT finding_id FROM findings WHERE rule_id = 'IN-HIER-02'"
        ).fetchall()[0][0]
    late = {"说明人": "王某", "有效期": date(2099, 12, 31)}
    write_in(summary, "先改这几处", "原因编号", cause, 原因="已与单位核实", **late)
    write_in(summary, "问题清单", "问题编号", finding, 原因="缺少说明人和有效期")
    marked = raw / "说明" / "500009002_2023.xlsx"
    shutil.copyfile(reports / "marked" / marked.name, marked)
    write_in(
        marked,
        "问题清单",
        "问题编号",
        single,
        原因="名称沿用旧称",
        说明人="李某",
        有效期="20991231",
    )
    (raw / "审核说明_网页.yml").write_text(
        "- {cause: gone, reason: 已改正, by: 赵某, until: 2099-12-31}\n", encoding="utf-8"
    )
    # What the first run read of the files that are the same is not read again.
    shutil.copytree(demo.processed / "cache", home / "processed" / "cache")
    config = Config(raw=raw, processed=home / "processed", reports=home / "reports", workers=2)
    run_direct(config)
    return config


def test_a_whole_cause_and_a_finding_are_explained(inbox):
    with opened(inbox) as con:
        found = con.execute("""
            SELECT reason, "by", until, state, findings
                   FROM explanations ORDER BY reason""").fetchall()
        told = con.execute("SELECT count(*) FROM findings WHERE status = 'explained'").fetchall()
    assert ("名称沿用旧称", "李某", "2099-12-31", "active", 1) in found
    cause = next(row for row in found if row[0] == "已与单位核实")
    assert cause[1:4] == ("王某", "2099-12-31", "active") and cause[4] > 1
    assert told[0][0] == sum(row[4] for row in found)


def test_what_the_yaml_said_came_back_with_the_summary(inbox):
    """The reviews that explanations.yml explains stand in the summary with their reasons, and
    are read from there.
    """
    with opened(inbox) as con:
        status = con.execute(
            "SELECT DISTINCT status FROM findings WHERE rule_id = 'Y-07' AND unit_code = ?",
            [REVIEWED],
        ).fetchall()
    assert status == [("explained",)]


def test_the_list_that_was_put_back_counts_as_read(inbox):
    with opened(inbox) as con:
        (row,) = con.execute(
            "SELECT kind, status FROM files WHERE file = '说明/summary.xlsx'"
        ).fetchall()
    assert row == ("explanations", "read")


def test_half_filled_rows_and_what_fits_nothing_are_told(inbox):
    with opened(inbox) as con:
        wrong = con.execute("SELECT message FROM findings WHERE rule_id = 'S-EXPLAIN'").fetchall()
        unused = con.execute("SELECT message FROM findings WHERE rule_id = 'S-UNUSED'").fetchall()
    assert len(wrong) == 1 and "《问题清单》" in wrong[0][0] and "说明人" in wrong[0][0]
    assert any("gone" in message for (message,) in unused)


def test_the_lists_show_who_said_what(inbox):
    book = openpyxl.load_workbook(inbox.reports / "current" / "summary.xlsx")
    head, *rows = book["问题清单"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    said = {(r["原因"], r["说明人"]) for r in found if r["状态"] == "已说明"}
    assert ("已与单位核实", "王某") in said and ("名称沿用旧称", "李某") in said


def test_rows_nobody_filled_say_nothing():
    head = ["原因编号", "单位", "原因", "说明人", "有效期"]
    rows = [head, ["c1", "甲", "", "", ""], ["c2", "乙", "属实", "王某", 46022.0]]
    (found,) = filled_rows([Sheet("先改这几处", 1, "visible", rows)])
    assert (found["cause"], found["row"], found["until"]) == ("c2", 3, "2025-12-31")
    assert filled_rows([Sheet("别的表", 1, "visible", [["原因", "说明人"], ["x", "y"]])]) == []
