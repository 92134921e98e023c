"""Sheets whose money unit looks wrong, as observations S-SCALE: one for all sheets that are wrong
the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from sys import intern

import duckdb

from pipelines.collect.magnitude import (
    AGREE,
    Figures,
    Shift,
    Submission,
    shifts,
    submissions_to_judge,
)
from pipelines.extract.amounts import SCALES
from schemas.library import Form
from schemas.observation import Observation, Place

LAST_YEAR = (Path(__file__).parent / "last_year.sql").read_text(encoding="utf-8")
_TIMES = {3: "一千倍", 4: "一万倍", 6: "一百万倍", 8: "一亿倍"}
_NAMED = 6  # tables named one by one in a message


@dataclass(slots=True)
class Change:
    """A unit and year beside the year before: the forms compared, and those some ten thousand times
    off.
    """

    unit_code: str | None
    unit_name: str | None
    year: int
    compared: int = 0
    off: dict[bool, list[tuple[Figures, Decimal]]] = field(default_factory=dict)


def unit_suspicions(con: duckdb.DuckDBPyConnection, forms: Mapping[str, Form]) -> list[Observation]:
    """S-SCALE: by the digits a sheet shares with other sheets of its unit and year, else by the
    year before.

    Reads ``facts``, ``sheets`` and, where there is one, ``prior_facts``: to be called once that is
    filled.
    """
    money = _money_units(con)
    found = []
    told: set[tuple[str | None, int, str]] = set()
    for submission in submissions_to_judge(con):
        unit = submission.unit_code or submission.unit_name
        usual = _unusual(submission, forms, money)
        for shift in shifts(submission, usual):
            found.append(_by_digits(submission, shift, forms, money))
            told |= {(unit, submission.year, f.form) for f in shift.odd}
    for change in _changes(con):
        for smaller, fresh in _untold(change, told):
            if _is_telling(con, change, fresh):
                found.append(_by_last_year(change, smaller, fresh, forms, money))
    return found


def _untold(
    change: Change, told: set[tuple[str | None, int, str]]
) -> Iterator[tuple[bool, list[tuple[Figures, Decimal]]]]:
    """The forms off the year before that their digits have not told of, each way."""
    unit = change.unit_code or change.unit_name
    for smaller, pairs in change.off.items():
        fresh = [p for p in pairs if (unit, change.year, p[0].form) not in told]
        if fresh:
            yield smaller, fresh


def _money_units(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], str]:
    """By file, sheet and form; a text that many sheets have is held once."""
    con.execute("SELECT file, sheet, form, money_unit FROM sheets WHERE status = 'read'")
    found: dict[tuple[str, str, str], str] = {}
    while rows := con.fetchmany(10_000):
        for texts in rows:
            file, sheet, form, money = (t and intern(t) for t in texts)
            found[file, sheet, form] = money
    return found


def _unusual(
    submission: Submission, forms: Mapping[str, Form], money: Mapping[tuple[str, str, str], str]
) -> dict[str, int]:
    """Powers of ten between each form's money unit and its usual one."""
    found = {}
    for name, figures in submission.forms.items():
        usual = forms[name].unit if name in forms else "元"
        printed = money.get((figures.file, figures.sheet, name), usual)
        found[name] = SCALES.get(printed, 0) - SCALES[usual]
    return found


def _numbers(odd: Iterable[Figures], forms: Mapping[str, Form]) -> str:
    """``财决08表``, or ``公开01表、公开02表等 9 张表``."""
    names = [forms[f.form].number if f.form in forms else f.form for f in odd]
    if len(names) <= _NAMED:
        return "、".join(names)
    return f"{'、'.join(names[:_NAMED])}等 {len(names)} 张表"


def _true_unit(read_as: str, steps: int) -> str:
    """The money unit that is ``steps`` powers of ten above the one a sheet was read in; empty where
    there is none.
    """
    wanted = SCALES.get(read_as, 0) + steps
    return next((name for name, scale in SCALES.items() if scale == wanted), "")


def _doubt(odd: Iterable[Figures], steps: int, read_as: str, forms: Mapping[str, Form]) -> str:
    """``财决08表疑为万元``."""
    unit = _true_unit(read_as, steps)
    return f"{_numbers(odd, forms)}{f'疑为{unit}' if unit else '的金额单位疑有误'}"


