"""Folders at an fsspec address (``s3://bucket/prefix``), opened where the settings name one.

Endpoint, keys and certificates come from fsspec's own configuration or the environment of the
library behind the address, never from our settings. fsspec is imported where a folder is opened,
nowhere else. What does not belong here: what is kept there (``run/store.py``,
``intake/mirror.py``).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.errors import Aborted, UsageError

ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\s/?#@]*)(/[^?#]*)?")
INSTALL = {"s3": "caijue[s3]", "s3a": "caijue[s3]"}
# Without folders: nothing is to be made before a file is put.
FLAT = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "obs", "cos")
# A server that runs answers at once, and fsspec asks again by itself; a lost one must not hold up
# a night. Whoever sets fsspec's own ``config_kwargs`` is heard first.
S3_WAITS = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 1}}
CHECK = (
    "请检查桶名和前缀、服务是否在运行，以及环境变量中的服务地址和密钥"
    "（S3：AWS_ENDPOINT_URL、AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY）后再运行。"
)
THREADS = 8  # files on their way at a time: a server answers in milliseconds, mostly spent waiting
SECRET = re.compile(r"//[^/@\s]*@")


class Unreachable(Exception):
    """The folder cannot be used; ``str`` of it says why (without secrets)."""


def is_address(text: str) -> bool:
    """Whether a setting names an address and not a path."""
    return "://" in text


def checked(text: str) -> str:
    """The address without a slash at its end. Raises ValueError (Chinese) for one that is none, or
    that carries a key.
    """
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise ValueError("密钥不要写在地址里，请用环境变量（如 AWS_ACCESS_KEY_ID）")
    found = ADDRESS.fullmatch(text)
    if found is None or not (found[2] or (found[3] or "").strip("/")):
        raise ValueError("应写作 协议://桶/前缀，如 s3://财决/节点")
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the folder: its name below it, size (bytes), time of modification (ns), and a mark
    that changes with the content.
    """

    name: str
    size: int
    mtime_ns: int
    mark: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder at an address. Names are paths below it; every method raises Unreachable where the
    server does not do it, FileNotFoundError where there is no such file.
    """

    address: str
    fs: Any
    root: str
    flat: bool

    def put(self, name: str, data: bytes) -> None:
        """A file that is whole when it is there."""
        with _reached():
            if not self.flat:
                self.fs.makedirs(PurePosixPath(self._at(name)).parent.as_posix(), exist_ok=True)
            self.fs.pipe_file(self._at(name), data)

    def send(self, path: Path, name: str) -> None:
        """The same, of a file of this machine."""
        with _reached():
            if not self.flat:
                self.fs.makedirs(PurePosixPath(self._at(name)).parent.as_posix(), exist_ok=True)
            self.fs.put_file(str(path), self._at(name))

    def get(self, name: str) -> bytes:
        with _reached():
            return bytes(self.fs.cat_file(self._at(name)))

    def fetch(self, name: str, path: Path) -> None:
        """The file, written to ``path``."""
        with _reached():
            self.fs.get_file(self._at(name), str(path))

    def has(self, name: str) -> bool:
        with _reached():
            return bool(self.fs.exists(self._at(name)))

    def remove(self, name: str) -> None:
        """Takes a file away, or all below a folder; nothing where there is none."""
        with suppress(FileNotFoundError), _reached():
            self.fs.rm(self._at(name), recursive=True)

    def listed(self) -> list[Listed]:
        """Every file below the folder; FileNotFoundError where the folder (or its bucket) is not
        there. What ends in a slash is a mark that some tools leave for a folder.
        """
        with _reached():
            self.fs.invalidate_cache()
            found = self.fs.find(self.root, detail=True)
            if not found and not self.fs.exists(
                self.root.partition("/")[0] if self.flat else self.root
            ):
                raise FileNotFoundError(self.address)
        start = len(self.root) + 1
        return sorted(
            (_listed(path[start:], told) for path, told in found.items() if len(path) > start),
            key=lambda one: one.name,
        )

    def try_out(self) -> None:
        """Puts a small file and takes it away again."""
        trial = f"trial-{secrets.token_hex(8)}"
        self.put(trial, b"")
        self.remove(trial)

    def below(self, name: str) -> Folder:
        return Folder(f"{self.address}/{name}", self.fs, self._at(name), self.flat)

    def _at(self, name: str) -> str:
        return f"{self.root}/{name}" if name else self.root


def _listed(name: str, told: dict[str, Any]) -> Listed:
    changed = told.get("LastModified") or told.get("mtime") or told.get("last_modified") or 0
    seconds = changed.timestamp() if hasattr(changed, "timestamp") else float(changed)
    mark = str(told.get("ETag") or told.get("etag") or told.get("ino") or "")
    return Listed(name, int(told.get("size") or 0), round(seconds * 1_000_000) * 1_000, mark)


def open_folder(address: str, setting: str) -> Folder:
    """The folder of a setting; nothing is asked of the server yet.

    Raises UsageError where what the address needs is not installed or it cannot be understood.
    """
    import fsspec
    from fsspec.core import url_to_fs

    protocol = address.partition("://")[0].lower()
    options: dict[str, Any] = {"use_listings_cache": False}
    if protocol in ("s3", "s3a"):
        own = fsspec.config.conf.get(protocol, {}).get("config_kwargs", {})
        options["config_kwargs"] = S3_WAITS | own
    try:
        fs, root = url_to_fs(address, **options)
    except ImportError as error:
        install = INSTALL.get(protocol)
        what = f"pip install '{install}'" if install else f"{error}"
        raise UsageError(
            f"设置 {setting} = {address} 所需的库没有安装（{error.name or protocol}）。"
            f"请运行 {what}。"
        ) from error
    except ValueError as error:
        raise UsageError(f"设置 {setting} = {address} 不能用：{plain(error)}。") from error
    return Folder(address, fs, root.rstrip("/"), protocol in FLAT)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:  # every library behind an address has errors of its own
        raise Unreachable(plain(error)) from error


def plain(error: BaseException) -> str:
    """What an error says, in one line and without what stands before an @."""
    said = " ".join(str(error).split()) or "没有说明"
    return f"{type(error).__name__}：{masked(said)[:200]}"


def masked(text: str) -> str:
    """The text without what may be a key in an address."""
    return SECRET.sub("//", text)


def unreachable(setting: str, address: str, why: object) -> Aborted:
    """What to tell a person of an address that cannot be used when a run begins."""
    return Aborted(
        f"用不了设置 {setting} 的地址 {address}（{why}）。本次运行中止，已发布的数据保持不变。"
        f"{CHECK}"
    )
