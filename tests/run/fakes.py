"""Small stand-ins for the rules and the reports, so that tests of the run itself take no time and
stand alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pipelines.collect.load as load
import pipelines.publish.wide as wide
from pipelines import organisation
from schemas import frames
from schemas.dataset import Dataset
from schemas.observation import Observation

BOOK = SimpleNamespace(rules={}, version="fake")


def _load(con, dataset: Dataset, rows: list[dict]) -> None:
    con.register("incoming", dataset.table(rows))
    con.execute(f"CREATE OR REPLACE TABLE {dataset.name} AS SELECT * FROM incoming")
    con.unregister("incoming")


def reconcile(con, book, observations=(), years=None) -> None:
    """One rule, passed by every unit and year."""
    units = con.execute(
        "SELECT DISTINCT unit_code, unit_name, year FROM facts ORDER BY ALL"
    ).fetchall()
    results = [
        {
            "rule_id": "T-01",
            "unit_code": c,
            "unit_name": n,
            "year": y,
            "outcome": "pass",
            "instances": 1,
            "failed": 0,
        }
        for c, n, y in units
    ]
    rule = {
        "rule_id": "T-01",
        "title": "试",
        "family": "表内",
        "severity": "error",
        "formula": "A = B",
    }
    _load(con, frames.CHECK_RESULTS, results)
    _load(con, frames.RULES, [rule])


def settle(
    con,
    observations: list[Observation],
    *,
    run_id,
    previous,
    explanations=(),
    today=None,
    rules=None,
    year=None,
) -> None:
    """Every observation a finding."""
    before = (
        {r["finding_id"]: r["first_run"] for r in previous.to_pylist()}
        if previous is not None
        else {}
    )
    found: dict[str, dict] = {}
    for o in observations:
        key = f"{o.rule_id}|{o.unit_name}|{o.year}|{o.subject}"
        found[key] = {
            "finding_id": key,
            "rule_id": o.rule_id,
            "severity": o.severity,
            "status": "open",
            "cause": key,
            "change": "persisting" if key in before else "new",
            "unit_code": o.unit_code,
            "unit_name": o.unit_name,
            "year": o.year,
            "subject": o.subject,
            "message": o.message,
            "difference": o.difference,
            "first_run": before.get(key, run_id),
            "last_run": run_id,
        }
    _load(con, frames.FINDINGS, [found[k] for k in sorted(found)])
    _load(con, frames.FINDING_CELLS, [])


def deliver(db: Path, raw: Path, out: Path, *, run_id: str, **_: Any) -> dict:
    """Two files with the run's id in them."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("summary.xlsx", "index.html"):
        (out / name).write_text(run_id, encoding="utf-8")
    return {}


def _module(name: str, **members) -> None:
    """A stand-in for a module; what lies below a package is still found there."""
    made = ModuleType(name)
    folder = Path(__file__).parents[2].joinpath(*name.split("."))
    if folder.is_dir():
        made.__path__ = [str(folder)]
    made.__dict__.update(members)
    sys.modules[name] = made


def install_reports() -> None:
    """Stand-ins for the reports only."""
    _module("pipelines.deliver.deliver", deliver=deliver)


def install() -> None:
    """Put the stand-ins where the stages are imported from; for processes that run nothing else."""
    _module("pipelines.reconcile", reconcile=reconcile, settle=settle)
    _module("pipelines.deliver.deliver", deliver=deliver)
    _module(
        "schemas.explanations",
        load_explanations=lambda *_: ([], []),
        explanations_in_rows=lambda *_: ([], []),
    )
    organisation.rulebook = lambda config: BOOK  # type: ignore[assignment]


def unchecked(dataset: Dataset, batch: Any, thorough: bool = True) -> Any:
    """Stands for ``check_batch``."""
    return batch


def no_wide(*_: Any) -> int:
    """Stands for ``write_wide``."""
    return 0


def install_quick() -> None:
    """Beside the stand-ins: no batch is validated and no wide table written, a quarter of a small
    night. Both are asked of runs whose rules are real.
    """
    install()
    load.check_batch = unchecked
    wide.write_wide = no_wide
