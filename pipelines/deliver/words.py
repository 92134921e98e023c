"""The Chinese words of the reports."""

from __future__ import annotations

import re
from decimal import Decimal

from schemas.library import forms

STATUS = {"open": "未说明", "explained": "已说明"}
CHANGE = {"new": "新增", "persisting": "延续"}
OUTCOME = {"pass": "通过", "fail": "不通过", "not_evaluated": "未执行", "broken": "规则故障"}
ROLE = {"left": "左边", "right": "右边", "subject": "对象", "suspect": "疑似填错"}
FILE_STATUS = {"read": "已读", "quarantined": "隔离", "ignored": "略过"}

RULE_BROKEN = "规则本身有故障，请维护人员用 caijue rules test 检查"
NOTHING_TO_DO = "无需处理"
ACTIONS = (
    ("不适用", NOTHING_TO_DO),
    ("不涉及", NOTHING_TO_DO),
    ("没有下级单位", NOTHING_TO_DO),
    ("没有可核对的数据", "无需处理；确认确无数据即可"),
    ("年初结转和结余调整", "有调整的请补报该表，没有的无需处理"),
    ("与上年不可比", NOTHING_TO_DO),
    ("没有读到该规则", f"{NOTHING_TO_DO}；文字中写了这项内容的，请看有没有没读懂的数字"),
    ("没有该规则核对的内容", NOTHING_TO_DO),
    ("没有本单位本年度的", "请单位补报所缺的表格"),
    ("没有绩效材料", "需要核对绩效时，把绩效报告和自评表放入收件夹"),
    ("名册未列", "在 units.csv 中补上该单位的单位基本性质"),
    ("未报送", "请催报该单位该年度的报表"),
    ("没有收到", "请单位补报该年度的报表"),
    ("上年", "把上年度的导出放入收件夹，或等上年数据发布后再运行"),
    ("下级", "请补报所缺的下级单位"),
    ("公开", "需要核对公开表时，把公开表放入收件夹"),
    ("没有报送", "请单位补报所缺的表格"),
    ("缺少", "请单位补报所缺的表格"),
    ("缺表", "请单位补报所缺的表格"),
    ("说明文字", "需要核对决算公开说明时，把说明文件放入收件夹"),
    ("空", "相关单元格均为空，确认确无数据即可"),
)


_FORM = re.compile(r"(?<![A-Za-z0-9])(?:Z\d\d(?:_\d)?|F\d\d|CS\d\d_\d|G\d\d)(?![A-Za-z0-9_])")


def reason_in_words(reason: str) -> str:
    """The reason with tables called by their number and title."""

    def named(match: re.Match[str]) -> str:
        form = forms().get(match.group())
        return f"{form.number}《{form.title}》" if form else match.group()

    return _FORM.sub(named, reason)


def action_for(outcome: str, reason: str) -> str:
    """What the reader can do so that the check is carried out next time."""
    if outcome == "broken":
        return RULE_BROKEN
    return next((todo for word, todo in ACTIONS if word in reason), "按原因补齐数据后重新运行")


def money(amount: Decimal | None) -> str:
    """``1,234.50``; nothing for no amount."""
    return "" if amount is None else f"{amount:,.2f}"


def unit_title(code: str | None, name: str | None) -> str:
    return name or code or "（单位不明）"
