"""Which of several versions of a form counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from pipelines.collect.resolve import FileRef, SheetRef
from schemas.library import forms
from schemas.observation import Observation, Place
from schemas.structural import say


def resolve_versions(
    files: Iterable[FileRef], content: Callable[[SheetRef], str]
) -> list[Observation]:
    """One sheet counts per unit, year and form: of equal contents any, of different ones the last
    modified.

    ``content`` gives a digest of the amounts of a sheet; it is only asked where a form comes more
    than once.
    """
    groups: dict[tuple, list[SheetRef]] = defaultdict(list)
    for ref in files:
        for sheet in ref.sheets:
            if sheet.status == "read" and not sheet.row["continues"]:
                groups[(sheet.unit, sheet.year, sheet.form)].append(sheet)
    found = []
    for sheets in groups.values():
        if len(sheets) > 1:
            found += _settle_versions(sheets, content)
    for ref in files:
        _follow(ref)
    return found


def _follow(ref: FileRef) -> None:
    """A sheet with which another's table goes on counts as that one does."""
    by_number = {s.row["sheet_no"]: s for s in ref.sheets}
    for sheet in ref.sheets:
        first = by_number.get(sheet.row["continues"])
        if first is not None and sheet.status == "read":
            sheet.status, sheet.reason = first.status, first.reason


def _number(form: str) -> str:
    """``财决04表``; the id itself of a form that has none."""
    known = forms().get(form)
    return known.number if known and known.number else form


def _settle_versions(
    sheets: list[SheetRef], content: Callable[[SheetRef], str]
) -> list[Observation]:
    winner = max(sheets, key=lambda s: (s.mtime_ns, s.file, -s.row["sheet_no"]))
    others = [s for s in sheets if s is not winner]
    counted = content(winner)
    for sheet in others:
        same = content(sheet) == counted
        sheet.status = "duplicate" if same else "superseded"
        sheet.reason = (
            f"与 {winner.file} 的“{winner.name}”{'内容相同' if same else '是同一张表，以后者为准'}"
        )
    different = [s for s in others if s.status == "superseded"]
    return [_superseded(winner, different)] if different else []


def _superseded(winner: SheetRef, different: list[SheetRef]) -> Observation:
    names = "；".join(f"{s.file} 的“{s.name}”" for s in different)
    message = say(
        "S-DUPLICATE", form=_number(winner.form), file=winner.file, sheet=winner.name, others=names
    )
    places = tuple(Place("subject", s.file, s.name, "A1") for s in [winner, *different])
    return Observation(
        "S-DUPLICATE",
        winner.form,
        message,
        "hint",
        winner.unit_code,
        winner.unit_name,
        winner.year,
        None,
        places,
    )
