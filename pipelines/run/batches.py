"""Jobs of a stage handed out to the nodes of a cluster in batches, and what becomes of them there.

A :class:`Spread` is called as ``map_files`` is. Whatever the nodes do not do is done by the worker
processes of the publishing node, so that a run has the same result with few nodes or none; only the
log tells. Who the nodes are and how they are reached is said by :class:`Hands` (``cluster.py``).
"""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from pipelines import log
from pipelines.addresses import Unreachable
from pipelines.intake import wire
from pipelines.intake.pool import map_files, preloaded, returned
from pipelines.run.carriage import Carriage, Given, Parcel
from pipelines.run.node import Answer, Batch, Terms

FIRST = 8  # jobs of a batch while nobody knows how long one takes
# Each reader of a node starts anew with a batch and learns for half a second what a template is:
# batches are long beside that, and short beside what may be lost with a node.
BATCH_S = 20.0
MOST = 1_000
MOST_BYTES = 16 << 20  # of a batch on its way; workbooks to be written take 20 KB a unit
AHEAD = 2  # batches a free node finds waiting, so that it need not ask
TICK_S = 2.0  # how often it is looked whether the nodes are still there
NO_NODE_S = 60.0  # a node that is started again is back within that
STUCK_S = 600.0  # nothing finished at all: far longer than any batch of ours
SLOW = 4  # the last batches may take so many times as long as the longest before them
SLOW_S = 60.0  # and at least that
TRIES = 3  # of a batch that nodes decline


class Flight(Protocol):
    """A batch under way. ``answer`` raises where it was lost."""

    def add_done_callback(self, fn: Callable[[Any], None]) -> None: ...
    def answer(self) -> bytes: ...


class Hands(Protocol):
    """The nodes of a cluster."""

    def submit(self, packed: bytes, title: str) -> Flight: ...

    def nodes(self) -> dict[str, int] | None:
        """How many batches each node does at once; None where the cluster is lost."""

    def dismiss(self, node: str) -> None:
        """Gives a node (by its name in answers) no more batches."""

    def withdraw(self, flights: Iterable[Any]) -> None:
        """Nobody waits for these any more."""


@dataclass(slots=True)
class Spread:
    """A crew on many machines. ``carriage``: how jobs and files get there and back."""

    hands: Hands
    terms: Terms
    carriage: Carriage
    lost: str = ""

    def __call__(
        self,
        work: Callable[..., Any] | str,
        jobs: Iterable[Any],
        *,
        workers: int,
        result: Any = None,
        **limits: Any,
    ) -> Iterator[tuple[Any, Any]]:
        limits["result"] = returned(work) if result is None else result
        for folders in ("writes", "reads"):  # iterators cannot be sent, and would be used up
            if limits.get(folders) is not None:
                limits[folders] = tuple(limits[folders])
        waiting = iter(jobs)
        left: list[Any] = []
        if not self.lost:
            with self.carriage.lease() as lease:
                empty = Batch(self.terms, work, (), lease, limits, preloaded())
                yield from _Turn(self, empty, waiting, left).results()
        yield from map_files(work, chain(left, waiting), workers=workers, **limits)


@dataclass(slots=True, eq=False)
class _Sent:
    """A batch on its way: its jobs, and which try it is."""

    jobs: list[Any]
    parcels: list[Parcel]
    given: Given = ()
    tries: int = 1

    def bytes(self) -> int:
        return sum(len(parcel.packed) for parcel in self.parcels)


