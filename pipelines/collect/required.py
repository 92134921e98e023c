"""Which forms a unit must submit, and which units: ``submissions``, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from pipelines.collect.register import Register, Unit
from pipelines.collect.resolve import SheetRef
from schemas.library import Form
from schemas.observation import Observation, Place
from schemas.structural import say

CONDITIONS = {
    "政府性基金": "row_key LIKE '%政府性基金%' OR col_key LIKE '%政府性基金%'",
    "国有资本经营": (
        "row_key LIKE '%国有资本经营预算财政拨款%' OR col_key LIKE '%国有资本经营预算财政拨款%' OR"
        " row_key = '223'"
    ),
}
# Nobody calls five thousand units one by one; a register of a hundred thousand and one workbook
# would otherwise make forty million checks that were not carried out.
MOST_ABSENT = 5_000
Key = tuple[str | None, str | None, int]


def shown(con: duckdb.DuckDBPyConnection, condition: str) -> set[tuple[str, int]]:
    """(unit, year) whose Z01_1 shows a non-zero amount of a fund."""
    rows = con.execute(f"""SELECT DISTINCT coalesce(unit_code, unit_name), year FROM facts
            WHERE form = 'Z01_1' AND amount <> 0 AND ({CONDITIONS[condition]})""").fetchall()
    return {(unit, int(year)) for unit, year in rows}


def submissions(
    con: duckdb.DuckDBPyConnection,
    sheets: list[SheetRef],
    register: Register,
    forms: Mapping[str, Form],
    year: int | None,
    waiting: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> tuple[list[dict], list[Observation]]:
    """Rows of ``submissions`` and the observations S-MISSING and S-ABSENT.

    ``waiting``: workbooks still being copied; ``closed``: folders that could not be listed.
    """
    have = _submitted(sheets, forms)
    conditions = {c: shown(con, c) for c in CONDITIONS}
    rows, observations = [], []
    for key in sorted(have, key=_in_order):
        if year not in (None, key[2]):
            continue
        missing = _lacking(forms, have[key], key, conditions)
        rows.append(_row(key, "incomplete" if missing else "complete", [f.form for f in missing]))
        observations += [_missing(key, f, have[key]) for f in missing]
    absent = _absent(register, set(have), year)
    absent, more = absent[:MOST_ABSENT], absent[MOST_ABSENT:]
    if more:
        observations.append(_and_more(len(absent), len(more)))
    rows += [_row((u.unit_code, u.unit_name, y), "missing", []) for u, y in absent]
    observations += [_unreported(u, y, waiting, closed) for u, y in absent]
    return rows, observations


def _submitted(sheets: list[SheetRef], forms: Mapping[str, Form]) -> dict[Key, dict[str, SheetRef]]:
    """The internal forms read of each unit and year of which one came, read or not."""
    have: dict[Key, dict[str, SheetRef]] = defaultdict(dict)
    for s in sheets:
        if s.unit and s.year and not forms[s.form].published:
            found = have[(s.unit_code, s.unit_name, s.year)]
            if s.status == "read":
                found[s.form] = s
    return have


def _in_order(key: Key) -> tuple[int, str, str]:
    return key[2], key[0] or "", key[1] or ""


def _lacking(
    forms: Mapping[str, Form],
    found: Mapping[str, SheetRef],
    key: Key,
    conditions: dict[str, set[tuple[str, int]]],
) -> list[Form]:
    return [f for f in forms.values() if f.form not in found and _required(f, key, conditions)]


def _required(form: Form, key: Key, conditions: dict[str, set[tuple[str, int]]]) -> bool:
    if form.required in conditions:
        return (key[0] or key[1], key[2]) in conditions[form.required]
    return form.required == "always"


def _row(key: Key, status: str, missing: list[str]) -> dict:
    return {
        "unit_code": key[0],
        "unit_name": key[1],
        "year": key[2],
        "status": status,
        "missing_forms": ",".join(missing) or None,
    }


def _missing(key: Key, form: Form, found: dict[str, SheetRef]) -> Observation:
    files = sorted({s.file for s in found.values()})
    because = f"（财决01-1表列有{form.required}）" if form.required != "always" else ""
    named = f"{form.number}《{form.title}》"
    message = say("S-MISSING", form=named, because=because, unit=key[1], year=key[2])
    places = tuple(Place("subject", f) for f in files[:5])
    return Observation(
        "S-MISSING", form.form, message, "error", key[0], key[1], key[2], None, places
    )


def _absent(register: Register, have: set[Key], year: int | None) -> list[tuple[Unit, int]]:
    years = sorted({k[2] for k in have if year is None or k[2] == year})
    submitted = {(k[0], k[2]) for k in have if k[0]}
    return [
        (unit, y)
        for y in years
        for unit in register.units.values()
        if unit.active(y) and (unit.unit_code, y) not in submitted
    ]


def _and_more(listed: int, more: int) -> Observation:
    """One observation for all that are too many to be listed one by one."""
    message = (
        f"请核对名册是不是这次应报的单位：还有 {more} 份决算没有收到；"
        f"未报的只逐个列出前 {listed} 份，其余是数据集 units 中没有列入 submissions 的单位。"
    )
    return Observation("S-ABSENT", "报送/其余", message, "review")


def _unreported(
    unit: Unit, year: int, waiting: Sequence[str], closed: Sequence[str]
) -> Observation:
    who = f"{unit.unit_code} {unit.unit_name} {year} 年度决算尚未收到"
    if waiting:
        named = "、".join(waiting[:3]) + (f" 等 {len(waiting)} 个文件" if len(waiting) > 3 else "")
        message = f"请等下次运行，先不必催报：{who}，{named} 还在复制中，可能就是这份报表。"
    elif closed:
        folders = "、".join(closed[:3])
        message = (
            f"请修好访问权限后再运行，先不必催报：{who}，"
            f"文件夹 {folders} 读不了，报表可能就在其中。"
        )
    else:
        message = f"请催报：{who}；如已撤并，在名册中填写末个应报年度。"
    return Observation("S-ABSENT", "报送", message, "review", unit.unit_code, unit.unit_name, year)
