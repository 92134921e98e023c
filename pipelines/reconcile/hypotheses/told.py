"""A hypothesis as a finding: its sentence, where to look, and the cause that all it explains
shares with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.reconcile.hypotheses.candidate import Spot
from pipelines.reconcile.hypotheses.choose import Told
from pipelines.reconcile.hypotheses.family import Family
from schemas.frames import FINDING_CELLS, FINDINGS
from schemas.observation import Observation

# Cells of a known correction are suspects; beyond this many the sentence says it and one place is
# enough.
MOST_CELLS = 60
MOST_AMOUNT = 10**18  # 分: what DECIMAL(18,2) holds


def cause_of(family: Family, told: Told, observations: Sequence[Observation]) -> str:
    """The identity of the finding; that of an earlier stage (S-SCALE) where it says the same
    already.
    """
    from pipelines.reconcile.settle import finding_id

    candidate = told.candidate
    unit, _, year = family.names[candidate.uy]
    known = _known(family, told, observations)
    return finding_id(candidate.rule_id, unit, year, known.subject if known else candidate.subject)


def _known(family: Family, told: Told, observations: Sequence[Observation]) -> Observation | None:
    unit, _, year = family.names[told.candidate.uy]
    forms = set(told.candidate.subject.split(","))
    for seen in observations:
        same = (seen.unit_code or seen.unit_name, seen.year) == (unit, year)
        if same and seen.rule_id == told.candidate.rule_id and forms & set(seen.subject.split(",")):
            return seen
    return None


def write_told(
    con: duckdb.DuckDBPyConnection,
    family: Family,
    told: Told,
    cause: str,
    observations: Sequence[Observation],
) -> None:
    """Adds the finding to ``raw_findings`` and its places to ``raw_cells``, unless an earlier
    stage has said it.
    """
    if _known(family, told, observations):
        return
    candidate = told.candidate
    year = family.names[candidate.uy][2]
    codes = con.execute(
        "SELECT unit_code, unit_name FROM rec_uy WHERE uy = ?", [candidate.uy]
    ).fetchall()[0]
    finding = {
        "finding_id": cause,
        "rule_id": candidate.rule_id,
        "severity": "error",
        "unit_code": codes[0],
        "unit_name": codes[1],
        "year": year,
        "subject": candidate.subject,
        "message": "请" + candidate.message.format(explained=len(told.explained)),
        "difference": None,
        "cause": cause,
    }
    names = list(finding)
    schema = pa.schema([FINDINGS.arrow.field(n) for n in names])
    _append(con, "raw_findings", pa.Table.from_pylist([finding], schema))
    _append(con, "raw_cells", FINDING_CELLS.table(_places(told, cause)))


def _append(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("rec_given", table)
    con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM rec_given")
    con.unregister("rec_given")


def _places(told: Told, cause: str) -> list[dict]:
    spots = told.candidate.spots
    known = told.candidate.together and len(spots) <= MOST_CELLS
    shown = spots if known else spots[:MOST_CELLS]
    return [_place(s, cause, known) for s in shown]


def _place(spot: Spot, cause: str, suspect: bool) -> dict:
    return {
        "finding_id": cause,
        "role": "suspect" if suspect else "subject",
        "rank": 1 if suspect else None,
        "file": spot.file,
        "sheet": spot.sheet,
        "cell": spot.cell,
        "amount": _yuan(spot.amount),
        "suggested": _yuan(spot.suggested),
        "quote": None,
        "set": int(cause[:7], 16) if suspect else None,
    }


def _yuan(amount: int | None) -> Decimal | None:
    if amount is None or abs(amount) >= MOST_AMOUNT:
        return None
    return Decimal(amount).scaleb(-2).quantize(Decimal("0.01"))
