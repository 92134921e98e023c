"""``python -m bench.suite``: how long the tests take together, and which ten take longest.

Fails where those of ``make test`` take more than five minutes of wall. Only here: a test that looks
at the clock would fail on a busy machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

LONGEST_S = 300
TEST = [
    sys.executable,
    "-m",
    "bench.tree",  # also what readers take, who outlive the process that started them
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "-n",
    "auto",
    "--dist",
    "loadfile",
    "--durations=10",
    "--no-header",
]


# What a change waits for has a limit; the long tests, which CI runs beside it, are only told.
SETS = (("make test", [], LONGEST_S), ("make test-long", ["-m", "long and not slow"], None))


def main() -> int:
    """Run both sets once. Returns the exit code: 1 where a test fails or the first is too long."""
    codes = [_run(*one) for one in SETS]
    return max(codes)


def _run(name: str, asked: list[str], limit_s: int | None) -> int:
    before, started = os.times(), time.perf_counter()
    # As ``make test`` does: without bytecode every process compiles all it imports.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run([*TEST, *asked], stdin=subprocess.DEVNULL, env=environment).returncode
    seconds, after = time.perf_counter() - started, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    limit = f"（限 {limit_s} 秒，须在空闲的机器上量）" if limit_s else ""
    print(f"{name} {seconds:.0f} 秒，处理器 {used:.0f} 秒{limit}")
    return 1 if code or (limit_s and seconds > limit_s) else 0


if __name__ == "__main__":
    sys.exit(main())
