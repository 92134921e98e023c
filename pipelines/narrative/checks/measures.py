"""N-20: amounts with a unit, percentages with a sign, units with a number; 元 beside 万元 in one
sentence is a hint.
"""

from __future__ import annotations

import re

from pipelines.narrative.case import Case
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.leftovers import is_prose, short
from pipelines.narrative.figures import make_figure
from pipelines.narrative.normal import plain
from pipelines.narrative.sections import Paragraph
from pipelines.narrative.vocabulary import vocabulary

BARE = "请补上计量单位（如万元）：{item}{figure}"
EMPTY_AMOUNT = re.compile(
    r"(?:支出|收入|决算|合计|总计|费|增加|减少|增长|下降|预算数?|决算数|为|持平)(?:了)?(?P<u>万元|元|%)(?=[，。；、）]|占|$)"
)
EMPTY_SHARE = re.compile(r"占(?P<u>%)")
NO_SIGN = re.compile(
    r"(?:占(?:比|比重|比例)?(?:为)?|完成(?:全年|年初)?预算(?:的)?)(?P<n>\d+(?:\.\d+)?)(?=[，。；）]|$)"
)
# 占支出合计的89.69: a share of what is named has decimals, a count has none
NO_SIGN_OF = re.compile(r"占[^，。；（）\d]{1,20}的(?P<n>\d+\.\d+)(?=[，。；）]|$)")
NO_SIGN_RATE = re.compile(
    r"(?:增长|下降|[增降减涨升]幅(?:为)?|(?:增长|下降|完成|执行)率(?:为)?)(?P<n>\d+\.\d+)(?=[，。；）]|$)"
)
# 增加1.50 of a paragraph that counts in 万元; 增长1.50 lacks its per cent
NO_UNIT_CHANGE = re.compile(
    r"(?:增加|减少|[多少]支出)(?:了)?(?P<n>\d[\d,]*\.\d{1,6})(?=[，。；）]|（[增下减升降]|$)"
)
# a template says it of what there is no rate of (去年决算数为0元，无法计算增减比率)
YUAN = re.compile(r"(?<![\d.])(?!0(?:\.0+)?元[，、]?(?:无法|不能|不可))\d[\d.]*元(?!素|旦|月)")
WAN = re.compile(r"\d万元")
THRESHOLD = re.compile(
    r"(?:单(?:价|位价值)|原值|价值|限额|标准)[^，。；]{0,8}?\d+(?:\.\d+)?万?元(?:（含）)?(?:及)?以[上下]|每[人次件台天][^，。；]{0,8}?\d+(?:\.\d+)?元|(?:人均|批均|每批|次均|批次平均|车均|辆均|单车)[^，。；]{0,10}?\d+(?:\.\d+)?元"
)
# 0.94万元（9423.71元）: the same amount said again, to the last place of both
AGAIN = re.compile(r"(?P<w>\d+(?:\.\d+)?)(?P<u>万|亿)元（(?:即|合)?(?P<y>\d+(?:\.\d+)?)元）")


def collect(case: Case) -> None:
    """Units in the sections that give figures."""
    for paragraph in case.narrative.outline.paragraphs:
        if (
            not paragraph.endless
            and paragraph.section.kind in vocabulary().money_sections
            and is_prose(paragraph)
        ):
            _units(case, paragraph)
    _bare_numbers(case)


def _sentences(paragraph: Paragraph) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^。]+。?", paragraph.normal.text)]


def _units(case: Case, paragraph: Paragraph) -> None:
    for start, end in _sentences(paragraph):
        sentence = paragraph.normal.text[start:end]
        if re.match(r"（?(?:注：|图\d)", sentence) or not re.search(r"元|%|占", sentence):
            continue
        case.count("N-20")
        _without_number(case, paragraph, start, sentence)
        _without_sign(case, paragraph, start, sentence)
        if WAN.search(paragraph.normal.text):
            _change_without_unit(case, paragraph, start, sentence)
        _mixed(case, paragraph, start, sentence)


