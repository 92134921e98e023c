"""``caijue explain FINDING_ID``: every operand of a finding with its cell, and the findings that
share one with it.
"""

from __future__ import annotations

from typing import Any

from pipelines.commands import SEVERITY, Answer
from pipelines.commands.published import current_set
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.publish.opened import open_set, rows


def explain_command(config: Config, finding_id: str) -> Answer:
    """One finding of the published set; the beginning of its id is enough.

    Raises UsageError where there is none.
    """
    from pipelines.organisation import rulebook
    from pipelines.reconcile import explain

    with open_set(current_set(config)) as con:
        document = explain(con, _whole_id(con, finding_id), rulebook(config)) or {}
    return Answer(document, _words(document))


SIDES = {"left": "左边", "right": "右边", "slack": "允许的差额", "subject": "所在"}


def _words(document: dict[str, Any]) -> str:
    finding, rule = document["finding"], document["rule"]
    lines = [
        f"{finding['finding_id']}  {rule['id']} {rule['title']}  [{SEVERITY[finding['severity']]}]",
        finding["message"],
        finding.get("detail") or "",
        _labelled("公式", rule["formula"]),
        _labelled("依据", rule["basis"]),
        f"首次发现 {finding['first_run']}，最近 {finding['last_run']}",
        "各项：",
        *(f"  {_operand(o)}" for o in document["operands"]),
    ]
    if document["suspects"]:
        lines += ["疑似填错：", *(f"  {_suspect(s)}" for s in document["suspects"])]
    if document["shared"]:
        lines += [
            "涉及相同单元格的其他问题：",
            *(f"  {s['rule_id']} {s['finding_id']} {s['message']}" for s in document["shared"]),
        ]
    lines.append(_labelled("处理", rule["advice"]))
    return "\n".join(line for line in lines if line)


def _labelled(label: str, text: str | None) -> str:
    return f"{label}：{text}" if text else ""


def _operand(operand: dict[str, Any]) -> str:
    times = "" if operand.get("coefficient") in (1, None) else f" × {operand['coefficient']}"
    side = SIDES.get(operand["side"], operand["side"])
    return f"{side}  {_named(operand)}{times}  {_held(operand)}  {_where(operand)}".rstrip()


def _held(operand: dict[str, Any]) -> str:
    """What the cell holds: its amount, 空白, or the text that is no number."""
    if operand.get("amount") is not None or "raw" not in operand:
        return _amount(operand.get("amount"))
    if operand["raw"] is None:
        return "没有此行或此栏"
    return f"“{operand['raw']}”" if operand["raw"].strip() else "空白"


def _named(operand: dict[str, Any]) -> str:
    """The table, line and column in words: 上年Z01“收入/本年收入合计·决算数”."""
    if not operand.get("form"):
        return ""
    row, column = (_word(operand, k) for k in ("row", "col"))
    block = f"{operand['block']}/" if operand.get("block") else ""
    unit = f"（{operand['unit_name']}）" if operand.get("scope") == "下级" else ""
    return f"{operand.get('scope') or ''}{unit}{operand['form']}“{block}{row}·{column}”"


def _word(operand: dict[str, Any], axis: str) -> str:
    key, label = operand[f"{axis}_key"], "".join((operand.get(f"{axis}_label") or "").split())
    return f"{label}({key})" if key.isdigit() and label not in ("", key) else key


def _suspect(suspect: dict[str, Any]) -> str:
    better = (
        f"，改为 {_amount(suspect['suggested'])} 可使最多规则成立"
        if suspect["suggested"] is not None
        else ""
    )
    return f"{suspect['rank']}. {_where(suspect)}  {_amount(suspect['amount'])}{better}"


def _amount(value: Any) -> str:
    return "空白" if value is None else f"{value:,.2f}"


def _where(cell: dict[str, Any]) -> str:
    return " ".join(str(cell[k]) for k in ("file", "sheet", "cell") if cell.get(k))


def _whole_id(con: Any, start: str) -> str:
    found = rows(
        con,
        "SELECT finding_id FROM findings WHERE starts_with(finding_id, $1) ORDER BY 1 LIMIT 6",
        [start],
    )
    ids = [f["finding_id"] for f in found]
    if start in ids or len(ids) == 1:
        return start if start in ids else ids[0]
    if ids:
        raise UsageError(f"编号 {start} 对应多个问题：{'、'.join(ids)}。请写完整。")
    raise UsageError(f"已发布的数据中没有问题 {start}。它可能已经消除；用 caijue diff 看变化。")
