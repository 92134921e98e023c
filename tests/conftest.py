"""What holds for every test: the long and the slow ones run only when asked for (``make
test-long``, ``-m slow``), and generated examples are the same every time.

``HYPOTHESIS_PROFILE=exploring`` draws new examples; the deep forms under ``-m slow`` always do.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from pipelines.intake import settling
from pipelines.intake.pool import preload
from pipelines.run.readers import DOCUMENT_WORKERS, WORK
from tests import order

# Objects made before the collector looks for cycles, and how often it looks further: as the command
# itself has it (``pipelines/cli.py``).
COLLECTED = (20_000, 20, 20)

# Where a folder is memory, and how many bytes must be free there: a run of all tests fills half a
# gigabyte.
MEMORY, ROOMY = "/dev/shm", 4 << 30


def _into_memory() -> None:
    """Temporary folders in memory, unless TMPDIR says where: a set is written through to the disk
    file by file, and tests publish hundreds that nobody wants after them.
    """
    free = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free
    if "TMPDIR" not in os.environ and free > ROOMY:
        os.environ["TMPDIR"] = MEMORY
        tempfile.tempdir = None


_into_memory()
gc.disable()  # until all is imported and collected: what comes in so long, stays
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for, and put the others in order."""
    items.sort(key=order.turn)
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):  # a browser takes ten seconds to come
            item.add_marker(pytest.mark.long)
    unasked = _unasked(config)
    left_out = {i for i in items if any(i.get_closest_marker(name) for name in unasked)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [i for i in items if i not in left_out]


def _unasked(config: pytest.Config) -> tuple[str, ...]:
    """The markers of tests that are left out: a marker expression or a test's own name asks for
    all, the name of a file for its long ones.
    """
    args = [str(argument) for argument in config.args]
    if config.option.markexpr or any("::" in argument for argument in args):
        return ()
    if any(argument.endswith(".py") for argument in args):
        return ("slow",)
    return ("slow", "long")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tests by the thousand and all that is imported stay: the collector does not look through them
    again and again, and a forked command does not copy them by looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    gc.enable()


def pytest_unconfigure() -> None:
    """At the end all of it goes: DuckDB would call what is still frozen leaked."""
    gc.unfreeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files are handed out by group instead of by the number of their tests."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return order.ByGroup(config, log)


@pytest.fixture(scope="session", autouse=True)
def _workers() -> None:
    """The fork server of this process imports once what the workers of all tests need."""
    texts = ("pipelines.collect.registertext", "schemas.explanations")
    preload(WORK.partition(":")[0], *DOCUMENT_WORKERS, *texts, "pipelines.deliver.work")


# How long files that are fresh are watched, by the name of the setting.
WATCHED = {n: getattr(settling, n) for n in ("_WATCH_SECONDS", "_WATCH_BROKEN_SECONDS")}


@pytest.fixture(scope="session", autouse=True)
def _nothing_arrives() -> Iterator[None]:
    """What tests put into a folder is all there when it is looked at: nothing is to be waited for,
    a third of a second or a whole one in hundreds of looks. (Tests of waiting ask for ``watched``.)
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in WATCHED:
            patch.setattr(settling, name, 0.0)
        yield


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh files are watched as long as in earnest."""
    for name, seconds in WATCHED.items():
        monkeypatch.setattr(settling, name, seconds)


ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "raw"


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a run over the demo, from the shell: ``processed``, ``reports``, ``result.json``.

    Made by the first of all workers that asks; nobody may change it, who has to copies it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = shared / "published-demo"
    with FileLock(shared / "published-demo.lock"):
        if not (home / "result.json").exists():
            home.mkdir(exist_ok=True)
            _publish_demo(home)
    return home


def _publish_demo(home: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAIJUE_", "PREFECT_"))}
    folders = {
        "CAIJUE_RAW": str(DEMO),
        "CAIJUE_PROCESSED": str(home / "processed"),
        "CAIJUE_REPORTS": str(home / "reports"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--direct", "--json"],
        cwd=home,
        capture_output=True,
        text=True,
        env=kept | folders,
        stdin=subprocess.DEVNULL,
        timeout=280,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    json.loads(done.stdout)
    (home / "result.json").write_text(done.stdout, encoding="utf-8")
