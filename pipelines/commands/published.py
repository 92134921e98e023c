"""The published set that a command is about."""

from __future__ import annotations

from pathlib import Path

from pipelines.config import Config
from pipelines.errors import Aborted
from pipelines.publish.place import Place


def place_of(config: Config) -> Place:
    return Place(config.processed, config.reports)


def current_set(config: Config) -> Path:
    """The published set. Raises Aborted (with what to do) before the first run."""
    found = place_of(config).published()
    if found is None:
        raise Aborted(f"{config.processed} 中还没有发布过的数据。请先运行 caijue run。")
    return found
