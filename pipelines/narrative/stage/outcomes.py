"""The outcomes of the narratives among those of the other rules: the dataset ``check_results``."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.narrative.stage.documents import Narratives
from pipelines.narrative.stage.jobs import NO_TABLES
from schemas.frames import CHECK_RESULTS


def write_checks(
    con: duckdb.DuckDBPyConnection, narratives: Narratives, rules: Iterable[str]
) -> None:
    """Puts the outcomes of the narratives into ``check_results``; ``rules``: the ids of every rule.

    A unit and year of which there is nothing but a narrative gets a row for every other rule too:
    not evaluated.
    """
    known = list(rules)
    rows = [
        _row(rule, place, check.outcome, check.reason, check.instances, check.failed)
        for place, checks in narratives.checks.items()
        for rule, check in checks.items()
        if rule in known
    ]
    for place in _without_results(con, narratives):
        rows += [
            _row(r, place, "not_evaluated", NO_TABLES, 0, 0)
            for r in known
            if r not in narratives.checks[place]
        ]
    if not rows:
        return
    con.register("narrative_results", CHECK_RESULTS.table(rows))
    con.execute("""
        DELETE FROM check_results USING narrative_results n
        WHERE check_results.rule_id = n.rule_id AND check_results.year = n.year
          AND coalesce(check_results.unit_code, check_results.unit_name) =
              coalesce(n.unit_code, n.unit_name)""")
    con.execute("INSERT INTO check_results SELECT * FROM narrative_results")
    con.unregister("narrative_results")


def _row(
    rule: str,
    place: tuple[str | None, str | None, int],
    outcome: str,
    reason: str,
    instances: int,
    failed: int,
) -> dict:
    code, name, year = place
    return {
        "rule_id": rule,
        "unit_code": code,
        "unit_name": name,
        "year": year,
        "outcome": outcome,
        "reason": reason or None,
        "instances": instances,
        "failed": failed,
    }


def _without_results(
    con: duckdb.DuckDBPyConnection, narratives: Narratives
) -> list[tuple[str | None, str | None, int]]:
    have = set(
        con.execute(
            "SELECT DISTINCT coalesce(unit_code, unit_name), year FROM check_results"
        ).fetchall()
    )
    return [p for p in narratives.checks if (p[0] or p[1], p[2]) not in have]
