"""Puts the page together: template, style, scripts and data in one file; the extracts of a large
set beside it.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path

import duckdb

from pipelines.deliver.filenames import UnitYear
from pipelines.deliver.page.data import page_data, to_json
from pipelines.deliver.page.extracts import read_views
from pipelines.deliver.page.performance import performance_blocks
from pipelines.deliver.performance import PerformanceData
from pipelines.deliver.summary import Summary

HERE = Path(__file__).parent
SCRIPTS = (
    "dom.js",
    "controls.js",
    "listing.js",
    "chunks.js",
    "explain.js",
    "fixes.js",
    "charts.js",
    "units.js",
    "findings.js",
    "lists.js",
    "performance.js",
    "page.js",
)
BESIDE = "index-data"


def write_page(
    out: Path,
    summary: Summary,
    con: duckdb.DuckDBPyConnection,
    performance: Mapping[UnitYear, PerformanceData] | None = None,
) -> Path:
    """Write ``index.html`` below ``out``, and ``index-data/`` where there are too many extracts for
    one file.
    """
    data, chunks = page_data(summary, read_views(con, summary.cells))
    data["performance"] = performance_blocks(summary, performance or {})
    shutil.rmtree(out / BESIDE, ignore_errors=True)
    if chunks:
        (out / BESIDE).mkdir()
    for number, chunk in chunks.items():
        text = f"caijueChunk({to_json(number)},{to_json(chunk)});\n"
        (out / BESIDE / f"{number}.js").write_text(text, encoding="utf-8")
    path = out / "index.html"
    path.write_text(_html(data), encoding="utf-8")
    return path


def _html(data: dict) -> str:
    page = (HERE / "page.html").read_text(encoding="utf-8")
    own = {
        "STYLE": (HERE / "page.css").read_text(encoding="utf-8"),
        "SCRIPT": "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS),
    }
    for name, text in own.items():
        page = page.replace(f"@@{name}@@", text, 1)
    parts = {
        "STYLE-HASH": _hash(page, "style"),
        "SCRIPT-HASH": _hash(page, "script"),
        "VERDICT": escape(data["run"]["verdict"]),
        "RUN": escape(data["run"]["id"]),
        "DATA": to_json(data),
    }
    for name, text in parts.items():
        page = page.replace(f"@@{name}@@", text, 1)
    return page


def _hash(page: str, element: str) -> str:
    """The hash by which the page's policy lets its own style or script in, and no other."""
    inside = page.split(f"<{element}>", 1)[1].split(f"</{element}>", 1)[0]
    digest = hashlib.sha256(inside.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
