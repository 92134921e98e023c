"""Reconcile: the rules over the facts, and what becomes of a finding."""

from pipelines.reconcile.engine import reconcile
from pipelines.reconcile.examples import ExampleResult, run_examples

__all__ = ["ExampleResult", "reconcile", "run_examples"]
