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
from schemas.kept import kept
from schemas.rulemistakes import yaml_place
from schemas.yamlfile import parse_yaml, read_yaml

HERE = Path(__file__).parent
FORMS_DIR = HERE / "forms"
CODES_DIR = HERE / "codes"
LAST_YEAR = 9999


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Years(_Strict):
    """The fiscal years a description is known to hold for."""

    since: int = Field(0, description="从哪个年度起")
    until: int = Field(LAST_YEAR, description="到哪个年度止")

    def __contains__(self, year: int) -> bool:
        return self.since <= year <= self.until


class Column(_Strict):
    """An amount column: ``key`` is its header path joined by ``/``, or an economic code."""

    key: str = Field(
        description="栏键：各层表头自上而下以 `/` 相连（`本年支出/基本支出/小计`），"
        "或经济科目编码；规则用它称呼这一栏，定了就不再改"
    )
    label: str = Field("", description="印在表头上的文字，与 `key` 不同时才写")
    aliases: tuple[str, ...] = Field(
        (), description="表头的其他写法，各层以 `/` 相连；空格、全半角、换行不用另写"
    )
    optional: bool = Field(False, description="可以没有的栏：表上没有时不说缺栏")
    since: int = Field(0, description="从哪个年度起有这一栏：以前的年度没有它不说缺栏")

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label or self.key, *self.aliases)


class Row(_Strict):
    """A fixed row: ``under`` names the line it stands under where its label repeats."""

    key: str = Field(description="行键：去掉编号、`其中：`、空格和括号中单位的名称，或科目编码")
    label: str = Field("", description="印在表上的文字，与 `key` 不同时才写")
    aliases: tuple[str, ...] = Field((), description="项目名称的其他写法")
    line: int | None = Field(None, description="行次；只在名称重复时用来分辨")
    under: str | None = Field(None, description="名称重复的行：它在哪一行之下")
    count: bool = Field(False, description="数量（辆、人、个），不按金额单位换算")
    blocked: bool = Field(False, description="不填金额的行")
    heading: bool = Field(False, description="只是小标题的行")
    since: int = Field(0, description="从哪个年度起有这一行")
    until: int = Field(LAST_YEAR, description="到哪个年度止有这一行")

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label or self.key, *self.aliases)


class Block(_Strict):
    """A part of a table with several: its rows, and its amount columns (left to right).

    ``former``: rows of earlier years' layouts, read where they stand and never written.
    """

    name: str = Field(description="块名，如 `收入`；事实的 `block`，行键在块内唯一")
    part: str = Field("", description="同名的块再分时的代号，如机构运行信息表的左、右")
    columns: tuple[Column, ...] = Field(description="金额栏，自左至右")
    rows: tuple[Row, ...] = Field(description="行，自上而下；或共用的一组行的名称（见下）")
    former: tuple[Row, ...] = Field((), description="往年的版式才有的行：读得到，不写出")

    @property
    def id(self) -> str:
        return self.part or self.name


Layout = Literal["list", "blocks", "strips", "row", "items"]
Codes = Literal["functional", "economic"]


class Shape(_Strict):
    """Another layout of a form, as some regions print it; what is not said is as in the form."""

    layout: Layout = Field(description="版式（见“版式”）")
    codes: Codes | None = Field(None, description="行上编码的分类，与表不同时才写")
    columns: tuple[Column, ...] = Field((), description="金额栏；键要用表中已有的键")
    also: tuple[Column, ...] = Field((), description="另有的栏：读得到，不参与写出")
    rows: tuple[Row, ...] = Field((), description="`items` 版式的各项")


