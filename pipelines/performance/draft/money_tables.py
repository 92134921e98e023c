"""The tables of money in a drafted report: budget, execution, basic expenditure by item, the
eight controlled items.

All figures come from the 财决 tables; what these do not hold is a place to fill.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pipelines.performance.draft.figures import Figures
from pipelines.performance.draft.model import TAB, Cell, DraftTable, blank, money, rate, words
from pipelines.performance.sources import cancelled, written_off
from schemas.library import code_list

PLANNED, YEARLY, FINAL = "年初预算数", "全年预算数", "决算数"
INCOME = (
    ("一般公共预算财政拨款收入", "一般公共预算财政拨款收入", True),
    ("政府性基金预算拨款收入", "政府性基金预算财政拨款收入", True),
    ("国有资本经营预算拨款收入", "国有资本经营预算财政拨款收入", False),
    ("上级补助收入", "上级补助收入", False),
    ("事业收入", "事业收入", False),
    ("经营收入", "经营收入", True),
    ("附属单位上缴收入", "附属单位上缴收入", False),
    ("其他收入", "其他收入", True),
    ("使用非财政拨款结余", "使用非财政拨款结余（含专用结余）", False),
    ("年初结转结余", "年初结转和结余", True),
)
# (as printed, block and row of Z01, whether the row stands there also without an amount)
SPENDING = (
    ("一、基本支出", "支出性质", "基本支出", True),
    ("人员经费", "支出性质", "人员经费", True),
    ("公用经费", "支出性质", "公用经费", True),
    ("二、项目支出", "支出性质", "项目支出", True),
    ("上缴上级支出", "支出性质", "上缴上级支出", False),
    ("经营支出", "支出性质", "经营支出", False),
    ("对附属单位补助支出", "支出性质", "对附属单位补助支出", False),
    ("总计", "支出", "本年支出合计", True),
)
OTHER_SPENDING = tuple(name for name, _, _, always in SPENDING if not always)
STAFF_CLASSES = (
    "301",
    "303",
)  # 工资福利支出、对个人和家庭的补助 are 人员经费, the other classes 公用经费
# Where no scheme lists them: 办公、印刷、水、电、物业管理、维修（护）、培训、会议 (附件1 支出控制).
CONTROLLED = ("30201", "30202", "30205", "30206", "30209", "30213", "30216", "30215")
CONTROL_FORMS = ("Z08_1", "Z08_2", "Z10_1", "Z10_2", "Z12")


def staff(figures: Figures) -> DraftTable:
    """表1-2: people are in no table of amounts; what an earlier report printed is kept."""
    before, now = (f"{y}年在职人员" for y in (figures.year - 1, figures.year))
    head = [
        [Cell("项目", down=2), Cell(before, across=2), Cell(now, across=2)],
        words("实有数", "增加变化数及率", "实有数", "增加变化数及率"),
    ]
    row = [Cell(figures.unit)]
    for year in ("上年", "本年"):
        number, where = figures.cell("JX01", "", "人员", f"{year}/实有数")
        row.append(blank() if number is None else Cell(f"{number:.0f}", where, number))
        said, where = figures.text("JX01", "", "人员", f"{year}/变化数")
        row.append(Cell(said, where) if said else blank())
    return DraftTable("表1-2 人员概况", "表1-2 人员概况", [*head, row], 2)


def income(figures: Figures) -> DraftTable:
    """表2-1: what was budgeted, adjusted and received, by source."""
    rows = [words("项目名称", "收入预算数", "收入调整数", "收入决算数")]
    for name, key, always in INCOME:
        row = _budget_row(figures, name, "收入", key)
        if always or any(c.number for c in row[1:]):
            rows.append(row)
    rows.append(_budget_row(figures, "总计", "收入", "总计"))
    return DraftTable("表2-1 年度预算表", "表2-1 年度预算表", rows, unit="万元")


def _budget_row(figures: Figures, name: str, block: str, key: str) -> list[Cell]:
    planned, yearly, final = (
        figures.amount("Z01", block, key, column) for column in (PLANNED, YEARLY, FINAL)
    )
    return [Cell(name), money(*planned), _moved(planned, yearly), money(*final)]


def _moved(planned: tuple[Decimal | None, str], yearly: tuple[Decimal | None, str]) -> Cell:
    """What was adjusted during the year: the year's budget less the one it began with."""
    if planned[0] is None or yearly[0] is None:
        return blank()
    source = f"{yearly[1]} − {planned[1].partition(TAB)[2]}"
    return money(yearly[0] - planned[0], source)


