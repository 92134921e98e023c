"""A project's self-evaluation table (项目自评表) in layout A, B or C: money filled in, targets
as declared, answers where known.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipelines.performance.draft.figures import Figures, place
from pipelines.performance.draft.model import (
    CENT,
    Cell,
    DraftTable,
    blank,
    money,
    plain,
    rate,
    words,
)
from pipelines.performance.draft.result_tables import actual, indicators_of
from pipelines.performance.names import project_key
from pipelines.performance.values import MONEY_UNITS

Indicators = list[dict[str, Any]]
EXECUTION_POINTS = Decimal(10)  # of the execution rate in layouts B and C
LATE = Decimal("0.9")  # an execution below asks for a reason (layout B)


def project_table(figures: Figures, project: dict[str, Any], layout: str) -> DraftTable:
    """The project's table in the layout."""
    return {"A": _layout_a, "B": _layout_b, "C": _layout_c}[layout](figures, project)


def _source(project: dict[str, Any]) -> str:
    return f"项目数据集 projects（{project['sources']}）"


def _fund(figures: Figures, project: dict[str, Any], row: str, column: str) -> Cell:
    """A part of the project's money, as an earlier table printed it."""
    return money(*_of(figures, project, row, column))


def _known(
    figures: Figures, project: dict[str, Any], row: str, column: str
) -> tuple[Decimal | None, str]:
    return figures.cell("JX14", project_key(project["project"]), row, column)


OTHER = ("其他资金", "单位资金", "专户资金", "上年结转")


def _rest(figures: Figures, project: dict[str, Any], column: str) -> tuple[Decimal | None, str]:
    """Whatever is not fiscal money, for a layout with one line for it; None where nothing is
    known.
    """
    found = [_known(figures, project, source, column) for source in OTHER]
    amounts = [(amount, where) for amount, where in found if amount is not None]
    if not amounts:
        return None, ""
    where = "、".join(dict.fromkeys(w for _, w in amounts if w))
    return sum((a for a, _ in amounts), Decimal(0)), where


def _of(
    figures: Figures, project: dict[str, Any], row: str, column: str
) -> tuple[Decimal | None, str]:
    """A source's money; the one line beside the fiscal money takes all the rest."""
    if row in ("其他资金", "单位资金"):
        return _rest(figures, project, column)
    return _known(figures, project, row, column)


def _said(figures: Figures, project: dict[str, Any], field: str) -> Cell:
    for form in ("JX17", "JX14"):
        text, where = figures.text(form, project_key(project["project"]), "文字", field)
        if text:
            return Cell(text, where)
    return blank()


def _reason(one: dict[str, Any]) -> Cell:
    if one["met"] is False and not one["reason"]:
        return blank()
    return Cell(one["reason"] or "")


def _listed(figures: Figures, project: dict[str, Any]) -> Indicators:
    """The project's indicators in the order of their levels; one to fill in where none is known."""
    found = [_within(i, project) for i in indicators_of(figures, project)]
    empty = dict.fromkeys(
        ("level1", "level2", "name", "op", "target", "target_raw", "unit", "actual", "actual_raw",
         "met", "weight", "score", "reason", "file", "sheet", "cell")
    )  # fmt: skip
    if not found:
        return [empty | {"level1": "产出指标", "level2": "数量指标"}]
    return [
        i | {"level1": i["level1"] or "产出指标", "level2": i["level2"] or "数量指标"}
        for i in found
    ]


def _within(one: dict[str, Any], project: dict[str, Any]) -> dict[str, Any]:
    """A cost beyond the project's money is not copied: it is asked for again."""
    factor = MONEY_UNITS.get(one["unit"] or "")
    if not factor:
        return one
    asked = dict(one)
    for column, limit in (("target", "budget"), ("actual", "executed")):
        number, most = one[column], project[limit]
        if number is not None and most is not None and number * factor > most:
            asked |= {column: None, f"{column}_raw": None}
    return asked


def _indicator_rows(
    listed: Indicators, cells: Callable[[dict[str, Any]], list[Cell]]
) -> list[list[Cell]]:
    """A row an indicator, under captions that are printed where they begin."""
    rows: list[list[Cell]] = []
    before: tuple[Any, Any] = (None, None)
    for one in listed:
        level = (one["level1"], one["level2"])
        upper = "" if level[0] == before[0] else level[0]
        lower = "" if level == before else level[1]
        name = Cell(one["name"], place(one)) if one["name"] else blank()
        rows.append([Cell(upper), Cell(lower), name, *cells(one)])
        before = level
    return rows


