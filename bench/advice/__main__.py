"""``python -m bench.advice``: found %, first suspect % and harmful suggestions, by kind of case.

Only generated departments, one case each; hundreds of cases are judged in one pass of the rules.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable
from random import Random

import duckdb

from bench.advice.cases import CELL_CASES, Maker, Planted
from bench.advice.score import Result, empty_cells, score, suggestions, try_all, try_each
from bench.advice.sheetwide import makers as sheet_makers
from bench.advice.world import CODE_LENGTH, World
from pipelines.fixes import Fix, read_fixes
from schemas.rulebook import load_rulebook

TITLES = ("种类", "例", "发现", "首位", "前k位", "组", "减到", "建议", "有害")


def plant(world: World, makers: dict[str, Maker], seed: int) -> dict[str, Planted]:
    """One case in every department, the kinds in turn."""
    planted: dict[str, Planted] = {}
    names = list(makers)
    for number, (code, department) in enumerate(sorted(world.departments.items())):
        case = makers[names[number % len(names)]](department, Random(f"{seed}/{code}"))
        if case:
            planted[code] = case
    return planted


def measure(
    units: int, seed: int, makers: dict[str, Maker], *, each: int, show: bool = False
) -> list[Result]:
    """Plant, judge, score, follow; ``each``: how many suggestions of a department are tried one by
    one.
    """
    world = World.made(units, 2, seed)
    planted = plant(world, makers, seed)
    book = load_rulebook()
    started = time.perf_counter()
    con = world.judged(book)
    print(f"{len(planted)} 例，核对 {time.perf_counter() - started:.1f} 秒", flush=True)
    results = score(con, world, planted)
    by_code = dict(zip(planted, results, strict=True))
    told = suggestions(con)
    empty = empty_cells(con, told)
    try_all(world, by_code, told, empty, book)
    try_each(world, by_code, told, empty, book, each)
    if show:
        _show(by_code)
    return results


def _show(results: dict[str, Result]) -> None:
    for code, result in results.items():
        if result.first < len(result.planted.cells) or result.harmful or result.after:
            print(code, result.planted, result.first, f"{result.before}→{result.after}")
            for line in result.harmful:
                print("    有害", line[:300])


def table(results: Iterable[Result]) -> list[tuple]:
    """One row a kind, percentages of faulty cells."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.planted.kind].append(result)
    rows = []
    for kind, of in sorted(kinds.items()):
        cells = sum(len(r.planted.cells) for r in of) or 1
        rows.append(
            (
                kind,
                len(of),
                f"{sum(r.found for r in of) / cells:.1%}",
                f"{sum(r.first for r in of) / cells:.1%}",
                f"{sum(r.top for r in of) / cells:.1%}",
                f"{sum(r.groups for r in of) / len(of):.1f}",
                f"{sum(r.after for r in of)}/{sum(r.before for r in of)}",
                sum(r.suggestions for r in of),
                sum(len(r.harmful) for r in of),
            )
        )
    return rows


def measure_sheets(units: int, seed: int, kinds: str, *, show: bool = False) -> list[tuple]:
    """A row a kind of slip larger than a cell: cases, named first, at most five groups, groups
    and findings in the mean.
    """
    world = World.made(units, 2, seed)
    makers = sheet_makers(world)
    chosen = {k: m for k, m in makers.items() if not kinds or k in kinds.split(",")}
    planted = plant(world, chosen, seed)
    started = time.perf_counter()
    con = world.judged(load_rulebook())
    print(f"{len(planted)} 例，核对 {time.perf_counter() - started:.1f} 秒", flush=True)
    firsts = first_fixes(con)
    rows: dict[str, list[tuple]] = defaultdict(list)
    for code, case in planted.items():
        fixes = firsts.get(code, [])
        first = bool(fixes) and fixes[0].rule_id == case.hypothesis and fixes[0].unit in case.about
        rows[case.kind].append((first, len(fixes) <= 5, len(fixes), sum(f.settles for f in fixes)))
        if show and not (first and len(fixes) <= 5):
            print(code, case.kind, case.about, len(fixes), [f.said[:70] for f in fixes[:3]])
    return [
        (kind, len(of), *(f"{sum(r[i] for r in of) / len(of):.2f}" for i in range(4)))
        for kind, of in sorted(rows.items())
    ]


def first_fixes(con: duckdb.DuckDBPyConnection) -> dict[str, list[Fix]]:
    """The causes of each department, the first to mend first."""
    found: dict[str, list[Fix]] = defaultdict(list)
    for fix in read_fixes(con):
        found[fix.unit[:CODE_LENGTH]].append(fix)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.advice")
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--sheets", action="store_true")
    options = parser.parse_args()
    if options.sheets:
        rows = measure_sheets(options.units, options.seed, options.kinds, show=options.show)
        for row in [("种类", "例", "首位", "五组内", "组", "问题"), *rows]:
            print("\t".join(map(str, row)))
        return
    makers = {
        k: m for k, m in CELL_CASES.items() if not options.kinds or k in options.kinds.split(",")
    }
    results = measure(options.units, options.seed, makers, each=options.each, show=options.show)
    for row in [TITLES, *table(results)]:
        print("\t".join(map(str, row)))


if __name__ == "__main__":
    main()
