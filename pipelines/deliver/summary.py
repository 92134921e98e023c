"""``summary.xlsx``: the workbook for finance, all units of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.deliver import source
from pipelines.deliver.book import MOST_LINKS, MOST_ROWS, Book, Column, Link, external, internal
from pipelines.deliver.causes import Cause, causes
from pipelines.deliver.source import Rows
from pipelines.deliver.words import CHANGE, NOTHING_TO_DO, STATUS, action_for, reason_in_words, unit_title
from schemas.explanations import Explanation, load_explanations

UnitYear = tuple[str, int]
MOST_ALIKE = 5  # units that are named one by one where nothing is to be done
SHEETS = ("结论", "单位一览", "问题清单", "新增与已消除", "未执行检查", "审核说明", "规则")


@dataclass(slots=True)
class Summary:
    """Everything the summary shows, read once. ``units_at`` and ``marked_at`` are the files written for a unit and year;
    ``texts_at`` the marked narratives by submitted file; ``sheet_at`` says under which name a submitted (file, sheet) stands in the marked copy."""

    run: dict[str, Any]
    units: Rows
    findings: Rows
    cells: dict[str, Rows]
    groups: list[Cause]
    amounts: dict[UnitYear, dict[str, Any]]
    counts: dict[tuple[str | None, int | None], dict[str, Any]]
    undone: Rows
    rules: Rows
    outcomes: dict[str, dict[str, int]]
    files: Counter[str]
    gone: Rows | None
    explanations: list[Explanation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    units_at: Mapping[UnitYear, str] = field(default_factory=dict)
    marked_at: Mapping[UnitYear, str] = field(default_factory=dict)
    texts_at: Mapping[str, str] = field(default_factory=dict)
    sheet_at: Callable[[UnitYear, str, str], str] = lambda _key, _file, sheet: sheet


def read_summary(
    con: duckdb.DuckDBPyConnection, run_id: str, earlier: Path | None = None, raw: Path | None = None
) -> Summary:
    """All that the summary needs from the published database.

    ``earlier`` is the folder of the set before; from ``raw`` come the words of the 审核说明, which are no dataset.
    """
    findings, cells = source.findings(con), source.cells(con)
    kinds = source.rows(con, "SELECT status, count(*) AS n FROM files GROUP BY status")
    return Summary(
        run=source.run_row(con, run_id),
        units=source.unit_years(con),
        findings=findings,
        cells=cells,
        groups=causes(findings, cells),
        amounts=source.headline_amounts(con),
        counts=source.finding_counts(con),
        undone=_undone_rows(con),
        rules=source.rows(con, "SELECT * FROM rules ORDER BY rule_id"),
        outcomes=source.outcomes_by_rule(con),
        files=Counter({r["status"]: r["n"] for r in kinds}),
        gone=source.resolved(con, earlier),
        explanations=_read_explanations(con, raw),
    )


def _undone_rows(con: duckdb.DuckDBPyConnection) -> Rows:
    """What was not checked, why in words, and what to do. Where nothing is to be done comes last, many units in one row."""
    found = source.not_executed(con)
    for row in found:
        row["reason"] = reason_in_words(row["reason"])
        row["action"] = action_for(row["outcome"], row["reason"])
    idle = [row for row in found if row["action"].startswith(NOTHING_TO_DO)]
    return [row for row in found if not row["action"].startswith(NOTHING_TO_DO)] + _together(idle)


def _together(rows: Rows) -> Rows:
    """Rows that differ in the unit only as one, where there are more than a few."""
    alike: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        alike.setdefault((row["outcome"], row["reason"], row["year"], row["rule_ids"]), []).append(row)
    merged: Rows = []
    for same in alike.values():
        name = f"{len(same):,} 个单位"
        merged += same if len(same) <= MOST_ALIKE else [same[0] | {"unit": None, "unit_code": None, "unit_name": name}]
    return merged


def _read_explanations(con: duckdb.DuckDBPyConnection, raw: Path | None) -> list[Explanation]:
    files = source.rows(con, "SELECT file FROM files WHERE kind = 'explanations' AND status = 'read' ORDER BY file")
    return [e for f in files if raw is not None for e in load_explanations(raw / f["file"])[0]]


def write_summary(path: Path, data: Summary, run_id: str) -> None:
    """Write the workbook to ``path``."""
    with Book(path, run_id, "部门决算核对汇总") as book:
        _verdict(book, data)
        _units(book, data)
        _findings(book, data)
        _changes(book, data)
        _undone(book, data)
        _explanations(book, data)
        _rules(book, data)


# 结论 -------------------------------------------------------------------------------------------------


def _local(moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def verdict_line(counts: Counter[str], missing: int) -> str:
    """One sentence that says how it stands."""
    if counts["error"]:
        return f"不通过：有 {counts['error']:,} 个未说明的错误，{counts['review']:,} 项待核实"
    late = f"；{missing:,} 份尚未报送" if missing else ""
    if counts["review"]:
        return f"基本通过：没有错误，有 {counts['review']:,} 项待核实{late}"
    return f"通过：没有错误，也没有待核实的事项{late}"


def open_counts(findings: Rows) -> Counter[str]:
    return Counter(f["severity"] for f in findings if f["status"] == "open")


def _verdict(book: Book, data: Summary) -> None:
    sheet = book.sheet("结论", portrait=True)
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


def _block(book: Book, sheet: Any, row: int, title: str, header: tuple[str, ...], lines: list[list[Any]]) -> int:
    """A small titled table of the first sheet; returns the row below it."""
    book.cell(sheet, row, 0, title, "heading")
    for column, word in enumerate(header):
        book.cell(sheet, row + 1, column, word, "header")
    row += 2
    for line in lines or [["（无）"]]:
        for column, (word, value) in enumerate(zip(header, line, strict=False)):
            kinds = {"级别": "severity", "年度": "year", "名称": "plain", "内容": "plain"}
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
        [unit_title(names[key]["unit_code"], names[key]["unit_name"]), key[1], error, review, _file_link(data.units_at.get(key))]
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
        "单位一览": "每个单位和年度：报送情况、问题数、收支总额及变动", "问题清单": "全部问题，按原因分组，可筛选，可跳转到标注件",
        "新增与已消除": "与上次运行相比", "未执行检查": "因缺数据而没有执行的检查，以及需要做什么",
        "审核说明": "已有说明的问题，和等待说明的核实事项", "规则": "规则目录及本次执行情况",
    }  # fmt: skip
    return [[Link(internal(name), name), text] for name, text in about.items()]


def _limits(data: Summary) -> list[str]:
    notes = ["金额单位：元（公开表为万元）。「未执行」不等于「通过」。"]
    if len(data.findings) > MOST_ROWS:
        notes.append(f"问题清单只列出前 {MOST_ROWS:,} 条（共 {len(data.findings):,} 条），完整内容见 caijue.duckdb。")
    if len(data.findings) * 2 > MOST_LINKS:
        notes.append(f"一张工作表最多 {MOST_LINKS:,} 个链接，其余只写明位置。")
    return notes


# 单位一览 ---------------------------------------------------------------------------------------------

UNIT_COLUMNS = (
    Column("单位编码", width=14), Column("单位名称", width=32), Column("年度", "year", 7),
    Column("报送情况", "submission", 9), Column("缺少的表", width=16),
    Column("错误", "count", 7), Column("核实", "count", 7), Column("提示", "count", 7), Column("已说明", "count", 7),
    Column("总收入（元）", "money", 18), Column("总支出（元）", "money", 18),
    Column("总收入比上年增减（元）", "money", 18), Column("总收入增减率", "percent", 10),
    Column("总支出比上年增减（元）", "money", 18), Column("总支出增减率", "percent", 10),
    Column("本年收入（元）", "money", 18), Column("本年支出（元）", "money", 18),
    Column("单位工作簿", "link", 24), Column("标注件", "link", 24),
)  # fmt: skip
UNIT_PRINTED = 15


def growth(now: Decimal | None, before: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Change and rate on last year; no rate on zero, nothing where a year is absent."""
    if now is None or before is None:
        return None, None
    return now - before, (now - before) / abs(before) if before else None


