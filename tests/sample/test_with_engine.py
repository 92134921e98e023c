"""The pipeline on generated sets: nothing is found in clean ones however messy, and exactly the
planted errors in the demo.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.commands.check import evaluate, gather
from pipelines.config import Config
from pipelines.sample import Fault, generate, inject, random_style, write_samples, write_submission
from pipelines.sample.demo import build_demo
from pipelines.sample.register import write_register


def findings_of(folder: Path, scratch: Path) -> list[dict]:
    document = evaluate(Config(), gather([folder]), scratch, lambda words, done, total: None)
    return [f for f in document["findings"] if f["severity"] != "hint"]


@pytest.mark.long
@pytest.mark.parametrize("units", [3, pytest.param(12, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("messy", "last_year"), [(0.0, 2023), (0.9, 2023), (0.7, 2018)])
def test_a_clean_set_gives_no_finding(tmp_path, messy, last_year, units):
    years = 2 if messy > 0.8 else 1
    write_samples(
        tmp_path / "raw",
        units,
        years,
        seed=5,
        messy=messy,
        published=True,
        last_year=last_year,
        workers=1,
    )
    assert findings_of(tmp_path / "raw", tmp_path) == []


COLUMNS = "rule_id, severity, status, unit_code, year, file, sheet, cell"


def test_the_demo_gives_its_planted_errors_and_no_others(published_demo, tmp_path):
    """Of the published set: the committed demo equals a fresh build (``test_demo.py``)."""
    planted = {(p.file, p.sheet, p.cell) for p in build_demo(tmp_path / "raw")}
    database = published_demo / "processed" / "current" / "caijue.duckdb"
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.sql(
            f"SELECT {COLUMNS} FROM findings LEFT JOIN finding_cells USING (finding_id)"
            " WHERE severity <> 'hint'"
        ).fetchall()
    assert planted <= {row[5:] for row in found}
    opened = [row for row in found if row[2] == "open"]
    assert {code[:6] for _, _, _, code, *_ in opened} == {"500009"}
    assert {row[4] for row in opened} == {2023}
    assert {row[0] for row in found if row[2] == "explained"} == {"Y-07"}
    of_head = {row[0] for row in opened if row[3] == "500009"}
    assert of_head == {"G-01", "Y-01", "Y-02"}
    assert not {"S-UNUSED", "S-EXPIRED", "S-EXPLAIN"} & {row[0] for row in found}


def test_faults_are_named_at_their_cells(tmp_path):
    made = generate(4, 1, seed=13)
    rng, wanted = Random(2), {}
    for submission in made.submissions:
        fault = Fault("Z04", "", "合计", "本年支出合计", 1)
        style = random_style(rng, 0.5)
        for file in write_submission(tmp_path / "raw", inject(submission, fault), style, rng):
            wanted |= {
                (file.file, s, p.cell): 0
                for s, p in file.facts
                if (p.form, p.row_key, p.col_key) == ("Z04", "合计", "本年支出合计")
            }
    write_register(tmp_path / "raw" / "units.csv", made.units)
    cells = [c for f in findings_of(tmp_path / "raw", tmp_path) for c in f["cells"]]
    assert wanted and set(wanted) <= {(c["file"], c["sheet"], c["cell"]) for c in cells}
