"""``caijue doctor``: whether this machine can do the nightly run, each point with what to do."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipelines.addresses import CHECK, Folder, Unreachable, open_folder
from pipelines.commands import Answer
from pipelines.commands.published import place_of
from pipelines.config import Config, config_file
from pipelines.errors import EXIT_ABORTED, UsageError
from pipelines.folders import missing_folders, overlaps
from pipelines.organisation import check_own_forms
from pipelines.publish import lock

GOOD, WARN, BAD = "正常", "注意", "有问题"
MIN_FREE = 2 * 2**30  # bytes: two sets of a province, one being written
NEEDED = (
    "duckdb",
    "pyarrow",
    "pandera",
    "python-calamine",
    "openpyxl",
    "XlsxWriter",
    "prefect",
    "fastapi",
    "sqlalchemy",
)
TOO_NEW = {"fastapi": (0, 151), "sqlalchemy": (2, 1)}


@dataclass(frozen=True)
class Point:
    """One thing looked at: how it is, and what to do about it."""

    name: str
    state: str
    found: str
    advice: str = ""


def doctor_command(config: Config, warnings: list[str]) -> Answer:
    """Every point; exit code 3 where one would keep a run from publishing."""
    points = [p for look in LOOKS for p in look(config)]
    points += [Point("设置", WARN, w) for w in warnings]
    bad = any(p.state == BAD for p in points)
    lines = [
        f"[{p.state}] {p.name}：{p.found}" + (f"\n        → {p.advice}" if p.advice else "")
        for p in points
    ]
    return Answer(
        {"ok": not bad, "points": [asdict(p) for p in points]},
        "\n".join(lines),
        EXIT_ABORTED if bad else 0,
    )


def _python(_: Config) -> Iterator[Point]:
    shown = ".".join(map(str, sys.version_info[:3]))
    right = sys.version_info[:2] == (3, 11)
    yield Point("Python", GOOD if right else BAD, shown, "" if right else "请用 Python 3.11。")
    for package in NEEDED:
        try:
            found = version(package)
        except PackageNotFoundError:
            yield Point(package, BAD, "没有安装", "请运行 make setup，或重新安装 caijue。")
            continue
        limit = TOO_NEW.get(package)
        if limit and tuple(map(int, found.split(".")[:2])) >= limit:
            older = ".".join(map(str, limit))
            yield Point(
                package,
                WARN,
                found,
                f"与 Prefect 不合；请装 {package}<{older}，或用 caijue run --direct。",
            )


def _cage(_: Config) -> Iterator[Point]:
    from pipelines.intake.cage import LANDLOCK, SECCOMP, what_holds

    holds = what_holds()
    for part, what in (
        (SECCOMP, "读取进程不能联网、不能运行别的程序、不能看别的进程"),
        (LANDLOCK, "读取进程只能读收件文件夹和程序自己的文件，只能写自己的工作文件夹"),
    ):
        if part in holds:
            yield Point(f"读取进程的隔离（{part}）", GOOD, what)
        else:
            advice = (
                "这台机器的内核不提供，其余限制照旧；"
                "请用单独的账户运行，该账户只能读收件文件夹、写数据和报告文件夹"
                "（见 docs/security.md）。"
            )
            yield Point(f"读取进程的隔离（{part}）", WARN, "没有", advice)


def _settings(_: Config) -> Iterator[Point]:
    path = config_file()
    yield Point("设置文件", GOOD, str(path.resolve()) if path else "没有 caijue.toml，全部用默认值")


def _folders(config: Config) -> Iterator[Point]:
    yield _inbox(config.raw)
    for name, folder in (("数据文件夹", config.processed), ("报告文件夹", config.reports)):
        yield _in_the_way(name, folder) or _writable(name, folder)
    for wrong in overlaps(config):
        yield Point("文件夹", BAD, wrong, "三个文件夹请各放一处，互不包含。")
    for wrong in missing_folders(config):
        yield Point("自定义文件夹", BAD, wrong, "请检查路径，或从设置中删去。")
    if not any(missing_folders(config)):
        yield from _own_forms(config)


def _inbox(raw: Path | str) -> Point:
    if isinstance(raw, str):
        return _at_address("收件地址", "raw", raw, lambda folder: f"，{len(folder.listed())} 项")
    if not raw.is_dir():
        return Point(
            "收件文件夹", BAD, f"没有 {raw}", "请建立该文件夹并放入报表，或用 --raw 另指一处。"
        )
    if not os.access(raw, os.R_OK | os.X_OK):
        return Point("收件文件夹", BAD, f"不能读 {raw}", "请给运行账户读权限。")
    return Point("收件文件夹", GOOD, f"{raw}，{sum(1 for _ in raw.rglob('*'))} 项")


def _tried(folder: Folder) -> str:
    folder.try_out()
    return "，可以读写"


def _at_address(name: str, setting: str, address: str, look: Callable[[Folder], str]) -> Point:
    """Whether an address of the settings (``engine.store``, say) can be used."""
    try:
        return Point(name, GOOD, f"{address}{look(open_folder(address, setting))}")
    except UsageError as error:
        return Point(name, BAD, address, error.reason)
    except (Unreachable, FileNotFoundError) as error:
        return Point(name, BAD, f"{address}（{error}）", CHECK)


def _own_forms(config: Config) -> Iterator[Point]:
    try:
        check_own_forms(config)
    except UsageError as error:
        _, *lines, advice = str(error).splitlines()
        for line in lines:
            yield Point("自定义表格", BAD, line, advice)


def _in_the_way(name: str, folder: Path) -> Point | None:
    """The point for a ``current`` that is no link of ours, which would keep a run from
    publishing.
    """
    link = folder / "current"
    if link.is_symlink() or not link.exists():
        return None
    return Point(
        name,
        BAD,
        f"{link} 已经存在，而且不是本程序建立的链接",
        "请移走或改名；程序要在那里建立链接。",
    )


def _writable(name: str, folder: Path) -> Point:
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    try:
        with tempfile.TemporaryDirectory(dir=nearest, prefix=".caijue-") as trial:
            os.symlink("x", Path(trial) / "link")
    except OSError as error:
        return Point(name, BAD, f"{nearest}：{error.strerror}", "需要能写文件、能建立符号链接。")
    return Point(name, GOOD, str(folder))


def _disk(config: Config) -> Iterator[Point]:
    nearest = next(p for p in (config.processed, *config.processed.parents) if p.exists())
    free = shutil.disk_usage(nearest).free
    enough = free >= MIN_FREE
    yield Point(
        "磁盘",
        GOOD if enough else WARN,
        f"剩余 {free / 2**30:.1f} GiB",
        "" if enough else "请腾出空间，或减小 keep_runs、keep_days。",
    )


def _memory(config: Config) -> Iterator[Point]:
    import psutil

    free = psutil.virtual_memory().available // 2**20
    wanted = config.memory_mb * config.worker_count
    yield Point(
        "内存",
        GOOD if free >= wanted else WARN,
        f"可用 {free} MiB，读取进程最多用 {wanted} MiB",
        "" if free >= wanted else "请减小 workers 或 memory_mb。",
    )


def _lock(config: Config) -> Iterator[Point]:
    held = lock.owner(config.processed)
    if lock.is_held(config.processed):
        who = held.words() if held else "所有者未知"
        yield Point(
            "运行锁", WARN, f"正在运行：{who}", "等它结束；若已卡住，结束该进程后锁会自动释放。"
        )
    elif held:
        yield Point("运行锁", GOOD, f"上次运行（{held.words()}）没有正常结束，下次运行会自动接管")
    else:
        yield Point("运行锁", GOOD, "空闲")


def _published(config: Config) -> Iterator[Point]:
    place = place_of(config)
    found = place.published()
    yield Point(
        "已发布的数据",
        GOOD,
        found.name if found else "还没有",
        "" if found else "运行 caijue run 即可。",
    )
    reports = config.reports / "current"
    if found and not reports.exists():
        yield Point("报告链接", WARN, f"{reports} 不通", "再运行一次 caijue run 会重建。")


def _prefect(_: Config) -> Iterator[Point]:
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        yield Point("Prefect 服务", GOOD, "没有配置；运行时在本机临时启动一个")
        return
    shown = re.sub(r"//[^/@]*@", "//", url)  # without name and password
    answers = _answers(f"{url.rstrip('/')}/health")
    advice = (
        ""
        if answers
        else "请检查 PREFECT_API_URL 和该服务；不通时 caijue run 会改为直接运行，结果不受影响。"
    )
    yield Point(
        "Prefect 服务", GOOD if answers else WARN, shown if answers else f"{shown} 没有应答", advice
    )


def _answers(url: str) -> bool:
    import urllib.request
    from http.client import HTTPException

    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, HTTPException):
        return False


def _engine(config: Config) -> Iterator[Point]:
    """Nothing where all is done on this machine."""
    import socket
    from urllib.parse import urlsplit

    from pipelines.run.engine import INSTALL, lacking

    engine = config.engine
    if engine.kind == "local":
        return
    if engine.store:
        yield _at_address("存储", "engine.store", engine.store, _tried)
    if lacking():
        yield Point("计算集群", BAD, "没有安装 Dask", INSTALL)
        return
    if not engine.address:
        yield Point("计算集群", GOOD, f"本机临时集群，{config.worker_count} 个进程")
        return
    place = urlsplit(engine.address)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=3).close()
    except OSError:
        yield Point("计算集群", BAD, f"{engine.address} 没有应答", "请启动 dask scheduler。")
        return
    yield Point("计算集群", GOOD, f"{engine.address}；节点在运行开始时检查")


def _fonts(_: Config) -> Iterator[Point]:
    from matplotlib import font_manager

    names = {f.name for f in font_manager.fontManager.ttflist}
    found = [
        n
        for n in names
        if any(k in n for k in ("CJK", "SimSun", "SimHei", "Song", "Hei", "WenQuanYi", "YaHei"))
    ]
    advice = (
        ""
        if found
        else "说明文字中的图需要中文字体；请安装任一种（如 fonts-noto-cjk）。其余不受影响。"
    )
    yield Point("中文字体", GOOD if found else WARN, "、".join(sorted(found)[:3]) or "没有", advice)


def _notify(config: Config) -> Iterator[Point]:
    from pipelines.notify.channels import channels_of

    good, wrong = channels_of(config.notify_urls)
    if good or not wrong:
        yield Point(
            "通知",
            GOOD,
            f"{len(good)} 个渠道" if good else "没有配置（环境变量 CAIJUE_NOTIFY_URLS）",
        )
    for channel in wrong:
        advice = "请按 Apprise 的写法改正 CAIJUE_NOTIFY_URLS 中的这一个；改正之前不会通过它通知。"
        yield Point("通知", WARN, f"渠道{channel.name}的地址不能用", advice)


def _office(_: Config) -> Iterator[Point]:
    """Old Word documents are read only where LibreOffice is there."""
    from pipelines.intake.office import program, without_network

    found = program()
    if found is None:
        said = "没有安装：.doc、.wps 不能读取，会写明请另存为 .docx（其余不受影响）"
        yield Point("LibreOffice", GOOD, said)
        return
    network = "断网" if without_network() else "本机的内核不许断网"
    yield Point("LibreOffice", GOOD, f"{found}，用来读取 .doc、.wps（转换时{network}）")


LOOKS: tuple[Callable[[Config], Iterator[Point]], ...] = (
    _office,
    _python,
    _settings,
    _folders,
    _disk,
    _memory,
    _lock,
    _published,
    _cage,
    _prefect,
    _engine,
    _fonts,
    _notify,
)
