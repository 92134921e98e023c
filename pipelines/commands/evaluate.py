"""``caijue evaluate UNIT YEAR``: the performance report with 附件1 scored and the project
tables, from the published figures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.commands import Answer
from pipelines.commands.draft import check_year, facts_of, open_errors_of, owner_of
from pipelines.commands.published import current_set
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.narrative.owner import Owner
from pipelines.publish.opened import open_set, rows
from schemas.performance_forms import performance_forms
from schemas.performance_schemes import Scheme, load_schemes

if TYPE_CHECKING:
    from pipelines.performance.draft.figures import Figures

LAYOUTS = ("A", "B", "C")
OF_UNIT = "WHERE coalesce(unit_code, unit_name) = $1 AND year = $2"


def evaluate_command(
    config: Config, unit: str, year: int, out: Path | None = None, layout: str = "A"
) -> Answer:
    """Writes the report (.docx) and its tables (.xlsx) into the folder ``out``, or the working
    folder. It never overwrites.

    ``layout``: that of the project tables, A (区县), B (一体化) or C (全国). Raises UsageError
    where unit, year, layout or
    place are wrong, Aborted before the first run.
    """
    if layout.upper() not in LAYOUTS:
        raise UsageError(f"--form 只能是 A、B 或 C，而不是 {layout}。")
    folder = current_set(config)
    with open_set(folder) as con:
        owner = owner_of(con, unit, year)
        check_year(con, owner, year)
        figures = figures_of(con, config, owner, year)
        errors = open_errors_of(con, owner, year)
    document = {
        "unit_code": owner.unit_code,
        "unit_name": owner.unit_name,
        "year": year,
        "run_id": folder.name,
        "scheme": figures.scheme.id if figures.scheme else None,
        "projects": len(figures.projects),
        "open_errors": errors,
        **_write(figures, layout.upper(), out or Path()),
    }
    return Answer(document, _words(document))


def figures_of(con: duckdb.DuckDBPyConnection, config: Config, owner: Owner, year: int) -> Figures:
    """All that is published of a unit and year, and what ``performance.yml`` says."""
    from pipelines.narrative.lookup import FactLookup
    from pipelines.performance.draft.figures import Figures, performance_cells

    of = [owner.unit, year]
    forms = list(performance_forms())
    cells = rows(con, f"SELECT * FROM facts {OF_UNIT} AND list_contains($3, form)", [*of, forms])
    given = _manual(config, owner, year)
    scores = rows(con, f"SELECT * FROM scores {OF_UNIT} ORDER BY seq", of)
    found = Figures(
        owner.unit_name or owner.unit or "",
        year,
        FactLookup(facts_of(con, owner, year), year),
        performance_cells(cells, year),
        given,
        _scheme(config, year, given, scores),
        rows(con, f"SELECT * FROM projects {OF_UNIT}", of),
        rows(con, f"SELECT * FROM indicators {OF_UNIT}", of),
    )
    found.scores = scores or _scores(found)
    return found


def _manual(config: Config, owner: Owner, year: int) -> dict[str, Any]:
    """What a person said for the unit and year; of several files the last by path."""
    from pipelines.intake.discover import look
    from pipelines.performance.inputs import NAMES, read_manual

    names = (owner.unit_code or "", owner.unit_name or "", *owner.names)
    given: dict[str, Any] = {}
    for name in NAMES:
        for path in sorted(config.inbox.rglob(name)):
            if not path.is_symlink():
                given = read_manual(look(path, path.name)).of(names, year) or given
    return given


def _scheme(
    config: Config, year: int, given: dict[str, Any], scores: list[dict[str, Any]]
) -> Scheme | None:
    """The scheme that is named, else the one that was scored by, else the only one that holds
    for the year.
    """
    from pipelines.organisation import scheme_folders

    schemes, _ = load_schemes(scheme_folders(config))
    named = given.get("scheme") or (scores[0]["scheme"] if scores else None)
    if named:
        return schemes.get(str(named))
    valid = [s for s in schemes.values() if s.years.since <= year <= s.years.until]
    return valid[0] if len(valid) == 1 else None


def _scores(figures: Figures) -> list[dict[str, Any]]:
    """附件1 scored from the final accounts alone, where no performance material was read."""
    from pipelines.performance.datasets import rows_of

    return rows_of(figures.case)["scores"] if figures.scheme else []


def _write(figures: Figures, layout: str, folder: Path) -> dict[str, Any]:
    from pipelines.deliver.filenames import safe_name
    from pipelines.performance.draft.report import build
    from pipelines.performance.draft.sheets import write_sheets
    from pipelines.performance.draft.word import write_word

    stem = f"{safe_name(figures.unit)}_{figures.year}_绩效评价报告（草稿）"
    word, sheets = folder / f"{stem}.docx", folder / f"{stem}.xlsx"
    for target in (word, sheets):
        if target.exists():
            raise UsageError(
                f"{target} 已经存在，可能已有人填写，没有覆盖。请移走它，或用 --out 另指文件夹。"
            )
    draft = build(figures, layout)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_word(draft, word)
        write_sheets(draft, sheets)
    except OSError as error:
        for target in (word, sheets):
            target.unlink(missing_ok=True)
        raise UsageError(
            f"草稿没有写成：{folder}（{error.strerror or error}）。"
            f"请检查文件夹和权限，或用 --out 另指一处。"
        ) from error
    return {"files": [str(word), str(sheets)], "open_places": draft.open_places()}


def _words(document: dict[str, Any]) -> str:
    word, sheets = document["files"]
    lines = [f"已写出 {word} 和 {sheets}（数据取自运行 {document['run_id']}）。"]
    lines.append(
        f"文中有 {document['open_places']} 处标黄的【请填写】，请填写后用 caijue check 核对；"
        "每个数的来源写在表下（Word）和批注中（Excel）。"
    )
    if not document["scheme"]:
        lines.append(
            "没有本年度的指标体系，附件1 没有起草：请在 "
            "schemes_folders 登记，或在 performance.yml 写 scheme。"
        )
    if not document["projects"]:
        lines.append(
            "没有读到项目，项目自评表没有起草：请把绩效目标申报表或项目自评表放入收件文件夹后重新运行。"
        )
    if document["open_errors"]:
        lines.append(
            f"注意：本单位该年度还有 {document['open_errors']} "
            f"个未说明的错误，草稿中的数字可能要改。"
        )
    return "\n".join(lines)
