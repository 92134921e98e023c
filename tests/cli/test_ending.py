"""How the process of a command ends: nothing is lost, and nothing is taken apart in vain."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO

import pytest

HELD = """
import atexit, os, sys, threading, time
from pipelines.cli import main
class Held:
    def __del__(self):
        os.write(2, b"taken apart\\n")
sys.held = Held()
atexit.register(print, "told of the end")
sys.argv = ["caijue", "--version"]
"""
ALONE = HELD + "main()"
BESIDE = (
    HELD
    + """
def work():
    time.sleep(0.2)
    print("done beside")
threading.Thread(target=work).start()
main()"""
)
CLOSED = HELD + "sys.stdout.write('x'); os.close(1); main()"


def ended(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )


def test_what_was_printed_is_there_and_who_asked_for_it_is_told_of_the_end() -> None:
    end = ended(ALONE)
    assert end.returncode == 0, end.stderr
    version, told = end.stdout.splitlines()
    assert version.startswith("caijue") and told == "told of the end"


def test_what_the_process_holds_goes_with_it() -> None:
    assert "taken apart" not in ended(ALONE).stderr


def test_who_works_beside_the_command_finishes_first() -> None:
    *_, beside, told = ended(BESIDE).stdout.splitlines()
    assert (beside, told) == ("done beside", "told of the end")


def test_output_that_nobody_takes_ends_in_a_code_of_its_own() -> None:
    assert ended(CLOSED).returncode not in (0, 1)


CAIJUE = "from pipelines.cli import main; main()"


def told(stdout: int | IO, program: str, *arguments: str) -> subprocess.CompletedProcess:
    """A command that ended, whose answer went to ``stdout``."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60)


def to_nobody(program: str, *arguments: str) -> subprocess.CompletedProcess:
    """The same where the reader of its answer went away."""
    read, write = os.pipe()
    os.close(read)
    try:
        return told(write, program, *arguments)
    finally:
        os.close(write)


def test_a_reader_that_went_away_is_no_answer_with_findings() -> None:
    end = to_nobody(CAIJUE, "rules", "list")
    assert (end.returncode, end.stderr) == (3, "")


def test_a_shell_that_asks_how_a_command_goes_on_gets_its_own_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {"_CAIJUE_COMPLETE": "complete_bash", "COMP_WORDS": "caijue ru", "COMP_CWORD": "1"}
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    end = told(subprocess.PIPE, CAIJUE)
    assert (end.returncode, end.stdout.split()) == (0, ["run", "rules"])


PUBLISHED = """
import pipelines.commands.run as module
from pipelines.commands import Answer

module.run_command = lambda *_, **__: Answer({"published": True}, "已发布", 1)
from pipelines.cli import main

main()
"""


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_is_published_stands_whether_anybody_reads_of_it_or_not(form: list[str]) -> None:
    end = to_nobody(PUBLISHED, "run", "--direct", *form)
    assert (end.returncode, end.stderr) == (1, "")


def test_a_document_that_cannot_be_written_ends_without_a_traceback() -> None:
    with open("/dev/full", "w") as full:
        end = told(full, CAIJUE, "rules", "--json")
    assert end.returncode == 3
    assert "Traceback" not in end.stderr and "磁盘空间不足" in end.stderr
