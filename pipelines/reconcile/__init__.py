"""Reconcile: the rules over the facts, and what becomes of a finding."""

from pipelines.reconcile.engine import reconcile
from pipelines.reconcile.examples import ExampleResult, run_examples
from pipelines.reconcile.explain import explain
from pipelines.reconcile.settle import finding_id, settle
from schemas.rulebook import load_rulebook

__all__ = [
    "ExampleResult",
    "explain",
    "finding_id",
    "load_rulebook",
    "reconcile",
    "run_examples",
    "settle",
]
