"""An amount as large as a fact may hold is printed like any other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.database import open_database
from pipelines.public.facts import FactReader
from pipelines.publish.datasets import PUBLISHED, table_sql
from schemas.frames import FACTS
from tests.publish.test_growing import FACT


@pytest.mark.parametrize("amount", ["1000000000000000", "-9900000000000000.01", "12.50"])
def test_an_amount_near_the_limit_is_read_for_the_public_tables(amount: str) -> None:
    with open_database() as con:
        for dataset in PUBLISHED.values():
            con.execute(table_sql(dataset))
        con.register("given", FACTS.table([FACT | {"amount": Decimal(amount)}]))
        con.execute("INSERT INTO facts SELECT * FROM given")
        (packed,) = FactReader(con).packed([["1"]])
    _, fen = packed.years["1", 2023]
    assert fen.tolist() == [int(Decimal(amount) * 100)]
