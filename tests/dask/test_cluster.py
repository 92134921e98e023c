"""Runs over a real cluster: equal to one machine's, whatever becomes of a node.

They need Dask, which has an environment of its own: ``make test-dask``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

distributed = pytest.importorskip("distributed", reason="make test-dask")

from bench.compare import compare  # noqa: E402
from pipelines.config import Config  # noqa: E402
from pipelines.errors import Aborted  # noqa: E402
from pipelines.run import cluster  # noqa: E402
from tests.dask.support import assert_same_bytes, kill_one_at_work, published, start  # noqa: E402


def test_nothing_of_dask_is_imported_for_one_machine(home, alone):
    modules = set((home / "modules").read_text("utf-8").splitlines())
    imported = {name.partition(".")[0] for name in modules}
    assert "prefect" in imported and "pandera" in imported
    assert not imported & {"dask", "distributed", "prefect_dask", "s3fs", "aiobotocore"}
    assert "pipelines.run.steps" in modules
    assert not modules & {"pipelines.run.store", "pipelines.run.visit", "pipelines.intake.mirror"}


def test_two_workers_of_this_machine_publish_the_same(home, alone, api):
    engine = {"CAIJUE_ENGINE_KIND": "dask", "PREFECT_API_URL": api}
    there, said = published(home, "two", start(home, "two", **engine))
    assert "由 2 个计算节点" in said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)


def test_a_worker_that_is_killed_changes_nothing(home, alone, api, scheduler, nodes):
    killed: list[str] = []
    killer = Thread(target=kill_one_at_work, args=(scheduler, nodes, killed))
    killer.start()
    engine = {"CAIJUE_ENGINE_KIND": "dask", "CAIJUE_ENGINE_ADDRESS": scheduler}
    engine["PREFECT_API_URL"] = api
    there, said = published(home, "killed", start(home, "killed", **engine))
    killer.join()
    assert killed and re.search(rf"计算节点中途退出：{re.escape(killed[0])}", said), said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)


def refused(home: Path, address: str, **change: str) -> str:
    with (
        cluster._terms(Config(raw=home / "raw", processed=home / "check")) as (terms, _),
        pytest.raises(Aborted) as caught,
    ):
        cluster._check(address, replace(terms, **change))
    return caught.value.reason


def test_a_cluster_that_cannot_be_used_is_refused_with_a_reason(home, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    monkeypatch.setattr(cluster, "NODES_S", 1.0)
    assert "连不上 Dask 调度服务 tcp://127.0.0.1:9" in refused(home, "tcp://127.0.0.1:9")
    monkeypatch.setattr(cluster, "CONNECT_S", 60.0)
    assert f"{scheduler} 在 1 秒内没有计算节点" in refused(home, scheduler)


def test_a_node_that_is_not_fit_is_refused_by_name(nodes, home, scheduler):
    said = refused(home, scheduler, program="another")
    assert f"节点 {scheduler.rpartition(':')[0]}:" in said and "同一版本" in said
    with distributed.LocalCluster(1, dashboard_address=None, host="127.0.0.1") as with_nanny:
        assert "--no-nanny" in refused(home, with_nanny.scheduler_address)
