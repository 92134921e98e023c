"""Jobs and files that travel by a store (a folder here, as any fsspec address): what is read is
there, what is made comes home, and nothing else does.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.addresses import Unreachable
from pipelines.config import Config
from pipelines.enginesettings import Engine
from pipelines.errors import Aborted, UsageError
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.organisation import extraction_version_of
from pipelines.run import batches, node, store, visit
from pipelines.run.batches import Spread
from pipelines.run.inputs import program
from pipelines.run.node import Terms
from tests.run.test_batches import LIMITS, Hands, honest


@dataclass(frozen=True)
class Copy:
    """A job: ``source`` to be copied to ``target``."""

    source: Path
    target: Path
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copied:
    target: Path
    said: str


def copy(job: Copy) -> Copied:
    """The work: a copy, something beside it, on a node something stray too; says who did it."""
    data, _ = read_stable(job.source, limit=10**6)
    job.target.write_bytes(data)
    job.target.with_name(f"{job.target.name}.seen.json").write_text("{}")
    if "batch-" in str(job.target):
        job.target.with_name("stray").write_text("x")
    forms = [p.read_text() for f in job.folders for p in sorted(Path(f).glob("*.yml"))]
    return Copied(job.target, f"{job.target.parents[2].name} {''.join(forms)}")


@pytest.fixture
def config(tmp_path) -> Config:
    own = tmp_path / "forms"
    own.mkdir()
    (own / "a.yml").write_text("own")
    engine = Engine(kind="dask", store=f"file://{tmp_path / 'store'}")
    return Config(processed=tmp_path / "p", engine=engine, forms_folders=(own,))


@pytest.fixture(autouse=True)
def _node(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(node, "_LOOKS", tuple(k for k in node._LOOKS if k is not node._prefect))
    monkeypatch.setattr(node, "own_folder", lambda: tmp_path / "node")
    for name in ("TICK_S", "NO_NODE_S", "SLOW_S", "STUCK_S"):
        monkeypatch.setattr(batches, name, 0.2)


@pytest.fixture
def carried(config) -> Iterator[store.Carried]:
    with store.carried(config) as made:
        yield made


@pytest.fixture
def terms(carried, config) -> Terms:
    version = extraction_version_of(config.forms_folders)
    folders = tuple(map(str, config.forms_folders))
    where = {"store": carried.folder.address, "probe": carried.probe, "own": carried.own}
    return replace(Terms(program(), version, folders, (), "", "", 1), **where)


@pytest.fixture
def jobs(tmp_path, config) -> list[Copy]:
    """A file, one in an archive, one of odd name."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "a.txt").write_text("甲")
    (raw / "乙 %\\.txt").write_text("乙")
    with zipfile.ZipFile(raw / "包.zip", "w") as archive:
        archive.writestr("内/丙.txt", "丙")
    own = tuple(map(str, config.forms_folders))
    names = ("a.txt", "乙 %\\.txt", "包.zip/内/丙.txt")
    for number in range(len(names)):
        (out / str(number)).mkdir(parents=True)
    return [Copy(raw / n, out / str(i) / "made", own) for i, n in enumerate(names)]


def hide(hidden: list[Path], packed: bytes) -> bytes:
    """A node to which these folders are not there."""
    for path in hidden:
        path.rename(path.with_name(f"{path.name}-hidden"))
    try:
        return honest(packed)
    finally:
        for path in hidden:
            path.with_name(f"{path.name}-hidden").rename(path)


def done(carried, terms, jobs, behave: Any = honest) -> dict[Path, Any]:
    spread = Spread(Hands([behave]), terms, carried)
    writes = {"writes": [str(job.target.parent) for job in jobs]}
    return {j.source: r for j, r in spread(copy, jobs, result=Copied, **writes, **LIMITS)}


def test_what_is_read_travels_and_what_is_made_comes_home(carried, terms, jobs, tmp_path):
    hidden = [tmp_path / "raw", tmp_path / "forms"]
    found = done(carried, terms, jobs, lambda packed: hide(hidden, packed))
    for job, text in zip(jobs, "甲乙丙", strict=True):
        assert found[job.source].target == job.target  # of this machine, not of the node
        assert found[job.source].said.startswith(tmp_path.name) and "own" in found[job.source].said
        assert job.target.read_text() == text
        assert sorted(p.name for p in job.target.parent.iterdir()) == ["made", "made.seen.json"]
    assert [p.name for p in (tmp_path / "node").iterdir() if "batch" in p.name] == []


def test_nothing_stays_at_the_store(config, tmp_path, jobs):
    other = tmp_path / "store" / "of another"
    other.parent.mkdir()
    other.write_text("x")
    for _ in range(2):
        with store.carried(config) as made:
            made.give([made.pack(job) for job in jobs])
            shutil.copytree(made.folder.root, tmp_path / "left", dirs_exist_ok=True)
            mine = Path(made.folder.root)
        assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == [other]
        shutil.copytree(tmp_path / "left", mine, dirs_exist_ok=True)  # as a run that died leaves it


