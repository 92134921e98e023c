"""The tables of results in a drafted report: quantity indicators, progress, residuals,
violations, scores.

What is known comes from the performance material that was read and from ``performance.yml``;
the rest is a place to fill.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from pipelines.performance.draft.figures import Figures, place
from pipelines.performance.draft.model import Cell, DraftTable, blank, money, plain, rate, words

MONTHS = ("6月", "9月", "11月")
ANSWERED = (
    "JX14",
    "JX05",
    "JX18",
)  # where an indicator's actual value stands; a declaration has none
SCHEME_COLUMNS = (
    "指标分值",
    "指标解释",
    "计分标准",
    "依据资料",
    "评价过程（只写扣分项的原因）",
    "自评得分",
)
TENTH = Decimal("0.1")


def indicators_of(figures: Figures, project: dict[str, Any]) -> list[dict[str, Any]]:
    """A project's indicators: as declared, else as first evaluated; each once, with its actual
    value where one is known.
    """
    names = set((project["names"] or "").split("|")) | {project["project"]}
    own = [i for i in figures.indicators if i["project"] in names]
    for source in ("JX17", "JX14", "JX05"):
        listed = [i for i in own if i["source"] == source]
        if listed:
            return [_answered(i, own) for i in listed]
    return []


def _answered(one: dict[str, Any], own: list[dict[str, Any]]) -> dict[str, Any]:
    """An indicator with the actual value, score and reason of the table that gives them."""
    if one["source"] in ANSWERED:
        return one
    for other in own:
        if other["source"] in ANSWERED and other["name"] == one["name"]:
            kept = (
                "actual",
                "actual_raw",
                "met",
                "rate",
                "score",
                "reason",
                "file",
                "sheet",
                "cell",
            )
            return one | {k: other[k] for k in kept}
    return one


def is_counted(one: dict[str, Any]) -> bool:
    """Whether an indicator belongs into the table of quantity indicators."""
    return one["source"] == "JX05" or "数量" in (one["level2"] or "")


def actual(one: dict[str, Any]) -> Cell:
    """The answer of an indicator; a quantity that was answered in words is asked for again."""
    if not one["actual_raw"]:
        return blank()
    if one["target"] is not None and one["actual"] is None and is_counted(one):
        return blank()
    return Cell(one["actual_raw"], place(one))


def goals(figures: Figures) -> DraftTable | None:
    """目标完成: the quantity indicators of every project; None where there are none."""
    head = (
        "单位名称",
        "项目",
        "数量指标",
        "指标性质",
        "目标值",
        "单位",
        "完成值",
        "完成率",
        "未完成原因",
    )
    rows = [words(*head)]
    for project in figures.projects:
        for number, one in enumerate(i for i in indicators_of(figures, project) if is_counted(i)):
            name = Cell(project["project"] if number == 0 else "")
            rows.append([Cell(figures.unit if len(rows) == 1 else ""), name, *_goal(one)])
    return DraftTable("数量指标完成情况表", "目标完成", rows) if len(rows) > 1 else None


def _goal(one: dict[str, Any]) -> list[Cell]:
    done = actual(one)
    late = one["met"] is False and not one["reason"]
    why = Cell(one["reason"] or "", place(one) if one["reason"] else "")
    target = Cell(one["target_raw"] or "")
    if one["target"] is not None:
        target = plain(one["target"], place(one))
    number = plain(one["actual"], done.source) if one["actual"] is not None else done
    words_of = (Cell(one["name"]), Cell(one["op"] or ""), target, Cell(one["unit"] or ""))
    return [*words_of, number, _share(one, done), blank() if late else why]


def _share(one: dict[str, Any], done: Cell) -> Cell:
    """The completion rate as the form has it: 100 where the target is reached, however far."""
    if one["met"]:
        return Cell("100%", done.source)
    return Cell(f"{one['rate']:.2f}%", done.source) if one["rate"] is not None else blank()


def progress(figures: Figures) -> DraftTable:
    """执行进度: paid against the year's budget at three dates."""
    targets = dict(zip(MONTHS, ("40%", "67.5%", "82.5%"), strict=True))
    rows = [words("序时进度", "目标值", "实际值", "差异率", "原因分析")]
    given = figures.manual.get("progress")
    known = {f"{k}月": v for k, v in given.items()} if isinstance(given, dict) else {}
    for month in MONTHS:
        number, where = figures.cell("JX08", "", month, "实际值")
        if month in known:
            number, where = Decimal(str(known[month])), "performance.yml\tprogress"
        rows.append([Cell(month), Cell(targets[month]), *_paid(number, where, targets[month])])
    return DraftTable("执行进度表", "执行进度", rows)


def _paid(number: Decimal | None, where: str, target: str) -> list[Cell]:
    if number is None:
        return [blank(), blank(), Cell("")]
    done = Cell(f"{number.normalize():f}%", where, number / 100, percent=True)
    gap = number - Decimal(target.removesuffix("%"))
    if gap >= 0:
        return [done, Cell("/"), Cell("/")]
    return [done, Cell(f"{gap.normalize():f}%", where, gap / 100, percent=True), blank()]


