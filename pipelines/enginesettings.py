"""The table ``[engine]`` of the settings: where the jobs of a run are done."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.addresses import checked

SCHEDULER = re.compile(r"(tcp|tls)://([A-Za-z0-9_.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")


class Engine(BaseModel):
    """``[engine]``: where the jobs of a run are done. ``address`` is of a Dask scheduler."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["local", "dask"] = Field(default="local", description="由本机还是集群完成")
    address: str = Field(default="", description="Dask 调度服务，tcp://主机:端口；空为本机临时集群")
    store: str = Field(
        default="",
        description="文件经由的存储（fsspec 地址，如 s3://桶/前缀）；空为各节点同一路径的共用文件夹",
    )

    @field_validator("address")
    @classmethod
    def _scheduler(cls, value: str) -> str:
        found = SCHEDULER.fullmatch(value)
        if value and (found is None or not 0 < int(found[3]) < 65_536):
            raise ValueError("应写作 tcp://主机:端口，如 tcp://10.0.0.5:8786；不填为本机临时集群")
        return value

    @field_validator("store")
    @classmethod
    def _store(cls, value: str) -> str:
        return checked(value) if value else value
