"""What is told of columns that a sheet has besides its form's, has twice, or lacks."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.extract.reading import Fault
from pipelines.extract.text import letter
from schemas.library import Form

NAMED = 6  # columns named one by one


def unknown_column(form: Form, column: int, label: str, cell: str) -> Fault:
    message = (
        f"版式不符：{letter(column)} 列“{label}”不在{form.title}的栏目中，该列未取数。"
        "请核对导出模板。"
    )
    return Fault("S-LAYOUT", f"{form.form}[+{label}]", message, (cell,), "review")


def repeated_column(form: Form, column: int, first: int, label: str, cell: str) -> Fault:
    message = (
        f"版式不符：{letter(column)} 列与 {letter(first)} 列同为“{label}”，只取前一列。"
        "请删去重复的列后重报。"
    )
    return Fault("S-LAYOUT", f"{form.form}[2×{label}]", message, (cell,), "review")


def missing_columns(form: Form, keys: Sequence[str], cell: str, block: str = "") -> Fault:
    """Columns of a form (of one of its blocks) that are not on the sheet."""
    named = "”、“".join(keys[:NAMED])
    subject = f"{form.form}[-{block}{'/' if block else ''}{keys[0]}]"
    message = f"版式不符：{form.title}缺少栏目“{named}”，按零处理。请核对导出模板。"
    return Fault("S-LAYOUT", subject, message, (cell,), "review", tuple(keys))


def of_year(fault: Fault, form: Form, year: int | None) -> Fault | None:
    """The fault without the columns that the form had not yet in that year; None where no other is
    missing.
    """
    columns = (*form.columns, *(c for block in form.blocks for c in block.columns))
    later = {c.key for c in columns if year and c.since > year}
    keys = [key for key in fault.keys if key not in later]
    if len(keys) == len(fault.keys):
        return fault
    return missing_columns(form, keys, fault.cells[0]) if keys else None


def tells_of_missing(fault: Fault) -> bool:
    """Whether a fault is one of :func:`missing_columns`."""
    return fault.rule_id == "S-LAYOUT" and "[-" in fault.subject