def _file_link(path: str | None) -> Link | str:
    return Link(external(path), path.split("/")[-1]) if path else ""


def _units(book: Book, data: Summary) -> None:
    book.table("单位一览", UNIT_COLUMNS, (_unit_row(data, u) for u in data.units), freeze=2, printed=UNIT_PRINTED)


def _unit_row(data: Summary, unit: dict[str, Any]) -> list[Any]:
    key = (unit["unit"], unit["year"])
    now, before = data.amounts.get(key, {}), data.amounts.get((unit["unit"], unit["year"] - 1), {})
    count = data.counts.get(key, {})
    income, expense = now.get("income_total"), now.get("expense_total")
    return [
        unit["unit_code"], unit["unit_name"], unit["year"], unit["status"], unit["missing_forms"],
        *(count.get(k, 0) for k in ("error", "review", "hint", "explained")),
        income, expense, *growth(income, before.get("income_total")), *growth(expense, before.get("expense_total")),
        now.get("income"), now.get("expense"),
        _file_link(data.units_at.get(key)), _file_link(data.marked_at.get(key)),
    ]  # fmt: skip


# 问题清单 ---------------------------------------------------------------------------------------------

FINDING_COLUMNS = (
    Column("原因组", "count", 7), Column("级别", "severity", 7), Column("状态", "center", 8), Column("变化", "center", 7),
    Column("单位名称", "wrap", 24), Column("年度", "year", 7), Column("规则", width=12), Column("问题", "wrap", 60),
    Column("差额（元）", "money", 16), Column("左边工作表", "wrap", 18), Column("左边单元格", "link", 12),
    Column("右边工作表", "wrap", 18), Column("右边单元格", "link", 12),
    Column("最可能的原因", "wrap", 40), Column("组内问题", "count", 8), Column("原文", "wrap", 40), Column("规则名称", "wrap", 26),
    Column("单位编码", width=14), Column("左边文件", width=26), Column("左边金额（元）", "money", 18),
    Column("右边文件", width=26), Column("右边金额（元）", "money", 18),
    Column("对象", width=30), Column("问题编号", width=16), Column("首次发现", width=20),
)  # fmt: skip
FINDING_PRINTED = 13


