"""Faults 18, 21–35: versions, sheets and layout.

A sheet is found by what stands on it, and what does not fit is named, never guessed.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

from pipelines.extract.text import address
from tests.faults.desk import Desk, Draft, Seen
from tests.faults.together import Half, together, together_each


def same_amounts(seen: Seen, clean: Draft) -> None:
    """Every amount of the clean draft is a fact at its key."""
    found = {(f["form"], f["block"], f["row_key"], f["col_key"]): f["amount"] for f in seen.facts}
    wanted = {
        (f.form, f.block, f.row_key, f.col_key): f.amount
        for p in clean.order
        for f in p.facts
        if f.amount is not None
    }
    assert {k: int(found[k] * 100) for k in wanted} == wanted


@together
def test_21_sheets_out_of_order_renamed_and_with_spaces(desk: Desk) -> Half:
    draft = desk.draft()
    draft.order.reverse()
    for number, paper in enumerate(draft.order):
        paper.name = f" Sheet {number} "
    draft.sheets["Z04"].name = "Z03 收入决算表"  # a name that lies; the sheet itself says 财决04表
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_18_of_two_versions_the_one_modified_last_counts(desk: Desk) -> Half:
    old, new = desk.draft(), desk.draft()
    new.set("Z04", "合计", "基本支出", 1.0)
    newer, older = new.save(desk.raw, "1_定稿.xlsx"), old.save(desk.raw, "2_初稿.xlsx")
    os.utime(older, (1_700_000_000,) * 2)
    seen = yield None
    found = seen.one("S-DUPLICATE")
    files = {f"{desk.raw.name}/{path.name}" for path in (newer, older)}
    assert found["severity"] == "hint" and {c["file"] for c in found["cells"]} == files
    assert {Path(f["file"]).name for f in seen.facts if f["form"] == "Z04"} == {newer.name}
    assert seen.cells("IN-Z04-01"), "the version that counts is the one that is checked"


@together
def test_22_a_required_form_that_is_missing_is_one_error_and_what_needs_it_is_not_evaluated(
    desk: Desk,
) -> Half:
    draft = desk.draft()
    draft.drop("Z04")
    seen = yield draft
    found = seen.one("S-MISSING")
    assert (
        found["severity"] == "error"
        and "支出决算表" in found["message"]
        and found["subject"] == "Z04"
    )
    outcome, reason = seen.outcome("X-03")
    assert outcome == "not_evaluated" and "Z04" in reason
    assert seen.findings(severity="error") == [found]


@together
def test_23_the_same_table_twice_with_other_amounts_is_named_twice(desk: Desk) -> Half:
    draft, other = desk.draft(), desk.draft()
    other.set("Z04", "合计", "基本支出", 1.0)
    twin = other.sheets["Z04"]
    twin.name = "Z04 (2)"
    draft.order.append(twin)
    seen = yield draft
    found = seen.one("S-DUPLICATE")
    assert {c["sheet"] for c in found["cells"]} == {draft.sheets["Z04"].name, "Z04 (2)"}


@together
def test_23_the_same_table_twice_with_the_same_amounts_counts_once(desk: Desk) -> Half:
    draft, other = desk.draft(), desk.draft()
    twin = other.sheets["Z04"]
    twin.name = "Z04 (2)"
    draft.order.append(twin)
    seen = yield draft
    assert seen.findings(severity="error") == [] and "S-DUPLICATE" not in seen.rules
    assert len([f for f in seen.facts if f["form"] == "Z04"]) == len(draft.sheets["Z04"].facts)


@together_each("hidden", "veryhidden")
def test_24_a_hidden_sheet_is_read_and_marked(desk: Desk, value: str) -> Half:
    draft = desk.draft()
    draft.sheets["Z05"].visibility = value
    seen = yield draft
    marked = {s["form"]: s["visibility"] for s in seen.sheets}
    assert marked["Z05"] == value and marked["Z04"] == "visible"
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_25_rows_above_and_an_empty_first_column_move_every_address(desk: Desk) -> Half:
    draft = desk.draft()
    for form in draft.sheets:
        draft.shift(form, rows=3, columns=1)
        draft.put(form, (0, 3), "2023年度部门决算报表（导出时间：2024-03-01 10:20）")
    r, c = desk.draft().place("Z04", "合计", "基本支出")
    cell = draft.put("Z04", (r + 3, c + 1), 1.0)
    seen = yield draft
    assert seen.fact("Z04", "合计", "基本支出")["cell"] == cell == address(r + 3, c + 1)
    assert cell in seen.cells("IN-Z04-01")


@together
def test_26_an_inserted_column_is_reported_and_its_numbers_are_listed(desk: Desk) -> Half:
    draft = desk.draft()
    column = draft.place("Z04", "合计", "项目支出")[1]
    draft.shift("Z04", columns=1, from_column=column)
    draft.put("Z04", (3, column), "临时栏目")
    cell = draft.put("Z04", (8, column), 99.0)
    seen = yield draft
    assert "临时栏目" in seen.one("S-LAYOUT")["message"]
    assert cell in seen.cells("S-LEFTOUT")
    same_amounts(seen, desk.draft())


@together
def test_26_a_removed_column_is_reported_and_not_guessed(desk: Desk) -> Half:
    draft = desk.draft()
    column = draft.find("Z04", "上缴上级支出")[1]
    cells = {(r, c - (c > column)): v for (r, c), v in draft.cells("Z04").items() if c != column}
    draft.replace("Z04", cells)
    draft.sheets["Z04"].merged = []
    seen = yield draft
    assert "上缴上级支出" in seen.one("S-LAYOUT")["message"]
    same_amounts(seen, desk.draft())


@together_each(True, False)
def test_27_headers_merged_over_several_rows_and_not_merged_at_all(desk: Desk, value: bool) -> Half:
    draft = desk.draft()
    assert draft.sheets["Z05"].merged
    for paper in draft.order:
        paper.merged = paper.merged if value else []
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_28_two_sides_of_a_table_are_told_apart(desk: Desk) -> Half:
    seen = yield desk.draft()
    blocks = {f["block"] for f in seen.facts if f["form"] == "Z01"}
    assert {"收入", "支出功能分类", "支出性质", "支出"} <= blocks
    left, right = (
        next(
            f
            for f in seen.facts
            if f["form"] == "Z01" and f["row_key"] == k and f["col_key"] == "决算数"
        )
        for k in ("本年收入合计", "本年支出合计")
    )
    assert left["cell"].startswith("E") and not right["cell"].startswith("E")


@together
def test_29_headers_repeated_on_every_page(desk: Desk) -> Half:
    from pipelines.sample.style import Style

    draft = desk.draft(style=Style(repeat_header=9))
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_30_line_numbers_with_gaps_and_repeats(desk: Desk) -> Half:
    draft = desk.draft()
    r, c = next(at for at, (v, _) in draft.cells("Z01").items() if v == 5 and at[1] == 1)
    twice = draft.put("Z01", (r, c), 4)
    seen = yield draft
    found = seen.one("S-LINE")
    assert found["severity"] == "hint" and {twice, address(r - 1, c)} == {
        x["cell"] for x in found["cells"]
    }
    same_amounts(seen, desk.draft())


@together
def test_31_notes_below_a_table_are_no_rows_and_their_numbers_are_counted(desk: Desk) -> Half:
    draft = desk.draft()
    below = max(r for r, _ in draft.cells("Z04")) + 1
    draft.put("Z04", (below, 0), "注：1.本表以元为单位，共 3 页；2.数据截至2023年12月31日。")
    draft.put("Z04", (below + 1, 0), "填表人：张三")
    seen = yield draft
    assert seen.findings(severity="error") == [] and not seen.findings("S-CODE")
    same_amounts(seen, desk.draft())


@together
def test_32_a_million_formatted_rows_below_a_real_table(desk: Desk) -> Half:
    import re
    import zipfile

    draft = desk.draft()
    path = draft.save(desk.raw)
    part = f"xl/worksheets/sheet{draft.order.index(draft.sheets['Z04']) + 1}.xml"
    empty = "".join(
        f'<row r="{n}" s="1"><c r="A{n}" s="5"/><c r="E{n}" s="6"/></row>'
        for n in range(500, 200_000)
    )
    empty += '<row r="1048576"><c r="XFD1048576" s="5"/></row>'
    with zipfile.ZipFile(path) as package:
        parts = {i.filename: package.read(i) for i in package.infolist()}
    parts[part] = re.sub(rb"</sheetData>", empty.encode() + b"</sheetData>", parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
    seen = yield
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_33_a_declared_dimension_that_is_wrong(desk: Desk) -> Half:
    import zipfile

    draft = desk.draft()
    path = draft.save(desk.raw)
    with zipfile.ZipFile(path) as package:
        parts = {i.filename: package.read(i) for i in package.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(
                name, body.replace(b"<sheetViews>", b'<dimension ref="A0:AZ2"/><sheetViews>')
            )
    seen = yield
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


def published(desk: Desk, sentence: str) -> Generator[None, Seen, Seen]:
    """The published tables of the unit beside the internal ones, the empty ones with that sentence
    below them.
    """
    from random import Random

    from pipelines.sample.published import published_book
    from pipelines.sample.style import Style

    draft = desk.draft()
    draft.save(desk.raw)
    book = published_book(draft.submission, Style(), Random(1))
    pages = Draft(draft.submission)
    pages.order = list(book.sheets)
    pages.sheets = {p.form: p for p in book.sheets if p.form}
    for form in ("G10", "G11", "G12", "G13"):
        if form in pages.sheets and not any(f.amount for f in pages.sheets[form].facts):
            cells = pages.cells(form)
            pages.replace(
                form,
                {
                    at: (sentence if isinstance(v, str) and "无数据" in v else v, look)
                    for at, (v, look) in cells.items()
                },
            )
    pages.save(desk.raw, "公开.xlsx")
    return (yield)


@together
def test_34_an_empty_published_table_needs_its_sentence(desk: Desk) -> Half:
    seen = yield from published(desk, "备注")  # the note on rounding below it is no explanation
    assert seen.rules == {"P-08"} and "G10[空表说明]" in {
        f["subject"] for f in seen.findings("P-08")
    }


@together
def test_34_an_empty_published_table_with_its_sentence_is_fine(desk: Desk) -> Half:
    seen = yield from published(desk, "本部门没有此项收支，故本表无数据。")
    assert seen.rules == set()


@together
def test_35_a_year_without_a_layout_is_said_with_the_nearest_one(desk: Desk) -> Half:
    draft = desk.draft()
    for form in draft.sheets:
        draft.put(form, draft.find(form, "2023年度"), "2035年度")
    found = (yield draft).one("S-YEAR")
    assert (
        found["severity"] == "review" and "2035" in found["message"] and "2025" in found["message"]
    )


@together
def test_35_a_year_without_a_layout_and_with_other_columns_names_the_differences(
    desk: Desk,
) -> Half:
    draft = desk.draft()
    for form in draft.sheets:
        draft.put(form, draft.find(form, "2023年度"), "2035年度")
    draft.put("Z04", draft.find("Z04", "上缴上级支出"), "全新栏目")
    seen = yield draft
    told = " ".join(f["message"] for f in (*seen.findings("S-YEAR"), *seen.findings("S-LAYOUT")))
    assert "全新栏目" in told and "上缴上级支出" in told
    assert not any(f["form"] == "Z04" and f["col_key"] == "全新栏目" for f in seen.facts)
