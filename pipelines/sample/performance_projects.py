"""The project tables of a sample pack in layouts A (district), B (budget system), C (national)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from pipelines.sample.performance_pack import SamplePack, SampleProject

Block = str | list[list[str]]
CENT = Decimal("0.01")


def rate(part: Decimal, whole: Decimal) -> str:
    """A percentage with two decimals."""
    return f"{(part / whole * 100).quantize(CENT, ROUND_HALF_UP)}%" if whole else "0"


def project_blocks(pack: SamplePack, project: SampleProject) -> list[Block]:
    """A project's self-evaluation in the pack's layout."""
    return {"A": _layout_a, "B": _layout_b, "C": _layout_c}[pack.layout](pack, project)


def _layout_a(pack: SamplePack, p: SampleProject) -> list[Block]:
    rows = [
        ["主管部门及代码", "清溪县 101", "实施单位", pack.unit],
        [
            "项目预算执行情况（万元）",
            "预算数：",
            f"{p.budget}万元",
            "执行数：",
            f"{p.executed}万元",
        ],
        ["", "其中：财政拨款", f"{p.budget}万元", "其中：财政拨款", f"{p.executed}万元"],
        ["", "其他资金", "", "其他资金", ""],
        ["年度总体目标完成情况", "预期目标", "目标实际完成情况"],
        ["", f"{pack.year}年投入{p.budget}万元，按计划{p.indicator}", f"按计划{p.indicator}完成"],
        [
            "年度绩效指标完成情况",
            "一级指标",
            "二级指标",
            "三级指标",
            "预期指标值",
            "实际完成指标值",
        ],
        [
            "",
            "产出指标",
            "数量指标",
            p.indicator,
            f"{p.op}{p.target}{p.unit}",
            f"{p.actual}{p.unit}",
        ],
        ["", "", "时效指标", "完成时限", "≤12月", "年内完成"],
        ["", "效益指标", "社会效益指标", "服务群众", "优", "优"],
        ["", "满意度指标", "满意度指标", "群众满意度", "≥90%", "95%"],
        ["", "成本指标", "经济成本指标", "控制成本", f"≤{p.budget}万元", f"{p.executed}万元"],
    ]
    return [f"{p.name}项目绩效目标自评表", rows]


def _execution_points(p: SampleProject) -> str:
    return f"{(10 * p.executed / p.budget).quantize(CENT, ROUND_HALF_UP).normalize():f}"


def _layout_b(pack: SamplePack, p: SampleProject) -> list[Block]:
    title = f"部门预算项目支出绩效自评表（{pack.year}年度）"
    return [title, [*_head_b(pack, p), *_funds_b(p), *_indicators_b(p)]]


def _head_b(pack: SamplePack, p: SampleProject) -> list[list[str]]:
    code = f"51092323T000010{crc32(p.name.encode()) % 900000 + 100000}"
    return [
        ["项目名称", f"{code}-{p.name}"],
        ["主管部门", "清溪县", "实施单位（盖章）", pack.unit],
        ["项目基本情况", "项目年度目标", f"按计划{p.indicator}"],
        ["", "年度目标完成情况", f"按计划{p.indicator}完成"],
    ]


FUNDS_B = "年度预算数（万元） 年初预算 调整后预算数 预算执行数 预算执行率 权重 得分 原因"
INDICATORS_B = "一级指标 二级指标 三级指标 指标性质 指标值 度量单位 完成值 权重 得分 未完成原因分析"


def _funds_b(p: SampleProject) -> list[list[str]]:
    money = [f"{p.budget}", f"{p.budget}", f"{p.executed}", rate(p.executed, p.budget)]
    return [
        ["预算执行情况（10分）", *FUNDS_B.split()],
        ["", "总额", *money, "10", _execution_points(p), ""],
        ["", "其中：财政资金", *money, "/", "/", ""],
        ["", "财政专户管理资金", "", "", "", "", "/", "/", ""],
        ["", "单位资金", "", "", "", "", "/", "/", ""],
    ]


def _indicators_b(p: SampleProject) -> list[list[str]]:
    quantity = ["产出指标", "数量指标", p.indicator, p.op, f"{p.target}", p.unit, f"{p.actual}"]
    pleased = ["满意度指标", "服务对象满意度指标", "群众满意度", "≥", "90", "%", "95"]
    total = f"{(Decimal(_execution_points(p)) + 90).normalize():f}"
    return [
        ["绩效指标（90分）", *INDICATORS_B.split()],
        ["", *quantity, "60", "60", ""],
        ["", *pleased, "30", "30", ""],
        ["合计", "100", total],
        ["评价结论", "完成较好"],
        ["项目负责人：甲", "财务负责人：乙"],
    ]


def _layout_c(pack: SamplePack, p: SampleProject) -> list[Block]:
    points = _execution_points(p)
    total = f"{(Decimal(points) + 90).normalize():f}"
    money = [f"{p.budget}", f"{p.budget}", f"{p.executed}"]
    rows = [
        ["项目名称", p.name],
        ["主管部门", "清溪县", "实施单位", pack.unit],
        [
            "项目资金（万元）",
            "",
            "年初预算数",
            "全年预算数",
            "全年执行数",
            "分值",
            "执行率",
            "得分",
        ],
        ["", "年度资金总额", *money, "10", rate(p.executed, p.budget), points],
        ["", "其中：当年财政拨款", *money, "—", "—", "—"],
        ["", "上年结转资金", "0", "0", "0", "—", "—", "—"],
        ["", "其他资金", "0", "0", "0", "—", "—", "—"],
        ["年度总体目标", "预期目标", "实际完成情况"],
        ["", f"按计划{p.indicator}", f"按计划{p.indicator}完成"],
        [
            "绩效指标",
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析及改进措施",
        ],
        [
            "",
            "产出指标（50分）",
            "数量指标",
            p.indicator,
            f"{p.op}{p.target}{p.unit}",
            f"{p.actual}{p.unit}",
            "50",
            "50",
            "",
        ],
        ["", "效益指标（30分）", "社会效益指标", "服务群众", "优", "优", "30", "30", ""],
        ["", "满意度指标（10分）", "满意度指标", "群众满意度", "≥90%", "95%", "10", "10", ""],
        ["总分", "100", total],
    ]
    return [f"项目支出绩效自评表（{pack.year}年度）", rows]
