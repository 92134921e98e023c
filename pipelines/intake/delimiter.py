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
WIDE = 6  # no sentence has so many commas as the next one, whatever its figures are
MOST_LINES_OF_PROSE = 0.2  # notes beneath a table are sentences, too
TABLE_SHARE = 0.6  # titles and notes have fewer fields than the rows of the table
_SENTENCE = re.compile(r"[。；]\s*\"?[\s,;|]*$")
_NOTE = re.compile(r"^\W*(?:备?注|说明)")
# A field whose quote is still open at the end of the line: its text goes on in the next one.
_OPEN = re.compile(r'(?:^|[\t,;|])"(?:[^"]|"")*$')
MOST_LINES_A_RECORD = 30  # a head of many lines in every column; a quote never closed is none
# 1,234,567.89 in the text of a line; in 5.678,123.45 or 0,301 the comma stands between two fields.
_THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:,\d{3})+(?!\d)")


def delimiter_of(text: str, *, prose: bool = True, fewest: int = FEWEST_FIELDS) -> str | None:
    """What separates the fields, or None where the text is no table.

    The separator that gives most lines the same number of fields, ``fewest`` at least; commas
    within figures do not count.
    Without ``prose`` a single sentence that is no note makes the text one to be read, not a table.
    """
    lines = [line for line in _records(text.splitlines()[:LOOKED_AT]) if line.strip()]
    if len(lines) < FEWEST_ROWS or _is_prose(lines, prose):
        return None
    return next((d for d in DELIMITERS if _separates(d, lines, fewest)), None)


def _is_prose(lines: list[str], allowed: bool) -> bool:
    """Sentences that are no notes where none are ``allowed``, or more of them than a table has."""
    said = [line for line in lines if _SENTENCE.search(line)]
    if not allowed and any(not _NOTE.match(line) for line in said):
        return True
    return len(said) > MOST_LINES_OF_PROSE * len(lines)


def _records(lines: list[str]) -> list[str]:
    """The lines of a table, those joined between which a quoted field is broken."""
    found: list[str] = []
    start = 0
    while start < len(lines):
        end = start + 1
        record = lines[start]
        while _OPEN.search(record) and end < min(len(lines), start + MOST_LINES_A_RECORD):
            record = f"{record} {lines[end]}"
            end += 1
        closed = not _OPEN.search(record)
        found.append(record if closed else lines[start])
        start = end if closed else start + 1
    return found


def _separates(delimiter: str, lines: list[str], fewest: int) -> bool:
    if delimiter != ",":
        return _agree(delimiter, lines, fewest)
    return _agree(",", [_bare(line) for line in lines], fewest) or _agree(",", lines, WIDE)


def _agree(delimiter: str, lines: list[str], fewest: int) -> bool:
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
    return line if '"' in line else _THOUSANDS.sub(lambda found: found[0].replace(",", ""), line)
