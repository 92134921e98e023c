"""Units with consistent tables, and documents about them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from pipelines.narrative.lookup import FactLookup
from pipelines.sample.model import UnitYear, facts_of, generate


def rows_of(submission: UnitYear) -> list[dict]:
    """A submission as rows of the dataset ``facts``; the cell address is made up."""
    found = []
    for number, ((form, block, row, col), amount) in enumerate(facts_of(submission).items()):
        found.append(
            {
                "year": submission.year,
                "form": form,
                "block": block,
                "row_key": row,
                "col_key": col,
                "amount": Decimal(amount) / 100,
                "decimals": 2,
                "state": "number",
                "file": "表.xlsx",
                "sheet": form,
                "cell": f"E{number + 5}",
            }
        )
    return found


@cache
def sample(units: int = 12, seed: int = 3) -> tuple[tuple[UnitYear, UnitYear], ...]:
    """(last year, this year) of made-up units."""
    made = generate(units, 2, seed)
    by_unit: dict[str, dict[int, UnitYear]] = {}
    for submission in made.submissions:
        by_unit.setdefault(submission.unit.code, {})[submission.year] = submission
    return tuple((years[2022], years[2023]) for years in by_unit.values() if len(years) == 2)


def lookup(pair: tuple[UnitYear, UnitYear]) -> FactLookup:
    return FactLookup([*rows_of(pair[0]), *rows_of(pair[1])], pair[1].year)
