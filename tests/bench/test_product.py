"""The floor of the rules: every amount times every coefficient it has in a formula."""

from bench.product import kernel
from tests.reconcile.worlds import Case, only

FACTS = {
    ("Z03", "", "合计", "本年收入合计"): 501,
    ("Z01", "收入", "本年收入合计", "决算数"): 500,
}


def test_every_operand_of_every_unit_is_summed() -> None:
    case = Case()
    for code in ("1", "2", "3"):
        case.unit(code, f"{code}局").add(FACTS, code=code, name=f"{code}局")
    found = kernel(case.load(), only("X-01"))
    assert found.products == 3 * len(FACTS)
    assert found.engine > 0 and found.floor > 0
