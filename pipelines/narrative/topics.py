"""Which item a name means where it stands: classes named once for what follows, counts by their
unit, stock and flow.

What does not belong here: figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.narrative.clauses import FLOW
from pipelines.narrative.entries import Item
from pipelines.narrative.figures import Figure
from pipelines.narrative.functional import class_code, kuan_codes, resolve
from pipelines.narrative.tokens import Token
from pipelines.narrative.vocabulary import classes, vocabulary
from schemas.library import code_list

PEOPLE = {
    "three.host": ("count.host.batches", "count.host.people"),
    "three.host.home": ("count.host.home.batches", "count.host.home.people"),
    "three.host.rest": ("count.host.rest.batches", "count.host.rest.people"),
    "three.host.foreign": ("count.host.foreign.batches", "count.host.foreign.people"),
    "three.host.abroad": ("count.host.abroad.batches", "count.host.abroad.people"),
    "three.abroad": ("count.abroad.groups", "count.abroad.people"),
    "count.abroad.groups": ("count.abroad.groups", "count.abroad.people"),
}
OWNERS = {
    "count.host.batches": "three.host",
    "count.host.people": "three.host",
    "count.host.home.batches": "three.host.home",
    "count.host.home.people": "three.host.home",
    "count.host.rest.batches": "three.host.rest",
    "count.host.rest.people": "three.host.rest",
    "count.host.foreign.batches": "three.host.foreign",
    "count.host.foreign.people": "three.host.foreign",
    "count.host.abroad.batches": "three.host.abroad",
    "count.host.abroad.people": "three.host.abroad",
    "count.abroad.groups": "three.abroad",
    "count.abroad.people": "three.abroad",
}
BATCH, PERSON = ("批次", "批", "次", "个", "团次", "组", "个团组", "个批次"), ("人次", "人")
VEHICLES = ("辆", "台")
VEHICLES_OF = {
    "three.car.buy": "count.car.bought",
    "three.car.run": "count.car.kept",
    "three.car": "count.car.kept",
}
# 人均, 平均每辆 without a word for what: what the topic before costs each
AVERAGES_OF = {
    "three.abroad": {"average.host": "average.abroad"},
    "count.abroad": {"average.host": "average.abroad"},
    "three.car.buy": {"average.car": "average.bought"},
    "count.car.bought": {"average.car": "average.bought"},
    "flow.vehicles": {"average.car": "average.bought"},
}
# totals that hold what was carried over from or to another year
WITH_CARRIED = ("fiscal", "fiscal_income", "fiscal_expenditure")
# On which side an open topic stands, by the first part of its id; any other tells neither. Below
# 收、支总计 the side does not matter, as nothing there is judged (WITH_CARRIED).
SIDES = {
    "fiscal": "income",
    "fiscal_income": "income",
    "income": "income",
    "fiscal_expenditure": "spent",
    "gpb": "spent",
    "fund": "spent",
    "capital": "spent",
}
# what economic classes may divide, and the form that has them
DIVIDED = {
    "expenditure": "Z05",
    "expenditure.basic": "Z05_1",
    "expenditure.project": "Z05_2",
    "fiscal_expenditure.year": "",
    "gpb": "Z08",
    "gpb.basic": "Z08_1",
    "gpb.project": "Z08_2",
}
# the same by the section, where none of them is open
DIVIDED_HERE = {
    "expenditure": "expenditure",
    "gpb": "gpb",
    "gpb_structure": "gpb",
    "fiscal": "fiscal_expenditure.year",
}
BEFORE = re.compile(r"(?:年|期)初|(?:上年|去年)末?|原有")  # vehicles there were, not there are
BUDGETS = {
    "fund": "fund",
    "capital": "capital",
    "expenditure": "expenditure",
    "fiscal": "fiscal",
    "total": "total",
}


@dataclass(slots=True)
class Names:
    """The class (类) and the 款 named last: what an item named below them without them
    belongs to.
    """

    klass: str = ""
    kuan: str = ""

    def clear(self) -> None:
        self.klass = self.kuan = ""


@dataclass(slots=True)
class Topics:
    """Items by their names.

    ``names``: what was named above; ``car_head``: whose kinds of vehicles follow.
    """

    names: Names = field(default_factory=Names)
    car_head: str = ""

    def item(
        self, token: Token, context: str, figure: Figure | None, before: list[Token]
    ) -> Item | None:
        """The item a token names, in a section of this kind; counts go by their unit."""
        if token.kind == "econ":
            return economic_item(token.ids)
        if token.kind != "item":
            return self._functional(token, context)
        item = quantity_item(token.ids[0])
        if figure and figure.kind == "count":
            item = self.counted(item, figure) or item
        if item.counter and _flows(item, before):
            return flow(item)
        return item

    def sided(self, token: Token, item: Item | None, context: str, open_topic: str) -> Item | None:
        """The budget that a short name (一般公共预算财政拨款) means among 财政拨款: income or
        expenditure, as the open topic is; None where that tells neither. Under a total with what
        was carried over it is understood, but no figure of this year: ``flow.``.
        """
        spent = _among_spent(token, item) if item else ""
        if item is None or not spent or context != "fiscal":
            return item
        side = SIDES.get(open_topic.removeprefix("flow.").partition(".")[0])
        meant = quantity_item(spent) if side == "spent" else item
        if side and _with_carried(open_topic):
            return flow(meant)
        return meant if side else None

    def counted(self, item: Item, figure: Figure) -> Item | None:
        """The count that belongs to an item: 国内公务接待 with 批次 or 人次; vehicle kinds go with
        their head.
        """
        quantity = item.quantity
        if quantity and quantity.kind == "car":
            head = self.car_head or "count.car"
            return Item(f"{head}.{quantity.id}", quantity.title, quantity.rule, quantity=quantity)
        if figure.unit in VEHICLES and (counted := VEHICLES_OF.get(item.id)):
            return quantity_item(counted)
        pair = _batches_and_people(item.id)
        if not pair:
            return None
        if figure.unit in BATCH:
            return quantity_item(pair[0])
        return quantity_item(pair[1]) if figure.unit in PERSON else None

    def _functional(self, token: Token, context: str) -> Item:
        """An item for a 类, 款 or 项 token; what was named above completes it."""
        budget = BUDGETS.get(context, "gpb")
        if token.kind == "coded":
            return by_code(token.parts[0], budget)
        if token.kind == "klass":
            self.names = Names(token.parts[0])
            code = class_code(token.parts[0])
            name = classes()[code].name if code else token.parts[0]
            return Item(f"class.{budget}.{code or name}", name, "N-06", code, names=token.parts)
        if token.kind == "lone":
            self.names = Names(self.names.klass, token.parts[0])
            return _kuan((self.names.klass, token.parts[0]), budget)
        if token.kind == "kuan":
            self.names = Names(*token.parts)
            return _kuan((token.parts[0], token.parts[1]), budget)
        names = self._complete(token)
        self.names = Names(names[0], names[1])
        return functional_item(names, budget)

    def _complete(self, token: Token) -> tuple[str, str, str]:
        if token.kind == "triple":
            klass, kuan, item = token.parts
            return klass.lstrip("、"), kuan, item
        if token.kind == "pair":
            return self.names.klass, token.parts[0], token.parts[1]
        return self.names.klass, self.names.kuan, token.parts[0]


def averaged(item: Item | None, open_topic: str) -> Item | None:
    """The average that a short name (人均, 平均每辆) means after the open topic; None for 人均 of
    something else (培训费, 机关运行经费).
    """
    if item is None:
        return None
    for topic, meant in AVERAGES_OF.items():
        if item.id in meant and open_topic.startswith(topic):
            return quantity_item(meant[item.id])
    hosted = open_topic.startswith(("three.host", "count.host", "average.batch"))
    return item if hosted or item.id != "average.host" else None


def _among_spent(token: Token, item: Item) -> str:
    """What a short name means among expenditure; empty for a name that means one side only."""
    return item.quantity.spent if token.bare and item.quantity else ""


def _with_carried(topic: str) -> bool:
    """Whether a topic holds what was carried over from or to another year."""
    return topic.startswith("flow.") or topic in WITH_CARRIED


def flow(item: Item) -> Item:
    """What is understood of an item, but is no figure of what there is this year."""
    return Item(f"flow.{item.id}", item.title, item.rule, quantity=item.quantity)


def _batches_and_people(item_id: str) -> tuple[str, str] | None:
    """The two counts of a kind of reception or journey: of batches (groups) and of people."""
    if item_id not in PEOPLE and item_id.startswith("count.host."):
        stem = item_id.rpartition(".")[0]
        return f"{stem}.batches", f"{stem}.people"
    return PEOPLE.get(item_id)


def economic_item(codes: tuple[str, ...], scope: str = "") -> Item:
    """An item of the economic classification; ``scope``: the expenditure that it is a part of
    (``expenditure.project``), empty for basic expenditure of 一般公共预算.
    """
    code = codes[0] if len(codes) == 1 else None
    name = code_list("economic").items[codes[0]].name
    tail = f".{scope}" if scope else ""
    rule = vocabulary().quantities[scope].rule if scope else "N-10"
    return Item(f"econ.{code or name}{tail}", name, rule, code)


def economic_scope(item_id: str) -> str:
    """The expenditure that an economic item is a part of."""
    return "".join(item_id.split(".", 2)[2:]) or "gpb.basic"


def divided(topic: str, context: str) -> str:
    """The expenditure that economic classes divide after a topic, in a section of this kind; empty
    where none is open.
    """
    if topic.startswith("econ."):
        return economic_scope(topic)
    if topic in DIVIDED:
        return topic
    return DIVIDED_HERE.get(context, "")


def by_code(code: str, budget: str) -> Item:
    """The 类, 款 or 项 of a code among those of a budget (gpb, fund, …)."""
    name = code_list("functional").items[code].name
    level = {3: ("class", "N-06"), 5: ("kuan", "N-07")}.get(len(code), ("item", "N-07"))
    return Item(f"{level[0]}.{budget}.{code}", name, level[1], code, names=(name,))


def come_or_gone(item: Item, clause: list[Token]) -> bool:
    """Whether a count of the open topic is of things said to have come or gone (报废1辆)."""
    counted = item.id.startswith(("vehicles", "equipment", "count.car.kept"))
    return counted and any(FLOW.fullmatch(t.text) for t in clause)


def _flows(item: Item, before: list[Token]) -> bool:
    """Whether vehicles are said to come or go (更新应急保障用车1辆) rather than to be there."""
    if not item.id.startswith(("vehicles", "equipment")):
        return False
    words = "".join(t.text for t in before[-4:])
    if BEFORE.search(words):
        return True
    return bool(FLOW.search(words)) and not re.search(r"共有|拥有|保有|占有", words)


def _kuan(names: tuple[str, str], budget: str) -> Item:
    """The item of a 类 and a 款; an empty 类 was not printed."""
    klass = class_code(names[0]) if names[0] else None
    found = [c for c in kuan_codes(names[1]) if klass is None or c.startswith(klass)]
    code = found[0] if len(found) == 1 else None
    return Item(f"kuan.{budget}.{code or names[1]}", names[1], "N-07", code, names=names)


def functional_item(names: tuple[str, str, str], budget: str) -> Item:
    """The item of a 类/款/项 triple; an empty 类 was not printed."""
    meant = resolve(*names)
    title = "".join(f"{n}（{m}）" for n, m in zip(names, "类款项", strict=True) if n)
    key = meant.code if meant.code and not meant.problem else "/".join(names)
    return Item(f"item.{budget}.{key}", title, "N-07", meant.code, resolution=meant, names=names)


def quantity_item(quantity_id: str) -> Item:
    quantity = vocabulary().quantities[quantity_id]
    return Item(quantity.id, quantity.title, quantity.rule, quantity=quantity)
