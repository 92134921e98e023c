"""All that the result of a run depends on, as one digest: the same digest twice means the same
facts and findings.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.config import Config

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile
    from pipelines.run.readers import Reading
    from schemas.explanations import Explanation

LIBRARIES = (
    "duckdb",
    "pandas",
    "pandera",
    "pyarrow",
    "python-calamine",
    "openpyxl",
    "python-docx",
    "lark",
    "pyyaml",
)
SETTINGS = ("year", "memory_mb", "timeout_s")


@cache
def program() -> str:
    """Changes with the code, the forms, the codes, the rules and the libraries that compute with
    them.
    """
    digest = hashlib.sha256(repr([(n, version(n)) for n in LIBRARIES]).encode())
    here = Path(__file__).parents[2]
    for folder in ("pipelines", "schemas"):
        _add(digest, here / folder)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, folder: Path) -> None:
    for name, path in sorted(_files(str(folder))):
        with open(path, "rb") as file:
            digest.update(name.encode("utf-8", "surrogatepass") + b"\0" + file.read())


def _files(folder: str, above: str = "") -> Iterator[tuple[str, str]]:
    """Name below the folder and path of every file in it that is not compiled; of a thousand files,
    some in folders of their own, these texts are sorted in a tenth of the time that paths take.
    """
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, f"{above}{entry.name}/")
        elif entry.is_file() and not entry.name.endswith(".pyc"):
            yield above + entry.name, entry.path


def inputs_digest(
    config: Config,
    files: Iterable[RawFile],
    reading: Reading,
    explanations: Iterable[Explanation],
    today: date,
) -> str:
    """Files by content and by which is the newer, what became of their reading, settings, own rules
    and forms, program.

    Of the date it matters only which explanations have expired.
    """
    digest = hashlib.sha256(program().encode())
    for folder in (*config.forms_folders, *config.rules_folders, *config.schemes_folders):
        _add(digest, folder)
    by_age = sorted(files, key=lambda f: (f.mtime_ns, f.file))
    parts = (
        [getattr(config, s) for s in SETTINGS],
        [(f.file, f.kind, f.type, f.sha256, f.status, f.reason, f.notes) for f in by_age],
        sorted(reading.refused.items()),
        [e.until < today for e in explanations],
    )
    digest.update(repr(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
