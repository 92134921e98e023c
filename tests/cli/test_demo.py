"""The demo, from the shell: the seven planted errors at their cells, nothing in the clean parts,
every command over it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import duckdb
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from pipelines import cli, reconcile
from pipelines.commands import run
from pipelines.ending import guarded
from pipelines.run import steps
from pipelines.run.result import RunResult
from tests.books import opened_book

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"


@pytest.fixture(scope="module")
def home(published_demo: Path) -> Path:
    """The demo as the shell published it; the commands over it run in this process."""
    return published_demo


@dataclass
class Done:
    """What a command wrote, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def caijue(home: Path, *arguments: str, **more: str) -> Done:
    """The command in this process, its own folder and environment."""
    folders = {
        "CAIJUE_RAW": str(RAW),
        "CAIJUE_PROCESSED": str(home / "processed"),
        "CAIJUE_REPORTS": str(home / "reports"),
    }
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.chdir(home)
        for key in [k for k in os.environ if k.startswith(("CAIJUE_", "PREFECT_"))]:
            patch.delenv(key)
        for key, value in (folders | more).items():
            patch.setenv(key, value)
        code = guarded(lambda: cli._invoke(list(arguments)), "--json" in arguments)
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def result(home) -> dict:
    return json.loads((home / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def con(home, result):
    with duckdb.connect(
        str(home / "processed" / "current" / "caijue.duckdb"), read_only=True
    ) as opened:
        yield opened


def planted() -> list[tuple[str, str, str]]:
    """File, sheet and cell of each planted error, from the note beside the files."""
    rows = re.findall(
        r"^\| \d \| `([^`]+)` \| ([^|]+) \| ([A-Z]+\d+) \|",
        (RAW / "说明.md").read_text(encoding="utf-8"),
        re.M,
    )
    assert len(rows) == 7
    return [(f, s.strip(), c) for f, s, c in rows]


@pytest.mark.parametrize("number", range(7))
def test_planted_error_is_found_at_its_cell(con, number):
    file, sheet, cell = planted()[number]
    sql = """SELECT count(*) FROM finding_cells JOIN findings USING (finding_id)
             WHERE severity = 'error' AND file = ? AND sheet = ? AND cell = ?"""
    assert con.execute(sql, [file, sheet, cell]).fetchall()[0][0] > 0


def test_messages_are_short_and_begin_with_what_to_do(con):
    said = "SELECT message, detail FROM findings WHERE detail IS NOT NULL"
    rules = con.execute(said).fetchall()
    assert median(len(message) for message, _ in rules) <= 80
    assert all(message.startswith("请") and "《" not in message for message, _ in rules)
    assert all("《" in detail for _, detail in rules)


def test_marked_copies_show_their_own_cells_and_name_other_files(home, con, result):
    own = "SELECT cell, sheet FROM finding_cells WHERE starts_with(file, ?)"
    for unit in ("500009001", "500009"):  # both years' and the roll-up's findings
        known = {*con.execute(own, [f"2023/{unit}_"]).fetchall()}
        path = home / "reports" / "current" / "marked" / f"{unit}_2023.xlsx"
        book = opened_book(path)
        noted = {
            (cell.coordinate, sheet.title): cell.comment.text
            for sheet in book.worksheets[1:]
            for row in sheet.iter_rows()
            for cell in row
            if cell.comment
        }
        assert noted and {*noted} <= known
        assert all(len(text.splitlines()[0]) <= 60 for text in noted.values())
        listed = list(book["问题清单"].iter_rows(min_row=5, values_only=True))
        assert all("〔2022/" in row[8] for row in listed if row[3] in ("Y-01", "Y-02"))
        assert all("〔2023/" in row[8] for row in listed if row[3] == "G-01")


def test_the_summary_names_another_file_and_finds_cells(home, result):
    sheet = openpyxl.load_workbook(home / "reports" / "current" / "summary.xlsx")["问题清单"]
    heads = {cell.value: cell.column - 1 for cell in sheet[1]}
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    yearly = [row for row in rows if row[heads["规则"]] in ("Y-01", "Y-02")]
    assert yearly and all(row[heads["右边工作表"]].startswith("〔2022/") for row in yearly)
    assert any("Z04 G11、财决04表 G11" in row[heads["查找"]] for row in rows if row[heads["查找"]])
    folded = sheet.column_dimensions[get_column_letter(heads["完整算式"] + 1)]
    assert folded.hidden and folded.outlineLevel == 1


def test_nothing_else_is_an_error(con):
    clean = con.execute(
        """SELECT rule_id, unit_name, year, message FROM findings WHERE severity = 'error'
                           AND (year <> 2023 OR unit_code = '109001')"""
    ).fetchall()
    assert clean == []


def test_published_database(con, result):
    assert con.execute(
        "SELECT count(*) FROM runs WHERE run_id = ?", [result["run_id"]]
    ).fetchall() == [(1,)]
    uncommented = """SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''
        UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns()
            WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT view_name FROM duckdb_views()
            WHERE NOT internal AND coalesce(comment, '') = ''"""
    assert con.execute(uncommented).fetchall() == []
    lost = (
        "SELECT count(*) FROM sheets WHERE status = 'read' AND numbers <> facts_numbers +"
        " structural + left_out"
    )
    assert con.execute(lost).fetchall() == [(0,)]
    storage = con.execute(
        "SELECT tags FROM duckdb_databases() WHERE database_name = 'caijue'"
    ).fetchall()[0][0]
    assert storage["storage_version"].startswith("v1.0")


def test_example_queries_and_views(con):
    for topic, query in con.execute('SELECT topic, query FROM "README" ORDER BY no').fetchall():
        assert con.execute(query).fetchall() is not None, topic
    for (view,) in con.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall():
        con.execute(f'SELECT * FROM "{view}"').fetchall()
    wide = """SELECT block, "决算数" FROM z01 WHERE row_key = '总计'
        AND year = 2023 AND unit_code = '109001' ORDER BY ALL"""
    assert [(b, str(a)) for b, a in con.execute(wide).fetchall()] == [
        ("支出", "10318400.00"),
        ("收入", "10318400.00"),
    ]


def test_macros_are_exact(con):
    from decimal import Decimal

    assert con.execute("SELECT wan(12345.67)").fetchall() == [(Decimal("1.234567"),)]
    same = (
        "SELECT consistent(10318400, 10318449.99, -2), consistent(10318400, 10318450.01, -2),"
        " consistent(1.00, 1.01)"
    )
    assert con.execute(same).fetchall() == [(True, False, False)]


def test_commands_over_the_published_set(home, con, result):
    status = json.loads(caijue(home, "status", "--json").stdout)
    assert (
        status["published"]["run_id"] == result["run_id"]
        and status["published"]["findings"] == result["findings"]
    )
    finding = con.execute(
        "SELECT finding_id FROM findings WHERE rule_id = 'IN-Z05-01' LIMIT 1"
    ).fetchall()[0][0]
    text = caijue(home, "explain", finding[:8])
    assert text.returncode == 0 and "AK13" in text.stdout and "疑似" in text.stdout
    assert json.loads(caijue(home, "explain", finding, "--json").stdout)["operands"]
    assert caijue(home, "explain", "zzz").returncode == 2


def test_the_readme_shows_what_a_run_says(home, result, monkeypatch):
    """Its first lines, but for the number of the run, and the cause it begins with."""
    monkeypatch.setattr(steps, "run_direct", lambda *_: RunResult(**result))
    said = caijue(home, "run", "--direct").stdout.splitlines()
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("$ make run\n")[1].splitlines()
    said[1], shown[1] = (re.sub(r"^运行 \S+，", "运行，", lines[1]) for lines in (said, shown))
    assert shown[:9] == said[:9] and shown[9].strip() == "…"


def test_a_run_that_is_not_there_is_wrong_usage_like_an_unknown_finding(home, result):
    for arguments in (("diff", "20200101T000000Z-01", result["run_id"]), ("explain", "nothing")):
        told = caijue(home, *arguments)
        assert told.returncode == 2 and arguments[1] in told.stderr


def test_a_second_night_brings_nothing_new(home, result, tmp_path):
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    home = tmp_path / "home"
    again = json.loads(caijue(home, "run", "--direct", "--json").stdout)
    assert again["findings"] == result["findings"] and again["changes"]["new"] == 0
    counts = json.loads(caijue(home, "diff", "--json").stdout)["counts"]
    assert (
        counts["new"] == counts["resolved"] == counts["explained"] == 0 and counts["persisting"] > 0
    )


def test_a_run_tells_what_to_mend_first_where_anything_is_open(home, result, monkeypatch):
    """And opens the set for nothing else."""
    ended = RunResult(**result)
    monkeypatch.setattr(steps, "run_direct", lambda *_: ended)
    told = caijue(home, "run", "--direct").stdout
    assert "先改这几处（共 " in told
    ended = replace(ended, findings={"error": 0, "review": 0, "hint": 0})
    monkeypatch.setattr(run, "open_set", None)
    assert "先改这几处" not in caijue(home, "run", "--direct").stdout


def test_check_of_one_workbook(home):
    file, sheet, cell = planted()[1]
    done = caijue(home, "check", str(RAW / file), "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["files"][0]["status"] == "read"
    places = {(c["sheet"], c["cell"]) for f in document["findings"] for c in f["cells"]}
    assert (sheet, cell) in places
    assert not (home / "data").exists()


def test_a_broken_rule_fails_the_test_of_the_rules(home, tmp_path, monkeypatch):
    monkeypatch.setattr(reconcile, "run_examples", lambda book: [])  # tests/rules runs them
    (tmp_path / "own.yml").write_text(
        "family: 表间\nseverity: error\nrules:\n- {id: L-01, title: 试, formulas: ['Z05[合计, 合计]"
        " == 1']}\n",
        encoding="utf-8",
    )
    done = caijue(home, "rules", "test", "--json", CAIJUE_RULES_FOLDERS=str(tmp_path))
    assert done.returncode == 1
    assert [b["rule_id"] for b in json.loads(done.stdout)["broken"]] == ["L-01"]


def test_rules(home):
    listed = json.loads(caijue(home, "rules", "--json").stdout)
    assert {"IN-Z01-01", "X-03", "Y-01", "G-01"} <= {r["rule_id"] for r in listed}
    assert "X-03" in caijue(home, "rules", "show", "X-03").stdout
    wrong = caijue(home, "rules", "show", "X-3")
    assert wrong.returncode == 2 and "是不是" in wrong.stderr
