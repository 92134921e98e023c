"""The page: complete, inert, in one file, and working in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from deliver_model import UNIT_A, Model, small_model

from pipelines.deliver.page.data import INSIDE, to_json
from pipelines.deliver.page.write import write_page
from pipelines.deliver.source import opened
from pipelines.deliver.summary import read_summary

RUN = "20240101T000000Z-01"
EVIL = "</script><script>document.title='坏'</script><img src=x onerror=\"document.title='坏'\">\u2028&amp;"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


def page_of(model: Model, folder: Path) -> Path:
    db = model.write(folder / "caijue.duckdb")
    with opened(db) as con:
        return write_page(folder, read_summary(con, RUN), con)


def data_of(page: Path) -> dict:
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found.group(1))


def evil_model() -> Model:
    model = small_model()
    cells = [{"role": "left", "file": EVIL, "sheet": EVIL, "cell": "A1", "quote": EVIL}]
    model.finding((None, EVIL), 2023, "X-03", EVIL, cells, message=EVIL, cause="evil")
    return model


@pytest.fixture(scope="module")
def evil_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(evil_model(), tmp_path_factory.mktemp("evil"))


def test_json_cannot_end_its_script_element():
    text = to_json({"a": EVIL, "b": "\ud800"})
    assert not re.search(r"[<>&\u2028\u2029]", text)
    assert json.loads(text)["a"] == EVIL


def test_the_page_stands_alone(evil_page):
    text = evil_page.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text.split('id="data"')[0])
    assert "http" not in re.sub(r"http://www\.w3\.org/2000/svg|http-equiv", "", text)
    assert text.count("<script") == 2 and "不通过" in text


def test_every_finding_is_in_the_data(evil_page):
    data = data_of(evil_page)
    found = [f[0] for group in data["groups"] for f in group[2]]
    assert sorted(found) == [f"f{n:05d}" for n in range(1, 7)]
    assert data["left_out"] == 0 and data["inside"]
    assert next(f for g in data["groups"] for f in g[2] if f[0] == "f00006")[9] == EVIL


def test_extracts_show_both_sides_with_their_labels(tmp_path):
    model = small_model()
    file = "001001_2023.xlsx"
    for n, fact in enumerate(f for f in model.tables["facts"] if f["year"] == 2023 and f["form"] == "Z04" and f["unit_code"]):
        fact["cell"] = f"{'DEF'[n % 3]}{n // 3 + 5}"
    target = next(f for f in model.tables["facts"] if f["file"] == file and f["form"] == "Z04" and f["cell"] == "E7")
    model.finding(UNIT_A, 2023, "X-03", "x", [{"role": "left", "file": file, "sheet": "Z04", "cell": "E7", "amount": Decimal("1")}], cause="z")
    data = data_of(page_of(model, tmp_path))
    place = next(i for i, g in enumerate(data["groups"]) if g[2][0][8] == "x")
    (extract,) = data["extracts"]["0"][place][0]
    assert extract["letters"] == ["D", "E", "F"] and extract["side"] == "左边"
    row = next(r for r in extract["rows"] if r[0] == 7)
    assert row[1] == target["row_label"] and row[3] == [f"{target['amount']:,.2f}", 1]


def test_many_findings_go_beside_the_page(tmp_path):
    model = small_model()
    for n in range(INSIDE + 50):
        cells = [{"role": "left", "file": "001001_2023.xlsx", "sheet": "Z01", "cell": "E10", "amount": Decimal("1")}]
        model.finding(UNIT_A, 2023, "X-03", f"s{n}", cells)
    page = page_of(model, tmp_path)
    data = data_of(page)
    chunks = sorted((tmp_path / "index-data").iterdir())
    assert not data["inside"] and data["extracts"] == {}
    assert len(chunks) == -(-len(data["groups"]) // data["chunk"])
    assert chunks[0].read_text(encoding="utf-8").startswith('caijueChunk("0",[[[')


def dom(page: Path, fragment: str, folder: Path) -> str:
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        f"--user-data-dir={folder}", "--virtual-time-budget=4000", "--dump-dom", f"{page.as_uri()}#{fragment}",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium here")


@needs_browser
def test_overview_in_a_browser(evil_page, tmp_path):
    shown = dom(evil_page, "", tmp_path)
    assert "问题最多的单位" in shown and "<svg" in shown and "<title>部门决算核对结果</title>" in shown


@needs_browser
def test_a_finding_by_its_address_and_inert(evil_page, tmp_path):
    shown = dom(evil_page, "f-f00006", tmp_path)
    assert "<title>部门决算核对结果</title>" in shown and "<img" not in shown
    assert "f-f00006" in shown and 'class="hit"' in shown


@needs_browser
def test_units_in_a_browser(evil_page, tmp_path):
    shown = dom(evil_page, "units", tmp_path)
    assert UNIT_A[1] in shown and "未报送" in shown and 'role="tab"' in shown


@needs_browser
def test_extracts_beside_the_page_are_loaded(tmp_path):
    model = small_model()
    ids = [
        model.finding(UNIT_A, 2023, "X-03", f"s{n}", [{"role": "left", "file": "f", "sheet": "Z01", "cell": "E10", "amount": Decimal(n)}])
        for n in range(INSIDE + 50)
    ]
    shown = dom(page_of(model, tmp_path / "out"), f"f-{ids[-1]}", tmp_path / "profile")
    assert f"{INSIDE + 49:,}.00" in shown


