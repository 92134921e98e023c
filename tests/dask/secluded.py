"""A worker of Dask to which the kernel shows its own folder and the program, and no other folder:
what it reads and writes has come by the store. ``python -m tests.dask.secluded FOLDER HIDDEN ARGS``

Ends at once where HIDDEN, a folder of the publishing node, can be looked into all the same.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress

from distributed.cli.dask_worker import main

from pipelines.intake import cage

SEEN = ("/dev/random", "/proc", "/sys", "/bin", "/sbin", "/opt")


def seclude(folder: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    rights = cage._READING | cage._MAKING
    asked = struct.pack("Q", rights)
    rules = libc.syscall(cage._CREATE, asked, len(asked), 0)
    for seen in (*SEEN, *cage._program()):
        cage._allow(libc, rules, seen, cage._READING)
    for own in ("/dev/null", folder):
        cage._allow(libc, rules, own, rights)
    libc.syscall(cage._RESTRICT, rules, 0)
    os.close(rules)


if __name__ == "__main__":
    _, own, hidden, *arguments = sys.argv
    seclude(own)
    with suppress(PermissionError):
        os.listdir(hidden)
        sys.exit(f"{hidden} is seen")
    main(arguments)
