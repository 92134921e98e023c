"""``caijue completion SHELL``: the script that has a shell complete commands and options."""

from __future__ import annotations

from pipelines.commands import Answer
from pipelines.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


def completion_command(shell: str) -> Answer:
    """The script, to be evaluated by the shell. Raises UsageError for a shell that there is no
    script for.
    """
    if shell not in SHELLS:
        raise UsageError(f"没有 {shell} 的补全脚本。可用的有 {'、'.join(SHELLS)}。")
    from typer.completion import get_completion_script

    script = get_completion_script(prog_name="caijue", complete_var="_CAIJUE_COMPLETE", shell=shell)
    return Answer({}, script)
