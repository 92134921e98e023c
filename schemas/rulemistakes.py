"""What is wrong in a file of rules, in words, and on which line of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

KINDS = {
    "extra_forbidden": "不是可用的名称",
    "missing": "没有填写",
    "literal_error": "不是可用的值",
}


def mistake(error: Mapping[str, Any]) -> str:
    """What is wrong with a value, in words; the values that may stand there, where they are few."""
    said = KINDS.get(error["type"], f"不合要求（{error['msg'].removeprefix('Value error, ')}）")
    if error["type"] == "literal_error":
        allowed = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
        return f"“{error.get('input')}”{said}，应为：{'、'.join(allowed)}"
    return said


def line_of(text: str, number: int, path: Sequence[int | str]) -> str:
    """“ 第 n 行”: where in the file the value stands, or what of it is there; empty where that
    cannot be told.
    """
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return ""
    steps: list[int | str] = [number - 1, *path]
    if isinstance(node, yaml.MappingNode):
        entry = _step(_step(node, "rules"), number - 1)
        shared = (
            bool(path)
            and entry is not None
            and _step(entry, path[0]) is None
            and _step(node, path[0]) is not None
        )
        steps = list(path) if shared else ["rules", *steps]
    for step in steps:
        following = _step(node, step)
        if following is None:
            break
        node = following
    return f" 第 {node.start_mark.line + 1} 行" if node is not None else ""


def _step(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None


def yaml_place(error: yaml.YAMLError) -> str:
    """Where a file stops being YAML."""
    mark = getattr(error, "problem_mark", None)
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "无法解析"
