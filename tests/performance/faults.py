"""Single faults of every kind, each put into an invented pack that has none.

A fault: its rule, the layout of the pack, what is changed, and words that a place of its
finding quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pipelines.sample.performance_pack import Block, SamplePack, blocks, sample_pack
from tests.performance.support import PROJECTS

Change = Callable[[list[Block]], None]
FIRST = "道路养护"


@dataclass(frozen=True)
class PackFault:
    rule: str
    layout: str
    change: Change
    quote: str
    severity: str = "error"


def base(layout: str, seed: int = 2, projects: int = PROJECTS) -> list[Block]:
    """A clean pack with three problems, whose first project (only this is ever wrong) is named
    FIRST; with a table of basic expenditure, the kinds of projects, a grade and the declared
    targets.
    """
    pack = sample_pack(seed, layout, projects)
    pack.projects[0].name = FIRST
    pack.projects[0].actual = pack.projects[0].target
    pack.problems = ["合同台账不完整", "公务卡使用率低", "资产未及时入账"]
    found = blocks(pack)
    at = found.index("三、预算绩效管理")
    found[at:at] = [*_basic(pack), _kinds(pack)]
    total = next(b for b in found if isinstance(b, str) and "自评得分" in b)
    found[found.index(total)] = total.rstrip("。") + "，自评等级为良。"
    return found + _declared(pack)


def _basic(pack: SamplePack) -> list[Block]:
    whole, people, office = pack.staff + pack.office, pack.staff, pack.office

    def row(code: str, name: str, kind: str, amount: object) -> list[str]:
        return [code, name, kind, *[f"{amount}"] * 5, "100%"]

    head = ["支出功能分类科目代码", "科目名称（二级项目名称）", "二级项目类别"]
    sources = ["资金来源合计", "资金来源财政拨款", "支出数合计", "支出数财政拨款"]
    rows = [
        [*head, *sources, "完成值", "完成率"],
        row("", "合计", "", whole),
        row("201", "一般公共服务支出", "", whole),
        row("20103", "政府办公厅（室）及相关机构事务", "", whole),
        row("2010301", "在职人员经费", "人员经费", people),
        row("2010301", "定额公用经费", "公用经费", office),
    ]
    return ["基本支出分项目收支情况表", rows]


def _kinds(pack: SamplePack) -> str:
    total = pack.staff + pack.office + pack.project_spent
    return (
        f"全年财政拨款总额{total}万元，其中人员类{pack.staff}万元，运转类{pack.office}万元，"
        f"特定目标类{pack.project_spent}万元。"
    )


def _declared(pack: SamplePack) -> list[Block]:
    """The declaration of the first project's targets."""
    p = pack.projects[0]
    rows = [
        ["项目名称", p.name],
        ["主管部门", "清溪县", "实施单位", pack.unit],
        ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位"],
        ["产出指标", "数量指标", p.indicator, "≥", f"{p.target}", p.unit],
        ["满意度指标", "满意度指标", "群众满意度", "≥", "90", "%"],
    ]
    return [f"项目支出绩效目标申报表（{pack.year}年度）", rows]


def put(head: str, label: str, column: int, value: str, nth: int = 0) -> Change:
    """A value into the row with ``label`` of the nth table whose header has ``head``."""

    def change(found: list[Block]) -> None:
        tables = [b for b in found if not isinstance(b, str) and any(head in r for r in b)]
        rows = [r for r in tables[nth] if label in r and len(r) > column]
        assert rows, (head, label)
        rows[0][column] = value

    return change


def drop(head: str, label: str) -> Change:
    """Without the row with ``label`` of the table whose header has ``head``."""

    def change(found: list[Block]) -> None:
        for block in found:
            if not isinstance(block, str) and any(head in r for r in block):
                block[:] = [r for r in block if label not in r]
                return
        raise AssertionError(head)

    return change


def times(head: str) -> Change:
    """The money of a table in 元, though 万元 is meant."""

    def change(found: list[Block]) -> None:
        table = next(b for b in found if not isinstance(b, str) and any(head in r for r in b))
        for row in table[1:]:
            row[1:5] = [f"{Decimal(c) * 10_000:.2f}" if is_money(c) else c for c in row[1:5]]

    return change


def is_money(text: str) -> bool:
    return re.fullmatch(r"\d+\.\d+", text) is not None


def say(old: str, new: str) -> Change:
    def change(found: list[Block]) -> None:
        for at, block in enumerate(found):
            if isinstance(block, str) and old in block:
                found[at] = block.replace(old, new)
                return
        raise AssertionError(old)

    return change


