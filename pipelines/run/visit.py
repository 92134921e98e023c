"""A node's side of a batch whose files travel by a store: what the jobs read is laid below a folder
of this batch, what they make there is sent back as one archive.

Contents stay in a cache of the node's own, which is bounded; each is checked by its SHA-256
whenever it is used. What does not belong here: doing the jobs (``node.py``).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.addresses import THREADS, Folder, Unreachable, open_folder
from pipelines.errors import UsageError
from pipelines.run import parcels
from pipelines.run.node import Answer, Astray, Batch, Terms
from pipelines.run.store import SETTING, content_name, file_digest

MOST_KEPT = 4 << 30  # bytes of contents that stay: some ten thousand workbooks
LEASE_S = 5.0  # how often it is asked whether anybody still waits


def unreached(terms: Terms, base: Path) -> str:
    """Why files cannot travel to this node and back (Chinese); empty where they can."""
    try:
        folder = open_folder(terms.store, SETTING)
        if hashlib.sha256(folder.get(content_name(terms.probe))).hexdigest() != terms.probe:
            return f"从存储 {terms.store} 读到的内容不对"
        folder.try_out()
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
    except UsageError as error:
        return error.reason.rstrip("。")
    except (Unreachable, FileNotFoundError) as error:
        return (
            f"用不了存储 {terms.store}（{error}）；请检查这里的网络，以及环境变量中的服务地址和密钥"
        )
    except OSError as error:
        return f"不能写 {base}（{error.strerror}）；请用 dask worker --local-directory 另指一处"
    return ""


@dataclass
class Kept:
    """Contents by SHA-256, the least used of which go when they are too many."""

    folder: Path
    store: Folder

    def fetch(self, digests: set[str]) -> None:
        """Those that are not here yet, some at a time. What the store has not is left out."""
        missing = [d for d in digests if not self._at(d).is_file()]
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(self._fetch, missing))

    def _fetch(self, digest: str) -> None:
        target = self._at(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{secrets.token_hex(8)}")
        try:
            with suppress(FileNotFoundError):
                self.store.fetch(content_name(digest), aside)
                if file_digest(aside) == digest:
                    os.replace(aside, target)
        finally:
            aside.unlink(missing_ok=True)

    def read(self, digest: str) -> bytes | None:
        """The content; None where it is not to be had."""
        for _ in range(2):
            with suppress(FileNotFoundError):
                data = self._at(digest).read_bytes()
                if hashlib.sha256(data).hexdigest() == digest:
                    os.utime(self._at(digest))
                    return data
            self._at(digest).unlink(missing_ok=True)
            self._fetch(digest)
        return None

    def trim(self, most: int) -> None:
        """Leaves the contents used last, ``most`` bytes of them."""
        found = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):  # another batch may have taken it away
                told = path.stat()
                found.append((told.st_mtime_ns, told.st_size, path))
        held = 0
        for _, size, path in sorted(found, reverse=True):
            held += size
            if held > most:
                path.unlink(missing_ok=True)

    def _at(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


@dataclass
class Visit:
    """One batch. ``root``: what stands for the publishing node's ``/``."""

    batch: Batch
    store: Folder
    kept: Kept
    root: Path
    forms: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(init=False)
    laid: dict[str, tuple[int, ...]] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    asked: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.given = dict(self.batch.given)

    def here(self, path: str) -> str:
        return self.forms.get(path) or f"{self.root}{path}"

    def arrive(self, own: Path) -> None:
        """Fetches what the batch reads; ``own``: where own forms lie."""
        forms = self.batch.terms.own
        self.kept.fetch({*self.given.values(), *(digest for _, _, digest in forms)})
        for number, folder in enumerate(dict.fromkeys(folder for folder, _, _ in forms)):
            self.forms[folder] = str(own / f"{number}")
        for folder, name, digest in forms:
            target = Path(self.forms[folder]) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.is_file() or file_digest(target) != digest:
                _put(target, self.kept.read(digest) or b"")
        for folder in self.batch.limits.get("writes") or ():
            Path(self.here(folder)).mkdir(parents=True, exist_ok=True)

    def waited_for(self) -> bool:
        if time.monotonic() - self.asked < LEASE_S:
            return True
        self.asked = time.monotonic()
        return self.store.has(self.batch.lease)

    def unpack(self, number: int) -> Any:
        job, paths = parcels.unpack(self.batch.jobs[number], self.here)
        try:
            laid = [self._lay(path) for path in paths]
        except OSError:  # a name too long below this folder, say
            return None
        self.named.update(dict.fromkeys(paths, number))
        return job if all(laid) else None

    def _lay(self, path: str) -> bool:
        """The file, and the folder it stands in; False where its content is not to be had."""
        target = Path(self.here(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        if path not in self.given or path in self.laid:
            return True
        data = self.kept.read(self.given[path])
        if data is None:
            return False
        target.write_bytes(data)
        self.laid[path] = _stamp(target.lstat())
        return True

    def limits(self) -> dict[str, Any]:
        limits = dict(self.batch.limits)
        for folders in ("writes", "reads"):
            if limits.get(folders) is not None:
                limits[folders] = tuple(map(self.here, limits[folders]))
        return limits

    def told(self, message: bytes) -> bytes:
        return parcels.homeward(message, str(self.root))

    def hand_over(self, answer: Answer) -> None:
        """Sends what was made by jobs that have a result."""
        archive = self.root.with_name(f"{self.root.name}.zip")
        try:
            with zipfile.ZipFile(archive, "w") as into:
                for number, path in self._made():
                    if answer.results.get(number) is not None:
                        paths = answer.made.get(number, ())
                        into.write(self.here(path), f"{number}.{len(paths)}")
                        answer.made[number] = (*paths, path)
            if answer.made:
                answer.archive, answer.digest = f"made/{self.root.name}", file_digest(archive)
                self.store.send(archive, answer.archive)
        finally:
            archive.unlink(missing_ok=True)

    def _made(self) -> Iterator[tuple[int, str]]:
        """Every plain file below the root that was not laid there, under the path of the publishing
        node, with the job that named it.
        """
        for folder, _, names in os.walk(self.root):
            for name in names:
                found = os.lstat(os.path.join(folder, name))
                path = os.path.join(folder, name)[len(str(self.root)) :]
                number = self._job_of(path)
                changed = self.laid.get(path) != _stamp(found)
                if number is not None and changed and stat.S_ISREG(found.st_mode):
                    yield number, path

    def _job_of(self, path: str) -> int | None:
        """The job that named the file, or that of a file whose name and an ending it has."""
        folder, _, name = path.rpartition("/")
        while path not in self.named and "." in name:
            name = name.rpartition(".")[0]
            path = f"{folder}/{name}"
        return self.named.get(path)


def _put(target: Path, data: bytes) -> None:
    """A file that other batches of this node may be reading."""
    aside = target.with_name(f".{secrets.token_hex(8)}")
    aside.write_bytes(data)
    os.replace(aside, target)


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def visit(batch: Batch, base: Path) -> Iterator[Visit]:
    """A batch on this node; ``base``: a folder of the node's own. Nothing of the batch stays.

    Raises Astray where what it needs cannot be had, or what it made cannot be sent.
    """
    store = open_folder(batch.terms.store, SETTING)
    kept = Kept(base / "files", store)
    root = base / f"batch-{secrets.token_hex(16)}"
    root.mkdir(mode=0o700, parents=True)
    try:
        made = Visit(batch, store, kept, root)
        made.arrive(base / f"forms-{batch.terms.extraction}")
        yield made
    except (Unreachable, FileNotFoundError) as error:
        raise Astray(f"用不了存储 {batch.terms.store}（{error}）") from error
    except OSError as error:
        raise Astray(f"不能写 {base}（{error.strerror or error}）") from error
    finally:
        shutil.rmtree(root, ignore_errors=True)
        kept.trim(MOST_KEPT)
