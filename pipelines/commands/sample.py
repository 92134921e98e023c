"""``caijue sample``: realistic exports to try it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.commands import Answer
from pipelines.errors import UsageError


def sample_command(
    folder: Path,
    units: int,
    years: int,
    *,
    seed: int,
    messy: float,
    published: bool,
    performance: bool = False,
    workers: int | None,
    progress: Callable[[int, int], None],
) -> Answer:
    """Write a set; the folder must be new or empty, so that nothing of the user's is
    overwritten.
    """
    if units < 1 or years < 1:
        raise UsageError("--units 和 --years 至少为 1。")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} 不是空文件夹，为免覆盖没有写入。请换一个新的文件夹。")
    from pipelines.sample import write_samples

    write_samples(
        folder,
        units,
        years,
        seed=seed,
        messy=messy,
        published=published,
        workers=workers,
        progress=progress,
    )
    if performance:
        from pipelines.sample.performance_pack import write_packs

        write_packs(folder / "绩效", seed)
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    text = (
        f"在 {folder} 中写好 {units} 个单位 {years} 年的样例，共 {len(files)} 个文件。"
        f"\n可以这样试：caijue run --raw {folder}"
    )
    return Answer(
        {"folder": str(folder), "units": units, "years": years, "files": len(files)}, text
    )
