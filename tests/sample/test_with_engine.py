"""The pipeline on generated sets: nothing is found in clean ones however messy, and exactly the
planted errors in the demo.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from pipelines.commands.check import evaluate, gather
from pipelines.config import Config
from pipelines.sample import Fault, generate, inject, random_style, write_samples, write_submission
from pipelines.sample.demo import build_demo
from pipelines.sample.register import write_register

RAW = Path(__file__).parents[2] / "data" / "raw"


def findings_of(folder: Path, scratch: Path) -> list[dict]:
    document = evaluate(Config(), gather([folder]), scratch, lambda words, done, total: None)
    return [f for f in document["findings"] if f["severity"] != "hint"]


@pytest.mark.parametrize("units", [5, pytest.param(12, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("messy", "last_year"), [(0.0, 2023), (0.9, 2023), (0.7, 2018)])
def test_a_clean_set_gives_no_finding(tmp_path, messy, last_year, units):
    years = 2 if last_year > 2018 else 1
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


def test_the_demo_gives_its_planted_errors_and_no_others(tmp_path):
    planted = {(p.file, p.sheet, p.cell) for p in build_demo(tmp_path / "raw")}
    found = findings_of(tmp_path / "raw", tmp_path)
    named = {(c["file"], c["sheet"], c["cell"]) for f in found for c in f["cells"]}
    assert planted <= named
    opened = [f for f in found if f["status"] == "open"]
    assert {f["unit_code"][:6] for f in opened} == {"500009"} and {f["year"] for f in opened} == {
        2023
    }
    assert {f["rule_id"] for f in found if f["status"] == "explained"} == {"Y-07"}
    of_head = {f["rule_id"] for f in opened if f["unit_code"] == "500009"}
    assert of_head == {"G-01", "Y-01", "Y-02"}
    assert not {"S-UNUSED", "S-EXPIRED", "S-EXPLAIN"} & {f["rule_id"] for f in found}


def test_faults_are_named_at_their_cells(tmp_path):
    made = generate(8, 1, seed=13)
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
