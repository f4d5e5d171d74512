"""Stores that another version of Appraise wrote: an older one is read and appended to, a later one refused."""

import hashlib
import shutil
from collections.abc import Callable

import duckdb
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from tests.events.conftest import AT, orders, rows_of

from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.events.log import FORMAT, FORMAT_KEY, METADATA_KEY
from appraise.events.report import ImportReport
from appraise.events.rewriting import connect
from appraise.events.schema import arrow_schema, stored_columns
from appraise.events.store import EventStore

PURCHASES = EventKind.PURCHASES
COLUMNS = {1: "2f70ecebff", 2: "cc3fb22b01"}
"""Format → the beginning of a hash of all stored columns with their types."""

FIRST = orders("1,anna,a@x.org,2024-05-01,10,EUR,,,", "2,bert,b@x.org,2024-05-02,20,EUR,,,")
SECOND = orders("2,bert,b@x.org,2024-05-02,25,EUR,,,", "3,cleo,c@x.org,2024-05-03,30,EUR,,,")


@pytest.fixture
def older(store: EventStore, load: Callable[..., ImportReport]) -> EventStore:
    """As if the column `region` were new, and `clerk` had been dropped since."""
    load(FIRST)
    (path,) = store.snapshot().files(PURCHASES)
    with connect() as connection:
        query = f"SELECT * EXCLUDE (region), 'eve' AS clerk FROM read_parquet('{path}')"
        rows = connection.sql(query).to_arrow_table()
    ((_, commit),) = [(kind, one) for kind, one in store.commits(store.loads()[0].id) if kind is PURCHASES]
    shutil.rmtree(f"{store.root}/purchases")
    table = DeltaTable.create(f"{store.root}/purchases", rows.schema, name="purchases")
    transactions = [Transaction("source/corner-shop", 1), Transaction(f"load/{commit.origin.load_id}", 1)]
    told = CommitProperties(custom_metadata=commit.to_metadata(), app_transactions=transactions)
    write_deltalake(table, rows, mode="append", commit_properties=told)
    assert METADATA_KEY in table.history()[0]
    return store


def test_a_store_without_a_column_of_today_is_read_corrected_and_taken_back_without_rewriting(
    older: EventStore, load: Callable[..., ImportReport]
) -> None:
    before = set(older.snapshot().files(PURCHASES))
    assert rows_of(older, PURCHASES, "event_id", "amount", "region") == [("1", 1000, None), ("2", 2000, None)]

    second = load(SECOND, "second.csv")

    assert before < set(older.snapshot().files(PURCHASES))
    assert {field.name for field in older.open_table(PURCHASES).schema().fields} > set(arrow_schema(PURCHASES).names)
    assert rows_of(older, PURCHASES, "event_id", "amount") == [("1", 1000), ("2", 2500), ("3", 3000)]
    older.undo(second.load_id, at=AT)
    assert rows_of(older, PURCHASES, "event_id", "amount") == [("1", 1000), ("2", 2000)]


def test_a_store_that_a_later_version_wrote_is_refused(store: EventStore) -> None:
    table = store.open_table(PURCHASES)
    later = CommitProperties(custom_metadata={FORMAT_KEY: str(FORMAT + 1)})
    table.create_write_transaction([], "append", arrow_schema(PURCHASES), commit_properties=later)

    with pytest.raises(InvalidInput, match="purchases was written by a later version") as refused:
        store.snapshot()
    assert refused.value.hint == "install the version that wrote it, or a later one"


def test_other_stored_columns_are_another_format() -> None:
    described = [(kind, one.name, one.type.value) for kind in sorted(EventKind) for one in stored_columns(kind)]
    found = hashlib.sha256(repr(described).encode()).hexdigest()

    assert found.startswith(COLUMNS[FORMAT]), "raise FORMAT in events/log.py, and add it here with " + found[:10]


def test_columns_of_before_cost_the_engine_nothing_where_there_are_none(
    store: EventStore, load: Callable[..., ImportReport]
) -> None:
    load(FIRST)
    with duckdb.connect() as connection:
        query = f"SELECT sum(amount) FROM ({store.snapshot().query(PURCHASES)}) WHERE source = 'corner-shop'"
        plan = connection.execute(f"EXPLAIN {query}").fetchall()[0][1]
    assert "UNION" not in plan
    assert plan.count("READ_PARQUET") == 1
    assert "Projections" in plan
    assert "customer_key" not in plan
