"""One Chromium for the pages of many tests, told what to do over a pipe (DevTools protocol).

Its start with a profile takes longer than all that a test does with a page. Every page is opened in
a context of its own, so that nothing one of them stores is seen by another.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIMEOUT_S = 120
VIRTUAL_MS = 4_000  # timers of the page up to here have fired when a test looks; takes no time
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--remote-debugging-pipe"),
)
_HEARS, _SAYS = 3, 4  # where the browser reads what it is told and writes what it answers
_ABOVE = 10  # our ends lie above these, so that one is not put in the place of the other


class Browser:
    """A running browser; ``close`` ends it."""

    def __init__(self, program: str, profile: Path) -> None:
        theirs, self._tell = _pipe()
        self._hear, others = _pipe()
        nowhere = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_RDWR, 0) for n in (0, 1, 2)]
        ends = [(os.POSIX_SPAWN_DUP2, theirs, _HEARS), (os.POSIX_SPAWN_DUP2, others, _SAYS)]
        command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._pid = os.posix_spawn(program, command, os.environ, file_actions=[*nowhere, *ends])
        os.close(theirs)
        os.close(others)
        self._number = 0
        self._rest = b""
        self._seen: list[tuple[str, str]] = []  # events that nobody waited for yet

    def close(self) -> None:
        self._call("Browser.close")
        os.close(self._tell)
        os.close(self._hear)
        os.waitpid(self._pid, 0)

    def dom(self, address: str) -> str:
        """The document as it stands when the page has come to rest."""
        with self._page(address) as page:
            found = self._call(
                "Runtime.evaluate", page, expression="document.documentElement.outerHTML"
            )
            return found["result"]["value"]

    def pdf(self, address: str) -> bytes:
        """The page printed."""
        with self._page(address) as page:
            return base64.b64decode(self._call("Page.printToPDF", page)["data"])

    @contextmanager
    def _page(self, address: str) -> Iterator[str]:
        """A page at rest: loaded, and its timers up to VIRTUAL_MS fired."""
        context = self._call("Target.createBrowserContext")["browserContextId"]
        made = self._call("Target.createTarget", url="about:blank", browserContextId=context)
        page = self._call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        session = page["sessionId"]
        self._call("Page.enable", session)
        self._call("Page.navigate", session, url=address)
        self._wait("Page.loadEventFired", session)
        policy = {"policy": "pauseIfNetworkFetchesPending", "budget": VIRTUAL_MS}
        self._call("Emulation.setVirtualTimePolicy", session, **policy)
        self._wait("Emulation.virtualTimeBudgetExpired", session)
        yield session
        self._call("Target.disposeBrowserContext", browserContextId=context)

    def _call(self, method: str, session: str = "", /, **params: Any) -> dict[str, Any]:
        """What the browser answers; events that come before are kept for ``_wait``."""
        self._number += 1
        told: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        told |= {"sessionId": session} if session else {}
        message = json.dumps(told).encode() + b"\0"
        while message:
            message = message[os.write(self._tell, message) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self._seen.append((answer.get("method", ""), answer.get("sessionId", "")))

    def _wait(self, event: str, session: str) -> None:
        while (event, session) not in self._seen:
            said = self._next()
            self._seen.append((said.get("method", ""), said.get("sessionId", "")))

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + TIMEOUT_S
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._hear], [], [], max(0.0, until - time.monotonic()))
            more = os.read(self._hear, 1 << 16) if ready else b""
            assert more, "the browser says nothing"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends lie high, closed in whatever is started."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]
