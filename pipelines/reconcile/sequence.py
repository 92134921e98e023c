"""The steps of reconciling in their order, each with the tables it reads, makes and changes.

``engine`` runs them; ``docs/reconcile.md`` is written from here. What is run only where something
fails is named, and loaded then.
"""

from __future__ import annotations

from typing import Any

from pipelines.reconcile.findings import create_tables, load_subjects, write_findings
from pipelines.reconcile.held import note_reach
from pipelines.reconcile.queries import apply_queries
from pipelines.reconcile.results import create_results, write_rules
from pipelines.reconcile.steps import Step
from pipelines.reconcile.submissions import load_world
from pipelines.reconcile.sums import judge, load_cells, load_checks, spread_cells
from pipelines.reconcile.terms import compile_terms, load_keys

FINDINGS = Step(create_tables, makes="raw_findings raw_cells")
RESULTS = Step(create_results, makes="check_results")
RULES = Step(write_rules, makes="rules")
WORLD = Step(
    load_world,
    reads="facts sheets submissions units",
    makes="rec_coarse rec_facts rec_sheets rec_prior rec_uy",
)
KEYS = Step(load_keys, reads="rec_facts rec_prior", makes="rec_keys")
TERMS = Step(compile_terms, reads="rec_keys", makes="rec_operands rec_instances rec_terms")
CHECKS = Step(load_checks, reads="rec_terms", makes="rec_checks rec_plain rec_rich")
SUBJECTS = Step(load_subjects, makes="rec_titles rec_subjects rec_optional rec_whole")
# Once a slice.
CELLS = Step(load_cells, reads="rec_facts rec_prior", makes="rec_base")
SPREAD = Step(spread_cells, reads="rec_base rec_terms", makes="rec_cells rec_map rec_targets")
JUDGE = Step(judge, reads="rec_cells rec_checks rec_plain rec_rich", makes="rec_closed rec_failed")
# Once a slice in which anything fails.
OPERANDS: Step[Any] = Step(
    "pipelines.reconcile.operand_cells:load_operands",
    reads="sheets lines layouts rec_facts rec_sheets rec_prior rec_uy rec_map rec_cells rec_terms "
    "rec_instances rec_operands rec_failed",
    makes="rec_ops rec_static rec_printed rec_wanted",
)
PRUNE: Step[Any] = Step(
    "pipelines.reconcile.operand_cells:prune",
    reads="lines sheets layouts rec_uy rec_map rec_targets rec_instances rec_operands "
    "rec_checks rec_subjects rec_optional rec_static rec_printed",
    makes="rec_dropped rec_backing",
    changes="rec_failed rec_ops",
)
FORGIVE: Step[Any] = Step(
    "pipelines.reconcile.moved_digits.forgive:forgive",
    reads="rec_cells rec_terms rec_closed",
    makes="rec_restored rec_rivals rec_moved",
    changes="rec_failed rec_ops",
)
SUSPECTS: Step[Any] = Step(
    "pipelines.reconcile.suspects:find_suspects",
    reads="lines sheets layouts rec_facts rec_uy rec_map rec_cells rec_plain rec_terms "
    "rec_instances rec_operands rec_checks rec_whole rec_closed rec_failed "
    "rec_dropped rec_restored",
    makes="rec_suspects rec_blamed rec_hopeless",
    changes="rec_ops rec_backing",
)
FORGIVE_CORRECTED: Step[Any] = Step(
    "pipelines.reconcile.moved_digits.forgive:forgive_corrected",
    reads="rec_cells rec_terms rec_closed rec_suspects",
    changes="rec_failed rec_ops rec_moved",
)
MISTYPED: Step[Any] = Step(
    "pipelines.reconcile.codes:find_mistyped",
    reads="lines rec_facts rec_titles rec_uy rec_map rec_cells rec_operands rec_failed "
    "rec_ops rec_hopeless",
    makes="rec_mistyped rec_miscoded",
    changes="rec_suspects",
)
HYPOTHESES: Step[Any] = Step(
    "pipelines.reconcile.hypotheses.stage:find_hypotheses",
    reads="lines sheets layouts rec_uy rec_keys rec_base rec_map rec_targets rec_cells "
    "rec_terms rec_checks rec_closed rec_suspects rec_hopeless rec_mistyped",
    makes="rec_explained rec_told",
    changes="rec_failed rec_dropped raw_findings raw_cells",
)
FORGIVE_TOLD: Step[Any] = Step(
    "pipelines.reconcile.moved_digits.forgive:forgive_told",
    reads="rec_keys rec_base rec_cells rec_terms rec_closed rec_ops rec_told",
    changes="rec_failed rec_dropped rec_explained raw_findings",
)
JOINT: Step[Any] = Step(
    "pipelines.reconcile.joint:settle_jointly",
    reads="rec_checks rec_failed rec_ops rec_told rec_moved",
    changes="rec_suspects",
)
FILLABLE: Step[Any] = Step(
    "pipelines.reconcile.advice.blank_cells:add_blank_cells",
    reads="rec_ops rec_suspects",
    makes="rec_blanks rec_new_keys",
    changes="rec_keys rec_instances rec_terms",
)
WITHDRAW: Step[Any] = Step(
    "pipelines.reconcile.advice.applied:withdraw_harmful",
    reads="rec_base rec_map rec_targets rec_cells rec_terms rec_checks rec_closed "
    "rec_failed rec_dropped",
    makes="rec_withdrawn",
    changes="rec_suspects",
)
SETS: Step[Any] = Step(
    "pipelines.reconcile.advice.sets:propose_sets",
    reads="rec_uy rec_keys rec_base rec_map rec_targets rec_cells rec_terms rec_checks "
    "rec_closed rec_failed rec_dropped rec_suspects rec_blamed rec_withdrawn rec_blanks",
    makes="rec_sets rec_unsolved",
)
NOT_FILLED: Step[Any] = Step(
    "pipelines.reconcile.advice.blank_cells:take_blank_cells_back",
    reads="rec_new_keys",
    changes="rec_keys rec_terms",
)
PUT_BACK: Step[Any] = Step(
    "pipelines.reconcile.hypotheses.stage:put_back", reads="rec_explained", changes="rec_failed"
)
BLANKS: Step[Any] = Step(
    "pipelines.reconcile.blanks:name_blank_cells",
    reads="lines sheets layouts rec_uy rec_cells rec_instances rec_operands rec_checks rec_failed",
    changes="rec_ops",
)
WRITE = Step(
    write_findings,
    reads="lines sheets rec_facts rec_prior rec_uy rec_titles rec_subjects rec_whole "
    "rec_base rec_instances rec_operands rec_checks rec_failed rec_ops rec_wanted "
    "rec_suspects rec_blamed rec_rivals rec_sets rec_unsolved rec_mistyped rec_miscoded "
    "rec_explained",
    changes="raw_findings raw_cells",
)
# Once, at the end.
REACH = Step(note_reach, reads="rec_keys rec_terms", makes="held_reach")
QUERIES = Step(apply_queries, reads="facts sheets units", changes="raw_findings raw_cells")

STEPS: tuple[Step[Any], ...] = (
    FINDINGS,
    RESULTS,
    RULES,
    WORLD,
    KEYS,
    TERMS,
    CHECKS,
    SUBJECTS,
    CELLS,
    SPREAD,
    JUDGE,
    OPERANDS,
    PRUNE,
    FORGIVE,
    SUSPECTS,
    FORGIVE_CORRECTED,
    MISTYPED,
    HYPOTHESES,
    FORGIVE_TOLD,
    JOINT,
    FILLABLE,
    WITHDRAW,
    SETS,
    NOT_FILLED,
    PUT_BACK,
    BLANKS,
    WRITE,
    REACH,
    QUERIES,
)
