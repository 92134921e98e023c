"""A soak: night after night over a changing inbox, with readers attached, kills at random and two
runs at once.

``Soak`` is one installation whose inbox changes by chance (of a seed). Every night is judged by
itself: the published set is whole, the exit code is one of the contract's, nobody sees a traceback.
At the end ``same_as_fresh`` compares the published set with that of one undisturbed run over the
final inbox into a fresh folder.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.faults import hostile
from tests.faults.desk import Draft, made
from tests.run import drive
from tests.run.conftest import Night

FORMS = ("Z01", "Z03", "Z04")
STAGES = (
    "discover",
    "extract",
    "collect",
    "narrative",
    "hold",
    "reconcile",
    "settle",
    "write",
    "deliver",
    "audit",
    "publish",
    "retain",
)
PLACES = ("finish", "swap", "swap:after")
SMALL = tuple(h for h in hostile.FILES if h.name not in ("炸弹.xlsx", "谎报.xlsx", "实体.xlsx"))
COMPARED = {
    "facts": "*",
    "finding_cells": "*",
    "check_results": "*",
    "files": "*",
    "submissions": "*",
    "sheets": "*",
    "findings": "* EXCLUDE (change, first_run, last_run)",
}
REAL = (drive.REAL,)
ANY_LOSS = {"CAIJUE_MAX_LOSS": "1"}  # of a handful of files one is already more than a fifth


@functools.cache
def workbook(number: int, change: int = 0) -> bytes:
    """The submission of that number, a few forms of it; ``change``: so much too much in
    one amount.
    """
    draft = Draft(made(3).submissions[number])
    for form in [f for f in draft.sheets if f not in FORMS]:
        draft.drop(form)
    if change:
        amount = draft.amount("Z04", "合计", "本年支出合计")
        draft.set("Z04", "合计", "本年支出合计", (amount + change) / 100)
    with tempfile.TemporaryDirectory() as folder:
        return draft.save(Path(folder)).read_bytes()


@dataclass
class Soak:
    """One installation and its luck; ``told`` is what happened, for whoever has to look into a
    failure.
    """

    night: Night
    seed: int
    told: list[str] = field(default_factory=list)
    published: int = 0
    killed: int = 0

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)
        self.raw.mkdir(parents=True)
        years = {s.year: n for n, s in enumerate(made(3).submissions)}
        for (
            year,
            number,
        ) in years.items():  # one of each year stays: a year that goes altogether is carried over
            (self.raw / f"常在{year}.xlsx").write_bytes(workbook(number))
        self.others = [n for n in range(len(made(3).submissions)) if n not in years.values()]

    @property
    def raw(self) -> Path:
        return self.night.raw

    def files(self) -> list[Path]:
        return sorted(
            p for p in self.raw.rglob("*") if p.is_file() and not p.name.startswith("常在")
        )

    def change(self) -> None:
        """One thing happens to the inbox."""
        act = self.luck.choice(
            (
                self._add,
                self._add,
                self._alter,
                self._remove,
                self._damage,
                self._half,
                self._rename,
                self._hostile,
            )
        )
        act()
        self.told.append(act.__name__)

    def _add(self) -> None:
        folder = self.raw / self.luck.choice(("", "甲", "乙/丙"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.luck.randrange(6)}.xlsx").write_bytes(
            workbook(self.luck.choice(self.others))
        )

    def _alter(self) -> None:
        number = self.luck.choice(self.others)
        (self.raw / f"改{number}.xlsx").write_bytes(
            workbook(number, self.luck.randrange(1, 10_000))
        )

    def _one(self) -> Path | None:
        found = self.files()
        return self.luck.choice(found) if found else None

    def _remove(self) -> None:
        if path := self._one():
            path.unlink()

    def _damage(self) -> None:
        if path := self._one():
            data = path.read_bytes()
            path.write_bytes(data[: len(data) * self.luck.randrange(1, 9) // 10])

    def _half(self) -> None:
        data = workbook(self.luck.choice(self.others))
        (self.raw / self.luck.choice(("传.xlsx.part", "~$传.xlsx", "传.xlsx"))).write_bytes(
            data[: len(data) // 2]
        )

    def _rename(self) -> None:
        if path := self._one():
            path.rename(path.with_name(f"更名{self.luck.randrange(100)}.xlsx"))

    def _hostile(self) -> None:
        one = self.luck.choice(SMALL)
        (self.raw / one.name).write_bytes(one.make())

    def trouble(self) -> None:
        """A night that does not go well."""
        how = self.luck.choice(("stage", "place", "moment", "moment", "two"))
        if how == "two":
            self._two_at_once()
            return
        arguments = {
            "stage": ("--die-after", self.luck.choice(STAGES)),
            "place": ("--die-in", self.luck.choice(PLACES)),
            "moment": ("--die-at", str(round(self.luck.uniform(0.01, 3), 2))),
        }[how]
        self.told.append(" ".join(arguments))
        done = self.night("run", "--direct", how=(*REAL, *arguments), **ANY_LOSS)
        assert done.returncode in (-signal.SIGKILL, 0, 1), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        self.killed += done.returncode == -signal.SIGKILL
        self.whole()

    def _two_at_once(self) -> None:
        self.told.append("two at once")
        running = [self.night.start("run", "--direct", how=REAL, **ANY_LOSS) for _ in range(2)]
        ends = [(r.communicate(), r.returncode) for r in running]
        codes = sorted(code for _, code in ends if code is not None)
        assert codes[0] in (0, 1) and codes[1] in (0, 1, 75), ends
        self.whole()

    def good(self) -> None:
        """A night that goes well."""
        done = self.night("run", "--direct", "--json", how=REAL, **ANY_LOSS)
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
        self.published += 1
        self.whole()
        left = [
            p.name
            for p in (self.night.processed / "runs").iterdir()
            if p.name.endswith(".building")
        ]
        assert left == [], left

    def whole(self) -> None:
        """Whatever happened: what is published opens, and its parts agree."""
        if self.night.current.exists():
            whole_set(self.night.current.resolve())

    def same_as_fresh(self) -> None:
        """The published set is that of one undisturbed run over the inbox as it is now."""
        self.good()
        fresh = Night(self.night.home.parent / "fresh")
        shutil.copytree(self.night.raw, fresh.raw, copy_function=shutil.copy2)
        done = fresh("run", "--direct", "--json", how=REAL, **ANY_LOSS)
        assert done.returncode in (0, 1), done.stderr
        for dataset, columns in COMPARED.items():
            ours, theirs = (rows_of(n.current, dataset, columns) for n in (self.night, fresh))
            assert ours == theirs, (dataset, self.told)


def rows_of(folder: Path, dataset: str, columns: str) -> list[tuple]:
    with duckdb.connect(str(folder / "caijue.duckdb"), read_only=True) as con:
        return con.execute(f"SELECT {columns} FROM {dataset} ORDER BY ALL").fetchall()


def whole_set(folder: Path) -> None:
    """Database, Parquet and reports of a set are of one run."""
    with duckdb.connect(str(folder / "caijue.duckdb"), read_only=True) as con:
        (last,) = con.execute(
            "SELECT max(run_id) FROM runs WHERE finished_at IS NOT NULL AND units > 0"
        ).fetchall()
        facts = con.execute("SELECT count(*) FROM facts").fetchall()
        assert (
            facts
            == con.execute(f"SELECT count(*) FROM '{folder}/parquet/facts/*.parquet'").fetchall()
        )
    assert last == (folder.name,), (last, folder.name)
    assert (folder / "reports" / "summary.xlsx").read_text(encoding="utf-8") == folder.name


class Readers:
    """Processes that read the published set all the time: one opens it anew, one holds it as long
    as it can.
    """

    def __init__(self, night: Night) -> None:
        self.stop, self.trouble = night.home / "stop", night.home / "trouble"
        context = multiprocessing.get_context("fork")
        self.processes = [
            context.Process(target=work, args=(night.current, self.stop, self.trouble))
            for work in (_reading_anew, _holding)
        ]

    def __enter__(self) -> Readers:
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.touch()
        for process in self.processes:
            process.join(60)
            assert process.exitcode == 0
        assert not self.trouble.exists(), self.trouble.read_text(encoding="utf-8")


def _watched(stop: Path, trouble: Path, once: Callable[[], None]) -> None:
    while not stop.exists():
        try:
            once()
        except (AssertionError, duckdb.Error, OSError) as error:
            with trouble.open("a", encoding="utf-8") as handle:
                handle.write(f"{error!r}\n")
        time.sleep(1)  # to open a set takes a tenth of a second of what the nights want


def _reading_anew(current: Path, stop: Path, trouble: Path) -> None:
    def once() -> None:
        if current.exists():
            whole_set(current.resolve())

    _watched(stop, trouble, once)


def _holding(current: Path, stop: Path, trouble: Path) -> None:
    """Holds one set open over every swap that follows, and gets the same answer each time."""
    while not current.exists():
        if stop.exists():
            return
        time.sleep(0.1)
    question = "SELECT count(*), sum(amount), (SELECT max(run_id) FROM runs) FROM facts"
    with duckdb.connect(str(current.resolve() / "caijue.duckdb"), read_only=True) as con:
        first = con.execute(question).fetchall()

        def once() -> None:
            assert con.execute(question).fetchall() == first

        _watched(stop, trouble, once)


def soak(home: Path, nights: int, seed: int) -> Soak:
    """So many nights; gives the soak for its counts."""
    os.environ.pop("CAIJUE_CONFIG", None)
    made_one = Soak(Night(home), seed)
    with Readers(made_one.night):
        for number in range(nights):
            for _ in range(made_one.luck.randrange(4)):
                made_one.change()
            if number % 3 != 0:
                made_one.trouble()
            if number % 3 != 1:
                made_one.good()
        made_one.same_as_fresh()
    return made_one
