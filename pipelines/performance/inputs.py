"""``performance.yml``: what a person must say for the scoring of 附件1. A malformed entry is a
finding, never an error.

What does not belong here: what is made of it (``methods/``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pipelines.intake.refusal import Refused
from pipelines.intake.texts import read_text_confined
from schemas.observation import Observation, Place
from schemas.plainyaml import NotPlain, plain_yaml

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile

WORK = "pipelines.performance.inputs:said_in"
NAMES = ("performance.yml", "performance.yaml")
FIELDS = frozenset(
    ("unit", "year", "scheme", "target_setting", "equal_excess", "monitor_cancelled",
    "balance_written_off", "initial_budget",
     "progress", "violations", "unresolved", "linkage", "disclosure", "feedback",
     "spot_check_score", "uncovered_projects",
     "projects", "by", "on")
)  # fmt: skip


@dataclass(slots=True)
class Manual:
    """Entries by (unit as written, year), and what is wrong with the file."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Observation] = field(default_factory=list)

    def of(self, names: tuple[str, ...], year: int | None) -> dict[str, Any]:
        """The entry of a unit (by code, name or alias) and year; empty where there is none."""
        for entry in self.entries:
            if str(entry.get("unit")) in names and entry.get("year") == year:
                return entry
        return {}


class Said(BaseModel):
    """What a file says, as it comes from the worker that read it."""

    model_config = ConfigDict(extra="forbid")

    entries: list[dict[str, Any]]
    problems: list[Observation]


def manual_in(data: bytes, file: str) -> Manual:
    """What the bytes of a file say; what cannot be used is left out and said."""
    found = Manual()
    try:
        raw = plain_yaml(data)
    except NotPlain as error:
        _problem(found, file, f"不是可读的 YAML（{error}），整个文件没有采用")
        return found
    if not isinstance(raw, list):
        _problem(found, file, "应是一个列表，每个单位和年度一项，以“- unit:”开头")
        return found
    for number, entry in enumerate(raw, 1):
        _take(found, file, number, entry)
    return found


def said_in(data: bytes, file: str, age: int) -> bytes:
    """The same as JSON (``Said``): what a worker gives back."""
    found = manual_in(data, file)
    entries = [{str(name): value for name, value in e.items()} for e in found.entries]
    return Said(entries=entries, problems=found.problems).model_dump_json().encode()


def read_manual(file: RawFile) -> Manual:
    """What a file of the inbox says, read in a confined worker; one not read is a problem."""
    found = Manual()
    if not file.sha256:  # a link, or a file that could not be read: said where files are listed
        return found
    try:
        said = Said.model_validate_json(read_text_confined(WORK, file))
    except Refused as refused:
        _problem(found, file.file, f"没有读成（{refused.reason.rstrip('。')}），整个文件没有采用")
        return found
    return Manual(said.entries, said.problems)


def _take(found: Manual, file: str, number: int, entry: Any) -> None:
    if not isinstance(entry, dict) or "unit" not in entry or not isinstance(entry.get("year"), int):
        _problem(found, file, f"第 {number} 项缺少 unit 或 year（四位年度），没有采用")
        return
    unknown = sorted(str(k) for k in entry if k not in FIELDS)
    if unknown:
        _problem(found, file, f"第 {number} 项有不认识的字段 {'、'.join(unknown)}，其余字段照用")
    found.entries.append(entry)


def _problem(found: Manual, file: str, text: str) -> None:
    message = f"{file}：{text}。请改正后重新运行。"
    places = (Place("subject", file),)
    found.problems.append(
        Observation("S-PERFORMANCE", f"{file}/{len(found.problems) + 1}", message, places=places)
    )
