"""What travels by a folder at an fsspec address, where nodes see no folder of the publishing node.

    <store>/caijue-<mark>/files/ab/abcd…   a file that jobs read, by the SHA-256 of its content
    <store>/caijue-<mark>/made/<token>     what a batch has made, as one archive
    <store>/caijue-<mark>/lease-<token>    there while somebody waits for the batches of a stage

The mark is of the publishing node's own ``processed``: whatever lies below is of its runs, one at a
time, and is removed when one begins and when it ends. The node's side is ``visit.py``.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import log
from pipelines.addresses import THREADS, Folder, Unreachable, open_folder, unreachable
from pipelines.intake.limits import LIMITS
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.run import parcels
from pipelines.run.carriage import Given, Parcel

if TYPE_CHECKING:
    from pipelines.config import Config
    from pipelines.run.node import Answer

SETTING = "engine.store"
MARK = "store-mark"
FETCHED = ".made-"
PART = ".part"


def content_name(digest: str) -> str:
    """Where a content lies; two signs first, as some servers slow down below one prefix."""
    return f"files/{digest[:2]}/{digest}"


@dataclass
class Carried:
    """The publishing node's side. ``own``: the files of own forms as (folder, name, SHA-256);
    ``probe``: the SHA-256 of a file that nodes try to read.
    """

    folder: Folder
    scratch: Path
    own: tuple[tuple[str, str, str], ...] = ()
    probe: str = ""
    known: dict[str, str] = field(default_factory=dict)
    there: set[str] = field(default_factory=set)

    @property
    def folders(self) -> set[str]:
        return {folder for folder, _, _ in self.own}

    def pack(self, job: Any) -> Parcel:
        return parcels.pack(job, self.folders)

    def give(self, parcels: Sequence[Parcel]) -> Given:
        paths = list(dict.fromkeys(path for parcel in parcels for path in parcel.paths))
        with ThreadPoolExecutor(THREADS) as threads:
            digests = list(threads.map(self._put_file, paths))
        return tuple((p, d) for p, d in zip(paths, digests, strict=True) if d)

    def _put_file(self, path: str) -> str:
        """The SHA-256 of a file that is at the store now; empty for one that is yet to be made."""
        if path in self.known:
            return self.known[path]
        try:
            data, digest = read_stable(Path(path), limit=LIMITS.file_bytes)
        except Refused:
            return ""
        self.put(data, digest)
        self.known[path] = digest
        return digest

    def put(self, data: bytes, digest: str) -> None:
        if digest not in self.there:
            self.folder.put(content_name(digest), data)
            self.there.add(digest)

    @contextmanager
    def lease(self) -> Iterator[str]:
        name = f"lease-{secrets.token_hex(8)}"
        with suppress(Unreachable):  # the first batch will find that too
            self.folder.put(name, b"")
        try:
            yield name
        finally:
            with suppress(Unreachable):
                self.folder.remove(name)

    def bring(self, parcels: Sequence[Parcel], answer: Answer) -> None:
        if not answer.made:
            return
        with tempfile.NamedTemporaryFile(dir=self.scratch, prefix=FETCHED) as archive:
            try:
                self.folder.fetch(answer.archive, Path(archive.name))
                if file_digest(Path(archive.name)) != answer.digest:
                    raise FileNotFoundError(answer.archive)
            except FileNotFoundError:  # as if the node had not done it
                for number in answer.made:
                    answer.results[number] = None
                return
            _unpack(Path(archive.name), parcels, answer)
        with suppress(Unreachable):
            self.folder.remove(answer.archive)

    def reaches(self) -> bool:
        try:
            self.folder.get(content_name(self.probe))
        except (Unreachable, FileNotFoundError):
            return False
        return True


def _unpack(archive: Path, sent: Sequence[Parcel], answer: Answer) -> None:
    """The files of an archive to the places that the jobs name, and to no other."""
    with zipfile.ZipFile(archive) as held:
        for number, paths in answer.made.items():
            for place, path in enumerate(paths):
                if not parcels.belongs(path, sent[number].paths):
                    raise Unreachable(f"{answer.node} 送来了没有要的文件")
                with held.open(f"{number}.{place}") as made:
                    _put_aside(Path(path), made)


def _put_aside(target: Path, made: Any) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{secrets.token_hex(8)}{PART}")
    with aside.open("wb") as file:
        while data := made.read(1 << 20):
            file.write(data)
    os.replace(aside, target)


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def carried(config: Config) -> Iterator[Carried]:
    """The store of the settings, emptied of what an earlier run left; emptied again at the end.

    Raises Aborted where it cannot be used, UsageError where a library for it is missing.
    """
    address = config.engine.store
    folder = open_folder(address, SETTING).below(f"caijue-{_mark(config.processed / 'cache')}")
    store = Carried(folder, config.processed / "cache")
    for left in store.scratch.glob(f"{FETCHED}*"):  # by a run that died
        left.unlink(missing_ok=True)
    try:
        folder.remove("")
        probe = secrets.token_bytes(32)
        store.probe = hashlib.sha256(probe).hexdigest()
        store.put(probe, store.probe)
        store.own = tuple(_own_forms(store, config))
    except (Unreachable, FileNotFoundError) as error:
        log.detail("engine.store")
        raise unreachable(SETTING, address, error) from error
    try:
        yield store
    finally:
        with suppress(Unreachable):
            folder.remove("")


def _own_forms(store: Carried, config: Config) -> Iterator[tuple[str, str, str]]:
    for folder in config.forms_folders:
        for path in sorted(folder.glob("*.yml")):
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            store.put(data, digest)
            yield str(folder), path.name, digest


def _mark(cache: Path) -> str:
    """What tells this publishing node from others at the same address."""
    kept = cache / MARK
    with suppress(OSError):
        if len(found := kept.read_text("ascii")) == 16 and found.isalnum():
            return found
    cache.mkdir(parents=True, exist_ok=True)
    made = secrets.token_hex(8)
    kept.write_text(made, "ascii")
    return made
