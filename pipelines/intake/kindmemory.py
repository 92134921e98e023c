"""What contents turned out to be, remembered from one night to the next: judging a package anew
takes two thirds of finding a file whose content is known.

Every file is read and hashed all the same; only what its bytes are is not worked out twice.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from pipelines.intake.kinds import Kind, classify
from pipelines.intake.limits import Limits

FILE = "kinds.json"


@dataclass(slots=True)
class KindMemory:
    """``version``: of the program that judged; what another version found is forgotten. ``before``
    was known, ``now`` is what was asked for: kinds by hash of the content and suffix of the name.
    """

    version: str = ""
    before: dict[str, Kind] = field(default_factory=dict)
    now: dict[str, Kind] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, version: str) -> KindMemory:
        """What is kept in ``folder``; nothing where it cannot be read or is of another version."""
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
            if kept["version"] == version:
                return cls(version, {key: _kind(row) for key, row in kept["kinds"].items()})
        return cls(version)

    def classify(self, data: bytes, digest: str, name: str, limits: Limits) -> Kind:
        """``kinds.classify``, asked once for a content; ``digest`` is its SHA-256 (hex)."""
        key = f"{digest}{PurePath(name).suffix.lower()}"
        kind = self.before.get(key) or classify(data, name, limits)
        self.now[key] = kind
        return kind

    def save(self, folder: Path) -> None:
        """Keep what was asked for, and nothing older; where it cannot be kept it is found again."""
        if self.now == self.before:
            return
        rows = {k: (v.kind, v.type, v.status, v.reason, v.notes) for k, v in self.now.items()}
        text = json.dumps({"version": self.version, "kinds": rows}, ensure_ascii=False)
        aside = folder / f"{FILE}.tmp"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            aside.write_text(text, encoding="utf-8")
            aside.replace(folder / FILE)


def _kind(row: list[Any]) -> Kind:
    kind, type, status, reason, notes = row
    return Kind(kind, type, status, reason, tuple(notes))
