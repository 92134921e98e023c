"""The words of messages: templates with named parts, loaded from ``message_words.yml`` and checked
when loaded.

What does not belong here: where the parts come from (``pipelines/reconcile/messages``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.yamlfile import read_yaml

FILE = Path(__file__).with_name("message_words.yml")

# What each part is: the template that uses another name is refused when it is loaded.
PARTS = {
    "do": "what to do, by severity",
    "left": "the left side: table, cell, line and column, amount",
    "right": "the right side; a table or line that is the left's is not said again",
    "gap": "the difference without sign, in the unit of the sheets",
    "own": "what the rule says, for an organisation's own rules",
    "reason": "what the rule says",
    "left_full": "the left side with the full name of every cell",
    "right_full": "the right side with the full name of every cell",
    "difference": "left less right",
    "distance": "what the difference is",
    "allowed": "by how much the sides may differ",
}


def parts_of(template: str) -> list[tuple[str, str]]:
    """The template in order, as (text, name of the part after it or '')."""
    return [(text, name or "") for text, name, _, _ in Formatter().parse(template)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Short(_Strict):
    """Templates of lists, by how the sides stand to each other."""

    more: str
    less: str
    over: str
    under: str
    clash: str


class Full(_Strict):
    """Templates of the whole formula."""

    equal: str
    over: str
    under: str
    clash: str


class MessageWords(_Strict):
    """All of ``message_words.yml``."""

    do: dict[str, str]
    short: Short
    own: str
    full: Full
    unsolved: str
    allowed: str
    distance: dict[str, str]
    side: dict[str, str]
    more: str
    cell: dict[str, str]
    before: str

    @model_validator(mode="after")
    def _parts_are_known(self) -> MessageWords:
        for template in (*self.short.model_dump().values(), *self.full.model_dump().values()):
            unknown = {name for _, name in parts_of(template) if name} - PARTS.keys()
            if unknown:
                raise ValueError(f"{FILE.name}：没有名为 {'、'.join(sorted(unknown))} 的部分")
        return self


def action_first(message: str, severity: str) -> str:
    """A sentence that says what is wrong, with what to do before it; one that begins with that
    stays as it is.
    """
    return message if message.startswith("请") else message_words().do[severity] + message


@cache
def message_words() -> MessageWords:
    """The shipped words. Raises ValueError where a template uses a part that there is not."""
    return MessageWords.model_validate(read_yaml(FILE))
