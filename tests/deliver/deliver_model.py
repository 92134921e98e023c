"""A small published database to try the reports on: consistent made-up units, and findings put in
by hand.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from schemas.frames import DATASETS
from schemas.library import forms

NAMES = {
    "2010301": "行政运行",
    "2010302": "一般行政管理事务",
    "2050101": "行政运行",
    "2080505": "机关事业单位基本养老保险缴费支出",
    "2101101": "行政单位医疗",
    "2210201": "住房公积金",
    "2120801": "征地和拆迁补偿支出",
    "2230105": "国有企业退休人员社会化管理补助支出",
    "2010399": "其他政府办公厅（室）及相关机构事务支出",
}
BASIC = ("30101", "30102", "30108", "30201", "30211", "30217", "30231", "31002")
PROJECT = ("30201", "30205", "30227", "30299", "31003", "30905")
FUND = {"2120801": 1, "2230105": 2}


@dataclass
class Model:
    """Rows of every dataset; ``write`` makes the database."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    amounts: dict[tuple, int] = field(default_factory=dict)

    def fact(
        self,
        unit: tuple[str | None, str],
        year: int,
        form: str,
        block: str,
        row: str,
        col: str,
        fen: int,
        **more: Any,
    ) -> None:
        used = self.tables["_cells"]
        used.append({})
        base = {
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "form": form,
            "block": block,
            "row_key": row,
            "row_label": NAMES.get(row, row),
            "col_key": col,
            "col_label": col,
            "amount": Decimal(fen) / 100,
            "decimals": 2,
            "state": "number",
            "raw": str(Decimal(fen) / 100),
            "file": f"{unit[0] or unit[1]}_{year}.xlsx",
            "sheet": form,
            "cell": f"C{len(used)}",
        }
        self.amounts[(unit[0] or unit[1], year, form, block, row, col)] = fen
        self.tables["facts"].append(base | more)

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as con:
            for name, dataset in DATASETS.items():
                con.register("incoming", dataset.table(self.tables[name]))
                con.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
                con.unregister("incoming")
        return path

    def run(self, run_id: str = "20240101T000000Z-01", **more: Any) -> None:
        zeros = dict.fromkeys(
            (
                "units",
                "files_read",
                "files_quarantined",
                "files_ignored",
                "facts",
                "numbers_seen",
                "numbers_structural",
                "numbers_left_out",
                "errors",
                "reviews",
                "hints",
            ),
            0,
        )
        moment = datetime(2024, 1, 1, tzinfo=UTC)
        row = {
            "run_id": run_id,
            "started_at": moment,
            "finished_at": moment,
            "verdict": "有错误",
            "versions": "{}",
        }
        self.tables["runs"].append(zeros | row | more)

    def finding(
        self,
        unit: tuple[str | None, str | None],
        year: int | None,
        rule: str,
        subject: str,
        cells: list[dict],
        **more: Any,
    ) -> str:
        number = len(self.tables["findings"]) + 1
        base = {
            "finding_id": f"f{number:05d}",
            "rule_id": rule,
            "severity": "error",
            "status": "open",
            "change": "new",
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "subject": subject,
            "message": f"{subject} 左边与右边不等",
            "difference": Decimal("1.00"),
            "cause": f"c{number}",
            "first_run": "r1",
            "last_run": "r1",
        }
        self.tables["findings"].append(base | more)
        self.tables["finding_cells"] += [{"finding_id": base["finding_id"], **c} for c in cells]
        return base["finding_id"]


def _parents(code: str) -> list[str]:
    return [code[:n] for n in (3, 5, 7) if n <= len(code)] + ["合计"]


def _class_and_item(code: str) -> list[str]:
    return [code, code[:3], "合计"]


def leaves(seed: int, rich: bool) -> dict[tuple[str, str, str], int]:
    """(b|p, 项, 款) → 分 for the fiscal expenditure of a unit."""
    rng = random.Random(seed)
    found = {}
    for item in NAMES:
        if item in FUND and not rich:
            continue
        kinds = ("p",) if item in FUND else ("b", "p")
        for kind in kinds:
            for code in BASIC if kind == "b" else PROJECT:
                if rng.random() < 0.7:
                    found[(kind, item, code)] = rng.randint(100, 90_000_000)
    return found


def add_unit(
    model: Model, unit: tuple[str | None, str], year: int, *, seed: int = 1, rich: bool = False
) -> None:
    """A whole consistent unit and year: totals are sums of the leaves everywhere."""
    items = leaves(seed, rich)
    sums: dict[tuple, int] = defaultdict(int)
    for (kind, item, code), fen in items.items():
        _spread(sums, FUND.get(item, 0), kind, item, code, fen)
    _income(sums, items, rich)
    _totals(sums)
    _three_public(sums, items)
    for (form, block, row, col), fen in sorted(sums.items()):
        model.fact(unit, year, form, block, row, col, fen)
    for form in sorted({key[0] for key in sums}):
        model.tables["sheets"].append(_sheet(unit, year, form))
    model.tables["submissions"].append(
        {
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "status": "complete",
            "missing_forms": None,
        }
    )
    model.tables["files"].append(
        {
            "file": f"{unit[0] or unit[1]}_{year}.xlsx",
            "sha256": f"{seed}",
            "kind": "workbook",
            "status": "read",
            "reason": None,
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
        }
    )