def _places(odd: Iterable[Figures], steps: int) -> tuple[Place, ...]:
    factor = Decimal(10) ** steps
    return tuple(
        Place("subject", f.file, f.sheet, f.cell, f.largest, suggested=_kept(f.largest * factor))
        for f in odd
    )


def _kept(amount: Decimal) -> Decimal | None:
    """An amount as DECIMAL(18,2) holds it, None beyond."""
    return amount.quantize(Decimal("0.01")) if amount < Decimal(10) ** 16 else None


def _by_digits(
    submission: Submission,
    shift: Shift,
    forms: Mapping[str, Form],
    money: Mapping[tuple[str, str, str], str],
) -> Observation:
    first, witness = shift.odd[0], shift.witness
    read_as = money.get((first.file, first.sheet, first.form), "元")
    other = forms[witness.form].number if witness.form in forms else witness.form
    size = "小" if shift.steps > 0 else "大"
    message = (
        f"请核对金额单位：{_doubt(shift.odd, shift.steps, read_as, forms)}，"
        f"与{other}等数字相同却{size}{_TIMES[abs(shift.steps)]}"
        f"（按“{read_as}”取数，最大金额 {first.largest:,.2f} 元）"
    )
    return Observation(
        "S-SCALE",
        ",".join(f.form for f in shift.odd),
        message,
        "error",
        submission.unit_code,
        submission.unit_name,
        submission.year,
        None,
        _places(shift.odd, shift.steps),
    )


def _changes(con: duckdb.DuckDBPyConnection) -> list[Change]:
    """Units and years with forms some ten thousand times off the year before."""
    found: dict[tuple[str, int], Change] = {}
    query = LAST_YEAR.replace(
        "$prior", "prior_facts" if _has_prior(con) else "(FROM facts LIMIT 0)"
    )
    for unit, year, form, spot, now, before, larger, smaller in con.execute(query).fetchall():
        change = found.get((unit, year))
        if change is None:
            change = Change(spot["unit_code"], spot["unit_name"], int(year))
            found[(unit, year)] = change
        change.compared += 1
        if larger or smaller:
            figures = Figures(form, spot["file"], spot["sheet"], spot["cell"], now)
            change.off.setdefault(bool(smaller), []).append((figures, before))
    return [change for change in found.values() if change.off]


def _has_prior(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'prior_facts'").fetchall()
    return bool(found)


def _is_telling(
    con: duckdb.DuckDBPyConnection, change: Change, pairs: list[tuple[Figures, Decimal]]
) -> bool:
    """Not where the sheets share figures, size and all, with tables that are as large as
    last year.
    """
    if len(pairs) == change.compared:
        return True
    forms = [figures.form for figures, _ in pairs]
    agreeing = con.execute(
        """
        SELECT count(DISTINCT digits) FROM top_amounts a JOIN top_amounts b
        USING (unit, year, digits, size)
        WHERE unit = ? AND year = ? AND digits % 100 <> 0
          AND list_contains(?, a.form) AND NOT list_contains(?, b.form)
        """,
        [change.unit_code or change.unit_name, change.year, forms, forms],
    ).fetchall()
    return int(agreeing[0][0]) < AGREE


def _by_last_year(
    change: Change,
    smaller: bool,
    pairs: list[tuple[Figures, Decimal]],
    forms: Mapping[str, Form],
    money: Mapping[tuple[str, str, str], str],
) -> Observation:
    odd = [figures for figures, _ in pairs]
    first, before = pairs[0]
    steps = 4 if smaller else -4
    read_as = money.get((first.file, first.sheet, first.form), "元")
    message = (
        f"请核对金额单位：{_doubt(odd, steps, read_as, forms)}，与上年相差约一万倍"
        f"（按“{read_as}”取数，最大金额 {first.largest:,.2f} 元，上年 {before:,.2f} 元）"
    )
    return Observation(
        "S-SCALE",
        ",".join(f.form for f in odd),
        message,
        "review",
        change.unit_code,
        change.unit_name,
        change.year,
        None,
        _places(odd, steps),
    )
