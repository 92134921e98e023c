"""What the bench says of a run: CPU of all its processes, and the line through two sets."""

from __future__ import annotations

import sys

from bench.measure import run
from bench.nights import line

GRANDCHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
WORK = "import time\nwhile time.process_time() < 0.4: pass"


def test_what_a_process_left_behind_takes_is_counted() -> None:
    taken = run([sys.executable, "-c", GRANDCHILD.format(work=WORK)])
    assert taken.code == 0 and taken.cpu > 0.4


def test_code_and_words_of_the_command_come_through() -> None:
    taken = run([sys.executable, "-c", "import sys; sys.stderr.write('hm'); sys.exit(3)"])
    assert (taken.code, taken.said) == (3, "hm")


def test_what_every_run_needs_is_not_what_a_workbook_costs() -> None:
    found = line((200, 5 + 200 * 0.04), (2000, 5 + 2000 * 0.04))
    assert abs(found.slope - 0.04) < 1e-9 and abs(found.fixed - 5) < 1e-9
