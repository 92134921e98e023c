"""The forms, loaded from ``schemas/forms/*.yml``: the one description that reading, keys, samples
and documents share.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from yaml import YAMLError

from schemas.formmistakes import FormMistake, mistakes, unknown_name
from schemas.rulemistakes import yaml_place
from schemas.yamlfile import parse_yaml, read_yaml

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
    """A part of a table with several: its rows, and its amount columns (left to right).

    ``former``: rows of earlier years' layouts, read where they stand and never written.
    """

    name: str
    part: str = ""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    former: tuple[Row, ...] = ()

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
            named = "、".join(sorted(unknown))
            raise ValueError(
                f"panels 中的“{named}”不是 blocks 中的块；有：{'、'.join(sorted(known))}"
            )
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


def _keyed(value: Any) -> Any:
    """A column or row that is written as its key alone, as the description of one."""
    return {"key": value} if isinstance(value, str | int) else value


def _all_keyed(values: Any) -> Any:
    return [_keyed(v) for v in values] if isinstance(values, list) else values


def _economic_columns(codes: CodeList) -> list[dict]:
    head = [{"key": "合计"}]
    return head + [
        {"key": c.code, "label": c.name, "aliases": c.aliases} for c in codes.items.values()
    ]


def _expand(raw: dict, shared: dict, economic: CodeList) -> dict:
    """A form's file with its short forms written out; what is wrong in it is left as it is."""
    if raw.get("columns") == "economic":
        raw = raw | {"columns": _economic_columns(economic), "wide": True}
    raw = raw | {"columns": _all_keyed(raw.get("columns", []))}
    blocks = raw.get("blocks", [])
    if isinstance(blocks, list):
        raw = raw | {"blocks": [_expand_block(b, shared) for b in blocks]}
    return raw


def _expand_block(block: Any, shared: dict) -> Any:
    if not isinstance(block, dict):
        return block
    rows = block.get("rows")
    rows = shared.get(rows, rows) if isinstance(rows, str) else rows
    written = block | {"rows": rows}
    lists = {k: _all_keyed(written[k]) for k in ("rows", "columns", "former") if k in block}
    return block | lists


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

    Raises ``FormMistake``, with a line for every mistake in every file.
    """
    shared = read_yaml(FORMS_DIR / "_shared.yml")
    found: dict[str, Form] = {}
    wrong: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            if not path.name.startswith(("_", "JX")):
                try:
                    form = _load(path, shared)
                    found[form.form] = form
                except FormMistake as mistake:
                    wrong.append(str(mistake))
    if wrong:
        raise FormMistake("\n".join(wrong))
    return found


def _load(path: Path, shared: dict) -> Form:
    """The form of one file. Raises ``FormMistake``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = parse_yaml(text)
    except UnicodeDecodeError as error:
        raise FormMistake(f"{path.name}：不是 UTF-8 编码的文本，请另存为 UTF-8") from error
    except OSError as error:
        raise FormMistake(f"{path.name}：无法读取（{error.strerror}）") from error
    except YAMLError as error:
        raise FormMistake(f"{path.name} {yaml_place(error)}：不是正确的 YAML") from error
    if not isinstance(raw, dict):
        raise FormMistake(f"{path.name}：应以“名称: 值”写成，如 form: H01")
    if unknown := _unknown_rows(path.name, text, raw, shared):
        raise FormMistake(unknown)
    try:
        return Form.model_validate(_expand(raw, shared, code_list("economic")))
    except ValidationError as error:
        raise FormMistake("\n".join(mistakes(path.name, text, error.errors(), Form))) from error


def _unknown_rows(name: str, text: str, raw: dict, shared: dict) -> str:
    """A block whose rows are named by a word that no shared rows have."""
    blocks = raw.get("blocks")
    for i, block in enumerate(blocks if isinstance(blocks, list) else []):
        rows = block.get("rows") if isinstance(block, dict) else None
        if isinstance(rows, str) and rows not in shared:
            return unknown_name(name, text, ("blocks", i, "rows"), rows, list(shared))
    return ""


@cache
def forms() -> dict[str, Form]:
    """The forms shipped with the package."""
    return load_forms()


def published_forms() -> list[Form]:
    """The shipped forms that a department publishes, by number."""
    return [form for _, form in sorted(forms().items()) if form.published]
