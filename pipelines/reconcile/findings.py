"""Failing instances made into findings: subject, message and cells, all in SQL because there may be
a million.

``raw_findings``: finding_id, rule_id, severity, unit_code, unit_name, year, subject, message,
detail, difference, cause. ``raw_cells``: finding_id, role, rank, file, sheet, cell, amount,
suggested, quote, set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from pipelines.reconcile.advice.accused import write_suspects
from pipelines.reconcile.blanks import NAMED
from pipelines.reconcile.codes import QUOTE
from pipelines.reconcile.messages import load_macros, write_messages
from pipelines.reconcile.messages.templates import quoted
from pipelines.reconcile.once import once_a_book
from pipelines.reconcile.operand_cells import FILL, any_row
from pipelines.reconcile.terms import Plan
from schemas.library import Column, Form
from schemas.message_words import message_words
from schemas.rulebook import is_own
from schemas.rulemodel import Check
from schemas.ruleplaces import split_block

ID_LENGTH = 16  # 64 bits of a digest: among a million findings two alike are one in 40 million
SIGNS = {"=": "≠", "<=": "大于", ">=": "小于", "⇔": "与", "⇒": "与", ">": "与"}

MACROS = """
    CREATE OR REPLACE TEMP MACRO rec_money(fen) AS
        CASE WHEN abs(fen) < 1000000000000000000
             THEN CAST(CAST(fen AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2))
                 END;
    CREATE OR REPLACE TEMP MACRO rec_scaled(fen, scale) AS
        CASE WHEN scale = 1 THEN fen::HUGEINT ELSE round(fen / scale)::HUGEINT END;
    CREATE OR REPLACE TEMP MACRO rec_id(rule_id, unit, year, subject) AS
        substr(sha256(concat_ws('|', rule_id, unit, year::VARCHAR, subject)), 1, 16)
"""


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty ``raw_findings`` and ``raw_cells``, and the macros that write amounts and names."""
    con.execute(MACROS)
    load_macros(con)
    con.execute("""
        CREATE OR REPLACE TABLE raw_findings (finding_id VARCHAR, rule_id VARCHAR, severity VARCHAR,
            unit_code VARCHAR, unit_name VARCHAR, year SMALLINT, subject VARCHAR, message VARCHAR,
            detail VARCHAR, difference DECIMAL(18,2), cause VARCHAR);
        CREATE OR REPLACE TABLE raw_cells (finding_id VARCHAR, role VARCHAR, rank INTEGER,
            file VARCHAR, sheet VARCHAR, cell VARCHAR, amount DECIMAL(18,2),
            suggested DECIMAL(18,2), quote VARCHAR, "set" INTEGER)
    """)


def load_subjects(con: duckdb.DuckDBPyConnection, plan: Plan, forms: dict[str, Form]) -> None:
    """``rec_titles`` (what a form is called), ``rec_subjects`` (how a check names its instances),
    ``rec_whole`` (rows that count things) and ``rec_optional`` (columns that a form may lack).
    """
    tables = _subject_tables(plan.checks[: plan.own], forms)
    for name, table in tables.items():
        con.register(f"{name}_list", table)
    con.execute(
        ";".join(f"CREATE OR REPLACE TEMP TABLE {n} AS SELECT * FROM {n}_list" for n in tables)
    )
    for name in tables:
        con.unregister(f"{name}_list")


@once_a_book
def _subject_tables(checks: Sequence[Check], forms: Mapping[str, Form]) -> dict[str, pa.Table]:
    return {
        "rec_titles": _titles(forms),
        "rec_subjects": _subjects(checks, forms),
        **_traits(forms),
    }


def _titles(forms: Mapping[str, Form]) -> pa.Table:
    rows = [(f.form, f.number, f"{f.number}《{f.title}》", f.published) for f in forms.values()]
    names = ("form", "number", "title", "published")
    return _table(rows, names, (*[pa.string()] * 3, pa.bool_()))


def _subjects(checks: Sequence[Check], forms: Mapping[str, Form]) -> pa.Table:
    rows = [
        (
            n,
            *_subject(c, forms),
            c.rule.id,
            c.rule.severity,
            c.rule.message or c.rule.title,
            is_own(c.rule),
            SIGNS[c.formula.cmp],
            c.scale,
        )
        for n, c in enumerate(checks)
    ]
    names = (
        "chk",
        "form",
        "block",
        "row_t",
        "col_t",
        "suffix",
        "rule_id",
        "severity",
        "message",
        "own",
        "sign",
        "scale",
    )
    types = (pa.int32(), *[pa.string()] * 8, pa.bool_(), pa.string(), pa.int32())
    return _table(rows, names, types)


def _traits(forms: Mapping[str, Form]) -> dict[str, pa.Table]:
    whole = sorted((f.form, key) for f in forms.values() for key in f.counted)
    optional = sorted({(f.form, c.key) for f in forms.values() for c in _columns(f) if c.optional})
    text = (pa.string(), pa.string())
    return {
        "rec_whole": _table(whole, ("form", "row_key"), text),
        "rec_optional": _table(optional, ("form", "col_key"), text),
    }


def _columns(form: Form) -> Iterator[Column]:
    yield from form.columns
    for block in form.blocks:
        yield from block.columns


def _table(rows: list[tuple], names: tuple[str, ...], types: tuple) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        [pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=list(names)
    )


def _subject(check: Check, forms: Mapping[str, Form]) -> tuple[str, str, str, str, str]:
    """form, block, row and column (with <1>, <2>, <3> for the words), suffix."""
    cell, binding = check.reference, check.formula.binding
    block, row = split_block(forms[cell.form], cell.row)
    scope = f"{cell.scope}." if cell.scope else ""
    return (
        scope + cell.form,
        block,
        _slots(row.text, row, binding),
        _slots(cell.col.text, cell.col, binding),
        check.suffix,
    )