@dataclass(slots=True, eq=False)
class _Turn:
    """One call of a :class:`Spread`; ``left`` gathers the jobs that no node does."""

    spread: Spread
    empty: Batch
    waiting: Iterator[Any]
    left: list[Any]
    again: deque[_Sent] = field(default_factory=deque)
    flying: dict[Any, _Sent] = field(default_factory=dict)
    finished: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    exhausted: bool = False
    sent: int = 0
    answered: int = 0
    refused: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    nodes: set[str] = field(default_factory=set)

    def results(self) -> Iterator[tuple[Any, Any]]:
        """What the nodes have done, as they finish."""
        try:
            while self._hand_out():
                flight = self._next()
                if flight is None:
                    break
                yield from self._take(self.flying.pop(flight), flight)
        finally:
            self._end()

    def _hand_out(self) -> bool:
        """Keeps the nodes busy; gives whether anything is under way."""
        most = AHEAD * self._slots()
        while len(self.flying) < most and (sent := self._next_batch()):
            self._send(sent)
        if most or self.flying or self.spread.lost:
            return bool(self.flying)
        return self._wait_for_nodes()

    def _slots(self) -> int:
        nodes = self.spread.hands.nodes()
        if nodes is None:
            self._give_up("与调度服务的联系断了")
            return 0
        gone = self.nodes - nodes.keys()
        if gone:
            log.say(f"计算节点中途退出：{'、'.join(sorted(gone))}；没做完的由其他节点重做。", 30)
        self.nodes = set(nodes)
        return sum(nodes.values())

    def _wait_for_nodes(self) -> bool:
        until = time.monotonic() + NO_NODE_S
        while not self.spread.lost and time.monotonic() < until:
            if self._slots():
                return self._hand_out()
            time.sleep(TICK_S)
        if not self.spread.lost:
            self._give_up(f"{NO_NODE_S:g} 秒内没有计算节点")
        return False

    def _next_batch(self) -> _Sent | None:
        if self.again:
            return self.again.popleft()
        sent = _Sent([], [])
        while len(sent.jobs) < self._size() and sent.bytes() < MOST_BYTES:
            try:
                sent.jobs.append(next(self.waiting))
            except StopIteration:
                self.exhausted = True
                break
            sent.parcels.append(self.spread.carriage.pack(sent.jobs[-1]))
        return self._given(sent) if sent.jobs else None

    def _given(self, sent: _Sent) -> _Sent | None:
        """The batch, what it reads sent ahead; None where there is no way any more."""
        try:
            sent.given = self.spread.carriage.give(sent.parcels)
        except Unreachable as error:
            self.left.extend(sent.jobs)
            self._lose_store(error)
            return None
        return sent

    def _size(self) -> int:
        """Jobs of the next batch, by how long jobs took so far."""
        if not self.answered:
            return FIRST
        return max(1, min(MOST, int(BATCH_S * self.answered / max(self.seconds, 1e-3))))

    def _send(self, sent: _Sent) -> None:
        self.sent += 1
        title = f"第 {self.sent} 批（{len(sent.jobs)} 个）"
        jobs = tuple(parcel.packed for parcel in sent.parcels)
        batch = replace(self.empty, jobs=jobs, given=sent.given)
        flight = self.spread.hands.submit(pickle.dumps(batch), title)
        self.flying[flight] = sent
        flight.add_done_callback(self.finished.put)

    def _next(self) -> Any:
        """The next batch that has ended; None where there is no use in waiting."""
        since = time.monotonic()
        seen = since
        while True:
            with suppress(Empty):
                flight = self.finished.get(timeout=TICK_S)
                if flight in self.flying:
                    return flight
            now = time.monotonic()
            seen = now if self._slots() else seen
            if self.spread.lost:
                return None
            if now - seen > NO_NODE_S:
                return self._give_up(f"{NO_NODE_S:g} 秒内没有计算节点")
            if now - since > self._patience():
                return self._leave_slow()

    def _patience(self) -> float:
        """Seconds without any batch finished; at the end less, as all other nodes are idle."""
        return max(SLOW_S, SLOW * self.longest) if self.exhausted and self.longest else STUCK_S

    def _leave_slow(self) -> None:
        log.say(
            f"{len(self.flying)} 批在计算节点上迟迟没有做完，由本机接过来做；节点见 Prefect。", 30
        )
        if not self.exhausted:
            self.spread.lost = "计算节点没有动静"

    def _give_up(self, why: str) -> None:
        if not self.spread.lost:
            self.spread.lost = why
            log.say(f"{why}，其余的由本机完成，结果不受影响。", 30)

    def _lose_store(self, why: object) -> None:
        self._give_up(f"用不了存储（设置 engine.store，{why}）")

    def _take(self, sent: _Sent, flight: Any) -> Iterator[tuple[Any, Any]]:
        """The results of a batch; what was refused or lost is left to this machine."""
        try:
            answer = pickle.loads(flight.answer())
        except Exception as error:
            log.detail("Dask")
            if self.spread.hands.nodes() is not None:
                log.say(f"一批没有在计算节点上做完（{type(error).__name__}），由本机重做。", 30)
            self.left.extend(sent.jobs)
            return
        if answer.declined:
            self._declined(sent, answer)
            return
        try:
            self.spread.carriage.bring(sent.parcels, answer)
        except Unreachable as error:
            self.left.extend(sent.jobs)
            self._lose_store(error)
            return
        self.answered += len(answer.results)
        self.seconds += answer.seconds
        self.longest = max(self.longest, answer.seconds)
        for number, job in enumerate(sent.jobs):
            try:
                value = wire.unpack(answer.results.get(number) or b"", self.empty.limits["result"])
            except wire.WrongAnswer:  # also where there is none
                self.refused += 1
                self.left.append(job)
            else:
                yield job, value

    def _declined(self, sent: _Sent, answer: Answer) -> None:
        if not self.spread.carriage.reaches():  # no fault of that node
            self.left.extend(sent.jobs)
            self._lose_store(answer.declined)
            return
        log.say(f"计算节点 {answer.node} 不能参加：{answer.declined}。它的批次改派。", 30)
        self.spread.hands.dismiss(answer.node)
        sent.tries += 1
        if sent.tries > TRIES:
            self.left.extend(sent.jobs)
        else:
            self.again.append(sent)

    def _end(self) -> None:
        """Whatever is still under way is not waited for."""
        flying = dict(self.flying)
        self.flying.clear()
        for sent in (*flying.values(), *self.again):
            self.left.extend(sent.jobs)
        with suppress(Exception):  # a cluster that is lost cannot be told either
            self.spread.hands.withdraw(flying)
        if self.refused:
            log.say(f"{self.refused} 个在计算节点上没有做成，由本机再做一次。")
