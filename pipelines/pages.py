"""Documents that are written from descriptions: written anew, or compared with what is there."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(arguments: list[str], text: str) -> int:
    """``[--check] FILE``: writes the page, or says whether the file is as it would be written.
    Returns the exit code.
    """
    target = Path(arguments[-1])
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8")
        return 0
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{target} 与它的来源不一致，请运行 make docs。\n")
    return 1
