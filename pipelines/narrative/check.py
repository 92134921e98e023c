"""The narrative checked: N-01 … N-21, against the tables where they are there, and always against
itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.narrative.case import Case, CheckOutcome, NarrativeResult
from pipelines.narrative.checks import RELATIONS, SETTLING, WORDS, completion, shares
from pipelines.narrative.contradictions import report
from pipelines.narrative.lookup import FactLookup
from pipelines.narrative.read import Narrative

__all__ = ["CheckOutcome", "NarrativeResult", "check_narrative"]


def check_narrative(
    narrative: Narrative,
    facts: FactLookup | None = None,
    *,
    file: str,
    unit_code: str | None = None,
    unit_name: str | None = None,
    year: int | None = None,
    names: Iterable[str] = (),
    unit_type: str | None = None,
) -> NarrativeResult:
    """Checks a narrative.

    ``facts``: the unit's facts of the year and of the year before, or None. ``names``: the unit's
    name in the register first, then its aliases; empty without a register. ``unit_type``:
    单位基本性质, if known. Amounts in the result are in 元.
    """
    case = Case(
        narrative,
        facts,
        file,
        unit_code,
        unit_name or next(iter(narrative.unit_names), None),
        year or narrative.year,
        tuple(names),
        unit_type,
    )
    for check in (*SETTLING, *RELATIONS):
        check.run(case)
    report(case)
    shares.after(case)
    completion.after(case)
    for check in WORDS:
        check.run(case)
    case.observations.sort(key=_position)
    return NarrativeResult(case.observations, case.outcomes())


def _position(observation) -> tuple[str, int]:  # type: ignore[no-untyped-def]
    first = observation.places[0].cell if observation.places else None
    return observation.rule_id, int(first.split("-")[0]) if first and first[0].isdigit() else 0
