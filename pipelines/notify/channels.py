"""The channels that people are alerted through: one Apprise address each, known by a digest and
never by its secret.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines import log

SCHEMA = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")


@dataclass(frozen=True)
class Channel:
    """An address of ``notify_urls``.

    ``key`` may be stored, ``url`` may not; ``name`` is for people: place and kind.
    """

    url: str = field(repr=False)
    number: int = 1

    @property
    def key(self) -> str:
        return hashlib.sha256(
            f"caijue channel {self.url}".encode("utf-8", "surrogatepass")
        ).hexdigest()[:16]

    @property
    def name(self) -> str:
        kind = SCHEMA.match(self.url)
        return f"第 {self.number} 个（{kind[1].lower() + '://…' if kind else '没有“类型://”'}）"

    def usable(self) -> bool:
        """Whether Apprise understands the address; nothing is sent."""
        import apprise

        _hush()
        try:
            return bool(apprise.Apprise().add(self.url))
        except Exception:  # whatever a plugin thinks of a wrong address
            return False

    def send(self, text: str) -> bool:
        """Whether the channel took the message."""
        import apprise

        _hush()
        try:
            messenger = apprise.Apprise()
            return bool(messenger.add(self.url)) and bool(messenger.notify(title="财决", body=text))
        except Exception as error:
            log.say(f"通知没有送出：渠道{self.name} {type(error).__name__}", logging.WARNING)
            return False


def channels_of(urls: Iterable[str]) -> tuple[list[Channel], list[Channel]]:
    """The channels of the addresses, each once: those that can be used, and those that cannot."""
    every = [Channel(url, number) for number, url in enumerate(dict.fromkeys(urls), 1)]
    good = [c for c in every if c.usable()]
    return good, [c for c in every if c not in good]


def _hush() -> None:
    """Apprise logs addresses."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