def both(*changes: Change) -> Change:
    def change(found: list[Block]) -> None:
        for one in changes:
            one(found)

    return change


def scored(name: str, points: str) -> Change:
    """The same score in both tables, with a reason, and the totals with it."""

    def change(found: list[Block]) -> None:
        moved = 0.0
        for block in found:
            if isinstance(block, str) or not any("三级指标" in r for r in block):
                continue
            for row in block:
                if name in row and len(row) in (6, 9):
                    at = 4 if len(row) == 6 else 8
                    moved = float(points) - float(row[at])
                    row[at], row[at + 1 if at == 4 else 7] = points, "另有说明"
        _retotal(found, moved)

    return change


def _retotal(found: list[Block], moved: float) -> None:
    for at, block in enumerate(found):
        if isinstance(block, str) and "自评得分" in block and "分，" in block:
            old = block.split("自评得分")[1].split("分")[0]
            found[at] = block.replace(f"自评得分{old}分", f"自评得分{float(old) + moved:g}分")
        elif not isinstance(block, str) and block[-1][0] == "自评总分":
            block[-1][6] = f"{float(block[-1][6]) + moved:g}"


ONE, TWO, RATE, GOALS = "扣分原因", "计分标准", "资金结余率", "目标值"
BUDGET, DONE, SHORT = "收入调整数", "中期调整", "预算额（万元）"
A, B, C = "预期指标值", "调整后预算数", "全年执行数"
FAULTS: tuple[PackFault, ...] = (
    PackFault("E-01", "A", put(ONE, "应用反馈", 4, "3"), "3"),
    PackFault("E-01", "A", put("指标解释", "自评总分", 6, "99"), "99"),
    PackFault("E-01", "A", put("指标解释", "支出控制", 3, "12"), "12"),
    PackFault("E-01", "A", put(ONE, "预算执行（25分）", 1, "预算执行（35分）"), "预算执行（35分）"),
    PackFault("E-01", "B", put(ONE, "自评准确", 4, "10"), "10"),
    PackFault("E-01", "C", say("本部门整体支出自评得分", "本部门整体支出自评得分1"), "自评得分1"),
    PackFault("E-01", "C", both(put(ONE, "结果整改", 4, "8"),
                                put("指标解释", "结果整改", 8, "8")), "8"),
    PackFault("E-03", "A", both(put(GOALS, FIRST, 6, "1"), put(GOALS, FIRST, 7, "2%"),
                                put(GOALS, FIRST, 8, "任务调减")), "15"),
    PackFault("E-04", "A", put("偏差程度", "印刷费", 1, "99.00"), "无偏差"),
    PackFault("E-04", "B", drop("偏差程度", "会议费"), "办公费"),
    PackFault("E-04", "C", both(put("偏差程度", "印刷费", 1, "0.01"),
                                put("偏差程度", "印刷费", 3, "99.9%")), ""),
    PackFault("E-05", "A", say("没有取消和注销的资金", "预算结余注销额为5.00万元"), "5"),
    PackFault("E-06", "A", put("序时进度", "9月", 1, "70%"), "70%"),
    PackFault("E-06", "B", put("序时进度", "11月", 2, "78.00%"), "78.00%"),
    PackFault("E-06", "C", scored("执行进度", "8"), "8"),
    PackFault("E-07", "A", scored("预算完成", "3"), "3"),
    PackFault("E-08", "A", put(RATE, FIRST, 3, "55%"), "55%"),
    PackFault("E-08", "B", put(RATE, FIRST, 4, "44%"), "44%"),
    PackFault("E-08", "C", put(RATE, FIRST, 5, "否"), "否"),
    PackFault("E-08", "A", say("小于0.1的项目2个", "小于0.1的项目1个"), "项目1个"),
    PackFault("E-08", "B", scored("资金结余率", "6"), "6"),
    PackFault("E-09", "A", scored("违规记录", "1"), "1"),
    PackFault("E-10", "A", put("整改情况", "公务卡使用率低", 2, "未完成整改"), "6"),
    PackFault("E-12", "A", put(GOALS, FIRST, 6, "999"), "999"),
    PackFault("E-12", "B", put(GOALS, FIRST, 4, "997"), "997"),
    PackFault("E-12", "A", put(GOALS, FIRST, 3, "≤"), ""),
    PackFault("E-12", "C", put(GOALS, FIRST, 5, "万册"), "万册"),
    PackFault("E-12", "B", put(GOALS, FIRST, 6, "按进度完成"), "按进度完成"),
    PackFault("E-13", "A", put(A, "其中：财政拨款", 2, "0.01万元"), "0.01万元"),
    PackFault("E-13", "A", put(A, "控制成本", 4, "≤9999万元"), "≤9999万元"),
    PackFault("E-13", "C", both(put(C, "年度资金总额", 3, "0.02"), put(C, "其中："
        "当年财政拨款", 3, "0.02")), "0.02"),
    PackFault("E-14", "A", both(put(RATE, FIRST, 1, "99999.00"),
                                put(RATE, FIRST, 2, "99999.00")), "99999.00"),
    PackFault("E-15", "A", put("二级项目类别", "201", 5, "1.00"), "1.00"),
    PackFault("E-15", "B", put("二级项目类别", "定额公用经费", 7, "1.11"), "1.11"),
    PackFault("E-15", "C", put("二级项目类别", "定额公用经费", 2, "人员经费"), "58.34"),
    PackFault("E-15", "A", put("二级项目类别", "201", 1, "教育支出"), "教育支出"),
    PackFault("E-16", "A", put("偏差程度", "办公费", 0, "办公用商务费"), "办公用商务费"),
    PackFault("E-17", "A", put("序时进度", "9月", 2, "45.00%"), "45.00%"),
    PackFault("E-18", "A", say("事业人员12人", "事业人员11人"), "事业人员11人"),
    PackFault("E-18", "B", say("实有在职人员42人", "实有在职人员43人"), "43人"),
    PackFault("E-19", "A", put(BUDGET, "总计", 1, "1.00"), "1.00"),
    PackFault("E-19", "B", say("年年初预算", "年年初预算9"), "年初预算9"),
    PackFault("E-20", "A", put(DONE, "一、基本支出", 4, "1.00"), "1.00"),
    PackFault("E-20", "B", put(DONE, "总计", 5, "12%"), "12%"),
    PackFault("E-20", "C", put(DONE, "二、项目支出", 2, "3.00"), "3.00"),
    PackFault("E-20", "A", say("部门支出预算执行总额为", "部门支出预算执行总额为7"), "总额为7"),
    PackFault("E-21", "A", put(ONE, "目标制定", 5, ""), "9"),
    PackFault("E-22", "C", put("年度指标值", "群众满意度", 5, "满意"), "满意", "review"),
    PackFault("E-23", "C", put("年度指标值", "群众满意度", 5, "70%"), "70%"),
    PackFault("E-25", "B", put("三级指标", "群众满意度", 8, "35", 2), "35"),
    PackFault("E-25", "C", put("年度指标值", "产出指标（50分）"
        "", 1, "产出指标（40分）"), "产出指标（40分）"),
    PackFault("E-26", "B", put("度量单位", "群众满意度", 9, "31"), "31"),
    PackFault("E-27", "B", put(B, "总额", 5, "12%"), "12%"),
    PackFault("E-27", "C", put(C, "年度资金总额", 2, "1.00"), "1.00"),
    PackFault("E-27", "B", put(B, "总额", 7, "3"), "3"),
    PackFault("E-28", "B", put("度量单位", "合计", 2, "77"), "77"),
    PackFault("E-29", "A", say("2个项目编制了", "8个项目编制了"), "8个项目"),
    PackFault("E-30", "A", say("等级为良", "等级为差"), "差", "review"),
    PackFault("E-31", "A", put(SHORT, "合计", 2, "1.00"), "1.00"),
    PackFault("E-31", "B", say("运转类", "运转类9"), "运转类9"),
    PackFault("E-34", "C", put("年度指标值", "群众满意度", 5, ""), "", "review"),
    PackFault("E-36", "A", drop(RATE, FIRST), FIRST, "review"),
    PackFault("E-37", "C", put("年度指标值", "群众满意度", 5, "120%"), "120%"),
    PackFault("E-38", "A", put("度量单位", "群众满意度", 4, "99"), "99"),
    PackFault("E-38", "C", put("度量单位", "群众满意度", 5, "人次"), "人次"),
    PackFault("E-38", "B", put("度量单位", "群众满意度", 2, "投诉件数"), "投诉件数"),
    PackFault("S-SCALE", "A", times(RATE), "0.00"),
    PackFault("S-SCALE", "B", times(DONE), "0.00"),
)  # fmt: skip
