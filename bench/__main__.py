"""``python -m bench``: two generated sets, measured every way in one run, printed side by side.

Only the ratios are claims: seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.measure import Taken, run
from bench.nights import Nights, line, nights, workbooks
from bench.rules import rates
from bench.texts import texts, usual_document
from bench.usual import usual

USUAL = 6  # workbooks read the usual way: it is slow, and the same for each


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="caijue-bench-") as folder:
        found = [
            nights(Path(folder) / str(n), n, options.years, options.seed, options.messy)
            for n in (options.small, options.units)
        ]
        _report(*found, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--small", type=int, default=200)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule-units", type=int, default=2000)
    parser.add_argument("--messy", type=float, default=0.3)
    options = parser.parse_args()
    if options.small >= options.units:
        parser.error("--small 须小于 --units")
    return options


def _report(small: Nights, large: Nights, options: argparse.Namespace) -> None:
    workers = len(os.sched_getaffinity(0))
    print(f"{small.files} 和 {large.files} 个工作簿（{large.cells:,} 个单元格），{workers} 核")
    print("CPU 时间：每个工作簿的毫秒数，和每次运行固定的秒数\n")
    _slopes(small, large)
    _memory(large)
    _stages(large.first)
    _usual(large)
    _check(workbooks(large.home)[0], "一个工作簿")
    _check(usual_document(), "一份说明文字")
    _rules(large.home, options.rule_units, workers)
    _texts()


def _slopes(small: Nights, large: Nights) -> None:
    def of(name: str) -> tuple[tuple[int, float], tuple[int, float]]:
        return (small.files, getattr(small, name)), (large.files, getattr(large, name))

    floors = [line(*of(name)).slope for name in ("reading", "delivery")]
    for name, slope in zip(("下限：读取", "下限：交付"), floors, strict=True):
        print(f"{slope * 1000:8.2f} 毫秒                {name}")
    for name, title in (("first", "caijue run --direct"), ("again", "第二夜，没有新文件")):
        taken = [(n.files, getattr(n, name).cpu) for n in (small, large)]
        found = line(*taken)
        times = found.slope / sum(floors)
        print(
            f"{found.slope * 1000:8.2f} 毫秒  {found.fixed:6.2f} 秒  {title}"
            f"（两项下限之和的 {times:.2f} 倍）"
        )
    print(f"             第二夜为第一夜的 {large.again.cpu / large.first.cpu:.1%}")


def _memory(large: Nights) -> None:
    print(f"{large.first.memory_mb:8,.0f} MiB  {large.files} 个工作簿时内存最高\n")


def _stages(night: Taken) -> None:
    for text in night.said.splitlines():
        if text.endswith("秒）"):
            print(f"             {text}")


def _usual(large: Nights) -> None:
    files = [f for f in workbooks(large.home) if f.suffix == ".xlsx"][:USUAL]
    scaled = usual(files) / len(files) * large.files
    print(
        f"\n通常写法（pandas + openpyxl + pandera）由 {len(files)} 个工作簿折算：{scaled:,.0f} 秒"
    )
    print(f"    caijue 快 {scaled / large.first.cpu:.1f} 倍")


def _check(path: Path, what: str) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "check", str(path)]
    best = min(run(command).cpu for _ in range(3))
    print(f"{best:8.2f} 秒  caijue check {what}（CPU，从命令行起，三次中最少）")


def _texts() -> None:
    read = texts()
    each = read.seconds / read.documents * 1000
    print(f"\n说明文字：{read.documents} 份，平均 {read.characters // read.documents:,} 字")
    print(f"    每份 {each:.1f} 毫秒 CPU（读和核对）")
    print(f"    读懂 {read.bound}/{read.figures} 个数字（{read.bound / read.figures:.1%}）")


def _rules(home: Path, units: int, workers: int) -> None:
    found = rates(home / "processed" / "current" / "caijue.duckdb", home, units, workers)
    engine, half = found.engine, found.half
    print(
        f"\n只核对规则：{engine.units:,} 个单位，{engine.facts:,} 个事实，{found.rules} 条公式规则"
    )
    print(
        f"{engine.seconds:8.2f} 秒           caijue 的核对"
        f"（CPU {engine.cpu:.2f} 秒，每百万事实 {engine.cpu / engine.facts * 1e6:.2f} 秒）"
    )
    times = found.queries / engine.seconds
    print(f"{found.queries:8.2f} 秒  {times:6.2f} ×  每条规则一个 SQL 查询")
    print(
        f"    {half.units:,} 个单位、{half.facts / engine.facts:.0%} 的事实，"
        f"用时为 {half.seconds / engine.seconds:.0%}，CPU 为 {half.cpu / engine.cpu:.0%}"
    )
    alone = found.kernel
    print(
        f"{alone.engine:8.2f} 秒  {alone.engine / alone.floor:6.2f} ×  其中求和与判断，"
        f"为数组乘积（{alone.products:,} 项，{alone.floor:.2f} 秒）的倍数"
    )


if __name__ == "__main__":
    main()
