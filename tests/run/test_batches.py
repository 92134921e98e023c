"""Jobs handed out to nodes: whatever happens to a node, the results are those of one machine."""

from __future__ import annotations

import pickle
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused
from pipelines.organisation import extraction_version_of
from pipelines.run import batches, node
from pipelines.run.batches import Spread
from pipelines.run.carriage import Shared
from pipelines.run.context import RunContext
from pipelines.run.inputs import program
from pipelines.run.node import Answer, Terms
from tests.intake import jobs

LIMITS: dict[str, Any] = {"workers": 2, "memory_mb": 300, "timeout_s": 20.0}
WORK = ["good"] * 20 + ["kill"] + ["good"] * 20 + ["abort"]


class _Flight:
    def __init__(self) -> None:
        self.ended = threading.Event()
        self.made: bytes | Exception = b""
        self.told: list[Callable] = []

    def end(self, made: bytes | Exception) -> None:
        self.made = made
        self.ended.set()
        for fn in self.told:
            fn(self)

    def add_done_callback(self, fn: Callable) -> None:
        self.told.append(fn)
        if self.ended.is_set():
            fn(self)

    def answer(self) -> bytes:
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


def honest(packed: bytes) -> bytes:
    """A node whose readers are as they should be."""
    return node.do_batch(packed)


@dataclass
class Hands:
    """Nodes that do each batch with the next of ``behave``; None is a node that never answers."""

    behave: list[Callable[[bytes], bytes] | None]
    there: dict[str, int] | None = field(default_factory=lambda: {"a": 1, "b": 1})
    dismissed: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def submit(self, packed: bytes, title: str) -> _Flight:
        self.titles.append(title)
        behave = self.behave[min(len(self.titles), len(self.behave)) - 1]
        flight = _Flight()
        if behave is not None:
            try:
                flight.end(behave(packed))
            except Exception as error:
                flight.end(error)
        return flight

    def nodes(self) -> dict[str, int] | None:
        return self.there

    def dismiss(self, name: str) -> None:
        self.dismissed.append(name)

    def withdraw(self, flights: Any) -> None:
        self.withdrawn = list(flights)


@pytest.fixture
def terms(tmp_path, monkeypatch) -> Terms:
    monkeypatch.setattr(node, "_LOOKS", tuple(k for k in node._LOOKS if k is not node._prefect))
    shown = tmp_path / "shown"
    shown.write_bytes(b"12")
    own = extraction_version_of(())
    return Terms(program(), own, (), ((str(shown), 2),), str(tmp_path), "", 1)


