"""An organisation's own forms: they change no answer but their own, and a mistake in one is told
with its place.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from pipelines.cli import main
from pipelines.extract.recognise import Recogniser
from pipelines.extract.sheet import read_sheet
from schemas.formmistakes import FormMistake
from schemas.library import FORMS_DIR, forms, load_forms
from tests.extract.paper import list_paper
from tests.extract.test_sheets import expected, got

RIGHT = """\
form: H01
number: 补充01表
title: 房屋出租收入情况表
unit: 元
years: {since: 2018, until: 2025}
layout: list
codes: functional
columns:
- 本年收入
- {key: 已缴国库, aliases: [已缴财政]}
"""
BLOCKS = """\
form: H02
number: 补充02表
title: 机构运行情况表
unit: 万元
years: {since: 2018}
layout: blocks
blocks:
- name: 支出
  columns: [金额]
  rows: functional_classes
- name: 数量
  columns: [数量]
  rows:
  - {key: 车辆, count: true}
panels:
- [支出]
- [数量]
"""


def list_file(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write(0, 0, "收入决算表")


def load(folder: Path, text: str, name: str = "ours.yml") -> None:
    (folder / name).write_text(text, encoding="utf-8")
    load_forms((FORMS_DIR, folder))


def test_columns_are_matched_by_the_aliases_of_the_form_at_hand(tmp_path: Path) -> None:
    """Whichever form was read first: the shipped one, or one with another alias for a column."""
    shipped = (FORMS_DIR / "G03.yml").read_text(encoding="utf-8")
    (tmp_path / "G03.yml").write_text(
        shipped.replace("- 经营支出\n", "- {key: 经营支出, aliases: [经营性开支]}\n"), "utf-8"
    )
    paper = list_paper("G03")
    at = next(at for at, v in paper.cells.items() if v == "经营支出")
    paper.put(*at, "经营性开支")
    answers = []
    for library in (forms(), load_forms((FORMS_DIR, tmp_path)), forms()):
        reading = read_sheet(paper.sheet(), Recogniser(library), library)
        assert reading is not None
        answers.append((len(got(reading)), [f.rule_id for f in reading.faults]))
    assert answers[0] == answers[2] and "S-LAYOUT" in answers[0][1]
    assert answers[1] == (len(expected(paper)), [])


def test_right_forms_load(tmp_path: Path) -> None:
    load(tmp_path, RIGHT)
    load(tmp_path, BLOCKS, "blocks.yml")


@pytest.mark.parametrize(
    ("text", "was", "put", "line", "words"),
    [
        (
            RIGHT,
            "layout: list",
            "layuot: list",
            6,
            ("layuot 不是可用的名称，是不是 layout", "layout 没有填写"),
        ),
        (RIGHT, "layout: list", "layout: lists", 6, ("“lists”不是可用的值，是不是 list", "blocks")),
        (RIGHT, "unit: 元", "unit: 圆", 4, ("unit 的“圆”", "元、万元")),
        (RIGHT, "codes: functional", "codes: economics", 7, ("是不是 economic",)),
        (
            RIGHT,
            "aliases: [已缴财政]",
            "alias: [已缴财政]",
            10,
            ("columns[2] 的 alias", "是不是 aliases"),
        ),
        (RIGHT, "aliases: [已缴财政]", "aliases: 已缴财政", 10, ("columns[2].aliases", "应为列表")),
        (RIGHT, "since: 2018", "since: 去年", 5, ("years.since 的“去年”应为整数",)),
        (RIGHT, "since: 2018", "form: 2018", 5, ("years 的 form", "since、until")),
        (RIGHT, "title: 房屋出租收入情况表\n", "", None, ("title 没有填写",)),
        (RIGHT, "form: H01\n", "", None, ("form 没有填写",)),
        (RIGHT, "- 本年收入", "- {label: 本年收入}", 9, ("columns[1].key 没有填写",)),
        (RIGHT, "columns:", "columns: [", 9, ("不是正确的 YAML",)),
        (
            BLOCKS,
            "rows: functional_classes",
            "rows: functional_class",
            10,
            ("是不是 functional_classes",),
        ),
        (BLOCKS, "  rows: functional_classes\n", "", None, ("blocks[1].rows 没有填写",)),
        (
            BLOCKS,
            "count: true",
            "count: 多",
            14,
            ("blocks[2].rows[1].count 的“多”应为 true 或 false",),
        ),
        (BLOCKS, "count: true", "coumt: true", 14, ("blocks[2].rows[1] 的 coumt", "是不是 count")),
        (BLOCKS, "- [数量]", "- [个数]", None, ("“个数”不是 blocks 中的块", "支出、数量")),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, text: str, was: str, put: str, line: int | None, words: tuple[str, ...]
) -> None:
    assert text.count(was) == 1
    with pytest.raises(FormMistake) as caught:
        load(tmp_path, text.replace(was, put))
    said = str(caught.value)
    assert said.startswith("ours.yml") and all(w in said for w in words)
    if line:
        assert f"第 {line} 行" in said


def test_all_files_with_mistakes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes("form: 表".encode("gbk"))
    (tmp_path / "b.yml").write_text("- 一张表\n", "utf-8")
    (tmp_path / "c.yml").write_text(RIGHT.replace("元", "圆"), "utf-8")
    with pytest.raises(FormMistake) as caught:
        load_forms((FORMS_DIR, tmp_path))
    assert [line[:5] for line in str(caught.value).splitlines()] == ["a.yml", "b.yml", "c.yml"]


@pytest.mark.parametrize("command", [["check", "raw"], ["rules", "list"], ["run", "--direct"]])
def test_a_mistake_ends_a_command_as_a_mistake_of_configuration(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("forms", "raw", "data/raw"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "forms" / "ours.yml").write_text(RIGHT.replace("layout", "layuot"), "utf-8")
    (tmp_path / "caijue.toml").write_text('forms_folders = ["forms"]\n', "utf-8")
    list_file(tmp_path / "data" / "raw" / "表.xlsx")
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "ours.yml 第 6 行" in said and "是不是 layout" in said and "没有预料到" not in said
