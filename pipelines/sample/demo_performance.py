"""The performance packs of the demo: the restored department's with its published figures, and one
of the made-up department with two planted errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipelines.performance.recut import FormHeaders
from pipelines.sample.files import write_book
from pipelines.sample.paper import HEAD, LEFT, TEXT, TITLE, Paper, address
from pipelines.sample.performance_pack import (
    SamplePack,
    SampleProject,
    SampleStaff,
    as_text,
    blocks,
    sample_pack,
)
from pipelines.tables.document import Table
from pipelines.tables.flattened.read import flattened_tables

YEAR = 2023
# Name, money (万元), quantity indicator, sign, target, unit and what was reached, as published.
# Where the publication contradicts itself (180 or 200 inspections), the summary table counts; the
# visits are one, as the target says; two answers in words are the numbers of that table.
PROJECTS = (
    ("安全检查、巡诊及宣传费", "4.69", "开展规上工业企业安全检查", "≥", 180, "次", 180),
    ("统计专项经费", "113.94", "编印统计报告和分析数量", "＝", 12, "期", 12),
    ("城乡居民可支配收入调查专项经费", "4.83", "抽样点调查户数", "＝", 70, "户", 70),
    ("劳动力调查专项经费", "3.68", "涉及全区调查户数", "＝", 1536, "户", 1536),
    ("综评专项经费", "4", "制作综评资料", "≥", 16, "册", 16),
    ("代理记账劳务费", "1.8", "聘请专职会计人员", "＝", 1, "人", 1),
    ("商务活动及接待费", "14.98", "接待企业", "≥", 5, "批次", 15),
    ("工业企业环保专项经费", "4.5", "开展工业企业环保检查", "≥", 150, "次", 180),
    ("体检费用", "3.51", "体检干部职工人数", "≤", 20, "人", 19),
)
ALL_PROJECTS = Decimal("1007.40")
OFFICE = Decimal("24.44")
# 办公、印刷、维修（护）; the other five items of the scheme were not spent on.
ITEMS = ("14.49", "3", "0", "0", "0", "0.3", "0", "0")
STAFF = SampleStaff(
    ("31", "-5人/-13.89%"),
    ("22", "-9人/-29.03%"),
    (("行政人员", 12), ("事业人员", 2), ("挂职人员", 1), ("劳务派遣人员", 5), ("借用人员", 2)),
)
PROBLEMS = (
    "账务处理不规范",
    "接待费支付依据不充分",
    "费用报销不规范",
    "合同管理不规范",
    "公务卡使用率低",
    "审批单未附全",
)
EXCESS = {"接待企业": "全年承办的对接活动比计划多"}
MANUAL = """# 绩效评分中须由人说明的内容，见 docs/performance-evaluation.md。
- unit: {name}
  year: {year}
  uncovered_projects: 其余 {rest} 万元项目支出由主管部门另行组织评价
  by: 演示
"""


@dataclass(frozen=True)
class PlantedCell:
    """A planted error in a performance workbook."""

    file: str
    sheet: str
    cell: str
    printed: str
    right: str
    what: str
    rules: str


def disclosed_pack(unit: str) -> SamplePack:
    """The restored department's pack."""
    pack = SamplePack(unit, YEAR, "A", Decimal(0), OFFICE, people=STAFF, problems=list(PROBLEMS))
    for name, money, indicator, op, target, of, actual in PROJECTS:
        amount = Decimal(money)
        reason = EXCESS.get(indicator, "")
        pack.projects.append(
            SampleProject(name, amount, amount, indicator, of, target, actual, op, reason)
        )
    pack.items = [(Decimal(i), Decimal(i)) for i in ITEMS]
    pack.paid = ("93.43%", "99.87%", "99.99%")
    pack.goal_points = 10
    pack.elsewhere = ALL_PROJECTS - sum((p.budget for p in pack.projects), Decimal(0))
    return pack


