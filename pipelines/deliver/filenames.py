"""File names of a unit and year: safe on every file system, never twice the same, never outside the
folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\xa0\u3000\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\:*?\"<>|%#\[\]&']+"
)
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_LONGEST = 150  # bytes of a name: 255 are allowed, endings and folders of archives need some

UnitYear = tuple[str, int]
PART = ".part"  # not whole yet


def aside_of(target: Path, ending: str = "") -> Path:
    """Where a file is written before it takes its name: nobody else who writes the same file, on
    this machine or on another, writes there.
    """
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART}{ending}")


def put(target: Path, content: bytes) -> None:
    """Write a file that appears only when it is whole; its folder is made where there is none."""
    aside = aside_of(target)
    try:
        aside.write_bytes(content)
    except FileNotFoundError:
        aside.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
    os.replace(aside, target)


def remove_parts(folder: Path) -> None:
    """Takes away what writers that died left below ``folder``."""
    for left in folder.glob(f"*/.*{PART}*"):
        left.unlink(missing_ok=True)


def safe_name(text: str) -> str:
    """The text as part of a file name: unsafe signs become ``_``, length is bounded in bytes."""
    name = _UNSAFE.sub("_", text).strip("._~ ")
    if _RESERVED.match(name):
        name = f"_{name}"
    while len(name.encode("utf-8")) > _LONGEST:
        name = name[:-1]
    return name or "_"


def stems(keys: Iterable[UnitYear]) -> dict[UnitYear, str]:
    """``(unit, year)`` → ``<unit>_<year>``; a name that had to be changed and collides gets a short
    mark of its own.
    """
    wanted = sorted(set(keys))
    plain = {key: f"{safe_name(key[0])}_{key[1]}" for key in wanted}
    used = Counter(stem.casefold() for stem in plain.values())
    return {key: _distinct(key, stem, used) for key, stem in plain.items()}


def _distinct(key: UnitYear, stem: str, used: Counter[str]) -> str:
    exact = stem == f"{key[0]}_{key[1]}"
    if used[stem.casefold()] == 1 or (exact and stem == stem.casefold()):
        return stem
    mark = hashlib.sha256(key[0].encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe_name(key[0])}-{mark}_{key[1]}"
