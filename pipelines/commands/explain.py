"""``caijue explain FINDING_ID``: every operand of a finding with its cell, and the findings that share one with it."""

from __future__ import annotations

from typing import Any

from pipelines.commands import Answer
from pipelines.commands.published import current_set, open_set, rows
from pipelines.config import Config
from pipelines.errors import UsageError


def explain_command(config: Config, finding_id: str) -> Answer:
    """One finding of the published set; the beginning of its id is enough. Raises UsageError where there is none."""
    from pipelines.reconcile import explain

    with open_set(current_set(config)) as con:
        document = explain(con, _whole_id(con, finding_id))
    return Answer(document, str(document))


def _whole_id(con: Any, start: str) -> str:
    found = rows(con, "SELECT finding_id FROM findings WHERE starts_with(finding_id, $1) ORDER BY 1 LIMIT 6", [start])
    ids = [f["finding_id"] for f in found]
    if start in ids or len(ids) == 1:
        return start if start in ids else ids[0]
    if ids:
        raise UsageError(f"编号 {start} 对应多个问题：{'、'.join(ids)}。请写完整。")
    raise UsageError(f"已发布的数据中没有问题 {start}。它可能已经消除；用 caijue diff 看变化。")
