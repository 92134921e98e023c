"""Documents of other departments, in other templates: nothing is said of what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.narrative.check import check_narrative
from pipelines.narrative.read import Narrative, read_narrative, read_text

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS = sorted(p for p in FOLDER.glob("*.txt") if not p.with_suffix(".yml").is_file())


def findings(narrative: Narrative, **known) -> list[str]:
    result = check_narrative(narrative, file="说明.txt", **known)
    return [f"{o.rule_id} {o.message}" for o in result.observations]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_clean_documents_raise_nothing(path: Path) -> None:
    narrative = read_narrative(path, "txt")
    assert narrative.is_narrative, narrative.reason
    assert findings(narrative) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_most_figures_are_understood(path: Path) -> None:
    narrative = read_narrative(path, "txt")
    assert len(narrative.figures()) > 8 * len(narrative.not_understood) / 2
    for _, start, end, words in narrative.not_understood:
        assert narrative.text[start:end] == words


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_the_same_document_as_a_page_and_in_word_says_the_same(path: Path, tmp_path: Path) -> None:
    import html

    import docx

    text = path.read_text(encoding="utf-8")
    if path.stem == "断行":
        pytest.skip("a page has no soft line breaks")
    page = tmp_path / "说明.html"
    rows = "".join(f"<p>&nbsp;&nbsp;{html.escape(line)}</p>" for line in text.splitlines())
    page.write_text(
        f"<html><head><style>p{{}}</style><script>1万元</script></head><body>{rows}</body></html>",
        encoding="gb18030",
    )
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "说明.docx"))
    figures = [f.text for f in read_narrative(path, "txt").figures()]
    for name, kind in (("说明.html", "html"), ("说明.docx", "docx")):
        narrative = read_narrative(tmp_path / name, kind)
        assert [f.text for f in narrative.figures()] == figures
        assert findings(narrative) == []


@pytest.mark.parametrize(
    ("stem", "old", "new", "rule", "quoted"),
    [
        (
            "四川样式",
            "项目支出5,000.00万元",
            "项目支出5,001.00万元",
            "N-03",
            "本年支出合计8,600.00万元",
        ),
        ("四川样式", "（占41.86%）", "（占41.96%）", "N-03", "41.96%"),
        (
            "四川样式",
            "各增加800.00万元，增长10%",
            "各增加800.00万元，下降10%",
            "N-01",
            "增加800.00万元，下降10%",
        ),
        ("四川样式", "同比增长3.85%", "同比增长4.85%", "N-05", "4.85%"),
        (
            "四川样式",
            "2.卫生健康支出（类）200.00万元",
            "2.卫生健康支出（类）210.00万元",
            "N-06",
            "210.00万元",
        ),
        (
            "四川样式",
            "（项）：支出决算为1,000.00万元",
            "（项）：支出决算为1,100.00万元",
            "N-07",
            "1,100.00万元",
        ),
        (
            "四川样式",
            "城乡社区管理事务（款）城管执法（项）：",
            "城乡社区规划与管理（款）城管执法（项）：",
            "N-08",
            "城乡社区规划与管理（款）城管执法（项）",
        ),
        ("四川样式", "城管执法（项）：支出", "城管执勤（项）：支出", "N-08", "城管执勤"),
        (
            "四川样式",
            "完成预算95.24%，决算数小于预算数的",
            "完成预算95.24%，决算数等于预算数的",
            "N-09",
            "95.24%，决算数等于预算数",
        ),
        (
            "四川样式",
            "人员经费3,000.00万元",
            "人员经费3,100.00万元",
            "N-10",
            "人员经费3,100.00万元",
        ),
        ("四川样式", "办公费、印刷费", "办公费、印刷费、办公费", "N-11", "办公费"),
        (
            "四川样式",
            "公务接待费支出决算2.00万元",
            "公务接待费支出决算3.00万元",
            "N-12",
            "3.00万元",
        ),
        ("四川样式", "其中：轿车4辆", "其中：轿车5辆", "N-12", "轿车5辆"),
        ("四川样式", "甲市考察组0.30万元", "甲市考察组2.30万元", "N-12", "2.30万元"),
        (
            "四川样式",
            "机关运行经费支出420.00万元",
            "机关运行经费支出720.00万元",
            "N-14",
            "720.00万元",
        ),
        (
            "四川样式",
            "政府采购服务支出600.00万元",
            "政府采购服务支出610.00万元",
            "N-15",
            "610.00万元",
        ),
        ("四川样式", "占政府采购支出总额的45%", "占政府采购支出总额的54%", "N-15", "54%"),
        ("四川样式", "其他用车8辆，", "其他用车9辆，", "N-15", "其他用车9辆"),
        ("四川样式", "主要用于综合执法", "主要用于…（具体工作）", "N-16", "（具体工作）"),
        (
            "四川样式",
            "2023年度财政拨款收、支总计",
            "2022年度财政拨款收、支总计",
            "N-17",
            "2022年度",
        ),
        ("四川样式", "与2022年相比", "与2021年相比", "N-17", "2021年"),
        (
            "四川样式",
            "江城市城市管理局共有车辆",
            "江城市城管执法局共有车辆",
            "N-18",
            "江城市城管执法局",
        ),
        ("四川样式", "决算0万元，占0%；公务用车", "决算0，占0%；公务用车", "N-20", "0"),
        (
            "四川样式",
            "八、政府性基金",
            "九、政府性基金",
            "N-21",
            "九、政府性基金预算支出决算情况说明",
        ),
        ("四川样式", "第三部分 名词解释", "名词解释", "N-21", "第四部分 附件"),
        (
            "单位_全国样式",
            "支出总计2,345.67万元",
            "支出总计2,354.67万元",
            "N-01",
            "支出总计2,354.67万元",
        ),
        ("单位_全国样式", "占10.87%", "占12.87%", "N-02", "12.87%"),
        ("单位_全国样式", "完成年初预算的103.66%", "完成年初预算的106.33%", "N-09", "106.33%"),
        ("单位_全国样式", "住房公积金（项）", "购房补贴公积金（项）", "N-08", "购房补贴公积金"),
        ("单位_全国样式", "减少1.50万元，下降13.64%", "减少1.50万元，下降31.64%", "N-12", "31.64%"),
        (
            "单位_全国样式",
            "占授予中小企业合同金额的50%",
            "占授予中小企业合同金额的55%",
            "N-15",
            "55%",
        ),
        ("街道_简式", "（2800.5万元）", "（2900.5万元）", "N-01", "320万元"),
        ("街道_简式", "农林水支出200万元", "农林水支出250万元", "N-06", "农林水支出250万元"),
        (
            "医院",
            "与2019年相比增加540.23万元，增长40.60%；财政拨款支出",
            "与2019年相比增加540.23万元，增长50.28%；财政拨款支出",
            "N-04",
            "50.28%",
        ),
        ("医院", "占94.59%；农林水", "占95.59%；农林水", "N-06", "95.59%"),
        ("以元计", "奖金等", "奖金……等", "N-16", "奖金……"),
        (
            "以元计",
            "项目支出1,000,000.00元",
            "项目支出1,000,001.00元",
            "N-03",
            "本年支出合计5,123,456.78元",
        ),
        (
            "以元计",
            "公用经费223,456.78元，",
            "公用经费223,456.87元，",
            "N-10",
            "公用经费223,456.87元",
        ),
        ("断行", "其他收入200.\n00万元，占1.67%", "其他收入200.\n00万元，占2.67%", "N-02", "2.67%"),
        (
            "繁体全角",
            "項目支出１，００７．４萬元",
            "項目支出１，０７０．４萬元",
            "N-03",
            "項目支出１，０７０．４萬元",
        ),
    ],
)
def test_a_wrong_figure_or_word_is_found(
    stem: str, old: str, new: str, rule: str, quoted: str
) -> None:
    text = (FOLDER / f"{stem}.txt").read_text(encoding="utf-8")
    assert old in text
    result = check_narrative(read_text(text.replace(old, new, 1)), file="说明.txt")
    hits = [o for o in result.observations if o.rule_id == rule]
    assert any(quoted in (p.quote or "") for o in hits for p in o.places), [
        (o.rule_id, o.message) for o in result.observations
    ]
    assert next(c for c in result.checks if c.rule_id == rule).outcome == "fail"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "江城市2023年财政决算草案报告。收入总计100万元，本年收入合计1万元，本年支出合计1万元。人民代表大会",
            "不是部门决算",
        ),
        (
            "江城市财政局2024年部门预算公开。收支总计100万元，本年收入合计100万元，本年支出合计100万元，基本支出5万元。",
            "不是决算公开说明",
        ),
        ("今天天气很好。", "没有"),
        ("2023年度部门决算工作通知：请于3月1日前报送。", "没有找到"),
    ],
)
def test_other_documents_are_left_alone_with_the_reason(text: str, why: str) -> None:
    narrative = read_text(text)
    assert not narrative.is_narrative
    assert why in narrative.reason


def test_unit_and_year_are_told() -> None:
    narrative = read_narrative(FOLDER / "四川样式.txt", "txt")
    assert narrative.unit_names[0] == "江城市城市管理局"
    assert narrative.year == 2023


def test_registered_aliases_are_not_reported() -> None:
    text = (
        (FOLDER / "四川样式.txt")
        .read_text(encoding="utf-8")
        .replace("江城市城市管理局共有", "市城管局共有")
    )
    assert any("N-18" in f for f in findings(read_text(text)))
    assert findings(read_text(text), names=("江城市城市管理局", "市城管局")) == []


def test_unclosed_brackets_are_read_and_hinted_at() -> None:
    text = (
        (FOLDER / "四川样式.txt")
        .read_text(encoding="utf-8")
        .replace(
            "城乡社区支出（类）城乡社区管理事务（款）城管",
            "城乡社区支出（类城乡社区管理事务（款）城管",
            1,
        )
    )
    result = check_narrative(read_text(text), file="说明.txt")
    assert [(o.rule_id, o.severity) for o in result.observations] == [("N-08", "hint")]


def test_parts_without_numbers_let_sections_start_again() -> None:
    text = (FOLDER / "四川样式.txt").read_text(encoding="utf-8")
    for part in ("第一部分 ", "第二部分 ", "第三部分 ", "第四部分 ", "第五部分 "):
        text = text.replace(part, "")
    assert findings(read_text(text)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "本年收入合计10.00万元，比年初预算数8.00万元增加2.00万元，增长25%。",
        "2023年度收入总计100.00万元，其中：本年收入90.00万元，占总收入的90%。",
        "公务接待费支出2.00万元，比上年减少为2.00万元。",
        "单价100万元以上设备2台（套），每人每天补助80元，共计3万元。",
        "2023年度“三公”经费支出比2022年度决算数5.00万元减少5.00万元，下降100%，支出为0万元。",
        "2023年6月，根据〔2022〕22号文件，投入100万元，带动就业1,200人，增长12%。",
        "与2022年度相比，政府采购支出总额基本持平。",
    ],
)
def test_sentences_that_are_right(sentence: str) -> None:
    assert findings(read_text(f"收入决算情况说明\n{sentence}\n")) == []


def test_endless_text_is_bounded() -> None:
    narrative = read_text("2023年度本年收入合计1万元，" * 20_000)
    assert narrative.not_understood
    check_narrative(narrative, file="说明.txt")
