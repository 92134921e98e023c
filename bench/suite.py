"""``python -m bench.suite``: how long every test takes together, and which ten take longest.

Fails where it takes more than five minutes of wall. Only here: a test that looks at the clock would
fail on a busy machine.
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


def main() -> int:
    """Run the suite once. Returns the exit code: 1 where a test fails or all take too long."""
    before, started = os.times(), time.perf_counter()
    # As ``make test`` does: without bytecode every process compiles all it imports.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run(TEST, stdin=subprocess.DEVNULL, env=environment).returncode
    seconds, after = time.perf_counter() - started, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    print(
        f"全部测试 {seconds:.0f} 秒，处理器 {used:.0f} 秒（限 {LONGEST_S} 秒，须在空闲的机器上量）"
    )
    return 1 if code or seconds > LONGEST_S else 0


if __name__ == "__main__":
    sys.exit(main())
