"""What ``run`` and ``check`` both tell on the console: what to mend first, and why checks were
not carried out.
"""

from __future__ import annotations

import duckdb

from pipelines.deliver.words import NOTHING_TO_DO, action_for, reason_in_words
from pipelines.fixes import console_line, read_fixes
from pipelines.publish.opened import rows

SHOWN = 10  # lines on a console before it says where the rest is
REASONS = 5  # as above


def fix_lines(con: duckdb.DuckDBPyConnection, more: str) -> list[str]:
    """``先改这几处`` with its heading, at most SHOWN of them; ``more`` says where the rest is.
    Empty where all is well.
    """
    fixes = read_fixes(con)
    if not fixes:
        return []
    lines = [console_line(number, fix) for number, fix in enumerate(fixes[:SHOWN], 1)]
    if len(fixes) > SHOWN:
        lines.append(f"  …… 共 {len(fixes)} 处，其余 {len(fixes) - SHOWN} 处见{more}")
    return ["", f"先改这几处（共 {len(fixes)} 处原因，按涉及的问题从多到少）：", *lines]


def held_lines(held: dict[str, float]) -> list[str]:
    """How much of what was submitted another table holds; nothing where that is not known."""
    if not held:
        return []
    return [
        f"与别的表、上年或上下级有等式核对的：单元格 {held['cells']:.1%}，"
        f"金额 {held['amount']:.1%}（其余见 docs/rules.md）"
    ]


def undone_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Why checks were not carried out and what to do, the commonest first; what needs nothing is
    left out.
    """
    found = rows(
        con,
        """SELECT outcome, coalesce(reason, '') AS reason, count(*) AS n FROM check_results
        WHERE outcome IN ('not_evaluated', 'broken') GROUP BY ALL ORDER BY n DESC, reason""",
    )
    told = []
    idle = 0
    for row in found:
        todo = action_for(row["outcome"], row["reason"])
        if todo.startswith(NOTHING_TO_DO):
            idle += row["n"]
        else:
            told.append(f"  {row['n']} 项：{reason_in_words(row['reason'])}。{todo}")
    if not told:
        return []
    rest = sum(row["n"] for row in found) - idle
    more = [f"  …… 另有 {len(told) - REASONS} 种原因"] if len(told) > REASONS else []
    heading = f"没有执行、可以补做的检查 {rest} 项（另有 {idle} 项不适用）："
    return ["", heading, *told[:REASONS], *more]
