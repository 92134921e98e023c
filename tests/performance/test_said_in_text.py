"""What the text says of performance in numbers: against the forms that are there, and in itself
where there are none.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipelines.performance.pack import Pack, merge
from pipelines.performance.worker import PackJob, read_pack
from pipelines.sample.performance_pack import as_text, blocks, sample_pack
from schemas.observation import Observation
from tests.performance.support import judge, read, write

MADE = sample_pack(3, "C", 4)
FIRST = MADE.projects[0]
BUDGET, SPENT = MADE.project_budget, MADE.project_spent
RATE = f"{SPENT / BUDGET * 100:.2f}"
ACCOUNTS = (
    "三、支出决算情况说明\n2023年度本年支出合计1000.00万元，其中：基本支出800.00万元，占80.00%；"
    "项目支出200.00万元，占20.00%。\n十、预算绩效情况说明\n"
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return read(write(tmp_path_factory.mktemp("said"), as_text(blocks(MADE))))


def alone(folder: Path, text: str, accounts: str = ACCOUNTS) -> Pack | None:
    path = write(folder, accounts + text + "\n", "说明.txt")
    pack = read_pack(PackJob(path.name, path, "txt", hashlib.sha256(path.read_bytes()).hexdigest()))
    if pack is not None:
        pack.year = 2023
    return pack


def told(pack: Pack | None) -> list[Observation]:
    """The findings about the text, hints too; nothing where the text says nothing in numbers."""
    return [] if pack is None else [o for o in judge(pack) if o.subject.startswith("文字/")]


def rules(pack: Pack | None) -> list[str]:
    return [o.rule_id for o in told(pack)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("共组织对9个项目进行了绩效自评，涉及资金150.00万元，占部门项目支出总额的75%。", ""),
        ("共组织对9个项目进行了绩效自评，涉及资金150.00万元，占部门项目支出总额的80%。", "E-14"),
        ("本部门对2023年度9个项目开展绩效自评，共涉及资金150万元，占项目支出的比例为65%。", "E-14"),
        ("对本年度9个项目开展绩效自评，资金总额200.00万元，占全部项目支出的100%。", ""),
        # all of a budget of which not all was spent, or to which something was added; no slip
        ("对本年度9个项目开展绩效自评，资金总额160.00万元，占全部项目支出的100%。", ""),
        ("对本年度9个项目开展绩效自评，资金总额20.00万元，占全部项目支出的100%。", "E-14"),
        ("对本年度9个项目开展绩效自评，资金总额2000.00万元，占全部项目支出的100%。", "E-14"),
        (
            "对项目支出全面开展绩效自评，其中，二级项目7个，共涉及资金150万元，占项目支出总额的90%。",
            "E-14",
        ),
        ("对9个项目开展绩效自评，共涉及资金260.00万元，占项目支出总额的100%。", ""),
        ("对9个项目开展绩效自评，共涉及资金150万元，占部门预算项目支出总额的80%。", ""),
        ("对9个项目开展绩效自评，涉及预算资金150.00万元，占项目支出总额的80%。", ""),
        # of another year, of some of them, of others' projects, of a budget that is not known
        ("对2021年度9个项目开展绩效自评，涉及资金150.00万元，占项目支出总额的80%。", ""),
        ("对9个重点项目开展绩效自评，涉及资金150.00万元，占项目支出总额的80%。", ""),
        ("下属单位对9个项目开展绩效自评，涉及资金150.00万元，占项目支出总额的80%。", ""),
        ("对9个项目开展绩效自评，涉及资金150万元，占一般公共预算项目支出总额的80%。", ""),
        ("对9个项目开展绩效自评，涉及资金150万元，占政府性基金预算项目支出总额的80%。", ""),
        ("对9个项目开展绩效自评，涉及资金约150万元，占项目支出总额的80%。", ""),
        ("对9个项目开展绩效自评，占项目总数的80%。", ""),
        ("对项目支出全面开展绩效自评，共涉及项目9个，资金150.00万元，占项目支出总额的75%。", ""),
        (
            "对项目支出全面开展绩效自评，共涉及项目9个，资金150.00万元，占项目支出总额的95%。",
            "E-14",
        ),
    ],
)
def test_a_share_is_that_of_the_project_expenditure_in_the_same_text(tmp_path, text, rule) -> None:
    assert rules(alone(tmp_path, text)) == ([rule] if rule else [])


def test_what_is_divided_may_stand_in_the_sentence_before(tmp_path) -> None:
    parted = ACCOUNTS.replace("1000.00万元，其中", "1000.00万元。其中")
    text = "对9个项目开展绩效自评，涉及资金150.00万元，占项目支出总额的80%。"
    assert rules(alone(tmp_path, text, parted)) == ["E-14"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "培训项目绩效自评综述：项目全年预算数为100.00万元，执行数为90.00万元，完成预算的90%。",
            "",
        ),
        (
            "培训项目绩效自评综述：项目全年预算数为100.00万元，执行数为90.00万元，完成预算的95%。",
            "E-27",
        ),
        ("培训项目全年预算100万元，全年执行数90.5万元，预算执行率为95.5%。", "E-27"),
        ("培训项目年初预算数80万元，全年预算数100万元，执行数90万元，完成全年预算的90%。", ""),
        ("培训项目年初预算数80万元，全年预算数100万元，执行数90万元，完成全年预算的80%。", "E-27"),
        ("培训项目预算数100.00万元（其中财政拨款80.00万元），执行数96.00万元，执行率69%。", "E-27"),
        ("培训项目2021年全年预算数为100.00万元，执行数为90.00万元，完成预算的95%。", ""),
        ("项目全年预算数为100.00万元，执行数为90.00万元，完成年初预算的120%。", ""),
        ("下属单位项目全年预算数为100.00万元，执行数为90.00万元，完成预算的95%。", ""),
        ("公务接待费年初预算100.00万元，支出决算90.00万元，完成预算的95%。", ""),
    ],
)
def test_a_rate_is_what_was_spent_of_the_budget_beside_it(tmp_path, text, rule) -> None:
    assert rules(alone(tmp_path, text)) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("对9个项目开展了绩效自评，其中：7个优、2个良。", ""),
        ("对9个项目开展了绩效自评，其中：6个优、2个良。", "E-29"),
        ("对9个项目开展了绩效自评。从评价情况看，优秀7个，良好3个。", "E-29"),
        ("对9个项目开展了绩效自评，自评等级为优的6个，良的2个，中的1个。", ""),
        ("对9个项目开展了绩效自评，评价结果为“优”的项目8个。", ""),
        ("对9个项目开展了绩效自评，评价结果为“优”的项目10个。", "E-29"),
        ("对9个项目开展了绩效自评，其中：6个优、2个良，1个未评。", ""),
        ("对9个项目开展了绩效自评，对3个重点项目开展评价，其中：1个优、1个良。", ""),
        ("对9个项目开展了绩效自评，共设指标60个，其中：6个优、2个良。", ""),
        ("对2021年9个项目开展了绩效自评，其中：6个优、2个良。", ""),
    ],
)
def test_grades_are_counted_once_for_every_project(tmp_path, text, rule) -> None:
    assert rules(alone(tmp_path, text)) == ([rule] if rule else [])


OF_15 = "对15个项目开展了绩效自评，涉及资金150.00万元。"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{OF_15}其中90分以上的项目14个，占93.33%；80至90分的项目1个，占6.67%。", ""),
        (f"{OF_15}其中90分以上的项目14个，占93.33%；80至90分的项目2个，占6.67%。", "E-29"),
        (f"{OF_15}其中90分以上的项目14个，占93.33%；80至90分的项目1个，占6.76%。", "E-29"),
        (f"{OF_15}其中90分（含）以上的14个（占93.3%），80-90分的1个（占6.7%）。", ""),
        (f"{OF_15}其中90分以上的项目14个，占项目总数的39.33%。", "E-29"),
        (f"{OF_15}其中95分以上的项目10个，90分以上的项目14个。", ""),
        (f"{OF_15}其中95分以上的项目10个，90分以上的项目17个。", "E-29"),
        (f"{OF_15}其中市本级8个、县区7个。", ""),
        (f"{OF_15}其中市本级8个、县区9个。", "E-29"),
        (f"{OF_15}其中一般公共预算项目12个、政府性基金预算项目2个。", "E-29"),
        (f"{OF_15}评价结果为优的14个，占93.33%，良的1个，占6.67%。", ""),
        (f"{OF_15}评价结果为优的14个，占91.33%，良的1个，占6.67%。", "E-29"),
        ("全面开展绩效自评，其中一级项目6个，二级项目15个。其中市本级8个、县区7个。", ""),
        ("全面开展绩效自评，其中一级项目6个，二级项目15个。其中市本级8个、县区9个。", "E-29"),
        ("全面开展绩效自评，共涉及项目8个。从评价情况看，9个项目自评等级均为优。", "E-29"),
        ("全面开展绩效自评，共涉及项目8个。从评价情况看，8个项目自评等级均为优。", ""),
        # of money, of others, of another year, without a count of all
        (f"{OF_15}其中90分以上的项目14个，占项目支出总额的80.00%。", ""),
        ("对2021年15个项目开展了绩效自评，其中90分以上的项目14个，占80.00%。", ""),
        ("下属单位对15个项目开展了绩效自评，其中90分以上的项目14个，占80.00%。", ""),
        ("全面开展绩效自评，其中90分以上的项目14个，占80.00%。", ""),
        (f"{OF_15}其中百万元以上的项目3个，占35.00%。", ""),
    ],
)
def test_parts_of_the_projects_make_them_and_their_shares(tmp_path, text, rule) -> None:
    assert rules(alone(tmp_path, text)) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("我局对5个项目开展绩效自评。", "E-29"),
        ("2021年，我局对5个项目开展绩效自评。", ""),
        ("下属单位共对5个项目开展绩效自评。", ""),
        ("对5个项目开展绩效自评。现公开其中4个项目的绩效自评结果。", ""),
    ],
)
def test_the_count_of_a_report_with_forms_is_that_of_its_own_projects(tmp_path, text, rule) -> None:
    pack = read(write(tmp_path, as_text(blocks(MADE)) + f"\n{text}\n"))
    pack.year = 2023
    found = [o for o in judge(pack) if o.rule_id == "E-29" and o.subject == "文字/自评"]
    assert [o.rule_id for o in found] == ([rule] if rule else []), [o.message for o in found]


def test_a_text_that_says_nothing_in_numbers_is_none_of_ours(tmp_path) -> None:
    assert alone(tmp_path, "绩效自评工作已按要求完成，总体良好。") is None


def beside(forms: Pack, folder: Path, text: str) -> list[Observation]:
    """The findings about a text that was sent apart from the forms."""
    own = alone(folder, text)
    assert own is not None
    return told(merge([own, forms]))


SUM = f"对2023年度4个项目开展绩效自评，涉及资金{BUDGET}万元"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{SUM}。", ""),
        (f"对2023年度4个项目进行绩效自评，共涉及资金{SPENT}万元。", ""),
        (f"对2023年度4个项目开展绩效自评，涉及资金{BUDGET + 7}万元。", "E-31"),
        (f"本部门4个项目（涉及资金{SPENT - 3}万元）均开展了绩效自评。占比较高。", "E-31"),
        ("我局5个项目均开展了绩效自评。", "E-29"),
        ("开展绩效自评项目3个，总体较好。", "E-29"),
        ("全年共开展5个项目的绩效自评，总体较好。", "E-29"),
        ("对2023年度5个项目开展绩效自评。今年公开其中4个项目的绩效自评结果。", ""),
        ("对道路养护等2个项目开展绩效自评；对河道清淤等2个项目组织了评价。", "E-29"),
        (f"对4个项目开展绩效自评，涉及资金{SPENT}万元，占项目支出总额的100%。", ""),
        (f"对4个项目开展绩效自评，涉及资金{SPENT}万元，占项目支出总额的88%。", "E-14"),
        # one slip, one finding
        (f"对4个项目开展绩效自评，涉及资金{SPENT + 9}万元，占项目支出总额的100%。", "E-31"),
    ],
)
def test_projects_and_their_money_are_those_of_the_forms(forms, tmp_path, text, rule) -> None:
    found = beside(forms, tmp_path, text)
    assert [o.rule_id for o in found] == ([rule] if rule else []), [o.message for o in found]
    assert all(o.severity == "error" and o.places[0].file == "说明.txt" for o in found)


def sentence(name: str, budget: object, executed: object, rate: str) -> str:
    return (
        f"{name}绩效自评综述：项目全年预算数{budget}万元，执行数{executed}万元，完成预算的{rate}%。"
    )


OWN = f"{FIRST.executed / FIRST.budget * 100:.2f}"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (sentence(FIRST.name, FIRST.budget, FIRST.executed, OWN), ""),
        (sentence(FIRST.name, FIRST.budget + 2, FIRST.executed, OWN), "E-13"),
        (sentence(f"1.{FIRST.name}项目", FIRST.budget, FIRST.executed - 1, OWN), "E-13"),
        (sentence(FIRST.name, FIRST.budget, FIRST.executed, "50.00"), "E-27"),
        # a longer name, and a project without a form, are others
        (sentence(f"乡镇{FIRST.name}", "10.00", "9.00", "90.00"), ""),
        (sentence(f"{FIRST.name}、扶贫项目", "10.00", "9.00", "90.00"), ""),
    ],
)
def test_a_projects_money_is_that_of_its_form(forms, tmp_path, text, rule) -> None:
    found = beside(forms, tmp_path, text)
    assert [o.rule_id for o in found] == ([rule] if rule else []), [o.message for o in found]
    assert all(FIRST.name in o.subject for o in found)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("对4个项目开展绩效自评，评价结果为“优”的项目{good}个。", ""),
        ("对4个项目开展绩效自评，评价结果为优的项目{less}个。", "E-30"),
        ("对4个项目开展绩效自评，其中{less}个优、1个良。", "E-30"),
    ],
)
def test_grades_are_those_of_the_forms(forms, tmp_path, text, rule) -> None:
    totals = [t.total_score.value.number or 0 for t in forms.project_tables()]
    good = sum(t >= 90 for t in totals)
    assert good == len(totals) == 4
    found = beside(forms, tmp_path, text.format(good=good, less=good - 1))
    assert [o.rule_id for o in found] == ([rule] if rule else []), [o.message for o in found]
