"""Which scheme a unit's 附件1 follows: the one named in ``performance.yml``, else the one whose
names and weights agree.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.performance.pack import Pack
from schemas.performance_schemes import Scheme


def choose_scheme(
    pack: Pack, schemes: Mapping[str, Scheme], wanted: str | None = None
) -> Scheme | None:
    """The scheme; None where none agrees completely (then nothing is scored, only read)."""
    if wanted:
        return schemes.get(wanted)
    for form in ("JX13", "JX12"):
        printed = {r.key: r for r in pack.of(form) if r.key != "自评总分"}
        for scheme in schemes.values():
            if printed and _agrees(scheme, printed):
                return scheme
    return None


def _agrees(scheme: Scheme, printed: Mapping[str, object]) -> bool:
    """Whether every indicator of one stands in the other.

    One weight that differs is a slip (E-01), not another scheme.
    """
    if len(printed) != len(scheme.indicators):
        return False
    different = 0
    for name, row in printed.items():
        indicator = scheme.indicator(name)
        if indicator is None:
            return False
        value = row.number("分值")  # type: ignore[attr-defined]
        if value is not None and value.number != indicator.weight:
            different += 1
    return different <= 1
