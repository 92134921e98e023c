"""What a finding says: both sides by table, line and column, each amount as its sheet prints it,
and the difference.

``rec_messages``: uy, inst, message. Where a table is in 万元 (千元, 百元, 亿元), its amounts are
given in that unit, and all others of the message say 元. Differences are in the unit of the sheets
where they have one, else in 元.
"""

from __future__ import annotations

import duckdb

from pipelines.reconcile.blanks import NAMED

MOST_OPERANDS = 4  # cells named in a message before 等
UNITS = {
    "百元": 4,
    "千元": 5,
    "万元": 6,
    "亿元": 10,
}  # how many digits of 分 stand behind the point

WORDS = """
    CREATE OR REPLACE TEMP MACRO rec_yuan(fen) AS
        CASE WHEN fen < 0 THEN '-' ELSE '' END || format('{:,}', (abs(fen) // 100)::BIGINT)
        || '.' || lpad((abs(fen) % 100)::VARCHAR, 2, '0');
    CREATE OR REPLACE TEMP MACRO rec_figure(fen, whole) AS
        CASE WHEN whole AND fen % 100 = 0 THEN regexp_replace(rec_yuan(fen), '\\.00$', '')
            ELSE rec_yuan(fen) END;
    CREATE OR REPLACE TEMP MACRO rec_measure(row_key) AS
        CASE WHEN regexp_matches(row_key, '批次') THEN ' 批'
            WHEN regexp_matches(row_key, '人次') THEN ' 人次'
             WHEN regexp_matches(row_key, '团组') THEN ' 个'
                 WHEN regexp_matches(row_key, '设备') THEN ' 台（套）'
             WHEN regexp_matches(row_key, '车') THEN ' 辆' ELSE '' END;
    CREATE OR REPLACE TEMP MACRO rec_tidy(label) AS
        regexp_replace(regexp_replace(coalesce(label, ''), '[\\s\\x{3000}]+', '', 'g'), '^其中：',
            '');
    CREATE OR REPLACE TEMP MACRO rec_named_key(key, label) AS
        CASE WHEN regexp_full_match(key, '\\d+')
            AND rec_tidy(label) NOT IN ('', key) THEN rec_tidy(label) || '(' || key || ')'
             ELSE key END;
    CREATE OR REPLACE TEMP MACRO rec_in(fen, digits) AS
        CASE WHEN fen < 0 THEN '-'
            ELSE '' END || format('{:,}', (abs(fen) // (10 ** digits)::BIGINT)::BIGINT) || '.'
        || regexp_replace(lpad((abs(fen) % (10 ** digits)::BIGINT)::VARCHAR, digits, '0'),
            '^(\\d\\d\\d*?)0*$', '\\1');
    CREATE OR REPLACE TEMP MACRO rec_amount(fen, money, mixed) AS
        CASE money $cases ELSE rec_yuan(fen) || CASE WHEN mixed THEN ' 元' ELSE '' END END;
""".replace(
    "$cases",
    " ".join(
        f"WHEN '{unit}' THEN rec_in(fen, {digits}) || ' {unit}'" for unit, digits in UNITS.items()
    ),
)


