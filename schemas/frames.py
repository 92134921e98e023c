"""The datasets of a run, described once: what is checked, published, documented and tested comes
from here.
"""

from __future__ import annotations

import pyarrow as arrow

from schemas.dataset import (
    COUNT,
    FLAG,
    MONEY,
    PERCENT,
    PLACE,
    SMALL,
    TEXT,
    UNIT,
    YEAR,
    YEAR_COL,
    Col,
    Dataset,
)
from schemas.performance_frames import INDICATORS, PROJECTS, SCORES

STATES = ("number", "dash", "error", "uncached", "text")
SEVERITIES = ("error", "review", "hint")
OUTCOMES = ("pass", "fail", "not_evaluated", "broken")

FACTS = Dataset(
    "facts",
    "事实：已识别表格中，有标签的行、金额栏之下每个非空单元格一行",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("form", TEXT, "表格代号，如 Z01、Z05_2、F03、G01、JX03"),
        Col("block", TEXT, "表格的分块（收入、支出功能分类……）；列表类表格为空串"),
        Col("row_key", TEXT, "行键：科目编码，无编码的为去除编号和空格的项目名称"),
        Col("row_label", TEXT, "行名称，按原表所印"),
        Col("col_key", TEXT, "栏键：经济科目编码、合计，或以 / 相连的表头路径"),
        Col("col_label", TEXT, "栏名称，按原表所印"),
        Col("amount", MONEY, "金额，单位：元；计数项为其自身单位；非数字为空", nullable=True),
        Col("decimals", SMALL, "所在工作表的小数位，以元计：元表为 2，两位小数的万元表为 -2"),
        Col("state", TEXT, "单元格状态：数字、横线、错误值、未计算公式、文字", isin=STATES),
        Col("raw", TEXT, "单元格原内容", nullable=True),
        Col("file", TEXT, "文件在 data/raw/ 下的路径"),
        Col("sheet", TEXT, "工作表名称"),
        Col("cell", TEXT, "提交文件中的单元格地址"),
        Col("report_type", TEXT, "单位的报表类型：单户、汇总", nullable=True),
        Col("is_leaf", FLAG, "单位是否没有下级：只取为真的求和不会重复", nullable=True),
        Col(
            "measure",
            TEXT,
            "数量类别：money 金额、count 个数、percent 百分点、fraction "
            "小数、score 分数、text 文字、operator 比较符号",
            nullable=True,
        ),
    ),
    key=("unit_code", "unit_name", "year", "form", "block", "row_key", "col_key"),
)

FINDINGS = Dataset(
    "findings",
    "问题：每条未通过的规则实例一行",
    (
        Col("finding_id", TEXT, "问题编号：由规则、单位、年度和对象决定，与金额无关，各次运行不变"),
        Col("rule_id", TEXT, "规则编号；S- 开头的为文件与版式检查"),
        Col("severity", TEXT, "级别：error 错误、review 核实、hint 提示", isin=SEVERITIES),
        Col(
            "status", TEXT, "状态：open 未说明、explained 已有审核说明", isin=("open", "explained")
        ),
        Col("change", TEXT, "变化：new 本次新增、persisting 上次已有", isin=("new", "persisting")),
        *UNIT,
        YEAR_COL,
        Col("subject", TEXT, "对象，如 Z05[2010301,30201]"),
        Col("message", TEXT, "说明：先说做什么，再说双方位置、金额和差额"),
        Col("detail", TEXT, "完整算式：各单元格的全名和金额；不是等式的为空", nullable=True),
        Col("difference", MONEY, "差额（左边减右边），单位：元", nullable=True),
        Col("cause", TEXT, "原因组：同一原因引起的问题编号相同"),
        Col("first_run", TEXT, "首次发现的运行编号"),
        Col("last_run", TEXT, "最近发现的运行编号"),
    ),
    key=("finding_id",),
)

FINDING_CELLS = Dataset(
    "finding_cells",
    "问题所涉及的单元格：左边、右边、对象，以及疑似填错的单元格",
    (
        Col("finding_id", TEXT, "问题编号"),
        Col(
            "role",
            TEXT,
            "角色：left、right、subject、suspect",
            isin=("left", "right", "subject", "suspect"),
        ),
        Col("rank", COUNT, "疑似程度次序（1 最可能），按单位和年度排", nullable=True),
        *PLACE,
        Col("amount", MONEY, "单元格金额，单位：元", nullable=True),
        Col("suggested", MONEY, "能使最多规则成立的金额，单位：元", nullable=True),
        Col("quote", TEXT, "原文（说明文字）", nullable=True),
        Col("set", COUNT, "须一同改动的疑似单元格，编号相同；单独一格的为空", nullable=True),
    ),
)

