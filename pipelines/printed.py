"""What goes to standard output: lines of text, or one JSON document."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def give_line(text: str) -> None:
    """Print it at once, with the end of the line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def give_if_taken(text: str) -> None:
    """The same of what is done and stands, whether anybody reads of it or not."""
    try:
        give_line(text)
    except BrokenPipeError:  # what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_TOKEN = secrets.token_hex(8)


def to_json(document: Any) -> str:
    """A document as JSON text; amounts are numbers with exactly their digits."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
    return re.sub(f'"{_TOKEN}(-?[0-9.]+)"', r"\1", text)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_TOKEN}{value:f}"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
