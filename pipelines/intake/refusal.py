"""The one exception of intake: a file that is not read, and the words for the clerk who sent it."""

from __future__ import annotations


class Refused(Exception):
    """A file is quarantined.

    ``reason``: Chinese, what happened and what to do; ``detail``: for the log only.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return self.reason
