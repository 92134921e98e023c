"""The Prefect flow: coarse tasks with names a person understands, artifacts, failed only when the
run was aborted.

A run under Prefect's own server is slow and done once, in ``.ci/run``; the short form loads it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory, samples) -> dict:
    home = tmp_path_factory.mktemp("flow")
    shutil.copytree(samples, home / "raw")
    return checked(home)


def checked(home: Path, *how: str) -> dict:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "CAIJUE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.run.flow_check", str(home), *how],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.long
def test_a_schedule_can_hand_the_flow_to_a_process(tmp_path):
    told = checked(tmp_path, "--without-server")
    assert {"raw", "processed", "reports"} <= set(told["parameters"]) and told["name"]


@pytest.mark.slow
def test_states(told):
    assert told["good"]["type"] == "COMPLETED" and "错误" in told["good"]["message"]
    assert told["empty"]["type"] == "FAILED" and "没有" in told["empty"]["message"]
    assert told["busy"]["type"] == "CANCELLED" and "正在进行" in told["busy"]["message"]


@pytest.mark.slow
def test_a_run_is_named_by_date_and_verdict_and_its_parameters_are_true(told):
    good = {name: run for name, run in told["runs"].items() if run[2] == "COMPLETED"}
    [(name, (tags, parameters, _))] = good.items()
    day, verdict = name.split(" ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day) and verdict in tags and "财决" in tags
    assert parameters["raw"].endswith("raw") and parameters["processed"].endswith("processed")


@pytest.mark.slow
def test_what_the_run_says_is_to_be_read_in_prefect(told):
    assert any("归集事实" in line for line in told["logs"]), told["logs"][:5]


@pytest.mark.slow
def test_the_schedule_goes_with_serve(told):
    schedules = told["schedules"]
    assert len(schedules["kept"]) == 1 and "0 2 * * *" in schedules["kept"][0]
    assert schedules["left"] == []


@pytest.mark.slow
def test_tasks_and_artifacts(told):
    assert {"发现文件", "读取工作簿", "核对规则", "发布"} <= set(told["tasks"]) and len(
        told["tasks"]
    ) < 15
    assert {"caijue-verdict", "caijue-findings", "caijue-missing"} <= set(told["artifacts"])


def test_only_the_flow_imports_prefect_and_only_the_cli_prints():
    for path in (ROOT / "pipelines").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"prefect|dask|distributed|print\s*\(", text):
            continue
        tree = ast.parse(text)
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        if path.name not in ("flow.py", "cluster.py"):
            assert not any(n.split(".")[0] == "prefect" for n in names), path
        if path.name != "cluster.py":
            assert not any(
                n.split(".")[0] in ("dask", "distributed", "prefect_dask") for n in names
            )
        prints = [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"
        ]
        assert not prints or path.name == "demo.py", path  # which is a script of its own
