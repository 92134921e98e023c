"""Every fault that the project must survive has a test, and its number is in the test's name
(``test_12_…``, ``test_53_54_…``).

1–20 files, 21–35 sheets, 36–50 cells, 51–66 reconciliation, 76–95 run, store, publish. 67–75 are
faults of narratives, which ``tests/narrative`` has on its own documents.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
NUMBERS = re.compile(r"test_((?:\d\d_)+)")


def numbers_tested() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match = NUMBERS.match(node.name) if isinstance(node, ast.FunctionDef) else None
            for number in match[1].split("_")[:-1] if match else []:
                found.setdefault(int(number), []).append(f"{path.name}::{node.name}")
    return found


def test_every_fault_has_its_test() -> None:
    assert sorted({*range(1, 67), *range(76, 96)} - numbers_tested().keys()) == []