def spending(figures: Figures) -> DraftTable:
    """表2-2: basic and project expenditure, budgeted, adjusted, executed."""
    head = (
        "项目名称",
        "年度预算",
        "中期调整",
        "调整后预算",
        "预算执行",
        "执行率（%）",
        "执行进度原因分析",
    )
    rows = [words(*head)]
    for name, block, key, always in SPENDING:
        planned, yearly, final = (
            figures.amount("Z01", block, key, column) for column in (PLANNED, YEARLY, FINAL)
        )
        done = rate(final[0], yearly[0], final[1])
        late = done.number is not None and done.number < 1
        row = [Cell(name), money(*planned), _moved(planned, yearly), money(*yearly), money(*final)]
        if always or any(c.number for c in row):
            rows.append([*row, done, blank() if late else Cell("")])
    left, where = figures.amount("Z01", "支出", "年末结转和结余", FINAL)
    rows.append([*words("年末结转结余", "", "", ""), money(left, where), *words("", "")])
    return DraftTable("表2-2 年度预算执行表", "表2-2 年度预算执行表", rows, unit="万元")


def basic_items(figures: Figures) -> DraftTable | None:
    """基本支出分项目: every functional item with its 人员 and 公用 part; None without the forms."""
    codes = sorted(figures.facts.rows("Z05_1", "", "合计"), key=lambda c: (c != "合计", c))
    if not codes:
        return None
    rows = [
        [
            *_tall("支出功能分类科目代码", "科目名称（二级项目名称）", "二级项目类别"),
            Cell("资金来源", across=2),
            Cell("支出数", across=2),
            *_tall("完成值", "完成率"),
        ],
        words("合计", "财政拨款", "合计", "财政拨款"),
    ]
    for code in codes:
        rows += _item_rows(figures, code)
    title = "基本支出分项目收支情况表"
    return DraftTable(title, "基本支出分项目", rows, 2, unit="万元")


def _tall(*texts: str) -> list[Cell]:
    """Header cells over both rows of a header."""
    return [Cell(text, down=2) for text in texts]


def _item_rows(figures: Figures, code: str) -> list[list[Cell]]:
    """One row for a total, a 类 or a 款; one for each part of a 项 that has an amount."""
    whole = _parts(figures, "Z05_1", code)
    fiscal = _parts(figures, "Z08_1", code)
    name = "" if code == "合计" else item_name("functional", code, figures.year)
    if len(code) < 7:
        key = Cell("合计") if code == "合计" else Cell(code)
        return [_item_row(key, name, "", whole["全部"], fiscal["全部"])]
    kinds = [k for k in ("人员经费", "公用经费") if whole[k][0]]
    return [
        _item_row(Cell(code), f"{name}（{k}）" if len(kinds) > 1 else name, k, whole[k], fiscal[k])
        for k in kinds
    ]


def _item_row(
    key: Cell, name: str, kind: str, whole: tuple[Decimal | None, str], fiscal: tuple
) -> list[Cell]:
    return [
        key, Cell(name), Cell(kind), blank(), blank(), money(*whole), money(*fiscal),
        money(*whole), blank(),
    ]  # fmt: skip


def _parts(figures: Figures, form: str, code: str) -> dict[str, tuple[Decimal | None, str]]:
    """A row of a 明细表: the whole, the 人员 part, and what is left for 公用."""
    total, where = figures.amount(form, "", code, "合计")
    if total is None:
        return dict.fromkeys(("全部", "人员经费", "公用经费"), (None, ""))
    found = [figures.amount(form, "", code, c) for c in STAFF_CLASSES]
    people = sum((amount or Decimal(0) for amount, _ in found), Decimal(0))
    number = where.partition(TAB)[0]
    addresses = " + ".join(w.partition(TAB)[2] for a, w in found if a)
    return {
        "全部": (total, where),
        "人员经费": (people, f"{number}{TAB}{addresses}"),
        "公用经费": (total - people, f"{where} − {addresses}" if addresses else where),
    }


