"""A mistyped code is one cause, and says so. The sets of all these tests are reconciled beside each
other (``beside.py``).
"""

import pytest

from pipelines.reconcile import settle
from schemas.observation import Observation, Place
from tests.reconcile.beside import beside
from tests.reconcile.worlds import sample


def mistyped(form, code, wrong, published="balanced"):
    """A set of which one unit has the row of a code under another code in one table."""
    case, _ = sample(3, 1, seed=5, published=published)
    unit = next(
        f["unit_code"]
        for f in case.rows["facts"]
        if f["form"] == form and f["row_key"] == code and len(f["unit_code"]) > 6
    )
    line = next(
        r
        for r in case.rows["lines"]
        if (r["form"], r["row_key"], r["unit_code"]) == (form, code, unit)
    )
    line["code_cell"] = f"B{line['row']}"
    for table in ("facts", "lines"):
        for row in case.rows[table]:
            if (row["form"], row["row_key"], row["unit_code"]) == (form, code, unit):
                row["row_key"] = wrong
    return case, unit, line


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("Z04", "2080599"),
        ("Z04", "2090505"),
        ("Z05_1", "2085005"),
        ("Z08", "2080599"),
        ("G06", "2090505"),
        ("G06", "2085005"),
    ],
)
@beside
def test_a_mistyped_code_is_one_cause_and_names_its_cell(form, wrong):
    case, unit, line = mistyped(form, "2080505", wrong)
    seen = [
        Observation(
            "IN-HIER-02",
            f"{form}[{wrong}]",
            "的名称或编码",
            "error",
            unit,
            unit,
            2023,
            None,
            (Place("subject", line["file"], form, f"C{line['row']}"),),
        )
    ]
    con = yield case
    settle(con, seen, run_id="r", previous=None)
    found = con.execute(
        "SELECT message, cause FROM findings WHERE rule_id <> 'IN-HIER-02'"
    ).fetchall()
    assert len(found) > 3 and con.execute(
        "SELECT count(DISTINCT cause) FROM findings"
    ).fetchall() == [(1,)]
    assert all(
        f"B{line['row']} 的编码 {wrong} 在其他表中没有，按金额应为 2080505。" in m for m, _ in found
    )
    suspects = con.execute(
        "SELECT DISTINCT rank, sheet, cell, suggested FROM finding_cells WHERE role = 'suspect'"
    ).fetchall()
    assert suspects == [(1, form, f"B{line['row']}", None)]


@beside
def test_a_wrong_amount_is_no_mistyped_code():
    case, _ = sample(6, 1, seed=7)
    unit = case.rows["facts"][0]["unit_code"]
    gone = next(
        f
        for f in case.rows["facts"]
        if f["unit_code"] == unit and f["form"] == "Z04" and f["row_key"] == "2080505"
    )
    for table in ("facts", "lines"):
        case.rows[table] = [
            r
            for r in case.rows[table]
            if (r["unit_code"], r["form"], r["row_key"]) != (unit, "Z04", gone["row_key"])
        ]
    con = yield case
    assert con.execute(
        "SELECT count(*) FROM raw_findings WHERE message LIKE '%的编码%'"
    ).fetchall() == [(0,)]
