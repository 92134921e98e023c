"""The demo exports: a department rebuilt from what it published, and a made-up one with seven
planted errors.

``python -m pipelines.sample.demo DIR`` writes them; the same code always writes the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random

from pipelines.sample.books import sheet_name
from pipelines.sample.demo_notes import explanations_text, notes_text
from pipelines.sample.demo_performance import PlantedCell, write_demo_packs
from pipelines.sample.disclosure import DEPARTMENT, disclosed_years
from pipelines.sample.faults import Fault, inject, swapped_digits
from pipelines.sample.ledger import FINAL, FULL, GENERAL, PROJECT, PROJECT_CARRY
from pipelines.sample.model import Made, Plan, UnitYear, renamed, rolled_up, singles
from pipelines.sample.paper import address
from pipelines.sample.register import write_register
from pipelines.sample.style import Style
from pipelines.sample.tables import derive
from pipelines.sample.writing import WrittenFile, write_submission
from schemas.library import code_list, forms

SEED, DEPARTMENT_INDEX = 149, 8
HEADQUARTERS, LIBRARY, CULTURE_HOUSE = "500009001", "500009002", "500009003"
OLD_FORMAT = (CULTURE_HOUSE, 2022)
YEAR = 2023


@dataclass(frozen=True)
class Planted:
    """A planted error: where it stands, what is printed there, what is right, and how it shows."""

    file: str
    sheet: str
    cell: str
    printed: str
    right: str
    what: str
    rules: str


@dataclass(frozen=True)
class _Error:
    """An amount changed in one unit's 2023 tables."""

    unit: str
    fault: Fault
    what: str
    rules: str


def build_demo(directory: Path) -> list[Planted | PlantedCell]:
    """Writes the demo below ``directory``: workbooks by year, units.csv, explanations.yml and
    说明.md.
    """
    head, units, made = _department()
    clean = [*made, *rolled_up(head, made)]
    errors = _errors(clean)
    written = {}
    for submission in [*disclosed_years(), *(_with_errors(s, errors) for s in clean)]:
        style = Style(
            kind="xls" if (submission.unit.code, submission.year) == OLD_FORMAT else "xlsx"
        )
        [file] = write_submission(directory, submission, style, Random(0))
        written[submission.unit.code, submission.year] = file
    library = next(u for u in units if u.code == LIBRARY)
    packs = write_demo_packs(
        directory, DEPARTMENT.code, DEPARTMENT.name, (library.code, library.name)
    )
    planted: list[Planted | PlantedCell] = [
        *_amounts(errors, clean, written),
        _wrong_name(clean, written),
        _opening(made, written),
        *packs,
    ]
    write_register(directory / "units.csv", [DEPARTMENT, head, *units])
    (directory / "explanations.yml").write_text(
        explanations_text(DEPARTMENT.name), encoding="utf-8"
    )
    (directory / "说明.md").write_text(notes_text(planted), encoding="utf-8")
    return planted


def _department() -> tuple:
    """The made-up department; the opening balance of one unit does not follow from last year's
    closing one.
    """
    head, units, made = singles(Plan(DEPARTMENT_INDEX, 4), 2, SEED)
    if head is None:
        raise ValueError("演示部门须有下属单位。")
    return (
        head,
        units,
        [_shifted(m) if (m.unit.code, m.year) == (CULTURE_HOUSE, YEAR) else m for m in made],
    )


SHIFT, SHIFTED_ITEM = 200_000, "2070102"


def _shifted(made: Made) -> Made:
    """2,000 元 more at the beginning of the year and less income: within the year everything still
    adds up.
    """
    ledger = made.ledger
    ledger.opening[SHIFTED_ITEM, GENERAL, PROJECT_CARRY] += SHIFT
    for stage in (FULL, FINAL):
        ledger.fiscal[stage, SHIFTED_ITEM, GENERAL, PROJECT] -= SHIFT
    return replace(made, tables=derive(ledger))


