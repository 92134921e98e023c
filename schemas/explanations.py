"""审核说明: which findings are known and why, by whom, until when (``explanations.yml``).

    explanations:
      - rule: Y-07
        unit: "101001"            # code or name
        year: 2023
        subject: Z01[收入/本年收入合计,决算数]      # or pattern: "Z01[*"
        reason: 本年新增专项
        by: 王某
        until: 2025-12-31

``until`` is the last day it holds. ``year`` may be left out for a pattern that holds for every
year. With neither ``subject`` nor ``pattern`` an entry explains every finding of the rule for the
unit and year: then the year has to be given, because "this rule does not count for this unit, ever"
is a matter for the rules and not for an explanation.

Instead of rule, unit and year an entry may name one finding (``finding: <问题编号>``) or a whole
cause (``cause: <原因编号>``, all its findings). The lists of the summary and of marked copies,
filled in and put back into the inbox, become such entries.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from schemas.observation import Observation, Place
from schemas.plainyaml import NotPlain, plain_yaml

ANY = "*"  # stands for rule and unit where an entry names a finding or a cause
DAY = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+\d{1,2}:\d{2}.*)?|(\d{4})()(\d{2})(\d{2})"
)
FIELDS = {
    "finding": "问题编号",
    "cause": "原因编号",
    "rule": "规则编号",
    "unit": "单位",
    "year": "年度",
    "subject": "对象",
    "pattern": "对象的通配",
    "reason": "原因",
    "by": "说明人",
    "until": "有效期",
}
KINDS = {
    "missing": "没有填写",
    "extra_forbidden": "不是可用的名称",
    "string_type": "应为文字，不能是列表或其他形式",
    "int_type": "应为四位年份",
    "int_parsing": "应为四位年份",
    "int_from_float": "应为四位年份",
    "invalid_key": "的名称应为文字",
}


class Explanation(BaseModel):
    """One 审核说明: of a finding, of a cause, or of a rule and unit.

    Of the latter ``subject``, ``pattern`` (with * and ?), or neither: all findings of the rule,
    unit and year. ``age`` is when its file was modified (ns): the newest explanation of a finding
    counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    rule: str
    unit: str
    finding: str = ""
    cause: str = ""
    year: int | None = None
    subject: str = ""
    pattern: str = ""
    reason: str
    by: str
    until: date
    number: int = 0
    file: str = ""
    age: int = 0

    @field_validator(
        "rule", "unit", "finding", "cause", "subject", "pattern", "reason", "by", mode="before"
    )
    @classmethod
    def _text(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name in ("subject", "pattern", "finding", "cause"):
            return ""
        return str(value).strip() if isinstance(value, str | int | float | Decimal) else value

    @field_validator("reason", "by", "rule", "unit")
    @classmethod
    def _filled(cls, value: str) -> str:
        if not value:
            raise ValueError("不能为空")
        return value

    @field_validator("until", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        found = DAY.fullmatch(str(value).strip())
        if not found:
            raise ValueError(f"“{str(value)[:30]}”不是日期，应写成 2025-12-31 的样子")
        year, _, month, day = (g for g in found.groups() if g is not None)
        try:
            return date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValueError(f"没有“{str(value)[:30]}”这一天") from error

    @model_validator(mode="before")
    @classmethod
    def _whole_rule(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and (entry.get("finding") or entry.get("cause")):
            return {"rule": ANY, "unit": ANY} | entry
        if (
            isinstance(entry, dict)
            and entry.get("year")
            and not entry.get("subject")
            and not entry.get("pattern")
        ):
            return entry | {"pattern": "*"}
        return entry

    @model_validator(mode="after")
    def _one_of(self) -> Explanation:
        if self.finding or self.cause:
            return self
        if self.subject and self.pattern:
            raise ValueError("subject 与 pattern 只能填一个")
        if not self.subject and not self.pattern:
            raise ValueError(
                "subject、pattern 都没有填时须填 year，表示该单位该年度这条规则的全部问题"
            )
        return self

    def covers(
        self,
        rule: str,
        unit_code: str | None,
        unit_name: str | None,
        year: int | None,
        subject: str,
    ) -> bool:
        """Whether it is about this finding (whatever the date)."""
        if rule != self.rule or self.unit not in (unit_code, unit_name):
            return False
        if self.year is not None and self.year != year:
            return False
        return subject == self.subject if self.subject else _like(subject, self.pattern)

    @property
    def key(self) -> tuple[Any, ...]:
        """What it is about, whoever says it and until when."""
        return (
            self.finding,
            self.cause,
            self.rule,
            self.unit,
            self.year,
            self.subject,
            self.pattern,
        )

    @property
    def about(self) -> str:
        """What it explains, in words."""
        if self.finding or self.cause:
            return f"问题 {self.finding}" if self.finding else f"原因 {self.cause}"
        return f"规则 {self.rule}，单位 {self.unit}，{self.subject or self.pattern}"


def _like(subject: str, pattern: str) -> bool:
    """Wildcards * and ? only: brackets are part of a subject."""
    return fnmatch.fnmatchcase(subject, pattern.replace("[", "[[]"))


class Said(BaseModel):
    """What a file of explanations says, as it comes from the worker that read it."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    entries: list[Explanation]
    problems: list[Observation]


def load_explanations(
    path: Path, file: str = "", age: int = 0
) -> tuple[list[Explanation], list[Observation]]:
    """The entries of a file, and an S-EXPLAIN for each that cannot be used. Never raises for what
    the file says.

    ``file`` is how to call it, ``age`` when it was modified (ns).
    """
    name = file or path.name
    try:
        return explanations_in(path.read_bytes(), name, age)
    except OSError as error:
        return [], [not_used(name, f"无法读取（{error.strerror}）")]


def explanations_in(
    data: bytes, file: str, age: int = 0
) -> tuple[list[Explanation], list[Observation]]:
    """The same of the bytes of a file."""
    try:
        raw = plain_yaml(data)
    except NotPlain as error:
        return [], [not_used(file, f"不是正确的 YAML（{error}）")]
    if raw is None:
        return [], []
    entries = raw.get("explanations") if isinstance(raw, dict) else raw
    if entries is None and isinstance(raw, dict) and "explanations" in raw:
        return [], []
    if not isinstance(entries, list):
        return [], [not_used(file, "应为 explanations: 之下的列表")]
    numbered = [(number, f"第 {number} 条", entry) for number, entry in enumerate(entries, 1)]
    return _checked(file, age, numbered)


def said_in(data: bytes, file: str, age: int) -> bytes:
    """The same as JSON (``Said``): what a worker gives back."""
    entries, problems = explanations_in(data, file, age)
    return Said(entries=entries, problems=problems).model_dump_json().encode()


def not_used(file: str, why: str) -> Observation:
    """A file of explanations that cannot be used at all."""
    return _problem(file, file, why)


def explanations_in_rows(
    file: str, age: int, rows: list[dict[str, Any]]
) -> tuple[list[Explanation], list[Observation]]:
    """The same for filled rows of a list that was put back: ``sheet``, ``row``, and the fields of
    an entry.
    """
    numbered = []
    for row in rows:
        entry = {name: value for name, value in row.items() if name in FIELDS}
        numbered.append((row["row"], f"《{row['sheet']}》第 {row['row']} 行", entry))
    return _checked(file, age, numbered)


def _checked(
    file: str, age: int, numbered: list[tuple[int, str, Any]]
) -> tuple[list[Explanation], list[Observation]]:
    """The entries (number, where in the file, values) that hold, and what is wrong with
    the others.
    """
    found: list[Explanation] = []
    problems: list[Observation] = []
    seen: Counter[str] = Counter()  # a subject that comes again gets a number
    for number, where, entry in numbered:
        known = {"number": number, "file": file, "age": age}
        try:
            values = dict(entry) if isinstance(entry, dict) else {}
            found.append(Explanation.model_validate(values | known))
        except (ValidationError, TypeError, ValueError) as error:
            about = _about(entry)
            again = seen[about]
            seen[about] += 1
            subject = f"{about}#{again + 1}" if again else about
            problems.append(_problem(file, subject, f"{where}{_wrong(error)}"))
    return found, problems


def _about(entry: Any) -> str:
    """What an entry is about, wherever in the file it stands: rule, unit, year and subject, as far
    as they are given.
    """
    if not isinstance(entry, dict):
        return _short(entry)
    if named := entry.get("finding") or entry.get("cause"):
        return _short(named)
    values = (
        entry.get("rule"),
        entry.get("unit"),
        entry.get("year"),
        entry.get("subject") or entry.get("pattern"),
    )
    return "|".join("*" if v in (None, "") else _short(v) for v in values)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:80]}…"


def _wrong(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "不是“名称: 值”的形式"
    return "；".join(dict.fromkeys(_mistake(e["loc"], e["type"], e["msg"]) for e in error.errors()))


def _mistake(place: tuple[Any, ...], kind: str, said: str) -> str:
    field = str(place[0]) if place else ""
    label = f"的 {field}" if field else ""
    if field in FIELDS:
        label += f"（{FIELDS[field]}）"
    elif kind == "extra_forbidden":
        label += f" {_meant(field)}"
    said = said.removeprefix("Value error, ")
    label = label.rstrip() + (" " if label.endswith(" ") else "")
    return f"{label}{KINDS.get(kind) or ('不合要求' if said.isascii() else f'不合要求：{said}')}"


def _meant(field: str) -> str:
    """For a name that no entry has: the one that may be meant."""
    near = difflib.get_close_matches(field, FIELDS, n=1)
    return f"（是不是 {near[0]}？）" if near else ""


def _problem(file: str, subject: str, what: str) -> Observation:
    message = f"审核说明 {file} {what}，没有采用。请改正后再运行。"
    return Observation("S-EXPLAIN", subject, message, "error", places=(Place("subject", file),))