CHECK_RESULTS = Dataset(
    "check_results",
    "检查结果：每条规则 × 单位 × 年度一行",
    (
        Col("rule_id", TEXT, "规则编号"),
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col(
            "outcome",
            TEXT,
            "结果：pass 通过、fail 不通过、not_evaluated 未执行、broken 规则故障",
            isin=OUTCOMES,
        ),
        Col("reason", TEXT, "未执行或故障的原因", nullable=True),
        Col("instances", COUNT, "已检查的实例数"),
        Col("failed", COUNT, "未通过的实例数"),
    ),
    key=("rule_id", "unit_code", "unit_name", "year"),
)

RULES = Dataset(
    "rules",
    "规则目录",
    (
        Col("rule_id", TEXT, "规则编号"),
        Col("title", TEXT, "规则名称"),
        Col("family", TEXT, "类别：表内、表间、跨年、汇总、公开、表文、绩效、结构"),
        Col("severity", TEXT, "级别", isin=SEVERITIES),
        Col("formula", TEXT, "公式"),
        Col("basis", TEXT, "依据（表号、行次）", nullable=True),
        Col("since", YEAR, "起用年度", nullable=True),
        Col("until", YEAR, "停用年度", nullable=True),
    ),
    key=("rule_id",),
)

UNITS = Dataset(
    "units",
    "单位名册",
    (
        Col("unit_code", TEXT, "单位编码"),
        Col("unit_name", TEXT, "单位名称"),
        Col("parent_code", TEXT, "上级单位编码", nullable=True),
        Col("unit_type", TEXT, "单位基本性质", nullable=True),
        Col("report_type", TEXT, "报表类型：单户、汇总", nullable=True),
        Col("aliases", TEXT, "别名，以 | 分隔", nullable=True),
        Col("first_year", YEAR, "首个应报年度", nullable=True),
        Col("last_year", YEAR, "末个应报年度", nullable=True),
    ),
    key=("unit_code",),
)

FILES = Dataset(
    "files",
    "收到的文件",
    (
        Col("file", TEXT, "文件在 data/raw/ 下的路径"),
        Col("sha256", TEXT, "内容摘要", nullable=True),
        Col("kind", TEXT, "类型：workbook、narrative、register、explanations、archive、other"),
        Col(
            "status",
            TEXT,
            "状态：read 已读、quarantined 隔离、ignored 略过",
            isin=("read", "quarantined", "ignored"),
        ),
        Col("reason", TEXT, "隔离或略过的原因", nullable=True),
        *UNIT,
        YEAR_COL,
        Col("format", TEXT, "格式，按内容认出（docx、xlsx、htmlsheet 等）", nullable=True),
        Col("tables", COUNT, "认出的表张数", nullable=True),
        Col("numbers", COUNT, "这些表中的数字个数", nullable=True),
        Col("facts", COUNT, "其中成为事实的个数", nullable=True),
        Col("left_out", COUNT, "其中没有取、逐个列在 left_out 的个数", nullable=True),
        Col("characters", COUNT, "文件中的字数（文字和表格）", nullable=True),
        Col("characters_read", COUNT, "其中读到的字数", nullable=True),
        Col("remarks", TEXT, "读取时须知道的：修订、文本框、批注、没有读到的", nullable=True),
    ),
    key=("file",),
)

SUBMISSIONS = Dataset(
    "submissions",
    "报送情况：每个单位 × 年度一行",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col(
            "status",
            TEXT,
            "complete 齐全、incomplete 缺表、missing 未报",
            isin=("complete", "incomplete", "missing"),
        ),
        Col("missing_forms", TEXT, "缺少的表格，以逗号分隔", nullable=True),
    ),
    key=("unit_code", "unit_name", "year"),
)

RUNS = Dataset(
    "runs",
    "运行记录",
    (
        Col("run_id", TEXT, "运行编号（协调世界时与序号）"),
        Col("started_at", arrow.timestamp("us", "UTC"), "开始时间"),
        Col("finished_at", arrow.timestamp("us", "UTC"), "结束时间", nullable=True),
        Col("verdict", TEXT, "结论"),
        Col("units", COUNT, "单位 × 年度数"),
        Col("files_read", COUNT, "已读文件数"),
        Col("files_quarantined", COUNT, "隔离文件数"),
        Col("files_ignored", COUNT, "略过文件数"),
        Col("facts", arrow.int64(), "事实数"),
        Col("numbers_seen", arrow.int64(), "已识别工作表中的数字总数"),
        Col("numbers_structural", arrow.int64(), "其中行次、栏次、编码、表头和附注中的数字"),
        Col("numbers_left_out", arrow.int64(), "其中未取的数字（逐一列于 left_out）"),
        Col("errors", COUNT, "未说明的错误数"),
        Col("reviews", COUNT, "未说明的核实数"),
        Col("hints", COUNT, "未说明的提示数"),
        Col("versions", TEXT, "程序、表格和规则的版本；只核对一个年度时还有该年度（JSON）"),
        Col(
            "held_cells",
            PERCENT,
            "财决表有金额的单元格中，有等式与别的表、上年或上下级核对的占百分之几",
            nullable=True,
        ),
        Col("held_amount", PERCENT, "同上，按金额（绝对值）计，百分之几", nullable=True),
    ),
    key=("run_id",),
)

