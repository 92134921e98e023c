"""Performance packs to try things with: an invented department's report with 附件1 and project
tables, in layouts A, B, C.

A pack is a list of blocks: a paragraph (text) or a table (rows of cells, a merged cell once, ""
below it). What does not belong here: what is made of it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from pipelines.sample.performance_projects import CENT, Block, project_blocks, rate

NAMES = (
    "道路养护",
    "河道清淤",
    "普法宣传",
    "档案整理",
    "电梯检验",
    "食品抽检",
    "古树保护",
    "档案数字化",
    "夜校培训",
    "防汛物资",
)
TAILS = ("专项经费", "项目经费", "工作经费", "费")
QUANTITIES = (
    ("开展检查次数", "次"),
    ("印发资料份数", "份"),
    ("培训人数", "人"),
    ("维护点位数量", "处"),
)
INDICATORS = (
    ("部门预算管理（70分）", "预算编制（25分）", "目标制定", 10), ("", "", "目标完成", 15),
    ("", "预算执行（25分）", "支出控制", 10), ("", "", "及时处置", 5), ("", "", "执行进度", 10),
    ("", "完成结果（20分）", "预算完成", 5), ("", "", "资金结余率", 10), ("", "", "违规记录", 5),
    ("绩效结果应用（20分）", "内部应用（6分）", "预算挂钩", 6),
    ("", "信息公开（4分）", "自评公开", 4),
    ("", "整改反馈（10分）", "结果整改", 6), ("", "", "应用反馈", 4),
    ("自评质量（10分）", "自评质量（10分）", "自评准确", 10),
)  # fmt: skip
EIGHT = ("办公费", "印刷费", "水费", "电费", "物业管理费", "维修（护）费", "培训费", "会议费")


@dataclass
class SampleProject:
    """A project: money in 万元, its quantity indicator with target and what was reached."""

    name: str
    budget: Decimal
    executed: Decimal
    indicator: str
    unit: str
    target: int
    actual: int
    op: str = "≥"
    reason: str = ""


@dataclass
class SampleStaff:
    """People of two years: number and change of each, and the kinds of the last."""

    before: tuple[str, str] = ("40", "2人/5.26%")
    now: tuple[str, str] = ("42", "2人/5.00%")
    kinds: tuple[tuple[str, int], ...] = (("行政人员", 30), ("事业人员", 12))


@dataclass
class SamplePack:
    """A department's year. Money in 万元; ``elsewhere``: project money evaluated elsewhere."""

    unit: str = "清溪县档案管理中心"
    year: int = 2023
    layout: str = "A"
    staff: Decimal = Decimal("312.46")
    office: Decimal = Decimal("58.34")
    projects: list[SampleProject] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    items: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    people: SampleStaff = field(default_factory=SampleStaff)
    paid: tuple[str, str, str] = ("46.20%", "71.05%", "88.30%")
    goal_points: int = 9
    elsewhere: Decimal = Decimal(0)

    @property
    def project_budget(self) -> Decimal:
        return sum((p.budget for p in self.projects), self.elsewhere)

    @property
    def project_spent(self) -> Decimal:
        return sum((p.executed for p in self.projects), self.elsewhere)


def sample_pack(seed: int, layout: str = "A", projects: int = 5) -> SamplePack:
    """A pack without a fault; the same seed gives the same."""
    chance = random.Random(seed)
    pack = SamplePack(layout=layout)
    for number in range(projects):
        base = NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else f"（{number}）")
        budget = Decimal(chance.randint(200, 9000)) / 100
        executed = (budget * Decimal(chance.choice(("1", "1", "0.97", "0.93")))).quantize(CENT)
        indicator, unit = chance.choice(QUANTITIES)
        target = chance.randint(4, 60)
        actual = target + chance.choice((0, 0, 1))
        pack.projects.append(
            SampleProject(
                base + chance.choice(TAILS), budget, executed, indicator, unit, target, actual
            )
        )
    pack.problems = chance.sample(
        ["合同台账不完整", "公务卡使用率低", "资产未及时入账"], chance.randint(0, 3)
    )
    for _ in EIGHT:
        final = Decimal(chance.randint(50, 900)) / 100
        pack.items.append((final, final))
    return pack


def blocks(pack: SamplePack) -> list[Block]:
    """The whole report as paragraphs and tables."""
    year, unit = pack.year, pack.unit
    found: list[Block] = [
        f"{unit}{year}年度部门整体支出绩效评价报告",
        "一、部门概况",
        "（一）人员概况",
    ]
    kinds = "，".join(f"{name}{number}人" for name, number in pack.people.kinds)
    found += [f"截至{year}年底，实有在职人员{pack.people.now[0]}人，其中{kinds}。"]
    found += _staff(pack) + _budget(pack) + _goals(pack) + _execution(pack) + _results(pack)
    found += _conclusion(pack)
    found += ["附件1", f"{year}年县级部门整体支出绩效评价指标体系", _scheme(pack)]
    for project in pack.projects:
        found += project_blocks(pack, project)
    return found