class Form(_Strict):
    """One 财决 or published table. ``unit`` is the money unit when the sheet does not say.

    ``also``: columns that some regions print besides; read where they stand, never written.
    """

    form: str = Field(description="表格代号，如 `Z01`、`G03`、`H01`；规则用它称呼这张表")
    family: Literal["财决", "公开", "绩效"] = Field("财决", description="哪一套表")
    number: str = Field(description="表号，如 `财决01-1表`、`公开03表`；按它认表")
    title: str = Field(description="表名；按它认表")
    aliases: tuple[str, ...] = Field(
        (), description="表名的其他写法；年度、单位名称、`（续）` 不用写"
    )
    number_aliases: tuple[str, ...] = Field((), description="表号的其他写法")
    unit: Literal["元", "万元"] = Field(description="表上没有印金额单位时所按的单位")
    years: Years = Field(description="这个版式适用的年度：`{since: 2018, until: 2025}`")
    required: str = Field("never", description="应报：`always`、`never`，或在什么情况下应报")
    expected_when: str | None = Field(None, description="在什么情况下应当有数")
    absent: str | None = Field(None, description="没有报送时的说法")
    layout: Layout = Field(description="版式（见“版式”）")
    codes: Codes | None = Field(
        None, description="行上科目编码的分类：`functional` 功能分类，`economic` 经济分类"
    )
    columns: tuple[Column, ...] = Field(
        (), description="金额栏，自左至右；写 `economic` 即全部经济分类科目"
    )
    also: tuple[Column, ...] = Field(
        (), description="有的地区另印的栏：读得到，不参与写出，表上没有时不说缺栏"
    )
    heads: dict[str, tuple[str, ...]] = Field(
        {}, description="栏键第一层的其他写法，先写的先取：`{预算数: [全年预算数, 年初预算数]}`"
    )
    wide: bool = Field(False, description="各栏是经济分类科目（`columns: economic` 时自动为 true）")
    alternative: Literal["economic"] | None = Field(
        None, description="`economic`：也可以排成功能分类作行、经济分类作栏"
    )
    layouts: tuple[Shape, ...] = Field((), description="有的地区的其他版式，逐一试读")
    blocks: tuple[Block, ...] = Field((), description="`blocks` 版式的各块")
    panels: tuple[tuple[str, ...], ...] = Field(
        (), description="各栏组自左至右，每组自上而下有哪些块（写块名或 `part`）"
    )
    rows: tuple[Row, ...] = Field((), description="`items` 版式的各项")
    blocked: tuple[str, ...] = Field((), description="不填金额的单元格")
    footers: tuple[str, ...] = Field((), description="表底的合计行，如 `人员经费合计`")
    source: tuple[str, ...] = Field((), description="公开表由哪些财决表得来")
    row: str | None = Field(None, description="`row` 版式唯一一行的行键")

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

    @cached_property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns that a sheet may have."""
        return self.columns + self.also if self.also else self.columns

    @cached_property
    def shapes(self) -> tuple[Form, ...]:
        """The form in every layout that it comes in, its own first."""
        others = [self.model_copy(update=_said(shape)) for shape in self.layouts]
        return tuple(form for form in (self, self.other_layout, *others) if form is not None)

    @cached_property
    def counted(self) -> frozenset[str]:
        """The keys of rows that count things (辆, 个, 人) instead of money."""
        return frozenset(row.key for block in self.blocks for row in block.rows if row.count)

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


def _said(shape: Shape) -> dict[str, Any]:
    """What a layout says otherwise than its form; neither is laid out in a third way."""
    said = {name: getattr(shape, name) for name in shape.model_fields_set}
    return {"also": (), **said, "layouts": (), "alternative": None}


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


def _lists_keyed(raw: dict, names: tuple[str, ...]) -> dict:
    return {name: _all_keyed(raw[name]) for name in names if name in raw}


def _economic_columns(codes: CodeList) -> list[dict]:
    head = [{"key": "合计"}]
    return head + [
        {"key": c.code, "label": c.name, "aliases": c.aliases} for c in codes.items.values()
    ]


def _expand(raw: dict, shared: dict, economic: CodeList) -> dict:
    """A form's file with its short forms written out; what is wrong in it is left as it is."""
    if raw.get("columns") == "economic":
        raw = raw | {"columns": _economic_columns(economic), "wide": True}
    raw = raw | _lists_keyed(raw, ("columns", "also", "rows"))
    raw = raw | _under_other_heads(raw)
    if isinstance(raw.get("layouts"), list):
        shapes = [
            s | _lists_keyed(s, ("columns", "also", "rows")) if isinstance(s, dict) else s
            for s in raw["layouts"]
        ]
        raw = raw | {"layouts": shapes}
    blocks = raw.get("blocks", [])
    if isinstance(blocks, list):
        raw = raw | {"blocks": [_expand_block(b, shared) for b in blocks]}
    return raw


def _under_other_heads(raw: dict) -> dict:
    """The columns with the other writings of their first head added to their aliases."""
    heads, columns = raw.get("heads"), raw.get("columns")
    if not isinstance(heads, dict) or not isinstance(columns, list):
        return {}
    return {"columns": [_other_heads(c, heads) if isinstance(c, dict) else c for c in columns]}


def _other_heads(column: dict, heads: dict) -> dict:
    names = [str(column.get("key")), *(column.get("aliases") or ())]
    others = [
        f"{head}/{rest}"
        for first, _, rest in (name.partition("/") for name in names)
        for head in heads.get(first, ())
        if rest
    ]
    return column | {"aliases": [*names[1:], *others]}


def _expand_block(block: Any, shared: dict) -> Any:
    if not isinstance(block, dict):
        return block
    rows = block.get("rows")
    rows = shared.get(rows, rows) if isinstance(rows, str) else rows
    written = block | {"rows": rows} if "rows" in block else block
    return written | _lists_keyed(written, ("rows", "columns", "former"))


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
            if not path.name.startswith("_"):
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
    return kept("forms", (FORMS_DIR, CODES_DIR), load_forms)


def published_forms() -> list[Form]:
    """The shipped forms that a department publishes, by number."""
    return [form for _, form in sorted(forms().items()) if form.published]
