"""No circles among the rooms of the house: what a room knows does not know it in turn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("pipelines", "schemas")
NAMED = re.compile(r"(?:pipelines|schemas)\.[a-z_.]+(?::\w+)?")


def modules(root: Path) -> dict[str, Path]:
    found = {}
    for path in (p for room in OURS for p in (root / room).rglob("*.py")):
        found[".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")] = (
            path
        )
    return found


def named(tree: ast.AST) -> Iterator[str]:
    """What a module names: by an import, wherever it stands, or as a text for a later one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and NAMED.fullmatch(str(node.value)):
            yield str(node.value).partition(":")[0]


def room(module: str) -> str:
    """``pipelines.intake`` of ``pipelines.intake.pool``; a module outside folders is its own."""
    return ".".join(module.split(".")[:2])


def knows(root: Path) -> dict[str, set[str]]:
    """Which rooms each room names."""
    there = modules(root)
    found: dict[str, set[str]] = {}
    for module, path in there.items():
        for name in named(ast.parse(path.read_text(encoding="utf-8"))):
            target = name if name in there else name.rpartition(".")[0]
            if target in there and room(target) != room(module):
                found.setdefault(room(module), set()).add(room(target))
    return found


@pytest.mark.long
def test_no_room_is_known_by_one_it_knows():
    among = knows(ROOT)
    assert {"pipelines.run", "pipelines.extract", "pipelines.reconcile"} <= among.keys()
    list(TopologicalSorter(among).static_order())


@pytest.mark.parametrize(
    "back", ["    from pipelines.upper import run\n", "    'pipelines.upper:run'\n"]
)
def test_a_circle_is_seen_also_within_functions_and_texts(tmp_path, back):
    for name, text in (
        ("upper", "from pipelines.lower.all import work\n"),
        ("lower/all", f"def work():\n{back}"),
    ):
        path = tmp_path / "pipelines" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CycleError):
        list(TopologicalSorter(knows(tmp_path)).static_order())
