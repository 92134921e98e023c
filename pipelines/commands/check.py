"""``caijue check PATH...``: look at files without publishing anything, and without Prefect."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands import SEVERITY, Answer
from pipelines.commands.neighbours import carry_years_before, register_of
from pipelines.commands.published import place_of
from pipelines.commands.told import fix_lines, undone_lines
from pipelines.config import Config
from pipelines.database import working_connection
from pipelines.errors import EXIT_ABORTED, EXIT_CLEAN, EXIT_ERRORS, UsageError
from pipelines.run.look import Earlier, Folders, Look, Progress
from pipelines.run.stages import STAGES

if TYPE_CHECKING:
    import duckdb

    from pipelines.intake.rawfile import RawFile

LOCAL = (
    "S-ABSENT",
    "S-WAIT",
)  # about the inbox as a whole: files given one by one cannot break them


def check_command(
    config: Config, paths: list[Path], *, progress: Progress, alone: bool = False
) -> Answer:
    """Files, findings with their cells, and checks. Exit code 0 or 1 as errors were found; 3 with
    nothing to read.

    The register and last year's amounts come from the published set where the paths hold none;
    ``alone``: from nowhere.
    """
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise UsageError(f"找不到 {'、'.join(missing)}。请检查路径。")
    with tempfile.TemporaryDirectory(prefix="caijue-") as scratch:
        files = gather(paths)
        standing = None if alone else place_of(config).published()
        document = evaluate(config, files, Path(scratch), progress, standing)
        told = document.pop("told")
    return Answer(document, _words(document, told), _code(document))


def gather(paths: list[Path]) -> list[RawFile]:
    """The files of the paths, each once; those of a folder by their path below it."""
    from dataclasses import replace

    from pipelines.intake.discover import discover, look_inside

    found: dict[Path, RawFile] = {}
    for path in paths:
        if path.is_dir():
            for item in discover(path):
                found.setdefault(item.path.absolute(), item)
        else:
            for item in look_inside(path):
                found.setdefault(item.path.absolute(), item)
    taken: dict[str, int] = {}
    named = []
    for item in found.values():
        number = taken[item.file] = taken.get(item.file, 0) + 1
        named.append(replace(item, file=str(item.path)) if number > 1 else item)
    return named


def evaluate(
    config: Config,
    files: list[RawFile],
    scratch: Path,
    progress: Progress,
    standing: Path | None = None,
) -> dict[str, Any]:
    """The stages of the nightly run over the files, in a scratch folder; gives the document of
    ``check --json``, and ``told``.

    ``standing`` is the published set whose register and last year are used.
    """
    from pipelines.intake.office import with_converted
    from pipelines.run.readers import preload_for, start_readers

    preload_for(files)
    files = with_converted(files, scratch / "cache")
    start_readers("pipelines.collect")  # before there are threads: those of DuckDB, then our own
    given = [*files, *register_of(standing, files, scratch)]
    with closing(working_connection(scratch / "work", config, kept=False)) as con:
        look = _look(config, con, scratch, progress, standing)
        look.files = given
        _through_stages(look)
        if len(given) > len(files):
            _leave_out_borrowed(con, [f.file for f in files])
        return _document(con)


def _look(
    config: Config,
    con: duckdb.DuckDBPyConnection,
    scratch: Path,
    progress: Progress,
    standing: Path | None,
) -> Look:
    """What the stages work on: everything below ``scratch``, last year from ``standing``."""
    folders = Folders(scratch, scratch / "cache", scratch, None)
    earlier = Earlier(lambda c: carry_years_before(c, standing), lambda _: None)
    return Look(
        config, "check", folders, lambda: con, earlier, progress, thorough=False, aside=LOCAL
    )


def _through_stages(look: Look) -> None:
    """Every stage in order. The worker processes read while this one loads the rules and what works
    on them.
    """
    first, *others = STAGES
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(first.work, look)
        import pipelines.reconcile  # noqa: F401

        _ = look.book
        reading.result()
    for stage in others:
        stage.work(look)


def _leave_out_borrowed(con: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """Take away what is only there because of the published register: its file, and checks of units
    not at hand.
    """
    con.execute("DELETE FROM files WHERE NOT list_contains(?, file)", [files])
    con.execute("""
        DELETE FROM check_results
        WHERE (coalesce(unit_code, unit_name), year) IN (
            SELECT (coalesce(unit_code, unit_name), year) FROM submissions WHERE status = 'missing'
        )""")


def _document(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    from pipelines.publish.opened import rows

    cells: dict[str, list[dict[str, Any]]] = {}
    for cell in rows(
        con,
        "SELECT * FROM finding_cells ORDER BY finding_id, rank NULLS FIRST, role, file, sheet,"
        " cell",
    ):
        cells.setdefault(cell.pop("finding_id"), []).append(cell)
    findings = rows(
        con,
        "SELECT * FROM findings ORDER BY list_position(['error', 'review', 'hint'], severity),"
        " rule_id, subject",
    )
    return {
        "files": rows(con, "SELECT * FROM files ORDER BY file"),
        "findings": [f | {"cells": cells.get(f["finding_id"], [])} for f in findings],
        "checks": rows(con, "SELECT * FROM check_results ORDER BY unit_name, year, rule_id"),
        "coverage": _coverage(con),
        "told": [fix_lines(con, "下面各条"), undone_lines(con)],
    }


def _coverage(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Of each text: how many of its figures were understood, and the words and places of the
    others.
    """
    from pipelines.publish.opened import rows

    listed: dict[str, list[dict[str, Any]]] = {}
    for row in rows(con, "SELECT file, sheet, cell, raw FROM left_out ORDER BY file"):
        place = {"section": row["sheet"], "span": row["cell"], "words": row["raw"]}
        listed.setdefault(row["file"], []).append(place)
    counts = rows(con, "SELECT file, bound, figures FROM coverage ORDER BY file")
    return [c | {"unread": listed.get(c["file"], [])} for c in counts]


