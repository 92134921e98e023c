"""What becomes of a failing instance or an observation: an identity, a status, a history."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import pyarrow as pa

from pipelines.reconcile.causes import follow_sheets, share_causes
from pipelines.reconcile.codes import QUOTE
from pipelines.reconcile.explained import Covered, Judged, covered_findings, write_explanations
from pipelines.reconcile.findings import ID_LENGTH, create_tables
from pipelines.reconcile.severities import as_ruled
from pipelines.reconcile.submissions import has_table
from schemas.explanations import ANY, Explanation
from schemas.frames import FINDING_CELLS, FINDINGS
from schemas.observation import Observation, Place
from schemas.rulemodel import Rule
from schemas.structural import say


def finding_id(rule: str, unit: str | None, year: int | None, subject: str) -> str:
    """Stable from run to run: rule, unit (code, else name), year and subject, never amounts."""
    parts = [p for p in (rule, unit, None if year is None else str(year), subject) if p is not None]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:ID_LENGTH]


def settle(
    con: duckdb.DuckDBPyConnection,
    observations: Iterable[Observation],
    *,
    run_id: str,
    previous: pa.Table | None,
    explanations: Sequence[Explanation] = (),
    today: date | None = None,
    rules: Mapping[str, Rule] | None = None,
    year: int | None = None,
) -> None:
    """Makes ``findings`` and ``finding_cells`` from raw_findings, raw_cells and the observations.

    ``rules``: those of the rule book, whose severities hold for what other stages observed.
    ``previous``: the findings published last (columns of FINDINGS), or None. Explanations that have
    expired or match nothing become findings themselves. ``year``: the only one that was checked, or
    None: what explains another is not missed in it.
    """
    if not has_table(con, "raw_findings"):
        create_tables(con)
    rules = rules or {}
    _load_observations(con, as_ruled(_unknown_rules_named(con, observations), rules))
    _combine(con)
    _join_codes(con)
    follow_sheets(con)
    share_causes(con)
    today = today or date.today()
    covered = covered_findings(con, explanations)
    matched = _match(explanations, covered, today)
    judged = Judged(covered, today, year)
    write_explanations(con, explanations, matched, judged)
    leftover = _leftover(con, explanations, judged)
    _load_observations(con, as_ruled(leftover, rules))
    _add_observed(con)
    _publish(con, run_id, previous, matched)


def _load_observations(con: duckdb.DuckDBPyConnection, observations: Iterable[Observation]) -> None:
    """``rec_observed`` and ``rec_observed_cells``; observations of the same subject become one
    finding.
    """
    findings: dict[str, dict] = {}
    cells: dict[tuple, dict] = {}
    for seen in observations:
        unit = (
            seen.unit_code or seen.unit_name or next((p.file for p in seen.places if p.file), None)
        )
        number = finding_id(seen.rule_id, unit, seen.year, seen.subject)
        findings.setdefault(
            number,
            {
                "finding_id": number,
                "rule_id": seen.rule_id,
                "severity": seen.severity,
                "unit_code": seen.unit_code,
                "unit_name": seen.unit_name,
                "year": seen.year,
                "subject": seen.subject,
                "message": seen.message,
                "detail": None,
                "difference": seen.difference,
                "cause": number,
            },
        )
        for place in seen.places:
            cells.setdefault((number, place), _cell(number, place))
    names = [
        "finding_id",
        "rule_id",
        "severity",
        "unit_code",
        "unit_name",
        "year",
        "subject",
        "message",
        "detail",
        "difference",
        "cause",
    ]
    schema = pa.schema([FINDINGS.arrow.field(n) for n in names])
    _create(con, "rec_observed", pa.Table.from_pylist(list(findings.values()), schema))
    _create(con, "rec_observed_cells", FINDING_CELLS.table(list(cells.values())))


def _create(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("rec_given", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rec_given")
    con.unregister("rec_given")


def _cell(number: str, place: Place) -> dict:
    return {
        "finding_id": number,
        "role": place.role,
        "rank": place.rank,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "amount": place.amount,
        "suggested": place.suggested,
        "quote": place.quote,
        "set": place.set,
    }


COLUMNS = (
    "finding_id, rule_id, severity, unit_code, unit_name, year, subject, message, detail, "
    "difference, cause"
)


def _combine(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_all AS SELECT {COLUMNS} FROM raw_findings
            QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY message) = 1;
        CREATE OR REPLACE TEMP TABLE rec_all_cells AS SELECT * FROM raw_cells
    """)
    _add_observed(con)


def _join_codes(con: duckdb.DuckDBPyConnection) -> None:
    """What was observed at the row of a mistyped code (its name, its place among the codes) is of
    one cause with it.
    """
    row = "regexp_extract({}.cell, '\\d+$')"
    con.execute(f"""
        UPDATE rec_all SET cause = j.cause FROM (
            SELECT o.finding_id, min(a.cause) AS cause FROM rec_observed_cells o
            JOIN rec_all_cells c ON c.role = 'suspect' AND starts_with(c.quote, '{QUOTE}')
                AND c.file = o.file AND c.sheet = o.sheet
                AND {row.format("c")} = {row.format("o")}
            JOIN rec_all a ON a.finding_id = c.finding_id GROUP BY o.finding_id
        ) j WHERE rec_all.finding_id = j.finding_id""")


def _add_observed(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"""
        INSERT INTO rec_all SELECT {COLUMNS} FROM rec_observed o
            ANTI JOIN rec_all a USING (finding_id);
        INSERT INTO rec_all_cells SELECT * FROM rec_observed_cells
    """)


