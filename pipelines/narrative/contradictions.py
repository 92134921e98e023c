"""The contradictions of a document as findings: one each, with all its figures and the one most
likely wrong first.

What does not belong here: how contradictions are told apart (``relations.py``).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pipelines.narrative.case import Case, amount, percent
from pipelines.narrative.figures import Figure, Interval
from pipelines.narrative.relations import Finding, Relation, Term, judge
from schemas.observation import Place

MOST_PLACES = 40  # more are nobody's reading; the count is told
ALSO = "；由此还有：{what}"
MORE = "等{number}处"
TOLD = 2  # further contradictions that a message tells in full
RIGHT = "请改{title}{figure}为{right}（改后各处相符）："
LIKELY = "请核对{title}{figure}，疑应为{right}："
UNIT = "；{figure}的计量单位疑有误"


def report(case: Case) -> None:
    """Judges the relations of the case and reports what contradicts."""
    relations = [r for r in case.relations if not _doubtful(case, r)]
    for finding in judge(relations, case.settled):
        _one(case, finding)


def _doubtful(case: Case, relation: Relation) -> bool:
    """Whether a relation rests on a figure that another finding already names."""
    return any(t.key in case.doubtful for t in relation.terms)


def _one(case: Case, finding: Finding) -> None:
    relation = finding.relation
    message = _suspected(finding) + relation.message(finding.values) + _explained(finding)
    rule = "N-20" if finding.unit_slip else relation.rule
    if finding.unit_slip and finding.suspect is not None:
        message += UNIT.format(figure=finding.suspect.figure.text)
    case.report(
        rule,
        relation.subject,
        message,
        _places(finding),
        difference=relation.difference(finding.values),
        severity=finding.severity if not finding.unit_slip else None,
    )


def _suspected(finding: Finding) -> str:
    """Which figure is most likely wrong, where more than one relation says so."""
    term, right = finding.suspect, finding.right
    if term is None or right is None or not finding.explained or right.middle < 0:
        return ""
    figure = term.figure
    meant = _as_printed(figure, right)
    if figure.kind == "percent":
        told = percent(meant)
    else:
        told = amount(meant, figure.kind == "money", figure.unit)
    template = LIKELY if finding.upset else RIGHT
    return template.format(title=term.title, figure=figure.text, right=told)


def _as_printed(figure: Figure, right: Interval) -> Fraction:
    """What a figure should be, to the last digit that it is printed with where that will do."""
    digit = Fraction(figure.factor, 10**figure.decimals)
    rounded = round(right.middle / digit) * digit
    return rounded if right.low <= rounded <= right.high else right.middle


def _explained(finding: Finding) -> str:
    """What else the same figure makes wrong."""
    others = list(dict.fromkeys(r.message(finding.values) for r in finding.explained))
    if not others:
        return ""
    more = MORE.format(number=len(others)) if len(others) > TOLD else ""
    return ALSO.format(what="；".join(others[:TOLD])) + more


def _places(finding: Finding) -> list[Place]:
    """All figures of a contradiction, the suspected one first."""
    terms: list[Term] = [finding.suspect] if finding.suspect else []
    for relation in (finding.relation, *finding.explained):
        terms += relation.terms
    found: dict[tuple[int, int], Place] = {}
    for number, term in enumerate(terms):
        found.setdefault(term.key, replace(term.place, role="left" if not number else "right"))
    return list(found.values())[:MOST_PLACES]