def _without_number(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    for pattern in (EMPTY_AMOUNT, EMPTY_SHARE):
        for found in pattern.finditer(sentence):
            if "单位" in sentence[max(0, found.start() - 6) : found.end()]:
                continue
            words = case.place("left", paragraph, start + found.start(), start + found.end())
            subject = f"{plain(paragraph.section.title) or '正文'}[缺少数字]"
            case.report(
                "N-20", subject, f"请补上数字或改写：“{words.quote}”有计量单位没有数字", [words]
            )


def _without_sign(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    for pattern in (NO_SIGN, NO_SIGN_OF, NO_SIGN_RATE):
        for found in pattern.finditer(sentence):
            words = case.place("left", paragraph, start + found.start(), start + found.end())
            subject = f"{plain(paragraph.section.title) or '正文'}[缺少百分号]"
            case.report("N-20", subject, f"请补上百分号：“{words.quote}”", [words])


def _change_without_unit(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    bare = {f.end for p, f, _ in case.narrative.reading.bare if p is paragraph}
    for found in NO_UNIT_CHANGE.finditer(sentence):
        if start + found.end() in bare:
            continue
        words = case.place("left", paragraph, start + found.start(), start + found.end())
        subject = f"{plain(paragraph.section.title) or '正文'}[增减额缺少单位]"
        case.report("N-20", subject, BARE.format(item="", figure=words.quote), [words])


def _mixed(case: Case, paragraph: Paragraph, start: int, sentence: str) -> None:
    """元 beside 万元 in one sentence; thresholds and standards (单价100万元以上, 每人50元) do not
    count.
    """
    masked = THRESHOLD.sub(lambda m: "＃" * len(m[0]), sentence)
    masked = AGAIN.sub(lambda m: "＃" * len(m[0]) if _is_again(m) else m[0], masked)
    yuan = list(YUAN.finditer(masked))
    if not yuan or not WAN.search(masked):
        return
    places = []
    for found in yuan:
        clause = max(masked.rfind(c, 0, found.start()) for c in "，。；：、") + 1
        places.append(case.place("left", paragraph, start + clause, start + found.end()))
    subject = f"{plain(paragraph.section.title) or '正文'}[元与万元混用]"
    listed = "、".join(f"“{short(p.quote or '')}”" for p in places[:4])
    more = f"等{len(places)}处" if len(places) > 4 else ""
    message = f"请统一计量单位：一句之中既有万元又有元，{listed}{more}"
    case.report("N-20", subject, message, places, severity="hint")


def _is_again(found: re.Match[str]) -> bool:
    """Whether an amount in 元 is the one in 万元 or 亿元 before it."""
    wide = make_figure(found["w"], found["u"] + "元", 0, 0)
    exact = make_figure(found["y"], "元", 0, 0)
    return bool(wide and exact and wide.interval.meets(exact.interval))


def _bare_numbers(case: Case) -> None:
    """A number after an item without a unit."""
    for paragraph, figure, item in case.narrative.reading.bare:
        text = paragraph.normal.text
        end = figure.end + (1 if text[figure.end : figure.end + 1] in "，。；、" else 0)
        start = max(case.clause_at(text, figure.start), figure.start - 20)
        words = case.place("left", paragraph, start, min(end, len(text)))
        subject = f"{plain(paragraph.section.title) or '正文'}[{plain(item.title)}缺少单位]"
        message = BARE.format(item=item.title, figure=plain(str(figure.number)))
        case.report("N-20", subject, message, [words])


CHECK = Check(
    name="measures",
    rules=("N-20",),
    title="金额有单位、百分数有百分号",
    message=BARE,
    run=collect,
    wrong="十、机关运行经费支出说明\n2023年度机关运行经费支出5.00，比上年增加1.00万元。",
    right="十、机关运行经费支出说明\n2023年度机关运行经费支出5.00万元，比上年增加1.00万元。",
)
