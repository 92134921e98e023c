"""The performance forms JX01 … JX18, loaded from ``schemas/forms/performance/``: words of headers,
measures, fixed rows.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from schemas.yamlfile import read_yaml

FORMS_DIR = Path(__file__).parent / "forms" / "performance"
MEASURES = ("money", "percent", "fraction", "count", "score", "text", "operator")
# ``answer`` is read as count, percent, money or text, whatever the cell holds; ``residual`` as
# percent or fraction.
Measure = Literal[
    "money", "percent", "fraction", "count", "score", "text", "operator", "answer", "residual"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class JXColumn(_Strict):
    """A column. ``leaf``/``under``: words of its own header and of the one above, where the leaf
    repeats.

    ``odd``: header words that name the column but are wrong (E-35).
    """

    key: str
    aliases: tuple[str, ...] = ()
    leaf: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    measure: Measure
    odd: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.leaf or (self.key, *self.aliases)


class JXKey(_Strict):
    """The label column: its header words; ``column`` is its name in ``signature``."""

    names: tuple[str, ...]
    column: str = ""
    optional: bool = False


class JXBlock(_Strict):
    """The column whose content (carried down) is the project; ``from_key``: the row's
    own label is.
    """

    names: tuple[str, ...] = ()
    from_key: bool = False


class JXLevel(_Strict):
    """A level above the label column: 一级指标, 二级指标."""

    names: tuple[str, ...]
    odd: tuple[str, ...] = ()


class JXRow(_Strict):
    key: str
    aliases: tuple[str, ...] = ()


class JXForm(_Strict):
    """One performance form.

    ``signature``: columns without which it is not recognised; ``without``: those it must not have.
    ``columns_of``: another form whose columns it shares; ``whole``: of the unit, not of a project.
    """

    form: str
    title: str
    titles: tuple[str, ...]
    layout: Literal["list", "staff", "scores", "project"]
    signature: tuple[str, ...]
    without: tuple[str, ...] = ()
    key: JXKey
    block: JXBlock | None = None
    levels: tuple[JXLevel, ...] = ()
    columns: tuple[JXColumn, ...] = ()
    columns_of: str = ""
    rows: tuple[JXRow, ...] = ()
    codes: Literal["", "functional", "economic", "economic_names"] = ""
    numbered: bool = False
    unverified: bool = False
    whole: bool = False
    needs_title: bool = False

    @field_validator("rows", mode="before")
    @classmethod
    def _rows(cls, value: Any) -> Any:
        return [{"key": v} if isinstance(v, str) else v for v in value or ()]

    def column(self, key: str) -> JXColumn:
        return next(c for c in self.columns if c.key == key)


@cache
def performance_forms() -> dict[str, JXForm]:
    """Every performance form, by id."""
    found = {}
    for path in sorted(FORMS_DIR.glob("*.yml")):
        form = JXForm.model_validate(read_yaml(path))
        found[form.form] = form
    for form in [f for f in found.values() if f.columns_of]:
        found[form.form] = form.model_copy(update={"columns": found[form.columns_of].columns})
    return found
