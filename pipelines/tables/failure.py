"""The one exception of reading documents."""

from __future__ import annotations


class DocumentError(Exception):
    """A document cannot be read. ``reason`` (Chinese): what it is and what its sender can do."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
