"""A small published database to try the reports on: consistent made-up units
(``model_amounts.py``), and results put in by hand (``model_results.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from model_amounts import NAMES, add_unit
from model_results import UNIT_A, UNIT_B, add_checks, add_findings

from schemas.frames import DATASETS

__all__ = ["UNIT_A", "UNIT_B", "Model", "facts_of", "small_model"]


@dataclass
class Model:
    """Rows of every dataset; ``write`` makes the database."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    amounts: dict[tuple, int] = field(default_factory=dict)

    def fact(
        self,
        unit: tuple[str | None, str],
        year: int,
        form: str,
        block: str,
        row: str,
        col: str,
        fen: int,
        **more: Any,
    ) -> None:
        used = self.tables["_cells"]
        used.append({})
        base = {
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "form": form,
            "block": block,
            "row_key": row,
            "row_label": NAMES.get(row, row),
            "col_key": col,
            "col_label": col,
            "amount": Decimal(fen) / 100,
            "decimals": 2,
            "state": "number",
            "raw": str(Decimal(fen) / 100),
            "file": f"{unit[0] or unit[1]}_{year}.xlsx",
            "sheet": form,
            "cell": f"C{len(used)}",
        }
        self.amounts[(unit[0] or unit[1], year, form, block, row, col)] = fen
        self.tables["facts"].append(base | more)

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as con:
            for name, dataset in DATASETS.items():
                con.register("incoming", dataset.table(self.tables[name]))
                con.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
                con.unregister("incoming")
        return path

    def run(self, run_id: str = "20240101T000000Z-01", **more: Any) -> None:
        zeros = dict.fromkeys(
            (
                "units",
                "files_read",
                "files_quarantined",
                "files_ignored",
                "facts",
                "numbers_seen",
                "numbers_structural",
                "numbers_left_out",
                "errors",
                "reviews",
                "hints",
            ),
            0,
        )
        moment = datetime(2024, 1, 1, tzinfo=UTC)
        row = {
            "run_id": run_id,
            "started_at": moment,
            "finished_at": moment,
            "verdict": "有错误",
            "versions": "{}",
        }
        self.tables["runs"].append(zeros | row | more)

    def finding(
        self,
        unit: tuple[str | None, str | None],
        year: int | None,
        rule: str,
        subject: str,
        cells: list[dict],
        **more: Any,
    ) -> str:
        number = len(self.tables["findings"]) + 1
        base = {
            "finding_id": f"f{number:05d}",
            "rule_id": rule,
            "severity": "error",
            "status": "open",
            "change": "new",
            "unit_code": unit[0],
            "unit_name": unit[1],
            "year": year,
            "subject": subject,
            "message": f"{subject} 左边与右边不等",
            "difference": Decimal("1.00"),
            "cause": f"c{number}",
            "first_run": "r1",
            "last_run": "r1",
        }
        self.tables["findings"].append(base | more)
        self.tables["finding_cells"] += [{"finding_id": base["finding_id"], **c} for c in cells]
        return base["finding_id"]


def small_model() -> Model:
    model = Model()
    model.run()
    for n, year in enumerate((2022, 2023)):
        add_unit(model, UNIT_A, year, seed=10 + n, rich=True)
    add_unit(model, UNIT_B, 2023, seed=20)
    model.tables["submissions"].append(
        {
            "unit_code": "001009",
            "unit_name": "丙局",
            "year": 2023,
            "status": "missing",
            "missing_forms": None,
        }
    )
    add_findings(model)
    add_checks(model)
    return model


def facts_of(seed: int, rich: bool, errors: int = 0) -> dict:
    """The facts of one unit (分 by form, block, row and column), some of them changed by chance."""
    model = Model()
    add_unit(model, UNIT_A, 2023, seed=seed, rich=rich)
    facts = {key[2:]: fen for key, fen in model.amounts.items()}
    chance = random.Random(seed)
    for _ in range(errors):
        key = chance.choice(sorted(facts))
        facts[key] += chance.randint(-200_000, 5_000_000)
    return facts
