"""A small inbox, and the command run over it in a process of its own."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from pathlib import Path

import pytest
import typer

from pipelines.intake.pool import prepare
from pipelines.narrative import memory
from pipelines.reconcile.terms import plan_of
from pipelines.reconcile.written import written_of
from pipelines.run.inputs import program
from pipelines.validate.frames import validate
from schemas.frames import DATASETS
from schemas.library import code_list, forms
from schemas.structural import structural_rules
from tests.run import drive
from tests.shipped import shipped_book

# What every command imports and compiles at its first use: here once, for every forked command.
WARM = """
    multiprocessing.popen_forkserver pyarrow.parquet psutil pipelines.cli pipelines.collect
    pipelines.collect.suspicions pipelines.commands.published pipelines.commands.run
    pipelines.commands.status pipelines.deliver.deliver pipelines.fixes.read pipelines.helptext
    pipelines.intake.discover pipelines.intake.inside pipelines.intake.kindmemory
    pipelines.intake.office pipelines.narrative.memory pipelines.narrative.stage.checking
    pipelines.narrative.stage.outcomes
    pipelines.narrative.worker pipelines.performance.stage pipelines.performance.worker
    pipelines.performance.datasets pipelines.progress pipelines.public.printed
    pipelines.publish.analysts
    pipelines.publish.audit pipelines.publish.carry pipelines.publish.datasets
    pipelines.publish.loss pipelines.publish.retention pipelines.publish.takeover
    pipelines.publish.scope pipelines.publish.views pipelines.publish.wide pipelines.reconcile
    pipelines.run.inputs pipelines.run.steps pipelines.usage schemas.queries
"""

ALONE = {"CAIJUE_WORKERS": "1"}  # in so small an inbox a second worker or thread only waits


@pytest.fixture(scope="session")
def samples(tmp_path_factory) -> Path:
    """One unit, two years."""
    from pipelines.sample.writing import write_samples

    folder = tmp_path_factory.mktemp("samples") / "raw"
    write_samples(folder, 1, 2, seed=7, workers=1)
    return folder


@cache
def warm() -> None:
    """Before the first command, not at import: every worker imports this, half of them for one test
    that starts none.
    """
    for module in WARM.split():
        importlib.import_module(module)
    for dataset in DATASETS.values():
        validate(dataset, dataset.empty())
    program()
    forms()
    for codes in ("functional", "economic"):
        code_list(codes)
    structural_rules()
    memory.version()
    command_line()


@cache
def warm_rules() -> None:
    """The same for commands whose rules are real: a quarter of such a small night."""
    for module in ("highspy", "pipelines.reconcile.engine"):
        importlib.import_module(module)
    plan = plan_of(shipped_book())
    written_of(plan.checks, shipped_book().forms)


@cache
def command_line() -> object:
    """The commands and their options, made from their signatures: a tenth of a small night."""
    from pipelines.cli import app

    return typer.main.get_command(app)


class Running:
    """The command under way in a forked process, so that imports are paid for once."""

    def __init__(self, process, out: Path, err: Path) -> None:
        self.process, self.out, self.err = process, out, err

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        self.process.join(timeout)
        assert self.process.exitcode is not None, "the command did not end"
        return self.out.read_text(encoding="utf-8"), self.err.read_text(encoding="utf-8")


@dataclass
class Night:
    """One installation: its folders, and the command."""

    home: Path

    @property
    def raw(self) -> Path:
        return self.home / "data" / "raw"

    @property
    def processed(self) -> Path:
        return self.home / "data" / "processed"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def current(self) -> Path:
        return self.processed / "current"

    def start(self, *arguments: str, how: tuple[str, ...] = (), **more: str) -> Running:
        """The command; ``how`` it is disturbed (``drive.py``), ``more`` environment variables."""
        warm()
        if drive.REAL in how:
            warm_rules()
        prepare("pipelines.reading.worker")
        number = len(list(self.home.glob("out-*")))
        out, err = self.home / f"out-{number}", self.home / f"err-{number}"
        out.touch()
        err.touch()
        process = multiprocessing.get_context("fork").Process(
            target=_child, args=(self.home, out, err, ALONE | more, how, arguments)
        )
        process.start()
        return Running(process, out, err)

    def __call__(
        self, *arguments: str, how: tuple[str, ...] = (), **more: str
    ) -> subprocess.CompletedProcess:
        running = self.start(*arguments, how=how, **more)
        out, err = running.communicate()
        return subprocess.CompletedProcess(arguments, running.returncode, out, err)

    def run(self, **more: str) -> dict:
        done = self("run", "--direct", "--json", **more)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)


def _child(home: Path, out: Path, err: Path, more: dict, how: tuple, arguments: tuple) -> None:
    """Become the command: its own streams, folder and environment."""
    _own_fork_server() if "--files-up-to" in how else lent_fork_server()
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY), number)
    sys.stdout, sys.stderr = (os.fdopen(n, "w", closefd=False) for n in (1, 2))
    os.chdir(home)
    typer.main.get_command = lambda _: command_line()  # type: ignore[assignment]
    for key in [k for k in os.environ if k.startswith(("CAIJUE_", "PREFECT_"))]:
        del os.environ[key]
    os.environ.update(more)
    drive.main([*how, "--", *arguments])


def _own_fork_server() -> None:
    """The workers of a command that is starved are starved with it."""
    forkserver._forkserver._forkserver_alive_fd = None
    forkserver._forkserver._forkserver_address = None
    forkserver._forkserver._forkserver_pid = None


def lent_fork_server() -> None:
    """The one of the tests, which has imported everything; only its parent may ask whether it is
    alive.
    """
    forkserver._forkserver.ensure_running = lambda: None


@pytest.fixture(scope="session")
def first_night(tmp_path_factory, samples) -> tuple[Path, dict]:
    """An installation after its first run."""
    home = tmp_path_factory.mktemp("first") / "home"
    shutil.copytree(samples, home / "data" / "raw")
    return home, Night(home).run()


@pytest.fixture
def settled(tmp_path, first_night) -> tuple[Night, dict]:
    """A copy of it, with the result of that run."""
    home, result = first_night
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    return Night(tmp_path / "home"), result


@pytest.fixture
def night(tmp_path, samples) -> Night:
    home = tmp_path / "home"
    shutil.copytree(samples, home / "data" / "raw")
    return Night(home)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a set with its bytes."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