def _staff(pack: SamplePack) -> list[Block]:
    rows = [
        ["项目", f"{pack.year - 1}年在职人员", f"{pack.year}年在职人员"],
        [pack.unit, "实有数", "增加变化数及率", "实有数", "增加变化数及率"],
        ["", *pack.people.before, *pack.people.now],
    ]
    return ["表1-2 人员概况", rows]


def _budget(pack: SamplePack) -> list[Block]:
    total = pack.staff + pack.office + pack.project_budget
    spent = pack.staff + pack.office + pack.project_spent
    said = (
        f"{pack.year}年年初预算{total}万元，其中年初财政拨款{total}万元，年初结转结余0万元，"
        f"中期调整0万元，其他收入0万元，调整后预算收入总额为{total}万元。"
    )
    basic = pack.staff + pack.office
    spending = (
        f"调整后预算支出总额为{total}万元，部门支出预算执行总额为{spent}万元，"
        f"部门总体执行进度为{rate(spent, total)}，"
        f"其中：基本支出预算总额为{basic}万元，基本支出执行总额为{basic}万元，"
        "基本支出总体执行进度100%；"
        f"项目支出预算总额为{pack.project_budget}万元，项目支出执行总额为{pack.project_spent}万元。"
    )
    return [
        said,
        "表2-1 年度预算表",
        "单位：万元",
        _income(total),
        spending,
        "表2-2 年度预算执行表",
        "单位：万元",
        _spending_table(pack),
    ]


def _income(total: Decimal) -> list[list[str]]:
    return [
        ["项目名称", "收入预算数", "收入调整数", "收入决算数"],
        ["一般公共预算财政拨款收入", f"{total}", "0", f"{total}"],
        ["政府性基金预算拨款收入", "0", "0", "0"],
        ["经营收入", "0", "0", "0"],
        ["其他收入", "0", "0", "0"],
        ["年初结转结余", "0", "0", "0"],
        ["总计", f"{total}", "0", f"{total}"],
    ]


def _spending_table(pack: SamplePack) -> list[list[str]]:
    total = pack.staff + pack.office + pack.project_budget
    spent = pack.staff + pack.office + pack.project_spent
    basic = pack.staff + pack.office
    lines = (
        ("一、基本支出", basic, basic), ("人员经费", pack.staff, pack.staff),
        ("公用经费", pack.office, pack.office),
        ("二、项目支出", pack.project_budget, pack.project_spent), ("总计", total, spent),
    )  # fmt: skip
    head = [
        "项目名称",
        "年度预算",
        "中期调整",
        "调整后预算",
        "预算执行",
        "执行率（%）",
        "执行进度原因分析",
    ]
    rows = [head]
    for name, planned, done in lines:
        why = "" if planned == done else "项目结余按规定收回"
        rows.append([name, f"{planned}", "0", f"{planned}", f"{done}", rate(done, planned), why])
    return rows


def _goals(pack: SamplePack) -> list[Block]:
    number = len(pack.projects)
    rows = [
        [
            "单位名称",
            "项目",
            "数量指标",
            "指标性质",
            "目标值",
            "单位",
            "完成值",
            "完成率",
            "未完成原因",
        ]
    ]
    for at, p in enumerate(pack.projects):
        rows.append(
            [
                pack.unit if at == 0 else "",
                p.name,
                p.indicator,
                p.op,
                f"{p.target}",
                p.unit,
                f"{p.actual}",
                rate(Decimal(p.actual), Decimal(p.target)) if p.reason else "100%",
                p.reason,
            ]
        )
    return ["三、预算绩效管理", f"本部门对{number}个项目编制了绩效目标。", "2.目标完成", rows]


def _execution(pack: SamplePack) -> list[Block]:
    control = [["科目名称", "年初预算数", "决算数", "偏差程度", "偏差原因"]]
    control += [
        [n, f"{b}", f"{f}", "无偏差", ""] for n, (b, f) in zip(EIGHT, pack.items, strict=True)
    ]
    progress = [
        ["序时进度", "目标值", "实际值", "差异率", "原因分析"],
        ["6月", "40%", pack.paid[0], "/", "/"],
        ["9月", "67.5%", pack.paid[1], "/", "/"],
        ["11月", "82.5%", pack.paid[2], "/", "/"],
    ]
    return [
        "1.支出控制",
        control,
        "2.及时处置",
        "本年度无结转，没有取消和注销的资金。",
        "3.执行进度",
        progress,
    ]


