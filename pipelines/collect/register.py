"""The register of expected submissions (``units.csv``): read tolerantly, believed only where it is
whole.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from pipelines.collect.registertext import BadRegister
from pipelines.extract.text import squash, squashed
from pipelines.extract.unitname import split_code
from pipelines.intake.refusal import Refused
from pipelines.intake.texts import read_text_confined
from schemas.frames import UNITS
from schemas.observation import Observation, Place

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile


class Unit(NamedTuple):
    """A registered unit; ``first_year`` and ``last_year`` bound the years it must submit."""

    unit_code: str
    unit_name: str
    parent_code: str | None = None
    unit_type: str | None = None
    report_type: str | None = None
    aliases: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None

    def active(self, year: int | None) -> bool:
        return year is None or ((self.first_year or 0) <= year <= (self.last_year or 9999))

    def row(self) -> dict:
        row = {name: getattr(self, name) for name in UNITS.names}
        return row | {"aliases": "|".join(self.aliases) or None}


@dataclass(slots=True)
class Register:
    """Units by code, and by the names and aliases they are printed under."""

    units: dict[str, Unit] = field(default_factory=dict)
    names: dict[str, list[Unit]] = field(default_factory=dict)
    aliases: dict[str, list[Unit]] = field(default_factory=dict)
    parents: set[str] | None = None

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Register:
        register = cls({u.unit_code: u for u in units})
        for unit in register.units.values():
            register.names.setdefault(squashed(unit.unit_name), []).append(unit)
            for alias in dict.fromkeys(map(squashed, unit.aliases)):
                register.aliases.setdefault(alias, []).append(unit)
        return register

    @classmethod
    def from_table(cls, table: pa.Table) -> Register:
        """From a table with the columns of UNITS. Raises ArrowInvalid for one that has not."""
        table = table.select(UNITS.names).cast(UNITS.arrow)
        table.validate(full=True)
        columns = [table[name].to_pylist() for name in UNITS.names]
        aliases = UNITS.names.index("aliases")
        columns[aliases] = [tuple(a.split("|")) if a else () for a in columns[aliases]]
        with _uncollected():
            return cls.of([Unit(*row) for row in zip(*columns, strict=True)])

    def find(self, name: str, year: int | None) -> Unit | None:
        """The unit printed under a name: by its own name before by an alias, and one that submits
        in that year first.

        None where two units could be meant.
        """
        key = squash(name)
        named, aliased = self.names.get(key, []), self.aliases.get(key, [])
        for found in (
            [u for u in named if u.active(year)],
            [u for u in aliased if u.active(year)],
            named,
            aliased,
        ):
            if found:
                return found[0] if len(found) == 1 else None
        return self._coded(key)

    def _coded(self, printed: str) -> Unit | None:
        """The unit whose code and name are printed together, as in ``117002 信息中心``."""
        numbers = re.findall(r"[0-9]{3,}", printed)
        found = [self.units[n] for n in numbers if n in self.units]
        named = [u for u in found if squash(u.unit_name) in printed]
        return named[0] if len(named) == 1 else None

    def namesakes(self, name: str, year: int | None) -> list[Unit]:
        """The units that bear a printed name, those that submit in that year where any do."""
        named = self.names.get(squash(name), [])
        return [u for u in named if u.active(year)] or named

    def find_printed(self, printed: str, year: int | None) -> Unit | None:
        """The unit printed as ``500004-某局``: by all that is printed, by the name, then by the
        code.
        """
        code, name = split_code(printed)
        if unit := self.find(printed, year) or (code and self.find(name, year)):
            return unit
        return self.units.get(code) if code else None

    def report_type(self, code: str | None) -> str:
        """单户 or 汇总; a unit outside the register stands alone."""
        unit = self.units.get(code or "")
        return (unit.report_type if unit else None) or "单户"

    def is_leaf(self, code: str | None) -> bool:
        """Whether no unit of the register stands below."""
        if self.parents is None:
            self.parents = {u.parent_code for u in self.units.values() if u.parent_code}
        return code not in self.parents

    def __bool__(self) -> bool:
        return bool(self.units)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk a million units again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_register(file: RawFile) -> tuple[Register, list[Observation]]:
    """The register, read in a confined worker; or an empty one and what is wrong with it."""
    try:
        made = read_text_confined("pipelines.collect.registertext:register_in", file)
        if made.startswith(b"!"):
            raise BadRegister(made[1:].decode("utf-8", "replace"))
        return Register.from_table(pa.ipc.open_stream(made).read_all()), []
    except (BadRegister, Refused, pa.ArrowInvalid) as error:
        what = str(error).rstrip("。")
        message = (
            f"单位名册 {file.file} 不能使用：{what}。本次按没有名册处理，"
            "各单位以表上所印名称单独成户；请更正名册后重新运行。"
        )
        return Register(), [
            Observation("S-REGISTER", file.file, message, places=(Place("subject", file.file),))
        ]
