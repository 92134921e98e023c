"""How a command ends that has no answer to give: what is said of it, and with which exit code."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_ABORTED, Stop
from pipelines.printed import give_line, to_json
from pipelines.shown import lines_shown


def guarded(work: Callable[[], int], as_json: bool, command: str = "run") -> int:
    """The exit code of ``work``, whatever happens in it; what was no answer is said on standard
    error, and as a document of ``command`` with ``as_json``.
    """
    form = command if as_json else ""
    try:
        return work()
    except Stop as stop:
        return _stopped(stop.reason, stop.code, form)
    except (Interrupted, KeyboardInterrupt):
        return _stopped("已中断；已发布的数据是完整的一套。", EXIT_ABORTED, form)
    except BrokenPipeError:
        return EXIT_ABORTED
    except SystemExit as end:
        if isinstance(end.__context__, OSError):  # what click makes of a closed pipe
            return EXIT_ABORTED
        raise
    except Exception as error:
        return _stopped(_unexpected(error), EXIT_ABORTED, form)


def leave(code: int) -> None:
    """End the process with this code, without taking apart object by object what it holds, which
    is a seventh of a small command: all of it goes with the process. What has asked to be told of
    the end is told, and what was printed is written.

    Returns, and nothing is lost, where that cannot be done here: other threads are under way, or
    nobody takes what was printed.
    """
    if threading.active_count() > 1:
        return
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:  # a closed pipe, say: the interpreter says of it what there is to say
        return
    os._exit(code)


def _stopped(reason: str, code: int, form: str) -> int:
    """Say why there is no result: in words on standard error, and as a document where one was asked
    for.

    ``form`` is the command whose document it is (of ``run`` it has the usual fields), empty for
    none.
    """
    with suppress(OSError):
        sys.stderr.write(f"caijue：{lines_shown(reason)}\n")
        sys.stderr.flush()
    if form:
        with suppress(OSError, AttributeError):  # nobody takes it, or standard output is closed
            give_line(to_json(_failure(reason, code, form)))
    return code


def _failure(reason: str, code: int, command: str) -> dict[str, Any]:
    document: dict[str, Any] = {"error": reason, "exit_code": code}
    if command == "run":
        from pipelines.run.result import failed_result

        document |= failed_result(reason, code).document()
    return document


def _unexpected(error: Exception) -> str:
    """What to say of a defect; its details go to a file."""
    import tempfile
    import traceback

    from pipelines.run.failures import explain_failure

    details = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="caijue-", suffix=".log", delete=False, encoding="utf-8"
        ) as handle:
            handle.write(details)
    except OSError:  # a disk that is full takes no details either
        return explain_failure(error, None)
    return explain_failure(error, Path(handle.name))


class Interrupted(SystemExit):
    """Somebody wants the command to end: everything is cleaned up on the way out."""


def interrupt(*_: object) -> None:
    """What a signal to end does: raises Interrupted."""
    raise Interrupted(EXIT_ABORTED)
