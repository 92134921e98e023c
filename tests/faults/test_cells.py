"""Faults 36–50: cells.

What is no plain number is told apart from a blank, named at its address, and never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from decimal import Decimal

from pipelines.extract.text import address
from pipelines.sample.style import Style
from schemas.library import forms
from tests.books import opened_book
from tests.faults.desk import Desk, Draft, Seen, raw_cell
from tests.faults.test_sheets import same_amounts
from tests.faults.together import Half, together, together_each

FORM, ROW, COLUMN = "Z04", "合计", "基本支出"


def with_xml(desk: Desk, xml: str) -> Generator[None, Seen, tuple[Seen, str]]:
    """The submission with other XML in one amount cell, and the address of that cell."""
    draft = desk.draft()
    path = draft.save(desk.raw)
    cell = draft.set(FORM, ROW, COLUMN, 1.0)
    raw_cell(path, draft, FORM, cell, xml)
    return (yield), cell


def with_values(
    desk: Desk, values: Sequence[object]
) -> Generator[Draft, Seen, tuple[Seen, dict[str, object]]]:
    """The submission with each value in an amount cell of its own, and the value by address."""
    draft = desk.draft()
    places = [(f.row, f.column) for f in draft.sheets["Z05"].facts][: len(values)]
    put = {draft.put("Z05", at, value): value for at, value in zip(places, values, strict=True)}
    return (yield draft), put


@together
def test_36_an_error_value_is_a_finding_and_no_blank(desk: Desk) -> Half:
    draft = desk.draft()
    path = draft.save(desk.raw)
    codes = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#SPILL!")
    cells = {fact.cell: code for fact, code in zip(draft.sheets["Z05"].facts, codes, strict=False)}
    for cell, code in cells.items():
        raw_cell(path, draft, "Z05", cell, f'<c r="{{r}}" t="e"><v>{code}</v></c>')
    seen = yield
    assert seen.cells("S-ERROR") == set(cells)
    for cell, code in cells.items():
        fact = seen.at("Z05 ", cell)
        assert (fact["state"], fact["amount"], fact["raw"]) == ("error", None, code)
        assert any(code in f["message"] and cell in f["message"] for f in seen.findings("S-ERROR"))
    assert {f["rule_id"] for f in seen.findings(severity="error")} == {"S-ERROR"}


@together
def test_37_a_formula_without_a_result_is_not_calculated(desk: Desk) -> Half:
    seen, cell = yield from with_xml(desk, '<c r="{r}"><f>SUM(F10:F12)</f></c>')
    found = seen.one("S-UNCACHED")
    assert (
        seen.cells("S-UNCACHED") == {cell}
        and "SUM(F10:F12)" in found["message"]
        and "没有计算" in found["message"]
    )
    assert seen.fact(FORM, ROW, COLUMN)["state"] == "uncached"


@together
def test_38_a_stored_result_counts_whatever_the_formula(desk: Desk) -> Half:
    seen, cell = yield from with_xml(desk, '<c r="{r}"><f>SUM(F10:F12)</f><v>1.5</v></c>')
    assert seen.fact(FORM, ROW, COLUMN)["amount"] == Decimal("1.50")
    assert "IN-Z04-01" in seen.rules and cell in seen.cells("IN-Z04-01")
    assert not seen.findings("S-")


WIDE = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
SPELLINGS = (
    "{:,.2f}",
    " {:.2f} ",
    "\u00a0{:.2f}\u00a0",
    "{:.2f}元",
    "¥{:,.2f}",
    "　{:,.2f}",
    "{:,.2f}\n",
    "+{:.2f}",
    "'{:.2f}",
    "\u202d{:,.2f}\u202c",
    "wide",
    "{:,}",
)


@together
def test_39_numbers_kept_as_text(desk: Desk) -> Half:
    draft = desk.draft()
    for form in draft.sheets:
        counted = {r.key for b in forms()[form].blocks for r in b.rows if r.count}
        money = [
            f
            for f in draft.sheets[form].facts
            if f.amount and f.amount > 0 and f.row_key not in counted
        ]
        for number, fact in enumerate(money):
            spelling, value = SPELLINGS[number % len(SPELLINGS)], Decimal(fact.amount or 0) / 100
            text = f"{value:,.2f}".translate(WIDE) if spelling == "wide" else spelling.format(value)
            draft.put(form, (fact.row, fact.column), text)
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together
def test_39_negative_numbers_as_text(desk: Desk) -> Half:
    spellings = [
        "（12.30）",
        "(12.30)",
        "-12.3",
        "－12.3",
        "△12.30",
        "−12.30",
        "( 12.30 )",
        "（12.3）元",
        "12.30-",
        "12.3－",
    ]
    seen, put = yield from with_values(desk, spellings)
    assert {seen.at("Z05 ", cell)["amount"] for cell in put} == {Decimal("-12.30")}


@together
def test_39_the_mark_of_a_note_is_no_digit(desk: Desk) -> Half:
    seen, put = yield from with_values(desk, ["12.5①", "①12.5", "12.5²"])
    assert seen.cells("S-TEXT") == set(put)
    assert {seen.at("Z05 ", cell)["amount"] for cell in put} == {None}


@together
def test_40_dash_zero_and_blank_are_told_apart(desk: Desk) -> Half:
    draft = desk.draft()
    row = draft.place("Z05", ROW, "合计")[0]
    empty = [c for c in range(5, 100) if (row, c) not in draft.cells("Z05")]
    dashes, zeros = ("—", "-", "/", "——", "－"), (0, "0", "0.00")
    cells = [draft.put("Z05", (row, c), v) for c, v in zip(empty, (*dashes, *zeros), strict=False)]
    blank = draft.put("Z05", (row, empty[len(cells)]), "  ")
    seen = yield draft
    found = [(f["state"], f["amount"]) for f in (seen.at("Z05 ", c) for c in cells)]
    assert found == [("dash", None)] * len(dashes) + [("number", Decimal("0.00"))] * len(zeros)
    assert not [f for f in seen.facts if f["form"] == "Z05" and f["cell"] == blank]
    assert seen.rules == set()


@together
def test_40_a_blank_total_over_parts_fails_at_its_address(desk: Desk) -> Half:
    draft = desk.draft()
    cell = draft.set(FORM, ROW, COLUMN, None)
    seen = yield draft
    assert not [f for f in seen.facts if f["form"] == FORM and f["cell"] == cell]
    assert cell in seen.cells("IN-Z04-01")


@together
def test_41_more_decimals_than_the_money_unit_has(desk: Desk) -> Half:
    seen, put = yield from with_values(desk, [12.345, "12.345", 0.001, "0.00001"])
    assert seen.cells("S-PRECISION") == set(put)
    assert {f["severity"] for f in seen.findings("S-PRECISION")} == {"review"}


@together
def test_42_text_in_an_amount_cell(desk: Desk) -> Half:
    seen, put = yield from with_values(
        desk, ["1.2E+05", "inf", "nan", "NaN", "约12", "见附件", "12．3．4", "1,23,4", "0x1F", "½"]
    )
    assert seen.cells("S-TEXT") == set(put)
    for cell, value in put.items():
        fact = seen.at("Z05 ", cell)
        assert (fact["state"], fact["amount"], fact["raw"]) == ("text", None, value)
        assert any(
            cell in f["message"] and str(value) in f["message"] for f in seen.findings("S-TEXT")
        )


@together
def test_42_a_word_in_many_cells_of_a_table_is_one_finding(desk: Desk) -> Half:
    seen, put = yield from with_values(desk, ["无"] * 12)
    (told,) = seen.findings("S-TEXT")
    assert seen.cells("S-TEXT") == set(put)
    assert "等 12 格 改为数字：金额栏中是“无”" in told["message"]


@together
def test_42_a_spoiled_number_is_told_cell_by_cell_however_often_it_stands(desk: Desk) -> Half:
    seen, put = yield from with_values(desk, ["1.2.3"] * 12)
    assert seen.cells("S-TEXT") == set(put)
    assert len(seen.findings("S-TEXT")) == len(put)


@together
def test_43_an_amount_beyond_what_can_be_kept(desk: Desk) -> Half:
    seen, put = yield from with_values(desk, [1e300, 1e17, "99999999999999999999", 1e16, -1e16])
    assert seen.cells("S-RANGE") == set(put)
    assert {(seen.at("Z05 ", c)["state"], seen.at("Z05 ", c)["amount"]) for c in put} == {
        ("text", None)
    }


@together
def test_43_the_largest_amounts_add_up_without_overflow(desk: Desk) -> Half:
    draft = desk.draft()
    for fact in draft.sheets["Z05"].facts:
        draft.put("Z05", (fact.row, fact.column), "9999999999999999.99")
    seen = yield draft
    assert max(f["amount"] for f in seen.facts if f["amount"]) == Decimal("9999999999999999.99")
    assert not [c for c in seen.document["checks"] if c["outcome"] == "broken"]
    assert seen.findings(severity="error")


@together
def test_44_dates_and_booleans_in_money_columns(desk: Desk) -> Half:
    draft = desk.draft()
    path = draft.save(desk.raw)
    book = opened_book(path)
    dated = draft.sheets[FORM].facts[0].cell
    book[draft.sheets[FORM].name][dated] = datetime(
        2023, 5, 1
    )  # a number that is formatted as a date
    book.save(path)
    cells = [f.cell for f in draft.sheets["Z05"].facts][:2]
    for cell, xml in zip(cells, ('t="b"><v>1</v>', 't="d"><v>2023-01-01</v>'), strict=True):
        raw_cell(path, draft, "Z05", cell, f'<c r="{{r}}" {xml}</c>')
    seen = yield
    assert seen.cells("S-TEXT") == {*cells, dated}
    assert seen.at("Z04 ", dated)["state"] == "text"


@together
def test_45_codes_as_numbers_with_spaces_and_tails(desk: Desk) -> Half:
    draft = desk.draft()
    spellings: tuple[Callable[[str], object], ...] = (
        float,
        lambda c: f" {c} ",
        lambda c: f"{c}.0",
        lambda c: f"{c}　",
        int,
    )
    number = 0
    for at, (value, _) in draft.cells(FORM).items():
        if isinstance(value, str) and value.isdigit() and at[1] == 0:
            draft.put(FORM, at, spellings[number % len(spellings)](value))
            number += 1
    seen = yield draft
    assert number > 5 and seen.rules == set()
    assert {f["row_key"] for f in seen.facts if f["form"] == FORM} == {
        f.row_key for f in desk.draft().sheets[FORM].facts
    }


@together
def test_45_a_code_that_the_year_does_not_have(desk: Desk) -> Half:
    draft = desk.draft()
    code = next(f.row_key for f in draft.sheets[FORM].facts if len(f.row_key) == 7)
    cell = draft.put(FORM, draft.find(FORM, code), code[:5] + "77")
    found = (yield draft).one("S-CODE")
    assert found["severity"] == "review" and cell in {c["cell"] for c in found["cells"]}


@together
def test_46_names_with_spaces_inside(desk: Desk) -> Half:
    draft = desk.draft()
    names = ("合　计", " 合 计 ", "合\u00a0计", "合\n计", "合　　　计　", "合 \u200b计")
    for form, name in zip(("Z03", "Z04", "Z05", "Z05_1", "Z05_2", "Z07"), names, strict=True):
        draft.put(
            form,
            max(at for at, (v, _) in draft.cells(form).items() if v == "合计" and at[1] < 4),
            name,
        )
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())


@together_each("（一）", "1．")
def test_46_half_width_brackets_and_numbering_variants(desk: Desk, value: str) -> Half:
    draft = desk.draft(style=Style(numbering=value, half_brackets=True, spaced=True))
    seen = yield draft
    assert seen.rules == set()
    same_amounts(seen, desk.draft())
    assert any(value in f["row_label"] for f in seen.facts if f["form"] == "Z01"), (
        "the label stays as printed"
    )


@together
def test_47_a_negative_where_there_can_be_none_asks_for_an_explanation(desk: Desk) -> Half:
    draft = desk.draft()
    cell = draft.set("Z01", "一般公共预算财政拨款收入", "决算数", -5.0)
    seen = yield draft
    assert {f["severity"] for f in seen.findings("IN-Z01-10")} == {"review"} and cell in seen.cells(
        "IN-Z01-10"
    )


@together
def test_48_a_sheet_in_yuan_that_says_wan(desk: Desk) -> Half:
    desk.draft(2022).save(desk.raw)
    draft = desk.draft()
    draft.put(FORM, draft.find(FORM, "金额单位：元"), "金额单位：万元")
    assert (yield draft).one("S-SCALE")["subject"] == FORM


@together
def test_49_a_label_that_would_act_is_text(desk: Desk) -> Half:
    draft = desk.draft()
    texts = ("=cmd|' /C calc'!A0", "=1+1", "@SUM(A1)", "http://example.com", "_x000B__x0001_合计")
    codes = [c for c in dict.fromkeys(f.row_key for f in draft.sheets[FORM].facts) if c.isdigit()]
    for code, text in zip(codes, texts, strict=False):
        draft.put(FORM, (draft.find(FORM, code)[0], 3), text)
    seen = yield draft
    named = {f["subject"] for f in seen.findings("IN-HIER-02")}
    assert {f"Z04[{c}]名称" for c in codes[: len(texts)]} <= named
    for found in seen.document["findings"]:
        assert all(c.isprintable() or c == "\n" for c in found["message"]), found["message"]
    assert {f["row_key"] for f in seen.facts if f["form"] == FORM} == {
        f.row_key for f in desk.draft().sheets[FORM].facts
    }


RICH = (
    "<r><t>合</t></r><r><rPr><b/></rPr><t>计</t></r>",
    '<t>合计</t><rPh sb="0" eb="1"><t>hé</t></rPh>',
    '<t xml:space="preserve">合&#10;计 </t>',
    '<r><t>合计</t></r><r><rPr><vertAlign val="superscript"/></rPr><t> </t></r>',
)


@together
def test_50_rich_text_and_line_breaks_in_labels(desk: Desk) -> Half:
    draft = desk.draft()
    path = draft.save(desk.raw)
    for form, xml in zip(("Z03", "Z04", "Z07", "Z08"), RICH, strict=True):
        at = max(at for at, (v, _) in draft.cells(form).items() if v == "合计" and at[1] < 4)
        raw_cell(path, draft, form, address(*at), f'<c r="{{r}}" t="inlineStr"><is>{xml}</is></c>')
    seen = yield
    assert seen.rules == set()
    same_amounts(seen, desk.draft())
