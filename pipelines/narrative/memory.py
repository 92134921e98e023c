"""What is remembered of a document from run to run: what it says of itself, and the result of its
last check.

A document is not read again while its bytes are the same, and not checked again while what it is
checked against is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.narrative.case import CheckOutcome, NarrativeResult
from pipelines.narrative.worker import Head
from schemas.observation import Observation, Place

SUFFIX = ".narrative.json"


@cache
def version() -> str:
    """Changes with the code that reads and checks, and with the vocabulary, codes and rules it goes
    by.
    """
    here = Path(__file__).parent
    schemas = here.parents[1] / "schemas"
    folders = (schemas / "narrative", schemas / "codes", schemas / "rules")
    known = [
        *here.rglob("*.py"),
        *(here.parent / "tables").rglob("*.py"),
        schemas / "message_words.yml",
        *(p for f in folders for p in f.rglob("*") if p.suffix in (".yml", ".csv")),
    ]
    digest = hashlib.sha256()
    for path in sorted(known):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(slots=True)
class Memory:
    """One file for each document, below ``folder``; unreadable ones count as absent."""

    folder: Path

    def _path(self, sha256: str) -> Path:
        return self.folder / f"{sha256}-{version()}{SUFFIX}"

    def head(self, sha256: str) -> Head | None:
        """What the document says of itself; using it makes it young again."""
        found = self._load(sha256)
        if not found:
            return None
        with suppress(OSError):
            os.utime(self._path(sha256))
        head = found["head"]
        unread = tuple((section, span, words) for section, span, words in head["unread"])
        return Head(**{**head, "unit_names": tuple(head["unit_names"]), "unread": unread})

    def result(self, sha256: str, key: str) -> NarrativeResult | None:
        """The result of the last check, where it was made against the same (``key``)."""
        found = self._load(sha256)
        if not found or found.get("key") != key:
            return None
        return NarrativeResult(
            [_observation(o) for o in found["observations"]],
            [CheckOutcome(**c) for c in found["checks"]],
        )

    def keep(
        self, sha256: str, head: Head, key: str = "", result: NarrativeResult | None = None
    ) -> None:
        """Remembers a document. Raises OSError where the folder cannot be written."""
        document: dict[str, Any] = {"head": asdict(head)}
        if result is not None:
            document |= {"key": key, "observations": [asdict(o) for o in result.observations]}
            document["checks"] = [asdict(c) for c in result.checks]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(sha256)
        aside = path.with_suffix(".tmp")
        aside.write_text(
            json.dumps(document, ensure_ascii=False, default=str),
            encoding="utf-8",
            errors="surrogatepass",
        )
        aside.replace(path)

    def _load(self, sha256: str) -> dict[str, Any] | None:
        try:
            found = json.loads(
                self._path(sha256).read_text(encoding="utf-8", errors="surrogatepass")
            )
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and "head" in found else None


def _observation(found: dict[str, Any]) -> Observation:
    places = tuple(
        Place(**{**p, "amount": _decimal(p["amount"]), "suggested": _decimal(p["suggested"])})
        for p in found["places"]
    )
    return Observation(**{**found, "difference": _decimal(found["difference"]), "places": places})


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
