"""One marked copy: the submitted workbook of a unit and year, its cells coloured and noted, a list
in front.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipelines.deliver.filenames import aside_of
from pipelines.deliver.marking.comments import add_comments
from pipelines.deliver.marking.harmless import make_harmless
from pipelines.deliver.marking.listing import Entry, Spot, add_listing
from pipelines.deliver.marking.package import CannotMark, Package
from pipelines.deliver.marking.sheet import SheetPart, position
from pipelines.deliver.marking.styles import Styles
from pipelines.deliver.marking.transplant import Donor
from pipelines.deliver.marking.values import rebuilt
from pipelines.deliver.marking.workbook import WorkbookPart
from pipelines.deliver.words import ROLE, money
from pipelines.intake.kinds import classify
from pipelines.intake.limits import LIMITS
from pipelines.intake.refusal import Refused
from pipelines.intake.stable import read_stable
from pipelines.looks import SEVERITY, SEVERITY_ORDER

EDITABLE = ("xlsx", "xlsm")  # the others are rebuilt from their values
MOST_MARKS = 5000  # Excel is slow to open a sheet with more notes
MOST_IN_NOTE = 4  # problems told in one note: it is read in a small box
LONGEST_FIRST = 60  # signs of the first line of a note: what shows without scrolling
_EXPLAINED = "E7E6E6"


@dataclass(frozen=True, slots=True)
class Source:
    """A submitted workbook: where it is, its path below the raw folder, and the hash it was read
    with ('' if unknown).
    """

    path: Path
    file: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class MarkJob:
    """All that a worker needs. The first source is the one whose workbook is handed back."""

    target: Path
    heading: str
    sources: tuple[Source, ...]
    entries: tuple[Entry, ...]
    run_id: str


@dataclass(slots=True)
class Marked:
    """What came of a job: ``sheets`` maps (file, sheet) to the sheet's name in the copy;
    ``trouble`` says what failed.
    """

    target: Path
    sheets: dict[tuple[str, str], str] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    written: bool = False


def mark(job: MarkJob) -> Marked:
    """Write the marked copy.

    A source that cannot be read costs only itself, and is named in ``trouble``.
    """
    result = Marked(job.target)
    for edit in (True, False):
        try:
            data = _marked(job, result, edit)
        except (
            CannotMark,
            etree.LxmlError,
            ValueError,
            KeyError,
            IndexError,
            OverflowError,
        ) as error:
            reason = str(error) if isinstance(error, CannotMark) else "文件内部结构不合规范"
            outcome = "已按数值重建" if edit else "无法标注"
            result.trouble = [f"{job.sources[0].file}：{reason}，{outcome}"]
            result.sheets.clear()
        else:
            put(job.target, data)
            result.written = True
            break
    return result


def put(target: Path, data: bytes) -> None:
    """Write a file that appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = aside_of(target)
    aside.write_bytes(data)
    os.replace(aside, target)


def checked_bytes(source: Source) -> bytes:
    """The submitted file, if it is still the one that was checked."""
    try:
        data, digest = read_stable(source.path, limit=LIMITS.file_bytes)
    except Refused as refused:
        raise CannotMark(f"文件读不到（{refused.reason.rstrip('。')}）") from refused
    if source.sha256 and digest != source.sha256:
        raise CannotMark("文件在核对之后被改动，与所查的内容不同")
    return data


def _open(source: Source, edit: bool) -> Package:
    data = checked_bytes(source)
    editable = edit and classify(data, source.file).type in EDITABLE
    return Package.read(data if editable else rebuilt(data, source.file))


def _marked(job: MarkJob, result: Marked, edit: bool) -> bytes:
    package = _open(job.sources[0], edit)
    workbook = WorkbookPart(package)
    removed = make_harmless(package, workbook)
    styles = Styles(package, workbook.styles_part)
    for sheet in workbook.sheets:
        result.sheets[job.sources[0].file, sheet.name] = sheet.name
    for source in job.sources[1:]:
        _bring_in(source, workbook, styles, job, result)
    left_out, touched = _paint(package, workbook, styles, job.entries, result)
    notes = _notes(job, removed, left_out, result)
    if shown := workbook.unhide(touched):
        notes.append(f"原为隐藏、现已显示的工作表：{'、'.join(shown)}。")
    workbook.show_first()
    add_listing(
        package, workbook, styles, job.heading, notes, job.entries, result.sheets, job.run_id
    )
    styles.save()
    workbook.save()
    return package.to_bytes()


