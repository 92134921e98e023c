"""Damaged workbooks: a result or a reason, never another exception, never a hang."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.discover import discover
from pipelines.intake.kinds import classify
from pipelines.intake.pool import map_files
from pipelines.intake.refusal import Refused
from pipelines.intake.sheetxml import column_letters, column_number
from pipelines.reading.workbooks import read_workbook
from tests.faults.hostile import MAIN, Book, cell, row, sheet_xml
from tests.intake import jobs

KINDS = ("zip", "sheet", "shared", "xls")


def _fuzz(count: int, first: int = 0) -> None:
    work = [(kind, seed) for seed in range(first, first + count) for kind in KINDS]
    for job, result in map_files(jobs.fuzz, work, workers=2, memory_mb=700, timeout_s=20):
        if isinstance(result, Refused):
            assert result.reason, job
            assert "意外错误" not in result.reason and "超时" not in result.reason, (
                job,
                result.detail,
            )
            assert job[0] == "xls" or "异常退出" not in result.reason, (job, result.detail)


def test_fuzz_short() -> None:
    _fuzz(60)


@pytest.mark.slow
def test_fuzz_long() -> None:
    _fuzz(5_000, first=1_000_000)


PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b"\xff\xff\xff\xff",
            b"\0\0\0\0",
            b"\xff\xff\xff\x7f",
            b"-1",
            b"1048577",
            b"1e999",
            b"A0",
            b"<",
            b"]]>",
            b"&#0;",
            b'"',
        ]
    ),
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 60), PIECES), min_size=1, max_size=8
)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """From each place, so many bytes are taken out and the piece put in."""
    for where, length, piece in edits:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


def damage_is_read_or_refused(kind: str, edits: list[tuple[float, int, bytes]]) -> None:
    try:
        jobs.look_at(jobs.damaged(kind, lambda data: edited(data, edits)), kind)
    except Refused as refused:
        assert refused.reason and "意外错误" not in refused.reason


DAMAGE = given(
    st.sampled_from(KINDS[:3]), EDITS
)  # an .xls may end its reader: only in processes of its own


@settings(max_examples=300, deadline=None)
@DAMAGE
def test_any_damage_is_read_or_refused(kind: str, edits: list[tuple[float, int, bytes]]) -> None:
    damage_is_read_or_refused(kind, edits)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=20_000, deadline=None, derandomize=False)
@DAMAGE
def test_any_damage_is_read_or_refused_deep(
    kind: str, edits: list[tuple[float, int, bytes]]
) -> None:
    damage_is_read_or_refused(kind, edits)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["a.xlsx", "a.xls", "a.txt", "a.docx", "a", "a.zip", "a.html"]),
)
def test_any_bytes_are_classified(data: bytes, name: str) -> None:
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        kind = classify(head + data, name)
        assert kind.status in ("ready", "quarantined", "ignored")
        assert (kind.status == "ready") == (not kind.reason)


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60
    )
)
def test_any_name_is_listed(name: str) -> None:
    import tempfile

    if name in (".", ".."):
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(b"1,2")
        (file,) = discover(Path(folder), settle_seconds=0)
        file.file.encode()


@given(st.integers(1, 16_384))
def test_column_letters_round_trip(number: int) -> None:
    assert column_number(column_letters(number)) == number


NUMBERS = st.decimals(-(10**9), 10**9, places=2)
POSITIONS = st.tuples(st.integers(1, 60), st.integers(1, 120))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(POSITIONS, NUMBERS, min_size=1, max_size=40), st.randoms(use_true_random=False)
)
def test_every_value_is_read_at_its_address(values: dict, rnd: random.Random) -> None:
    """Whatever the order, the spelling and the namespace prefix of the cells."""
    lines: dict[int, list[str]] = {}
    for (line, column), value in values.items():
        lines.setdefault(line, []).append(cell(f"{column_letters(column)}{line}", value))
    order = list(lines)
    rnd.shuffle(order)
    rows = "".join(row(line, *lines[line]) for line in order)
    prefix = rnd.choice(["", "x:"])
    xml = sheet_xml(rows, prefix=prefix)
    if prefix:
        for tag in ("row", "c", "v"):
            xml = (
                xml.replace(f"<{tag} ", f"<x:{tag} ")
                .replace(f"<{tag}>", f"<x:{tag}>")
                .replace(f"</{tag}>", f"</x:{tag}>")
            )
    if rnd.random() < 0.5:
        xml = xml.replace('"', "'")
    cells = read_workbook(Book([("Z01", xml)], prefix=prefix).build(), "xlsx").sheets[0].cells
    found = {(r, c): v for r, line in enumerate(cells, 1) for c, v in enumerate(line, 1) if v != ""}
    assert found == {place: float(value) for place, value in values.items()}


def test_wrong_values_cost_their_cell_not_their_sheet() -> None:
    wrong = ("abc", " 3 ", "1,000", "１２", "--")
    rows = row(
        1,
        *(cell(f"{column_letters(n)}1", v, kind="n") for n, v in enumerate(wrong, 1)),
        cell("F1", 7),
    )
    assert read_workbook(Book([("Z01", sheet_xml(rows))]).build(), "xlsx").sheets[0].cells == [
        [*wrong, 7.0]
    ]


def test_shared_index_out_of_range_is_refused() -> None:
    data = Book(
        [("Z01", sheet_xml(row(1, cell("A1", 9, kind="s"))))],
        shared=f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>',
    )
    with pytest.raises(Refused):
        read_workbook(data.build(), "xlsx")