def _whole_target(one: dict[str, Any]) -> Cell:
    """A target with its sign and unit in one cell: ``≥12次``."""
    if not one["target_raw"]:
        return blank()
    text = one["target_raw"]
    if one["target"] is not None:
        text = f"{one['op'] or ''}{plain(one['target']).text}{one['unit'] or ''}"
    return Cell(text, place(one))


def _whole_actual(one: dict[str, Any]) -> Cell:
    """An answer with its unit."""
    done = actual(one)
    if one["actual"] is None:
        return done
    return Cell(f"{plain(one['actual']).text}{one['unit'] or ''}", done.source)


def _captioned(text: str, listed: Indicators, header: list[Cell]) -> list[Cell]:
    """The header of the indicators behind a caption that stands for all their rows."""
    return [Cell(text, down=len(listed) + 1), *header]


def _layout_a(figures: Figures, project: dict[str, Any]) -> DraftTable:
    """遂宁: a budget and an execution, no weights."""
    budget, spent = (money(project[k], _source(project)) for k in ("budget", "executed"))
    listed = _listed(figures, project)
    rows = [
        [
            Cell("主管部门及代码"),
            _said(figures, project, "主管部门"),
            Cell("实施单位"),
            Cell(figures.unit, across=3),
        ],
        [
            Cell("项目预算执行情况（万元）", down=3),
            Cell("预算数："),
            budget,
            Cell("执行数："),
            Cell(spent.text, spent.source, spent.number, across=2),
        ],
        [
            Cell("其中：财政拨款"),
            _fund(figures, project, "财政拨款", "预算数"),
            Cell("其中：财政拨款"),
            _over(_fund(figures, project, "财政拨款", "执行数"), 2),
        ],
        [
            Cell("其他资金"),
            _other(figures, project, "预算数"),
            Cell("其他资金"),
            _over(_other(figures, project, "执行数"), 2),
        ],
        [
            Cell("年度总体目标完成情况", down=2),
            Cell("预期目标", across=3),
            Cell("目标实际完成情况", across=2),
        ],
        [
            _over(_said(figures, project, "预期目标"), 3),
            _over(_said(figures, project, "实际完成"), 2),
        ],
        _captioned(
            "年度绩效指标完成情况",
            listed,
            words("一级指标", "二级指标", "三级指标", "预期指标值", "实际完成指标值"),
        ),
    ]
    rows += _indicator_rows(listed, lambda one: [_whole_target(one), _whole_actual(one)])
    name = project["project"]
    return DraftTable(f"{name}项目绩效目标自评表", name, rows, 0)


def _over(cell: Cell, across: int) -> Cell:
    return Cell(cell.text, cell.source, cell.number, cell.percent, across)


def _other(figures: Figures, project: dict[str, Any], column: str) -> Cell:
    """其他资金 is blank where it is not known: an empty cell is none in this layout."""
    known, where = _rest(figures, project, column)
    return Cell("") if known is None else money(known, where)


def _money_row(project: dict[str, Any]) -> list[Cell]:
    source = _source(project)
    return [money(project[k], source) for k in ("initial", "budget", "executed")]


def _execution(project: dict[str, Any]) -> tuple[Cell, Cell]:
    """The execution rate, and its points."""
    done = rate(project["executed"], project["budget"], _source(project))
    if done.number is None:
        return done, blank()
    exact = project["executed"] / project["budget"]
    score = (EXECUTION_POINTS * min(Decimal(1), exact)).quantize(CENT, ROUND_HALF_UP)
    return done, plain(score, "10 × 执行率")


def _part_row(figures: Figures, project: dict[str, Any], row: str) -> list[Cell]:
    """A source of the money as an earlier table printed it; places to fill where none did."""
    return [_fund(figures, project, row, c) for c in ("年初预算", "预算数", "执行数")]


def _totals(listed: Indicators, execution: Cell) -> tuple[Cell, Cell]:
    """The sums of weights and scores; open while one of them is."""
    weights, scores = [i["weight"] for i in listed], [i["score"] for i in listed]
    weight = None if None in weights else sum(weights, EXECUTION_POINTS)
    score = None
    if None not in scores and execution.number is not None:
        score = sum(scores, execution.number)
    return plain(weight), plain(score, "各项得分之和")


def _why(project: dict[str, Any]) -> Cell:
    """A reason is due for a low execution, and for a budget that was changed during the year."""
    initial, budget, spent = (project[k] for k in ("initial", "budget", "executed"))
    late = budget and spent is not None and spent < budget * LATE
    changed = initial is not None and budget is not None and initial != budget
    return blank() if late or changed else Cell("")


