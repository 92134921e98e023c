"""``caijue diff [RUN RUN]``: findings that are new, resolved or still there between two runs, and
why.

The cause of a change is what really changed between the two sets: ``explanation`` where the
explanations did, or one ran out; ``rule`` where the rule did, or the program while the files of the
unit are the same; else ``data``. An explanation that no longer matches anything goes by what became
of the finding it covered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as compute

from pipelines.commands import Answer
from pipelines.commands.published import place_of
from pipelines.config import Config
from pipelines.database import open_database
from pipelines.errors import Aborted, UsageError
from pipelines.publish.carry import previous_table
from pipelines.publish.opened import rows
from pipelines.publish.place import Place, run_order
from pipelines.publish.scope import year_of

CAUSES = {"data": "数据变更", "rule": "规则变更", "explanation": "审核说明变更", "": ""}
CHANGES = {
    "new": "新增",
    "resolved": "已消除",
    "explained": "新说明",
    "reopened": "说明失效",
    "persisting": "仍在",
}
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
        "before": before,
        "after": after,
        "only_years": sorted({*scopes}),
        "counts": counts,
        "rules_changed": changed,
        "findings": found,
    }
    return Answer(document, _words(document))


def _two_runs(place: Place, runs: list[str]) -> tuple[str, str]:
    if runs:
        return _named(place, runs)
    published = place.published()
    if published is None:
        raise Aborted(f"{place.processed} 中还没有发布过的数据。请先运行 caijue run。")
    earlier = [r for r in place.run_ids() if run_order(r) < run_order(published.name)]
    if not earlier:
        raise Aborted("只有一次运行，还没有可以比较的。")
    return earlier[-1], published.name


def _named(place: Place, runs: list[str]) -> tuple[str, str]:
    """The two runs asked for. One that is not there is wrong usage, like an unknown rule or
    finding; the set of one that is there may still be incomplete (``Aborted``).
    """
    if len(runs) != 2:
        raise UsageError("请给出两个运行编号，或一个也不给（比较已发布的一次和它的前一次）。")
    known = place.run_ids()
    if not known:
        raise Aborted(f"{place.processed} 中还没有发布过的数据。请先运行 caijue run。")
    for run in runs:
        if run not in known:
            latest = "、".join(known[-5:])
            raise UsageError(f"没有运行 {run}。现存的运行（最近几次）：{latest}。")
    return runs[0], runs[1]


def _load(con: duckdb.DuckDBPyConnection, folder: Path, suffix: str, scopes: list[int]) -> None:
    """The datasets of a set; of its findings those of the years that both sets speak of, and those
    of no year.
    """
    for dataset in (
        "findings",
        "finding_cells",
        "rules",
        "check_results",
        "files",
        "units",
        "runs",
    ):
        table = previous_table(con, folder, dataset)
        if table is None:
            raise Aborted(f"运行 {folder.name} 的数据不完整（缺 {dataset}），不能比较。")
        if dataset == "findings":
            for year in scopes:
                column = table["year"]
                table = table.filter(
                    compute.or_kleene(compute.is_null(column), compute.equal(column, year))
                )
        con.register(f"{dataset}_{suffix}", table)


RULES = """
    SELECT coalesce(a.rule_id, b.rule_id) AS rule_id, b.title,
           CASE WHEN a.rule_id IS NULL THEN '新增' WHEN b.rule_id IS NULL THEN '取消'
               ELSE '修改' END AS change
    FROM rules_a a FULL JOIN rules_b b USING (rule_id)
    WHERE a.rule_id IS NULL OR b.rule_id IS NULL
       OR (a.formula, a.severity, a.since, a.until) IS DISTINCT FROM
           (b.formula, b.severity, b.since, b.until)
    ORDER BY rule_id"""

# What changed besides rules: the explanations, the program, and the units (with those above and
# below) whose files did.
CHANGED_FILES = """
    made_with AS (
        SELECT run, arg_max([made ->> 'caijue', made ->> 'extract', made ->> 'rules'], run_id)
               AS made FROM (
            SELECT 'a' AS run, run_id, TRY_CAST(versions AS JSON) AS made FROM runs_a
            UNION ALL SELECT 'b', run_id, TRY_CAST(versions AS JSON) FROM runs_b) GROUP BY run),
    sent AS (
        SELECT coalesce(a.kind, b.kind) AS kind,
               coalesce(b.unit_code, b.unit_name, a.unit_code, a.unit_name) AS unit
        FROM files_a a FULL JOIN files_b b USING (file)
        WHERE (a.file, a.sha256, a.status, a.unit_code, a.unit_name, a.year)
              IS DISTINCT FROM (b.file, b.sha256, b.status, b.unit_code, b.unit_name, b.year)),
    whole AS (
        SELECT count(*) FILTER (kind = 'explanations') > 0 AS explained,
               count(*) FILTER (kind <> 'explanations' AND unit IS NULL) > 0 AS everything,
               (SELECT made FROM made_with WHERE run = 'a') IS DISTINCT FROM (SELECT made
                   FROM made_with WHERE run = 'b') AS program
        FROM sent),
    touched AS (
        SELECT unit FROM sent WHERE unit IS NOT NULL
        UNION SELECT u.parent_code FROM units_b u JOIN sent ON sent.unit = u.unit_code
            WHERE u.parent_code IS NOT NULL
        UNION SELECT u.unit_code FROM units_b u JOIN sent ON sent.unit = u.parent_code)"""

CHANGED = f"""
    WITH changed_rules AS ({RULES}), {CHANGED_FILES},
    amounts AS (
        SELECT finding_id, list((role, file, sheet, cell, amount)
               ORDER BY role, file, sheet, cell, amount) AS cells, 'a' AS run
        FROM finding_cells_a WHERE role <> 'suspect' GROUP BY ALL
        UNION ALL
        SELECT finding_id, list((role, file, sheet, cell, amount)
               ORDER BY role, file, sheet, cell, amount), 'b'
        FROM finding_cells_b WHERE role <> 'suspect' GROUP BY ALL),
    both_runs AS (
        SELECT coalesce(b.finding_id, a.finding_id) AS finding_id,
               coalesce(b.rule_id, a.rule_id) AS rule_id,
               coalesce(b.severity, a.severity) AS severity,
               coalesce(b.unit_code, a.unit_code) AS unit_code,
               coalesce(b.unit_name, a.unit_name) AS unit_name, coalesce(b.year, a.year) AS year,
               coalesce(b.subject, a.subject) AS subject, coalesce(b.message, a.message) AS message,
               a.finding_id IS NULL AS only_b, b.finding_id IS NULL AS only_a, a.status AS was,
               b.status AS now
        FROM findings_a a FULL JOIN findings_b b USING (finding_id)),
    named AS (
        SELECT b.*, CASE WHEN only_b THEN 'new' WHEN only_a THEN 'resolved'
                         WHEN was = 'open' AND now = 'explained' THEN 'explained'
                         WHEN was = 'explained' AND now = 'open' THEN 'reopened'
                         WHEN x.cells IS DISTINCT FROM y.cells THEN 'moved'
                             ELSE 'persisting' END AS change,
               rule_id IN (SELECT rule_id FROM changed_rules) AS rule_changed,
               w.program AND NOT w.everything AND coalesce(unit_code, unit_name) IS NOT NULL
                   AND coalesce(unit_code, unit_name) NOT IN (SELECT unit
                       FROM touched) AS same_files
        FROM both_runs b CROSS JOIN whole w
        LEFT JOIN amounts x ON x.finding_id = b.finding_id AND x.run = 'a'
        LEFT JOIN amounts y ON y.finding_id = b.finding_id AND y.run = 'b'),
    caused AS (
        SELECT n.*, CASE WHEN change = 'persisting' THEN ''
                         WHEN change IN ('explained', 'reopened')
                             OR rule_id = 'S-EXPIRED' THEN 'explanation'
                         WHEN rule_id IN ('S-EXPLAIN', 'S-UNUSED')
                             AND w.explained THEN 'explanation'
                         WHEN rule_id = 'S-UNUSED' AND only_a AND EXISTS (
                             SELECT 1 FROM named e
                                    WHERE e.rule_id = 'S-EXPIRED' AND e.only_b
                                 AND e.subject = n.subject) THEN 'explanation'
                         WHEN rule_changed AND change <> 'moved' OR same_files
                             OR rule_id = 'S-EXPLAIN' THEN 'rule' ELSE 'data' END AS cause
        FROM named n CROSS JOIN whole w),
    covered AS (
        SELECT s.finding_id, min_by(g.cause, g.finding_id) AS cause FROM named s
        JOIN caused g ON g.only_a AND g.was = 'explained'
            AND g.rule_id = split_part(s.subject, '|', 1)
             AND split_part(s.subject, '|', 2) IN (g.unit_code, g.unit_name)
             AND split_part(s.subject, '|', 3) IN ('*', g.year::VARCHAR)
             AND g.subject GLOB replace(array_to_string(split(s.subject, '|')[4:], '|'), '[', '[[]')
        WHERE s.rule_id = 'S-UNUSED' AND s.only_b GROUP BY s.finding_id)
    SELECT CASE c.change WHEN 'moved' THEN 'persisting'
           ELSE c.change END AS change, coalesce(v.cause, c.cause) AS cause,
           c.finding_id, c.rule_id, c.severity, c.unit_code, c.unit_name, c.year, c.subject,
           c.message, c.now AS status
    FROM caused c LEFT JOIN covered v USING (finding_id)
    ORDER BY list_position(['new', 'resolved', 'reopened', 'explained', 'persisting'], CASE c.change
        WHEN 'moved' THEN 'persisting' ELSE c.change END),
             c.severity, c.unit_name, c.year, c.rule_id, c.finding_id"""


def _words(document: dict[str, Any]) -> str:
    counts = "，".join(f"{CHANGES[k]} {n}" for k, n in document["counts"].items())
    lines = [f"{document['before']} → {document['after']}：{counts}"]
    if document["only_years"]:
        years = "、".join(f"{y} 年度" for y in document["only_years"])
        lines.append(f"  两次运行中有只核对 {years} 的，所以只比较两次都核对了的年度")
    lines += [
        f"  规则{r['change']}：{r['rule_id']} {r['title'] or ''}"
        for r in document["rules_changed"][:SHOWN]
    ]
    changed = [f for f in document["findings"] if f["change"] != "persisting"]
    lines += [_finding_line(f) for f in changed[:SHOWN]]
    if len(changed) > SHOWN:
        lines.append(f"  …… 共 {len(changed)} 个，用 --json 看全部")
    return "\n".join(lines)


def _finding_line(f: dict[str, Any]) -> str:
    cause = f"（{CAUSES[f['cause']]}）" if f["cause"] else ""
    return f"  {CHANGES[f['change']]}{cause} {f['rule_id']} {f['finding_id']} {f['message']}"
