"""What a unit had and took in is what it spent and kept, where a paragraph lists all of it."""

from __future__ import annotations

from collections import defaultdict

from pipelines.narrative.case import Case, amount
from pipelines.narrative.checks.declared import Check
from pipelines.narrative.checks.parts import unique
from pipelines.narrative.checks.unfinished import open_ended
from pipelines.narrative.entries import Entry
from pipelines.narrative.figures import total
from pipelines.narrative.kinds.sums import balance
from pipelines.narrative.relations import Term, Values
from pipelines.narrative.values import said
from pipelines.narrative.vocabulary import Balance, vocabulary

MESSAGE = "{incoming}合计{had}与{outgoing}合计{went}不符，相差{gap}"


def collect(case: Case) -> None:
    """Every paragraph that lists all members of a balance."""
    for rule in vocabulary().balances:
        members = {*rule.incoming, *rule.outgoing, *rule.also_in, *rule.also_out}
        paragraphs: dict[int, list[Entry]] = defaultdict(list)
        for item in sorted(members):
            for given in said(case, item):
                paragraphs[id(given.entry.paragraph)].append(given.entry)
        for entries in paragraphs.values():
            _paragraph(case, rule, unique(sorted(entries, key=lambda e: e.start)))


def _paragraph(case: Case, rule: Balance, entries: dict[str, Entry]) -> None:
    if any(item not in entries for item in (*rule.incoming, *rule.outgoing)):
        return
    # Where none of the rarer members is listed, one that is not nought may have been left out.
    rare = {*rule.also_in, *rule.also_out}
    if rare and not entries.keys() & rare:
        return
    if open_ended(case, list(entries.values())):
        return
    case.count(rule.rule)
    incoming = _terms(case, entries, (*rule.incoming, *rule.also_in))
    outgoing = _terms(case, entries, (*rule.outgoing, *rule.also_out))
    subject = case.subject(entries[rule.outgoing[0]]) + "平衡"
    case.relations.append(
        balance(incoming, outgoing, rule.rule, subject, lambda v: _words(incoming, outgoing, v))
    )


def _terms(case: Case, entries: dict[str, Entry], items: tuple[str, ...]) -> list[Term]:
    found = [entries[item] for item in items if item in entries]
    return [case.term(entry, entry.values[0]) for entry in found]


def _words(incoming: list[Term], outgoing: list[Term], values: Values) -> str:
    had = total(t.of(values) for t in incoming).middle
    went = total(t.of(values) for t in outgoing).middle
    unit = incoming[0].figure.unit
    return MESSAGE.format(
        incoming="、".join(t.title for t in incoming),
        outgoing="、".join(t.title for t in outgoing),
        had=amount(had, True, unit),
        went=amount(went, True, unit),
        gap=amount(abs(had - went), True, unit),
    )


HEAD = "一、收支决算总体情况说明\n2023年度年初结转和结余2.00万元，本年收入10.00万元，"
CHECK = Check(
    name="balances",
    rules=("N-01", "N-04"),
    title="收入与支出、结转结余平衡",
    message=MESSAGE,
    run=collect,
    wrong=f"{HEAD}本年支出11.00万元，结余分配0万元，年末结转和结余3.00万元。",
    right=f"{HEAD}本年支出11.00万元，结余分配0万元，年末结转和结余1.00万元。",
)
