"""Whether a formula can be evaluated for a unit and year, and if not, why (in words)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.reconcile.submissions import World
from pipelines.reconcile.terms import Plan
from schemas.library import Form
from schemas.rulemodel import Check

READY = 0
# Reasons in order of weight: of several, the first in this list is the one reported. Those from 100
# on speak of a formula
# that is not meant for the unit: they are given only where no other formula of the rule was ready.
NO_CHILD, MISSING, ABSENT, NO_LAST_YEAR, CHANGED = range(1, 6)
NOT_FOR, CONDITION, NOTHING = range(100, 103)


@dataclass
class Gate:
    """``state[uy, check]`` is 0 where the formula can be evaluated, else the number of a reason."""

    state: np.ndarray
    reasons: list[str] = field(default_factory=lambda: [""])
    weights: list[int] = field(default_factory=lambda: [READY])
    _known: dict[str, int] = field(default_factory=dict)

    def reason(self, text: str, weight: int) -> int:
        if text not in self._known:
            self._known[text] = len(self.reasons)
            self.reasons.append(text)
            self.weights.append(weight)
        return self._known[text]

    def close(self, check: int, mask: np.ndarray, text: str, weight: int) -> None:
        """Closes a check for the units of the mask that are still open."""
        mask = mask & (self.state[:, check] == READY)
        if mask.any():
            self.state[mask, check] = self.reason(text, weight)

    def shut(self, check: int) -> bool:
        """Whether it is closed for all units, so that no further reason is looked for."""
        return bool(self.state[:, check].all())


class Gatekeeper:
    """Works out the gate for one slice of units and years (``uys``: their numbers)."""

    def __init__(self, world: World, forms: dict[str, Form], uys: np.ndarray):
        self.world, self.forms, self.uys = world, forms, uys
        self.present, self.missing = world.present[uys], world.missing[uys]
        self.position = {f: i for i, f in enumerate(world.forms)}
        internal = [i for i, f in enumerate(world.forms) if not forms[f].published]
        self.internal: np.ndarray = np.asarray(
            world.present[:, internal].any(1)
        )  # of published tables alone nothing follows for the others
        self.before = np.array([world.last_year(u) for u in uys], int)
        self.report = np.array([world.report(u) for u in uys])
        self.type = np.array([world.unit_type(u) for u in uys])
        self.children = [self._children(u) for u in uys]
        self.changed = np.array([self._changed(u) for u in uys], bool)

    def _children(self, uy: int) -> tuple[list[int], list[str]]:
        """Numbers of the subordinates' unit-years that are there, and names of those
        that are not.
        """
        world, year = self.world, int(self.world.year[uy])
        there, gone = [], []
        for code in world.expected_children(world.unit[uy], year):
            found = world.index.get((code, year), -1)
            if found >= 0 and world.present[found].any():
                there.append(found)
            else:
                gone.append(world.register[code].name)
        return there, gone

    def _changed(self, uy: int) -> bool:
        world, year = self.world, int(self.world.year[uy])
        unit = world.unit[uy]
        return world.expected_children(unit, year) != world.expected_children(unit, year - 1)

    def gate(self, plan: Plan) -> Gate:
        gate = Gate(np.zeros((len(self.uys), len(plan.checks)), np.int32))
        nothing = ~self.present.any(1)
        if nothing.any():
            gate.state[nothing] = gate.reason("未报送", MISSING)
        for number, check in enumerate(plan.checks):
            if check.rule.since or check.rule.until:
                self._years(gate, number, check)
            self._audience(gate, number, check)
            if not gate.shut(number):
                self._own(gate, number, check, condition=number >= plan.own)
            if "上年" in check.scopes and not gate.shut(number):
                self._last_year(gate, number, check)
            if "下级" in check.scopes and not gate.shut(number):
                self._subordinates(gate, number, check)
        return gate

    def _years(self, gate: Gate, number: int, check: Check) -> None:
        year = self.world.year[self.uys]
        outside = (year < (check.rule.since or 0)) | (year > (check.rule.until or 9999))
        gate.close(number, outside, "该年度不适用", NOT_FOR)

    def _audience(self, gate: Gate, number: int, check: Check) -> None:
        when = check.spec.when
        if when.unit_type:
            gate.close(number, self.type == "", "名册未列单位基本性质", NOT_FOR)
            other = ~np.isin(self.type, when.unit_type)
            gate.close(number, other, f"不适用：仅限{'、'.join(when.unit_type)}", NOT_FOR)
        if when.report == "单户":
            gate.close(number, self.report == "汇总", "不适用：汇总报表", NOT_FOR)
        elif when.report == "汇总":
            gate.close(number, self.report != "汇总", "不适用：单户报表", NOT_FOR)

    def _own(self, gate: Gate, number: int, check: Check, *, condition: bool) -> None:
        own = [f for f in check.forms() if f in self.position]
        wanted = [self.position[f] for f in own]
        present, missing = self.present, self.missing
        # A condition about a form that exists only where there is something to show ("no change in
        # CS01_1") holds without it.
        empty = condition and all(may_be_empty(self.forms[f], check) for f in own)
        if wanted and not empty:
            gate.close(
                number,
                ~present[:, wanted].any(1) & ~missing[:, wanted].any(1),
                "不涉及：没有报送有关表格",
                NOTHING,
            )
        for form in own:
            if gate.shut(number):
                return
            self._one_form(gate, number, check, form)

    def _one_form(self, gate: Gate, number: int, check: Check, form: str) -> None:
        at = self.position[form]
        gate.close(number, self.missing[:, at], f"缺少{form}", MISSING)
        needed = form in check.rule.needs or not may_be_empty(self.forms[form], check)
        absent = ~self.present[:, at] & (needed | ~self.internal[self.uys])
        gate.close(number, absent, f"没有报送{form}", ABSENT)

    def _last_year(self, gate: Gate, number: int, check: Check) -> None:
        none = (self.before < 0) | ~self.world.present[self.before].any(1)
        gate.close(number, none, "上年数据缺失", NO_LAST_YEAR)
        gate.close(
            number, (self.report == "汇总") & self.changed, "下级单位有增减，与上年不可比", CHANGED
        )
        for form in check.forms("上年"):
            at = self.position[form]
            gone = ~self.world.present[self.before, at]
            needed = (
                np.full(len(gone), not may_be_empty(self.forms[form], check))
                | self.world.missing[self.before, at]
            )
            needed |= ~self.internal[self.before]
            gate.close(number, gone & needed, f"上年缺少{form}", NO_LAST_YEAR)

    def _subordinates(self, gate: Gate, number: int, check: Check) -> None:
        empty = np.array([not there and not gone for there, gone in self.children], bool)
        gate.close(number, empty, "没有下级单位", NOT_FOR)
        for at, (_, gone) in enumerate(self.children):
            if gone:
                gate.close(
                    number, _only(len(self.uys), at), f"下级单位未报送：{'、'.join(gone)}", NO_CHILD
                )
        for form in check.forms("下级"):
            self._subordinate_form(gate, number, check, form)

    def _subordinate_form(self, gate: Gate, number: int, check: Check, form: str) -> None:
        at, world = self.position[form], self.world
        strict = not may_be_empty(self.forms[form], check)
        for row, (there, _) in enumerate(self.children):
            if gate.state[row, number] != READY or not there:
                continue
            lacking = world.missing[there, at] | (
                ~world.present[there, at] & (strict | ~self.internal[there])
            )
            if lacking.any():
                who = world.name[there[int(np.argmax(lacking))]]
                gate.close(number, _only(len(self.uys), row), f"下级单位{who}缺少{form}", NO_CHILD)


def _only(size: int, at: int) -> np.ndarray:
    mask = np.zeros(size, bool)
    mask[at] = True
    return mask


def may_be_empty(form: Form, check: Check) -> bool:
    """Whether an absent form counts as an empty one: those that exist only where there is something
    to show.
    """
    if form.form in check.spec.optional or form.absent == "empty" or form.expected_when:
        return True
    return form.required not in ("always", "never")
