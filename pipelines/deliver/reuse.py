"""What an earlier run already wrote, and still holds: files whose content would be the same are
taken over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = "digest.json"


@cache
def version() -> str:
    """Changes with the code that writes the files, and with the forms and code lists they show."""
    digest = hashlib.sha256()
    rooms, schemas = Path(__file__).parents[1], Path(__file__).parents[2] / "schemas"
    written_by = ("deliver", "fixes", "public", "xlsx")
    code = [path for room in written_by for path in (rooms / room).rglob("*.py")]
    code.append(rooms / "zipped.py")
    for path in sorted([*code, *schemas.glob("forms/*.yml"), *schemas.glob("codes/*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def fingerprint(*parts: object) -> str:
    """A short digest of plain values (their ``repr``)."""
    digest = hashlib.sha256(version().encode())
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:24]


def _look(path: Path) -> str | None:
    """A digest of a file's bytes, by which a changed one is known; None where it is gone."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    except OSError:
        return None


def _linked(source: Path, target: Path) -> bool:
    """Whether ``target`` now is ``source``, or a copy of it. What stands there already goes and is
    not written into: it may be a link to a file of another set.
    """
    with suppress(OSError):
        target.unlink(missing_ok=True)
        os.link(source, target)
        return True
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return False
    return True


@dataclass(slots=True)
class Ledger:
    """Files written, by path below the reports folder: the digest of what they show, of their
    bytes, and what else is to be known.
    """

    folder: Path
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path | None) -> Ledger:
        """The ledger of an earlier run; empty where there is none or it cannot be read."""
        if folder is None:
            return cls(Path())
        try:
            return cls(folder, json.loads((folder / FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return cls(folder)

    def take(self, name: str, digest: str | None, out: Path) -> dict[str, Any] | None:
        """Take a file over when its digest is the same (or ``digest`` None) and nobody has touched
        it: a hard link, or a copy. Returns its entry, else None.
        """
        entry = self.entries.get(name)
        if not isinstance(entry, dict) or digest not in (None, entry.get("digest")):
            return None
        source = self.folder / name
        if entry.get("file") != _look(source):
            return None
        return entry if _linked(source, out / name) else None

    def note(self, name: str, digest: str, **more: Any) -> None:
        self.entries[name] = {"digest": digest, **more}

    def save(self) -> None:
        """Write the ledger. What is new is looked at now; what was taken over was then."""
        for name, entry in self.entries.items():
            if "file" not in entry:
                entry["file"] = _look(self.folder / name)
        text = json.dumps(self.entries, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (self.folder / FILE).write_text(text, encoding="utf-8")