def _notes(job: MarkJob, removed: Counter[str], left_out: int, result: Marked) -> list[str]:
    names = "、".join(s.file for s in job.sources)
    notes = [f"提交的文件：{names}。"]
    if removed:
        notes.append(
            "为安全起见已去除："
            + "、".join(f"{kind} {n} 处" for kind, n in sorted(removed.items()) if n)
            + "。"
        )
    if left_out:
        notes.append(f"另有 {left_out:,} 个单元格未着色（上限 {MOST_MARKS:,}）。")
    return notes + [f"{t}。" for t in result.trouble]


def _bring_in(
    source: Source, workbook: WorkbookPart, styles: Styles, job: MarkJob, result: Marked
) -> None:
    """The sheets with findings of another workbook of the same unit and year, after those of the
    first.
    """
    wanted = {s.sheet for e in job.entries for s in e.spots if s.file == source.file}
    if not wanted:
        return
    for edit in (True, False):
        try:
            package = _open(source, edit)
            other = WorkbookPart(package)
            donor = Donor(package, other, styles)
            for sheet in other.sheets:
                if sheet.name in wanted:
                    name = workbook.free_sheet_name(sheet.name)
                    workbook.add_sheet(name, donor.sheet(sheet))
                    result.sheets[source.file, sheet.name] = name
            return
        except (CannotMark, etree.LxmlError, ValueError, KeyError, IndexError) as error:
            if not edit:
                result.trouble.append(f"{source.file}：{_why(error)}，未并入")


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, CannotMark) else "文件内部结构不合规范"


# Painting
# ---------------------------------------------------------------------------------------------

Place = tuple[int, int]


