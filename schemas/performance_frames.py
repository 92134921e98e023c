"""The datasets of 绩效: scores, projects and indicators."""

from __future__ import annotations

import pyarrow as arrow

from schemas.dataset import COUNT, FLAG, MONEY, PLACE, POINTS, TEXT, UNIT, YEAR, Col, Dataset

NUMBER = arrow.decimal128(18, 4)

SCORES = Dataset(
    "scores",
    "附件1 各项指标的得分：单位自评的和按表计算的",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("scheme", TEXT, "指标体系代号"),
        Col("indicator", TEXT, "指标名称"),
        Col("level1", TEXT, "一级指标", nullable=True),
        Col("level2", TEXT, "二级指标", nullable=True),
        Col("weight", POINTS, "分值"),
        Col("self_score", POINTS, "单位自评得分", nullable=True),
        Col("low", POINTS, "计算得分的下限", nullable=True),
        Col("high", POINTS, "计算得分的上限", nullable=True),
        Col("computed", POINTS, "计算得分；上下限不同的为空", nullable=True),
        Col(
            "status", TEXT, "computed 已算、bounded 只能定范围、manual 待人工、not_evaluated 缺资料"
        ),
        Col("source", TEXT, "计算所用的表", nullable=True),
        Col("reading", TEXT, "取了哪一种读法", nullable=True),
        Col("reason", TEXT, "没有算出的原因", nullable=True),
        Col("process", TEXT, "计算过程：代入数字的算式", nullable=True),
        Col("explain", TEXT, "指标解释", nullable=True),
        Col("standard", TEXT, "计分标准", nullable=True),
        Col("evidence", TEXT, "依据资料", nullable=True),
        Col("seq", COUNT, "在指标体系中的次序"),
        Col("file", TEXT, "自评得分所在的文件", nullable=True),
        Col("sheet", TEXT, "自评得分所在的表", nullable=True),
        Col("cell", TEXT, "自评得分的地址", nullable=True),
    ),
    key=("unit_code", "unit_name", "year", "indicator"),
)

PROJECTS = Dataset(
    "projects",
    "绩效材料中的项目：资金和目标完成情况",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("project", TEXT, "项目名称"),
        Col("project_code", TEXT, "项目编码", nullable=True),
        Col("initial", MONEY, "年初预算，单位：元", nullable=True),
        Col("budget", MONEY, "全年（调整后）预算，单位：元", nullable=True),
        Col("executed", MONEY, "执行数，单位：元", nullable=True),
        Col("residual_rate", NUMBER, "结余率（1 − 执行 ÷ 预算）", nullable=True),
        Col("below_10", FLAG, "结余率是否小于 0.1", nullable=True),
        Col("sources", TEXT, "列有该项目的表，以逗号分隔"),
        Col("names", TEXT, "各表所印的名称，以 | 分隔"),
        Col("targets_met", FLAG, "数量指标是否全部完成；不能确定的为空", nullable=True),
    ),
    key=("unit_code", "unit_name", "year", "project"),
)

INDICATORS = Dataset(
    "indicators",
    "项目的绩效指标：目标、完成、得分，每处一行",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("project", TEXT, "项目名称"),
        Col("project_code", TEXT, "项目编码", nullable=True),
        Col("source", TEXT, "所在的表：JX05、JX14、JX17"),
        Col("level1", TEXT, "一级指标", nullable=True),
        Col("level2", TEXT, "二级指标", nullable=True),
        Col("name", TEXT, "三级指标"),
        Col("op", TEXT, "指标性质：≥ ≤ ＝ ＞ ＜ 定性", nullable=True),
        Col("target", NUMBER, "目标值", nullable=True),
        Col("target_raw", TEXT, "目标值，按原表所印", nullable=True),
        Col("unit", TEXT, "度量单位", nullable=True),
        Col("actual", NUMBER, "完成值", nullable=True),
        Col("actual_raw", TEXT, "完成值，按原表所印", nullable=True),
        Col("actual_bound", TEXT, "约数的界限：≥ 或 ≤", nullable=True),
        Col("met", FLAG, "是否达到目标；不能确定的为空", nullable=True),
        Col("rate_printed", NUMBER, "所印完成率，单位：%", nullable=True),
        Col("rate", NUMBER, "计算的完成率，单位：%", nullable=True),
        Col("weight", POINTS, "权重", nullable=True),
        Col("score", POINTS, "得分", nullable=True),
        Col("reason", TEXT, "未完成原因", nullable=True),
        *PLACE,
    ),
)
