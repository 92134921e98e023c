"""What was read of a file's performance material in an earlier run.

A file is not opened again for it while its bytes, its name and the program that reads are the
same: to open a PDF takes ten times what all else of it does.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines import extract
from pipelines.intake import wire
from pipelines.performance.pack import Pack
from pipelines.performance.worker import PackJob
from schemas import performance_forms
from schemas.performance_forms import FORMS_DIR

SUFFIX = ".performance"
QUICK = 1  # of zlib: three quarters of what its best does, in a tenth of the time


@cache
def version() -> str:
    """Changes with all that reading such a file runs through."""
    known = [
        *Path(__file__).parent.rglob("*.py"),
        *FORMS_DIR.glob("*.yml"),
        Path(performance_forms.__file__),
    ]
    digest = hashlib.sha256(extract.VERSION.encode())
    for path in sorted(known):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Memory:
    """A file for each file that was read, below ``folder``; one that cannot be read counts as
    absent.
    """

    folder: Path

    def pack(self, job: PackJob) -> Pack | None:
        """What the file holds, None where it holds nothing of performance; using it makes it young
        again. Raises KeyError where that is not known.
        """
        path = self._path(job)
        try:
            found: Pack | None = wire.unpack(zlib.decompress(path.read_bytes()), Pack | None)
        except (OSError, zlib.error, wire.WrongAnswer) as error:
            raise KeyError(job.file) from error
        with suppress(OSError):
            os.utime(path)
        return found

    def keep(self, job: PackJob, pack: Pack | None) -> None:
        """Remembers a file. Raises OSError where the folder cannot be written."""
        path = self._path(job)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".tmp")
        aside.write_bytes(zlib.compress(wire.pack(pack), QUICK))
        aside.replace(path)

    def _path(self, job: PackJob) -> Path:
        asked = repr((version(), job.file, job.type, sorted(job.without)))
        of = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self.folder / f"{job.sha256}-{of}{SUFFIX}"