SHEETS = Dataset(
    "sheets",
    "已识别的工作表，及其中数字的去向：numbers = facts_numbers + structural + left_out",
    (
        Col("file", TEXT, "文件在 data/raw/ 下的路径"),
        Col("sheet", TEXT, "工作表名称"),
        Col("sheet_no", COUNT, "工作表次序，从 1 起；同一工作表上的第二张表排在最后"),
        Col("visibility", TEXT, "visible、hidden、veryhidden"),
        Col("form", TEXT, "表格代号"),
        *UNIT,
        YEAR_COL,
        Col("printed_unit", TEXT, "表上所印的编制单位", nullable=True),
        Col("printed_year", YEAR, "表上所印的年度", nullable=True),
        Col("money_unit", TEXT, "金额单位：元、万元、千元、百元、亿元"),
        Col("decimals", SMALL, "小数位，以元计"),
        Col(
            "status",
            TEXT,
            "read 已取、duplicate 重复、superseded 被替换、foreign 单位或年度不符、"
            "unreadable 无法取数",
        ),
        Col("reason", TEXT, "未取的原因", nullable=True),
        Col("numbers", COUNT, "工作表中的数字总数（独立计数）"),
        Col("facts_numbers", COUNT, "取为事实的数字"),
        Col("structural", COUNT, "行次、栏次、编码、表头、附注中的数字"),
        Col("left_out", COUNT, "未取的数字"),
        Col("layout", TEXT, "栏位布局摘要"),
        Col("note", TEXT, "表中的空表说明或附注", nullable=True),
    ),
    key=("file", "sheet_no"),
)

LINES = Dataset(
    "lines",
    "已识别表格中的每个有标签的行",
    (
        Col("file", TEXT, "文件"),
        Col("sheet", TEXT, "工作表名称"),
        Col("form", TEXT, "表格代号"),
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("block", TEXT, "分块"),
        Col("row_key", TEXT, "行键"),
        Col("row_label", TEXT, "行名称，按原表所印"),
        Col("code", TEXT, "科目编码；无编码的行为空", nullable=True),
        Col("line_no", COUNT, "行次", nullable=True),
        Col("row", COUNT, "工作表中的行号，从 1 起"),
        Col("label_cell", TEXT, "行名称所在单元格", nullable=True),
        Col("code_cell", TEXT, "科目编码所在单元格", nullable=True),
        Col("panel", TEXT, "金额所在栏组（与 layouts.panel 对应）；列表类表格为空串"),
    ),
)

LAYOUTS = Dataset(
    "layouts",
    "栏位布局：每种布局、每个金额栏一行",
    (
        Col("layout", TEXT, "栏位布局摘要（对应 sheets.layout）"),
        Col("form", TEXT, "表格代号"),
        Col("block", TEXT, "分块"),
        Col("col_key", TEXT, "栏键"),
        Col("col_label", TEXT, "栏名称，按原表所印"),
        Col("letter", TEXT, "列标，如 E"),
        Col("panel", TEXT, "栏组：其项目栏的列标；列表类表格为空串"),
    ),
)

LEFT_OUT = Dataset(
    "left_out",
    "已识别表格中未取为事实、也非行次栏次编码的数字，及原因",
    (
        Col("file", TEXT, "文件"),
        Col("sheet", TEXT, "工作表名称"),
        Col("cell", TEXT, "单元格地址"),
        Col("raw", TEXT, "单元格原内容", nullable=True),
        Col("reason", TEXT, "未取的原因"),
    ),
)

COVERAGE = Dataset(
    "coverage",
    "每份说明文字读懂了多少个数字：章节中的金额、百分数和有核对内容的数量；没有读懂的列在 left_out",
    (
        Col("file", TEXT, "文件"),
        Col("unit_code", TEXT, "单位代码", nullable=True),
        Col("unit_name", TEXT, "单位名称", nullable=True),
        YEAR_COL,
        Col("bound", COUNT, "读懂的数字个数"),
        Col("figures", COUNT, "数字个数"),
    ),
    key=("file",),
)

DATASETS = {
    d.name: d
    for d in (
        FACTS,
        FINDINGS,
        FINDING_CELLS,
        CHECK_RESULTS,
        RULES,
        UNITS,
        FILES,
        SUBMISSIONS,
        RUNS,
        SHEETS,
        LINES,
        LAYOUTS,
        LEFT_OUT,
        COVERAGE,
        INDICATORS,
        PROJECTS,
        SCORES,
    )
}
