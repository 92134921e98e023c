"""A step of reconciling, and the runner that holds it to what it declares.

Steps hand tables to each other within one connection. What a step needs, makes and changes is
declared; whatever else it makes is its own, and gone when it ends, so that no step can come to
lean on a table that nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from inspect import getdoc
from pkgutil import resolve_name
from typing import Generic, TypeVar, cast

import duckdb

from pipelines.reconcile.noted import Noted

R = TypeVar("R")


class StepError(RuntimeError):
    """A step that lacks a table it reads, or did not make one it declares."""


@dataclass(frozen=True)
class Step(Generic[R]):
    """``run(con, …)`` with the names of its tables, separated by spaces.

    ``does`` is what it runs, or for a step that few runs come to, its name as
    ``"package.module:function"``: then it is loaded by the first.
    """

    does: Callable[..., R] | str
    reads: str = ""
    makes: str = ""
    changes: str = ""

    @property
    def run(self) -> Callable[..., R]:
        return resolve_name(self.does) if isinstance(self.does, str) else self.does

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def says(self) -> str:
        """The first paragraph of what the function says of itself."""
        return " ".join((getdoc(self.run) or "").split("\n\n")[0].split())

    @property
    def needed(self) -> tuple[str, ...]:
        return (*self.reads.split(), *self.changes.split())

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(self.makes.split())


class Runner:
    """Runs steps on one connection and clears away what they did not declare."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.noted = Noted(con)
        self.con = cast(duckdb.DuckDBPyConnection, self.noted)

    def run(self, step: Step[R], *given: object, **named: object) -> R:
        """What the step returns.

        Raises StepError where a table is lacking before it, or after it.
        """
        before = {*self.noted.there}
        _hold(step, step.needed, before, "reads")
        result = step.run(self.con, *given, **named)
        _hold(step, step.made, self.noted.there, "makes")
        kept = {*before, *step.made}
        self._drop({n: kind for n, kind in self.noted.there.items() if n not in kept})
        return result

    def finish(self) -> None:
        """Clears away the tables of all steps."""
        there = self.noted.looked_up()
        self._drop({name: kind for name, kind in there.items() if name.startswith("rec_")})

    def _drop(self, names: dict[str, str]) -> None:
        if names:
            self.con.execute(";".join(f"DROP {kind} {name}" for name, kind in names.items()))


def _hold(step: Step, wanted: Iterable[str], there: Container[str], verb: str) -> None:
    lacking = [name for name in wanted if name.startswith("rec_") and name not in there]
    if lacking:
        raise StepError(f"step {step.name} {verb} {', '.join(lacking)}: not there")
