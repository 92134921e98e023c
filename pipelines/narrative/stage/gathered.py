"""What the narratives of a run say together: observations of the files themselves, outcomes by unit
and year.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pipelines.narrative.case import CheckOutcome
from pipelines.narrative.stage.documents import Document, Narratives
from schemas.observation import Observation, Place

RANK = {"fail": 0, "broken": 1, "pass": 2, "not_evaluated": 3}


def gather(con: duckdb.DuckDBPyConnection, documents: list[Document], reused: int) -> Narratives:
    read = [d for d in documents if d.status == "read" and d.result]
    quarantined = sum(d.status == "quarantined" for d in documents)
    found = Narratives(len(read), reused, quarantined)
    registered = bool(con.execute("SELECT count(*) FROM units").fetchall()[0][0])
    for document in sorted(documents, key=lambda d: d.raw.file):
        found.observations += _noted(document, registered)
        if document.result is not None:
            found.observations += document.result.observations
            _add_checks(found, document)
    return found


def _noted(document: Document, registered: bool) -> list[Observation]:
    """What is to be said of the file itself."""
    file, owner = document.raw.file, document.owner
    places = (Place("subject", file),)
    if document.status == "quarantined":
        return [
            Observation("S-FILE", file, f"{file} 已隔离，未核对：{document.reason}", places=places)
        ]
    if document.status != "read":
        return []
    if document.place is None:
        lacking = "、".join(
            w for w, v in (("单位名称", owner.unit), ("年度", document.year)) if not v
        )
        message = (
            f"{file} 中认不出{lacking}，只核对了文字自身，没有与报表核对。"
            "请在标题中写明单位全称和年度。"
        )
        return [
            Observation(
                "S-NARRATIVE",
                file,
                message,
                "review",
                owner.unit_code,
                owner.unit_name,
                document.year,
                None,
                places,
            )
        ]
    if registered and owner.unit_code is None:
        name = owner.unit_name or ""
        message = (
            f"“{name}”不在单位名册中，说明文字已按其中所写名称单独处理。请补登名册，"
            "或把它登记为某单位的别名。"
        )
        return [
            Observation("S-UNIT", name, message, "review", None, name, document.year, None, places)
        ]
    return []


def _add_checks(found: Narratives, document: Document) -> None:
    """Of several narratives of a unit and year a failure wins, and the instances add up."""
    owner, year = document.owner, document.year
    if document.place is None or year is None or document.result is None:
        return
    merged = found.checks.setdefault((owner.unit_code, owner.unit_name, year), {})
    for check in document.result.checks:
        other = merged.get(check.rule_id)
        merged[check.rule_id] = _both(other, check) if other else check


def _both(one: CheckOutcome, other: CheckOutcome) -> CheckOutcome:
    worse = min(one, other, key=lambda c: RANK[c.outcome])
    return replace(
        worse, instances=one.instances + other.instances, failed=one.failed + other.failed
    )
