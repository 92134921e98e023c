"""The words of project tables above their indicators: columns and rows of money, labels of fields.

What does not belong here: where they stand (``projecttable.py``).
"""

from __future__ import annotations

import re

from pipelines.performance.words import header, label

# Columns of money by the words of their headers (without unit, letters and points in brackets).
_COLUMNS = {
    "年初预算": ("年初预算", "年初预算数", "年初预算金额", "年初预算安排数"),
    "预算数": (
        "调整后预算数", "调整后预算", "全年预算数", "全年预算", "预算数", "调整预算数",
        "全年预算数（调整后）", "全年预算数（调整预算数）", "全年（调整）预算数", "全年调整预算数",
        "调整后全年预算数", "全年预算金额",
        "预算数（调整后）", "预算数（调整）", "全年预算数（调整后预算）", "全年预算安排数",
        "调整预算",
        "全年预算（调整后）", "年度预算数（调整后）", "调整后年度预算数", "调整后预算金额",
    ),
    "执行数": (
        "预算执行数", "全年执行数", "执行数", "实际执行数", "全年实际执行数", "全年预算执行数",
        "全年执行金额", "实际支出数", "全年支出数", "全年实际支出数",
        "实际执行", "支出数", "资金执行数", "实际支出金额", "全年实际支出金额", "实际执行金额",
        "决算数",
    ),
    "执行率": ("预算执行率", "执行率", "全年预算执行率", "全年执行率", "执行进度",
        "预算执行进度", "资金执行率", "预算完成率", "支出进度"),
    "分值": (
        "权重", "分值", "分值（权重）", "权重（分值）", "执行率权重", "执行率分值", "标准分值",
    ),
    "得分": ("得分", "自评得分", "实际得分", "执行率得分", "预算执行率得分"),
    "原因": ("原因", "原因分析", "未完成原因分析", "偏差原因", "原因说明"),
}  # fmt: skip
FUND_COLUMNS = {word: key for key, words in _COLUMNS.items() for word in words}
# In this order: 非财政拨款 is no 财政拨款.
FUND_ROWS = (
    (
        "总额",
        re.compile(r"^(?:总额|合计|(?:年度|全年|项目)?(?:财政)?(?:资金总额|总金额|资金合计))$"),
    ),
    ("上年结转", re.compile(r"^上年结转")),
    ("其他资金", re.compile(r"^其他资金|^其他$|^非财政")),
    ("专户资金", re.compile(r"专户")),
    ("财政拨款", re.compile(r"财政拨款|财政资金|^(?:当年|本年)财政")),
    ("单位资金", re.compile(r"^单位(?:自有)?资金")),
    # How the money of a whole unit is divided beside its sources.
    ("基本支出", re.compile(r"^基本支出$")),
    ("项目支出", re.compile(r"^项目支出$")),
)
SPENT = ("基本支出", "项目支出")
AMOUNTS = ("年初预算", "预算数", "执行数")
# Labels with an amount beside them, in the order in which forms have them (layout A).
PAIRED = ("预算数", "到位数", "执行数")
AMOUNT = "金额"  # the column of amounts that stand under no header of money
# A source under a name of its own: 省级资金, 一般公共预算, 自筹.
OTHER_SOURCE = re.compile(r"^[^，。；]{2,14}$")
OF_MONEY = re.compile(r"资金|拨款|预算|补助|收入|自筹|结转|贷款|[省市县区]级")
TOTAL_SCORE = "自评总分"
FIELDS = {
    "主管部门及代码": "主管部门", "主管部门": "主管部门", "实施单位": "实施单位",
    "项目单位": "实施单位", "项目实施单位": "实施单位", "实施部门": "实施单位",
    "项目承担单位": "实施单位", "具体实施单位": "实施单位", "项目执行单位": "实施单位",
    "项目主管部门": "主管部门", "一级预算部门": "主管部门", "主管预算部门": "主管部门",
    "主管部门名称": "主管部门", "主管单位": "主管部门",
    "部门名称": "部门名称", "预算部门名称": "部门名称", "预算部门": "部门名称",
    "单位名称": "部门名称", "预算单位": "部门名称", "预算单位名称": "部门名称",
    "部门（单位）名称": "部门名称", "部门（单位）": "部门名称", "填报单位": "部门名称",
    "项目名称": "项目名称", "项目支出名称": "项目名称", "预算项目名称": "项目名称",
    "专项名称": "项目名称", "专项资金名称": "项目名称", "项目（专项）名称": "项目名称",
    "二级项目名称": "项目名称", "专项（项目）名称": "项目名称", "项目（政策）名称": "项目名称",
    "政策和项目名称": "项目名称", "项目编码": "项目编码", "项目代码": "项目编码",
    "预期目标": "预期目标",
    "年度目标": "预期目标",
    "项目年度目标": "预期目标", "年初设定目标": "预期目标", "年度预期目标": "预期目标",
    "年初设定绩效目标": "预期目标", "年初设定的绩效目标": "预期目标", "年初预期目标": "预期目标",
    "目标实际完成情况": "实际完成",
    "实际完成情况": "实际完成",
    "年度目标完成情况": "实际完成", "全年实际完成情况": "实际完成",
    "年初绩效目标": "预期目标", "全年（调整）绩效目标": "调整目标", "调整绩效目标": "调整目标",
    "全年目标实际完成情况": "实际完成", "具体完成情况": "实际完成",
    "年度实际完成情况": "实际完成", "目标完成情况": "实际完成",
    "自评总分": TOTAL_SCORE, "自评得分": TOTAL_SCORE, "项目自评得分": TOTAL_SCORE,
}  # fmt: skip
SIDE_BY_SIDE = frozenset(("预期目标", "实际完成"))
RESULT = re.compile(r"(?:完成|实现|达成)情况$")
STAMP = re.compile(r"（(?:盖章|公章|签章|加盖公章|单位公章)）$")


def field_key(text: str) -> str | None:
    """The field that a label of the head names: 实施单位（盖章）： is 实施单位."""
    return FIELDS.get(STAMP.sub("", header(label(text))))


def heads_result(text: str) -> bool:
    """Whether words behind the head of the goal head what came of it: 年度总体目标完成情况. Before
    it they are the caption of both.
    """
    return field_key(text) == "实际完成" or RESULT.search(label(text)) is not None


def fund_row_key(text: str) -> str:
    """总额, 财政拨款, … for the label of a row of money; empty for any other."""
    plain = label(text)
    for key, pattern in FUND_ROWS:
        if pattern.search(plain):
            return key
    return ""


def other_source(text: str) -> str:
    """A source of money that has no name of its own in FUND_ROWS, as printed; empty for any other
    label.
    """
    plain = label(text)
    named = OTHER_SOURCE.match(plain) and OF_MONEY.search(plain)
    return plain if named and plain not in FUND_COLUMNS else ""
