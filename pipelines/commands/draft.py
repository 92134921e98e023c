"""``caijue draft UNIT YEAR``: the 决算公开说明 of a unit and year, written from the published
facts.
"""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from pipelines.commands import Answer
from pipelines.commands.published import current_set
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.narrative.owner import Owner, Owners
from pipelines.narrative.tables import COLUMNS
from pipelines.publish.opened import open_set, rows
from schemas.performance_forms import performance_forms

FORMS = ("Z01", "Z01_1", "Z03", "Z04", "Z07", "Z08_1", "F03")
MOST_NAMED = 5  # places named before 等


def draft_command(config: Config, unit: str, year: int, out: Path | None = None) -> Answer:
    """Writes the draft to ``out``, or under the unit's name in the working folder. It never
    overwrites a file.

    ``unit`` is a code, a name or an alias. Raises UsageError where unit, year or place are wrong,
    Aborted before the first run.
    """
    folder = current_set(config)
    with open_set(folder) as con:
        owner = owner_of(con, unit, year)
        check_year(con, owner, year)
        facts = as_printed(facts_of(con, owner, year))
        errors = open_errors_of(con, owner, year)
    target = _target(out, owner, year)
    _write(facts, owner.unit_name or unit, year, target)
    document = {
        "unit_code": owner.unit_code,
        "unit_name": owner.unit_name,
        "year": year,
        "file": str(target),
        "run_id": folder.name,
        "open_places": _open_places(target),
        "missing_forms": _missing(facts, year),
        "open_errors": errors,
    }
    return Answer(document, _words(document))


def owner_of(con: duckdb.DuckDBPyConnection, unit: str, year: int) -> Owner:
    """The unit with this code, else with this name or alias."""
    owners = Owners(con)
    wanted = unit.strip()
    if registered := owners.register.units.get(wanted):
        return Owner(registered.unit_code, registered.unit_name)
    found = owners.find([wanted], year)
    known = {
        r["unit"]
        for r in rows(con, "SELECT DISTINCT coalesce(unit_code, unit_name) AS unit FROM facts")
    }
    if found.unit_code is None and found.unit not in known:
        raise UsageError(f"已发布的数据中没有单位“{unit}”。{_near(con, unit)}")
    return found


def _near(con: duckdb.DuckDBPyConnection, unit: str) -> str:
    """The units whose codes or names are most like it, in words."""
    found = rows(
        con,
        "SELECT DISTINCT unit_code, unit_name FROM facts WHERE unit_name IS NOT NULL ORDER BY ALL",
    )
    titles = {
        f["unit_name"]: " ".join(v for v in (f["unit_code"], f["unit_name"]) if v) for f in found
    }
    codes = {f["unit_code"]: titles[f["unit_name"]] for f in found if f["unit_code"]}
    inside = [titles[n] for n in titles if unit in n]
    alike = [
        {**titles, **codes}[n] for n in get_close_matches(unit, [*titles, *codes], MOST_NAMED, 0.5)
    ]
    shown = list(dict.fromkeys([*inside, *alike]))[:MOST_NAMED]
    return (
        f"相近的有：{'、'.join(shown)}。"
        if shown
        else "请写单位编码或全称；全部单位见汇总工作簿的“单位一览”。"
    )


def check_year(con: duckdb.DuckDBPyConnection, owner: Owner, year: int) -> None:
    found = rows(
        con,
        "SELECT DISTINCT year FROM facts WHERE coalesce(unit_code, unit_name) = ? ORDER BY 1",
        [owner.unit],
    )
    years = [str(f["year"]) for f in found]
    if str(year) in years:
        return
    there = f"有数据的年度：{'、'.join(years)}。" if years else "这个单位还没有报送过报表。"
    raise UsageError(f"已发布的数据中没有“{owner.unit_name}”{year} 年度的报表，不能起草。{there}")


