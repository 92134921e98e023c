"""How the jobs of a batch, and what they need and make, get to a node and back.

``Shared`` here: by folders that every node sees under the same path, so that only the jobs travel.
``Carried`` (``store.py``) is for nodes that see no folder of the publishing node.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipelines.run.node import Answer

Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A job on its way; ``paths``: the files it names, to read or to write."""

    packed: bytes
    paths: tuple[str, ...] = ()


class Carriage(Protocol):
    """``give`` and ``bring`` raise Unreachable where there is no way any more."""

    def pack(self, job: Any) -> Parcel: ...

    def give(self, parcels: Sequence[Parcel]) -> Given:
        """Sends what the jobs read ahead of them; gives path and SHA-256 of each such file."""

    def lease(self) -> Any:
        """A context that gives a name; once it is over nodes need not go on."""

    def bring(self, parcels: Sequence[Parcel], answer: Answer) -> None:
        """Puts what the jobs have made where they say. A job whose files are not to be had is
        taken out of the answer.
        """

    def reaches(self) -> bool:
        """Whether the way is open, seen from here."""


@dataclass(frozen=True, slots=True)
class Shared:
    """``leases``: a folder that all nodes see."""

    leases: Path

    def pack(self, job: Any) -> Parcel:
        return Parcel(pickle.dumps(job))

    def give(self, parcels: Sequence[Parcel]) -> Given:
        return ()

    @contextmanager
    def lease(self) -> Iterator[str]:
        with tempfile.NamedTemporaryFile(dir=self.leases, prefix=".lease-") as lease:
            yield lease.name

    def bring(self, parcels: Sequence[Parcel], answer: Answer) -> None: ...

    def reaches(self) -> bool:
        return True
