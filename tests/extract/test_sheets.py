"""Every form, laid out cleanly and messily, gives exactly its amounts at their own addresses."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract.amounts import is_number
from pipelines.extract.sheet import SheetReading, read_sheet, read_sheets
from pipelines.extract.text import address, label_key
from pipelines.extract.workbook import known_forms
from schemas.library import forms
from tests.extract.paper import Paper, list_paper, panel_paper

LISTS = [f.form for f in forms().values() if f.layout == "list" and f.codes == "functional"]
PANELS = [f.form for f in forms().values() if f.layout == "blocks"]
SCALE = {"元": 100, "万元": 1_000_000}


def read(paper: Paper, name: str | None = None) -> SheetReading:
    library, recogniser = known_forms(())
    reading = read_sheet(paper.sheet(name), recogniser, library)
    assert reading is not None
    return reading


def paper_of(form: str, **options) -> Paper:
    return list_paper(form, **options) if form in LISTS else panel_paper(form, **options)


def expected(paper: Paper, factor: int | None = None) -> dict:
    counts = {r.key for b in paper.form.blocks for r in b.rows if r.count}
    found = {}
    for key, (r, c) in paper.places.items():
        scale = 100 if key[1] in counts else factor or SCALE[paper.form.unit]
        found[key] = (round(float(paper.cells[(r, c)]) * scale), address(r, c))
    return found


def got(reading: SheetReading) -> dict:
    return {(f.block, f.row_key, f.col_key): (f.fen, f.cell) for f in reading.facts}


def numbers_add_up(reading: SheetReading) -> None:
    seen = sum(is_number(v) for row in reading.sheet.cells for v in row)
    assert (
        reading.numbers
        == seen
        == reading.facts_numbers + reading.structural + len(reading.left_out)
    )


@pytest.mark.parametrize("form", LISTS + PANELS)
def test_clean_form_gives_every_amount_at_its_cell(form):
    paper = paper_of(form)
    reading = read(paper)
    assert reading.form.form == form
    assert (reading.caption.unit, reading.caption.year) == ("甲局", 2023)
    assert got(reading) == expected(paper)
    assert reading.faults == [] and reading.left_out == []
    numbers_add_up(reading)


@pytest.mark.parametrize("form", ["Z03", "Z04", "Z07", "Z05", "Z08_1"])
def test_headers_without_merged_cells(form):
    paper = list_paper(form, merge=False)
    assert got(read(paper)) == expected(paper)


@pytest.mark.parametrize("form", LISTS + PANELS)
@pytest.mark.parametrize("seed", [3, 4])
def test_messy_form_gives_the_same(form, seed):
    rng = random.Random(f"{form}{seed}")
    paper = paper_of(form, seed=seed)
    mess(paper, rng)
    reading = read(paper, rng.choice([None, "Sheet1", f"表{form}", "　"]))
    assert reading.form.form == form
    wanted = expected(paper_of(form, seed=seed))
    assert {k: v[0] for k, v in got(reading).items() if v[0] is not None} == {
        k: v[0] for k, v in wanted.items()
    }
    assert {k: v[1] for k, v in got(reading).items() if v[0] is not None} == {
        k: address(*p) for k, p in paper.places.items()
    }
    assert [f for f in reading.faults if f.rule_id != "S-LINE"] == []
    numbers_add_up(reading)


def mess(paper: Paper, rng: random.Random) -> None:
    """What exporters do to a clean sheet without changing an amount."""
    if rng.random() < 0.6:
        paper.shift(rng.randrange(1, 5), 0)
        paper.put(0, 2, "2023年度部门决算报表（导出时间：2024-03-01 10:20）")
    if rng.random() < 0.6:
        paper.shift(0, 1)
    for at in list(paper.cells):
        paper.cells[at] = _messy_value(paper, at, rng)
    if paper.codes and rng.random() < 0.7:
        _messy_codes(paper, rng)
    paper.put(
        paper.bottom + 2,
        min(c for _, c in paper.cells),
        "注：1．本表以元为单位，共 3 页；2.数据截至2023年12月31日。",
    )


def _messy_value(paper: Paper, at: tuple[int, int], rng: random.Random) -> object:
    value = paper.cells[at]
    if at in paper.places.values() and isinstance(value, float):
        styles = ["{:,.2f}", " {:.2f} ", "{:.2f}"]
        style = rng.choice([None, None, None, *styles])
        text = style.format(value) if style and round(value, 2) == value else None
        wide = text and rng.random() < 0.3
        return (
            text.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
            if wide
            else text or value
        )
    if isinstance(value, str) and at[0] >= paper.first and len(value) > 2 and rng.random() < 0.4:
        return f"　{value[:1]} {value[1:]}" if not value[0].isdigit() else value
    return value


def _messy_codes(paper: Paper, rng: random.Random) -> None:
    style = rng.choice(["float", "split", "level"])
    for r, c, code in paper.codes:
        if style == "float":
            paper.cells[(r, c)] = float(code)
        elif style == "split":
            for i, part in enumerate((code[:3], code[3:5], code[5:])):
                paper.cells[(r, c + i)] = part
        else:
            del paper.cells[(r, c)]
            paper.cells[(r, c + (len(code) - 3) // 2)] = code


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_dropped_rows_leave_the_others_where_they_are(data):
    form = data.draw(st.sampled_from(["Z01", "Z01_1", "F03", "G01", "G04"]))
    paper = panel_paper(form)
    first = expected(paper)
    starts = sorted({c for (r, c), v in paper.cells.items() if r == 4 and v == "项目"})
    panel = data.draw(st.sampled_from(starts))
    parents = {r.under for b in paper.form.blocks for r in b.rows}
    rows = sorted(
        {
            r
            for (r, c), v in paper.cells.items()
            if c == panel and r >= paper.first and label_key(str(v)) not in parents
        }
    )
    gone = data.draw(st.sets(st.sampled_from(rows), max_size=len(rows) - 3))
    width = [*starts, 10**6][starts.index(panel) + 1]
    for r, c in list(paper.cells):
        if r in gone and (panel <= c < width or (r >= paper.first and c == panel)):
            del paper.cells[(r, c)]
    kept = {k: v for k, v in first.items() if paper.places[k] in paper.cells}
    found = got(read(paper))
    assert {k: v for k, v in kept.items() if found.get(k) != v} == {
        k: v for k, v in kept.items() if k not in found and k[0] == "支出"
    }


def test_wan_sheet_scales_and_keeps_its_decimals():
    paper = list_paper("Z04")
    paper.put(2, 6, "金额单位：万元")
    for at in paper.places.values():
        paper.put(*at, round(float(paper.cells[at]), 6))
    reading = read(paper)
    assert reading.money == "万元" and reading.decimals == -2
    assert got(reading) == expected(paper, 1_000_000)
    first = next(iter(paper.places.values()))
    paper.put(*first, 1.234567)
    assert read(paper).decimals == 2


def test_counts_are_never_scaled():
    paper = panel_paper("F03")
    paper.put(2, 6, "金额单位：万元")
    vehicle = paper.places[("", "公务用车保有量", "统计数")] = (paper.first + 14, 4)
    paper.put(*vehicle, 7.0)
    facts = {(f.row_key, f.col_key): f.fen for f in read(paper).facts}
    assert facts[("公务用车保有量", "统计数")] == 700


def test_unknown_column_is_reported_and_its_numbers_are_listed():
    paper = list_paper("Z04")
    paper.put(3, 10, "临时栏目")
    paper.put(paper.first, 10, 99.0)
    reading = read(paper)
    assert [f.rule_id for f in reading.faults] == ["S-LAYOUT", "S-LEFTOUT"]
    assert [(x[0], x[1]) for x in reading.left_out] == [(address(paper.first, 10), "99")]
    assert got(reading) == expected(list_paper("Z04"))


def test_missing_column_is_reported_by_name():
    paper = list_paper("Z04")
    paper.cells = {(r, c): v for (r, c), v in paper.cells.items() if c != 7}
    faults = [f for f in read(paper).faults if f.rule_id == "S-LAYOUT"]
    assert len(faults) == 1 and "上缴上级支出" in faults[0].message


@pytest.mark.parametrize(("value", "reported"), [(0.0, False), ("0.00", False), (0.01, True)])
def test_a_nought_beside_the_items_needs_no_word(value, reported):
    paper = list_paper("Z03")
    paper.put(paper.bottom + 1, 4, value)
    reading = read(paper)
    assert len(reading.left_out) == 1
    assert any(f.rule_id == "S-LEFTOUT" for f in reading.faults) is reported


@pytest.mark.parametrize("pages", [2, 4])
def test_continuation_pages_that_repeat_the_title(pages):
    paper = list_paper("Z03")
    clean = expected(paper)
    heads = [(rc, v) for rc, v in paper.cells.items() if rc[0] < paper.first]
    for page in range(1, pages):
        start = paper.bottom + 2
        for (r, c), value in heads:
            paper.put(start + r, c, value)
        paper.put(paper.bottom + 1, 0, f"20805{page:02d}")
        paper.put(paper.bottom, 4, 12.5)
        clean |= {("", f"20805{page:02d}", "本年收入合计"): (1250, address(paper.bottom, 4))}
    reading = read(paper)
    assert got(reading) == clean
    assert reading.left_out == []


def test_continuation_header_and_footer_are_not_items():
    paper = list_paper("Z03")
    clean = expected(paper)
    rows = [r for r, _ in paper.cells if r >= 3 and r < paper.first]
    offset = paper.bottom + 2
    for (r, c), v in list(paper.cells.items()):
        if r in rows:
            paper.put(offset + r, c, v)
    paper.put(paper.bottom + 1, 0, "2080506")
    paper.put(paper.bottom, 3, "机关事业单位职业年金缴费支出")
    paper.put(paper.bottom, 4, 12.5)
    last = address(paper.bottom, 4)
    reading = read(paper)
    assert got(reading) == clean | {("", "2080506", "本年收入合计"): (1250, last)}
    assert reading.left_out == []


@pytest.mark.parametrize(
    "name",
    [
        "QB01 气象补充表",
        "目录",
        "封面",
        "Z06 项目收入支出决算表(财决06表)",
        "CS03 其他收入明细情况表",
    ],
)
def test_sheets_that_are_none_of_ours(name):
    paper = Paper(forms()["Z03"])
    paper.put(0, 0, name)
    paper.put(2, 0, "项目")
    paper.put(2, 1, "金额")
    paper.put(3, 0, "其他")
    paper.put(3, 1, 5.0)
    library, recogniser = known_forms(())
    assert read_sheet(paper.sheet(name), recogniser, library) is None


def test_title_of_another_form_in_a_directory_sheet_is_ignored():
    paper = Paper(forms()["Z03"])
    for i, form in enumerate(forms().values()):
        paper.put(i, 0, form.title)
    library, recogniser = known_forms(())
    assert read_sheet(paper.sheet("目录"), recogniser, library) is None


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("—", "dash"),
        ("－", "dash"),
        ("-", "dash"),
        ("一", "dash"),
        ("/", "dash"),
        ("#REF!", "text"),
        ("约12", "text"),
        (True, "text"),
        ("1.2E+05", "text"),
        (1e300, "text"),
    ],
)
def test_what_is_not_a_number(cell, state):
    paper = list_paper("Z04")
    at = next(iter(paper.places.values()))
    paper.put(*at, cell)
    reading = read(paper)
    fact = next(f for f in reading.facts if f.cell == address(*at))
    assert (fact.state, fact.fen) == (state, None)
    numbers_add_up(reading)
    assert bool(reading.faults) == (state == "text")


def test_error_and_uncached_cells_are_facts_without_amount():
    paper = list_paper("Z04")
    one, two = list(paper.places.values())[:2]
    sheet = paper.sheet()
    for at in (one, two):
        sheet.cells[at[0]][at[1]] = ""
    sheet.special = {one: ("error", "#REF!"), two: ("uncached", "=A1+B1")}
    library, recogniser = known_forms(())
    reading = read_sheet(sheet, recogniser, library)
    assert reading is not None
    states = {f.cell: (f.state, f.fen, f.raw) for f in reading.facts}
    assert states[address(*one)] == ("error", None, "#REF!")
    assert states[address(*two)] == ("uncached", None, "=A1+B1")
    assert sorted(f.rule_id for f in reading.faults) == ["S-ERROR", "S-UNCACHED"]


def test_the_year_beside_the_unit_outranks_banners():
    paper = list_paper("Z04", year=2022)
    paper.shift(2, 0)
    paper.put(0, 0, "云岭县2023年度部门决算批复附表")
    assert read(paper).caption.year == 2022


@pytest.mark.parametrize(("form", "twin"), [("Z08", "G07"), ("Z04", "G03")])
def test_without_a_number_the_rest_of_the_workbook_tells_the_family(form, twin):
    library, recogniser = known_forms(())
    bare = list_paper(form)
    del bare.cells[(1, 6)]
    others = {False: list_paper("Z03"), True: list_paper("G02")}
    for published, expected_form in ((False, form), (True, twin)):
        sheets = [bare.sheet("Sheet2"), others[published].sheet()]
        assert read_sheets(sheets, recogniser, library)[0].form.form == expected_form


def test_instructions_under_a_forms_name_are_not_the_form():
    library, recogniser = known_forms(())
    paper = Paper(forms()["Z01"])
    paper.put(0, 0, "收入支出决算总表")
    paper.put(1, 0, "填报说明：共 2 页")
    paper.put(2, 0, 3.0)
    found = read_sheets([paper.sheet("Z01说明"), panel_paper("Z01").sheet()], recogniser, library)
    assert [(r.sheet.name, r.status) for r in found] == [("Z01 收入支出决算总表(财决01表)", "read")]


def test_a_note_that_names_another_form_does_not_end_the_table():
    paper = list_paper("Z03")
    paper.put(paper.bottom + 1, 0, "注：本表应与财决04表《支出决算表》衔接")
    reading = read(paper)
    assert got(reading) == expected(list_paper("Z03")) and reading.faults == []
