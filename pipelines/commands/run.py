"""``caijue run``: one run, through Prefect or without, and what to tell about it."""

from __future__ import annotations

from pipelines.commands import Answer
from pipelines.commands.published import open_set, place_of, rows
from pipelines.config import Config
from pipelines.context import Progress
from pipelines.run import RunResult

SHOWN = 10
SEVERITY = {"error": "错误", "review": "核实", "hint": "提示"}


def run_command(config: Config, *, direct: bool, progress: Progress) -> Answer:
    """One run. Raises pipelines.errors.Stop where nothing was published."""
    if direct:
        from pipelines.run import run_direct as run_it
    else:
        from pipelines.nightly import run_flow as run_it
    result = run_it(config, progress)
    return Answer(result.document(), _text(config, result), result.exit_code)


def _text(config: Config, result: RunResult) -> str:
    lines = [f"结论：{result.message}", f"运行 {result.run_id}，{result.units} 份报送，{_files(result)}"]
    lines += [f"检查：通过 {result.checks['pass']}，不通过 {result.checks['fail']}，未执行 {result.checks['not_evaluated']}"]
    lines += _findings(config)
    lines += ["", f"数据库：{result.outputs['database']}", f"汇总表：{result.outputs['summary']}", f"网页：{result.outputs['page']}"]
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
        total = con.execute("SELECT count(*) FROM findings WHERE status = 'open'").fetchall()[0][0]
    lines = [f"  [{SEVERITY[f['severity']]}] {f['rule_id']} {f['finding_id']} {f['message']}{_at(f)}" for f in found[:SHOWN]]
    more = [f"  …… 共 {total} 条，全部见汇总表"] if total > SHOWN else []
    return ["", "问题：", *lines, *more] if lines else []


TOP = """
    SELECT f.severity, f.rule_id, f.finding_id, f.message, c.file, c.sheet, c.cell
    FROM findings f LEFT JOIN (
        SELECT finding_id, file, sheet, cell,
               row_number() OVER (PARTITION BY finding_id ORDER BY role = 'suspect' DESC, rank, role, file, sheet, cell) AS n
        FROM finding_cells WHERE file IS NOT NULL) c ON c.finding_id = f.finding_id AND c.n = 1
    WHERE f.status = 'open'
    ORDER BY f.severity = 'error' DESC, f.severity = 'review' DESC, f.unit_name, f.year, f.rule_id, f.finding_id
    LIMIT ?"""


def _at(finding: dict) -> str:
    where = " ".join(str(finding[k]) for k in ("file", "sheet", "cell") if finding[k])
    return f"（{where}）" if where else ""
