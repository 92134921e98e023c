"""``rec_messages``: uy, inst, message, detail."""

from __future__ import annotations

from functools import cache

import duckdb

from pipelines.reconcile.blanks import NAMED
from pipelines.reconcile.messages.parts import (
    MOST_OPERANDS,
    MOST_PLACES,
    part_columns,
)
from pipelines.reconcile.messages.templates import filled, quoted, quoted_name, statement
from schemas.message_words import MessageWords, message_words

_SIDE = "LEFT JOIN rec_sides {0} ON {0}.uy = n.uy AND {0}.inst = n.inst AND {0}.side = {1}"
_EMPTY = "LEFT JOIN rec_empty e{0} ON e{0}.chk = n.chk AND e{0}.side = {1} AND n.sign = '与'"
JOINED = " ".join(
    [_SIDE.format(name, side) for side, name in enumerate("lrp")]
    + [_EMPTY.format(name, side) for side, name in enumerate("lr")]
    + ["JOIN rec_amounts a ON a.uy = n.uy AND a.inst = n.inst"]
)
# How many digits of 分 stand behind the point of an amount in a unit.
UNITS = {"百元": 4, "千元": 5, "万元": 6, "亿元": 10}


def load_macros(con: duckdb.DuckDBPyConnection) -> None:
    """The macros that write amounts and names; other modules of this room use them too."""
    con.execute(_macros())


def write_messages(con: duckdb.DuckDBPyConnection) -> None:
    """Makes ``rec_messages`` from ``rec_ops`` and ``rec_names``."""
    con.execute(_statements())


@cache
def _macros() -> str:
    digits = " ".join(f"WHEN {quoted(unit)} THEN {digits}" for unit, digits in UNITS.items())
    units = ", ".join(quoted(unit) for unit in UNITS)
    return statement("macros.sql", {"digits": digits, "units": units})


@cache
def _statements() -> str:
    words = message_words()
    said = {key: quoted(text) for key, text in words.cell.items()}
    units = ", ".join(quoted(u) for u in UNITS)
    named = {"units": units, "named": NAMED, "before": quoted(words.before)}
    operands = statement("operands.sql", said | named)
    sides = statement("sides.sql", {"most": MOST_OPERANDS, "most_places": MOST_PLACES})
    # The parts are made before the sentences, as every part stands in several templates.
    parts = part_columns(words)
    listed = ", ".join(f"{sql} AS {quoted_name(name)}" for name, sql in parts.items())
    sentences = f"""
        CREATE OR REPLACE TEMP TABLE rec_parts AS
        SELECT n.uy, n.inst, n.sign, n.d, {listed} FROM rec_names n {JOINED};
        CREATE OR REPLACE TEMP TABLE rec_messages AS
        SELECT n.uy, n.inst, {_message(words)} AS message, {_detail(words)} AS detail
        FROM rec_parts n
    """
    return "\n".join((operands, sides, sentences))


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