def facts_of(con: duckdb.DuckDBPyConnection, owner: Owner, year: int) -> list[dict[str, Any]]:
    """The facts of the year and of the year before, also where only an earlier run had
    the latter; without those of performance tables.
    """
    found = [
        rows(
            con,
            f"SELECT {COLUMNS} FROM {table} WHERE coalesce(unit_code, unit_name) = $1 AND year IN"
            " ($2, $3) AND NOT list_contains($4, form)",
            [owner.unit, year - 1, year, list(performance_forms())],
        )
        for table in ("facts", "prior_facts")
    ]
    years = {f["year"] for f in found[0]}
    return [*found[0], *(f for f in found[1] if f["year"] not in years)]


def as_printed(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts with their amounts as the public tables print them, a year at a time."""
    from pipelines.public.printed import printed_amounts

    keys = [(f["form"], f["block"] or "", f["row_key"], f["col_key"]) for f in facts]
    printed = {}
    for year in {f["year"] for f in facts}:
        held = {
            key: int(fact["amount"] * 100)
            for key, fact in zip(keys, facts, strict=True)
            if fact["year"] == year and fact["amount"] is not None
        }
        printed[year] = printed_amounts(held)
    shown = []
    for key, fact in zip(keys, facts, strict=True):
        fen = printed[fact["year"]].get(key)
        shown.append(fact if fen is None else fact | {"amount": Decimal(fen) / 100})
    return shown


def open_errors_of(con: duckdb.DuckDBPyConnection, owner: Owner, year: int) -> int:
    """How many errors of the unit and year nobody has explained."""
    sql = """SELECT count(*) AS n FROM findings WHERE status = 'open' AND severity = 'error'
        AND coalesce(unit_code, unit_name) = $1 AND year = $2"""
    return int(rows(con, sql, [owner.unit, year])[0]["n"])


def _target(out: Path | None, owner: Owner, year: int) -> Path:
    from pipelines.deliver.filenames import safe_name

    target = out or Path(f"{safe_name(owner.unit_name or '')}_{year}_决算公开说明（草稿）.docx")
    if target.suffix.lower() != ".docx":
        raise UsageError(f"草稿是 Word 文档，--out 的文件名应以 .docx 结尾，而不是 {target.name}。")
    if target.exists():
        raise UsageError(
            f"{target} 已经存在，可能已有人填写，没有覆盖。请移走它，或用 --out 另取文件名。"
        )
    return target


def _write(facts: list[dict[str, Any]], name: str, year: int, target: Path) -> None:
    from pipelines.narrative.draft import draft_narrative
    from pipelines.narrative.lookup import FactLookup

    try:
        draft_narrative(FactLookup(facts, year), name, year, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise UsageError(
            f"草稿没有写成：{target}（{error.strerror or error}）。请检查文件夹和权限，或用 --out"
            " 另指一处。"
        ) from error


def _open_places(path: Path) -> int:
    """How many places a person still has to fill."""
    from pipelines.narrative.draft import OPEN_PLACE
    from pipelines.narrative.source import read_source

    return len(OPEN_PLACE.findall(read_source(path, "docx")))


def _missing(facts: list[dict[str, Any]], year: int) -> list[str]:
    there = {f["form"] for f in facts if f["year"] == year}
    return [f for f in FORMS if f not in there]


def _words(document: dict[str, Any]) -> str:
    lines = [f"已写出 {document['file']}（数据取自运行 {document['run_id']}）。"]
    lines.append(
        f"文中有 {document['open_places']} 处标黄的【待填：…】，请填写后删去括号，再用 caijue"
        " check 核对。"
    )
    if document["open_errors"]:
        lines.append(
            f"注意：本单位该年度还有 {document['open_errors']} 个未说明的错误，"
            "草稿中的数字可能要改；"
            "请先改正或说明，再起草公开。"
        )
    if document["missing_forms"]:
        lines.append(f"缺少 {'、'.join(document['missing_forms'])} 表，有关段落只写明缺表。")
    return "\n".join(lines)
