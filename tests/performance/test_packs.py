"""Invented packs in three layouts: clean ones give no finding, single faults are found at their
place by their rule.
"""

from __future__ import annotations

import hashlib
import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pytest

from pipelines.extract.seen import kept_performance, kept_rows
from pipelines.narrative.lookup import FactLookup
from pipelines.performance import recut
from pipelines.performance.case import Case
from pipelines.performance.checks import control, execution_table, run
from pipelines.performance.checks.execution_table import FINAL
from pipelines.performance.versions import leave_out_earlier
from pipelines.performance.worker import PackJob, read_pack
from pipelines.reading.worker import extract_file
from pipelines.sample.performance_pack import Block, as_text, blocks, sample_pack
from schemas.observation import Observation
from tests.books import opened_book
from tests.faults.desk import Desk
from tests.performance.faults import base
from tests.performance.support import PROJECTS, as_sheets, as_word, case_of, judge, read, write
from tests.performance.test_national_form import form

LAYOUTS = ("A", "B", "C")


def serious(observations: list[Observation]) -> list[tuple[str, str]]:
    return [(o.rule_id, o.subject) for o in observations if o.severity != "hint"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seed", range(4))
def test_a_clean_pack_gives_nothing(tmp_path: Path, layout: str, seed: int) -> None:
    text = as_text(blocks(sample_pack(seed, layout, projects=3)))
    assert serious(judge(read(write(tmp_path, text)))) == []


def test_rows_are_compared_with_the_forms_once(tmp_path: Path) -> None:
    recut._width.cache_clear()
    read(write(tmp_path, as_text(blocks(sample_pack(0, "A")))))
    asked = recut._width.cache_info()
    assert asked.hits > 2 * asked.misses > 0


@pytest.mark.long
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clean_pack_gives_nothing_as_word_and_workbook(tmp_path: Path, layout: str) -> None:
    text = as_text(base(layout))
    assert serious(judge(read(as_word(text, tmp_path / "包.docx")))) == []
    assert serious(judge(read(as_sheets(text, tmp_path / "包.xlsx")))) == []


def _without_merges(found: list[Block]) -> list[Block]:
    """Captions printed in every row instead of once."""
    for block in found:
        if isinstance(block, str) or "三级指标" not in block[0]:
            continue
        for above, row in pairwise(block[1:]):
            for at in (0, 1):
                row[at] = row[at] or above[at]
    return found


def _recut(text: str) -> str:
    """Two empty lines inside the rows of the quantity table."""
    return text.replace("\t≥\n", "\t≥\n\n\n")


def test_other_cuts_of_the_same_pack(tmp_path: Path) -> None:
    pack = sample_pack(3, "A")
    assert serious(judge(read(write(tmp_path, as_text(_without_merges(blocks(pack))))))) == []
    assert serious(judge(read(write(tmp_path, _recut(as_text(blocks(pack))))))) == []


def _cut_inside(found: list[Block], seed: int) -> str:
    """Some cells of every table end in empty lines of their own."""
    chance, lines = random.Random(seed), []
    for block in found:
        for row in [[block]] if isinstance(block, str) else block:
            for at, cell in enumerate(row):
                within = not isinstance(block, str) and cell and at < len(row) - 1
                lines.append(cell if isinstance(block, str) else f"\t{cell}")
                lines += ["", ""] if within and chance.random() < 0.05 else []
            lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_that_are_cut_inside(tmp_path: Path, layout: str) -> None:
    for seed in range(3):
        found = blocks(sample_pack(seed, layout, projects=3))
        pack = read(write(tmp_path, _cut_inside(found, seed)))
        assert (len(pack.project_tables()), serious(judge(pack))) == (3, []), seed


def test_a_unit_name_merged_into_the_data_is_no_header(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 5)
    head = ["项目", "2022年在职人员", "", "2023年在职人员", ""]
    words = [
        head,
        ["某局", *["实有数", "变化数及率"] * 2],
        ["", "40", "2人/5.26%", "42", "2人/5.00%"],
    ]
    for row, texts in zip(table.rows, words, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 3).merge(table.cell(0, 4))
    document.save(str(tmp_path / "人员.docx"))
    [row] = read(tmp_path / "人员.docx").of("JX01")
    assert [row.get(f"{y}/实有数").text for y in ("上年", "本年")] == ["40", "42"]


def test_a_cost_is_compared_as_it_was_rounded(tmp_path: Path) -> None:
    found = base("A")
    table = next(b for b in found if not isinstance(b, str) and any("控制成本" in r for r in b))
    shown = {"预算数：": "123456.00元", "其中：财政拨款": "123456.00元"}
    for row in table:
        row[:] = [shown.get(row[i - 1], c) if i else c for i, c in enumerate(row)]
        if "控制成本" in row:
            row[-2] = "≤12.35万元"
    about = [o for o in judge(read(write(tmp_path, as_text(found)))) if "成本" in o.subject]
    assert about == []


def _on_one_line(found: list[Block], between: str, before: str) -> str:
    """Every row on a line of its own, as other converters give it."""
    lines: list[str] = []
    for block in found:
        rows = [block] if isinstance(block, str) else [before + between.join(r) for r in block]
        lines += [*rows, ""]
    return "\n".join(lines)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("between", "before"), [(" | ", ""), ("\t", "\t")])
def test_rows_on_one_line(tmp_path: Path, layout: str, between: str, before: str) -> None:
    text = _on_one_line(base(layout), between, before)
    pack = read(write(tmp_path, text))
    assert len(pack.project_tables()) == PROJECTS
    assert serious(judge(pack)) == []


