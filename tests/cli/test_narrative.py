"""``caijue check`` on a narrative alone, and ``caijue draft``."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import docx
import pytest

import pipelines.deliver.deliver as reports
import pipelines.narrative.draft as drafting
from pipelines import cli, organisation
from pipelines.config import Config
from pipelines.ending import guarded
from pipelines.run.steps import run_direct
from pipelines.sample.writing import write_samples
from tests.run import fakes
from tests.shipped import without_formulas

REAL = Path(__file__).parents[3] / "shared" / "domain" / "000_5a257d09a6bbad5d.txt"
TEXT = Path(__file__).parents[1] / "narrative" / "documents" / "四川样式.txt"


def call(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    code = guarded(lambda: cli._invoke(list(arguments)), "--json" in arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published set of one unit and two years: its facts, and that no error was found in them,
    which is all that a draft reads.
    """
    home = tmp_path_factory.mktemp("draft")
    write_samples(home / "raw", 1, 2, seed=5, workers=1)
    config = Config(raw=home / "raw", processed=home / "data", reports=home / "reports", workers=1)
    with (
        mock.patch.object(reports, "deliver", fakes.deliver),
        mock.patch.object(organisation, "rulebook", lambda _: without_formulas()),
    ):
        run_direct(config)
    return home


@pytest.fixture
def draft(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: call(capsys, "draft", *arguments, "--processed", str(home / "data"))


def unit(home: Path) -> tuple[str, str]:
    code, name = next((home / "raw" / "2023").iterdir()).stem.split("_")
    return code, name


def test_draft_by_code_and_by_name(
    home: Path, draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "picture", lambda chart: None)  # tests/narrative draws them
    code, name = unit(home)
    done, out, _ = draft(code, "2023", "--out", "稿/甲.docx", "--json")
    document = json.loads(out)
    assert done == 0 and (document["unit_code"], document["unit_name"], document["year"]) == (
        code,
        name,
        2023,
    )
    assert (
        docx.Document(str(tmp_path / "稿" / "甲.docx")).paragraphs and document["open_places"] > 3
    )
    done, out, _ = draft(name, "2023")
    assert done == 0 and "待填" in out
    assert [p.name for p in tmp_path.glob("*.docx")] == [f"{name}_2023_决算公开说明（草稿）.docx"]


def test_a_filled_draft_is_never_overwritten(home: Path, draft, tmp_path: Path) -> None:
    (tmp_path / "甲.docx").write_text("已填", encoding="utf-8")
    code, out, err = draft(unit(home)[0], "2023", "--out", "甲.docx")
    assert (code, out) == (2, "") and "已经存在" in err
    assert (tmp_path / "甲.docx").read_text(encoding="utf-8") == "已填"


def test_wrong_unit_year_or_file_is_exit_2_in_chinese(home: Path, draft) -> None:
    code, name = unit(home)
    for arguments, words in (
        ((name[-3:], "2023"), f"相近的有：{code} {name}"),
        (("没有这个单位", "2023"), "没有单位“没有这个单位”"),
        ((code, "2019"), "有数据的年度：2022、2023"),
        ((code, "二〇二三"), "应为整数"),
        ((code, "2023", "--out", "甲.txt"), ".docx"),
        ((code,), "缺少 YEAR"),
    ):
        done, out, err = draft(*arguments)
        assert (done, out) == (2, "") and words in err, err


def test_draft_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call(capsys, "draft", "1", "2023")
    assert code == 3 and "请先运行 caijue run" in err


def test_check_reads_a_narrative_without_tables(
    capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    path = tmp_path / "说明.txt"
    path.write_text(
        TEXT.read_text(encoding="utf-8").replace("第三部分", "主要原因是……。\n第三部分", 1),
        encoding="utf-8",
    )
    code, out, _ = call(capsys, "check", str(path), "--json")
    document = json.loads(out)
    assert (
        code == 1
        and document["files"][0]["status"] == "read"
        and document["files"][0]["year"] == 2023
    )
    found = next(f for f in document["findings"] if f["rule_id"] == "N-16" and "……" in f["message"])
    start, end = map(int, found["cells"][0]["cell"].split("-"))
    assert path.read_bytes().decode()[start:end] == found["cells"][0]["quote"]
    assert {c["rule_id"] for c in document["checks"]} >= {f"N-{n:02d}" for n in range(1, 22)}
    _, out, _ = call(capsys, "check", str(path))
    assert (
        "江城市城市管理局 2023" in out
        and f"第 {start}-{end} 字：“" in out
        and "只核对了文字自身" in out
    )


def test_what_is_no_narrative_is_passed_over(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    (tmp_path / "备忘.txt").write_text("今天开会。", encoding="utf-8")
    code, out, _ = call(capsys, "check", str(tmp_path))
    assert code == 3 and "[略过] 备忘.txt" in out and "不是决算公开说明" in out


@pytest.mark.skipif(not REAL.exists(), reason="the real disclosure is not at hand")
def test_the_real_disclosure(capsys: pytest.CaptureFixture) -> None:
    code, out, _ = call(capsys, "check", str(REAL))
    assert code == 1
    assert (
        "一般公共预算财政拨款基本支出713.39万元与“支出决算情况说明”的基本支出24.44万元不一致" in out
    )
    assert "《六、一般公共预算财政拨款基本支出决算情况说明》" in out
