"""E-02 … E-11: the unit's own scores against what the scheme gives for its tables."""

from __future__ import annotations

from pipelines.performance.arithmetic import plain_number
from pipelines.performance.case import Case
from pipelines.performance.scoring import Scored, score_all

RULES = {
    "target_setting": "E-02", "target_reached": "E-03", "deviation_bands": "E-04",
    "disposal": "E-05",
    "progress": "E-06", "completion": "E-07", "residual": "E-08", "violations": "E-09",
    "unresolved": "E-10", "spot_check": "E-11",
}  # fmt: skip


def check(case: Case) -> None:
    if case.scheme is None:
        for rule in RULES.values():
            case.lack(rule, "未登记的指标体系，得分部分未执行")
        return
    for scored in score_all(case):
        method = scored.indicator.method
        if method in RULES:
            _judge(case, RULES[method], scored)


def _judge(case: Case, rule: str, scored: Scored) -> None:
    score, printed = scored.score, scored.entry
    if not score.known:
        case.lack(rule, score.reason)
        return
    if printed.value.number is None:
        case.lack(rule, "没有印出该指标的得分")
        return
    if cause := _wrong_input(case, rule):
        case.lack(rule, f"得分所依据的{cause}有误，改正后再核对")
        return
    case.count(rule)
    number = printed.value.number
    places = printed.value.decimals
    half = printed.value.half if places >= 2 else printed.value.half * 0
    if not score.fits(number, half):
        _fail(case, rule, scored)
    elif score.low != score.high and rule == "E-03" and number == scored.indicator.weight:
        name = scored.indicator.name
        message = (
            f"“{name}”自评 {printed.text} 分，按表只能定为 {_range(scored)}"
            f" 分（{score.process}；{score.reading}）"
        )
        case.fail(
            rule,
            f"{name}/区间",
            message,
            list(scored.printed.values()),
            score.inputs,
            severity="review",
        )


def _wrong_input(case: Case, rule: str) -> str:
    """The table whose wrong amount a score rests on: one cause is one finding."""
    if rule == "E-06" and case.is_settled("进度", *(r.get("实际值") for r in case.pack.of("JX08"))):
        return "执行进度表"
    total = case.pack.row("JX03", "总计")
    if rule == "E-07" and total is not None:
        cells = total.get("预算执行"), total.get("调整后预算")
        return "年度预算执行表" if case.is_settled("E-20", *cells) else ""
    return ""


def _fail(case: Case, rule: str, scored: Scored) -> None:
    score, name = scored.score, scored.indicator.name
    own = scored.own
    low = score.low
    assert own is not None and low is not None
    message = (
        f"“{name}”自评 {plain_number(own)} 分，按{score.source}计算为 {_range(scored)} 分"
        f"（{score.process}），相差 {plain_number(own - low)} 分"
    )
    for entry in scored.printed.values():
        case.settle("得分", entry)
    case.fail(
        rule, name, message, list(scored.printed.values()), score.inputs, difference=own - low
    )


def _range(scored: Scored) -> str:
    low, high = scored.score.low, scored.score.high
    return plain_number(low) if low == high else f"{plain_number(low)} 至 {plain_number(high)}"