def _amount(
    submissions: Iterable[UnitYear], unit: str, form: str, key: tuple[str, str, str]
) -> int:
    return next(s.tables[form][key] for s in submissions if (s.unit.code, s.year) == (unit, YEAR))


def _errors(clean: list[UnitYear]) -> list[_Error]:
    swapped = ("支出功能分类", "208", "决算数")
    delta = swapped_digits(_amount(clean, HEADQUARTERS, "Z01", swapped))
    if delta is None:
        raise ValueError("演示数字没有可对调的两位。")
    return [
        _Error(
            HEADQUARTERS,
            Fault("Z04", "", "20701", "项目支出", 100_000),
            "款的小计多 1,000.00 元，与所属各项之和不符",
            "IN-HIER-01、IN-Z04-01",
        ),
        _Error(
            LIBRARY,
            Fault("Z08_2", "", "2070105", "30218", -50_000),
            "明细表中一个款少 500.00 元，其余各处未动",
            "IN-Z05-01、X-19",
        ),
        _Error(
            HEADQUARTERS,
            Fault("Z01", *swapped, delta),
            "两位数字颠倒，与支出决算表（Z04）不一致",
            "X-04、IN-Z01-05",
        ),
    ]


WRONG_NAME = (LIBRARY, "Z07", "2070105", "2070109")


def _with_errors(submission: UnitYear, errors: list[_Error]) -> UnitYear:
    if submission.year != YEAR:
        return submission
    faults = [e.fault for e in errors if e.unit == submission.unit.code]
    unit, form, code, other = WRONG_NAME
    if unit == submission.unit.code:
        submission = renamed(submission, form, code, code_list("functional").items[other].name)
    return inject(submission, *faults)


# --- where they stand
# ------------------------------------------------------------------------------------------


def _cell(
    file: WrittenFile, form: str, row: str, column: str, block: str = ""
) -> tuple[str, str, int, int]:
    sheet, fact = next(
        (s, f)
        for s, f in file.facts
        if (f.form, f.block, f.row_key, f.col_key) == (form, block, row, column)
    )
    return sheet, fact.cell, fact.row, fact.amount or 0


def _yuan(fen: int) -> str:
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def _amounts(
    errors: list[_Error], clean: list[UnitYear], written: dict[tuple[str, int], WrittenFile]
) -> list[Planted]:
    found = []
    for e in errors:
        file, f = written[e.unit, YEAR], e.fault
        sheet, cell, _, printed = _cell(file, f.form, f.row_key, f.col_key, f.block)
        right = _amount(clean, e.unit, f.form, f.key)
        found.append(Planted(file.file, sheet, cell, _yuan(printed), _yuan(right), e.what, e.rules))
    return found


def _wrong_name(clean: list[UnitYear], written: dict[tuple[str, int], WrittenFile]) -> Planted:
    unit, form, code, other = WRONG_NAME
    file, names = written[unit, YEAR], code_list("functional").items
    _, _, row, _ = _cell(file, form, code, "本年支出/合计")
    return Planted(
        file.file,
        sheet_name(forms()[form], Style(), 0),
        address(row, 3),
        names[other].name,
        names[code].name,
        f"科目名称与编码 {code} 不符",
        "IN-HIER-02",
    )


def _opening(made: list[Made], written: dict[tuple[str, int], WrittenFile]) -> Planted:
    file = written[CULTURE_HOUSE, YEAR]
    sheet, cell, _, printed = _cell(file, "Z01", "年初结转和结余", "决算数", "收入")
    what = "年初结转和结余比上年年末多 2,000.00 元，当年各表已照此填列，汇总表也随之"
    return Planted(
        file.file, sheet, cell, _yuan(printed), _yuan(printed - SHIFT), what, "Y-01、Y-02"
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("用法：python -m pipelines.sample.demo 目标文件夹", file=sys.stderr)
        return 2
    planted = build_demo(Path(arguments[0]))
    print(
        f"演示数据已写入 {arguments[0]}，其中有 {len(planted)} 处预设差错，见 说明.md。",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
