"""Rows read by the driver alone are those that SQLAlchemy reads, and nothing stays behind on a connection."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Date, bindparam, cast, insert, literal, literal_column, select

from appraise.errors import Retriable, TimedOut
from appraise.storage.deadline import DEADLINE, Deadline
from appraise.storage.direct import MOST_PREPARED
from appraise.storage.tables import CYCLES
from appraise.storage.tables.columns import Digits, Exact, Key
from appraise.use_cases.deployment import Deployment

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
PER_SESSION = "SELECT count(*) FROM pg_prepared_statements"


def test_values_come_as_sqlalchemy_gives_them(deployment: Deployment) -> None:
    """Text with what SQL might take for its own, a day, a time, a document and NULL."""
    row = {
        "id": "c'1 %s $1", "name": "Ünï 50 %", "starts_on": date(2025, 1, 1), "ends_on": date(2026, 1, 1),
        "reference_namespace": None, "reference_value": None, "opened_at": AT, "state": "SCORING", "rules": {"a": [1, None]},
    }  # fmt: skip
    with deployment.database.transaction() as session:
        session.execute(insert(CYCLES), row)
    chosen = CYCLES.c.id == bindparam("id", type_=Key()), CYCLES.c.starts_on == bindparam("day", type_=Date)
    statement = select(CYCLES, literal("100 %").label("share")).where(*chosen)
    values = {"id": row["id"], "day": row["starts_on"]}
    with deployment.database.reading() as session:
        expected = [tuple(each) for each in session.execute(statement, values)]

    with deployment.database.direct(one_state=True) as direct:
        assert direct.rows(statement, values) == expected
        assert direct.rows(statement, values | {"id": "nobody"}) == []
        with pytest.raises(KeyError):
            direct.rows(statement, {"id": "no day"})
    assert expected[0][: len(row)] == tuple(row[column.name] for column in CYCLES.columns)


@pytest.mark.parametrize("number", ["1234567890.5", "0.00000001", "-0.1", "1E+20"])
def test_digits_are_written_out(deployment: Deployment, number: str) -> None:
    kept = cast(literal(number), Exact())
    with deployment.database.direct(one_state=False) as direct:
        ((text,),) = direct.rows(select(cast(kept, Digits())), {})
    assert text == f"{Decimal(number):f}"


def test_a_connection_keeps_only_so_many_statements(deployment: Deployment) -> None:
    """Which statements there are is in the hands of clients; the first is prepared anew after the others."""
    with deployment.database.direct(one_state=False) as direct:
        for number in (*range(MOST_PREPARED + 5), 0):
            assert direct.rows(select(literal_column(str(number))), {}) == [(number,)]
        if direct.dialect.name == "postgresql":
            ((kept,),) = direct.rows(select(literal_column(f"({PER_SESSION})")), {})
            assert kept <= MOST_PREPARED + 1  # itself among them


def test_after_an_error_the_next_read_has_a_whole_connection(deployment: Deployment) -> None:
    for one_state in (False, True):
        with pytest.raises(Exception, match="nowhere"), deployment.database.direct(one_state=one_state) as direct:
            direct.rows(select(literal_column("1")).select_from(literal_column("nowhere")), {})
        with deployment.database.direct(one_state=one_state) as direct:
            assert direct.rows(select(literal_column("1")), {}) == [(1,)]


def test_a_read_that_takes_too_long_is_stopped(deployment: Deployment) -> None:
    endless = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
    deadline = Deadline(0.1)
    threading.Timer(0.1, deadline.expire).start()
    held = DEADLINE.set(deadline)
    try:
        with pytest.raises(TimedOut), deployment.database.direct(one_state=True) as direct:
            direct.rows(select(literal_column(endless)), {})
        with pytest.raises(TimedOut), deployment.database.direct(one_state=False):
            pytest.fail("nothing begins any more")
    finally:
        DEADLINE.reset(held)
    with deployment.database.direct(one_state=True) as direct:
        assert direct.rows(select(literal_column("1")), {}) == [(1,)]


def test_a_connection_that_the_server_closed_may_be_tried_again(deployment: Deployment) -> None:
    if deployment.database.is_sqlite:
        pytest.skip("there is no server")
    with pytest.raises(Retriable), deployment.database.direct(one_state=False) as direct:
        direct.rows(select(literal_column("pg_terminate_backend(pg_backend_pid())")), {})
    with deployment.database.direct(one_state=False) as direct:
        assert direct.rows(select(literal_column("1")), {}) == [(1,)]
