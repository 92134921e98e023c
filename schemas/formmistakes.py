"""What is wrong in an organisation's own form, in words: the file, the line, the key, what may
stand there and what was probably meant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from pydantic import BaseModel

from schemas.rulemistakes import KINDS

TOLD = 6  # mistakes of one file that are told; the rest follow from them as often as not


class FormMistake(ValueError):
    """A form that cannot be used; the text says why, in Chinese, a line for every mistake."""


def _meant(word: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    return f"，是不是 {near[0]}" if near else ""


def mistakes(
    name: str, text: str, errors: Sequence[Mapping[str, Any]], model: type[BaseModel]
) -> list[str]:
    """A line for each error of pydantic's about the form in file ``name``."""
    told = [f"{name}{_line(text, e['loc'])}：{_words(e, model)}" for e in errors[:TOLD]]
    rest = len(errors) - len(told)
    return told + ([f"{name}：还有 {rest} 处"] if rest > 0 else [])


def unknown_name(
    name: str, text: str, path: Sequence[Any], given: str, known: Sequence[str]
) -> str:
    """A word that should name something and does not, as ``rows: functional_clases``."""
    where = _line(text, path)
    choice = f"{_meant(given, known)}；可用的有：{'、'.join(known)}"
    return f"{name}{where}：{_path(path)} 的“{given}”没有这个名称{choice}"


def _words(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    loc, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        keys = list(_model_at(model, loc[:-1]).model_fields)
        given = str(loc[-1])
        place = f"{_path(loc[:-1])} 的 " if loc[:-1] else ""
        return f"{place}{given} {KINDS[kind]}{_meant(given, keys)}；可用的有：{'、'.join(keys)}"
    if kind == "missing":
        return f"{_path(loc)} 没有填写"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
        given = str(error.get("input"))
        meant = f"{_meant(given, allowed)}；应为：{'、'.join(allowed)}"
        return f"{_path(loc)} 的“{given}”{KINDS[kind]}{meant}"
    return f"{_path(loc)} {_expected(error)}".strip()


def _expected(error: Mapping[str, Any]) -> str:
    """What should stand there, by the kind of error; of our own checks their own words."""
    kind = str(error["type"])
    given = error.get("input")
    for start, should in _SHOULD.items():
        if kind.startswith(start):
            said = f"的“{given}”" if isinstance(given, str | int | float) else ""
            return f"{said}应为{should}"
    return str(error["msg"]).removeprefix("Value error, ")


_SHOULD = {
    "int": "整数",
    "bool": " true 或 false",
    "string": "文字（数字请加引号）",
    "tuple": "列表（每项一行，或写在方括号中）",
    "list": "列表（每项一行，或写在方括号中）",
    "model": "“名称: 值”的形式",
    "dict": "“名称: 值”的形式",
}


def _path(loc: Sequence[Any]) -> str:
    """``blocks[1].rows[3].key``, counted from 1 as people count."""
    text = ""
    for step in loc:
        text += f"[{step + 1}]" if isinstance(step, int) else f"{'.' if text else ''}{step}"
    return text


def _model_at(model: type[BaseModel], loc: Sequence[Any]) -> type[BaseModel]:
    """The model of the value at a place, where the keys that it may have are described."""
    for step in loc:
        field = model.model_fields.get(step) if isinstance(step, str) else None
        inner = field and next(_models(field.annotation), None)
        model = inner or model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _line(text: str, loc: Sequence[Any]) -> str:
    """“ 第 n 行”: the line of the key, or of what of its place is there."""
    try:
        node: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return ""
    line = None
    for step in loc:
        found = _step(node, step)
        if found is None:
            break
        line, node = found
    return f" 第 {line + 1} 行" if line is not None else ""


def _step(node: yaml.Node | None, step: Any) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    if isinstance(node, yaml.MappingNode):
        pairs = ((k, v) for k, v in node.value if k.value == str(step))
        return next(((k.start_mark.line, v) for k, v in pairs), None)
    return None