def test_rows_as_they_are_copied_from_a_sheet(tmp_path: Path) -> None:
    """Each row has all its tabs, and begins with one where its first cell is merged."""
    rows = [row + [""] * (9 - len(row)) for row in form("动物防疫补助")]
    text = "\n".join("\t".join(row) for row in rows)
    pack = read(write(tmp_path, text))
    [table] = pack.projects
    assert table.fund("总额", "执行数").text == "45.00" and len(table.indicators) == 5
    assert table.fields["实际完成"].text == "年度工作已完成。"
    assert serious(judge(pack)) == []


def test_a_form_twice_with_another_value_is_said_and_the_last_counts(tmp_path: Path) -> None:
    found = base("A")
    at = next(i for i, b in enumerate(found) if not isinstance(b, str) and "序时进度" in b[0])
    again = [list(row) for row in found[at]]
    again[2][2] = "80.00%"
    found[at + 1 : at + 1] = ["更正的执行进度", again]
    pack = read(write(tmp_path, as_text(found)))
    [twice] = leave_out_earlier(pack)
    assert (twice.key, twice.earlier.text, twice.later.text) == ("9月", "71.05%", "80.00%")
    assert [r.get("实际值").text for r in pack.of("JX08")] == ["46.20%", "80.00%", "88.30%"]
    same = read(write(tmp_path, as_text(base("A"))))
    rows = len(same.rows)
    assert (leave_out_earlier(same), len(same.rows)) == ([], rows)


@pytest.mark.long
def test_performance_tables_beside_other_tables_of_a_workbook(tmp_path: Path) -> None:
    draft = Desk(tmp_path).draft()
    alone = draft.save(tmp_path, "决算.xlsx")
    path = as_sheets(as_text(base("A")), tmp_path / "混装.xlsx")
    book = openpyxl.load_workbook(path)
    performance = list(book.sheetnames)
    for sheet in opened_book(alone):
        other = book.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            other.append(row)
    book.save(path)
    for file in (alone, path, alone):
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        extract_file(str(file), "xlsx", str(tmp_path / "extraction"), (), sha256)
        assert kept_performance(tmp_path / "extraction") is (file == path)
        assert kept_rows(tmp_path / "extraction") == []
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    known = frozenset(book.sheetnames) - {performance[4]}
    read_of = read_pack(PackJob(path.name, path, "xlsx", sha256, known))
    assert read_of is not None
    assert len(read_of.tables) == 1


def test_amounts_are_those_of_the_final_accounts_or_told_once(tmp_path: Path) -> None:
    pack = read(write(tmp_path, as_text(base("A"))))
    told = {key: pack.row("JX03", key).number("预算执行").number for key in FINAL}
    for factor, expected in ((1, []), (2, ["JX03[预算执行]/财决"])):
        rows = [_fact(f, key, v * factor) for f in ("Z01", "Z01_1") for key, v in told.items()]
        case = Case(pack, FactLookup(rows, 2023), year=2023)
        execution_table.check(case)
        said = [o for o in case.observations if o.subject.endswith("]/财决")]
        assert [o.subject for o in said if o.severity == "error"] == expected
        assert all(o.message.startswith("请") for o in said)


def _fact(form: str, key: str, amount: Fraction) -> dict:
    column = "决算数" if form == "Z01" else "决算数/小计"
    place = {"file": "财决.xlsx", "sheet": form, "cell": "C7", "state": "number", "decimals": 2}
    keys = {"year": 2023, "form": form, "block": "支出性质", "row_key": key, "col_key": column}
    return keys | place | {"amount": Decimal(float(amount))}


@pytest.mark.parametrize(("reported", "expected"), [(1, []), (2, ["JX06[30217,决算数]"])])
def test_receptions_of_all_fiscal_money_are_those_of_their_own_table(
    tmp_path: Path, reported: int, expected: list[str]
) -> None:
    text = as_text(base("A")).replace("会议费", "公务接待费")
    pack = read(write(tmp_path, text))
    spent = {r.key: r.get("决算数").value.number for r in pack.of("JX06") if r.key.isdigit()}
    rows = [_cell("Z08_1", "合计", code, amount) for code, amount in spent.items()]
    rows.append(_cell("F03", "公务接待费", "统计数", spent["30217"] * reported))
    case = Case(pack, FactLookup(rows, 2023), year=2023)
    control.check(case)
    assert [o.subject for o in case.observations if o.rule_id == "E-16"] == expected


def _cell(form: str, row: str, column: str, amount: Fraction) -> dict:
    place = {"file": "财决.xlsx", "sheet": form, "cell": "C7", "state": "number", "decimals": 2}
    keys = {"year": 2023, "form": form, "block": "", "row_key": row, "col_key": column}
    return keys | place | {"amount": Decimal(float(amount))}


def test_an_unknown_scheme_is_read_and_not_scored(tmp_path: Path) -> None:
    found = base("A")
    for block in found:
        for row in () if isinstance(block, str) else block:
            row[:] = ["预算联动" if c == "预算挂钩" else c for c in row]
    case = case_of(read(write(tmp_path, as_text(found))))
    run(case)
    outcomes = {c.rule_id: c.outcome for c in case.result().checks}
    assert case.scheme is None
    assert serious(case.observations) == []
    assert (outcomes["E-03"], outcomes["E-09"], outcomes["E-01"]) == (
        "not_evaluated",
        "not_evaluated",
        "pass",
    )


@pytest.mark.long
@pytest.mark.parametrize("projects", [24, pytest.param(120, marks=pytest.mark.slow)])
def test_very_many_projects(tmp_path: Path, projects: int) -> None:
    text = as_text(blocks(sample_pack(5, "C", projects=projects)))
    assert serious(judge(read(write(tmp_path, text)))) == []
