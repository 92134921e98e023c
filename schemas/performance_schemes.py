"""Scoring schemes (附件1 指标体系) as data: ``schemas/performance/*.yml`` and an organisation's own
folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.yamlfile import read_yaml

SCHEMES_DIR = Path(__file__).parent / "performance"
METHODS = (
    "target_setting", "target_reached", "deviation_bands", "disposal", "progress", "completion",
    "residual", "violations", "unresolved", "yes_no", "feedback", "manual", "spot_check", "ratio",
)  # fmt: skip


# The numbers that a method cannot do without; of the others it knows the usual ones.
NEEDED = {
    "deviation_bands": ("items", "forms", "bands"),
    "progress": ("months", "share", "weights"),
    "spot_check": ("bands",),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class SchemeYears(_Strict):
    since: int = 0
    until: int = 9999


class SchemeIndicator(_Strict):
    """An indicator of 附件1. ``method`` says how it is computed, ``params`` with which numbers,
    ``manual`` from which field of ``performance.yml``; the texts are the project's own, for 附件1
    as it is drafted.
    """

    name: str
    aliases: tuple[str, ...] = ()
    level1: str
    level2: str
    weight: float
    method: Literal[
        "target_setting", "target_reached", "deviation_bands", "disposal", "progress", "completion",
        "residual", "violations", "unresolved", "yes_no", "feedback", "manual", "spot_check",
        "ratio",
    ]  # fmt: skip
    params: Mapping[str, Any] = Field(default_factory=dict)
    manual: str = ""
    explain: str = ""
    standard: str = ""
    evidence: str = ""

    @model_validator(mode="after")
    def _complete(self) -> SchemeIndicator:
        lacking = [p for p in NEEDED.get(self.method, ()) if not self.params.get(p)]
        if lacking:
            raise ValueError(f"指标“{self.name}”的 params 缺少 {'、'.join(lacking)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


class Scheme(_Strict):
    """A scheme: its indicators in order. ``self_max``: the most a unit can give itself."""

    id: str
    title: str
    region: str = ""
    years: SchemeYears = SchemeYears()
    titles: tuple[str, ...] = ()
    total: float = 100
    self_max: float = 100
    indicators: tuple[SchemeIndicator, ...]

    def indicator(self, name: str) -> SchemeIndicator | None:
        return next((i for i in self.indicators if name in i.names), None)

    def by_method(self, method: str) -> SchemeIndicator | None:
        return next((i for i in self.indicators if i.method == method), None)


@dataclass(frozen=True)
class SchemeProblem:
    """A scheme file that cannot be used, and why (for a person)."""

    file: str
    reason: str


def load_schemes(
    folders: Iterable[Path] = (SCHEMES_DIR,),
) -> tuple[dict[str, Scheme], list[SchemeProblem]]:
    """Every scheme of the folders; a later folder replaces an earlier one's of the same id.

    A bad file is reported.
    """
    found: dict[str, Scheme] = {}
    problems: list[SchemeProblem] = []
    for folder in folders:
        for path in sorted(Path(folder).glob("*.yml")):
            try:
                scheme = Scheme.model_validate(read_yaml(path))
            except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
                problems.append(SchemeProblem(path.name, _words(error)))
                continue
            found[scheme.id] = scheme
    return found, problems


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return f"“{where}”{first['msg'].removeprefix('Value error, ')}"
    return "不是可读的 YAML 文件"


@cache
def shipped_schemes() -> dict[str, Scheme]:
    return load_schemes()[0]
