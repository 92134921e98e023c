"""Messages on their way: each goes to every channel once, and what a channel does not take waits
for the next night.

``<processed>/outbox.json``: ``[{"at", "text", "done": [keys of the channels that took it]}]``. A
channel whose address was changed is another channel, so a corrected address gets what the wrong one
did not.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import log
from pipelines.notify.channels import Channel, channels_of

OUTBOX = "outbox.json"
KEPT = 50  # messages that wait while no channel takes them
PATIENCE = 3  # a channel that refused so often is given the newest message only


@dataclass
class Message:
    """A message, when it was written (UTC, ISO), and which channels have it."""

    text: str
    at: str = ""
    done: list[str] = field(default_factory=list)


def deliver(urls: tuple[str, ...], processed: Path | None, text: str) -> str:
    """Send the text, if any, and whatever was left before; says in words what came of it. Never
    raises OSError.

    Without ``processed`` nothing is read or kept.
    """
    waiting = _waiting(processed) if processed else []
    if text:
        waiting.append(Message(text, datetime.now(UTC).isoformat(timespec="seconds")))
    channels = _usable(urls)
    if not waiting:
        return "没有变化，不通知"
    for channel in channels:
        _send(channel, waiting)
    left = _undelivered(waiting, channels)
    if left:
        log.say(
            f"{len(left)} 条通知没有送出，下次运行再送；请检查 CAIJUE_NOTIFY_URLS。",
            logging.WARNING,
        )
    if processed:
        write(processed / OUTBOX, [asdict(m) for m in left[-KEPT:]])
    return f"送出 {len(waiting) - len(left)} 条通知，留待下次 {len(left)} 条"


def _usable(urls: tuple[str, ...]) -> list[Channel]:
    """The channels that can be used; of the others it is said that they cannot."""
    channels, unusable = channels_of(urls)
    for channel in unusable:
        log.say(
            f"通知渠道{channel.name}的地址不能用，没有通过它通知；请改正 CAIJUE_NOTIFY_URLS。",
            logging.WARNING,
        )
    return channels


def _undelivered(waiting: list[Message], channels: list[Channel]) -> list[Message]:
    """The messages that some channel has not taken; all of them where there is no channel."""
    keys = {c.key for c in channels}
    return [m for m in waiting if not keys or keys - {*m.done}]


def _send(channel: Channel, waiting: list[Message]) -> None:
    """Oldest first; after a few that the channel does not take it is given up, but for
    the newest.
    """
    refused = 0
    for message in waiting:
        if channel.key in message.done or (refused >= PATIENCE and message is not waiting[-1]):
            continue
        if channel.send(message.text):
            message.done.append(channel.key)
        else:
            refused += 1
    if refused:
        log.say(f"通知渠道{channel.name}没有收下通知。", logging.WARNING)


def _waiting(processed: Path) -> list[Message]:
    with suppress(OSError, ValueError):
        found = json.loads((processed / OUTBOX).read_text(encoding="utf-8"))
        return [m for item in found if (m := _message(item))] if isinstance(found, list) else []
    return []


def _message(item: Any) -> Message | None:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return None
    done = item.get("done")
    keys = [k for k in done if isinstance(k, str)] if isinstance(done, list) else []
    return Message(item["text"], str(item.get("at", "")), keys)


def write(path: Path, value: Any) -> bool:
    """Replace a small JSON file; False, with a line in the log, where that cannot be done."""
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        log.say(f"{path.name} 没有写成：{error.strerror}，下次运行可能重复通知。", logging.WARNING)
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        return False
    return True
