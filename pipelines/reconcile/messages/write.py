"""``rec_messages``: uy, inst, message, detail."""

from __future__ import annotations

import duckdb

from pipelines.reconcile.blanks import NAMED
from pipelines.reconcile.messages.parts import (
    MOST_OPERANDS,
    MOST_PLACES,
    amount_columns,
    part_columns,
)
from pipelines.reconcile.messages.templates import filled, quoted, quoted_name, statement
from schemas.message_words import MessageWords, message_words

_SIDE = "LEFT JOIN rec_sides {0} ON {0}.uy = n.uy AND {0}.inst = n.inst AND {0}.side = {1}"
SIDES = " ".join(_SIDE.format(name, side) for side, name in enumerate("lrp"))
# How many digits of 分 stand behind the point of an amount in a unit.
UNITS = {"百元": 4, "千元": 5, "万元": 6, "亿元": 10}


def load_macros(con: duckdb.DuckDBPyConnection) -> None:
    """The macros that write amounts and names; other modules of this room use them too."""
    cases = " ".join(
        f"WHEN '{unit}' THEN rec_in(fen, {digits}) || ' {unit}'" for unit, digits in UNITS.items()
    )
    con.execute(statement("macros.sql", {"cases": cases}))


def write_messages(con: duckdb.DuckDBPyConnection) -> None:
    """Makes ``rec_messages`` from ``rec_ops`` and ``rec_names``."""
    words = message_words()
    said = {key: quoted(text) for key, text in words.cell.items()}
    units = ", ".join(quoted(u) for u in UNITS)
    named = {"units": units, "named": NAMED, "before": quoted(words.before)}
    con.execute(statement("operands.sql", said | named))
    con.execute(statement("sides.sql", {"most": MOST_OPERANDS, "most_places": MOST_PLACES}))
    # Three steps, as every macro is written out wherever it is used: in one query the words of
    # both sides stood in nine templates, and planning it took seconds for a single message.
    _create(con, "rec_amounts", "n.uy, n.inst", amount_columns(), SIDES)
    amounts = "JOIN rec_amounts a ON a.uy = n.uy AND a.inst = n.inst"
    parts = part_columns(words)
    _create(con, "rec_parts", "n.uy, n.inst, n.sign, n.d", parts, f"{SIDES} {amounts}")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rec_messages AS
        SELECT n.uy, n.inst, {_message(words)} AS message, {_detail(words)} AS detail
        FROM rec_parts n
    """)


def _create(
    con: duckdb.DuckDBPyConnection, table: str, keys: str, columns: dict[str, str], joins: str
) -> None:
    """A temporary table of those columns, a row for each failing instance."""
    listed = ", ".join(f"{sql} AS {quoted_name(name)}" for name, sql in columns.items())
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {keys}, {listed} FROM rec_names n {joins}"
    )


def _columns(words: MessageWords) -> dict[str, str]:
    return {name: f"n.{quoted_name(name)}" for name in part_columns(words)}


def _message(words: MessageWords) -> str:
    """SQL of the short sentence: which template, by how the sides stand to each other."""
    columns = _columns(words)
    short = {key: filled(text, columns) for key, text in words.short.model_dump().items()}
    return f"""CASE
        WHEN n.sign = '与' THEN {short["clash"]}
        WHEN n.sign = '大于' THEN {short["over"]}
        WHEN n.sign = '小于' THEN {short["under"]}
        WHEN n.d > 0 THEN {short["more"]}
        ELSE {short["less"]}
    END"""


def _detail(words: MessageWords) -> str:
    """SQL of the whole formula."""
    columns = _columns(words)
    full = {key: filled(text, columns) for key, text in words.full.model_dump().items()}
    return f"""CASE n.sign
        WHEN '与' THEN {full["clash"]}
        WHEN '大于' THEN {full["over"]}
        WHEN '小于' THEN {full["under"]}
        ELSE {full["equal"]}
    END"""
