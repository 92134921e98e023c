"""The inbox of a run: what lies in it, and whether there is anything to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import log
from pipelines.config import Config
from pipelines.errors import Empty, Held
from pipelines.run.context import RunContext
from pipelines.run.result import count

if TYPE_CHECKING:
    from pipelines.intake.rawfile import RawFile
    from pipelines.publish.loss import Loss

CANDIDATES = ("workbook", "narrative")


@dataclass(frozen=True, slots=True)
class Discovered:
    """Files in the raw folder, and how many of them are to be looked at."""

    files: int
    ours: int


def discover_files(context: RunContext) -> Discovered:
    """intake: what lies in the raw folder. Raises Empty where none of it is ours."""
    from pipelines.intake.stem import share
    from pipelines.run.readers import preload_for

    context.look.files = _files(context)
    preload_for(context.look.files, "pipelines.deliver.work")
    share("pipelines.collect", "pipelines.deliver.deliver", "pipelines.deliver.work")
    _require_readable(context)
    ours = [
        f
        for f in context.look.files
        if (f.kind in CANDIDATES and f.status == "ready") or f.status == "quarantined"
    ]
    if not ours:
        waiting = sum(f.status == "waiting" for f in context.look.files)
        why = f"只有 {waiting} 个还在复制中的文件" if waiting else "没有报表文件"
        raise Empty(
            f"收件文件夹 {context.config.raw} 中{why}，没有可核对的内容，未发布任何数据。"
            "请放入报表后再运行。"
        )
    return Discovered(len(context.look.files), len(ours))


def _files(context: RunContext) -> list[RawFile]:
    from pipelines.intake.discover import discover
    from pipelines.intake.kindmemory import KindMemory
    from pipelines.intake.office import with_converted
    from pipelines.run.inputs import program

    cache = context.place.cache
    memory = KindMemory.read(cache, program())
    left = _mirrored(context.config)
    found = discover(context.config.inbox, memory=memory)
    memory.save(cache)
    return with_converted(sorted([*found, *left], key=lambda f: f.file), cache)


def _mirrored(config: Config) -> list[RawFile]:
    """What of an inbox at an address is not in its mirror, which is brought up to date; nothing for
    one that is a folder. Raises Aborted where the address cannot be used.
    """
    if isinstance(config.raw, Path):
        return []
    from pipelines.addresses import Unreachable, open_folder, unreachable
    from pipelines.intake.mirror import mirror

    try:
        made = mirror(open_folder(config.raw, "raw"), config.inbox)
    except FileNotFoundError as error:
        raise unreachable("raw", config.raw, "没有这个桶或文件夹") from error
    except Unreachable as error:
        log.detail("raw")
        raise unreachable("raw", config.raw, error) from error
    log.say(
        f"收件地址 {config.raw}：新取 {made.fetched} 个，未变 {made.kept} 个，"
        f"删去 {made.removed} 个，没有取 {len(made.left)} 个"
    )
    return made.left


def _require_readable(context: RunContext) -> None:
    """The raw folder itself must be readable: one that cannot be listed is not an empty one."""
    for file in context.look.files:
        if file.file == "." and file.status == "quarantined":
            raise Empty(
                f"收件文件夹 {context.config.raw} {file.reason.rstrip('。')}。未发布任何数据。"
            )


def hold_loss(context: RunContext) -> Loss:
    """publish: a set that would lose too much of the published one is held.

    Raises Held with what is gone and how to accept it.
    """
    from pipelines.publish.loss import loss_of, loss_words

    config, files = context.config, context.look.files
    loss = loss_of(context.con, context.previous, files, config.year)
    if loss.share > config.max_loss:
        raise Held(loss_words(loss, files, config.max_loss))
    return loss


def require_year(context: RunContext) -> None:
    """A year of which nothing was submitted is as an empty folder: it must not replace what is
    published.
    """
    year = context.config.year
    if year is None:
        return
    wanted = (
        f"SELECT count(*) FILTER (year = {int(year)}), count(*) FROM files WHERE status = 'read'"
        " AND year IS NOT NULL"
    )
    of_year, read = context.con.execute(wanted).fetchall()[0]
    refused = count(context, "SELECT count(*) FROM files WHERE status = 'quarantined'")
    if of_year or (not read and refused):
        return
    more = f"（另有 {refused} 个文件被隔离，年度不明或未读）" if refused else ""
    raise Empty(
        f"收件文件夹 {context.config.raw} 中没有 {year} 年度的报送{more}，没有可核对的内容，"
        "未发布任何数据。"
        "请核对年度，或放入该年度的报表后再运行。"
    )