def test_a_content_goes_once(carried, jobs, tmp_path):
    (tmp_path / "raw" / "same.txt").write_text("甲")
    more = [*jobs, replace(jobs[0], source=tmp_path / "raw" / "same.txt")]
    given = carried.give([carried.pack(job) for job in more])
    assert {Path(p).name for p, _ in given} == {"a.txt", "乙 %\\.txt", "丙.txt", "same.txt"}
    assert len({d for _, d in given}) == 3
    digest = hashlib.sha256("甲".encode()).hexdigest()
    assert carried.folder.get(store.content_name(digest)) == "甲".encode()


def test_a_content_that_was_tampered_with_is_not_used(carried, terms, jobs, tmp_path):
    def tampered(packed: bytes) -> bytes:
        for path in (tmp_path / "node" / "files").glob("*/*"):
            path.write_bytes(b"other")
        return honest(packed)

    done(carried, terms, jobs)
    done(carried, terms, jobs, tampered)  # fetched again
    assert [job.target.read_text() for job in jobs] == ["甲", "乙", "丙"]


def test_a_node_keeps_what_was_used_last(carried, terms, jobs, tmp_path, monkeypatch):
    done(carried, terms, jobs)
    kept = visit.Kept(tmp_path / "node" / "files", carried.folder)
    ages = {p: n for n, p in enumerate(sorted(kept.folder.glob("*/*")))}
    for path, age in ages.items():
        os.utime(path, (age, age))
    newest = max(ages, key=lambda p: ages[p])
    kept.trim(newest.stat().st_size)
    assert list(kept.folder.glob("*/*")) == [newest]


def test_a_file_that_nobody_asked_for_is_not_taken(carried, terms, jobs, tmp_path):
    victim = tmp_path / "victim"

    def lies(packed: bytes) -> bytes:
        answer = pickle.loads(honest(packed))
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w") as archive:
            archive.writestr("0.0", "bad")
        carried.folder.put(answer.archive, into.getvalue())
        answer.digest = hashlib.sha256(into.getvalue()).hexdigest()
        answer.made = {0: (str(victim),)}
        return pickle.dumps(answer)

    found = done(carried, terms, jobs, lies)
    assert not victim.exists()
    assert [job.target.read_text() for job in jobs] == ["甲", "乙", "丙"]  # done here
    assert len(found) == 3


def test_an_archive_that_is_not_whole_is_done_again(carried, terms, jobs):
    def half(packed: bytes) -> bytes:
        answer = pickle.loads(honest(packed))
        carried.folder.put(answer.archive, carried.folder.get(answer.archive)[:50])
        return pickle.dumps(answer)

    assert len(done(carried, terms, jobs, half)) == 3
    assert [job.target.read_text() for job in jobs] == ["甲", "乙", "丙"]


@pytest.fixture
def said(monkeypatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(batches.log, "say", lambda line, *_, **__: lines.append(line))
    return lines


def test_a_store_that_is_lost_leaves_the_rest_here(carried, terms, jobs, said, monkeypatch):
    def lost(*_: Any) -> None:
        raise Unreachable("ConnectionError：gone")

    def losing(packed: bytes) -> bytes:
        for name in ("put", "send", "get", "fetch", "has"):
            monkeypatch.setattr(type(carried.folder), name, lost)
        return honest(packed)

    assert len(done(carried, terms, jobs, losing)) == 3
    assert [job.target.read_text() for job in jobs] == ["甲", "乙", "丙"]
    assert sum("用不了存储" in line and "gone" in line for line in said) == 1
    assert not any("不能参加" in line for line in said)  # no node is blamed


def test_a_node_that_alone_cannot_reach_it_is_left_out(carried, terms, jobs, said, monkeypatch):
    hands = Hands([lambda packed: node.do_batch(_elsewhere(packed)), honest])
    spread = Spread(hands, terms, carried)
    assert len(list(spread(copy, jobs, result=Copied, **LIMITS))) == 3
    assert len(hands.dismissed) == 1
    assert any("不能参加：用不了存储" in line for line in said)


def _elsewhere(packed: bytes) -> bytes:
    batch = pickle.loads(packed)
    return pickle.dumps(replace(batch, terms=replace(batch.terms, store="file:///nonexistent/x")))


def test_a_file_that_is_not_at_the_store_is_left_to_this_machine(carried, terms, jobs):
    def without(packed: bytes) -> bytes:
        batch = pickle.loads(packed)
        for _, digest in batch.given:
            carried.folder.remove(store.content_name(digest))
        return honest(packed)

    found = done(carried, terms, jobs, without)
    assert len(found) == 3 and not any(isinstance(r, Refused) for r in found.values())


def test_an_address_that_cannot_be_used_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    engine = Engine(kind="dask", store=f"file://{blocked}/below")
    config = Config(processed=tmp_path / "p", engine=engine)
    with pytest.raises(Aborted, match=r"engine.store 的地址 .*已发布的数据保持不变.*请检查"):
        store.carried(config).__enter__()


def test_what_is_to_be_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    config = Config(processed=tmp_path / "p", engine=Engine(kind="dask", store="s3://a/b"))
    with pytest.raises(UsageError, match=r"engine.store = s3://a/b .*pip install 'caijue\[s3\]'"):
        store.carried(config).__enter__()