def item_name(codes: str, code: str, year: int) -> str:
    """The name of a classification item in a year; the code itself where the list has none."""
    item = code_list(codes).get(code, year)
    return item.name if item is not None else code


def control(figures: Figures, items: list[str]) -> DraftTable:
    """支出控制: the items' year-start budget (表12, or what a person gave) against what was
    spent.
    """
    rows = [words("科目名称", "年初预算数", "决算数", "偏差程度", "偏差原因")]
    for code in items:
        planned, spent = _planned(figures, code), _spent(figures, code)
        gap = None if planned[0] is None or spent[0] is None else abs(spent[0] - planned[0])
        shown = Cell("无偏差") if gap == 0 else rate(gap, spent[0], spent[1])
        # Beyond a tenth of the final amount a reason is due (附件1 支出控制).
        due = gap is not None and spent[0] is not None and gap * 10 > spent[0]
        name = Cell(item_name("economic", code, figures.year))
        rows.append([name, money(*planned), money(*spent), shown, blank() if due else Cell("")])
    return DraftTable("支出控制情况表", "支出控制", rows, unit="万元")


def _planned(figures: Figures, code: str) -> tuple[Decimal | None, str]:
    given = figures.manual.get("initial_budget")
    known = {str(k): v for k, v in given.items()} if isinstance(given, dict) else {}
    if code in known:
        return Decimal(str(known[code])), f"performance.yml{TAB}initial_budget"
    amount, where = figures.cell("JX16", "", code, "年初预算")
    return (amount, where) if amount is not None else figures.cell("JX06", "", code, "年初预算数")


def _spent(figures: Figures, code: str) -> tuple[Decimal | None, str]:
    """The item over the five forms of fiscal expenditure (合计 rows)."""
    if not figures.facts.has(CONTROL_FORMS[0]):
        return None, ""
    found = [figures.amount(form, "", "合计", code) for form in CONTROL_FORMS]
    named = " + ".join(w.replace(TAB, " ") for a, w in found if a)
    total = sum((a for a, _ in found if a is not None), Decimal(0))
    return total, named or found[0][1]


def finished(figures: Figures) -> DraftTable:
    """预算完成: budget and execution of the year, in short."""
    rows = [
        words(
            "预算执行情况",
            "项目",
            "预算额（万元）",
            "执行额（万元）",
            "预算执行进度（%）",
            "原因分析",
        )
    ]
    for name, block, key in (
        ("合计", "支出", "本年支出合计"),
        ("基本支出", "支出性质", "基本支出"),
        ("项目支出", "支出性质", "项目支出"),
        ("上缴上级支出", "支出性质", "上缴上级支出"),
        ("经营支出", "支出性质", "经营支出"),
        ("对附属单位补助支出", "支出性质", "对附属单位补助支出"),
    ):
        yearly = figures.amount("Z01", block, key, YEARLY)
        final = figures.amount("Z01", block, key, FINAL)
        done = rate(final[0], yearly[0], final[1])
        late = done.number is not None and done.number < 1
        row = [Cell(""), Cell(name), money(*yearly), money(*final), done]
        if name in OTHER_SPENDING and not any(c.number for c in row):
            continue
        rows.append([*row, blank() if late else Cell("")])
    return DraftTable("预算完成情况表", "预算完成", rows)


def disposal(figures: Figures) -> DraftTable:
    """及时处置: what monitoring cancelled and what was written off, as the score is computed
    from them.
    """
    rows = [words("单位", "年初预算数", "全年预算数", "决算数", "取消额", "注销额")]
    budgets = [figures.amount("Z01", "收入", "总计", c) for c in (PLANNED, YEARLY)]
    final = figures.amount("Z01", "支出", "本年支出合计", FINAL)
    off, off_from = written_off(figures.case)
    gone, gone_from, _ = cancelled(figures.case, off)
    cells = [money(*b) for b in (*budgets, final)]
    cells += [money(_decimal(gone), gone_from), money(_decimal(off), off_from)]
    rows.append([Cell(figures.unit), *cells])
    return DraftTable("及时处置情况表", "及时处置", rows, unit="万元")


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