def _paint(
    package: Package,
    workbook: WorkbookPart,
    styles: Styles,
    entries: tuple[Entry, ...],
    result: Marked,
) -> tuple[int, set[str]]:
    """Colour and note every cell of every finding; returns how many are too many to mark, and the
    sheets touched.
    """
    parts = {sheet.name: sheet.part for sheet in workbook.sheets}
    touched: dict[str, dict[Place, list[tuple[Entry, Spot]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    left_out, used = 0, 0
    for entry, spot, name, at in _places(entries, result):
        if name not in parts:
            continue
        here = touched[name]
        if at not in here and used >= MOST_MARKS:
            left_out += 1
            continue
        used += at not in here
        here[at].append((entry, spot))
    for name, marks in sorted(touched.items()):
        _paint_sheet(package, parts[name], styles, marks)
    return left_out, set(touched)


def _places(entries: tuple[Entry, ...], result: Marked) -> Iterator[tuple[Entry, Spot, str, Place]]:
    for entry in entries:
        for spot in entry.spots:
            at = position(spot.cell)
            name = result.sheets.get((spot.file, spot.sheet))
            if at is not None and name is not None:
                yield entry, spot, name, at


def _paint_sheet(
    package: Package, part: str, styles: Styles, marks: dict[Place, list[tuple[Entry, Spot]]]
) -> None:
    sheet = SheetPart(package, part)
    notes = {}
    seen: dict[Place, list[tuple[Entry, Spot]]] = defaultdict(list)
    for place, found in sorted(marks.items()):
        seen[sheet.shown_at(place)] += found
    for (row, column), found in sorted(seen.items()):
        cell = sheet.cell(row, column)
        strong = any(is_wanted(entry, spot) for entry, spot in found)
        fill, ink = colours([entry for entry, _ in found], strong)
        cell.set("s", str(styles.painted(int(cell.get("s", "0")), fill, ink if strong else "")))
        notes[cell.get("r")] = ((row, column), note_text(found))
    add_comments(package, part, sheet.root, notes)
    sheet.save()


def is_wanted(entry: Entry, spot: Spot) -> bool:
    """Whether a cell is one of those to be changed; where none is known, whether it is suspected or
    stands alone.
    """
    if entry.status != "open":
        return False
    if not entry.wanted:
        alone = spot.role == "subject" and not entry.advice
        return alone or spot.role == "suspect"
    return any(place == (spot.file, spot.sheet, spot.cell) for place, _ in entry.wanted)


def colours(entries: list[Entry], strong: bool) -> tuple[str, str]:
    """Fill and ink: full for a cell to be changed, pale for one that is only concerned."""
    still_open = [e for e in entries if e.status == "open"]
    if not still_open:
        return _EXPLAINED, "595959"
    worst = min((e.severity for e in still_open), key=lambda s: SEVERITY_ORDER.get(s, 9))
    look = SEVERITY.get(worst, SEVERITY["hint"])
    return look.fill if strong else look.pale, look.ink


def note_text(found: list[tuple[Entry, Spot]]) -> str:
    """The note of a cell: what to do first, then what is wrong, both amounts, the rule."""
    by_finding: dict[str, tuple[Entry, list[Spot]]] = {}
    for entry, spot in found:
        by_finding.setdefault(entry.finding_id, (entry, []))[1].append(spot)
    shown = list(by_finding.values())
    texts = [_one_note(entry, spots) for entry, spots in shown[:MOST_IN_NOTE]]
    if len(shown) > MOST_IN_NOTE:
        texts.append(f"另有 {len(shown) - MOST_IN_NOTE} 个问题，见第一张工作表")
    first = _first_line(found)
    return "\n\n".join([f"{first}\n{texts[0]}", *texts[1:]])


def _first_line(found: list[tuple[Entry, Spot]]) -> str:
    """What to do, in sixty signs: change this cell, or go to the one that is to be changed."""
    todo = _todo(found)
    if todo is not None:
        return _cut(todo)
    entry = next((e for e, _ in found if e.status == "open"), found[0][0])
    if entry.status != "open":
        return "已有审核说明，无需改动"
    if entry.advice:
        where = entry.advice.removeprefix("先改 ").removeprefix("本单位 ")
        line = f"本格不一定错，先看：{where}"
        if len(line) <= LONGEST_FIRST:
            return line
        # An amount that is cut off would be read as another one: then only the place is said.
        other = "（另一份文件）" if "另一份文件" in where else ""
        return _cut(f"本格不一定错，先看：{where.partition('：')[0]}{other}")
    said = entry.message
    return _cut(said if said.startswith("请") else f"请核对：{said}")


def _todo(found: list[tuple[Entry, Spot]]) -> str | None:
    """How this very cell is to be changed; None where none of the open findings wants that."""
    for entry, spot in found:
        place = (spot.file, spot.sheet, spot.cell)
        for wanted, todo in entry.wanted:
            if wanted == place and entry.status == "open":
                return todo
    return None


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_FIRST else plain[: LONGEST_FIRST - 1] + "…"


def _one_note(entry: Entry, spots: list[Spot]) -> str:
    word = SEVERITY[entry.severity].word if entry.severity in SEVERITY else entry.severity
    roles = "、".join(dict.fromkeys(ROLE.get(s.role, s.role) for s in spots))
    amount = next((f" {money(s.amount)} 元" for s in spots if s.amount is not None), "")
    lines = [
        f"【{word}】{entry.rule_id} {entry.rule_title}",
        entry.message[:600],
        f"本格（{roles}）{amount}",
    ]
    if entry.difference is not None:
        lines.append(f"差额 {money(entry.difference)} 元")
    if other := _other_sides(entry, spots)[:6]:
        lines.append("请核对：" + "、".join(s.words() for s in other))
    if entry.status == "explained":
        lines.append("（已有审核说明）")
    return "\n".join(lines)


def _other_sides(entry: Entry, spots: list[Spot]) -> list[Spot]:
    return [s for s in entry.spots if s not in spots and s.role in ("left", "right")]
