"""Whether the folders of the settings go together: checked before a run touches any of them, and by
``caijue doctor``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.config import Config
from pipelines.errors import UsageError, is_disk_full

NAMES = {
    "raw": "收件文件夹 raw",
    "processed": "数据文件夹 processed",
    "reports": "报告文件夹 reports",
}
OWN = {
    "rules_folders": "自定义规则文件夹",
    "forms_folders": "自定义表格文件夹",
    "schemes_folders": "自定义指标体系文件夹",
}


def overlaps(config: Config) -> Iterator[str]:
    """What is wrong with how raw, processed and reports lie to each other, in words; nothing where
    all is well.

    The raw folder is never written to, so nothing that is written may lie in it, nor it in what is
    written.
    """
    raw, processed, reports = (Path(os.path.realpath(getattr(config, n))) for n in NAMES)
    written_to = (("processed", processed), ("reports", reports))
    for name, written in written_to if isinstance(config.raw, Path) else ():
        if written == raw:
            yield f"{NAMES['raw']} 与{NAMES[name]} 是同一个文件夹（{raw}）"
        elif written.is_relative_to(raw):
            yield f"{NAMES[name]}（{written}）在{NAMES['raw']}（{raw}）之内"
        elif raw.is_relative_to(written):
            yield f"{NAMES['raw']}（{raw}）在{NAMES[name]}（{written}）之内"
    if processed == reports:
        yield f"{NAMES['processed']} 与{NAMES['reports']} 是同一个文件夹（{processed}）"


def missing_folders(config: Config) -> Iterator[str]:
    """The folders of own rules, forms and schemes that are not there, in words."""
    for key, title in OWN.items():
        for folder in getattr(config, key):
            if not folder.is_dir():
                yield f"没有{title} {folder}（设置 {key}）"


def check_apart(config: Config) -> None:
    """Raises UsageError where the raw folder and what is written would lie in each other."""
    if "?" in str(config.processed):
        # DuckDB takes what follows for the query of an address, and looks for its log elsewhere.
        raise UsageError(
            f"{NAMES['processed']}（{config.processed}）的路径中有“?”，数据库文件不能放在这样的路径下。"
            "请改名或另指一处。"
        )
    wrong = list(overlaps(config))
    if wrong:
        raise UsageError(
            f"{'；'.join(wrong)}。收件文件夹只读不写，三个文件夹请各放一处，互不包含。"
        )


def check_own_folders(config: Config) -> None:
    """Raises UsageError naming every folder of own rules, forms or schemes that is missing."""
    wrong = list(missing_folders(config))
    if wrong:
        raise UsageError(
            f"{'；'.join(wrong)}。请检查路径，或从设置中删去；没有它规则就不全，所以没有运行。"
        )


NEARLY_FULL = 1 << 20  # bytes: less is left for nothing


def full_temporary_folder(error: Exception) -> str:
    """The folder for temporary files, where an error is about its being full; else empty."""
    folder = os.environ.get("TMPDIR") or "/tmp"
    if "No usable temporary directory" in str(error):
        return folder
    if not is_disk_full(error):
        return ""
    try:
        left = shutil.disk_usage(folder).free
    except OSError:
        return folder
    return folder if left < NEARLY_FULL else ""
