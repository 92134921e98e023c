"""``caijue diff [RUN RUN]``: findings that are new, resolved or still there between two runs, and why.

The cause of a change: ``data`` (an amount, a file or a submission changed), ``rule`` (the rule did), ``explanation``
(one was added, or no longer holds).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as compute

from pipelines.commands import Answer
from pipelines.commands.published import place_of, rows
from pipelines.config import Config
from pipelines.database import open_database
from pipelines.errors import Aborted, UsageError
from pipelines.publish.carry import previous_table
from pipelines.publish.place import Place, run_order
from pipelines.publish.scope import year_of

CAUSES = {"data": "数据变更", "rule": "规则变更", "explanation": "审核说明变更", "": ""}
CHANGES = {"new": "新增", "resolved": "已消除", "explained": "新说明", "reopened": "说明失效", "persisting": "仍在"}
SHOWN = 50


def diff_command(config: Config, runs: list[str]) -> Answer:
    """Between two runs; without any, between the published one and the one before it."""
    place = place_of(config)
    before, after = _two_runs(place, runs)
    with open_database() as con:
        scopes = [y for run in (before, after) if (y := year_of(con, place.run(run)))]
        _load(con, place.run(before), "a", scopes)
        _load(con, place.run(after), "b", scopes)
        found = rows(con, CHANGED)
        changed = rows(con, RULES)
    counts = {kind: sum(f["change"] == kind for f in found) for kind in CHANGES}
    document = {
        "before": before, "after": after, "only_years": sorted({*scopes}), "counts": counts, "rules_changed": changed,
        "findings": found,
    }  # fmt: skip
    return Answer(document, _words(document))


def _two_runs(place: Place, runs: list[str]) -> tuple[str, str]:
    if len(runs) == 2:
        return runs[0], runs[1]
    if runs:
        raise UsageError("请给出两个运行编号，或一个也不给（比较已发布的一次和它的前一次）。")
    published = place.published()
    if published is None:
        raise Aborted(f"{place.processed} 中还没有发布过的数据。请先运行 caijue run。")
    earlier = [r for r in place.run_ids() if run_order(r) < run_order(published.name)]
    if not earlier:
        raise Aborted("只有一次运行，还没有可以比较的。")
    return earlier[-1], published.name


def _load(con: duckdb.DuckDBPyConnection, folder: Path, suffix: str, scopes: list[int]) -> None:
    """The datasets of a set; of its findings those of the years that both sets speak of, and those of no year."""
    for dataset in ("findings", "finding_cells", "rules", "check_results"):
        table = previous_table(con, folder, dataset)
        if table is None:
            raise Aborted(f"运行 {folder.name} 的数据不完整（缺 {dataset}），不能比较。")
        if dataset == "findings":
            for year in scopes:
                column = table["year"]
                table = table.filter(compute.or_kleene(compute.is_null(column), compute.equal(column, year)))
        con.register(f"{dataset}_{suffix}", table)


RULES = """
    SELECT coalesce(a.rule_id, b.rule_id) AS rule_id, b.title,
           CASE WHEN a.rule_id IS NULL THEN '新增' WHEN b.rule_id IS NULL THEN '取消' ELSE '修改' END AS change
    FROM rules_a a FULL JOIN rules_b b USING (rule_id)
    WHERE a.rule_id IS NULL OR b.rule_id IS NULL
       OR (a.formula, a.severity, a.since, a.until) IS DISTINCT FROM (b.formula, b.severity, b.since, b.until)
    ORDER BY rule_id"""

CHANGED = f"""
    WITH changed_rules AS ({RULES}),
    amounts AS (
        SELECT finding_id, list((role, file, sheet, cell, amount) ORDER BY role, file, sheet, cell, amount) AS cells, 'a' AS run
        FROM finding_cells_a WHERE role <> 'suspect' GROUP BY ALL
        UNION ALL
        SELECT finding_id, list((role, file, sheet, cell, amount) ORDER BY role, file, sheet, cell, amount), 'b'
        FROM finding_cells_b WHERE role <> 'suspect' GROUP BY ALL),
    both_runs AS (
        SELECT coalesce(b.finding_id, a.finding_id) AS finding_id, coalesce(b.rule_id, a.rule_id) AS rule_id,
               coalesce(b.severity, a.severity) AS severity, coalesce(b.unit_code, a.unit_code) AS unit_code,
               coalesce(b.unit_name, a.unit_name) AS unit_name, coalesce(b.year, a.year) AS year,
               coalesce(b.subject, a.subject) AS subject, coalesce(b.message, a.message) AS message,
               a.finding_id IS NULL AS only_b, b.finding_id IS NULL AS only_a, a.status AS was, b.status AS now
        FROM findings_a a FULL JOIN findings_b b USING (finding_id)),
    named AS (
        SELECT *, CASE WHEN only_b THEN 'new' WHEN only_a THEN 'resolved'
                       WHEN was = 'open' AND now = 'explained' THEN 'explained'
                       WHEN was = 'explained' AND now = 'open' THEN 'reopened' ELSE 'persisting' END AS change
        FROM both_runs)
    SELECT n.change,
           CASE WHEN n.change IN ('explained', 'reopened') THEN 'explanation'
                WHEN n.change IN ('new', 'resolved') AND n.rule_id IN ('S-EXPLAIN', 'S-EXPIRED', 'S-UNUSED') THEN 'explanation'
                WHEN n.change IN ('new', 'resolved') AND n.rule_id IN (SELECT rule_id FROM changed_rules) THEN 'rule'
                WHEN n.change IN ('new', 'resolved') OR x.cells IS DISTINCT FROM y.cells THEN 'data' ELSE '' END AS cause,
           n.finding_id, n.rule_id, n.severity, n.unit_code, n.unit_name, n.year, n.subject, n.message, n.now AS status
    FROM named n LEFT JOIN amounts x ON x.finding_id = n.finding_id AND x.run = 'a'
                 LEFT JOIN amounts y ON y.finding_id = n.finding_id AND y.run = 'b'
    ORDER BY list_position(['new', 'resolved', 'reopened', 'explained', 'persisting'], n.change),
             n.severity, n.unit_name, n.year, n.rule_id, n.finding_id"""


def _words(document: dict[str, Any]) -> str:
    counts = "，".join(f"{CHANGES[k]} {n}" for k, n in document["counts"].items())
    lines = [f"{document['before']} → {document['after']}：{counts}"]
    if document["only_years"]:
        years = "、".join(f"{y} 年度" for y in document["only_years"])
        lines.append(f"  两次运行中有只核对 {years} 的，所以只比较两次都核对了的年度")
    lines += [f"  规则{r['change']}：{r['rule_id']} {r['title'] or ''}" for r in document["rules_changed"][:SHOWN]]
    changed = [f for f in document["findings"] if f["change"] != "persisting"]
    for f in changed[:SHOWN]:
        cause = f"（{CAUSES[f['cause']]}）" if f["cause"] else ""
        lines.append(f"  {CHANGES[f['change']]}{cause} {f['rule_id']} {f['finding_id']} {f['message']}")
    if len(changed) > SHOWN:
        lines.append(f"  …… 共 {len(changed)} 条，用 --json 看全部")
    return "\n".join(lines)
