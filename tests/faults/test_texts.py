"""Texts that people submit beside their tables: hostile, huge or replaced while we look, they cost
only themselves.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.collect.register import Register, read_register
from pipelines.collect.registertext import BadRegister, register_in, units_of
from pipelines.intake.discover import look
from pipelines.intake.rawfile import RawFile
from pipelines.intake.refusal import Refused
from pipelines.intake.texts import read_text_confined
from pipelines.performance.inputs import manual_in, read_manual
from pipelines.run.readers import Reading
from pipelines.run.stages import explanations_of
from schemas.explanations import explanations_in
from schemas.plainyaml import DEPTH, NotPlain, plain_yaml
from tests.faults.desk import Desk, look_at

GOOD = "- {rule: X-01, unit: '1', subject: s, reason: r, by: b, until: 2099-01-01}\n"
HEAD = "unit_code,unit_name,parent_code,unit_type,report_type,aliases,first_year,last_year\n"
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n}\n" + "".join(f"  y{n}{m}: {{<<: *a{n - 1}, z: {m}}}\n" for m in range(9))
    for n in range(1, 12)
)
LISTS = "a0: &a0 [1, 1]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 12))
LONG = "a: &a '" + "x" * 1000 + "'\nb: [" + "*a, " * 90_000 + "]\n"
HOSTILE = {
    "merges": MERGES,
    "aliases": LISTS,
    "long": LONG,
    "deep": "[" * 100_000,
    "deep block": "\n".join(" " * n + "a:" for n in range(DEPTH + 5)),
    "itself": "a: &a [*a]",
    "digits": "- until: " + "9" * 200_000,
    "object": "!!python/object/apply:os.system [true]",
    "two": "a: 1\n---\na: 2\n",
    "cut": "- {rule: 'X",
}


def found(folder: Path, name: str, text: str | bytes) -> RawFile:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return look(path)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_in_a_moment_and_in_words(name: str) -> None:
    started = time.process_time()
    with pytest.raises(NotPlain) as refused:
        plain_yaml(HOSTILE[name].encode())
    assert time.process_time() - started < 5
    assert str(refused.value) and not str(refused.value).isascii()


def test_hostile_texts_cost_only_themselves(desk: Desk) -> None:
    desk.draft().save(desk.raw, "决算.xlsx")
    (desk.raw / "审核说明 坏.yml").write_text(MERGES, encoding="utf-8")
    (desk.raw / "审核说明 好.yml").write_text(GOOD, encoding="utf-8")
    (desk.raw / "performance.yml").write_text(LISTS, encoding="utf-8")
    seen = look_at(desk.raw)
    told = {f["rule_id"]: f["message"] for f in seen.findings()}
    assert "内容过多" in told["S-EXPLAIN"] and "坏" in told["S-EXPLAIN"]
    assert "内容过多" in told["S-PERFORMANCE"] and "S-UNUSED" in told
    state = {f["file"]: f["status"] for f in seen.document["files"]}
    assert state["决算.xlsx"] == "read"


def test_ordinary_yaml_reads_as_ever() -> None:
    text = "a: &x {p: 1, q: yes}\nb: {<<: *x, q: 2.5}\nc: {<<: [*x], r: ~}\nd: 2023-02-30\ne: '1'\n"
    assert plain_yaml(text.encode("utf-8-sig")) == {
        "a": {"p": 1, "q": True},
        "b": {"p": 1, "q": 2.5},
        "c": {"p": 1, "q": True, "r": None},
        "d": "2023-02-30",
        "e": "1",
    }
    assert plain_yaml("甲: 乙".encode("gb18030")) == {"甲": "乙"}
    assert plain_yaml(b"") is None


@given(st.binary(max_size=200) | st.text(alphabet="-[]{}:,&*<!|>'\" \na1", max_size=80))
def test_whatever_a_text_holds_it_is_read_or_refused_in_words(data: bytes | str) -> None:
    given_ = data if isinstance(data, bytes) else data.encode()
    _, problems = explanations_in(given_, "审核说明.yml")
    assert all(not p.message.isascii() for p in problems)
    manual_in(given_, "performance.yml")
    assert register_in(given_)


def test_thousands_of_right_explanations_are_read(tmp_path: Path) -> None:
    text = "".join(GOOD.replace("s,", f"'Z01[收入/{n}]',") for n in range(4000))
    file = found(tmp_path, "explanations.yml", text + "- {rule: X-02}\n" * 300)
    explained = explanations_of([file], Reading())
    entries, problems = explained.entries, explained.problems
    assert len(entries) == 4000 and len({p.subject for p in problems}) == 300


def test_what_was_replaced_since_it_was_found_is_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "秘密"
    outside.write_text(HEAD + "9,外面,,,,,,\n", encoding="utf-8")
    register = found(tmp_path, "units.csv", HEAD + "1,甲,,,,,,\n")
    said = found(tmp_path, "explanations.yml", GOOD)
    manual = found(tmp_path, "performance.yml", "- {unit: 甲, year: 2023}\n")
    for one in (register, said, manual):
        one.path.unlink()
        one.path.symlink_to(outside)
    units, problems = read_register(register)
    assert not units and "外面" not in problems[0].message and "路径中的链接" in problems[0].message
    explained = explanations_of([said], Reading())
    assert explained.entries == [] and "没有读成" in explained.problems[0].message
    assert read_manual(manual).entries == [] and read_manual(manual).problems
    register.path.unlink()
    register.path.write_text(HEAD + "2,乙,,,,,,\n", encoding="utf-8")
    assert not read_register(register)[0]
    assert not read_manual(replace(manual, sha256=None, path=outside)).entries


def test_a_text_that_eats_memory_or_hangs_is_a_refusal(tmp_path: Path) -> None:
    file = found(tmp_path, "units.csv", HEAD)
    for work in ("tests.intake.jobs:abort_at", "tests.intake.jobs:eat_at"):
        with pytest.raises(Refused):
            read_text_confined(work, file)


def test_a_large_register_is_read_by_columns() -> None:
    rows = (
        f"5{n:06d},某市第{n}单位,{f'5{n // 9:06d}' if n else ''},,,别{n}|称{n},2020,\n"
        for n in range(60_000)
    )
    started = time.process_time()
    table = units_of(HEAD + "".join(rows))
    assert table.num_rows == 60_000 and time.process_time() - started < 5
    register = Register.from_table(table)
    assert register.find("称59999", 2023).unit_code == "5059999"
    assert register.report_type("5000001") == "汇总" and register.is_leaf("5059999")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("unit_code , unit_name\n 1 , 甲 ,多,多\n\n , \n2,乙\n", [("1", "甲"), ("2", "乙")]),
        (HEAD + '1,"甲\n乙",,,,,2020.0,2021年\n', [("1", "甲\n乙")]),
        (HEAD + "1,甲\n", [("1", "甲")]),
        ("unit_code,unit_name,note,note\n1,甲,a,b\n", [("1", "甲")]),
    ],
)
def test_an_uneven_register_is_read(text: str, units: list[tuple[str, str]]) -> None:
    table = units_of(text)
    assert (
        list(zip(*(table[n].to_pylist() for n in ("unit_code", "unit_name")), strict=True)) == units
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,,,,,,,", "第 4 行没有单位编码或单位名称"),
        ("1,甲,,,一户,,,", "第 4 行的报表类型“一户”"),
        ("1,甲,,企业,,,,", "第 4 行的单位基本性质“企业”"),
        ("1,甲,,,,,1980,", "第 4 行的年度“1980”"),
        (f"1,{'甲' * 500},,,,,,", "第 4 行的 unit_name 超过"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(row: str, words: str) -> None:
    with pytest.raises(BadRegister, match=words):
        units_of(HEAD + "7,好,,,,,,\n\n" + row + "\n")
