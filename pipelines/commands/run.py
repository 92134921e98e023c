"""``caijue run``: one run, through Prefect or without, and what to tell about it."""

from __future__ import annotations

from pipelines.commands import Answer
from pipelines.commands.published import open_set, place_of, rows
from pipelines.config import Config
from pipelines.run.context import Progress
from pipelines.run.result import RunResult

SHOWN = 10
SEVERITY = {"error": "错误", "review": "核实", "hint": "提示"}


def run_command(config: Config, *, direct: bool, progress: Progress) -> Answer:
    """One run. Raises pipelines.errors.Stop where nothing was published."""
    if direct:
        from pipelines.run.steps import run_direct as run_it
    else:
        from pipelines.run.nightly import run_flow as run_it
    result = run_it(config, progress)
    return Answer(result.document(), _text(config, result), result.exit_code)


def _text(config: Config, result: RunResult) -> str:
    lines = [
        f"结论：{result.message}",
        f"运行 {result.run_id}，{result.units} 份报送，{_files(result)}",
    ]
    lines += [
        f"检查：通过 {result.checks['pass']}，不通过 {result.checks['fail']}，未执行 {result.checks['not_evaluated']}"
    ]
    lines += _findings(config)
    lines += [
        "",
        f"数据库：{result.outputs['database']}",
        f"汇总表：{result.outputs['summary']}",
        f"网页：{result.outputs['page']}",
    ]
    return "\n".join(lines)


def _files(result: RunResult) -> str:
    files = result.files
    return f"文件：读取 {files['read']}，隔离 {files['quarantined']}，略过 {files['ignored']}"


def _findings(config: Config) -> list[str]:
    folder = place_of(config).published()
    if folder is None:
        return []
    with open_set(folder) as con:
        found = rows(con, TOP, [SHOWN + 1])
        causes = con.execute(
            "SELECT count(DISTINCT cause) FROM findings WHERE status = 'open'"
        ).fetchall()[0][0]
    lines = [
        f"  [{SEVERITY[f['severity']]}] {f['rule_id']} {f['finding_id']} {f['message']}{_at(f)}{_same(f)}"
        for f in found
    ]
    more = [f"  …… 共 {causes} 处原因，全部见汇总表"] if causes > SHOWN else []
    return ["", "问题（同一原因只列一条）：", *lines[:SHOWN], *more] if lines else []


TOP = """
    WITH places AS (
        SELECT finding_id, file, sheet, cell,
               row_number() OVER (PARTITION BY finding_id ORDER BY role = 'suspect' DESC, rank, role, file, sheet, cell) AS n
        FROM finding_cells WHERE file IS NOT NULL),
    grouped AS (
        SELECT *, count(*) OVER (PARTITION BY cause) AS alike,
               row_number() OVER (PARTITION BY cause ORDER BY list_position(['error', 'review', 'hint'], severity),
                                  starts_with(rule_id, 'G-'), rule_id, finding_id) AS place
        FROM findings WHERE status = 'open')
    SELECT g.severity, g.rule_id, g.finding_id, g.message, g.alike, p.file, p.sheet, p.cell
    FROM grouped g LEFT JOIN places p ON p.finding_id = g.finding_id AND p.n = 1
    WHERE g.place = 1
    ORDER BY list_position(['error', 'review', 'hint'], g.severity), g.unit_name, g.year, g.rule_id, g.finding_id
    LIMIT $1"""


def _same(finding: dict) -> str:
    return f"（同一原因另有 {finding['alike'] - 1} 条）" if finding["alike"] > 1 else ""


def _at(finding: dict) -> str:
    where = " ".join(str(finding[k]) for k in ("file", "sheet", "cell") if finding[k])
    return f"（{where}）" if where else ""
