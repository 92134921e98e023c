"""What people are told of an error that nobody expected."""

from __future__ import annotations

from errno import EROFS
from pathlib import Path

from pipelines.errors import is_database_memory, is_disk_full
from pipelines.folders import full_temporary_folder


def explain_failure(error: Exception, log_file: Path | None) -> str:
    """What to tell a person about an unexpected error, in one sentence or two."""
    more = f"详情见 {log_file}。" if log_file and log_file.exists() else ""
    said = _out_of_room(error) or _out_of_memory(error) or _not_allowed(error)
    if said:
        return f"{said}{more}"
    first = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
    return f"程序遇到没有预料到的问题，本次运行中止，已发布的数据保持不变：{first}。{more}"


def _out_of_room(error: Exception) -> str:
    full = full_temporary_folder(error)
    if full:
        return (
            f"临时文件夹 {full} 已满或不能写入，本次运行中止，已发布的数据保持不变。"
            "请腾出空间，或用环境变量 TMPDIR 另指一处后再运行。"
        )
    if is_disk_full(error):
        return "磁盘空间不足，本次运行中止，已发布的数据保持不变。请腾出空间后再运行。"
    return ""


def _out_of_memory(error: Exception) -> str:
    if is_database_memory(error):
        return (
            "核对时数据库可用的内存不够，本次运行中止，已发布的数据保持不变。"
            "请调大 database_memory_mb（0 为本机内存的一半，最多 2048），"
            "或减小 workers 后再运行。"
        )
    if isinstance(error, MemoryError):
        return (
            "内存不足，本次运行中止，已发布的数据保持不变。请减小 workers 或 database_memory_mb"
            " 后再运行。"
        )
    return ""


def _not_allowed(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == EROFS:
        return (
            f"磁盘是只读的，不能写入：{error.filename or error}。已发布的数据保持不变。"
            "请检查挂载后再运行。"
        )
    if isinstance(error, PermissionError):
        return (
            f"没有权限：{error.filename or error}。已发布的数据保持不变。请检查文件夹权限后再运行。"
        )
    return ""
