"""The command in a process of its own, over stand-ins for rules and reports, that may be told where
to die or to wait.

Arguments: ``[--real-rules] [--die-after STAGE | --die-in FUNCTION | --die-at SECONDS | --wait-after
STAGE | --files-up-to BYTES] -- <arguments of caijue>``. ``--real-rules``: the rules and findings
are the real ones, only the reports are stand-ins; ``--die-at``: at that moment, whatever is going
on.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from pathlib import Path

from pipelines import organisation
from tests.run import fakes
from tests.shipped import shipped_book

REAL = "--real-rules"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wait() -> None:
    Path(os.environ["CAIJUE_TEST_READY"]).touch()
    time.sleep(60)


def _after(stage: str, act) -> None:
    import pipelines.run.steps as run

    real = run.run_step

    def run_step(context, step):
        said = real(context, step)
        if step.key == stage:
            act()
        return said

    run.run_step = run_step


def _inside(function: str) -> None:
    """Die just before a function of publish/pointer.py that the publish stage calls, or just after
    ``swap``.
    """
    from pipelines.publish import pointer

    name, _, when = function.partition(":")
    real = getattr(pointer, name)

    def wrapped(*args, **kwargs):
        if when != "after":
            _die()
        made = real(*args, **kwargs)
        _die()
        return made

    setattr(pointer, name, wrapped)


def main(arguments: list[str]) -> None:
    mark = arguments.index("--")
    how = arguments[:mark]
    if how[:1] == [REAL]:
        how = how[1:]
        fakes.install_reports()
        organisation.rulebook = lambda _: shipped_book()
    else:
        fakes.install_quick()
    if how[:1] == ["--die-after"]:
        _after(how[1], _die)
    elif how[:1] == ["--wait-after"]:
        _after(how[1], _wait)
    elif how[:1] == ["--die-in"]:
        _inside(how[1])
    elif how[:1] == ["--die-at"]:
        timer = threading.Timer(float(how[1]), _die)
        timer.daemon = True
        timer.start()
    elif how[:1] == ["--files-up-to"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(how[1]), int(how[1])))
    from pipelines.cli import main as caijue

    caijue(arguments[mark + 1 :])
