"""Work for the pool's tests: it must live in a module that a worker can import."""

from __future__ import annotations

import io
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.intake.kinds import classify
from pipelines.intake.workbook import Workbook
from pipelines.reading.workbooks import read_workbook
from tests.faults import hostile


def behave(how: str) -> str:
    """Reads like a good file, or misbehaves as told."""
    if how == "abort":
        os.abort()
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        time.sleep(600)
    if how == "eat":
        return str(len(bytearray(2_000_000_000)))
    if how == "panic":
        raise KeyError("unexpected")
    print("noise on standard output")
    return "read"


def echo(value: object) -> object:
    return value


def add(left: int, right: int) -> int:
    return left + right


def unsendable(_: object) -> object:
    return lambda: None


def niceness(_: object) -> tuple[int, bool]:
    return os.nice(0), signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def surroundings(module: str) -> dict[str, object]:
    """What a worker finds itself in: whether a module is loaded, which files are open, and whether
    it can be told to end.
    """
    folder = Path("/proc/self/fd")
    links = [os.readlink(folder / name) for name in os.listdir(folder) if (folder / name).exists()]
    ends = signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    return {"imported": module in sys.modules, "open": links, "terminates": ends}


def calamine_alone(data: bytes) -> int:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        return len(book.get_sheet_by_index(0).to_python())


def read(data: bytes, type: str) -> Workbook:
    return read_workbook(data, type)


def mutated(data: bytes, rnd: random.Random) -> bytes:
    """The bytes with a few changed, cut out, doubled or set to an extreme."""
    bytes_ = bytearray(data)
    for _ in range(rnd.choice((1, 1, 2, 5, 20))):
        at, how = rnd.randrange(len(bytes_)), rnd.random()
        if how < 0.5:
            bytes_[at] = rnd.randrange(256)
        elif how < 0.65:
            del bytes_[at : at + rnd.randrange(1, 40)]
        elif how < 0.8:
            bytes_[at:at] = bytes_[at : at + rnd.randrange(1, 60)]
        elif how < 0.9:
            bytes_[at : at + 4] = rnd.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f")
            )
        else:
            bytes_[at : at + 1] = str(rnd.choice((0, -1, 10**9, 65536, 1048576))).encode()
        bytes_ = bytes_ or bytearray(b"x")
    return bytes(bytes_)


SHARED = f'<sst xmlns="{hostile.MAIN}"><si><t>甲</t></si><si><r><t>乙</t></r></si></sst>'
SHEET = hostile.sheet_xml(
    hostile.row(
        1,
        hostile.cell("A1", "标题"),
        hostile.cell("B1", 0, kind="s"),
        hostile.cell("C1", 1, kind="s"),
    )
    + hostile.row(
        2,
        hostile.cell("A2", 3.5),
        hostile.cell("B2", "#REF!", kind="e"),
        '<c r="C2"><f>SUM(A1:B2)</f></c>',
    ),
    head='<dimension ref="A1:C3"/>',
    tail='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>',
)


def damaged(kind: str, damage: Callable[[bytes], bytes]) -> bytes:
    """A workbook that is damaged as a whole (``xls``, ``zip``) or in one XML part of a sound
    package (``sheet``, ``shared``).
    """
    if kind == "xls":
        return damage(hostile.plain_xls())
    if kind == "zip":
        return damage(hostile.Book([("a", SHEET), ("b", SHEET)], shared=SHARED).build())
    if kind == "sheet":
        return hostile.Book([("a", damage(SHEET.encode())), ("b", SHEET)], shared=SHARED).build()
    return hostile.Book([("a", SHEET)], shared=damage(SHARED.encode()).decode("latin-1")).build()


def look_at(data: bytes, kind: str) -> int:
    """Classifies and reads it as the nightly run does; the sheets found. Raises ``Refused``."""
    classify(data, "a.xlsx")
    return len(read_workbook(data, "xls" if kind == "xls" else "xlsx").sheets)


def fuzz(kind: str, seed: int) -> int:
    """Reads one workbook with damage drawn from a seed."""
    rnd = random.Random(f"{kind}{seed}")
    return look_at(damaged(kind, lambda data: mutated(data, rnd)), kind)


def abort_at(data: bytes, file: str, age: int) -> bytes:
    """What a text must not make a reader do."""
    os.abort()


def eat_at(data: bytes, file: str, age: int) -> bytes:
    return bytes(20_000_000_000)
