"""Wrong usage, said in Chinese: what the command line library finds wrong becomes a
:class:`UsageError`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.errors import Aborted, UsageError

HELP = "用 caijue --help 看用法。"


@contextmanager
def in_chinese() -> Iterator[None]:
    """Turn the library's usage errors into UsageError, and its other ones into Aborted."""
    import typer
    from typer._click.exceptions import ClickException

    try:
        yield
    except ClickException as error:
        raise UsageError(f"用法有误：{_words(error)}") from error
    except typer.Abort as error:
        raise Aborted("已中断。") from error


def _words(error: Any) -> str:
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    helped = f"用 {context.command_path} --help 看用法。" if context else HELP
    if kind == "NoSuchOption":
        near = difflib.get_close_matches(
            error.option_name, error.possibilities or _options(context), n=1
        )
        return f"没有选项 {error.option_name}{_meant(near)}。{helped}"
    if kind == "MissingParameter":
        return f"缺少 {_parameter(error)}。{helped}"
    if kind == "BadParameter":
        return f"{_parameter(error)} 的值不对（{_value(error.message)}）。{helped}"
    if kind == "NoArgsIsHelpError":
        return f"没有给出命令。{helped}"
    return f"{_other(error, context)}。{helped}"


def _other(error: Any, context: Any) -> str:
    message = str(error.format_message()).rstrip(".。")
    given = message.split("'")[1] if message.count("'") >= 2 else message
    if message.startswith("No such command"):
        commands = list(getattr(context.command, "commands", {})) if context else []
        return f"没有命令 {given}{_meant(difflib.get_close_matches(given, commands, n=1))}"
    if "unexpected extra argument" in message:
        return f"多出来的内容 {message.split('(')[-1].rstrip(')')}"
    if "requires an argument" in message:
        return f"选项 {given} 后面要有值"
    return message


def _meant(near: list[str]) -> str:
    return f"，是不是 {near[0]}" if near else ""


def _options(context: Any) -> list[str]:
    return [o for p in context.command.params for o in p.opts] if context else []


def _parameter(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return "参数"
    return param.opts[0] if param.param_type_name == "option" else (param.metavar or param.name)


def _value(message: str) -> str:
    if "valid int" in message:
        return "应为整数"
    if "valid number" in message or "valid float" in message:
        return "应为数字"
    if bound := re.search(r"(less|greater) than or equal to (\S+)", message):
        return f"不能{'大于' if bound[1] == 'less' else '小于'} {bound[2].rstrip('.')}"
    return message.rstrip(".")