def _findings(book: Book, data: Summary) -> None:
    lines = (_finding_row(data, group, f) for group in data.groups for f in group.findings)
    book.table("问题清单", FINDING_COLUMNS, lines, empty="没有发现问题", freeze=2, printed=FINDING_PRINTED)


def _finding_row(data: Summary, group: Cause, finding: dict[str, Any]) -> list[Any]:
    sides = data.cells.get(finding["finding_id"], [])
    left = _side(data, finding, [c for c in sides if c["role"] in ("left", "subject")])
    right = _side(data, finding, [c for c in sides if c["role"] == "right"])
    return [
        group.number, finding["severity"], STATUS.get(finding["status"]), CHANGE.get(finding["change"]),
        finding["unit_name"], finding["year"], finding["rule_id"], finding["message"], finding["difference"],
        left.sheet, left.cells, right.sheet, right.cells,
        group.advice, len(group.findings), _quotes(sides), finding["rule_title"], finding["unit_code"],
        left.file, left.amount, right.file, right.amount,
        finding["subject"], finding["finding_id"], finding["first_run"],
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a finding as the list shows it; ``amount`` only where the side is a single cell."""

    file: str = ""
    sheet: str = ""
    cells: Link | str = ""
    amount: Decimal | None = None


def _side(data: Summary, finding: dict[str, Any], cells: Rows) -> Side:
    """All cells of a side are named; the link leads to the first."""
    if not cells:
        return Side()
    first = cells[0]
    names = "、".join(_cell_name(c, first) for c in cells)
    if len(cells) > 1:
        names = f"{names}（{len(cells)} 格）"
    amount = first["amount"] if len(cells) == 1 else None
    return Side(first["file"] or "", first["sheet"] or "", _cell_link(data, finding, first, names), amount)


def _quotes(cells: Rows) -> str:
    """The words of a narrative that a finding is about."""
    quotes = [" ".join(c["quote"].split()) for c in cells if c["quote"]]
    return "；".join(f"“{q}”" for q in dict.fromkeys(quotes))


def _cell_name(cell: dict[str, Any], first: dict[str, Any]) -> str:
    same = (cell["file"], cell["sheet"]) == (first["file"], first["sheet"])
    return (cell["cell"] or "") if same else f"{cell['sheet']}!{cell['cell']}"


def _cell_link(data: Summary, finding: dict[str, Any], cell: dict[str, Any], text: str) -> Link | str:
    key = (finding["unit"], finding["year"])
    path = data.marked_at.get(key)
    if cell["quote"] and (document := data.texts_at.get(cell["file"])):
        return Link(external(document), text, "打开标注的说明")
    if not path or not cell["cell"] or not cell["sheet"] or "-" in cell["cell"]:
        return text
    sheet = data.sheet_at(key, cell["file"], cell["sheet"])
    return Link(external(path, sheet, cell["cell"]), text, "打开标注件") if sheet else text


# 其余工作表 -------------------------------------------------------------------------------------------

CHANGE_COLUMNS = (
    Column("变化", "center", 10), Column("级别", "severity", 8), Column("单位编码", width=14), Column("单位名称", width=30),
    Column("年度", "year", 8), Column("规则", width=13), Column("规则名称", "wrap", 26), Column("问题", "wrap", 80),
    Column("差额（元）", "money", 18), Column("问题编号", width=16), Column("首次发现", width=20),
)  # fmt: skip


def _changes(book: Book, data: Summary) -> None:
    fresh = [("新增", f) for f in data.findings if f["change"] == "new"]
    lines = [_change_row(word, f) for word, f in fresh + [("已消除", f) for f in data.gone or []]]
    empty = "没有新增，也没有消除的问题" if data.gone is not None else "没有上次运行可比"
    book.table("新增与已消除", CHANGE_COLUMNS, lines, empty=empty, freeze=1)


def _change_row(word: str, f: dict[str, Any]) -> list[Any]:
    keys = ("severity", "unit_code", "unit_name", "year", "rule_id", "rule_title", "message", "difference", "finding_id", "first_run")
    return [word, *(f[k] for k in keys)]


UNDONE_COLUMNS = (
    Column("结果", "center", 10), Column("单位编码", width=14), Column("单位名称", width=30), Column("年度", "year", 8),
    Column("原因", "wrap", 44), Column("需要做什么", "wrap", 44), Column("规则数", "count", 8), Column("规则", "wrap", 70),
)  # fmt: skip


def _undone(book: Book, data: Summary) -> None:
    words = {"not_evaluated": "未执行", "broken": "规则故障"}
    lines = (
        [words[r["outcome"]], r["unit_code"], r["unit_name"], r["year"], r["reason"], r["action"],
         r["rules"], r["rule_ids"]]
        for r in data.undone
    )  # fmt: skip
    book.table("未执行检查", UNDONE_COLUMNS, lines, empty="全部检查都已执行", freeze=3)


EXPLAIN_COLUMNS = (
    Column("状态", "center", 10), Column("级别", "severity", 8), Column("单位编码", width=14), Column("单位名称", "wrap", 28),
    Column("年度", "year", 8), Column("规则", width=13), Column("对象", "wrap", 30), Column("问题", "wrap", 60),
    Column("说明的理由", "wrap", 40), Column("说明人", width=12), Column("有效期至", width=12),
    Column("下一步", "wrap", 40), Column("问题编号", width=18),
)  # fmt: skip


def _explanations(book: Book, data: Summary) -> None:
    about = [f for f in data.findings if f["status"] == "explained" or f["rule_id"] in ("S-EXPIRED", "S-UNUSED", "S-EXPLAIN")]
    waiting = [f for f in data.findings if f["status"] == "open" and f["severity"] == "review" and f not in about]
    lines = (_explanation_row(f, data.explanations) for f in [*about, *waiting])
    book.table("审核说明", EXPLAIN_COLUMNS, lines, empty="没有审核说明，也没有等待说明的事项", freeze=1)


def _explanation_row(f: dict[str, Any], known: list[Explanation]) -> list[Any]:
    if f["status"] == "explained":
        word, todo = "已说明", "说明到期前无需处理"
    elif f["rule_id"].startswith("S-EX") or f["rule_id"] == "S-UNUSED":
        word, todo = "说明有误", "修改或删除 explanations.yml 中的这一条"
    else:
        word, todo = "待说明", "核实；情况属实的，在 explanations.yml 中写明理由、责任人和期限"
    said = next((e for e in known if e.covers(f["rule_id"], f["unit_code"], f["unit_name"], f["year"], f["subject"])), None)
    keys = ("severity", "unit_code", "unit_name", "year", "rule_id", "subject", "message")
    why = [said.reason, said.by, said.until.isoformat()] if said else ["", "", ""]
    return [word, *(f[k] for k in keys), *why, todo, f["finding_id"]]


RULE_COLUMNS = (
    Column("规则", width=14), Column("名称", "wrap", 30), Column("类别", "center", 8), Column("级别", "severity", 8),
    Column("公式", "wrap", 70), Column("依据", "wrap", 30), Column("起用年度", "year", 9), Column("停用年度", "year", 9),
    Column("通过", "count", 10), Column("不通过", "count", 10), Column("未执行", "count", 10), Column("规则故障", "count", 10),
    Column("检查实例", "count", 14), Column("未过实例", "count", 12),
)  # fmt: skip


def _rules(book: Book, data: Summary) -> None:
    none = dict.fromkeys(("pass", "fail", "not_evaluated", "broken", "instances", "failed"), 0)
    lines = (_rule_row(r, data.outcomes.get(r["rule_id"], none)) for r in data.rules)
    book.table("规则", RULE_COLUMNS, lines, empty="没有规则", freeze=1)


def _rule_row(rule: dict[str, Any], done: dict[str, Any]) -> list[Any]:
    keys = ("rule_id", "title", "family", "severity", "formula", "basis", "since", "until")
    counted = ("pass", "fail", "not_evaluated", "broken", "instances", "failed")
    until = rule["until"] if rule["until"] and rule["until"] < 9999 else None
    since = rule["since"] or None
    return [*(rule[k] for k in keys[:6]), since, until, *(int(done[k] or 0) for k in counted)]
