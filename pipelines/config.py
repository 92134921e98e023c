"""The settings of a run: ``caijue.toml`` < environment ``CAIJUE_*`` < flags, every key typed and
known.

A wrong key is named together with the nearest right one. Relative paths in ``caijue.toml`` start at
its folder, all others at the working folder. Secrets (alert channels) come from the environment
only.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.addresses import checked, is_address, masked
from pipelines.enginesettings import Engine
from pipelines.errors import UsageError

PREFIX = "CAIJUE_"
FILE = "caijue.toml"
SECRET = ("notify_urls",)
PATHS = ("raw", "processed", "reports")
PATH_LISTS = ("rules_folders", "forms_folders", "schemes_folders")
MIRROR = "inbox"  # below the processed folder
FOREIGN = ("CAIJUE_CONFIG", "CAIJUE_HOME")
MOST_MB = 4 * 2**20


class Config(BaseModel):
    """Every setting, with its default.

    The descriptions are the documentation of ``caijue.toml``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    raw: Path | str = Field(
        Path("data/raw"), description="收件文件夹（或 fsspec 地址，如 s3://桶/前缀），只读不写"
    )
    processed: Path = Field(Path("data/processed"), description="数据集、缓存、日志所在文件夹")
    reports: Path = Field(Path("reports"), description="工作簿和网页所在文件夹")
    year: int | None = Field(None, ge=1990, le=2100, description="只核对这一会计年度；不填为全部")
    workers: int = Field(0, ge=0, le=256, description="并行读取的进程数；0 为处理器个数")
    memory_mb: int = Field(2048, ge=256, le=MOST_MB, description="每个读取进程可用内存（MB）")
    timeout_s: float = Field(
        120, gt=0, le=86_400, allow_inf_nan=False, description="每个文件的读取时限（秒）"
    )
    database_memory_mb: int = Field(
        0,
        ge=0,
        le=MOST_MB,
        description="一次运行的各数据库合计可用内存（MB）；0 为本机内存的一半，最多 2048",
    )
    engine: Engine = Field(Engine(), description="由本机还是多台机器完成（表，见“多台机器”）")
    rules_folders: tuple[Path, ...] = Field((), description="本单位自定义规则所在文件夹")
    forms_folders: tuple[Path, ...] = Field((), description="本单位自定义表格所在文件夹")
    schemes_folders: tuple[Path, ...] = Field(
        (), description="本单位自定义绩效评价指标体系（附件1）所在文件夹"
    )
    max_loss: float = Field(
        0.2,  # a department or two of a county may be late; a fifth of everything is an accident
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="允许一次运行比已发布的少多少（报送、事实），0 到 1；超过则不发布",
    )
    keep_runs: int = Field(14, ge=1, le=100_000, description="至少保留最近多少次运行")
    keep_days: int = Field(60, ge=0, le=36_500, description="保留多少天以内的运行")
    cache_days: int = Field(400, ge=1, le=36_500, description="读取结果缓存多久未用即删除（天）")
    timezone: str = Field("Asia/Shanghai", description="日期和定时所用时区")
    cron: str = Field("0 2 * * *", description="caijue serve 的时间表")
    log_format: Literal["text", "json"] = Field("text", description="标准错误上的日志格式")
    notify_urls: tuple[str, ...] = Field(
        (), description="Apprise 通知地址；只从环境变量 CAIJUE_NOTIFY_URLS 读取，空格或换行分隔"
    )
    notify_mask: bool = Field(True, description="通知中隐去金额")

    @field_validator("raw", mode="plain")
    @classmethod
    def _folder_or_address(cls, value: Any) -> Path | str:
        """A text only where it is an address."""
        if isinstance(value, str) and is_address(value):
            return checked(value)
        if isinstance(value, (str, Path)):
            return Path(value)
        raise ValueError("应为路径或地址")

    @field_validator("notify_urls", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator(*PATH_LISTS, mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        return tuple(p for p in value.split(os.pathsep) if p) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"没有这个时区：{value}") from error
        return value

    @property
    def worker_count(self) -> int:
        """Processes to read with: the cores this process may use, unless set."""
        return self.workers or _cores()

    @property
    def inbox(self) -> Path:
        """The folder that is read: ``raw``, or its mirror (``intake/mirror.py``)."""
        return self.raw if isinstance(self.raw, Path) else self.processed / MIRROR

    def absolute(self) -> Config:
        """The same settings with every path made absolute."""
        given = {name: getattr(self, name) for name in PATHS}
        paths: dict[str, Any] = {
            n: Path(os.path.abspath(p)) for n, p in given.items() if isinstance(p, Path)
        }
        paths |= {n: tuple(Path(os.path.abspath(p)) for p in getattr(self, n)) for n in PATH_LISTS}
        return self.model_copy(update=paths)


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


KEYS = tuple(Config.model_fields)
IN_TABLES = {f"engine_{key}": ("engine", key) for key in Engine.model_fields}


def _unknown(key: str, where: str) -> str:
    near = difflib.get_close_matches(key.lower(), KEYS, n=1, cutoff=0.6)
    hint = f"，是不是 {near[0]}？" if near else f"。可用的有：{'、'.join(KEYS)}"
    return f"{where}中有不认识的设置 {key}{hint}"


def config_file() -> Path | None:
    """The settings file: ``CAIJUE_CONFIG``, else ``caijue.toml`` in the working folder; None where
    there is none.
    """
    named = os.environ.get("CAIJUE_CONFIG")
    if named:
        return Path(named)
    return Path(FILE) if Path(FILE).is_file() else None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"读不了设置文件 {path}：{error.strerror or error}。请检查路径和权限。"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"设置文件 {path} 写法有误：{error}。请按 TOML 格式改正。") from error
    for key in found:
        if key not in KEYS:
            raise UsageError(_unknown(key, f"设置文件 {path} "))
        if key in SECRET:
            raise UsageError(
                f"{key} 含有密钥，不要写进 {path}，请放到环境变量 {PREFIX}{key.upper()}。"
            )
    return {k: _from_folder(k, v, path.parent) for k, v in found.items()}


