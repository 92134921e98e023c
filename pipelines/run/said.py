"""What the log says of what a step made: one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.run.inbox import Discovered
from pipelines.run.look import Checked, Collected, Settled, Texts
from pipelines.run.publishing import Cleaned, Delivered, Published, Told, Written

if TYPE_CHECKING:
    from pipelines.publish.loss import Loss
    from pipelines.run.readers import Reading


def discovered(made: Discovered) -> str:
    return f"发现 {made.files} 个文件，其中 {made.ours} 个待核对"


def read(made: Reading) -> str:
    return (
        f"读取 {len(made.extractions)} 个报表和文档（{made.reused} 个未变，沿用），"
        f"隔离 {len(made.refused)} 个"
    )


def collected(made: Collected) -> str:
    more = f"，沿用以前发布的上年事实 {made.carried} 个" if made.carried else ""
    return f"归集 {made.facts} 个事实{more}"


def facts_taken_over(made: Collected) -> str:
    return f"没有新内容，沿用已发布的 {made.facts} 个事实"


def lost(made: Loss) -> str:
    return f"比已发布的少 {len(made.units)} 份报送、{made.facts} 个事实"


def texts(made: Texts) -> str:
    found = made.narratives
    reports = f"，绩效材料 {made.reports} 份" if made.reports else ""
    if found is None or not (found.read or found.quarantined):
        return f"没有说明文字{reports}"
    return (
        f"核对 {found.read} 份说明文字（{found.reused} 份未变，沿用），"
        f"隔离 {found.quarantined} 份{reports}"
    )


def checked(made: Checked) -> str:
    counts = made.outcomes
    return (
        f"核对 {sum(counts.values())} 项，通过 {counts['pass']} 项，不通过 {counts['fail']} 项，"
        f"未执行 {counts['not_evaluated']} 项"
    )


def taken_over(_made: Checked | Texts) -> str:
    return "沿用已发布的结果"


def settled(made: Settled) -> str:
    found = made.findings
    return f"错误 {found['error']} 个，核实 {found['review']} 个，提示 {found['hint']} 个"


def written(made: Written) -> str:
    return f"写出 {made.datasets} 个数据集"


def delivered(made: Delivered) -> str:
    return f"写出 {made.books} 个工作簿和文档，以及网页"


def audited(_made: object) -> str:
    return "审计通过"


def published(made: Published) -> str:
    return f"已发布 {made.run_id}"


def cleaned(made: Cleaned) -> str:
    return f"清理 {made.runs} 次旧运行"


def told(made: Told) -> str:
    return made.said
