"""Sheet 结论: how it stands, the counts, and what is worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.deliver.source import Rows
from pipelines.deliver.summary.data import Summary
from pipelines.deliver.summary.units import file_link
from pipelines.deliver.words import unit_title
from pipelines.xlsx.book import MOST_LINKS, MOST_ROWS, Book, Link, internal


def _local(moment: datetime | None) -> str:
    return (
        moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
    )


def verdict_line(counts: Counter[str], missing: int) -> str:
    """One sentence that says how it stands."""
    if counts["error"]:
        return f"不通过：有 {counts['error']:,} 个未说明的错误，{counts['review']:,} 个待核实"
    late = f"；{missing:,} 份尚未报送" if missing else ""
    if counts["review"]:
        return f"基本通过：没有错误，有 {counts['review']:,} 个待核实{late}"
    return f"通过：没有错误，也没有待核实的事项{late}"


def open_counts(findings: Rows) -> Counter[str]:
    return Counter(f["severity"] for f in findings if f["status"] == "open")


def write_verdict(book: Book, data: Summary) -> None:
    sheet = book.sheet("结论")
    for column, width in enumerate((24, 24, 14, 14, 26)):
        sheet.set_column(column, column, width)
    status = Counter(u["status"] for u in data.units)
    book.cell(sheet, 0, 0, "部门决算核对结论", "title")
    book.cell(sheet, 1, 0, verdict_line(open_counts(data.findings), status["missing"]), "heading")
    sheet.set_row(0, 30)
    sheet.set_row(1, 24)
    row = 3
    for name, value in _facts_of_run(data, status):
        book.cell(sheet, row, 0, name)
        book.cell(sheet, row, 1, value, "count" if isinstance(value, int) else "text", align="left")
        row += 1
    for title, header, lines in (
        ("问题", ("级别", "未说明", "已说明", "其中新增", "原因组"), _severity_rows(data)),
        ("检查", ("结果", "规则×单位×年度"), _outcome_rows(data)),
        ("问题最多的单位", ("单位", "年度", "错误", "核实", "工作簿"), _worst_units(data)),
        ("问题最多的规则", ("规则", "问题数", "名称"), _worst_rules(data)),
        ("本工作簿", ("工作表", "内容"), _contents()),
    ):
        row = _block(book, sheet, row + 1, title, header, lines)
    for note in (*_limits(data), *data.notes):
        book.cell(sheet, row, 0, note, "note")
        row += 1
    sheet.freeze_panes(2, 0)


def _block(
    book: Book, sheet: Any, row: int, title: str, header: tuple[str, ...], lines: list[list[Any]]
) -> int:
    """A small titled table of the first sheet; returns the row below it."""
    book.cell(sheet, row, 0, title, "heading")
    for column, word in enumerate(header):
        book.cell(sheet, row + 1, column, word, "header")
    row += 2
    for line in lines or [["（无）"]]:
        for column, (word, value) in enumerate(zip(header, line, strict=False)):
            kinds = {
                "级别": "severity",
                "年度": "year",
                "名称": "plain",
                "内容": "plain",
                "单位": "wrap",
            }
            kind = kinds.get(word, "count" if isinstance(value, int) else "text")
            book.cell(sheet, row, column, value, kind)
        row += 1
    return row


def _facts_of_run(data: Summary, status: Counter[str]) -> Iterator[list[Any]]:
    run, files = data.run, data.files
    yield ["运行编号", run["run_id"]]
    yield ["运行结论", run.get("verdict") or ""]
    yield ["开始（北京时间）", _local(run.get("started_at"))]
    yield ["结束（北京时间）", _local(run.get("finished_at"))]
    yield ["单位×年度", len(data.units)]
    yield ["其中齐全", status["complete"]]
    yield ["其中缺表", status["incomplete"]]
    yield ["其中未报送", status["missing"]]
    yield ["已读文件", files["read"]]
    yield ["隔离文件", files["quarantined"]]
    yield ["略过文件", files["ignored"]]
    if run.get("held_cells") is not None:
        shares = f"单元格 {run['held_cells']}%，金额 {run['held_amount']}%"
        yield ["与别的表有等式核对", shares]


def _severity_rows(data: Summary) -> list[list[Any]]:
    shown = []
    for severity in ("error", "review", "hint"):
        mine = [f for f in data.findings if f["severity"] == severity]
        status = Counter(f["status"] for f in mine)
        fresh = sum(f["change"] == "new" for f in mine)
        groups = sum(g.severity == severity for g in data.groups)
        shown.append([severity, status["open"], status["explained"], fresh, groups])
    return shown


def _outcome_rows(data: Summary) -> list[list[Any]]:
    words = {"pass": "通过", "fail": "不通过", "not_evaluated": "未执行", "broken": "规则故障"}
    return [[word, sum(o[key] for o in data.outcomes.values())] for key, word in words.items()]


def _worst_units(data: Summary) -> list[list[Any]]:
    names = {(u["unit"], u["year"]): u for u in data.units}
    counted = [(c["error"], c["review"], (c["unit"], c["year"])) for c in data.counts.values()]
    counted = [c for c in counted if c[2] in names]
    counted.sort(key=lambda x: (-x[0], -x[1], x[2]))
    return [
        [
            unit_title(names[key]["unit_code"], names[key]["unit_name"]),
            key[1],
            error,
            review,
            file_link(data.units_at.get(key)),
        ]
        for error, review, key in counted[:10]
        if error or review
    ]


def _worst_rules(data: Summary) -> list[list[Any]]:
    titles = {f["rule_id"]: f["rule_title"] for f in data.findings}
    counted = Counter(f["rule_id"] for f in data.findings if f["status"] == "open")
    top = sorted(counted.items(), key=lambda x: (-x[1], x[0]))[:10]
    return [[rule, n, titles[rule]] for rule, n in top]


def _contents() -> list[list[Any]]:
    about = {
        "先改这几处": "每处原因一行：改哪个单元格，涉及几个问题；知道原因的在此填写说明",
        "单位一览": "每个单位和年度：报送情况、问题数、收支总额及变动",
        "问题清单": "全部问题，按原因分组，可筛选，可跳转到标注件",
        "新增与已消除": "与上次运行相比",
        "未执行检查": "因缺数据而没有执行的检查，以及需要做什么",
        "审核说明": "已有说明的问题，和等待说明的核实事项",
        "规则": "规则目录及本次执行情况",
    }
    return [[Link(internal(name), name), text] for name, text in about.items()]


def _limits(data: Summary) -> list[str]:
    notes = ["金额单位：元（公开表为万元）。「未执行」不等于「通过」。"]
    if len(data.findings) > MOST_ROWS:
        notes.append(
            f"问题清单只列出前 {MOST_ROWS:,} 个（共 {len(data.findings):,} 个），完整内容见"
            " caijue.duckdb。"
        )
    if len(data.findings) * 2 > MOST_LINKS:
        notes.append(f"一张工作表最多 {MOST_LINKS:,} 个链接，其余只写明位置。")
    return notes
