"""The forms, loaded from ``schemas/forms/*.yml``: the one description that reading, keys, samples
and documents share.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.kept import kept

HERE = Path(__file__).parent
FORMS_DIR = HERE / "forms"
CODES_DIR = HERE / "codes"
LAST_YEAR = 9999


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Years(_Strict):
    """The fiscal years a description is known to hold for."""

    since: int = 0
    until: int = LAST_YEAR

    def __contains__(self, year: int) -> bool:
        return self.since <= year <= self.until


class Column(_Strict):
    """An amount column: ``key`` is its header path joined by ``/``, or an economic code."""

    key: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label or self.key, *self.aliases)


class Row(_Strict):
    """A fixed row: ``under`` names the line it stands under where its label repeats."""

    key: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    line: int | None = None
    under: str | None = None
    count: bool = False
    blocked: bool = False
    heading: bool = False
    since: int = 0
    until: int = LAST_YEAR

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label or self.key, *self.aliases)


class Block(_Strict):
    """A part of a table with several: its rows, and its amount columns (left to right)."""

    name: str
    part: str = ""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def id(self) -> str:
        return self.part or self.name


class Form(_Strict):
    """One 财决 or published table. ``unit`` is the money unit when the sheet does not say."""

    form: str
    family: Literal["财决", "公开", "绩效"] = "财决"
    number: str
    title: str
    aliases: tuple[str, ...] = ()
    number_aliases: tuple[str, ...] = ()
    unit: Literal["元", "万元"]
    years: Years
    required: str = "never"
    expected_when: str | None = None
    absent: str | None = None
    layout: Literal["list", "blocks", "strips", "row"]
    codes: Literal["functional", "economic"] | None = None
    columns: tuple[Column, ...] = ()
    wide: bool = False
    alternative: str | None = None
    blocks: tuple[Block, ...] = ()
    panels: tuple[tuple[str, ...], ...] = ()
    blocked: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    row: str | None = None

    @field_validator("source", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def published(self) -> bool:
        return self.family == "公开"

    @cached_property
    def other_layout(self) -> Form | None:
        """The same form as some regions lay it out: functional codes down, the economic
        classification across.
        """
        if self.alternative != "economic":
            return None
        columns = tuple(Column.model_validate(c) for c in _economic_columns(code_list("economic")))
        return self.model_copy(
            update={"columns": columns, "wide": True, "codes": "functional", "alternative": None}
        )

    def classification(self, code: str) -> str:
        """Which classification a row's code is of: that of the form, or the functional one where
        the form is laid out the other way.
        """
        own = self.codes or "functional"
        return "functional" if self.other_layout and code.startswith("2") else own

    def block(self, block_id: str) -> Block:
        return next(b for b in self.blocks if b.id == block_id)

    @model_validator(mode="after")
    def _panels_known(self) -> Form:
        known = {b.id for b in self.blocks}
        unknown = {b for panel in self.panels for b in panel} - known
        if unknown:
            raise ValueError(f"{self.form}: panels name unknown blocks {sorted(unknown)}")
        return self


class Code(_Strict):
    """A classification item. ``certain`` is False where the edition's wording is not sure."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    since: int = 0
    until: int = LAST_YEAR
    certain: bool = True
    group: str = ""
    three_public: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


class CodeList(BaseModel):
    """One classification (功能分类 or 部门预算支出经济分类), by code."""

    name: str
    items: dict[str, Code] = Field(default_factory=dict)

    def get(self, code: str, year: int) -> Code | None:
        item = self.items.get(code)
        return item if item and item.since <= year <= item.until else None


def _as_column(value: Any) -> dict:
    return {"key": value} if isinstance(value, str) else dict(value)


def _as_row(value: Any) -> dict:
    return {"key": value} if isinstance(value, str) else dict(value)


def _economic_columns(codes: CodeList) -> list[dict]:
    head = [{"key": "合计"}]
    return head + [
        {"key": c.code, "label": c.name, "aliases": c.aliases} for c in codes.items.values()
    ]


def _expand(raw: dict, shared: dict, economic: CodeList) -> dict:
    if raw.get("columns") == "economic":
        raw = raw | {"columns": _economic_columns(economic), "wide": True}
    raw = raw | {"columns": [_as_column(c) for c in raw.get("columns", [])]}
    blocks = []
    for block in raw.get("blocks", []):
        rows = shared[block["rows"]] if isinstance(block["rows"], str) else block["rows"]
        columns = [_as_column(c) for c in block["columns"]]
        blocks.append(block | {"rows": [_as_row(r) for r in rows], "columns": columns})
    return raw | {"blocks": blocks}


@cache
def code_list(name: str) -> CodeList:
    """``functional`` or ``economic``."""
    items = {}
    with (CODES_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            row["aliases"] = tuple(a for a in row.get("aliases", "").split("|") if a)
            row["certain"] = row.get("certain", "yes") != "no"
            kept = {k: v for k, v in row.items() if v != ""}
            items[row["code"]] = Code.model_validate(kept)
    return CodeList(name=name, items=items)


def load_forms(folders: Iterable[Path] = (FORMS_DIR,)) -> dict[str, Form]:
    """Every form description in the folders, by form id; a later folder replaces an earlier one's
    form.
    """
    from schemas.yamlfile import read_yaml

    shared = read_yaml(FORMS_DIR / "_shared.yml")
    economic = code_list("economic")
    found: dict[str, Form] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            if not path.name.startswith(("_", "JX")):
                raw = read_yaml(path)
                found[raw["form"]] = Form.model_validate(_expand(raw, shared, economic))
    return found


@cache
def forms() -> dict[str, Form]:
    """The forms shipped with the package."""
    return kept("forms", (FORMS_DIR, CODES_DIR), load_forms)


def published_forms() -> list[Form]:
    """The shipped forms that a department publishes, by number."""
    return [form for _, form in sorted(forms().items()) if form.published]
