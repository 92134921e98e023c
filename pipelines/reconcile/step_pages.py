"""Writes ``docs/reconcile.md``: what each step of reconciling reads, makes and changes.

``python -m pipelines.reconcile.step_pages [--check] docs/reconcile.md``
"""

from __future__ import annotations

import sys

from pipelines.pages import write_or_check
from pipelines.reconcile.sequence import STEPS
from pipelines.reconcile.steps import Step

HEAD = """# Reconcile, step by step

Written by `make docs` from `pipelines/reconcile/sequence.py`; do not edit by hand.

The rules become signed terms once (`terms`), the amounts of a slice of families become cells, and one join of both with a GROUP BY
says which instances of which rule fail. Only where something fails do the later steps run: they bring the operands with their cells,
take back what does not count after all, look for the cell, the row or the larger slip behind it, and write the findings.

Steps hand tables to each other within one DuckDB connection. Each declares the tables it reads, makes and changes; the runner
(`pipelines/reconcile/steps.py`) refuses a step whose tables are not there, and drops whatever a step made and did not declare.
Names that begin with `rec_` live only during the run; the others are datasets ([docs/datasets.md](datasets.md)) or become such.
"""  # noqa: E501 - a Markdown paragraph is one line
TABLE = ("| table | made by | changed by | read by |", "| --- | --- | --- | --- |")


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *_steps(), "## Tables", "", *TABLE, *_tables(), ""])


def _steps() -> list[str]:
    lines = []
    for number, step in enumerate(STEPS, 1):
        where = step.run.__module__.replace(".", "/")
        lines += [f"## {number}. `{step.name}` ({where}.py)", "", step.says, ""]
        for verb in ("reads", "makes", "changes"):
            if names := getattr(step, verb).split():
                lines.append(f"- {verb}: {_listed(names)}")
        lines.append("")
    return lines


def _tables() -> list[str]:
    names = {name for step in STEPS for name in (*step.needed, *step.made)}
    return [f"| `{name}` | {' | '.join(_users(name))} |" for name in sorted(names)]


def _users(name: str) -> list[str]:
    def users(verb: str) -> str:
        return _listed([s.name for s in STEPS if name in getattr(s, verb).split()])

    return [users(verb) for verb in ("makes", "changes", "reads")]


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def out_of_order(steps: tuple[Step, ...]) -> list[str]:
    """Tables of the run that a step wants before any step made them, as ``step: table``."""
    made: set[str] = set()
    early = []
    for step in steps:
        wanted = [name for name in step.needed if name.startswith("rec_")]
        early += [f"{step.name}: {name}" for name in wanted if name not in made]
        made |= set(step.made)
    return early


if __name__ == "__main__":
    raise SystemExit(write_or_check(sys.argv[1:], page()))