def residuals(figures: Figures) -> DraftTable | None:
    """资金结余率: every project with what was left of its money; None where no project is known."""
    rows = [
        words(
            "部门预算项目", "预算金额", "预算执行", "预算完成率", "资金结余率", "是否小于0.1（10%）"
        )
    ]
    for one in figures.projects:
        source = f"项目数据集 projects（{one['sources']}）"
        budget, spent = one["budget"], one["executed"]
        left = None if budget is None or spent is None else budget - spent
        rest = rate(left, budget, source)
        small = (
            blank() if rest.number is None else Cell("是" if rest.number < TENTH else "否", source)
        )
        cells = [money(budget, source), money(spent, source), rate(spent, budget, source), rest]
        rows.append([Cell(one["project"]), *cells, small])
    return DraftTable("资金结余率表", "资金结余率", rows, unit="万元") if len(rows) > 1 else None


def violations(figures: Figures) -> DraftTable:
    """违规记录: the problems that were listed, else one place to fill."""
    rows = [words("单位", "提出的问题", "整改情况", "相关材料及说明")]
    for key in figures.rows_of("JX11"):
        cells = []
        for column in ("问题", "整改", "材料"):
            said, where = figures.text("JX11", "", key, column)
            cells.append(Cell(said, where) if said else blank())
        rows.append([Cell(figures.unit if len(rows) == 1 else ""), *cells])
    if len(rows) == 1:
        rows.append([Cell(figures.unit), blank(), blank(), blank()])
    return DraftTable("违规记录表", "违规记录", rows)


def points(row: dict[str, Any]) -> Cell:
    """The computed score of an indicator; a place to fill where a person must say, or where
    only a range is known.
    """
    if row["computed"] is None:
        return blank()
    return plain(row["computed"], f"{row['source'] or '计算'} {row['process'] or ''}".strip())


def lost(row: dict[str, Any]) -> Cell:
    """Why points were lost: the calculation, for a person to put into words."""
    if row["computed"] is None or row["computed"] >= row["weight"]:
        return Cell("")
    return Cell(f"按计分标准计算：{row['process'] or row['source']}")


def _total(figures: Figures) -> Cell:
    """The unit's own total; open while one of the scores it gives itself is."""
    own = [r for r in figures.scores if r["seq"] and not _by_others(figures, r)]
    if not own or any(r["computed"] is None for r in own):
        return blank()
    return plain(sum((r["computed"] for r in own), Decimal(0)), "各项得分之和")


def _by_others(figures: Figures, row: dict[str, Any]) -> bool:
    """Whether the evaluators give the score, not the unit (自评准确)."""
    indicator = figures.scheme.indicator(row["indicator"]) if figures.scheme else None
    return indicator is not None and indicator.method == "spot_check"


def _own_points(figures: Figures, row: dict[str, Any]) -> Cell:
    return Cell("/") if _by_others(figures, row) else points(row)


def _levels(figures: Figures) -> list[tuple[Cell | None, Cell | None, dict[str, Any]]]:
    """Every indicator with the captions that begin at it, each with the points below it and
    how many rows it covers.
    """
    found = []
    for _, one in groupby(figures.scores, key=lambda r: r["level1"]):
        group = list(one)
        upper: Cell | None = _caption(group, "level1")
        for _, two in groupby(group, key=lambda r: r["level2"]):
            rows = list(two)
            lower: Cell | None = _caption(rows, "level2")
            for row in rows:
                found.append((upper, lower, row))
                upper = lower = None
    return found


def _caption(rows: list[dict[str, Any]], level: str) -> Cell:
    weight = sum((r["weight"] for r in rows), Decimal(0)).normalize()
    return Cell(f"{rows[0][level] or ''}（{weight:f}分）", down=len(rows))


def self_scores(figures: Figures) -> DraftTable | None:
    """评价结论: every indicator with weight, score and why points were lost; None without a
    scheme.
    """
    if not figures.scores:
        return None
    rows = [words("一级指标", "二级指标", "三级指标", "指标分值", "自评得分", "扣分原因")]
    for upper, lower, row in _levels(figures):
        captions = [c for c in (upper, lower) if c is not None]
        weight = plain(row["weight"])
        rows.append(
            [*captions, Cell(row["indicator"]), weight, _own_points(figures, row), lost(row)]
        )
    return DraftTable("部门整体支出绩效自评得分表", "自评得分", rows)


def scheme_table(figures: Figures) -> DraftTable | None:
    """附件1: the same with explanation, standard, evidence and the calculation."""
    if not figures.scores:
        return None
    rows = [
        [Cell("绩效指标", across=3), *(Cell(text, down=2) for text in SCHEME_COLUMNS)],
        words("一级指标", "二级指标", "三级指标"),
    ]
    for upper, lower, row in _levels(figures):
        captions = [c for c in (upper, lower) if c is not None]
        texts = words(row["explain"] or "", row["standard"] or "", row["evidence"] or "")
        cells = [Cell(row["indicator"]), plain(row["weight"]), *texts, lost(row)]
        rows.append([*captions, *cells, _own_points(figures, row)])
    total = sum((r["weight"] for r in figures.scores), Decimal(0))
    rows.append([Cell("自评总分", across=3), plain(total), *words("", "", "", ""), _total(figures)])
    return DraftTable(f"{figures.year}年部门整体支出绩效评价指标体系", "附件1", rows, 2)


def total_cell(figures: Figures) -> Cell:
    return _total(figures)
