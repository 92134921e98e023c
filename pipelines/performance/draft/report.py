"""The whole draft: headings, sentences and tables in the order of a performance report. The
wording is our own.
"""

from __future__ import annotations

from pipelines.performance.draft import money_tables as money_draft
from pipelines.performance.draft import result_tables as results
from pipelines.performance.draft.figures import Figures
from pipelines.performance.draft.model import OPEN, Draft, DraftTable
from pipelines.performance.draft.projects import project_table

NO_PROJECTS = (
    "没有读到项目清单。请把绩效目标申报表、可执行指标执行情况表或项目自评表放入收件文件夹，运行后重新起草；"
    f"或在此填写：{OPEN}"
)
NO_SCHEME = f"没有登记本年度的指标体系，附件1 没有起草。请登记后重新起草，或在此填写：{OPEN}"


def build(figures: Figures, layout: str) -> Draft:
    """The draft of a unit and year; ``layout`` of the project tables is A, B or C."""
    title = f"{figures.unit}{figures.year}年度部门整体支出绩效评价报告"
    draft = Draft(title, figures.unit, figures.year)
    draft.say(draft.title, "title")
    _people(draft, figures)
    _money(draft, figures)
    _goals(draft, figures)
    _management(draft, figures)
    _results(draft, figures)
    _conclusion(draft, figures)
    _attachments(draft, figures, layout)
    return draft


def _people(draft: Draft, figures: Figures) -> None:
    draft.say("一、部门概况", "heading1")
    draft.say("（一）人员概况", "heading2")
    number, _ = figures.cell("JX01", "", "人员", "本年/实有数")
    count = OPEN if number is None else f"{number:.0f}"
    draft.say(f"截至{figures.year}年底，实有在职人员{count}人。机构设置和主要职责：{OPEN}")
    draft.blocks.append(money_draft.staff(figures))


def _money(draft: Draft, figures: Figures) -> None:
    draft.say("二、部门资金收支情况", "heading1")
    draft.say("（一）年度预算", "heading2")
    draft.blocks.append(money_draft.income(figures))
    draft.say("（二）年度预算执行", "heading2")
    draft.blocks.append(money_draft.spending(figures))
    items = money_draft.basic_items(figures)
    if items is not None:
        draft.say("（三）基本支出分项目情况", "heading2")
        draft.blocks.append(items)


def _goals(draft: Draft, figures: Figures) -> None:
    draft.say("三、部门整体绩效分析", "heading1")
    draft.say("（一）预算编制", "heading2")
    draft.say("1.目标制定", "heading3")
    if figures.projects:
        draft.say(f"本部门对{len(figures.projects)}个项目编制了绩效目标。")
    draft.say(f"要素完整、细化量化和集体决策的情况及依据：{OPEN}")
    draft.say("2.目标完成", "heading3")
    _add(draft, results.goals(figures), NO_PROJECTS)


def _add(draft: Draft, table: DraftTable | None, otherwise: str) -> None:
    if table is None:
        draft.say(otherwise)
    else:
        draft.blocks.append(table)


def _management(draft: Draft, figures: Figures) -> None:
    draft.say("（二）预算执行", "heading2")
    draft.say("1.支出控制", "heading3")
    draft.blocks.append(money_draft.control(figures, _items(figures)))
    draft.say("2.及时处置", "heading3")
    draft.blocks.append(money_draft.disposal(figures))
    draft.say("3.执行进度", "heading3")
    draft.blocks.append(results.progress(figures))


def _items(figures: Figures) -> list[str]:
    """The items whose control is scored, as the scheme lists them."""
    indicators = figures.scheme.indicators if figures.scheme else ()
    found = next((i.params["items"] for i in indicators if i.method == "deviation_bands"), None)
    return [str(i) for i in found] if found else list(money_draft.CONTROLLED)


def _results(draft: Draft, figures: Figures) -> None:
    draft.say("（三）完成结果", "heading2")
    draft.say("1.预算完成", "heading3")
    draft.blocks.append(money_draft.finished(figures))
    draft.say("2.资金结余率", "heading3")
    _add(draft, results.residuals(figures), NO_PROJECTS)
    draft.say("3.违规记录", "heading3")
    draft.blocks.append(results.violations(figures))
    draft.say("（四）绩效结果应用", "heading2")
    draft.say(f"内部应用、信息公开和整改反馈的情况及依据：{OPEN}")


def _conclusion(draft: Draft, figures: Figures) -> None:
    draft.say("四、评价结论及建议", "heading1")
    draft.say("（一）评价结论", "heading2")
    table = results.self_scores(figures)
    if table is not None:
        total = results.total_cell(figures).text
        draft.say(f"{figures.year}年本部门整体支出自评得分{total}分，各项得分如下。")
    _add(draft, table, NO_SCHEME)
    draft.say("（二）存在问题和改进建议", "heading2")
    draft.say(OPEN)


def _attachments(draft: Draft, figures: Figures, layout: str) -> None:
    draft.say("附件1", "heading1")
    _add(draft, results.scheme_table(figures), NO_SCHEME)
    draft.say("附件2", "heading1")
    if not figures.projects:
        draft.say(NO_PROJECTS)
    for project in figures.projects:
        draft.blocks.append(project_table(figures, project, layout))