def _code(document: dict[str, Any]) -> int:
    if any(f["severity"] == "error" and f["status"] == "open" for f in document["findings"]):
        return EXIT_ERRORS
    return EXIT_CLEAN if any(f["status"] == "read" for f in document["files"]) else EXIT_ABORTED


def _words(document: dict[str, Any], told: list[list[str]]) -> str:
    """Files, what to mend first, every finding with its cells by cause, and what was not
    checked.
    """
    first, undone = told
    lines = []
    coverage = {c["file"]: c for c in document["coverage"]}
    for file in document["files"]:
        lines += _file_lines(file, coverage.get(file["file"]))
    lines += [*first, ""] if first else []
    for finding in sorted(document["findings"], key=_in_order):
        lines += _finding_lines(finding)
    lines += [f"检查：{_counted(document['checks'])}", *undone]
    return "\n".join(lines)


def _file_lines(file: dict[str, Any], counted: dict[str, Any] | None) -> list[str]:
    """What became of a file, how much of it was read and, of a text, understood."""
    from pipelines.collect.howmuch import words

    state = {"read": "已读", "quarantined": "隔离", "ignored": "略过"}[file["status"]]
    who = " ".join(str(v) for v in (file["unit_name"], file["year"]) if v)
    parts = (f"[{state}] {file['file']}", who, file["reason"] or "")
    lines = ["  ".join(part for part in parts if part)]
    if said := words(file):
        lines.append(f"        {file['format']}：{said}")
    return lines + (_understood(counted) if counted else [])


def _finding_lines(finding: dict[str, Any]) -> list[str]:
    explained = "（已说明）" if finding["status"] == "explained" else ""
    mark = SEVERITY[finding["severity"]] + explained
    return [
        f"[{mark}] {finding['rule_id']} {finding['message']}",
        *(f"        {_cell(c)}" for c in finding["cells"] if c["cell"]),
    ]


def _counted(checks: list[dict[str, Any]]) -> str:
    """``通过 1 项，不通过 0 项，…``."""
    outcomes = [c["outcome"] for c in checks]
    names = (
        ("pass", "通过"),
        ("fail", "不通过"),
        ("not_evaluated", "未执行"),
        ("broken", "规则故障"),
    )
    return "，".join(f"{word} {outcomes.count(o)} 项" for o, word in names)


MOST_UNREAD = 10  # figures not understood that are listed one by one; all are in --json


def _understood(counted: dict[str, Any]) -> list[str]:
    """``读懂 127/132 个数字``, and where the others stand."""
    unread = counted["unread"]
    lines = [f"        读懂 {counted['bound']}/{counted['figures']} 个数字"]
    if unread:
        listed = "、".join(f"“{u['words']}”（第 {u['span']} 字）" for u in unread[:MOST_UNREAD])
        more = f" 等 {len(unread)} 个" if len(unread) > MOST_UNREAD else ""
        lines.append(f"        没有读懂、未逐项核对：{listed}{more}")
    return lines


def _in_order(finding: dict[str, Any]) -> tuple[int, int, str]:
    """By severity; findings of narratives after the others, in the order in which the text is read;
    then by cause.
    """
    starts = [
        int(c["cell"].split("-")[0])
        for c in finding["cells"]
        if c["quote"] is not None and c["role"] == "left"
    ]
    return list(SEVERITY).index(finding["severity"]), min(starts, default=-1), finding["cause"]


ROLES = {"left": "左边", "right": "右边", "subject": "所在", "suspect": "疑似"}


def _cell(cell: dict[str, Any]) -> str:
    if cell["quote"] is not None:
        words = " ".join(cell["quote"].split())
        return f"原文 {cell['file']}《{cell['sheet']}》第 {cell['cell']} 字：“{words}”"
    where = " ".join(str(cell[k]) for k in ("file", "sheet", "cell") if cell[k])
    amount = "" if cell["amount"] is None else f" {cell['amount']:,.2f}"
    better = "" if cell["suggested"] is None else f" → {cell['suggested']:,.2f}"
    return f"{ROLES.get(cell['role'], cell['role'])} {where}{amount}{better}"
