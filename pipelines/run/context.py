"""What the stages of one run share, and how a run begins and ends: lock, run id, staging folder,
log, ledger.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import log
from pipelines.config import Config
from pipelines.errors import Aborted, Busy, Empty, Stop
from pipelines.folders import check_apart, check_own_folders
from pipelines.notify import notify_failure
from pipelines.organisation import check_own_forms
from pipelines.publish import history, lock, pointer
from pipelines.publish.place import BUILDING, DATABASE, Place, next_run_id
from pipelines.run.failures import explain_failure
from pipelines.run.look import Earlier, Folders, Look, Progress, no_progress

if TYPE_CHECKING:
    import duckdb
    import pyarrow

    from pipelines.publish.takeover import Manifest

INTERRUPTED = "收到结束信号，运行中断，未发布任何数据"


@dataclass
class RunContext:
    """One run under way. ``building`` is where its set grows; ``previous`` the published set before
    it, if any.

    ``look`` holds what the stages that look at files made; ``inputs`` is the digest of all that the
    result depends on; ``standing`` is the published set's manifest where it was made from the same
    inputs: then it is taken over. ``summary``: the counts, once the findings are settled.
    ``growing``: the facts stand in the database to be published from the start.
    """

    config: Config
    place: Place
    run_id: str
    started_at: datetime
    previous: Path | None
    progress: Progress = no_progress
    inputs: str = ""
    standing: Manifest | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    growing: bool = False
    done: set[str] = field(default_factory=set)
    error: Exception | None = None
    look: Look = field(init=False)
    _con: duckdb.DuckDBPyConnection | None = None

    def __post_init__(self) -> None:
        folders = Folders(self.config.inbox, self.place.cache, self.work, self.building / "parquet")
        earlier = Earlier(self._carry, self._findings_before)
        self.look = Look(
            self.config, self.run_id, folders, lambda: self.con, earlier, self.progress
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """A run is of this process alone: what goes to another machine has None in its place."""
        return type(None), ()

    def _carry(self, con: duckdb.DuckDBPyConnection) -> int:
        from pipelines.publish.carry import carry_prior_facts

        return carry_prior_facts(con, self.previous)

    def _findings_before(self, con: duckdb.DuckDBPyConnection) -> pyarrow.Table | None:
        from pipelines.publish.scope import earlier_findings

        return earlier_findings(con, self.place, self.previous)

    @property
    def building(self) -> Path:
        return self.place.runs / f"{self.run_id}{BUILDING}"

    @property
    def work(self) -> Path:
        """Scratch space of the run; gone before the set is published."""
        return self.building / ".work"

    @property
    def database(self) -> Path:
        return self.building / DATABASE

    @property
    def log_file(self) -> Path:
        return self.place.logs / f"{self.run_id}.log"

    @property
    def size(self) -> int:
        """Bytes of all files of the inbox."""
        return sum(f.size for f in self.look.files)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The working connection, whose tables are the datasets of the run."""
        if self._con is None:
            from pipelines.database import FEW_BYTES, working_connection

            self._con = working_connection(self.work, self.config, kept=self.size > FEW_BYTES)
        return self._con

    def close(self) -> None:
        """Close the working connection and remove its scratch space."""
        if self._con is not None:
            with suppress(
                Exception
            ):  # after a full disk the connection may not be able to say goodbye
                self._con.close()
            self._con = None
        shutil.rmtree(self.work, ignore_errors=True)

    def start_again(self) -> None:
        """Forget what was read and collected so far, in the cache too."""
        self.close()
        extractions = self.look.reading.extractions if self.look.reading else {}
        for path in {*extractions.values()}:
            path.unlink(missing_ok=True)
        shutil.rmtree(self.building / "parquet", ignore_errors=True)


_HANDED: ContextVar[tuple[RunContext | None, Callable[[str], None] | None]] = ContextVar(
    "caijue_run", default=(None, None)
)


@contextmanager
def hand_over(context: RunContext, boundary: Callable[[str], None] | None) -> Iterator[None]:
    """While this lasts, the flow carries on with this run instead of beginning one."""
    token = _HANDED.set((context, boundary))
    try:
        yield
    finally:
        _HANDED.reset(token)


def handed_over() -> tuple[RunContext | None, Callable[[str], None] | None]:
    """The run under way that the flow is to carry on with, and what to call after each stage; None,
    None for neither.
    """
    return _HANDED.get()


