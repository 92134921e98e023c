"""What else was seen in a workbook while it was read, kept beside its extraction: explanations
filled into our own lists, and whether it has sheets of performance tables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SUFFIX = ".seen.json"


def beside(extraction: Path) -> Path:
    """Where that is kept."""
    return extraction.with_name(extraction.name + SUFFIX)


def keep_seen(extraction: Path, rows: list[dict[str, Any]], performance: bool) -> None:
    """Keep it, or take away what is there where nothing else was seen."""
    path = beside(extraction)
    if rows or performance:
        seen = {"explained": rows, "performance": performance}
        path.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def kept_rows(extraction: Path) -> list[dict[str, Any]]:
    """The filled rows (``explained.filled_rows``); none for a workbook that is no list of ours."""
    rows = _seen(extraction).get("explained")
    return rows if isinstance(rows, list) else []


def kept_performance(extraction: Path) -> bool:
    """Whether sheets of performance tables stand beside those that were extracted."""
    return _seen(extraction).get("performance") is True


def _seen(extraction: Path) -> dict[str, Any]:
    path = beside(extraction)
    if not path.is_file():
        return {}
    seen = json.loads(path.read_text(encoding="utf-8"))
    return seen if isinstance(seen, dict) else {}