def write_messages(con: duckdb.DuckDBPyConnection) -> None:
    """Makes ``rec_messages`` from ``rec_ops`` and ``rec_names``."""
    _words(con)
    _sides(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_messages AS
        SELECT n.uy, n.inst, n.message || '：' || {_side("l")} || ' ' || n.sign || ' '
               || {_side("r")}
               || CASE WHEN n.sign = '与' THEN ' 不相符'
                   WHEN n.scale > 1 THEN '，超出界限 ' || {_difference("abs({0})")}
                    ELSE '，相差 ' || {_difference("{0}")} END
               || CASE WHEN p.uy IS NULL THEN ''
                   ELSE '（允许 ' || p.listed || ' 以内）' END AS message
        FROM rec_names n
        LEFT JOIN rec_sides l ON l.uy = n.uy AND l.inst = n.inst AND l.side = 0
        LEFT JOIN rec_sides r ON r.uy = n.uy AND r.inst = n.inst AND r.side = 1
        LEFT JOIN rec_sides p ON p.uy = n.uy AND p.inst = n.inst AND p.side = 2
    """)


def _words(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_words``: one operand in words; ``money``: the unit of its sheet where that is not 元;
    ``mixed``: any of them is such.
    """
    units = ", ".join(f"'{u}'" for u in UNITS)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_units AS
        SELECT file, sheet, any_value(money_unit) AS money FROM sheets
               WHERE status = 'read' AND money_unit IN ({units}) GROUP BY file, sheet;
        CREATE OR REPLACE TEMP TABLE rec_listed AS
        SELECT DISTINCT o.uy, o.form, o.block, o.row_key
        FROM (SELECT DISTINCT uy, form, block, row_key FROM rec_ops
            WHERE NOT present AND scope = 0 AND rec_published(form)) o JOIN rec_uy u USING (uy)
        JOIN lines l ON coalesce(l.unit_code, l.unit_name) = u.unit AND l.year = u.year
            AND l.form = o.form AND l.block = o.block
            AND l.row_key = o.row_key;
        CREATE OR REPLACE TEMP TABLE rec_words AS
        SELECT * EXCLUDE (figure), CASE WHEN coef * flip < 0 THEN '减 ' ELSE '' END || CASE
               WHEN who || form = lag(who || form, 1, '') OVER (PARTITION BY uy, inst, side
            ORDER BY n)
                       THEN '' ELSE who || title END || cell_words AS place,
               CASE WHEN figure IS NULL THEN rec_amount(amt, money, mixed) ELSE figure END
               || CASE WHEN abs(coef) = scale THEN ''
                   ELSE ' × ' || regexp_replace((abs(coef) / scale)::DECIMAL(9, 4)::VARCHAR,
                   '\.?0+$', '') END AS value
        FROM (
            SELECT *, bool_or(money IS NOT NULL OR unlisted) OVER (PARTITION BY uy, inst) AS mixed
                   FROM (
                SELECT o.uy, o.inst, o.side, o.coef, o.amt, o.single, o.form,
                       w.form IS NOT NULL AS whole, coalesce(t.title, o.form) AS title,
                       CASE o.side WHEN 1 THEN -1 ELSE 1 END AS flip, c.scale,
                       CASE WHEN w.form IS NULL THEN h.money END AS money,
                       CASE o.scope WHEN 1 THEN '上年'
                           WHEN 2 THEN coalesce('下级（' || f.unit_name || '）', '下级')
                           ELSE '' END AS who,
                       '“' || CASE WHEN o.block = '' THEN ''
                           ELSE o.block || '/' END
                           || rec_named_key(o.row_key,
                           coalesce(o.row_label,
                           max(o.row_label) OVER (PARTITION BY o.uy, o.inst, o.row_key)))
                       || '·' || rec_named_key(o.col_key,
                           coalesce(o.col_label,
                           max(o.col_label) OVER (PARTITION BY o.uy, o.inst, o.col_key)))
                       || '”' AS cell_words,
                       w.form IS NULL AND NOT o.present AND rec_published(o.form) AS unlisted,
                       CASE WHEN o.amt IS NOT NULL
                           AND w.form IS NOT NULL THEN rec_figure(o.amt, true)
                           || rec_measure(o.row_key)
                            WHEN o.amt IS NOT NULL THEN NULL
                            WHEN o.present THEN '空白'
                            WHEN rec_published(o.form) AND o.row_key <> '合计'
                                AND k.row_key IS NULL THEN '公开表漏列该行'
                                ELSE '没有此行或此栏' END AS figure,
                       row_number() OVER (PARTITION BY o.uy, o.inst, o.side
                           ORDER BY abs(coalesce(o.amt, 0)) DESC,
                                          o.form, o.row_key, o.col_key, o.cell) AS n,
                       count(*) OVER (PARTITION BY o.uy, o.inst, o.side) AS many
                FROM rec_ops o JOIN rec_checks c ON c.chk = o.chk
                    LEFT JOIN rec_titles t ON t.form = o.form
                LEFT JOIN rec_whole w ON w.form = o.form AND w.row_key = o.row_key
                LEFT JOIN rec_units h ON h.file = o.file AND h.sheet = o.sheet
                LEFT JOIN (SELECT rid, unit_name FROM rec_facts SEMI JOIN rec_wanted USING (rid)) f
                    ON f.rid = o.rid AND o.scope = 2
                LEFT JOIN rec_listed k ON k.uy = o.uy AND k.form = o.form AND k.block = o.block
                    AND k.row_key = o.row_key
                WHERE o.op <> {NAMED} AND (o.single OR o.present)
            )
        )
    """)


def _sides(con: duckdb.DuckDBPyConnection) -> None:
    """``rec_sides``: ``money`` is the one unit of all the amounts of a side, NULL where they have
    several.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_sides AS
        SELECT uy, inst, side, max(many) AS many, bool_and(whole) AS whole,
               sum(amt * coef) AS total, bool_or(mixed) AS mixed,
               CASE WHEN count(DISTINCT coalesce(money, '元')) FILTER (amt IS NOT NULL) = 1
                   THEN any_value(money) FILTER (amt IS NOT NULL) END AS money,
               count(amt) > 0 AS filled,
               max(abs(coef)) = 1 AND min(coef * flip) > 0 AS plain,
               string_agg(place || ' ' || value, '、' ORDER BY n) FILTER (n <= {MOST_OPERANDS})
                   AS listed
        FROM rec_words GROUP BY uy, inst, side
    """)


def _difference(of: str) -> str:
    """SQL for the difference, in the unit of both sides where they have the same."""
    fen = of.format("rec_scaled(n.d, n.scale)")
    return f"""CASE WHEN coalesce(l.whole, true) AND coalesce(r.whole, true)
            THEN rec_figure({fen}, true)
        ELSE rec_amount({fen}, CASE WHEN NOT coalesce(l.filled, false) THEN r.money
            WHEN NOT coalesce(r.filled, false) THEN l.money
                                    WHEN l.money = r.money THEN l.money END,
                        coalesce(l.mixed, false) OR coalesce(r.mixed, false)) END"""


def _side(name: str) -> str:
    """SQL for one side in words: the cell and its amount, or the sum, how many, and the largest."""
    total = f"coalesce(rec_scaled({name}.total, n.scale), 0::HUGEINT)"
    signed = f"-1 * {total}" if name == "r" else total
    return f"""CASE WHEN {name}.uy IS NULL AND n.sign = '与' THEN
            coalesce((SELECT string_agg(DISTINCT t.title, '、') FROM rec_operands o
            JOIN rec_titles t USING (form)
                WHERE o.chk = n.chk AND o.side = {int(name == "r")}) || '没有数', '0')
        WHEN {name}.uy IS NULL THEN '0'
        WHEN {name}.many = 1 AND ({name}.plain OR n.scale > 1) THEN {name}.listed
        ELSE '合计 ' || CASE WHEN {name}.whole THEN rec_figure({signed}, true)
            ELSE rec_amount({signed}, {name}.money, {name}.mixed) END
            || '（' || {name}.listed
            || CASE WHEN {name}.many > {MOST_OPERANDS} THEN ' 等 ' || {name}.many || ' 项'
                ELSE '' END || '）' END"""
