"""What the kernel forbids a worker, where it can be asked to without being root (Linux).

``tighten`` is for the process that is about to read hostile files and cannot be taken back:

- **landlock** (5.13 on): files are written below the given folders only, read below the given and
  the system's only, nothing is executed; from 6.12 on no signal reaches a process outside;
- **seccomp**: no network of any kind, no other program, no look into other processes, no mounts,
  no new namespaces, no kernel modules.

Where a part is not to be had the rest holds all the same; ``caijue doctor`` says what does.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

LANDLOCK, SECCOMP = "landlock", "seccomp"

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READING = _READ_FILE | _READ_DIR
# Remove, make a folder, make a file, truncate: what making a file aside and renaming it takes.
_MAKING = _WRITE | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14
# The rights that each version of the interface knows; asking for more is an error.
_KNOWN = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NEWEST = (1 << 16) - 1
_SCOPE_SIGNALS = 1 << 1
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc/self", "/dev/null", "/dev/urandom", "/dev/zero")

_NAMES = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "execve", "execveat", "ptrace",
    "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "mount", "umount2",
    "pivot_root", "chroot", "unshare", "setns", "bpf", "perf_event_open", "userfaultfd",
    "io_uring_setup", "keyctl", "add_key", "request_key", "init_module", "finit_module",
    "kexec_load", "open_by_handle_at", "reboot", "swapon",
)  # fmt: skip
_NUMBERS = {
    "x86_64": (
        0xC000003E,
        (41, 42, 49, 50, 43, 288, 59, 322, 101, 310, 311, 434, 438, 165, 166, 155, 161, 272, 308,
         321, 298, 323, 425, 250, 248, 249, 175, 313, 246, 304, 169, 167),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 200, 201, 202, 242, 221, 281, 117, 270, 271, 434, 438, 40, 39, 41, 51, 97, 268,
         280, 241, 282, 425, 219, 217, 218, 105, 273, 104, 265, 142, 224),
    ),
}  # fmt: skip
_X32 = 0x40000000  # the other system calls of x86_64, which a list of numbers would miss


def tighten(writes: Sequence[str] | None, reads: Sequence[str] | None = None) -> set[str]:
    """Gives up, for good, what this process does not need. Returns the parts that hold.

    ``writes``: the folders below which it may write (None: anywhere); ``reads``: those below which
    it may read beside them, its own program and the system's files (None: anywhere).
    """
    if not sys.platform.startswith("linux"):
        return set()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return set()
    holding = set()
    if writes is not None and _landlock(libc, writes, reads):
        holding.add(LANDLOCK)
    if _seccomp(libc):
        holding.add(SECCOMP)
    return holding


def _landlock(libc: ctypes.CDLL, writes: Sequence[str], reads: Sequence[str] | None) -> bool:
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return False
    known = _KNOWN.get(version, _NEWEST)
    handled = known if reads is not None else known & ~_READING
    # Unknown fields of the structure must not be given to older kernels.
    fields = [handled, 0, _SCOPE_SIGNALS] if version >= 6 else [handled]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    rules = libc.syscall(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for folder in ("/dev/null", *writes):
            _allow(libc, rules, folder, handled & (_MAKING | _READING))
        for folder in (*_program(), *(reads or ())) if reads is not None else ():
            _allow(libc, rules, folder, handled & _READING)
        return libc.syscall(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    """Below ``path``; what is not there needs no permission."""
    with suppress(OSError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= _READ_FILE | _WRITE
            libc.syscall(_ADD, rules, 1, struct.pack("=Qi", rights, handle), 0)
        finally:
            os.close(handle)


def _program() -> Iterable[str]:
    """Where the interpreter, its libraries and this program lie."""
    here = str(Path(__file__).resolve().parents[2])
    return dict.fromkeys((*_SYSTEM, sys.prefix, sys.base_prefix, here, *filter(None, sys.path)))


def _seccomp(libc: ctypes.CDLL) -> bool:
    known = _NUMBERS.get(platform.machine())
    if known is None:
        return False
    filters = _filters(*known)
    buffer = ctypes.create_string_buffer(filters, len(filters))
    program = struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(buffer))
    return libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, program, 0, 0) == 0


def _filters(machine: int, numbers: Sequence[int]) -> bytes:
    """The filter: another architecture or a number of the list is EPERM, the rest goes on."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    allow, deny = 0x7FFF0000, 0x00050000 | errno.EPERM
    steps = [(load, 0, 0, 4), (equal, 0, len(numbers) + 3, machine), (load, 0, 0, 0)]
    steps.append((at_least, len(numbers) + 1, 0, _X32))
    for place, number in enumerate(numbers):
        steps.append((equal, len(numbers) - place, 0, number))
    steps += [(give, 0, 0, allow), (give, 0, 0, deny)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def folders_of(paths: Iterable[Path]) -> list[str]:
    """The folders that files lie in; for a member of an archive, the archive."""
    found: set[str] = set()
    for path in {p.parent for p in paths}:
        while not path.exists() and path != path.parent:
            path = path.parent
        found.add(str(path))
    return sorted(found)


def what_holds() -> set[str]:
    """What ``tighten`` reaches on this machine, tried in a process of its own."""
    if not hasattr(os, "fork") or not sys.platform.startswith("linux"):
        return set()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, ",".join(sorted(tighten((), ()))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return set(filter(None, said.split(",")))
