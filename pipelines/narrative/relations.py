"""Relations between the figures of a document, judged together: which fail, and which figure is
most likely wrong.

A relation says how its figures hang together and what any one of them would have to be for it to
hold. One contradiction is one finding: the figure whose change settles the most failing relations
and upsets none is named first, and what that change settles is not reported again. What does not
belong here: which relations a document has (``checks/``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.narrative.figures import Figure, Interval
from schemas.observation import Place

Key = tuple[int, int]
Values = Mapping[Key, Interval]
UNITS_APART = 10_000  # 元 and 万元


@dataclass(frozen=True, slots=True)
class Term:
    """A figure in a relation: its identity, what it stands for, where it is printed; ``sign`` -1
    where it is taken off.
    """

    key: Key
    figure: Figure
    interval: Interval
    place: Place
    title: str = ""
    sign: int = 1

    def of(self, values: Values) -> Interval:
        """What it stands for, negative for a fall."""
        return self.signed(values.get(self.key, self.interval))

    def signed(self, interval: Interval) -> Interval:
        return interval if self.sign >= 0 else -interval


@dataclass(slots=True)
class Relation:
    """How some figures hang together.

    ``terms``: the one first suspected stands first. ``holds`` says whether values satisfy it,
    ``solve`` what a term would have to be (None: it cannot settle it), ``message`` what to tell
    when it fails. ``weight``: of several that one change settles, the heaviest is reported.
    """

    rule: str
    subject: str
    terms: tuple[Term, ...]
    holds: Callable[[Values], bool]
    solve: Callable[[Term, Values], Interval | None]
    message: Callable[[Values], str]
    difference: Callable[[Values], Fraction | None] = lambda values: None
    severity: str | None = None
    weight: int = 0


@dataclass(slots=True)
class Finding:
    """A relation that fails, the figure suspected (None where none would settle it), and what else
    it explains.
    """

    relation: Relation
    suspect: Term | None
    right: Interval | None
    explained: list[Relation] = field(default_factory=list)
    severity: str | None = None
    unit_slip: bool = False
    upset: int = 0  # relations that hold and that the change would break
    values: Values = field(default_factory=dict)


@dataclass(slots=True)
class _Choice:
    term: Term
    right: Interval
    fixed: list[Relation]
    broken: int
    rank: int
    slip: bool = False

    @property
    def score(self) -> tuple[int, int, bool, int]:
        """Settled less upset (upsetting weighs double), then a slip of the unit, then the term
        usually wrong.
        """
        return len(self.fixed) - 2 * self.broken, -self.broken, self.slip, -self.rank


def judge(relations: list[Relation], settled: dict[Key, Interval]) -> list[Finding]:
    """The contradictions among relations, one finding each.

    ``settled`` holds values known from the tables, and is added to.
    """
    values: dict[Key, Interval] = dict(settled)
    by_key = _by_figure(relations)
    open_ones = [r for r in relations if not r.holds(values)]
    found = []
    while open_ones:
        choice = _best(open_ones, by_key, values)
        finding = _finding(open_ones, choice, values)
        finding.values = dict(values)
        found.append(finding)
        done = {id(finding.relation), *(id(r) for r in finding.explained)}
        if choice is not None and not choice.broken:
            values[choice.term.key] = choice.right
            settled[choice.term.key] = choice.right
        open_ones = [r for r in open_ones if id(r) not in done]
    return found


def _by_figure(relations: list[Relation]) -> dict[Key, list[Relation]]:
    """The relations that each figure stands in."""
    found: dict[Key, list[Relation]] = defaultdict(list)
    for relation in relations:
        for term in relation.terms:
            found[term.key].append(relation)
    return found


def _best(
    open_ones: list[Relation], by_key: dict[Key, list[Relation]], values: Values
) -> _Choice | None:
    best: _Choice | None = None
    failing = {id(r) for r in open_ones}
    for relation in open_ones:
        for rank, term in enumerate(relation.terms):
            right = relation.solve(term, values)
            if right is None:
                continue
            choice = _try(term, right, rank, by_key[term.key], failing, values)
            if choice.fixed and (best is None or choice.score > best.score):
                best = choice
    return best


def _try(
    term: Term,
    right: Interval,
    rank: int,
    touched: list[Relation],
    failing: set[int],
    values: Values,
) -> _Choice:
    """What changing one figure would settle and upset."""
    right = term.signed(right)
    changed = {**values, term.key: right}
    fixed, broken = [], 0
    for relation in touched:
        holds = relation.holds(changed)
        if id(relation) in failing and holds:
            fixed.append(relation)
        elif id(relation) not in failing and not holds:
            broken += 1
    return _Choice(term, right, fixed, broken, rank, _unit_slip(term, right))


def _finding(open_ones: list[Relation], choice: _Choice | None, values: Values) -> Finding:
    if choice is None or (choice.broken and len(choice.fixed) == 1):
        relation = choice.fixed[0] if choice else open_ones[0]
        return Finding(relation, None, None, severity=_severity(relation, values, choice))
    main = max(choice.fixed, key=lambda r: r.weight)
    explained = [r for r in choice.fixed if r is not main]
    return Finding(
        main,
        choice.term,
        choice.right,
        explained,
        _severity(main, values, choice),
        _unit_slip(choice.term, choice.right),
        choice.broken,
    )


def _severity(relation: Relation, values: Values, choice: _Choice | None) -> str | None:
    """``hint`` where the difference is one of last digits and figures cut off instead of rounded
    explain it.
    """
    if choice is not None and not _last_digits(relation, choice):
        return relation.severity
    cut = {t.key: _cut_off(t) for t in relation.terms if t.key not in values}
    return "hint" if relation.holds({**values, **cut}) else relation.severity


def _last_digits(relation: Relation, choice: _Choice) -> bool:
    """Whether the suspected figure is off by no more than its last digit, or by one for each figure
    that makes it up.
    """
    figure = choice.term.figure
    unit = figure.step
    off = abs(choice.right.middle - abs(choice.term.interval.middle))
    return off <= unit * max(2, len(relation.terms) - 1)


def _cut_off(term: Term) -> Interval:
    """What a figure stands for if its last digit was cut off rather than rounded: up to one unit
    more.
    """
    figure = term.figure
    if figure.kind == "count" or (figure.number == 0 and figure.decimals == 0):
        return term.interval
    unit = figure.step
    amount = Fraction(figure.amount)
    return Interval(min(amount, term.interval.low), max(amount + unit, term.interval.high))


def _unit_slip(term: Term, right: Interval) -> bool:
    """Whether the figure is right but for 元 written for 万元 or the other way round."""
    if term.figure.unit not in ("元", "万元") or not term.figure.number or right.low <= 0:
        return False
    own = term.interval
    up = Interval(own.low * UNITS_APART, own.high * UNITS_APART)
    down = Interval(own.low / UNITS_APART, own.high / UNITS_APART)
    return up.meets(right) or down.meets(right)
