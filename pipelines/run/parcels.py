"""Jobs as bytes in which every path can be turned into one of another machine.

On the node a file lies below a folder of its own under the whole path that it has on the publishing
node: so each path there is told from the other, both ways. Folders of own forms lie elsewhere and
stay from batch to batch.
"""

from __future__ import annotations

import io
import json
import pickle
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePath
from typing import Any

from pipelines.intake import wire
from pipelines.run.carriage import Parcel

PATH, FOLDER = "p", "f"  # first sign of what stands for one: itself it must be no such text


def pack(job: Any, folders: Collection[str]) -> Parcel:
    """The job; ``folders``: texts in it that name folders which have another place on a node."""
    into = io.BytesIO()
    packer = _Packer(into, folders)
    packer.dump(job)
    return Parcel(into.getvalue(), tuple(dict.fromkeys(packer.paths)))


def unpack(packed: bytes, here: Callable[[str], str]) -> tuple[Any, tuple[str, ...]]:
    """The job with what ``here`` gives for the paths of the publishing node, and these paths."""
    unpacker = _Unpacker(io.BytesIO(packed), here)
    job = unpacker.load()
    return job, tuple(dict.fromkeys(unpacker.paths))


class _Packer(pickle.Pickler):
    def __init__(self, into: io.BytesIO, folders: Collection[str]) -> None:
        super().__init__(into, pickle.HIGHEST_PROTOCOL)
        self.folders = folders
        self.paths: list[str] = []

    def persistent_id(self, obj: Any) -> str | None:
        if isinstance(obj, PurePath):
            self.paths.append(str(obj))
            return PATH + str(obj)
        if type(obj) is str and obj in self.folders:
            return FOLDER + obj
        return None


class _Unpacker(pickle.Unpickler):
    def __init__(self, packed: io.BytesIO, here: Callable[[str], str]) -> None:
        super().__init__(packed)
        self.here = here
        self.paths: list[str] = []

    def persistent_load(self, pid: str) -> Path | str:
        kind, text = pid[0], pid[1:]
        if kind == FOLDER:
            return self.here(text)
        self.paths.append(text)
        return Path(self.here(text))


def homeward(message: bytes, root: str) -> bytes:
    """A message (``wire.py``) in which the paths below ``root`` are those of the publishing node.

    ``root`` has a name nobody could guess: nothing else in the message is like it.
    """
    if message[:1] != wire.JSON:
        return message
    return message.replace(json.dumps(root)[1:-1].encode("ascii"), b"")


def belongs(path: str, named: Iterable[str]) -> bool:
    """Whether a file was named by a job, or stands beside one under its name and an ending."""
    return any(
        path.startswith(one) and re.fullmatch(r"(\.[^/]+)?", path[len(one) :]) for one in named
    )