def write_demo_packs(
    directory: Path, code: str, name: str, made_up: tuple[str, str]
) -> list[PlantedCell]:
    """Both packs and ``performance.yml`` below ``directory``. ``made_up``: code and name of the
    unit whose pack has the planted errors.
    """
    pack = disclosed_pack(name)
    text = as_text(blocks(pack))
    (directory / f"{YEAR}" / f"{code}_{name}_绩效评价报告.txt").write_text(text, encoding="utf-8")
    (directory / "performance.yml").write_text(
        MANUAL.format(name=name, year=YEAR, rest=pack.elsewhere), encoding="utf-8"
    )
    file = f"{YEAR}/{made_up[0]}_{made_up[1]}_绩效自评.xlsx"
    sheets = _planted_book(made_up[1])
    write_book(directory / file, tuple(sheets), "xlsx")
    return [*_planted(file, sheets)]


RESIDUALS, GOALS = "资金结余率", "目标完成"
# A sheet, a column counted from the first data row's project, what is printed, what it does.
WRONG_RATE, WRONG_COUNT = "55%", 2


def _planted_book(unit: str) -> list[Paper]:
    """附件1 and the project tables of an invented pack as sheets, two cells wrong."""
    pack = sample_pack(8, "C", projects=3)
    pack.unit = unit
    sheets: list[Paper] = []
    for table in flattened_tables(as_text(blocks(pack)), FormHeaders()):
        name = _sheet_name(table, len(sheets) + 1)
        if name:
            sheets.append(_paper(table, name, unit))
    first = pack.projects[0]
    _replace(sheets, RESIDUALS, first.name, 3, WRONG_RATE)
    _replace(sheets, GOALS, first.name, 5, f"{first.actual + WRONG_COUNT}")
    return sheets


# The tables that need no figures of the final accounts, by a word of their first cells.
KEPT = {
    "年度资金总额": "项目自评",
    "部门预算项目": RESIDUALS,
    "未完成原因": GOALS,
    "序时进度": "执行进度",
    "扣分原因": "自评得分",
    "计分标准": "附件1",
}


def _sheet_name(table: Table, number: int) -> str:
    words = {c.text for c in table.cells}
    name = next((n for word, n in KEPT.items() if word in words), "")
    return f"{name}{number}" if name == "项目自评" else name


def _paper(table: Table, name: str, unit: str) -> Paper:
    paper = Paper(name)
    paper.put(0, 0, table.title or f"{YEAR}年部门整体支出绩效自评", TITLE)
    paper.put(1, 0, f"编制单位：{unit}　{YEAR}年度　单位：万元", LEFT)
    for cell in table.cells:
        text, row = cell.text.replace("\n", ""), cell.row + 2
        look = HEAD if cell.row == 0 else TEXT
        paper.merge(row, cell.column, row, cell.column + cell.columns - 1, text, look)
    paper.widths = dict.fromkeys(range(table.width), 16.0)
    return paper


def _replace(sheets: list[Paper], name: str, label: str, after: int, printed: str) -> None:
    """Puts another value ``after`` columns behind a label."""
    paper = next(s for s in sheets if s.name == name)
    row, column = _place(paper, label)
    paper.cells = [
        (r, c, printed if (r, c) == (row, column + after) else v, look)
        for r, c, v, look in paper.cells
    ]


def _place(paper: Paper, label: str) -> tuple[int, int]:
    return next((r, c) for r, c, v, _ in paper.cells if v == label)


def _planted(file: str, sheets: list[Paper]) -> Iterator[PlantedCell]:
    pack = sample_pack(8, "C", projects=3)
    first = pack.projects[0]
    at = {s.name: _place(s, first.name) for s in sheets if s.name in (RESIDUALS, GOALS)}
    row, column = at[RESIDUALS]
    right = next(
        b[1][3] for b in blocks(pack) if not isinstance(b, str) and b[0][0] == "部门预算项目"
    )
    what = "预算完成率不是预算执行与预算金额之比"
    cell = address(row, column + 3)
    yield PlantedCell(file, RESIDUALS, cell, WRONG_RATE, right, what, "E-08")
    row, column = at[GOALS]
    cell, printed = address(row, column + 5), f"{first.actual + WRONG_COUNT}"
    what = "完成值与项目自评表不一致"
    yield PlantedCell(file, GOALS, cell, printed, f"{first.actual}", what, "E-12")
