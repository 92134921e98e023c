"""What hangs together: the connected components of a graph of a few hundred units and years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def neighbours(edges: Iterable[tuple[int, int | None]]) -> dict[int, set[int]]:
    """Each with those it is connected to, in the order in which they are first named; None stands
    for nobody.
    """
    near: dict[int, set[int]] = {}
    for one, other in edges:
        near.setdefault(one, set())
        if other is not None:
            near[one].add(other)
            near.setdefault(other, set()).add(one)
    return near


def component(start: int, near: Mapping[int, Iterable[int]]) -> set[int]:
    """All that ``start`` is connected to, by whatever way, and itself."""
    group, waiting = {start}, [start]
    while waiting:
        for other in near.get(waiting.pop(), ()):
            if other not in group:
                group.add(other)
                waiting.append(other)
    return group


def components(near: Mapping[int, Iterable[int]]) -> list[set[int]]:
    """Every component once, in the order in which the first of each is named."""
    found: list[set[int]] = []
    seen: set[int] = set()
    for start in near:
        if start not in seen:
            found.append(component(start, near))
            seen |= found[-1]
    return found