def _sheet(unit: tuple[str | None, str], year: int, form: str) -> dict[str, Any]:
    return {
        "file": f"{unit[0] or unit[1]}_{year}.xlsx",
        "sheet": form,
        "sheet_no": 1,
        "visibility": "visible",
        "form": form,
        "unit_code": unit[0],
        "unit_name": unit[1],
        "year": year,
        "money_unit": "元",
        "decimals": 2,
        "status": "read",
        "numbers": 0,
        "facts_numbers": 0,
        "structural": 0,
        "left_out": 0,
        "content": "",
        "layout": "",
    }


def _spread(sums: dict, fund: int, kind: str, item: str, code: str, fen: int) -> None:
    wide = [["Z08", "Z08_1" if kind == "b" else "Z08_2"], ["Z10", "Z10_2"], ["Z12"]][fund]
    wide += ["Z05", "Z05_1" if kind == "b" else "Z05_2"]
    for row in _parents(item):
        for form in wide:
            for col in _class_and_item(code):
                sums[(form, "", row, col)] += fen
        part = "基本支出" if kind == "b" else "项目支出"
        for col in ("本年支出合计", part):
            sums[("Z04", "", row, col)] += fen
        if fund == 2:
            sums[("Z11", "", row, "本年支出")] += fen
            continue
        form = ("Z07", "Z09")[fund]
        sums[(form, "", row, "本年支出/合计")] += fen
        if kind == "b":
            sums[(form, "", row, "本年支出/基本支出/小计")] += fen
            staff = "人员经费" if code[:3] in ("301", "303") else "公用经费"
            sums[(form, "", row, f"本年支出/基本支出/{staff}")] += fen
        else:
            sums[(form, "", row, "本年支出/项目支出")] += fen


def _income(sums: dict, items: dict, rich: bool) -> None:
    opening = 123_456_789 if rich else 0
    spent: dict[str, int] = defaultdict(int)
    for (_, item, _), fen in items.items():
        spent[item] += fen
    for n, (item, fen) in enumerate(sorted(spent.items())):
        fund = FUND.get(item, 0)
        start = opening if n == 0 or fund else 0
        end = start // 2
        income = fen - start + end
        form = ("Z07", "Z09", "Z11")[fund]
        for row in _parents(item):
            sums[(form, "", row, "年初结转和结余/合计")] += start
            sums[(form, "", row, "年末结转和结余/合计")] += end
            sums[(form, "", row, "本年收入" if fund == 2 else "本年收入/合计")] += income
            sums[("Z03", "", row, "本年收入合计")] += income
            sums[("Z03", "", row, "财政拨款收入")] += income


def _totals(sums: dict) -> None:
    names = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
    flows = {}
    for n, form in enumerate(("Z07", "Z09", "Z11")):
        expense = "本年支出" if n == 2 else "本年支出/合计"
        income = "本年收入" if n == 2 else "本年收入/合计"
        flows[n] = [
            sums.get((form, "", "合计", c), 0)
            for c in ("年初结转和结余/合计", income, expense, "年末结转和结余/合计")
        ]
    for n, name in enumerate(names):
        start, income, expense, end = flows[n]
        for prefix, block, row, fen in (
            ("Z01", "收入", f"{name}收入", income),
            ("Z01_1", "收入", name, income),
            ("Z01_1", "收入", f"年初财政拨款结转和结余/{name}", start),
        ):
            sums[(prefix, block, row, "决算数")] = fen
        for row, fen in (
            ("本年支出合计", expense),
            ("年末财政拨款结转和结余", end),
            (name, end),
            ("总计", expense + end),
        ):
            sums[("Z01_1", "支出", row, f"决算数/{name}")] = fen
            sums[("Z01_1", "支出", row, "决算数/小计")] += fen
        for (form, _, row, col), fen in list(sums.items()):
            if (
                form in ("Z08", "Z10", "Z12")[n]
                and form == ("Z08", "Z10", "Z12")[n]
                and len(row) == 3
                and col == "合计"
            ):
                sums[("Z01_1", "支出功能分类", row, f"决算数/{name}")] = fen
                sums[("Z01_1", "支出功能分类", row, "决算数/小计")] += fen
    start, income, expense, end = (sum(flows[n][i] for n in range(3)) for i in range(4))
    for form, opening, closing in (
        ("Z01", "年初结转和结余", ""),
        ("Z01_1", "年初财政拨款结转和结余", ""),
    ):
        del closing
        sums[(form, "收入", "本年收入合计", "决算数")] = income
        sums[(form, "收入", opening, "决算数")] = start
        sums[(form, "收入", "总计", "决算数")] = income + start
    sums[("Z01", "支出", "本年支出合计", "决算数")] = expense
    sums[("Z01", "支出", "年末结转和结余", "决算数")] = end
    sums[("Z01", "支出", "总计", "决算数")] = expense + end
    for (form, _, row, col), fen in list(sums.items()):
        if form == "Z04" and len(row) == 3 and col == "本年支出合计":
            sums[("Z01", "支出功能分类", row, "决算数")] = fen


