"""The command ``caijue``.

Documents and results go to standard output (``printed.py``), the rest to standard error.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pipelines import log
from pipelines.commands import Answer
from pipelines.config import Config, load_config
from pipelines.ending import guarded, interrupt, leave
from pipelines.errors import UsageError
from pipelines.printed import give_if_taken, give_line, to_json
from pipelines.shown import lines_shown

app = typer.Typer(
    name="caijue",
    help="财决：部门决算报表的夜间核对。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(
    help="规则目录：list 列出、show 查看一条、test 运行全部示例、coverage 没有等式核对的单元格。",
    invoke_without_command=True,
)
app.add_typer(rules_app, name="rules")

Raw = Annotated[
    str | None, typer.Option("--raw", help="收件文件夹，或 s3://桶/前缀 等地址", show_default=False)
]
Processed = Annotated[
    Path | None, typer.Option("--processed", help="数据文件夹", show_default=False)
]
Reports = Annotated[Path | None, typer.Option("--reports", help="报告文件夹", show_default=False)]
Year = Annotated[int | None, typer.Option("--year", help="只核对这一会计年度", show_default=False)]
Workers = Annotated[
    int | None, typer.Option("--workers", help="并行读取的进程数", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="在标准输出上只给一个 JSON 文档")]


def _version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            give_line(f"caijue {version('caijue')}")
        except PackageNotFoundError:
            give_line("caijue（从源码运行）")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool,
        typer.Option("--version", help="显示版本。", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """财决：部门决算报表的夜间核对。"""


def _config(**flags: Any) -> Config:
    config, warnings = load_config(**flags)
    log.to_console(config.log_format)
    for warning in warnings:
        log.say(warning, 30)
    return config


def _give(answer: Answer, as_json: bool, print_it: Callable[[str], None] = give_line) -> NoReturn:
    """Print the answer and end with its exit code."""
    print_it(to_json(answer.document) if as_json else lines_shown(answer.text))
    raise typer.Exit(answer.code)


@app.command()
def run(
    raw: Raw = None,
    processed: Processed = None,
    reports: Reports = None,
    year: Year = None,
    workers: Workers = None,
    direct: Annotated[bool, typer.Option("--direct", help="不经过 Prefect，直接运行")] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="接受这一次比已发布的少，照样发布")
    ] = False,
    as_json: Json = False,
) -> None:
    """读取收件文件夹，核对，发布数据集和报告。"""
    from pipelines.commands.run import run_command
    from pipelines.progress import progress_bar

    max_loss = 1.0 if accept_loss else None
    config = _config(
        raw=raw,
        processed=processed,
        reports=reports,
        year=year,
        workers=workers,
        max_loss=max_loss,
    )
    with progress_bar() as progress:
        answer = run_command(config, direct=direct, progress=progress)
    _give(answer, as_json, give_if_taken)


@app.command()
def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="文件或文件夹", show_default=False)
    ],
    year: Year = None,
    processed: Processed = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="不用已发布的单位名册和上年数据，只看这些文件")
    ] = False,
    as_json: Json = False,
) -> None:
    """查看文件中的问题，不发布任何数据。"""
    from pipelines.commands.check import check_command
    from pipelines.progress import progress_bar

    config = _config(year=year, processed=processed)
    with progress_bar() as progress:
        answer = check_command(config, paths, progress=progress, alone=alone)
    _give(answer, as_json)


@app.command()
def status(processed: Processed = None, reports: Reports = None, as_json: Json = False) -> None:
    """最近一次运行、已发布的数据和未解决的问题。"""
    from pipelines.commands.status import status_command

    _give(status_command(_config(processed=processed, reports=reports)), as_json)


@app.command()
def diff(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN RUN]", help="两个运行编号", show_default=False),
    ] = None,
    processed: Processed = None,
    as_json: Json = False,
) -> None:
    """两次运行之间新增、消除和仍在的问题，以及原因。"""
    from pipelines.commands.diff import diff_command

    _give(diff_command(_config(processed=processed), runs or []), as_json)


@rules_app.callback()
def rules(context: typer.Context, as_json: Json = False) -> None:
    """规则目录：list 列出、show 查看一条、test 运行全部示例、coverage 没有等式核对的单元格。"""
    context.obj = as_json
    if context.invoked_subcommand is None:
        from pipelines.commands.rules import rules_list

        _give(rules_list(_config()), as_json)


@rules_app.command("list")
def rules_list_(context: typer.Context, as_json: Json = False) -> None:
    """列出全部规则。"""
    from pipelines.commands.rules import rules_list

    _give(rules_list(_config()), as_json or bool(context.obj))


@rules_app.command("show")
def rules_show_(
    context: typer.Context,
    rule_id: Annotated[
        str, typer.Argument(metavar="ID", help="规则编号，如 IN-Z01-01", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """查看一条规则。"""
    from pipelines.commands.rules import rules_show

    _give(rules_show(_config(), rule_id), as_json or bool(context.obj))


@rules_app.command("test")
def rules_test_(context: typer.Context, as_json: Json = False) -> None:
    """运行规则中的全部示例。"""
    from pipelines.commands.rules import rules_test

    _give(rules_test(_config()), as_json or bool(context.obj))


@rules_app.command("coverage")
def rules_coverage_(
    context: typer.Context,
    form: Annotated[
        str, typer.Argument(metavar="[FORM]", help="只看一张表，如 F03", show_default=False)
    ] = "",
    as_json: Json = False,
) -> None:
    """列出没有规则、只有不等式或只有有条件的等式核对的单元格。"""
    from pipelines.commands.rules import rules_coverage

    _give(rules_coverage(_config(), form.upper()), as_json or bool(context.obj))


@app.command()
def explain(
    finding_id: Annotated[
        str, typer.Argument(metavar="FINDING_ID", help="问题编号", show_default=False)
    ],
    processed: Processed = None,
    as_json: Json = False,
) -> None:
    """一个问题的全部依据：每个单元格、金额，以及有关的其他问题。"""
    from pipelines.commands.explain import explain_command

    _give(explain_command(_config(processed=processed), finding_id), as_json)


@app.command()
def doctor(
    raw: Raw = None, processed: Processed = None, reports: Reports = None, as_json: Json = False
) -> None:
    """检查这台机器能否完成夜间核对，逐项说明怎么办。"""
    from pipelines.commands.doctor import doctor_command

    config, warnings = load_config(raw=raw, processed=processed, reports=reports)
    _give(doctor_command(config, warnings), as_json)


@app.command()
def serve(
    cron: Annotated[
        str | None, typer.Option("--cron", help='时间表，如 "0 2 * * *"', show_default=False)
    ] = None,
    raw: Raw = None,
    processed: Processed = None,
    reports: Reports = None,
) -> None:
    """按时间表每夜运行，直到被停止。"""
    from pipelines.commands.serve import check_cron, serve_command

    config = _config(raw=raw, processed=processed, reports=reports, cron=cron)
    following = check_cron(config.cron, config.timezone)
    log.say(f"时间表 {config.cron}（{config.timezone}），下一次 {following}。按 Ctrl-C 停止。")
    try:
        serve_command(config, config.cron)
    except SystemExit:  # Ctrl-C, or the service manager's SIGTERM: the usual way for it to end
        log.say("时间表已停止。")


@app.command()
def draft(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位编码或名称", show_default=False)],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="会计年度", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个 .docx 文件", show_default=False)
    ] = None,
    processed: Processed = None,
    as_json: Json = False,
) -> None:
    """根据已发布的数据起草决算公开说明（.docx）。"""
    from pipelines.commands.draft import draft_command

    _give(draft_command(_config(processed=processed), unit, year, out), as_json)


@app.command()
def evaluate(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位编码或名称", show_default=False)],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="会计年度", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个文件夹", show_default=False)
    ] = None,
    form: Annotated[
        str, typer.Option("--form", help="项目自评表的版式：A 区县、B 一体化、C 全国")
    ] = "A",
    raw: Raw = None,
    processed: Processed = None,
    as_json: Json = False,
) -> None:
    """根据已发布的数据起草绩效评价报告（.docx）和附表（.xlsx）。"""
    from pipelines.commands.evaluate import evaluate_command

    config = _config(raw=raw, processed=processed)
    _give(evaluate_command(config, unit, year, out, form), as_json)


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar='"SQL"', help="一条 SELECT 语句", show_default=False)
    ] = "",
    processed: Processed = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="以 CSV 给出全部行")] = False,
    examples: Annotated[bool, typer.Option("--examples", help="列出现成的查询")] = False,
    as_json: Json = False,
) -> None:
    """查询已发布的数据（只读）。"""
    from pipelines.commands.query import examples as all_examples
    from pipelines.commands.query import query_command

    if examples:
        _give(all_examples(), as_json)
    if not sql.strip():
        raise UsageError('缺少查询语句，如 caijue query "SELECT * FROM unit_years"。')
    _give(query_command(_config(processed=processed), sql, as_csv=as_csv), as_json)


@app.command()
def browse(
    processed: Processed = None,
    port: Annotated[int, typer.Option("--port", help="端口", min=1, max=65535)] = 8001,
) -> None:
    """在浏览器中翻看已发布的数据（只读，只限本机；需装 caijue[browse]）。"""
    from pipelines.commands.browse import browse_command

    browse_command(_config(processed=processed), port)


@app.command()
def sample(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="写到哪个新文件夹", show_default=False)
    ],
    units: Annotated[int, typer.Option("--units", help="单位数")] = 10,
    years: Annotated[int, typer.Option("--years", help="年数")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：相同则内容相同")] = 1,
    messy: Annotated[
        float, typer.Option("--messy", help="版式杂乱的比例，0 到 1", min=0, max=1)
    ] = 0.0,
    published: Annotated[bool, typer.Option("--published", help="同时写公开表")] = False,
    performance: Annotated[bool, typer.Option("--performance", help="同时写绩效报告")] = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """写出可供试用的样例报表。"""
    from pipelines.commands.sample import sample_command
    from pipelines.progress import progress_bar

    with progress_bar() as progress:
        answer = sample_command(
            folder,
            units,
            years,
            seed=seed,
            messy=messy,
            published=published,
            performance=performance,
            workers=workers,
            progress=lambda done, total: progress("写出样例", done, total),
        )
    _give(answer, as_json)


@app.command()
def completion(
    shell: Annotated[
        str, typer.Argument(metavar="SHELL", help="bash、zsh 或 fish", show_default=False)
    ],
) -> None:
    """给出命令补全的脚本，如 eval "$(caijue completion bash)"。"""
    from pipelines.commands.completion import completion_command

    _give(completion_command(shell), as_json=False)


# Objects made before the collector looks for cycles, and how often it looks further. Imports and
# descriptions make some hundred thousand that all stay: looking through them again and again
# takes a tenth of a short command.
COLLECTED = (20_000, 20, 20)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and end the process with its exit code; whatever goes wrong is said in
    Chinese on standard error.
    """
    gc.set_threshold(*COLLECTED)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's own threads have nothing to do
    _streams()
    given = sys.argv[1:] if arguments is None else arguments
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    code = guarded(
        lambda: _invoke(given), "--json" in given, next((a for a in given if a[:1] != "-"), "")
    )
    if arguments is None:  # the process is this command, and nobody goes on after it
        leave(code)
    sys.exit(code)


def _invoke(arguments: list[str]) -> int:
    from pipelines.helptext import speak_chinese
    from pipelines.usage import in_chinese

    if "_CAIJUE_COMPLETE" in os.environ:
        from typer.completion import completion_init

        completion_init()
    with in_chinese():
        command = speak_chinese(typer.main.get_command(app))
        code = command.main(arguments, prog_name="caijue", standalone_mode=False)
    return code if isinstance(code, int) else 0


def _streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


__all__ = ["UsageError", "app", "main"]

if __name__ == "__main__":
    main()
