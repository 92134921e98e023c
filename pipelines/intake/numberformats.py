"""Number formats that show an amount smaller than it is stored: ``0!.0,`` shows 4853900 as 485.4,
in 万元.

What does not belong here: which cells have such a format (``scaledcells`` for .xlsx,
``scaledxls`` for .xls).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r'"[^"]*"|[\\!_*].|\[[^\]]*\]|.', re.S)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_WORDS = (("百万", "百万元"), ("亿", "亿元"), ("万", "万元"), ("千", "千元"))
_TESTS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """How a format shows a number: divided by 10^``steps``, and with the money ``unit`` it writes
    behind, if any.
    """

    steps: int = 0
    unit: str = ""


@lru_cache(maxsize=4096)
def sections(code: str) -> tuple[tuple[tuple[str, ...], Shown], ...]:
    """The sections of a format code: each with its conditions as written, and how it shows a
    number.
    """
    parts: list[list[str]] = [[]]
    for token in _TOKEN.findall(code):
        if token == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple((tuple(t for t in part if _CONDITION.match(t)), _shown(part)) for part in parts)


def scales(code: str) -> bool:
    """Whether any section of the format shows numbers smaller than they are."""
    return any(shown.steps for _, shown in sections(code))


def shown_as(code: str, value: float) -> Shown:
    """How a format shows a number."""
    found = sections(code)
    for conditions, shown in found:
        for condition in conditions:
            sign, bound = _CONDITION.match(condition).groups()  # type: ignore[union-attr]
            if _TESTS[sign](value, float(bound)):
                return shown
    plain = [shown for conditions, shown in found if not conditions]
    if len(plain) < len(found):
        return plain[0] if plain else Shown()
    return plain[1] if value < 0 and len(plain) > 1 else plain[0]


def _shown(tokens: list[str]) -> Shown:
    """Commas behind the last digit divide by a thousand each; a point written as text divides by
    what follows it.
    """
    digits = [i for i, t in enumerate(tokens) if t in "0#?"]
    if not digits or "%" in tokens:
        return Shown()
    whole_end = tokens.index(".") if "." in tokens else len(tokens)
    steps = 3 * _commas(tokens, digits, whole_end) + _behind_point(tokens, digits, whole_end)
    return Shown(steps, _unit(tokens)) if steps else Shown()


def _unit(tokens: list[str]) -> str:
    """The money unit that stands in the texts of a format, if any."""
    text = "".join(map(_literal, tokens))
    return next((unit for word, unit in _WORDS if word in text), "")


def _commas(tokens: list[str], digits: list[int], whole_end: int) -> int:
    """How many commas divide; ``digits``: where the digits stand, ``whole_end``: where those of
    the whole number end.
    """
    commas = 0
    for token in tokens[digits[-1] + 1 :]:
        if token != ",":
            break
        commas += 1
    if whole_end < digits[-1]:  # commas may also stand before the decimal point: 0,.00
        before = [i for i in digits if i < whole_end]
        commas += tokens[before[-1] + 1 : whole_end].count(",") if before else 0
    return commas


def _behind_point(tokens: list[str], digits: list[int], whole_end: int) -> int:
    """How many digits of the whole number stand behind a point that is written as text."""
    points = [i for i, t in enumerate(tokens) if _literal(t) == "." and digits[0] < i < digits[-1]]
    return sum(points[0] < i < whole_end for i in digits) if points else 0


def _literal(token: str) -> str:
    """The text a token writes; empty for placeholders, padding and conditions."""
    if token.startswith('"'):
        return token.strip('"')
    if len(token) == 2 and token[0] in "\\!":
        return token[1]
    return token if token not in "0#?,." and not token.startswith(("[", "_", "*")) else ""