def _three_public(sums: dict, items: dict) -> None:
    codes = {
        "因公出国（境）费": "30212",
        "公务用车购置费": "31013",
        "公务用车运行维护费": "30231",
        "公务接待费": "30217",
    }
    spent = {
        name: sum(v for (_, _, c), v in items.items() if c == code) for name, code in codes.items()
    }
    cars = spent["公务用车购置费"] + spent["公务用车运行维护费"]
    total = spent | {"公务用车购置及运行维护费": cars, "支出合计": sum(spent.values())}
    for name, fen in total.items():
        for col in ("预算数", "统计数"):
            sums[("F03", "", name, col)] = fen
    sums[("F03", "", "国内公务接待批次", "统计数")] = 2000


def title(form: str) -> str:
    return forms()[form].title


UNIT_A = ("001001", "甲市水务局（本级）")
UNIT_B = (None, "乙县=档案馆/分馆")


def small_model() -> Model:
    model = Model()
    model.run()
    for n, year in enumerate((2022, 2023)):
        add_unit(model, UNIT_A, year, seed=10 + n, rich=True)
    add_unit(model, UNIT_B, 2023, seed=20)
    model.tables["submissions"].append(
        {
            "unit_code": "001009",
            "unit_name": "丙局",
            "year": 2023,
            "status": "missing",
            "missing_forms": None,
        }
    )
    _findings(model)
    _checks(model)
    return model


def facts_of(seed: int, rich: bool, errors: int = 0) -> dict:
    """The facts of one unit (分 by form, block, row and column), some of them changed by chance."""
    model = Model()
    add_unit(model, UNIT_A, 2023, seed=seed, rich=rich)
    facts = {key[2:]: fen for key, fen in model.amounts.items()}
    chance = random.Random(seed)
    for _ in range(errors):
        key = chance.choice(sorted(facts))
        facts[key] += chance.randint(-200_000, 5_000_000)
    return facts


def _findings(model: Model) -> None:
    file = "001001_2023.xlsx"
    cells = [
        {"role": "left", "file": file, "sheet": "Z01", "cell": "E10", "amount": Decimal("10.00")},
        {"role": "right", "file": file, "sheet": "Z04", "cell": "F10", "amount": Decimal("4.00")},
        {"role": "right", "file": file, "sheet": "Z04", "cell": "F11", "amount": Decimal("5.00")},
    ]
    suspect = [
        {
            "role": "suspect",
            "rank": 1,
            "file": file,
            "sheet": "Z01",
            "cell": "E10",
            "amount": Decimal("10.00"),
            "suggested": Decimal("9.00"),
        }
    ]
    model.finding(
        UNIT_A, 2023, "X-03", "Z01[支出/本年支出合计,决算数]", cells + suspect, cause="g1"
    )
    model.finding(
        UNIT_A,
        2023,
        "IN-Z01-05",
        "Z01[支出/总计,决算数]",
        cells[:1],
        cause="g1",
        change="persisting",
    )
    model.finding(UNIT_B, 2023, "Y-07", "=cmd|'/c calc'!A0", [], severity="review", difference=None)
    model.finding(UNIT_B, 2023, "X-33", "F03[x]", [], severity="review", status="explained")
    model.finding(
        (None, None),
        None,
        "S-FILE",
        "坏文件.xls",
        [{"role": "subject", "file": "坏文件.xls"}],
        difference=None,
    )


def _checks(model: Model) -> None:
    base = {"instances": 5, "failed": 0, "reason": None}
    for rule, outcome, reason in (
        ("X-03", "fail", None),
        ("Y-01", "not_evaluated", "上年数据缺失"),
        ("X-99", "broken", "公式有误"),
    ):
        model.tables["check_results"].append(
            base
            | {
                "rule_id": rule,
                "unit_code": UNIT_A[0],
                "unit_name": UNIT_A[1],
                "year": 2023,
                "outcome": outcome,
                "reason": reason,
            }
        )
    for rule in ("X-03", "X-33", "Y-01", "Y-07", "IN-Z01-05"):
        model.tables["rules"].append(
            {
                "rule_id": rule,
                "title": f"{rule} 的名称",
                "family": "表间",
                "severity": "error",
                "formula": "=A1+B1",
                "basis": "财决01表",
                "since": 0,
                "until": 9999,
            }
        )