@contextmanager
def open_run(config: Config, progress: Progress = no_progress) -> Iterator[RunContext]:
    """Begin a run and see to its end: whatever happens, the lock is freed and nothing half-built
    stays.

    Raises Busy while another run is under way, Empty where there is no raw folder, UsageError for
    folders that do not go together, and Aborted (with words for a person) for whatever else ends
    the run; the details of an unexpected error are in the log file. Whoever is to be alerted hears
    of every end without a result, also of a run that could not begin.
    """
    with ExitStack() as held:
        context, dead = _enter(config, progress, held)
        held.callback(_end, context)
        try:
            _begin(context, dead)
            held.callback(log.stop, log.to_file(context.log_file))
            _require_raw(config)
            yield context
        except Stop as stop:
            _note_failure(context, stop.reason)
            raise
        except Exception as error:
            log.detail("运行中止")
            reason = explain_failure(error, context.log_file)
            _note_failure(context, reason)
            raise Aborted(reason) from error
        except (SystemExit, KeyboardInterrupt):
            _note_end(context, history.KILLED, INTERRUPTED)
            raise


def _require_raw(config: Config) -> None:
    """Raises Empty where there is no raw folder."""
    if isinstance(config.raw, Path) and not config.raw.is_dir():
        raise Empty(
            f"没有收件文件夹 {config.raw}，未发布任何数据。请建立该文件夹并放入报表，或用"
            " --raw 另指一处。"
        )


def _enter(
    config: Config, progress: Progress, held: ExitStack
) -> tuple[RunContext, lock.Owner | None]:
    """Take the lock and plan the run; gives also the dead owner whose run is taken over."""
    place = Place(config.processed, config.reports)
    locked = False
    try:
        check_apart(config)
        if not config.processed.exists():  # a mistyped --raw must not leave folders behind
            _require_raw(config)
        dead = held.enter_context(lock.exclusive(place.processed))
        locked = True
        return _plan(config, place, progress), dead
    except Busy:
        raise
    except Stop as stop:
        _tell(config, place, stop.reason, remember=locked)
        raise
    except Exception as error:
        reason = explain_failure(error, None)
        _tell(config, place, reason, remember=locked)
        raise Aborted(reason) from error


def _plan(config: Config, place: Place, progress: Progress) -> RunContext:
    started = datetime.now(UTC)
    taken = [*place.run_ids(), *(e.run_id for e in history.read(place.processed))]
    return RunContext(
        config, place, next_run_id(taken, started), started, place.published(), progress
    )


def _begin(context: RunContext, dead: lock.Owner | None) -> None:
    """Clear away what dead runs left, and write down that this one has begun."""
    place = context.place
    if dead:
        log.say(f"接管上次没有正常结束的运行（{dead.words()}）")
    check_own_folders(context.config)
    check_own_forms(context.config)
    pointer.check_targets(place)
    history.heal(place.processed, context.previous.name if context.previous else None)
    left = pointer.sweep(place, unpublished=history.unpublished(place.processed))
    if left:
        log.say(f"清除了上次中断留下的半成品：{'、'.join(left)}")
    history.note_start(place.processed, context.run_id, context.started_at)
    context.building.mkdir(parents=True)


def _note_failure(context: RunContext, reason: str) -> None:
    """Write an aborted run into the ledger and tell people: each also where the other cannot be
    done.
    """
    _note_end(context, history.ABORTED, reason)
    _tell(context.config, context.place, reason)


def _note_end(context: RunContext, verdict: str, reason: str) -> None:
    """The ledger's line of a run that published nothing; what it was building makes room for it."""
    published = context.place.published()
    if published is not None and published.name == context.run_id:
        return
    entry = history.Entry(
        context.run_id,
        context.started_at.isoformat(timespec="seconds"),
        history.now(),
        verdict,
        False,
        reason,
    )
    try:
        _end(context)
        history.note_end(context.place.processed, entry)
    except OSError as error:
        log.say(f"运行记录没有写成：{error.strerror}", 30)


def _tell(config: Config, place: Place, reason: str, *, remember: bool = True) -> None:
    try:
        notify_failure(config, place, reason, remember=remember)
    except Exception as error:
        log.say(f"通知没有送出：{type(error).__name__}", 30)


def _end(context: RunContext) -> None:
    context.close()
    if context.building.exists():
        pointer.remove(context.building)
