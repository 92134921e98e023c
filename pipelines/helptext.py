"""The help of every command in one language: the words of the command line library in Chinese.

What does not belong here: usage errors (``usage.py``).
"""

from __future__ import annotations

import re
from typing import Any

# In this order: longer phrases before the words they contain.
WORDS = (
    ("Show this message and exit.", "显示这段说明。"),
    ("Usage:", "用法："),
    ("Options:", "选项："),
    ("Arguments:", "参数："),
    ("Commands:", "命令："),
    ("COMMAND [ARGS]...", "命令 [参数]…"),
    ("[OPTIONS]", "[选项]"),
    ("[required]", "[必填]"),
    ("[default: ", "[默认："),
)
KINDS = {"int": "整数", "float": "小数", "text": "文字", "path": "路径"}
_KIND = re.compile(r"<(int|float|text|path)( range)?>")


def speak_chinese(command: Any) -> Any:
    """The command, its subcommands too, with help that is Chinese throughout."""
    english = command.get_help
    command.get_help = lambda context: in_chinese(english(context))
    for other in getattr(command, "commands", {}).values():
        speak_chinese(other)
    return command


def in_chinese(text: str) -> str:
    """A page of help with the library's own words in Chinese."""
    for english, chinese in WORDS:
        text = text.replace(english, chinese)
    return _KIND.sub(_kind, text)


def _kind(found: re.Match[str]) -> str:
    """The kind of value in Chinese, as wide as it was, so that columns stay where they are."""
    word = f"<{KINDS[found[1]]}>"
    return word + " " * (len(found[0]) - len(word) - len(KINDS[found[1]]))
