"""``python -m bench --units 200``: one generated set, measured every way in one run, printed side
by side.

Only the ratios are claims: seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.floor import floor
from bench.measure import Taken, run
from bench.rules import rates
from bench.texts import texts
from bench.usual import usual
from pipelines.sample import write_samples

USUAL = 6


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="caijue-bench-") as folder:
        home = Path(folder)
        print(f"生成 {options.units} 个单位 {options.years} 年的样例 ……", flush=True)
        write_samples(
            home / "raw", options.units, options.years, seed=options.seed, messy=options.messy
        )
        files = sorted(p for p in (home / "raw").rglob("*.xls*"))
        _report(home, files, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule-units", type=int, default=2000)
    parser.add_argument("--messy", type=float, default=0.3)
    return parser.parse_args()


def _report(home: Path, files: list[Path], options: argparse.Namespace) -> None:
    workers = len(os.sched_getaffinity(0))
    least, cells = floor(files, workers)
    print(f"{len(files)} 个工作簿，{cells:,} 个单元格，{workers} 核\n")
    _line("下限：calamine 读全部工作表", least, least)
    night = _night(home)
    _line("caijue run --direct", night.seconds, least, night)
    _stages(night)
    again = _night(home)
    _line("第二夜，没有新文件", again.seconds, least, again)
    print(f"    为第一夜的 {again.seconds / night.seconds:.1%}")
    xlsx = [f for f in files if f.suffix == ".xlsx"][:USUAL]
    scaled = usual(xlsx) / len(xlsx) * len(files)
    _line(
        f"通常写法：pandas + openpyxl + pandera（{len(xlsx)} 个工作簿，按 {len(files)} 个折算）",
        scaled,
        least,
    )
    print(f"    caijue 快 {scaled / night.seconds:.1f} 倍")
    _check(files[0])
    _rules(home, options.rule_units, workers)
    _texts()


def _line(name: str, seconds: float, least: float, taken: Taken | None = None) -> None:
    memory = f"，内存最高 {taken.memory_mb:,.0f} MiB" if taken else ""
    print(f"{seconds:8.2f} 秒  {seconds / least:6.2f} ×  {name}{memory}", flush=True)


def _night(home: Path) -> Taken:
    command = [sys.executable, "-m", "pipelines.cli", "run", "--direct", "--raw", str(home / "raw")]
    taken = run(
        [*command, "--processed", str(home / "processed"), "--reports", str(home / "reports")]
    )
    if taken.code not in (0, 1):
        raise SystemExit(f"运行没有成功（{taken.code}）：\n{taken.said}")
    return taken


def _stages(night: Taken) -> None:
    for line in night.said.splitlines():
        if line.endswith("秒）"):
            print(f"             {line}")


def _check(path: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "check", str(path)]
    best = min(run(command).seconds for _ in range(3))
    print(f"{best:8.2f} 秒  caijue check 一个工作簿（从命令行起，三次中最快）")


def _texts() -> None:
    read = texts()
    each = read.seconds / read.documents * 1000
    print(f"\n说明文字：{read.documents} 份，平均 {read.characters // read.documents:,} 字")
    print(f"    每份 {each:.1f} 毫秒 CPU（读和核对）")
    print(f"    读懂 {read.bound}/{read.figures} 个数字（{read.bound / read.figures:.1%}）")


def _rules(home: Path, units: int, workers: int) -> None:
    found = rates(home / "processed" / "current" / "caijue.duckdb", home, units, workers)
    print(f"\n只核对规则：{found.units:,} 个单位，{found.facts:,} 个事实，{found.rules} 条公式规则")
    _line("caijue 的核对", found.engine, found.engine)
    _line("每条规则一个 SQL 查询", found.queries, found.engine)
    print(f"    单位减半，用时为 {found.half / found.engine:.0%}")


if __name__ == "__main__":
    main()