def _match(
    explanations: Sequence[Explanation], covered: Covered, today: date
) -> dict[str, Explanation]:
    """finding_id → the newest explanation that covers it; of those in one file the first."""
    found: dict[str, Explanation] = {}
    for explanation in sorted(explanations, key=lambda e: (-e.age, e.file, e.number)):
        if explanation.until >= today:
            for number in covered[explanation.key]:
                found.setdefault(number, explanation)
    return found


def _leftover(
    con: duckdb.DuckDBPyConnection, explanations: Sequence[Explanation], judged: Judged
) -> list[Observation]:
    """S-EXPIRED and S-UNUSED for explanations that no longer hold or never did."""
    known = _known_rules(con)
    found: list[Observation] = []
    for e in explanations:
        where = f"{e.file or 'explanations.yml'}[{e.number}]"
        about = f"{where}（{e.about}）"
        places = (Place("subject", e.file or "explanations.yml"),)
        named = e.finding or e.cause
        subject = named or f"{e.rule}|{e.unit}|{e.year or '*'}|{e.subject or e.pattern}"
        state = judged.state(e)
        if state == "expired":
            message = say("S-EXPIRED", about=about, until=e.until)
            found.append(Observation("S-EXPIRED", subject, message, "review", places=places))
        elif state == "unused":
            message = f"审核说明 {about} 没有对应的问题。{_why_unused(e.rule, known)}"
            found.append(Observation("S-UNUSED", subject, message, "review", places=places))
    return found


def _known_rules(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids of the rules there are, and of findings without a rule; empty where no rules
    were loaded.
    """
    if not has_table(con, "rules"):
        return []
    return [
        r[0]
        for r in con.execute(
            "SELECT rule_id FROM rules UNION SELECT rule_id FROM rec_all ORDER BY 1"
        ).fetchall()
    ]


def _unknown_rules_named(
    con: duckdb.DuckDBPyConnection, observations: Iterable[Observation]
) -> list[Observation]:
    """Entries of explanations that could not be used say as well where there is no rule of their
    id.
    """
    seen = list(observations)
    known: list[str] = []
    if has_table(con, "rules") and any(o.rule_id == "S-EXPLAIN" for o in seen):
        found = con.execute(
            "SELECT rule_id FROM rules UNION SELECT rule_id FROM raw_findings"
        ).fetchall()
        known = sorted({r[0] for r in found} | {o.rule_id for o in seen})
    return [_rule_named(o, known) if o.rule_id == "S-EXPLAIN" else o for o in seen]


def _rule_named(wrong: Observation, known: Sequence[str]) -> Observation:
    rule, more, _ = wrong.subject.partition("|")
    if not known or not more or rule in ("*", *known):
        return wrong
    return replace(wrong, message=f"{wrong.message}另外，{_why_unused(rule, known)}")


def _why_unused(rule: str, known: Sequence[str]) -> str:
    """What to do about it: an unknown rule is named, with the nearest ones."""
    if not known or rule in (ANY, *known):
        return "问题已消除的，请删去这一条；否则核对单位、年度和对象。"
    same = [k for k in known if k.casefold() == rule.casefold()]
    near = same or difflib.get_close_matches(rule.upper(), known, n=3, cutoff=0.6)
    hint = f"是不是 {'、'.join(near)}？" if near else ""
    return f"没有规则 {rule}。{hint}请改正规则编号（caijue rules list 列出全部规则）。"


def _publish(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    previous: pa.Table | None,
    matched: dict[str, Explanation],
) -> None:
    old = previous.select(["finding_id", "first_run"]) if previous is not None else None
    empty = pa.table(
        {"finding_id": pa.array([], pa.string()), "first_run": pa.array([], pa.string())}
    )
    _create(con, "rec_old", old if old is not None else empty)
    _create(con, "rec_explained", pa.table({"finding_id": pa.array(sorted(matched), pa.string())}))
    con.execute(
        """CREATE OR REPLACE TABLE findings AS
        SELECT a.finding_id, a.rule_id, a.severity, CASE WHEN e.finding_id IS NULL THEN 'open'
               ELSE 'explained' END AS status,
               CASE WHEN o.finding_id IS NULL THEN 'new'
                   ELSE 'persisting' END AS change, a.unit_code, a.unit_name,
               a.year::SMALLINT AS year, a.subject, a.message, a.detail,
               a.difference::DECIMAL(18,2) AS difference, a.cause,
               coalesce(o.first_run, $run) AS first_run, $run AS last_run
        FROM rec_all a LEFT JOIN rec_explained e USING (finding_id)
            LEFT JOIN rec_old o ON o.finding_id = a.finding_id
        ORDER BY a.finding_id""",
        {"run": run_id},
    )
    con.execute("""CREATE OR REPLACE TABLE finding_cells AS
        SELECT DISTINCT finding_id, role, rank::INTEGER AS rank, file, sheet, cell,
               amount::DECIMAL(18,2) AS amount,
               suggested::DECIMAL(18,2) AS suggested, quote, "set"::INTEGER AS "set"
                   FROM rec_all_cells
        ORDER BY finding_id, role, rank, file, sheet, cell, amount, suggested, quote, "set"
        """)
    for name in (
        "rec_all",
        "rec_all_cells",
        "rec_observed",
        "rec_observed_cells",
        "rec_old",
        "rec_explained",
    ):
        con.execute(f"DROP TABLE {name}")