def _results(pack: SamplePack) -> list[Block]:
    total, spent = (
        pack.staff + pack.office + pack.project_budget,
        pack.staff + pack.office + pack.project_spent,
    )
    basic = pack.staff + pack.office
    done = [
        [
            "预算执行情况",
            "项目",
            "预算额（万元）",
            "执行额（万元）",
            "预算执行进度（%）",
            "原因分析",
        ]
    ]
    for name, planned, paid in (
        ("合计", total, spent),
        ("基本支出", basic, basic),
        ("项目支出", pack.project_budget, pack.project_spent),
    ):
        done.append(["", name, f"{planned}", f"{paid}", rate(paid, planned), ""])
    left = [
        ["部门预算项目", "预算金额", "预算执行", "预算完成率", "资金结余率", "是否小于0.1（10%）"]
    ]
    for p in pack.projects:
        rest = rate(p.budget - p.executed, p.budget)
        left.append(
            [p.name, f"{p.budget}", f"{p.executed}", rate(p.executed, p.budget), rest, "是"]
        )
    number = len(pack.projects)
    found: list[Block] = ["1.预算完成", done, "2.资金结余率"]
    found += [
        f"本部门预算项目{number}个，项目资金结余率小于0.1的项目{number}个。",
        left,
        "3.违规记录",
    ]
    if not pack.problems:
        return [*found, "上一年度审计监督未发现问题。"]
    rows = [["单位", "提出的问题", "整改情况", "相关材料及说明"]]
    rows += [
        ["" if i else pack.unit, p, "已修订制度并完成整改", "整改报告"]
        for i, p in enumerate(pack.problems)
    ]
    return [*found, rows]


def scores(pack: SamplePack) -> list[str]:
    """The unit's own scores, as the scheme gives them for the pack's tables."""
    total, spent = (
        pack.staff + pack.office + pack.project_budget,
        pack.staff + pack.office + pack.project_spent,
    )
    done = (5 * spent / total).quantize(CENT, ROUND_HALF_UP).normalize()
    audit = (Decimal(5) - Decimal("0.5") * len(pack.problems)).normalize()
    return [
        str(pack.goal_points),
        "15",
        "10",
        "5",
        "10",
        f"{done:f}",
        "10",
        f"{audit:f}",
        "6",
        "4",
        "6",
        "4",
        "/",
    ]


def _lost(pack: SamplePack, name: str) -> str:
    why = {"目标制定": "个别指标不够明确", "预算完成": "项目有结余", "违规记录": "审计发现问题"}
    given = dict(zip([i[2] for i in INDICATORS], scores(pack), strict=True))[name]
    weight = next(i[3] for i in INDICATORS if i[2] == name)
    return why.get(name, "") if given not in (str(weight), "/") else ""


def _total(pack: SamplePack) -> str:
    return f"{sum((Decimal(s) for s in scores(pack) if s != '/'), Decimal(0)).normalize():f}"


def _conclusion(pack: SamplePack) -> list[Block]:
    rows = [["一级指标", "二级指标", "三级指标", "指标分值", "自评得分", "扣分原因"]]
    for (one, two, three, weight), given in zip(INDICATORS, scores(pack), strict=True):
        rows.append([one, two, three, str(weight), given, _lost(pack, three)])
    return ["四、评价结论", f"{pack.year}年本部门整体支出自评得分{_total(pack)}分。", rows]


def _scheme(pack: SamplePack) -> list[list[str]]:
    rows = [
        [
            "绩效指标",
            "指标分值",
            "指标解释",
            "计分标准",
            "依据资料",
            "评价过程（只写扣分项的原因）",
            "自评得分",
        ],
        ["一级指标", "二级指标", "三级指标", "", "", "", "", "", ""],
    ]
    for (one, two, three, weight), given in zip(INDICATORS, scores(pack), strict=True):
        rows.append(
            [
                one,
                two,
                three,
                str(weight),
                f"{three}的情况",
                "按规定计分",
                "有关资料",
                _lost(pack, three),
                given,
            ]
        )
    return [*rows, ["自评总分", "100", "", "", "", "", _total(pack)]]


def as_text(found: list[Block]) -> str:
    """A pack as a plain text with one cell a line."""
    lines: list[str] = []
    for block in found:
        if isinstance(block, str):
            lines += [block, ""]
            continue
        for row in block:
            lines += [f"\t{cell}" for cell in row] + [""]
        lines.append("")
    return "\n".join(lines)


UNITS = {"A": "清溪县档案管理中心", "B": "清溪县水务服务中心", "C": "清溪县公路养护中心"}


def write_packs(folder: Path, seed: int, projects: int = 5) -> list[Path]:
    """One report a layout, as a plain text each, of departments outside any register."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for layout, unit in UNITS.items():
        pack = sample_pack(seed, layout, projects)
        pack.unit = unit
        path = folder / f"{unit}_{pack.year}年绩效评价报告.txt"
        path.write_text(as_text(blocks(pack)), encoding="utf-8")
        written.append(path)
    return written
