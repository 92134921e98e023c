"""``python -m bench.tree COMMAND…``: runs a command and says what it and all it started took.

Worker processes are born of a fork server, which outlives the command by a moment; whoever waits
for the command alone does not see what they took. Here they all end as children of this process.
The last line of standard error is ``CPU <seconds>``.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys

SET_CHILD_SUBREAPER = 36  # prctl: children of children that have died become ours


def main() -> int:
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    process = subprocess.Popen(sys.argv[1:])
    code = _wait(process.pid)
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stderr.write(f"\nCPU {took.ru_utime + took.ru_stime:.3f}\n")
    return code


def _wait(command: int) -> int:
    code = 1
    while True:
        try:
            ended, status = os.wait()
        except ChildProcessError:  # nobody left
            return code
        if ended == command:
            code = os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
