"""What a run says while it works: one line a stage on standard error, and a log file with every
detail.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.shown import lines_shown

LOGGER = logging.getLogger("caijue")
LOGGER.propagate = False
logging.raiseExceptions = (
    False  # a log that cannot be written must not add a traceback to standard error
)


class _Json(logging.Formatter):
    """One JSON object a line: time (UTC), level, message, and whatever the line carries."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["detail"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    """Time and message, for a person; details stay in the log file."""

    def format(self, record: logging.LogRecord) -> str:
        mark = {"WARNING": "注意 ", "ERROR": "错误 "}.get(record.levelname, "")
        return (
            f"{datetime.fromtimestamp(record.created).strftime('%H:%M:%S')}"
            f" {mark}{lines_shown(record.getMessage())}"
        )


class _Console(logging.StreamHandler):
    """Standard error as it is when the line is written."""

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, _: Any) -> None:
        """The stream is always the present standard error."""


def to_console(form: str) -> None:
    """Have lines appear on standard error, as ``text`` or ``json``; once."""
    for handler in [h for h in LOGGER.handlers if isinstance(h, _Console)]:
        LOGGER.removeHandler(handler)
    handler = _Console()
    handler.setLevel(logging.INFO)
    handler.setFormatter(_Json() if form == "json" else _Text())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)


def to_file(path: Path) -> logging.Handler:
    """Have every line, with details, go to ``path`` too, until the handler is removed with
    :func:`stop`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_Json())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    return handler


def stop(handler: logging.Handler) -> None:
    """End what :func:`to_file` began."""
    LOGGER.removeHandler(handler)
    handler.close()


def say(message: str, level: int = logging.INFO, **fields: Any) -> None:
    """One line."""
    LOGGER.log(level, message, extra={"fields": fields})


def detail(message: str) -> None:
    """The exception being handled, with its traceback, for the log file only."""
    LOGGER.debug(message, exc_info=True)
