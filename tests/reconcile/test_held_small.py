"""What reconciling holds in memory does not grow with the units, and its results are the same."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.reconcile import engine, queries, reconcile
from pipelines.reconcile.queries import Aside
from schemas.rulebook import Rulebook
from tests.reconcile.worlds import Case, only
from tests.shipped import shipped_book

pytestmark = pytest.mark.long

CARS = ("F03", "", "公务用车购置数", "全年统计数")


@pytest.fixture
def case() -> Case:
    """Three units, of which one gives half a car: a query rule tells."""
    case = Case()
    for code, cars in (("101", 200), ("102", 150), ("103", 0)):
        case.unit(code)
        case.add({CARS: cars, ("Z01", "收入", "总计", "决算数"): 100}, code=code)
    return case


QUERIES = only(*(rule.id for rule in shipped_book().rules.values() if rule.kind == "query"))


def results(con: duckdb.DuckDBPyConnection, book: Rulebook) -> list[list[tuple]]:
    reconcile(con, book)
    tables = ("check_results", "raw_findings", "raw_cells")
    return [con.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables]


def test_outcomes_written_unit_by_unit_are_those_written_at_once(case, monkeypatch) -> None:
    at_once = results(case.load(), shipped_book())
    monkeypatch.setattr(engine, "OBSERVED_AT_ONCE", 1)
    assert results(case.load(), shipped_book()) == at_once
    assert {unit for _, unit, *_ in at_once[0]} == {"101", "102", "103"}


@pytest.fixture
def many(monkeypatch) -> None:
    """As if the facts were many: copies are made for the queries only then."""
    monkeypatch.setattr(queries, "few_facts", lambda _: False)


def test_queries_of_a_run_read_copies_in_a_file_that_is_gone_afterwards(
    case, tmp_path, many
) -> None:
    in_memory = results(case.load(), QUERIES)
    assert any("应为整数" in str(row) for row in in_memory[1])
    with case.load(duckdb.connect(str(tmp_path / "work.duckdb"))) as con:
        aside = Aside(con)
        assert aside.path == tmp_path / "queries.duckdb" and aside.path.is_file()
        aside.close()
        assert results(con, QUERIES) == in_memory
        assert {p.name for p in tmp_path.iterdir()} <= {"work.duckdb", "work.duckdb.wal"}


def test_a_full_disk_is_no_fault_of_a_rule(case, tmp_path, many, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("IO Error: could not write: No space left on device")

    monkeypatch.setattr(Aside, "_copy", full)
    with (
        case.load(duckdb.connect(str(tmp_path / "work.duckdb"))) as con,
        pytest.raises(duckdb.IOException, match="No space"),
    ):
        reconcile(con, QUERIES)