@pytest.fixture
def said(monkeypatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(batches.log, "say", lambda line, *_, **__: lines.append(line))
    return lines


@pytest.fixture(autouse=True)
def _impatient(monkeypatch) -> None:
    for name in ("TICK_S", "NO_NODE_S", "SLOW_S", "STUCK_S"):
        monkeypatch.setattr(batches, name, 0.2)
    monkeypatch.setattr(node, "LOOK_AGAIN_S", 0.0)


def done(hands: Hands, terms: Terms, folder: Path, work: list[str] | None = None) -> list[Any]:
    spread = Spread(hands, terms, Shared(folder))
    return list(spread(jobs.behave, iter(work or ["good"] * 30), **LIMITS))


def outcome(results: list[Any]) -> Counter:
    return Counter((j, r.reason if isinstance(r, Refused) else r) for j, r in results)


def test_the_results_are_those_of_one_machine(terms, tmp_path, said):
    hands = Hands([honest])
    there = done(hands, terms, tmp_path, WORK)
    assert outcome(there) == outcome(list(map_files(jobs.behave, WORK, **LIMITS)))
    assert len(hands.titles) > 1 and "（8 个）" in hands.titles[0]
    assert [p.name for p in tmp_path.iterdir()] == ["shown"]  # leases and trials are gone
    assert any("2 个在计算节点上没有做成" in line for line in said)


def test_no_jobs_ask_nobody(terms, tmp_path):
    hands = Hands([honest], there={})
    assert list(Spread(hands, terms, Shared(tmp_path))(jobs.behave, [], **LIMITS)) == []
    assert hands.titles == []


def lost(packed: bytes) -> bytes:
    raise ConnectionError("KilledWorker")


def test_a_batch_that_is_lost_is_done_here(terms, tmp_path, said):
    assert outcome(done(Hands([lost, honest]), terms, tmp_path)) == {("good", "read"): 30}
    assert any("ConnectionError" in line and "由本机重做" in line for line in said)


def test_a_cluster_that_is_lost_is_told_once_and_not_asked_again(terms, tmp_path, said):
    hands = Hands([honest])

    def breaks(packed: bytes) -> bytes:
        hands.there = None
        raise ConnectionError

    hands.behave = [honest, breaks]
    spread = Spread(hands, terms, Shared(tmp_path))
    for _ in range(2):
        assert outcome(list(spread(jobs.behave, ["good"] * 30, **LIMITS))) == {("good", "read"): 30}
    assert [line for line in said if "断了" in line] == [said[-1]]
    assert len(hands.titles) == 4  # all of the first round


def test_no_node_within_the_limit(terms, tmp_path, said):
    assert outcome(done(Hands([None], there={}), terms, tmp_path)) == {("good", "read"): 30}
    assert any("没有计算节点" in line for line in said)


def test_a_node_that_hangs_is_not_waited_for(terms, tmp_path, said):
    hands = Hands([None, honest])
    assert outcome(done(hands, terms, tmp_path)) == {("good", "read"): 30}
    assert any("由本机接过来做" in line for line in said) and len(hands.withdrawn) == 1


def test_a_batch_nobody_waits_for_is_left(terms, tmp_path):
    limits = {k: v for k, v in LIMITS.items() if k != "workers"} | {"result": str}
    packed = (pickle.dumps("good"),)
    batch = node.Batch(terms, jobs.behave, packed, str(tmp_path / "gone"), limits)
    assert pickle.loads(node.do_batch(pickle.dumps(batch))).results == {}
    batch = replace(batch, lease=str(tmp_path / "shown"))
    assert pickle.loads(node.do_batch(pickle.dumps(batch))).results.keys() == {0}


def test_a_node_that_declines_gets_no_more(terms, tmp_path, said):
    def declines(packed: bytes) -> bytes:
        return pickle.dumps(Answer("b", declined="看不到 /srv/收件"))

    hands = Hands([honest, declines, honest])
    assert outcome(done(hands, terms, tmp_path)) == {("good", "read"): 30}
    assert hands.dismissed == ["b"] and any("看不到 /srv/收件" in line for line in said)
    everybody = Hands([declines])
    assert outcome(done(everybody, terms, tmp_path)) == {("good", "read"): 30}


def test_an_answer_of_another_kind_is_not_believed(terms, tmp_path):
    def lies(packed: bytes) -> bytes:
        return pickle.dumps(Answer("a", results=dict.fromkeys(range(8), b'J{"no": "text"}')))

    assert outcome(done(Hands([lies, honest]), terms, tmp_path)) == {("good", "read"): 30}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"program": "another"}, "同一版本"),
        ({"shown": (("/nowhere/at/all", 1),)}, "/nowhere/at/all"),
        ({"writable": "/proc"}, "不能写 /proc"),
        ({"extraction": "another"}, "forms_folders"),
    ],
)
def test_why_a_node_cannot_take_part(terms, change, words):
    assert node.unfit(terms) == ""
    assert words in node.unfit(replace(terms, **change))


def test_prefect_must_be_reached_from_a_node(terms):
    assert "PREFECT_API_URL" in node._prefect(replace(terms, api="http://127.0.0.1:9/api"))


def test_a_run_stays_where_it_is(tmp_path):
    assert pickle.loads(pickle.dumps(RunContext.__new__(RunContext))) is None
    assert Config().engine.kind == "local"


def test_dask_that_is_not_installed_is_said(tmp_path, monkeypatch):
    from pipelines.run import cluster

    monkeypatch.setattr("pipelines.run.engine.find_spec", lambda _: None)
    crew = cluster.Cluster(Config(processed=tmp_path))
    assert list(crew(jobs.behave, [], **LIMITS)) == []  # nothing to do, nothing needed
    with crew, pytest.raises(UsageError, match="caijue\\[dask\\]"):
        list(crew(jobs.behave, ["good"], **LIMITS))
