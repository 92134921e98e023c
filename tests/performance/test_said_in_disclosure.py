"""A disclosure without forms, and a report in prose: judged with the forms that the unit sent in a
file of their own, and alone where there are none.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.config import load_config
from pipelines.run.steps import run_direct
from pipelines.sample.performance_pack import as_text, blocks, sample_pack

WITH_FORMS, WITHOUT, REPORTING = "清溪县档案管理中心", "清溪县图书馆", "清溪县水文站"
DISCLOSURE = """{unit}2023年度部门决算
第三部分 2023年度部门决算情况说明
一、收入支出决算总体情况说明
2023年度收、支总计均为1000.00万元。
二、收入决算情况说明
2023年度本年收入合计1000.00万元，其中：一般公共预算财政拨款收入1000.00万元，占100%。
三、支出决算情况说明
2023年度本年支出合计1000.00万元，其中：基本支出800.00万元，占80.00%；项目支出200.00万元，占20.00%。
四、预算绩效情况说明
我局对2023年度6个项目均开展了绩效自评，其中：3个优、2个良。
"""
REPORT = """{unit}2023年度项目支出绩效自评报告
普查项目全年预算数100.00万元，执行数90.00万元，完成预算的95%。
"""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("disclosure")
    raw = home / "raw"
    raw.mkdir()
    _write(raw / "自评表.txt", as_text(blocks(sample_pack(3, "C", 4))))
    for unit in (WITH_FORMS, WITHOUT):
        _write(raw / f"{unit}.txt", DISCLOSURE.format(unit=unit))
    _write(raw / "报告.txt", REPORT.format(unit=REPORTING))
    config, _ = load_config(raw=raw, processed=home / "processed", reports=home / "reports")
    run_direct(config)
    with duckdb.connect(str(home / "processed/current/caijue.duckdb"), read_only=True) as opened:
        yield opened


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _rules(con: duckdb.DuckDBPyConnection, unit: str) -> list[str]:
    sql = """SELECT rule_id FROM findings WHERE unit_name = ? AND subject LIKE '文字/%'
             ORDER BY rule_id"""
    return [r[0] for r in con.execute(sql, [unit]).fetchall()]


def test_the_forms_of_another_file_count(con) -> None:
    assert _rules(con, WITH_FORMS) == ["E-29", "E-29"]  # six of four, and five of six


def test_a_text_alone_is_judged_by_itself_and_is_no_material(con) -> None:
    assert _rules(con, WITHOUT) == ["E-29"]  # five of six
    sql = "SELECT kind, status FROM files WHERE file = ?"
    assert con.execute(sql, [f"{WITHOUT}.txt"]).fetchone() == ("narrative", "read")
    for table in ("projects", "scores", "indicators"):
        rows = con.execute(f"SELECT count(*) FROM {table} WHERE unit_name = ?", [WITHOUT])
        assert rows.fetchone() == (0,)


def test_a_report_in_prose_is_read_and_said_to_be_without_forms(con) -> None:
    assert _rules(con, REPORTING) == ["E-27"]
    sql = "SELECT kind, status, unit_name, year FROM files WHERE file = '报告.txt'"
    assert con.execute(sql).fetchone() == ("performance", "read", REPORTING, 2023)
    sql = "SELECT severity, message FROM findings WHERE rule_id = 'S-PERFORMANCE' AND unit_name = ?"
    [(severity, message)] = con.execute(sql, [REPORTING]).fetchall()
    assert severity == "hint" and "没有读出绩效表" in message
