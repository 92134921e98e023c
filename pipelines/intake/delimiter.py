"""Whether a text is a table: lines that are rows, fields between tabs or commas."""

from __future__ import annotations

import csv
import re
from collections import Counter

DELIMITERS = "\t,;|"
LOOKED_AT = 200  # lines that decide: a form's head, its first rows and some to spare
FEWEST_FIELDS = 3  # a label, a line number and an amount: two fields are a list, not a table
FEWEST_NAMED = 2  # where the name says that it is a table
FEWEST_ROWS = 3
MOST_LINES_OF_PROSE = 0.2  # notes beneath a table are sentences, too
TABLE_SHARE = 0.6  # titles and notes have fewer fields than the rows of the table
_SENTENCE = re.compile(r"[。；]\s*\"?[\s,;|]*$")
_NOTE = re.compile(r"^\W*(?:备?注|说明)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def delimiter_of(text: str, *, prose: bool = True, fewest: int = FEWEST_FIELDS) -> str | None:
    """What separates the fields, or None where the text is no table.

    The separator that gives most lines the same number of fields, ``fewest`` at least; commas
    within figures do not count.
    Without ``prose`` a single sentence that is no note makes the text one to be read, not a table.
    """
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    if len(lines) < FEWEST_ROWS or _is_prose(lines, prose):
        return None
    return next((d for d in DELIMITERS if _separates(d, lines, fewest)), None)


def _is_prose(lines: list[str], allowed: bool) -> bool:
    """Sentences that are no notes where none are ``allowed``, or more of them than a table has."""
    said = [line for line in lines if _SENTENCE.search(line)]
    if not allowed and any(not _NOTE.match(line) for line in said):
        return True
    return len(said) > MOST_LINES_OF_PROSE * len(lines)


def _separates(delimiter: str, lines: list[str], fewest: int) -> bool:
    if delimiter == ",":
        lines = [_bare(line) for line in lines]
    rows = [line for line in lines if line.count(delimiter) >= fewest - 1]
    if len(rows) < max(FEWEST_ROWS, TABLE_SHARE * len(lines)):
        return False
    # Tabs separate columns and nothing else; the others also stand in sentences, so that the rows
    # must agree.
    counts = Counter(_fields(delimiter, rows))
    return delimiter == "\t" or counts.most_common(1)[0][1] >= TABLE_SHARE * len(rows)


def _fields(delimiter: str, rows: list[str]) -> list[int]:
    try:
        return [len(row) for row in csv.reader(rows, delimiter=delimiter)]
    except csv.Error:
        return [row.count(delimiter) + 1 for row in rows]


def _bare(line: str) -> str:
    """The line with its figures' thousands separators gone, where it does not quote its fields."""
    return line if '"' in line else _THOUSANDS.sub("", line)
