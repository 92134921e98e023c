"""A rule as it is written: its formulas with their words, when it applies, its worked examples; and
the checks that are compiled from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.notation import Cell, Formula

FAMILIES = ("表内", "表间", "跨年", "汇总", "公开", "表文", "绩效", "结构")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class When(_Strict):
    """Which units a formula is for. ``unit_type``: 单位基本性质; ``report``: 单户 or 汇总."""

    unit_type: tuple[str, ...] = ()
    report: Literal["", "单户", "汇总"] = ""
    reason: str = ""

    @field_validator("unit_type", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Word(_Strict):
    """What a word of a formula may stand for: only these, or all but these."""

    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


class FormulaSpec(_Strict):
    """One formula of a rule. 本表 stands for each of ``forms``; ``provided`` are conditions that
    must hold.

    ``blank``: ``zero`` is the general policy (a blank addend is 0 unless all are); ``skip`` leaves
    an instance out when one side holds no number at all. ``optional`` forms count as empty when
    they are absent.
    """

    formula: str
    forms: tuple[str, ...] = ()
    where: Mapping[str, Word] = Field(default_factory=dict)
    when: When = When()
    provided: tuple[str, ...] = ()
    blank: Literal["zero", "skip"] = "zero"
    optional: tuple[str, ...] = ()

    @field_validator("where", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        return {k: {"only": v} if isinstance(v, list) else v for k, v in (value or {}).items()}

    @field_validator("provided", mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Example(_Strict):
    """A small table of facts and what the rule says to it.

    Values: 元; ``—`` a dash; null a blank cell.
    """

    name: str = ""
    facts: Mapping[str, Any] = Field(default_factory=dict)
    forms: tuple[str, ...] = ()
    decimals: int | None = None
    unit_type: str = ""
    report: str = ""
    expect: Literal["pass", "fail", "not_evaluated"]
    failed: int | None = None


class Rule(_Strict):
    """A rule. ``kind``: ``formula``, ``query`` (SQL over the datasets) or ``observed`` (found by
    another stage).

    ``template``: what an observed rule says, with named parts; ``example``: such parts.
    ``covers``: for a query, the cells at which it finds any difference of one 分, as they would
    stand in a formula. ``source`` and ``number``: the file it is from and its place there;
    ``replaces``: the file of the rule of the same id that it stands for, ``replaced_severity`` its
    severity.
    """

    id: str
    title: str
    message: str = ""
    family: Literal["表内", "表间", "跨年", "汇总", "公开", "表文", "绩效", "结构"]
    severity: Literal["error", "review", "hint"]
    basis: str = ""
    since: int | None = None
    until: int | None = None
    kind: Literal["formula", "query", "observed"] = "formula"
    formulas: tuple[FormulaSpec, ...] = ()
    sql: str = ""
    needs: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    balanced: bool = False
    precision: str = ""
    advice: str = ""
    text: str = ""
    template: str = ""
    example: Mapping[str, Any] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    source: str = ""
    number: int = 0
    replaces: str = ""
    replaced_severity: Literal["", "error", "review", "hint"] = ""
    broken: str = ""

    @field_validator("formulas", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return [{"formula": v} if isinstance(v, str) else v for v in value or ()]

    @property
    def formula(self) -> str:
        """All formulas as text, one a line."""
        return "\n".join(f.formula.strip() for f in self.formulas) or self.text or self.sql.strip()


@dataclass(frozen=True)
class Check:
    """One formula made ready: a form put for 本表, coefficients whole, words with their
    patterns.
    """

    id: int
    rule: Rule
    number: int
    spec: FormulaSpec
    formula: Formula
    scale: int
    suffix: str = ""
    provided: tuple[Check, ...] = ()

    @cached_property
    def reference(self) -> Cell:
        """The cell that names an instance: the single cell of a side (the left before the right),
        else the first.
        """
        only = self._only_cell("left") or self._only_cell("right")
        if only is not None:
            return only
        cells = [t.cell for t in self.formula.terms if t.cell and t.side != "slack"]
        return next((c for c in cells if self._is_named(c)), cells[0])

    def _only_cell(self, side: str) -> Cell | None:
        """The one cell of its own, single, that a side has; None where it has more or another."""
        own = [t for t in self.formula.terms if t.side == side and t.cell and not t.cell.scope]
        if len(own) != 1 or own[0].summed:
            return None
        cell = own[0].cell
        return cell if cell is not None and single(cell) else None

    def _is_named(self, cell: Cell) -> bool:
        """One of its own cells, all whose words the instance binds."""
        return not cell.scope and set(cell.words) <= set(self.formula.binding)

    def forms(self, scope: str = "") -> list[str]:
        """The forms of the cells it looks at: its own, those of 上年 or of 下级."""
        return list(self._forms.get(scope, ()))

    @cached_property
    def _forms(self) -> dict[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = {}
        for cell in self.formula.cells:
            found.setdefault(cell.scope, {})[cell.form] = None
        return found

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Whose cells it looks at: "" for its own, 上年, 下级."""
        return frozenset(self._forms)


def single(cell: Cell) -> bool:
    """Whether a cell means one cell of a table (no set, no tree) once its words are bound."""
    return not any(len(p.names) > 1 or p.child for s in (cell.row, cell.col) for p in s.parts)
