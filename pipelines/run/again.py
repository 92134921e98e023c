"""A night with nothing new: what is published is taken over instead of being made again."""

from __future__ import annotations

from pipelines.run.context import RunContext
from pipelines.run.look import Checked, Collected, Settled, Texts, counts
from pipelines.run.stages import BY_OUTCOME, BY_SEVERITY, OUTCOMES, SEVERITIES


def compare(context: RunContext) -> None:
    """Whether tonight's inputs are those of the published set, which can then be taken over."""
    from pipelines.publish.takeover import standing
    from pipelines.run.inputs import inputs_digest

    look = context.look
    assert look.reading is not None
    entries = look.explained.entries
    context.inputs = inputs_digest(context.config, look.files, look.reading, entries, look.today)
    context.standing = standing(context.previous, context.inputs)


def take_over_facts(context: RunContext) -> Collected:
    """collect: the published datasets are linked."""
    from pipelines.publish.takeover import link_datasets

    assert context.previous
    link_datasets(context.con, context.previous, context.building)
    return Collected(context.look.counted("SELECT count(*) FROM facts"), 0, [])


def take_over_texts(context: RunContext) -> Texts:
    """narrative: nothing is read."""
    return Texts()


def take_over_checks(context: RunContext) -> Checked:
    """reconcile: the outcomes are those of the published set."""
    return Checked(counts(context.look, OUTCOMES, BY_OUTCOME))


def take_over_findings(context: RunContext) -> Settled:
    """settle: every finding persists."""
    from pipelines.publish.takeover import renew_findings

    assert context.previous
    renew_findings(context.con, context.previous, context.run_id)
    return Settled(counts(context.look, SEVERITIES, BY_SEVERITY))
