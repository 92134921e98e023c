"""``caijue evaluate``: the drafted report and tables pass their own check, and nothing in them
is invented.
"""

from __future__ import annotations

import re
from pathlib import Path

import docx
import openpyxl
import pytest

from pipelines.commands.check import check_command
from pipelines.commands.evaluate import evaluate_command
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.performance.draft.model import OPEN
from pipelines.performance.pack import merge
from pipelines.sample.performance_pack import UNITS
from tests.performance.support import PROJECTS, judge, read

# Figures that the form itself prints.
PRINTED = {"6月", "9月", "11月", "40%", "67.5%", "82.5%"}


def _errors(config: Config, folder: Path) -> list[str]:
    found = check_command(config, sorted(folder.iterdir()), progress=lambda *_: None, alone=True)
    assert {f["status"] for f in found.document["files"]} == {"read"}
    assert len({(f["unit_name"], f["year"]) for f in found.document["files"]}) == 1
    return [f["message"] for f in found.document["findings"] if f["severity"] == "error"]


def _texts(folder: Path) -> list[str]:
    document = docx.Document(str(next(folder.glob("*.docx"))))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return [p.text for p in document.paragraphs] + cells


@pytest.mark.parametrize(
    "layout", ["B", *(pytest.param(form, marks=pytest.mark.long) for form in "AC")]
)
def test_the_draft_passes_its_own_check(published: Config, tmp_path: Path, layout: str) -> None:
    done = evaluate_command(published, UNITS[layout], 2023, tmp_path, layout).document
    assert (done["scheme"], done["projects"]) == ("suining_2023", PROJECTS)
    packs = merge([read(path) for path in sorted(tmp_path.iterdir())])
    assert [o.message for o in judge(packs) if o.severity == "error"] == []


@pytest.mark.long
def test_from_the_final_accounts_alone_nothing_is_invented(
    published: Config, plain_unit: str, tmp_path: Path
) -> None:
    done = evaluate_command(published, plain_unit, 2023, tmp_path).document
    assert done["projects"] == 0
    assert done["open_places"] > 20
    texts = _texts(tmp_path)
    # What only a person knows: staff, problems, progress, the manual scores and the total.
    assert f"截至2023年底，实有在职人员{OPEN}人。" in "".join(texts)
    assert f"2023年本部门整体支出自评得分{OPEN}分，各项得分如下。" in texts
    book = openpyxl.load_workbook(next(tmp_path.glob("*.xlsx")))
    for name in ("表1-2 人员概况", "执行进度", "违规记录"):
        cells = [c.value for row in book[name].iter_rows(min_row=4) for c in row]
        cells = [str(c) for c in cells if c and "年" not in str(c)]
        assert {c for c in cells if re.search(r"\d", c)} <= PRINTED
    assert _errors(published, tmp_path) == []


def test_every_drafted_amount_names_its_cell(
    published: Config, plain_unit: str, tmp_path: Path
) -> None:
    evaluate_command(published, plain_unit, 2023, tmp_path)
    book = openpyxl.load_workbook(next(tmp_path.glob("*.xlsx")))
    for name in ("表2-1 年度预算表", "表2-2 年度预算执行表", "预算完成"):
        numbers = [c for row in book[name].iter_rows() for c in row if isinstance(c.value, float)]
        assert numbers
        assert all(c.comment and "财决01表" in c.comment.text for c in numbers)
    assert any(t.startswith("来源：") and "财决01表" in t for t in _texts(tmp_path))


def test_nothing_is_overwritten_and_mistakes_are_told(published: Config, tmp_path: Path) -> None:
    evaluate_command(published, UNITS["A"], 2023, tmp_path)
    with pytest.raises(UsageError, match="已经存在"):
        evaluate_command(published, UNITS["A"], 2023, tmp_path)
    with pytest.raises(UsageError, match="A、B 或 C"):
        evaluate_command(published, UNITS["A"], 2023, tmp_path / "x", "D")
    with pytest.raises(UsageError, match="没有单位"):
        evaluate_command(published, "没有的局", 2023, tmp_path / "x")