MONEY_B = (
    "年度预算数（万元）",
    "年初预算",
    "调整后预算数",
    "预算执行数",
    "预算执行率",
    "权重",
    "得分",
)
INDICATORS_B = (
    "一级指标",
    "二级指标",
    "三级指标",
    "指标性质",
    "指标值",
    "度量单位",
    "完成值",
    "权重",
    "得分",
    "未完成原因分析",
)


def _layout_b(figures: Figures, project: dict[str, Any]) -> DraftTable:
    """The budget system: 10 points for the execution, 90 for the indicators."""
    _, score = _execution(project)
    listed = _listed(figures, project)
    code = project["project_code"]
    named = f"{code}-{project['project']}" if code else project["project"]
    department = _over(_said(figures, project, "主管部门"), 4)
    unit = [Cell("实施单位（盖章）"), Cell(figures.unit, across=5)]
    goal = _over(_said(figures, project, "预期目标"), 9)
    rows = [
        [Cell("项目名称"), Cell(named, across=10)],
        [Cell("主管部门"), department, *unit],
        [Cell("项目基本情况", down=2), Cell("项目年度目标"), goal],
        [Cell("年度目标完成情况"), _over(_said(figures, project, "实际完成"), 9)],
        *_money_b(figures, project),
        _captioned("绩效指标（90分）", listed, words(*INDICATORS_B)),
    ]
    rows += _indicator_rows(listed, _cells_b)
    weight, total = _totals(listed, score)
    rows.append([Cell("合计", across=8), weight, total, Cell("")])
    rows.append([Cell("评价结论"), _over(blank(), 10)])
    title = f"部门预算项目支出绩效自评表（{figures.year}年度）"
    return DraftTable(title, project["project"], rows, 0)


def _money_b(figures: Figures, project: dict[str, Any]) -> list[list[Cell]]:
    """The execution: in all, and by source."""
    done, score = _execution(project)
    rows = [
        [Cell("预算执行情况（10分）", down=4), *words(*MONEY_B), Cell("原因", across=3)],
        [Cell("总额"), *_money_row(project), done, Cell("10"), score, _over(_why(project), 3)],
    ]
    for label, source in (("其中：财政资金", "财政拨款"), ("单位资金", "单位资金")):
        part = _part_row(figures, project, source)
        rows.append([Cell(label), *part, *words("", "/", "/"), Cell("", across=3)])
    return rows


def _cells_b(one: dict[str, Any]) -> list[Cell]:
    target = plain(one["target"], place(one)) if one["target"] is not None else _whole_target(one)
    done = plain(one["actual"], place(one)) if one["actual"] is not None else actual(one)
    signs = [Cell(one["op"] or ""), target, Cell(one["unit"] or "")]
    return [*signs, done, plain(one["weight"]), plain(one["score"]), _reason(one)]


MONEY_C = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率")
INDICATORS_C = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)


def _layout_c(figures: Figures, project: dict[str, Any]) -> DraftTable:
    """The national form: the execution rate with its points, then the indicators."""
    _, score = _execution(project)
    listed = _listed(figures, project)
    department = _over(_said(figures, project, "主管部门"), 3)
    unit = [Cell("实施单位"), Cell(figures.unit, across=4)]
    goals = [_over(_said(figures, project, what), 4) for what in ("预期目标", "实际完成")]
    rows = [
        [Cell("项目名称"), Cell(project["project"], across=8)],
        [Cell("主管部门"), department, *unit],
        *_money_c(figures, project),
        [Cell("年度总体目标", down=2), Cell("预期目标", across=4), Cell("实际完成情况", across=4)],
        goals,
        _captioned("绩效指标", listed, words(*INDICATORS_C)),
    ]
    rows += _indicator_rows(listed, _cells_c)
    weight, total = _totals(listed, score)
    rows.append([Cell("总分", across=6), weight, total, Cell("")])
    return DraftTable(f"项目支出绩效自评表（{figures.year}年度）", project["project"], rows, 0)


def _money_c(figures: Figures, project: dict[str, Any]) -> list[list[Cell]]:
    """The money of the project: in all, and by source."""
    done, score = _execution(project)
    head = [Cell("项目资金（万元）", down=4), Cell(""), *words(*MONEY_C), Cell("得分", across=2)]
    whole = [Cell("年度资金总额"), *_money_row(project), Cell("10"), done, _over(score, 2)]
    rows = [head, whole]
    for label, source in (("其中：当年财政拨款", "财政拨款"), ("其他资金", "其他资金")):
        part = _part_row(figures, project, source)
        rows.append([Cell(label), *part, *words("—", "—"), Cell("—", across=2)])
    return rows


def _cells_c(one: dict[str, Any]) -> list[Cell]:
    answers = [_whole_target(one), _whole_actual(one)]
    return [*answers, plain(one["weight"]), plain(one["score"]), _reason(one)]
