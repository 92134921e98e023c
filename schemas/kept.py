"""What takes long to make from descriptions and changes only with them: kept between runs.

It lies in a cache folder of the user's own (``$XDG_CACHE_HOME/caijue``, else ``~/.cache/caijue``);
deleting it costs a second. Where such a folder cannot be had, or is not the user's alone, nothing
is kept and everything is made anew.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import schemas

Made = TypeVar("Made")
FORGERY = stat.S_IWGRP | stat.S_IWOTH  # whoever may write there could put in something else
LIBRARIES = ("lark", "pydantic")
MOST_KEPT = 4  # of a name: programs of some versions are used in turn, each with its own
PLAIN = {"set": set, "frozenset": frozenset}


def folder() -> Path | None:
    """The cache folder, made where it is not there; None where there is none to be trusted."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = Path(base) / "caijue"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if _ours(path) else None
    except OSError:
        return None


def _ours(path: Path) -> bool:
    """Whether nobody else may write there; no link is followed."""
    found = path.lstat()
    linked = stat.S_ISLNK(found.st_mode)
    return not linked and found.st_uid == os.geteuid() and not found.st_mode & FORGERY


def kept(name: str, folders: Iterable[Path], make: Callable[[], Made]) -> Made:
    """What ``make`` gives, or gave in an earlier run while nothing in ``folders`` or in the program
    was different. Only objects of ``schemas`` and plain data can be kept; what is given may be
    shared with others of this process and may not be changed.
    """
    place = folder()
    if place is None:
        return make()
    target = place / f"{name}-{_digest(folders)}.kept"
    with suppress(Exception):  # whatever is wrong with a kept file, it can be made again
        return _load(target)
    made = make()
    _save(target, made)
    return made


def kept_file(name: str, make: Callable[[Path], None]) -> Path | None:
    """A file of that name in the cache folder, made by ``make`` where it is not there; None without
    a cache folder.
    """
    place = folder()
    if place is None:
        return None
    target = place / name
    with suppress(OSError):
        if _ours(target):
            return target
    try:
        _put(target, make)
    except OSError:
        return None
    return target


def _digest(folders: Iterable[Path]) -> str:
    """Changes with the program that makes, and with every file it makes from."""
    digest = hashlib.sha256(_program())
    for place in folders:
        for path in sorted(p for p in place.iterdir() if p.is_file()):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


@cache
def _program() -> bytes:
    versions = [sys.version, *(version(name) for name in LIBRARIES)]
    digest = hashlib.sha256(repr(versions).encode())
    for path in sorted(Path(schemas.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


class _Reader(pickle.Unpickler):
    """Makes nothing but objects of ``schemas``, fractions and plain data, whatever a file asks."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in PLAIN:
            return PLAIN[name]
        if (module, name) == ("fractions", "Fraction"):
            return Fraction
        if module.startswith("schemas.") and name.isidentifier():
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _load(path: Path) -> Any:
    if not _ours(path):
        raise OSError(path)
    found = path.stat()
    return _loaded(path, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2 * MOST_KEPT)  # of all names: rules, forms, formulas of public tables
def _loaded(path: Path, *_state: int) -> Any:
    """The object in a file, made once while the file is the same: who runs night after night in one
    process then has one book, and what is worked out of it once (``reconcile/once.py``).
    """
    return _Reader(io.BytesIO(path.read_bytes())).load()


def _save(target: Path, made: Any) -> None:
    content = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        _put(target, lambda path: path.write_bytes(content))
        _forget_others(target)


def _put(target: Path, make: Callable[[Path], Any]) -> None:
    """Whole or not at all, also where several runs make it at once."""
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        make(aside)
        aside.chmod(0o600)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def _forget_others(target: Path) -> None:
    """What earlier versions kept under the name; a few stay, for programs that are used in turn."""
    name = target.name.rpartition("-")[0]
    same = sorted(target.parent.glob(f"{name}-*.kept"), key=lambda p: p.stat().st_mtime)
    for path in same[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
