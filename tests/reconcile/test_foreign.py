"""A table of a unit outside the department is one cause that names its sheet; tables that disagree
for another reason are not taken for one.
"""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.reconcile import reconcile, settle
from pipelines.reconcile.hypotheses.foreign import most_failing
from tests.reconcile.worlds import Case, sample
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

YEAR, OTHER = 2023, "500002"
Told = list[tuple[str, str, str]]


def told_of(case: Case) -> tuple[Told, int]:
    """Unit, rule and message of what is told of whole tables, and how many findings have another
    cause.
    """
    con = case.load()
    reconcile(con, shipped_book())
    settle(con, [], run_id="1", previous=None)
    told = con.execute("""SELECT unit_code, rule_id, message FROM findings
        WHERE rule_id LIKE 'S-%' AND cause LIKE finding_id ORDER BY ALL""").fetchall()
    left = con.execute("""SELECT count(*) FROM findings WHERE severity <> 'hint' AND cause NOT IN
        (SELECT cause FROM findings WHERE rule_id LIKE 'S-%')""").fetchall()
    return told, left[0][0]


def replace(case: Case, unit: str, form: str, other: str) -> None:
    """The table of a unit outside the department, rows and all, under this unit's name."""
    sheet = next(
        s
        for s in case.rows["sheets"]
        if (s["unit_code"], s["year"], s["form"]) == (unit, YEAR, form)
    )
    named = {name: sheet[name] for name in ("unit_code", "unit_name", "file", "sheet")}
    for table in ("facts", "lines"):
        of = {(r["unit_code"], r["year"], r["form"]): [] for r in case.rows[table]}
        for row in case.rows[table]:
            of[row["unit_code"], row["year"], row["form"]].append(row)
        of[unit, YEAR, form] = [r | named for r in of[other, YEAR, form]]
        case.rows[table] = [row for rows in of.values() for row in rows]


# One table of a unit in each of three departments.
REPLACED = {"500001001": "Z01", "500002002": "Z04", "500003001": "Z08_1"}


@pytest.fixture(scope="module")
def three_replaced() -> tuple[Told, int]:
    case, _ = sample(12, 2, 5)
    others = dict(zip(REPLACED, [*list(REPLACED)[1:], "500001001"], strict=True))
    for unit, form in REPLACED.items():
        replace(case, unit, form, others[unit])
    return told_of(case)


@pytest.mark.parametrize("unit", REPLACED)
def test_a_table_of_a_unit_outside_the_department_is_one_cause(three_replaced, unit) -> None:
    told, left = three_replaced
    assert [(unit, rule) for unit, rule, _ in told] == [(u, "S-OTHERUNIT") for u in REPLACED]
    assert left == 0
    [message] = [message for of, _, message in told if of == unit]
    assert f"{unit}/{YEAR}.xlsx 的“{REPLACED[unit]}”" in message


def test_a_table_that_contradicts_itself_too_is_not_called_anothers() -> None:
    case, _ = sample(4, 2, 5)
    unit = "500001001"
    replace(case, unit, "Z04", OTHER)
    for fact in case.rows["facts"]:
        if (fact["unit_code"], fact["year"], fact["form"]) == (unit, YEAR, "Z04"):
            fact["amount"] += 100 * int(fact["row_key"][-1]) if fact["row_key"].isdigit() else 0
    assert not [t for t in told_of(case)[0] if t[1] == "S-OTHERUNIT"]


class Failing:
    """A family of whose failures the first ones hang on a table each."""

    def __init__(self, first: int, second: int, others: int) -> None:
        parts = {"Z04": range(first), "Z05": range(second), "Z07": range(100, 100 + others)}
        pairs = [(n, form) for form, part in parts.items() for n in part]
        self.forms = sorted(parts)
        self.code = np.array([n for n, _ in pairs])
        self.form_of_term = np.array([self.forms.index(form) for _, form in pairs])
        self.book = self

    def failing_terms(self, uy: int) -> tuple[np.ndarray, np.ndarray]:
        return self.code, np.arange(len(self.code))


@pytest.mark.parametrize(
    ("failing", "form"),
    [
        ((40, 10, 5), "Z04"),
        ((40, 38, 5), ""),  # two tables contradict each other alone
        ((40, 10, 30), ""),  # much fails elsewhere
        ((10, 2, 0), ""),  # a slip in a row
    ],
)
def test_one_table_takes_part_in_most_of_what_fails(
    failing: tuple[int, int, int], form: str
) -> None:
    assert most_failing(Failing(*failing), 1) == form  # type: ignore[arg-type]
