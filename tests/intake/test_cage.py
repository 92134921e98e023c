"""What a worker can still do once it is caged, tried from inside, and what it can answer."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.commands.doctor import doctor_command
from pipelines.config import Config
from pipelines.intake.cage import LANDLOCK, SECCOMP, folders_of, what_holds
from pipelines.intake.pool import WRONG, map_files
from pipelines.intake.refusal import Refused
from pipelines.intake.wire import WrongAnswer, pack, unpack
from pipelines.narrative.worker import Head
from pipelines.performance.pack import Entry, Pack, ProjectTable

HOLDS = what_holds()
LIMITS = {"workers": 1, "memory_mb": 300, "timeout_s": 200.0}


def attempt(what: str, folder: str) -> str:
    """Runs in the worker: what came of an attempt."""
    inside, outside, secret = (Path(folder, n) for n in ("in/a", "out/b", "else/secret"))
    deeds = {
        "read inside": lambda: inside.read_text(),
        "write outside": lambda: outside.write_text("1"),
        "rename": lambda: os.replace(outside, outside.with_name("c")),
        "write inside": lambda: inside.write_text("2"),
        "link": lambda: os.symlink("/etc/passwd", outside.with_name("link")),
        "read elsewhere": lambda: secret.read_text(),
        "network": lambda: socket.socket().close(),
        "local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "signal": lambda: os.kill(os.getppid(), 0),
        "environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "import": lambda: __import__("wave"),
        "null": lambda: Path("/dev/null").write_text("x"),
    }
    try:
        deeds[what]()
    except OSError as error:
        return type(error).__name__
    return "done"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("in/a", "else/secret", "out/b"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    return tmp_path


def came_of(folder: Path, *deeds: str) -> dict[str, str]:
    jobs = [(deed, str(folder)) for deed in deeds]
    writes, reads = (str(folder / "out"),), (str(folder / "in"),)
    results = map_files(attempt, jobs, writes=writes, reads=reads, **LIMITS)
    return {deed: result for (deed, _), result in results}


def test_what_reading_takes_is_left(folder: Path) -> None:
    needed = ("read inside", "write outside", "rename", "import", "null")
    assert came_of(folder, *needed) == dict.fromkeys(needed, "done")


@pytest.mark.skipif(LANDLOCK not in HOLDS, reason="this kernel has no landlock")
def test_files_elsewhere_are_out_of_reach(folder: Path) -> None:
    denied = ("write inside", "link", "read elsewhere", "environment")
    assert came_of(folder, *denied) == dict.fromkeys(denied, "PermissionError")
    assert (folder / "in/a").read_text() == "x"


@pytest.mark.skipif(SECCOMP not in HOLDS, reason="this kernel has no seccomp")
def test_there_is_no_network_and_no_other_program(folder: Path) -> None:
    denied = ("network", "local socket", "program")
    assert came_of(folder, *denied) == dict.fromkeys(denied, "PermissionError")


def test_doctor_says_what_holds(tmp_path: Path) -> None:
    config = Config(raw=tmp_path, processed=tmp_path / "p", reports=tmp_path / "r")
    points = {p["name"]: p["state"] for p in doctor_command(config, []).document["points"]}
    for part in (LANDLOCK, SECCOMP):
        assert (points[f"读取进程的隔离（{part}）"] == "正常") == (part in HOLDS)


def test_folders_of_members_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "包.zip").write_bytes(b"")
    paths = [tmp_path / "包.zip" / "甲" / "内.xlsx", tmp_path / "a.xlsx"]
    assert folders_of(paths) == sorted([str(tmp_path), str(tmp_path / "包.zip")])


def lie(_: object) -> dict[str, str]:
    return {"is_narrative": "yes"}


def test_an_answer_of_another_type_is_refused() -> None:
    ((_, result),) = map_files(lie, [1], result=Head, **LIMITS)
    assert isinstance(result, Refused) and result.reason == WRONG


@dataclass(frozen=True)
class Sample:
    number: Decimal | None
    part: Fraction
    day: date
    path: Path
    names: tuple[str, ...]
    pairs: dict[tuple[str, int], frozenset[str]]


@given(
    st.builds(
        Sample,
        st.none() | st.decimals(allow_nan=False, allow_infinity=False),
        st.fractions(),
        st.dates(),
        st.just(Path("/a/b")),
        st.lists(st.text()).map(tuple),
        st.dictionaries(st.tuples(st.text(), st.integers()), st.frozensets(st.text())),
    )
)
def test_what_travels_arrives_as_it_was(sample: Sample) -> None:
    assert unpack(pack(sample), Sample) == sample
    assert unpack(pack([sample, None]), list[Sample | None]) == [sample, None]


def test_results_of_the_readers_travel() -> None:
    table = ProjectTable("JX14", "项目", Entry(), funds={("财政拨款", "预算数"): Entry(file="a")})
    whole = Pack(projects=[table], units=["甲"], year=2023)
    assert unpack(pack(whole), Pack | None) == whole and unpack(pack(None), Pack | None) is None
    assert unpack(pack(b"\0\1"), bytes) == b"\0\1"


@pytest.mark.parametrize(
    "message",
    [b"", b"J", b"J{}", b"Bx", b"J[1]", b'J{"is_narrative": 1}', b"J" + b"[" * 100_000],
    ids=range(7),
)
def test_whatever_comes_it_is_a_value_or_a_wrong_answer(message: bytes) -> None:
    with pytest.raises(WrongAnswer):
        unpack(message, Head)
