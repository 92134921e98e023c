"""Runs over nodes that see no folder of the publishing node, by a real S3 server; and an inbox at
such a server. Everything stays on this machine.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest

distributed = pytest.importorskip("distributed", reason="make test-dask")
boto3 = pytest.importorskip("boto3", reason="make test-dask")

from bench.compare import compare  # noqa: E402
from pipelines.intake import cage  # noqa: E402
from tests.dask import support  # noqa: E402
from tests.dask.support import assert_same_bytes, ended, published, start  # noqa: E402

KEYS = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "geheim-4711",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
}
STORE = "s3://caijue/节点"


@dataclass
class S3:
    """A server of S3 on this machine, with one bucket."""

    process: subprocess.Popen
    environment: dict[str, str]

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
            region_name="us-east-1",
        )

    def names(self) -> list[str]:
        return [
            o["Key"] for o in self.client().list_objects_v2(Bucket="caijue").get("Contents", [])
        ]


@pytest.fixture
def s3(tmp_path) -> Iterator[S3]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [support.BIN / "moto_server", "-H", "127.0.0.1", "-p", port]
    with ended(subprocess.Popen(command, **support.SILENT)) as (process,):
        at = f"http://127.0.0.1:{port}"
        wait_for(at)
        made = S3(process, {**KEYS, "AWS_ENDPOINT_URL": at})
        made.client().create_bucket(Bucket="caijue")
        yield made


def wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{address}/moto-api/"):
                return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)


@contextmanager
def far_nodes(scheduler: str, s3: S3, home: Path, tmp_path: Path) -> Iterator[list[Any]]:
    """Two workers with a folder of their own each, that see none of ``home``."""
    made = []
    for name in "ab":
        own = tmp_path / f"node-{name}"
        own.mkdir()
        arguments = [*support.WORKER, "--local-directory", str(own)]
        places = {"TMPDIR": str(own), "HOME": str(own), "XDG_CACHE_HOME": str(own)}
        if cage.LANDLOCK in cage.what_holds():
            command = [sys.executable, "-m", "tests.dask.secluded", str(own), str(home), scheduler]
        else:
            command = [str(support.BIN / "dask"), "worker", scheduler]
        made.append(
            subprocess.Popen(
                [*command, *arguments],
                env={**os.environ, **s3.environment, **places},
                cwd=support.ROOT,
                **support.SILENT,
            )
        )
    with ended(*made):
        yield made


def engine(scheduler: str, api: str, s3: S3) -> dict[str, str]:
    return {
        "CAIJUE_ENGINE_KIND": "dask",
        "CAIJUE_ENGINE_ADDRESS": scheduler,
        "CAIJUE_ENGINE_STORE": STORE,
        "PREFECT_API_URL": api,
        **s3.environment,
    }


def test_nodes_that_share_nothing_publish_the_same(home, alone, api, scheduler, s3, tmp_path):
    s3.client().put_object(Bucket="caijue", Key="别人的", Body=b"1")
    with far_nodes(scheduler, s3, home, tmp_path):
        running = start(home, "far", **engine(scheduler, api, s3))
        there, said = published(home, "far", running)
    assert "由 2 个计算节点" in said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)
    assert "没有做成" not in said  # none of it was done here after all
    assert s3.names() == ["别人的"]  # nothing of ours stays, nothing of others goes
    logs = "".join(p.read_text("utf-8") for p in (home / "far" / "p" / "logs").iterdir())
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in said + logs


def test_a_far_node_that_is_killed_changes_nothing(home, alone, api, scheduler, s3, tmp_path):
    killed: list[str] = []
    with far_nodes(scheduler, s3, home, tmp_path) as nodes:
        killer = Thread(target=support.kill_one_at_work, args=(scheduler, nodes, killed))
        killer.start()
        running = start(home, "far-killed", **engine(scheduler, api, s3))
        there, said = published(home, "far-killed", running)
        killer.join()
    assert killed and re.search(rf"计算节点中途退出：{re.escape(killed[0])}", said), said
    assert_same_bytes(alone, there)
    assert compare(alone, there) == []


def end_at_work(address: str, s3: S3) -> None:
    """Ends the server when a node holds a batch."""
    with distributed.Client(address, set_as_default=False) as client:
        until = time.monotonic() + 120
        while time.monotonic() < until and not any(client.processing().values()):
            time.sleep(0.02)
    s3.process.kill()


def test_a_store_that_is_lost_leaves_the_rest_to_this_machine(
    home, alone, api, scheduler, s3, tmp_path
):
    with far_nodes(scheduler, s3, home, tmp_path):
        ender = Thread(target=end_at_work, args=(scheduler, s3))
        ender.start()
        running = start(home, "store-lost", **engine(scheduler, api, s3))
        there, said = published(home, "store-lost", running)
        ender.join()
    assert "用不了存储" in said and "其余的由本机完成" in said, said
    assert compare(alone, there) == []
    assert_same_bytes(alone, there)


def test_a_store_that_is_not_there_is_said_before_anything_is_done(home, api, scheduler, nodes):
    lost = {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    settings = {"CAIJUE_ENGINE_KIND": "dask", "CAIJUE_ENGINE_ADDRESS": scheduler}
    settings |= {"CAIJUE_ENGINE_STORE": STORE, "PREFECT_API_URL": api}
    running = start(home, "no-store", **settings, **lost)
    _, said = running.communicate(timeout=240)
    assert running.returncode == 3, said
    assert f"engine.store 的地址 {STORE}" in said and "AWS_ENDPOINT_URL" in said
    assert not (home / "no-store" / "p" / "current").exists()


def fill(s3: S3, raw: Path) -> None:
    client = s3.client()
    for path in sorted(p for p in raw.rglob("*") if p.is_file()):
        client.upload_file(str(path), "caijue", f"收件/{path.relative_to(raw).as_posix()}")


def test_an_inbox_at_a_server_over_two_nights(home, s3, tmp_path):
    fill(s3, home / "raw")
    client = s3.client()
    for key in ("收件/../外面.xlsx", "收件//x.xlsx", "收件/长" + "长" * 90 + ".xlsx", "收件/"):
        client.put_object(Bucket="caijue", Key=key, Body=b"" if key.endswith("/") else b"1")
    said = first_night(s3, tmp_path)
    assert "没有取 3 个" in said, said
    for key in s3.names():
        if "外面" in key or "//" in key or "长长" in key:
            client.delete_object(Bucket="caijue", Key=key)
    book = max((home / "raw").rglob("*.xlsx"), key=lambda p: p.stat().st_size)
    name = f"收件/{book.relative_to(home / 'raw').as_posix()}"
    other = next(
        p for p in sorted((home / "raw").rglob("*.xlsx")) if p.stat().st_size < 10**6 and p != book
    )
    gone = f"收件/{other.relative_to(home / 'raw').as_posix()}"
    client.put_object(Bucket="caijue", Key=name, Body=book.read_bytes()[:-100])
    client.delete_object(Bucket="caijue", Key=gone)
    said = second_night(s3, tmp_path)
    assert "新取 1 个" in said and "删去 1 个" in said, said


def over_the_server(s3: S3, tmp_path: Path) -> tuple[Path, str]:
    more = ("--direct", "--accept-loss")
    running = start(tmp_path, "s3", *more, raw="s3://caijue/收件", **s3.environment)
    return published(tmp_path, "s3", running)


def first_night(s3: S3, tmp_path: Path) -> str:
    """Keys that can be no files are in quarantine, and nothing is where they point to."""
    there, said = over_the_server(s3, tmp_path)
    with duckdb.connect(str(there / "caijue.duckdb"), read_only=True) as con:
        found = con.execute("SELECT file FROM files WHERE reason LIKE '对象的键%'").fetchall()
    assert sorted(name for (name,) in found) == sorted(
        ["../外面.xlsx", "/x.xlsx", "长" + "长" * 90 + ".xlsx"]
    )
    assert list(tmp_path.rglob("外面.xlsx")) == []
    return said


def second_night(s3: S3, tmp_path: Path) -> str:
    """Equal to the same nights over a folder that is as the mirror."""
    there, said = over_the_server(s3, tmp_path)
    copied = tmp_path / "raw"
    shutil.copytree(tmp_path / "s3" / "p" / "inbox", copied, copy_function=shutil.copy2)
    folder, _ = published(
        tmp_path, "folder", start(tmp_path, "folder", "--direct", raw=str(copied))
    )
    assert_same_bytes(folder, there)
    return said
