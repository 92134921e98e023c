"""``caijue run``: one run, through Prefect or without, and what to tell about it."""

from __future__ import annotations

from pipelines.commands import Answer
from pipelines.commands.published import place_of
from pipelines.commands.told import fix_lines, held_lines
from pipelines.config import Config
from pipelines.publish.opened import open_set
from pipelines.run.look import Progress
from pipelines.run.result import RunResult


def run_command(config: Config, *, direct: bool, progress: Progress) -> Answer:
    """One run. Raises pipelines.errors.Stop where nothing was published."""
    if direct:
        from pipelines.run.steps import run_direct as run_it
    else:
        from pipelines.run.nightly import run_flow as run_it
    result = run_it(config, progress)
    return Answer(result.document(), _text(config, result), result.exit_code)


def _text(config: Config, result: RunResult) -> str:
    checks = result.checks
    lines = [
        f"结论：{result.message}",
        f"运行 {result.run_id}，{result.units} 份报送，{_files(result)}",
        f"检查：通过 {checks['pass']} 项，不通过 {checks['fail']} 项，"
        f"未执行 {checks['not_evaluated']} 项",
    ]
    lines += held_lines(result.held)
    lines += _fixes(config, result)
    outputs = result.outputs
    return "\n".join(
        [
            *lines,
            "",
            f"汇总表：{outputs['summary']}",
            f"网页：{outputs['page']}",
            f"数据库：{outputs['database']}",
        ]
    )


def _fixes(config: Config, result: RunResult) -> list[str]:
    """What to mend first. Where nothing is open the set is not opened for it, which takes a
    twelfth of a small night.
    """
    folder = place_of(config).published()
    if folder is None or not any(result.findings.values()):
        return []
    with open_set(folder) as con:
        return fix_lines(con, "汇总表《先改这几处》")


def _files(result: RunResult) -> str:
    files = result.files
    return (
        f"文件：读取 {files['read']} 个（含名册、审核说明等），"
        f"隔离 {files['quarantined']} 个，略过 {files['ignored']} 个"
    )
