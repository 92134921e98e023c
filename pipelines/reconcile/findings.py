"""Failing instances made into findings: subject, message and cells, all in SQL because there may be a million.

``raw_findings``: finding_id, rule_id, severity, unit_code, unit_name, year, subject, message, difference, cause.
``raw_cells``: finding_id, role, rank, file, sheet, cell, amount, suggested, quote.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from pipelines.reconcile.blanks import NAMED
from pipelines.reconcile.operands import FILL
from pipelines.reconcile.terms import Plan
from schemas.library import Column, Form
from schemas.rulebook import Check, split_block

MOST_OPERANDS = 4
ID_LENGTH = 16
SIGNS = {"=": "≠", "<=": "大于", ">=": "小于", "⇔": "与", "⇒": "与", ">": "与"}

MACROS = """
    CREATE OR REPLACE TEMP MACRO rec_yuan(fen) AS
        CASE WHEN fen < 0 THEN '-' ELSE '' END || format('{:,}', (abs(fen) // 100)::BIGINT)
        || '.' || lpad((abs(fen) % 100)::VARCHAR, 2, '0');
    CREATE OR REPLACE TEMP MACRO rec_figure(fen, whole) AS
        CASE WHEN whole AND fen % 100 = 0 THEN regexp_replace(rec_yuan(fen), '\\.00$', '') ELSE rec_yuan(fen) END;
    CREATE OR REPLACE TEMP MACRO rec_measure(row_key) AS
        CASE WHEN regexp_matches(row_key, '批次') THEN ' 批' WHEN regexp_matches(row_key, '人次') THEN ' 人次'
             WHEN regexp_matches(row_key, '团组') THEN ' 个' WHEN regexp_matches(row_key, '设备') THEN ' 台（套）'
             WHEN regexp_matches(row_key, '车') THEN ' 辆' ELSE '' END;
    CREATE OR REPLACE TEMP MACRO rec_money(fen) AS
        CASE WHEN abs(fen) < 1000000000000000000
             THEN CAST(CAST(fen AS DECIMAL(18, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 2)) END;
    CREATE OR REPLACE TEMP MACRO rec_scaled(fen, scale) AS
        CASE WHEN scale = 1 THEN fen::HUGEINT ELSE round(fen / scale)::HUGEINT END;
    CREATE OR REPLACE TEMP MACRO rec_id(rule_id, unit, year, subject) AS
        substr(sha256(concat_ws('|', rule_id, unit, year::VARCHAR, subject)), 1, 16);
    CREATE OR REPLACE TEMP MACRO rec_tidy(label) AS
        regexp_replace(regexp_replace(coalesce(label, ''), '[\\s\\x{3000}]+', '', 'g'), '^其中：', '');
    CREATE OR REPLACE TEMP MACRO rec_named_key(key, label) AS
        CASE WHEN regexp_full_match(key, '\\d+') AND rec_tidy(label) NOT IN ('', key) THEN rec_tidy(label) || '(' || key || ')'
             ELSE key END
"""


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(MACROS)
    con.execute("""
        CREATE OR REPLACE TABLE raw_findings (finding_id VARCHAR, rule_id VARCHAR, severity VARCHAR, unit_code VARCHAR,
            unit_name VARCHAR, year SMALLINT, subject VARCHAR, message VARCHAR, difference DECIMAL(18,2), cause VARCHAR);
        CREATE OR REPLACE TABLE raw_cells (finding_id VARCHAR, role VARCHAR, rank INTEGER, file VARCHAR, sheet VARCHAR,
            cell VARCHAR, amount DECIMAL(18,2), suggested DECIMAL(18,2), quote VARCHAR)
    """)


def load_subjects(con: duckdb.DuckDBPyConnection, plan: Plan, forms: dict[str, Form]) -> None:
    """``rec_titles`` (what a form is called) and ``rec_subjects`` (how a check names its instances)."""
    titles = [(f.form, f"{f.number}《{f.title}》") for f in forms.values()]
    con.register("rec_title_list", _table(titles, ("form", "title"), (pa.string(), pa.string())))
    rows = [(n, *_subject(c, forms), c.rule.id, c.rule.severity, c.rule.message or c.rule.title, SIGNS[c.formula.cmp], c.scale)
            for n, c in enumerate(plan.checks[: plan.own])]  # fmt: skip
    names = ("chk", "form", "block", "row_t", "col_t", "suffix", "rule_id", "severity", "message", "sign", "scale")
    types = (pa.int32(), *[pa.string()] * 9, pa.int32())
    con.register("rec_subject_list", _table(rows, names, types))
    con.execute("""CREATE OR REPLACE TEMP TABLE rec_titles AS SELECT * FROM rec_title_list;
        CREATE OR REPLACE TEMP TABLE rec_subjects AS SELECT * FROM rec_subject_list""")
    _load_traits(con, forms)
    con.unregister("rec_title_list")
    con.unregister("rec_subject_list")


def _load_traits(con: duckdb.DuckDBPyConnection, forms: dict[str, Form]) -> None:
    """``rec_whole`` (rows that count things) and ``rec_optional`` (columns that a form may lack)."""
    whole = sorted({(f.form, r.key) for f in forms.values() for b in f.blocks for r in b.rows if r.count})
    optional = sorted({(f.form, c.key) for f in forms.values() for c in _columns(f) if c.optional})
    text = (pa.string(), pa.string())
    for name, rows, second in (("rec_whole", whole, "row_key"), ("rec_optional", optional, "col_key")):
        con.register("rec_trait_list", _table(rows, ("form", second), text))
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rec_trait_list")
        con.unregister("rec_trait_list")


def _columns(form: Form) -> Iterator[Column]:
    yield from form.columns
    for block in form.blocks:
        yield from block.columns


def _table(rows: list[tuple], names: tuple[str, ...], types: tuple) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=list(names))


def _subject(check: Check, forms: dict[str, Form]) -> tuple[str, str, str, str, str]:
    """form, block, row and column (with <1>, <2>, <3> for the words), suffix."""
    cell, binding = check.reference, check.formula.binding
    block, row = split_block(forms[cell.form], cell.row)
    scope = f"{cell.scope}." if cell.scope else ""
    return (scope + cell.form, block, _slots(row.text, row, binding), _slots(cell.col.text, cell.col, binding), check.suffix)


def _slots(text: str, selector: object, binding: tuple[str, ...]) -> str:
    steps = []
    for part in selector.parts:  # type: ignore[attr-defined]
        if part.word in binding:
            steps.append(f"<{binding.index(part.word) + 1}>" + (f".{part.child}" if part.child else ""))
        else:
            steps.append(part.word or "、".join(part.names))
    return "/".join(steps)


def write_findings(con: duckdb.DuckDBPyConnection) -> None:
    """Adds the slice's failing instances to ``raw_findings`` and ``raw_cells``."""
    _named(con)
    _causes(con)
    _messages(con)
    con.execute(f"""
        INSERT INTO raw_findings
        SELECT n.finding_id, n.rule_id, n.severity, n.unit_code, n.unit_name, n.year, n.subject, m.message,
               rec_money(rec_scaled(n.d, n.scale)), coalesce(c.cause, n.finding_id)
        FROM rec_names n JOIN rec_messages m USING (uy, inst) LEFT JOIN rec_causes c USING (uy, inst);
        INSERT INTO raw_cells
        SELECT DISTINCT n.finding_id, CASE o.side WHEN 0 THEN 'left' ELSE 'right' END, NULL, o.file, o.sheet, o.cell,
               rec_money(o.amt), NULL, NULL
        FROM rec_ops o JOIN rec_names n USING (uy, inst) WHERE o.cell IS NOT NULL AND (o.rid IS NOT NULL OR o.single OR o.op = {NAMED});
        INSERT INTO raw_cells
        SELECT DISTINCT n.finding_id, 'suspect', s.rank, o.file, o.sheet, o.cell, rec_money(o.amt), rec_money(s.suggested), NULL
        FROM rec_suspects s JOIN rec_names n USING (uy, inst)
        JOIN rec_ops o ON o.uy = s.uy AND o.inst = s.inst AND o.cell IS NOT NULL AND o.scope IN (0, 3)
            AND hash(o.form, o.block, o.row_key, o.col_key) = s.key
    """)


def _named(con: duckdb.DuckDBPyConnection) -> None:
    row, col = FILL.format("s.row_t"), FILL.format("s.col_t")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_names AS
        SELECT *, rec_id(rule_id, unit, year, subject) AS finding_id FROM (
            SELECT f.uy, f.inst, f.chk, f.d, s.scale, s.rule_id, s.severity, s.message, s.sign, u.unit, u.unit_code, u.unit_name, u.year,
                   s.form || '[' || CASE WHEN s.block = '' THEN '' ELSE s.block || '/' END || {row} || ',' || {col} || ']'
                   || s.suffix AS subject
            FROM rec_failed f JOIN rec_instances i USING (inst) JOIN rec_subjects s ON s.chk = f.chk JOIN rec_uy u ON u.uy = f.uy)
    """)


def _causes(con: duckdb.DuckDBPyConnection) -> None:
    """What shares a cause: what one chosen cell settles or takes part in; a roll-up and the cell below it is blamed on."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rec_causes AS
        WITH chosen AS (SELECT uy, inst, key, rank FROM rec_suspects WHERE chosen),
        cells AS (SELECT uy, key, min(rank) AS rank FROM chosen GROUP BY uy, key),
        also AS (
            SELECT o.uy, o.inst, c.key, c.rank FROM rec_ops o
            JOIN cells c ON c.uy = o.uy AND c.key = hash(o.form, o.block, o.row_key, o.col_key)
            WHERE o.scope IN (0, 3) AND NOT EXISTS (SELECT 1 FROM chosen x WHERE x.uy = o.uy AND x.inst = o.inst)
        ), best AS (
            SELECT uy, inst, uy AS owner, min_by(key, rank) AS key FROM (SELECT * FROM chosen UNION ALL SELECT * FROM also)
            WHERE (uy, inst) NOT IN (SELECT (uy, inst) FROM rec_blamed) GROUP BY uy, inst
            UNION ALL SELECT uy, inst, owner, key FROM rec_blamed
        ), named AS (
            SELECT b.uy, b.inst, substr(sha256(concat_ws('|', u.unit, u.year::VARCHAR, coalesce(r.lead, b.key)::VARCHAR)), 1, 16) AS cause
            FROM best b JOIN rec_uy u ON u.uy = b.owner LEFT JOIN rec_rivals r ON r.uy = b.owner AND r.key = b.key
        )
        SELECT uy, inst, cause FROM named
    """)


def _messages(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_words AS
        SELECT *, CASE WHEN coef * CASE side WHEN 1 THEN -1 ELSE 1 END < 0 THEN '减 ' ELSE '' END || CASE WHEN who || form = lag(who || form, 1, '') OVER (PARTITION BY uy, inst, side ORDER BY n)
                       THEN '' ELSE who || title END || cell_words AS place
        FROM (
            SELECT o.uy, o.inst, o.side, o.coef, o.amt, o.single, o.form, w.form IS NOT NULL AS whole, coalesce(t.title, o.form) AS title,
                   CASE o.scope WHEN 1 THEN '上年' WHEN 2 THEN coalesce('下级（' || f.unit_name || '）', '下级') ELSE '' END AS who,
                   '“' || CASE WHEN o.block = '' THEN '' ELSE o.block || '/' END || rec_named_key(o.row_key, o.row_label)
                   || '·' || rec_named_key(o.col_key, o.col_label) || '”' AS cell_words,
                   CASE WHEN o.amt IS NOT NULL THEN rec_figure(o.amt, w.form IS NOT NULL)
                                                 || CASE WHEN w.form IS NULL THEN '' ELSE rec_measure(o.row_key) END
                        WHEN o.present THEN '空白' ELSE '没有此行或此栏' END AS value,
                   row_number() OVER (PARTITION BY o.uy, o.inst, o.side ORDER BY abs(coalesce(o.amt, 0)) DESC,
                                      o.form, o.row_key, o.col_key, o.cell) AS n,
                   count(*) OVER (PARTITION BY o.uy, o.inst, o.side) AS many
            FROM rec_ops o LEFT JOIN rec_titles t ON t.form = o.form
            LEFT JOIN rec_whole w ON w.form = o.form AND w.row_key = o.row_key
            LEFT JOIN (SELECT rid, unit_name FROM rec_facts SEMI JOIN rec_wanted USING (rid)) f ON f.rid = o.rid AND o.scope = 2
            WHERE o.op <> {NAMED} AND (o.single OR o.present)
        );
        CREATE OR REPLACE TEMP TABLE rec_sides AS
        SELECT uy, inst, side, max(many) AS many, bool_and(whole) AS whole, sum(amt * coef) AS total, max(abs(coef)) = 1 AND min(coef * CASE side WHEN 1 THEN -1 ELSE 1 END) > 0 AS plain,
               string_agg(place || ' ' || value, '、' ORDER BY n) FILTER (n <= {MOST_OPERANDS}) AS listed
        FROM rec_words GROUP BY uy, inst, side;
        CREATE OR REPLACE TEMP TABLE rec_messages AS
        SELECT n.uy, n.inst, n.message || '：' || {_side("l")} || ' ' || n.sign || ' ' || {_side("r")}
               || CASE WHEN n.sign = '与' THEN ' 不相符' WHEN n.scale > 1 THEN '，超出界限 ' || rec_yuan(abs(rec_scaled(n.d, n.scale)))
                    ELSE '，相差 ' || rec_figure(rec_scaled(n.d, n.scale), coalesce(l.whole, true) AND coalesce(r.whole, true)) END
               || CASE WHEN p.uy IS NULL THEN '' ELSE '（允许 ' || p.listed || ' 以内）' END AS message
        FROM rec_names n
        LEFT JOIN rec_sides l ON l.uy = n.uy AND l.inst = n.inst AND l.side = 0
        LEFT JOIN rec_sides r ON r.uy = n.uy AND r.inst = n.inst AND r.side = 1
        LEFT JOIN rec_sides p ON p.uy = n.uy AND p.inst = n.inst AND p.side = 2
    """)


def _side(name: str) -> str:
    """SQL for one side in words: the cell and its amount, or the sum, how many, and the largest."""
    total = f"rec_scaled({name}.total, n.scale)"
    flip = "-1 *" if name == "r" else ""
    return f"""CASE WHEN {name}.uy IS NULL AND n.sign = '与' THEN coalesce((SELECT string_agg(DISTINCT t.title, '、') FROM rec_operands o
            JOIN rec_titles t USING (form) WHERE o.chk = n.chk AND o.side = {int(name == "r")}) || '没有数', '0')
        WHEN {name}.uy IS NULL THEN '0'
        WHEN {name}.many = 1 AND ({name}.plain OR n.scale > 1) THEN {name}.listed
        ELSE '合计 ' || rec_figure({flip} coalesce({total}, 0::HUGEINT), {name}.whole) || '（' || {name}.listed
            || CASE WHEN {name}.many > {MOST_OPERANDS} THEN ' 等 ' || {name}.many || ' 项' ELSE '' END || '）' END"""
