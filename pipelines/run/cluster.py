"""The nodes of a Dask cluster, reached through Prefect: every batch is a task run below its stage.

The only importer of Dask, and only where a run is spread and has something to do: an installed and
imported Dask makes other libraries slower. What is handed out is said by ``batches.py``, what a
node does by ``node.py``.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL

from pipelines import log
from pipelines.config import Config
from pipelines.errors import Aborted, UsageError
from pipelines.organisation import extraction_version
from pipelines.run.batches import Spread
from pipelines.run.carriage import Carriage, Shared
from pipelines.run.engine import INSTALL, lacking
from pipelines.run.inputs import program
from pipelines.run.node import Terms, do_batch, unfit

CONNECT_S = 15.0  # a scheduler that runs answers at once
NODES_S = 60.0  # nodes that are started together with the run
# The first batch makes the scheduler import Prefect, which takes a loaded machine many seconds; a
# connection that broke is known at once.
ASK_S = 30.0
LOCAL = "127.0.0.1"


class Cluster:
    """A crew that goes to the cluster of the settings when it is first given a job.

    Raises UsageError where Dask is not installed, Aborted (with words for a person) where the
    cluster cannot be reached, has no node, or a node is not fit.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._spread: Spread | None = None
        self._held = ExitStack()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def __call__(self, work: Any, jobs: Iterable[Any], **limits: Any) -> Iterator[tuple[Any, Any]]:
        waiting = iter(jobs)
        for first in waiting:
            self._spread = self._spread or self._held.enter_context(_opened(self._config))
            yield from self._spread(work, _with(first, waiting), **limits)


def _with(first: Any, others: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from others


@contextmanager
def _opened(config: Config) -> Iterator[Spread]:
    if missing := lacking():
        raise UsageError(
            f'设置 engine.kind = "dask" 需要 {"、".join(missing)}，没有安装。{INSTALL}'
        )
    with ExitStack() as held:
        address = config.engine.address or held.enter_context(_local(config.worker_count))
        terms, carriage = held.enter_context(_terms(config))
        _check(address, terms)
        hands = held.enter_context(_hands(address))
        yield Spread(hands, terms, carriage)


@contextmanager
def _local(workers: int) -> Iterator[str]:
    """A cluster on this machine, of processes that read one file at a time; gives its address."""
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.worker.daemon": False}),  # a daemon may not start readers
        tempfile.TemporaryDirectory(prefix="caijue-dask-") as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOCAL,
            dashboard_address=None,
            memory_limit=0,  # readers have limits of their own
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster.scheduler_address


@contextmanager
def _terms(config: Config) -> Iterator[tuple[Terms, Carriage]]:
    """What must be so on every node, and how files get there and back."""
    cache = config.processed / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    terms = Terms(
        program(),
        extraction_version(config),
        tuple(map(str, config.forms_folders)),
        (),
        str(cache),
        PREFECT_API_URL.value() or "",
        0 if config.engine.address else 1,
    )
    if config.engine.store:
        from pipelines.run.store import carried

        with carried(config) as store:
            address = store.folder.address
            yield replace(terms, store=address, probe=store.probe, own=store.own), store
    else:
        with _shown(config, cache) as shown:
            yield replace(terms, shown=shown), Shared(cache)


@contextmanager
def _shown(config: Config, cache: Path) -> Iterator[tuple[tuple[str, int], ...]]:
    """Files that show that a node sees the same folders, with their sizes."""
    with tempfile.NamedTemporaryFile(dir=cache, prefix=".shared-") as shared:
        shared.write(os.urandom(64))
        shared.flush()
        shown = [Path(shared.name), *_first_file(config.inbox)]
        yield tuple((str(path), path.stat().st_size) for path in shown)


def _first_file(folder: Path) -> list[Path]:
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            if (Path(root) / name).is_file():
                return [Path(root) / name]
    return []


def _check(address: str, terms: Terms) -> None:
    """Raises Aborted where there is no such cluster, or one of its nodes cannot take part."""
    from distributed import Client

    end = "本次运行中止，已发布的数据保持不变。"
    _quiet()
    try:
        with Client(address, timeout=CONNECT_S, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=NODES_S)
            found = client.run(unfit, terms, on_error="return")
    except TimeoutError as error:
        raise Aborted(
            f"调度服务 {address} 在 {NODES_S:g} 秒内没有计算节点。{end}"
            f"请在各节点上启动 dask worker {address} 后再运行。"
        ) from error
    except OSError as error:
        raise Aborted(
            f"连不上 Dask 调度服务 {address}。{end}请检查设置 engine.address 和该服务"
            '（dask scheduler），或改为 engine.kind = "local" 只用本机。'
        ) from error
    wrong = [f"节点 {node}：{_why(said)}。" for node, said in found.items() if said]
    if wrong:
        raise Aborted(f"计算节点不能参加，{end}\n" + "\n".join(wrong))
    log.say(f"由 {len(found)} 个计算节点读取和写出（{address}）")


def _why(said: Any) -> str:
    if isinstance(said, ImportError):
        return f"没有装同一版本的 caijue（{said}）"
    return said if isinstance(said, str) else f"检查时出错（{said!r:.200}）"


def _quiet() -> None:
    """What Dask would say by itself is said by the log in the words of a run."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="distributed")


@dataclass(eq=False)
class _Flight:
    """A batch under way; equal to itself only."""

    future: Any

    def add_done_callback(self, fn: Any) -> None:
        self.future.add_done_callback(lambda _: fn(self))

    def answer(self) -> bytes:
        self.future.wait()
        return bytes(self.future.result())


@dataclass
class _Hands:
    """The cluster behind Prefect's task runner."""

    runner: Any

    def submit(self, packed: bytes, title: str) -> _Flight:
        # Dask itself gives the batch of a node that died to another: no retries of Prefect's beside
        made = task(name="批次", task_run_name=title, cache_policy=NO_CACHE, persist_result=False)
        return _Flight(self.runner.submit(made(do_batch), {"packed": packed}))

    def nodes(self) -> dict[str, int] | None:
        client = self.runner.client
        if client.status != "running":
            return None
        try:
            told = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=ASK_S)
        except Exception:  # whatever it was: it did not answer
            return None
        return {address: worker["nthreads"] for address, worker in told["workers"].items()}

    def dismiss(self, node: str) -> None:
        with suppress(Exception):  # it may be gone
            self.runner.client.retire_workers([node], close_workers=True)

    def withdraw(self, flights: Iterable[_Flight]) -> None:
        futures = [flight.future.wrapped_future for flight in flights]
        if futures and self.nodes() is not None:
            self.runner.client.cancel(futures)


@contextmanager
def _hands(address: str) -> Iterator[_Hands]:
    from prefect_dask import DaskTaskRunner

    with DaskTaskRunner(address=address) as runner:
        yield _Hands(runner)