def _from_folder(key: str, value: Any, folder: Path) -> Any:
    if key in PATHS and value == "":
        raise UsageError(f"设置 {key} 是空的。请写明文件夹，或删去这一行用默认值。")
    if key in PATHS and isinstance(value, str):
        return value if is_address(value) and key == "raw" else folder / value
    if key in PATH_LISTS and isinstance(value, list):
        return tuple(folder / str(v) for v in value)
    return value


def _read_environment() -> tuple[dict[str, Any], list[str]]:
    """``CAIJUE_ENGINE_KIND`` is ``kind`` of the table ``engine``."""
    found: dict[str, str] = {}
    tables: dict[str, dict[str, str]] = {}
    warnings = []
    for name, value in os.environ.items():
        if not name.startswith(PREFIX) or name in FOREIGN:
            continue
        key = name.removeprefix(PREFIX).lower()
        if key in IN_TABLES:
            table, within = IN_TABLES[key]
            tables.setdefault(table, {}).update({within: value} if value else {})
        elif key in KEYS:
            found[key] = value
        elif difflib.get_close_matches(key, KEYS, n=1, cutoff=0.75):
            raise UsageError(_unknown(name.removeprefix(PREFIX), f"环境变量 {PREFIX}* "))
        else:
            warnings.append(_unknown(name, "环境变量"))
    return {k: v for k, v in found.items() if v != ""} | tables, warnings


_PROBLEMS = {
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字太长",
    "finite_number": "应为有限的数字",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字",
    "literal_error": "只能是 {expected}",
    "model_type": "应为一张表，如 [engine]",
    "model_attributes_type": "应为一张表，如 [engine]",
    "extra_forbidden": "没有这一项",
    "path_type": "应为路径",
    "tuple_type": "应为列表",
}


def _problem(error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        key = ".".join(map(str, item["loc"]))
        ctx = item.get("ctx", {})
        limits = {
            "greater_than_equal": "不得小于 {ge}",
            "less_than_equal": "不得大于 {le}",
            "greater_than": "应大于 {gt}",
        }
        what = (_PROBLEMS | limits).get(item["type"], "").format(**ctx).replace(
            " or ", " 或 "
        ) or item["msg"]
        what += _bounds(key)
        given = masked(repr(item.get("input")))[:60]
        shown = "" if key.partition(".")[0] in SECRET else f" = {given}"
        lines.append(f"设置 {key}{shown} 不对：{what.removeprefix('Value error, ')}")
    return "；".join(lines)


def _bounds(key: str) -> str:
    """``（可用 0 到 256）``; empty for a key without bounds."""
    marks = Config.model_fields[key].metadata if key in KEYS else []
    least = next(
        (
            b
            for m in marks
            for b in (getattr(m, "ge", None), getattr(m, "gt", None))
            if b is not None
        ),
        None,
    )
    most = next((b for m in marks if (b := getattr(m, "le", None)) is not None), None)
    return f"（可用 {least} 到 {most}）" if least is not None and most is not None else ""


def _over(weaker: dict[str, Any], stronger: dict[str, Any]) -> dict[str, Any]:
    """The stronger settings over the weaker; a table key by key."""
    tables = {
        key: weaker[key] | value
        for key, value in stronger.items()
        if isinstance(value, dict) and isinstance(weaker.get(key), dict)
    }
    return weaker | stronger | tables


def load_config(**flags: Any) -> tuple[Config, list[str]]:
    """The settings in force, and warnings about them. Flags that are None do not count.

    Raises UsageError (in Chinese) for an unknown key, a value of the wrong type, or an unreadable
    file.
    """
    path = config_file()
    from_file = _read_file(path) if path else {}
    from_environment, warnings = _read_environment()
    given = {k: v for k, v in flags.items() if v is not None}
    try:
        config = Config.model_validate(_over(from_file, from_environment) | given)
    except ValidationError as error:
        raise UsageError(_problem(error)) from error
    return config.absolute(), warnings
