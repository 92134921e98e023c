"""An independent reading of the rules: plain Python over one submission's facts, to prove the
generated sets.

``failures`` takes ``{(form, block, row_key, col_key): 分}`` of a year (and the year before, and the
children's) and lists what does not hold. It shares no code with the generator or with the rules
engine. Within a table: ``equations_inside.py``; between tables: ``equations_across.py``; between
years and levels: here.
"""

from __future__ import annotations

from collections import defaultdict

from .equation_book import STAGES, Book
from .equations_across import running_costs, x01_11, x13_26
from .equations_inside import f03, lists, lists_more, z01, z01_1


def failures(facts: dict, *, unit_type: str = "", rolled_up: bool = False) -> list[str]:
    book = Book(facts)
    for check in (z01, z01_1, lists, lists_more, f03, x01_11, x13_26):
        check(book)
    if not rolled_up:
        running_costs(book, unit_type)
    return book.failed


def year_failures(facts: dict, before: dict) -> list[str]:
    """Y-01, Y-02, Y-06, Y-07 between a year and the one before."""
    b, p = Book(facts), Book(before)
    change = b("CS01_1", "合计", "变动项目和金额/小计")
    b.same(
        "Y-01",
        "",
        b("Z01", "年初结转和结余", "决算数", "收入"),
        p("Z01", "年末结转和结余", "决算数", "支出") + change,
    )
    for form in ("Z02", "Z07", "Z09", "Z11"):
        for r in set(b.rows(form)) | set(p.rows(form)):
            moved = b("CS01_1", r, "变动项目和金额/小计") if form in ("Z02", "Z07") else 0
            b.same(
                "Y-02",
                f"{form} {r}",
                b(form, r, "年初结转和结余/合计"),
                p(form, r, "年末结转和结余/合计") + moved,
            )
    kept = p("F03", "公务用车保有量", "统计数") + b("F03", "公务用车购置数", "统计数")
    b.same("Y-06", "", b("F03", "公务用车保有量", "统计数"), kept)
    for block, row in (("收入", "本年收入合计"), ("支出", "本年支出合计")):
        now, then = b("Z01", row, "决算数", block), p("Z01", row, "决算数", block)
        b.most("Y-07", row, 5 * abs(now - then), then)
    for row in (
        "支出合计",
        "因公出国（境）费",
        "公务用车购置费",
        "公务用车运行维护费",
        "公务接待费",
    ):
        b.most("Y-07", row, b("F03", row, "统计数"), p("F03", row, "统计数"))
    return b.failed


TRANSFERS = {"上级补助收入": "对附属单位补助支出", "附属单位上缴收入": "上缴上级支出"}


def department_failures(whole: dict, children: list[dict]) -> list[str]:
    """G-01 by Z01, Z03 and Z04; every other table is the plain sum. G-02 inside the department."""
    b, total = Book(whole), Book(_added(children))
    loose = ("Z01", "Z02", "Z03", "Z04")
    for key in set(whole) | set(total.facts):
        if key[0] not in loose:
            b.same("G-01", str(key), whole.get(key, 0), total.facts.get(key, 0))
    for row in set(b.rows(*loose)) | set(total.rows(*loose)):
        _rolled_up_row(b, total, row)
    for stage in STAGES:
        _rolled_up_stage(b, total, stage)
    for got, paid in TRANSFERS.items():
        b.same("G-02", got, total("Z03", "合计", got), total("Z04", "合计", paid))
    return b.failed


def _rolled_up_row(b: Book, total: Book, row: str) -> None:
    out = {}
    for got, paid in TRANSFERS.items():
        out[got] = total("Z03", row, got) - b("Z03", row, got)
        b.same("G-01", f"{row} {got}", out[got], total("Z04", row, paid) - b("Z04", row, paid))
        b.most("G-01", row, 0, out[got])
    for form, col in (
        ("Z03", "本年收入合计"),
        ("Z04", "本年支出合计"),
        ("Z02", "本年收入"),
        ("Z02", "本年支出/合计"),
    ):
        b.same(
            "G-01",
            f"{form} {row}",
            total(form, row, col) - b(form, row, col),
            sum(out.values()),
        )
    for form, col in (
        ("Z04", "基本支出"),
        ("Z03", "财政拨款收入"),
        ("Z02", "年末结转和结余/合计"),
        ("Z02", "本年支出/项目支出"),
    ):
        b.same("G-01", f"{form} {row} {col}", total(form, row, col), b(form, row, col))


def _rolled_up_stage(b: Book, total: Book, stage: str) -> None:
    left_out = sum(total("Z01", k, stage, "收入") - b("Z01", k, stage, "收入") for k in TRANSFERS)
    for block, row in (
        ("收入", "本年收入合计"),
        ("收入", "总计"),
        ("支出", "本年支出合计"),
        ("支出", "总计"),
    ):
        b.same(
            "G-01",
            f"{stage} {row}",
            total("Z01", row, stage, block) - b("Z01", row, stage, block),
            left_out,
        )


def _added(many: list[dict]) -> dict:
    total: dict = defaultdict(int)
    for facts in many:
        for key, amount in facts.items():
            total[key] += amount
    return dict(total)
