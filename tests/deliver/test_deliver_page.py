"""The page: complete, inert, in one file, and working in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import Browser
from deliver_model import UNIT_A, Model, small_model

from pipelines.deliver.page.data import INSIDE, to_json
from pipelines.deliver.page.extracts import SheetView, extracts
from pipelines.deliver.page.write import write_page
from pipelines.deliver.source import opened
from pipelines.deliver.summary import read_summary
from schemas.explanations import load_explanations

RUN = "20240101T000000Z-01"
EVIL = (
    "</script><script>document.title='坏'</script><img src=x"
    " onerror=\"document.title='坏'\">\u2028&amp;"
)
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
PDF_TEXT = shutil.which("pdftotext")


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
    for n, fact in enumerate(
        f
        for f in model.tables["facts"]
        if f["year"] == 2023 and f["form"] == "Z04" and f["unit_code"]
    ):
        fact["cell"] = f"{'DEF'[n % 3]}{n // 3 + 5}"
    target = next(
        f
        for f in model.tables["facts"]
        if f["file"] == file and f["form"] == "Z04" and f["cell"] == "E7"
    )
    model.finding(
        UNIT_A,
        2023,
        "X-03",
        "x",
        [{"role": "left", "file": file, "sheet": "Z04", "cell": "E7", "amount": Decimal("1")}],
        cause="z",
    )
    data = data_of(page_of(model, tmp_path))
    place = next(i for i, g in enumerate(data["groups"]) if g[2][0][8] == "x")
    (extract,) = data["extracts"]["0"][place][0]
    assert extract["letters"] == ["D", "E", "F"] and extract["side"] == "左边"
    row = next(r for r in extract["rows"] if r[0] == 7)
    assert row[1] == target["row_label"] and row[3] == [f"{target['amount']:,.2f}", 1]


def test_many_findings_go_beside_the_page(tmp_path):
    model = small_model()
    for n in range(INSIDE + 50):
        cells = [
            {
                "role": "left",
                "file": "001001_2023.xlsx",
                "sheet": "Z01",
                "cell": "E10",
                "amount": Decimal("1"),
            }
        ]
        model.finding(UNIT_A, 2023, "X-03", f"s{n}", cells)
    page = page_of(model, tmp_path)
    data = data_of(page)
    chunks = sorted((tmp_path / "index-data").iterdir())
    assert not data["inside"] and data["extracts"] == {}
    assert len(chunks) == -(-len(data["groups"]) // data["chunk"])
    assert chunks[0].read_text(encoding="utf-8").startswith('caijueChunk("0",[[[')


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests; each page has a context of its own."""
    made = Browser(str(BROWSER), tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


def at(page: Path, fragment: str) -> str:
    return f"{page.as_uri()}#{fragment}"


# What the acts of a test may use: the shown panel, its list, what it announces, a button by its
# words, a little time.
HANDS = """
const panel = () => document.querySelector("main > section:not([hidden])");
const box = () => panel().querySelector("[data-search]");
const said = () => panel().querySelector(".said").textContent;
const press = (text, n = 0) => {
  const button = [...panel().querySelectorAll("button")]
    .filter((b) => b.textContent.startsWith(text))[n];
  button.focus();
  button.click();
  return button;
};
const type = (text, more = {}) => { box().value = text;
  box().dispatchEvent(new InputEvent("input", { bubbles: true, ...more })); };
const later = () => new Promise((done) => setTimeout(done, 300));
const focused = () => document.activeElement;
"""


def acted(browser: Browser, page: Path, fragment: str, acts: str) -> dict:
    """What ``acts`` (the body of an asynchronous function, with ``out`` to fill) saw in a copy of
    the page.
    """
    text = page.read_text(encoding="utf-8")
    script = (
        f"<script>{HANDS}\n(async () => {{ const out = {{}}; try {{ {acts} }} catch (e) {{"
        " out.failed = String(e); }document.documentElement.dataset.out ="
        " encodeURIComponent(JSON.stringify(out)); })();</script></body>"
    )
    copy = page.with_name("acted.html")
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert free != text  # the page's own policy would not let the script of a test run
    copy.write_text(free.replace("</body>", script), encoding="utf-8")
    found = re.search(r'data-out="([^"]*)"', browser.dom(at(copy, fragment)))
    assert found
    out = json.loads(unquote(found.group(1)))
    assert "failed" not in out, out
    return out


needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium here")


@needs_browser
def test_overview_in_a_browser(browser, evil_page):
    shown = browser.dom(at(evil_page, ""))
    assert (
        "问题最多的单位" in shown and "<svg" in shown and "<title>部门决算核对结果</title>" in shown
    )


@needs_browser
def test_a_finding_by_its_address_and_inert(browser, evil_page):
    shown = browser.dom(at(evil_page, "f-f00006"))
    assert "<title>部门决算核对结果</title>" in shown and "<img" not in shown
    assert "f-f00006" in shown and 'class="hit"' in shown


@needs_browser
def test_units_in_a_browser(browser, evil_page):
    shown = browser.dom(at(evil_page, "units"))
    assert UNIT_A[1] in shown and "未报送" in shown and 'role="tab"' in shown


@needs_browser
def test_extracts_beside_the_page_are_loaded(browser, tmp_path):
    model = small_model()
    ids = [
        model.finding(
            UNIT_A,
            2023,
            "X-03",
            f"s{n}",
            [{"role": "left", "file": "f", "sheet": "Z01", "cell": "E10", "amount": Decimal(n)}],
        )
        for n in range(INSIDE + 50)
    ]
    shown = browser.dom(at(page_of(model, tmp_path), f"f-{ids[-1]}"))
    assert f"{INSIDE + 49:,}.00" in shown


def model_of_many(findings: int) -> Model:
    model = small_model()
    for n in range(findings):
        cells = [
            {
                "role": "left",
                "file": "001001_2023.xlsx",
                "sheet": "Z01",
                "cell": "E10",
                "amount": Decimal("1"),
            }
        ]
        model.finding(UNIT_A, 2023, "X-03", f"Z05_1[{n:04d},合计]", cells)
    return model


@pytest.fixture(scope="module")
def long_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(model_of_many(60), tmp_path_factory.mktemp("long"))


@needs_browser
def test_words_are_composed_in_peace(browser, long_page):
    acts = """
    const kept = box(), before = said();
    kept.focus();
    kept.dispatchEvent(new CompositionEvent("compositionstart"));
    type("zhuang", { isComposing: true });
    await later();
    out.composing = [said() === before, box() === kept, kept.value];
    type("[0007", { isComposing: true });
    kept.dispatchEvent(new CompositionEvent("compositionend"));
    await later();
    out.composed = [said(), box() === kept, kept.value, focused() === kept];
    type("[0007 ");
    await later();
    out.spaced = [said(), kept.value, focused() === kept];
    type("UNIT [0007");
    await later();
    out.words = said();
    """.replace("UNIT", UNIT_A[1])
    out = acted(browser, long_page, "findings", acts)
    assert out["composing"] == [True, True, "zhuang"]
    assert out["composed"] == ["1 组，1 个问题", True, "[0007", True]
    assert out["words"] == "1 组，1 个问题"
    assert out["spaced"] == ["1 组，1 个问题", "[0007 ", True]


@needs_browser
def test_the_focus_stays_and_results_are_announced(browser, long_page):
    acts = """
    const on = press("下一页");
    out.paged = [focused() === on, said(), panel().querySelector(".said").getAttribute("role")];
    press("下一页"); press("下一页"); press("下一页");
    out.end = [focused() === on, on.getAttribute("aria-disabled"), said()];
    press("上一页", 1);
    out.below = [focused().className, said()];
    const chosen = panel().querySelectorAll("select")[1];
    chosen.focus(); chosen.value = "review"; chosen.dispatchEvent(new Event("change"));
    out.filtered = [focused() === chosen, said()];
    document.getElementById("tab-units").click();
    document.querySelector(".skip").click();
    out.skipped = [focused().id, location.hash];
    const head = press("错误");
    out.sorted = [focused() === head, head.parentNode.getAttribute("aria-sort")];
    press("看问题");
    out.asked = [focused().className, location.hash];
    press("只看");
    out.freed = focused() === box();
    """
    out = acted(browser, long_page, "findings", acts)
    assert out["paged"][0] and "第 2 页" in out["paged"][1] and out["paged"][2] == "status"
    assert out["end"][:2] == [True, "true"]
    assert out["below"][0] == "list" and "个问题" in out["below"][1]
    assert out["skipped"] == ["panel-units", "#units"]
    assert out["filtered"][0] and out["sorted"] == [True, "descending"]
    assert out["asked"] == ["list", "#findings"] and out["freed"]


@needs_browser
def test_a_print_holds_all_that_the_filters_let_through(browser, long_page):
    acts = """
    const open = () => panel().querySelectorAll(".list details[open]").length;
    panel().querySelector(".list details").open = true;
    dispatchEvent(new Event("beforeprint"));
    out.printed = panel().querySelectorAll(".printed .group .finding").length;
    out.notice = panel().querySelector(".printed .notice").textContent;
    dispatchEvent(new Event("afterprint"));
    out.after = [panel().querySelectorAll(".printed *").length, open(), document.body.className];
    type("[0007");
    await later();
    dispatchEvent(new Event("beforeprint"));
    out.filtered = [panel().querySelectorAll(".printed .finding").length,
        panel().querySelector(".printed .notice").textContent];
    """
    out = acted(browser, long_page, "findings", acts)
    still_open = sum(f[3] == "open" for g in data_of(long_page)["groups"] for f in g[2])
    assert out["printed"] == still_open > 60 and "未说明" in out["notice"]
    assert out["after"] == [0, 1, ""]
    assert out["filtered"][0] == 1 and "含“[0007”" in out["filtered"][1]


@needs_browser
def test_a_long_print_says_what_it_left_out_and_where_that_is(browser, tmp_path):
    acts = """
    dispatchEvent(new Event("beforeprint"));
    out.printed = panel().querySelectorAll(".printed .finding").length;
    out.notices = [...panel().querySelectorAll(".printed .notice")]
        .map((p) => p.textContent).join();
    dispatchEvent(new Event("afterprint"));
    """
    page = page_of(model_of_many(2100), tmp_path)
    out = acted(browser, page, "findings", acts)
    assert 1900 < out["printed"] <= 2000
    assert "summary.xlsx《问题清单》" in out["notices"] and "表格摘录还没有读入" in out["notices"]


@needs_browser
@pytest.mark.skipif(PDF_TEXT is None, reason="no pdftotext here")
@pytest.mark.parametrize("fragment", ["findings", "units", "undone"])
def test_a_plain_print_on_paper(browser, long_page, tmp_path, fragment):
    target = tmp_path / "page.pdf"
    target.write_bytes(browser.pdf(at(long_page, fragment)))
    done = subprocess.run(
        [str(PDF_TEXT), str(target), "-"], capture_output=True, text=True, timeout=60, check=True
    )
    words = re.sub(r"\s", "", done.stdout)
    data = data_of(long_page)
    open_ids = [f[0] for g in data["groups"] for f in g[2] if f[3] == "open"]
    expected = {
        "findings": open_ids,
        "units": [u[1] for u in data["units"]],
        "undone": [u[7] for u in data["undone"]],
    }[fragment]
    assert expected and [w for w in expected if re.sub(r"\s", "", w) not in words] == []


@needs_browser
def test_tables_are_called_by_their_number(browser, tmp_path):
    model = model_of_many(3)
    row = next(
        s for s in model.tables["submissions"] if s["unit_code"] == UNIT_A[0] and s["year"] == 2023
    )
    row |= {"status": "incomplete", "missing_forms": "F03,Z01_1,Z05"}
    page = page_of(model, tmp_path / "out")
    acts = """
    out.units = panel().textContent;
    document.getElementById("tab-findings").click();
    press("展开本页");
    await later();
    out.subject = panel().querySelector("#f-f00008 .meta:not(span)").textContent;
    let kept = null;
    URL.createObjectURL = (blob) => { kept = blob; return "blob:none"; };
    const form = panel().querySelector("#f-f00008 .form");
    const [reason, by, until] = form.querySelectorAll("input");
    reason.value = "属实：“已核对”";
    form.querySelector("button").click();
    out.lacking = form.querySelector(".meta").textContent;
    by.value = "王某";
    until.value = "2099-12-31";
    form.querySelector("button").click();
    document.querySelector(".basket button").click();
    out.entry = await kept.text();
    document.getElementById("tab-rules").click();
    out.rules = panel().textContent;
    """
    out = acted(browser, page, "units", acts)
    assert "财决附03表、财决01-1表、财决05表" in out["units"] and "Z01_1" not in out["units"]
    assert "对象：财决05-1表[0002,合计]" in out["subject"]
    assert out["lacking"] == "请填写说明人"
    path = tmp_path / "审核说明_1.yml"
    path.write_text(out["entry"], encoding="utf-8")
    (entry,), mistakes = load_explanations(path)
    assert not mistakes and (entry.finding, entry.by) == ("f00008", "王某")
    assert entry.reason == "属实：“已核对”" and entry.until.isoformat() == "2099-12-31"
    assert not re.search(r"(?<![A-Z0-9-])[ZF]\d\d(_\d)?\[", out["rules"])


def test_an_extract_borrows_no_row_of_the_other_half():
    view = SheetView()
    view.heads[4]["收入"] = "决算数"
    view.labels.update(
        {
            5: {"支出": "抗疫支出"},
            6: {"收入": "本年收入合计", "支出": "本年支出合计"},
            7: {"收入": "年初结转"},
        }
    )
    (shown,) = extracts(
        [{"role": "left", "file": "a", "sheet": "b", "cell": "E7", "amount": None, "quote": None}],
        {("a", "b"): view},
    )
    assert [row[:2] for row in shown["rows"]] == [[7, "本年收入合计"], [8, "年初结转"]]