def _slots(text: str, selector: object, binding: tuple[str, ...]) -> str:
    steps = []
    for part in selector.parts:  # type: ignore[attr-defined]
        if part.word in binding:
            steps.append(
                f"<{binding.index(part.word) + 1}>" + (f".{part.child}" if part.child else "")
            )
        else:
            steps.append(part.word or "、".join(part.names))
    return "/".join(steps)


def write_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the slice's failing instances to ``raw_findings`` and ``raw_cells``."""
    _named(con)
    _causes(con)
    write_messages(con)
    unsolved = f"CASE WHEN v.inst IS NULL THEN '' ELSE {quoted(message_words().unsolved)} END"
    con.execute(f"""
        INSERT INTO raw_findings
        SELECT n.finding_id, n.rule_id, n.severity, n.unit_code, n.unit_name, n.year, n.subject,
               coalesce(
                   CASE WHEN x.owner <> n.uy THEN w.unit_name || '的' ELSE '' END || y.words, ''
               ) || m.message || {unsolved},
               m.detail,
               rec_money(rec_scaled(n.d, n.scale)), coalesce(y.cause, c.cause, n.finding_id)
        FROM rec_names n JOIN rec_messages m USING (uy, inst)
            LEFT JOIN rec_causes c USING (uy, inst) LEFT JOIN rec_unsolved v USING (uy, inst)
        LEFT JOIN rec_miscoded x USING (uy, inst)
            LEFT JOIN rec_mistyped y ON y.uy = x.owner AND y.rank = x.rank
        LEFT JOIN rec_uy w ON w.uy = x.owner;
        INSERT INTO raw_cells
        SELECT DISTINCT n.finding_id, CASE o.side WHEN 0 THEN 'left'
               ELSE 'right' END, NULL, o.file, o.sheet, o.cell,
               rec_money(o.amt), NULL, NULL, NULL
        FROM rec_ops o JOIN rec_names n USING (uy, inst)
            WHERE o.cell IS NOT NULL AND (o.rid IS NOT NULL OR o.single OR o.op = {NAMED})
    """)
    if any_row(con, "rec_miscoded"):
        _write_miscoded(con)
    write_suspects(con)
    if any_row(con, "rec_explained"):
        con.execute("""
            UPDATE raw_findings SET cause = x.cause
            FROM rec_names n JOIN rec_explained x USING (uy, inst)
            WHERE raw_findings.finding_id = n.finding_id""")


def _write_miscoded(con: duckdb.DuckDBPyConnection) -> None:
    """The cells of mistyped codes, as suspects."""
    con.execute(f"""
        INSERT INTO raw_cells
        SELECT n.finding_id, 'suspect', y.rank, y.file, y.sheet, y.cell, NULL, NULL,
               '{QUOTE}' || y.wrong || '，按金额应为 ' || y.meant, NULL
        FROM rec_miscoded x JOIN rec_names n USING (uy, inst)
            JOIN rec_mistyped y ON y.uy = x.owner AND y.rank = x.rank""")


def _named(con: duckdb.DuckDBPyConnection) -> None:
    row, col = FILL.format("s.row_t"), FILL.format("s.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_names AS
        SELECT *, rec_id(rule_id, unit, year, subject) AS finding_id FROM (
            SELECT f.uy, f.inst, f.chk, f.d, s.scale, s.rule_id, s.severity, s.message, s.own,
                   s.sign, u.unit, u.unit_code, u.unit_name, u.year,
                   s.form || '[' || CASE WHEN s.block = '' THEN ''
                       ELSE s.block || '/' END || {row} || ',' || {col} || ']'
                   || s.suffix AS subject
            FROM rec_failed f JOIN rec_instances i USING (inst) JOIN rec_subjects s ON s.chk = f.chk
                JOIN rec_uy u ON u.uy = f.uy)
    """)


def _causes(con: duckdb.DuckDBPyConnection) -> None:
    """What shares a cause: what one chosen cell settles or takes part in; a roll-up and the cell
    below it is blamed on.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_causes AS
        WITH chosen AS (SELECT uy, inst, key, rank FROM rec_suspects WHERE chosen),
        cells AS (SELECT uy, key, min(rank) AS rank FROM chosen GROUP BY uy, key),
        also AS (
            SELECT o.uy, o.inst, c.key, c.rank FROM rec_ops o
            JOIN cells c ON c.uy = o.uy AND c.key = hash(o.form, o.block, o.row_key, o.col_key)
            WHERE o.scope IN (0, 3) AND NOT EXISTS (SELECT 1 FROM chosen x
                WHERE x.uy = o.uy AND x.inst = o.inst)
        ), best AS (
            SELECT uy, inst, uy AS owner, min_by(key, rank) AS key
                   FROM (SELECT * FROM chosen UNION ALL SELECT * FROM also)
            WHERE (uy, inst) NOT IN (SELECT (uy, inst) FROM rec_blamed) GROUP BY uy, inst
            UNION ALL SELECT uy, inst, owner, key FROM rec_blamed
        ), named AS (
            SELECT b.uy, b.inst,
                   substr(sha256(concat_ws('|', u.unit, u.year::VARCHAR,
                coalesce(r.lead, b.key)::VARCHAR)), 1, 16) AS cause
            FROM best b JOIN rec_uy u ON u.uy = b.owner
                LEFT JOIN rec_rivals r ON r.uy = b.owner AND r.key = b.key
        )
        SELECT uy, inst, cause FROM named
    """)
