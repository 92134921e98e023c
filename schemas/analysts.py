"""The datasets for analysts beside those of the run: codes, forms, a row a unit and year,
explanations.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from schemas.dataset import COUNT, FLAG, MONEY, TEXT, UNIT, YEAR, Col, Dataset
from schemas.yamlfile import read_yaml

FIGURES = Path(__file__).parent / "unit_years.yml"
STATES = ("active", "expired", "unused", "superseded", "other_year")


class Figure(BaseModel):
    """One column of ``unit_years``: the cell it is read from."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str
    note: str
    form: str
    block: str = ""
    row: str
    col: str = "决算数"
    count: bool = False

    @property
    def column(self) -> Col:
        """Money is in 元; counts are whole numbers. NULL where the cell is blank or the table is
        missing.
        """
        basis = f"{self.note}（{self.form} {self.col}）"
        return Col(self.name, COUNT if self.count else MONEY, basis, nullable=True)


@cache
def figures() -> tuple[Figure, ...]:
    """The figures of ``unit_years.yml``, in their order."""
    return tuple(Figure.model_validate(f) for f in read_yaml(FIGURES)["figures"])


CODES = Dataset(
    "codes",
    "科目：功能分类和部门预算支出经济分类，及各科目适用的年度",
    (
        Col("kind", TEXT, "分类", isin=("functional", "economic")),
        Col("code", TEXT, "科目编码"),
        Col("name", TEXT, "科目名称"),
        Col("parent_code", TEXT, "上一级科目的编码；类级为空", nullable=True),
        Col("level", TEXT, "级次", isin=("类", "款", "项")),
        Col("since", YEAR, "起用年度；不明或一直适用的为空", nullable=True),
        Col("until", YEAR, "停用年度；仍适用的为空", nullable=True),
        Col("aliases", TEXT, "曾用名称，以 | 分隔", nullable=True),
    ),
    key=("kind", "code"),
)

FORMS = Dataset(
    "forms",
    "表格：财决表、公开表和绩效表，各自的表号和标题",
    (
        Col("form", TEXT, "表格代号，如 Z01、Z05_2、F03、G01、JX14"),
        Col("number", TEXT, "表号，如 财决01表；绩效表不印表号，为空文本"),
        Col("title", TEXT, "标题"),
        Col("family", TEXT, "财决、公开、绩效"),
        Col("money_unit", TEXT, "未印金额单位时按此单位读"),
        Col("required", TEXT, "是否必报：always 必报，never 不必报，其他为条件"),
        Col(
            "layout",
            TEXT,
            "版式：list 列表、blocks 左右分栏、strips 并列、row 单行；"
            "绩效表另有 staff 人员、scores 评分、project 项目",
        ),
        Col("since", YEAR, "起用年度", nullable=True),
        Col("until", YEAR, "停用年度", nullable=True),
        Col("columns", COUNT, "金额栏数；绩效表为填数的栏数（数量、比率、得分）"),
    ),
    key=("form",),
)

UNIT_YEARS = Dataset(
    "unit_years",
    "单位年度：每个单位 × 年度一行，列出常用的数字；部门的汇总数与下级并列，求和请只取 is_leaf",
    (
        *UNIT,
        Col("year", YEAR, "会计年度"),
        Col("report_type", TEXT, "报表类型：单户、汇总", nullable=True),
        Col("is_leaf", FLAG, "是否没有下级单位：只取为真的求和不会重复", nullable=True),
        Col("path", TEXT, "单位在名册中的路径，自部门起以 / 相连", nullable=True),
        Col("status", TEXT, "报送情况：complete、incomplete、missing"),
        Col("errors", COUNT, "未说明的错误数"),
        Col("reviews", COUNT, "未说明的核实数"),
        Col("hints", COUNT, "未说明的提示数"),
        *(f.column for f in figures()),
    ),
    key=("unit_code", "unit_name", "year"),
)

EXPLANATIONS = Dataset(
    "explanations",
    "审核说明：谁、为什么、到何时，出自哪个文件，对上了几个问题",
    (
        Col("file", TEXT, "所在文件（data/raw/ 下的路径）"),
        Col("number", COUNT, "在文件中的次序，从 1 起"),
        Col("rule_id", TEXT, "规则编号；按问题或原因说明的为空", nullable=True),
        Col("unit", TEXT, "单位编码或名称", nullable=True),
        Col("year", YEAR, "会计年度；各年度都适用的为空", nullable=True),
        Col("subject", TEXT, "对象或其通配", nullable=True),
        Col("finding_id", TEXT, "所说明的问题编号", nullable=True),
        Col("cause", TEXT, "所说明的原因编号：该原因的全部问题", nullable=True),
        Col("reason", TEXT, "原因"),
        Col("by", TEXT, "说明人"),
        Col("until", TEXT, "有效期至（YYYY-MM-DD，含当日）"),
        Col(
            "state",
            TEXT,
            "有效、已到期、没有对应的问题、被较新的说明取代、本次没有核对它的年度",
            isin=STATES,
        ),
        Col("findings", COUNT, "所说明的问题数"),
    ),
    key=("file", "number"),
)

ANALYSTS = {d.name: d for d in (CODES, FORMS, UNIT_YEARS, EXPLANATIONS)}
