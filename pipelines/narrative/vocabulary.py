"""The words of a narrative, from ``schemas/narrative/*.yml``: quantities, section titles, template
left-overs.

What belongs here: loading and compiling that data. What does not: reading a document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from schemas.library import Code, code_list
from schemas.yamlfile import read_yaml

FOLDER = Path(__file__).parents[2] / "schemas" / "narrative"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a quantity stands in the tables."""

    form: str
    block: str
    row: str
    col: str

    def __str__(self) -> str:
        return f"{self.form}[{'/'.join(p for p in (self.block, self.row) if p)},{self.col}]"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something a narrative states a figure about. ``counter``: its units, if it is not money.

    ``spent``: what its bare wordings mean among expenditure of 财政拨款. ``beside``: cells that
    may be counted in its value as well.
    """

    id: str
    title: str
    rule: str
    names: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    leads: str = ""
    parent: str = ""
    covered_by: str = ""
    spent: str = ""
    whole: str = ""
    pair: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    facts: tuple[Address, ...] = ()
    budget: tuple[Address, ...] = ()
    beside: tuple[Address, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SumRule:
    """A total and its parts, where that does not follow from ``parent``.

    ``here``: only a total in the same section is meant; ``others``: totals that the parts may make
    instead.
    """

    whole: str
    parts: tuple[str, ...]
    rule: str
    here: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What comes in and what goes out; ``also_in``, ``also_out``: members that are often left out
    where they are nought.
    """

    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    rule: str
    also_in: tuple[str, ...] = ()
    also_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionKind:
    kind: str
    title: re.Pattern[str]
    part: bool = False


@dataclass(frozen=True, slots=True)
class Subjectless:
    """A title that goes on with the section above it; ``gpb``: its kind below 一般公共预算."""

    title: re.Pattern[str]
    gpb: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """A pattern of template text left standing: what it is called and what to do about it."""

    id: str
    pattern: re.Pattern[str]
    advice: str
    open_place: bool = False
    prose: bool = False
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    quantities: dict[str, Quantity]
    sums: tuple[SumRule, ...]
    balances: tuple[Balance, ...]
    sections: tuple[SectionKind, ...]
    below: frozenset[str]
    subjectless: tuple[Subjectless, ...]
    figure_sections: frozenset[str]
    money_sections: frozenset[str]
    wording_sections: frozenset[str]
    leftovers: tuple[Leftover, ...]
    traditional: dict[str, str] = field(default_factory=dict)


def _load(name: str) -> Any:
    return read_yaml(FOLDER / name)


def _addresses(values: list[str]) -> tuple[Address, ...]:
    return tuple(Address(*value.split("|")) for value in values)


def _composed(wording: str, parts: dict[str, str]) -> str:
    """A wording with the parts it is made of ({car}{run}{fee}) put in."""
    for name, part in parts.items():
        wording = wording.replace("{" + name + "}", part)
    return wording


def _quantity(raw: dict[str, Any], parts: dict[str, str]) -> Quantity:
    made: dict[str, Any] = dict(raw)
    for name in ("within", "pair", "counter"):
        made[name] = tuple(raw.get(name, ()))
    for name in ("names", "bare"):
        made[name] = tuple(_composed(w, parts) for w in raw.get(name, ()))
    for name in ("facts", "budget", "beside"):
        made[name] = _addresses(raw.get(name, []))
    return Quantity(**made)


def _sum(raw: dict[str, Any]) -> SumRule:
    lists = {name: tuple(raw.get(name, ())) for name in ("parts", "others")}
    return SumRule(**{**raw, **lists})


def _balance(raw: dict[str, Any]) -> Balance:
    sides = {name: tuple(members) for name, members in raw.items() if name != "rule"}
    return Balance(**sides, rule=raw["rule"])


def _leftover(raw: dict[str, Any]) -> Leftover:
    return Leftover(
        raw["id"],
        re.compile(raw["pattern"]),
        raw["advice"],
        raw.get("open_place", False),
        raw.get("prose", False),
        raw.get("severity", ""),
    )


@cache
def vocabulary() -> Vocabulary:
    """Everything the narrative stage knows about wording."""
    words, titles = _load("quantities.yml"), _load("sections.yml")
    pairs = _load("traditional.yml")
    return Vocabulary(
        quantities={q["id"]: _quantity(q, words["parts"]) for q in words["quantities"]},
        sums=tuple(_sum(s) for s in words["sums"]),
        balances=tuple(_balance(b) for b in words["balances"]),
        sections=tuple(
            SectionKind(s["kind"], re.compile(s["title"]), s.get("part", False))
            for s in titles["sections"]
        ),
        below=frozenset(titles["below"]),
        subjectless=tuple(
            Subjectless(re.compile(_composed(t["title"], {"own": titles["own"]})), t["gpb"])
            for t in titles["subjectless"]
        ),
        figure_sections=frozenset(titles["figures"]),
        money_sections=frozenset(titles["money"]),
        wording_sections=frozenset(titles["wording"]),
        leftovers=tuple(_leftover(r) for r in _load("leftovers.yml")["leftovers"]),
        traditional=dict(zip(pairs["traditional"], pairs["simplified"], strict=True)),
    )


def class_stem(name: str) -> str:
    """A class name without the endings that narratives leave out: 商业服务业等支出 → 商业服务业."""
    return re.sub(r"等$", "", re.sub(r"支出$", "", name))


@cache
def classes() -> dict[str, Code]:
    """The functional classes (类), by code."""
    return {c: item for c, item in code_list("functional").items.items() if len(c) == 3}
