"""A statement that runs when the time is over is stopped by the database itself, on SQLite and on PostgreSQL."""

import threading
import time

import pytest

from appraise.errors import TimedOut
from appraise.storage.database import lock
from appraise.storage.deadline import DEADLINE, Deadline
from appraise.use_cases.deployment import Deployment

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_an_endless_statement_ends_and_the_connection_serves_the_next(deployment: Deployment) -> None:
    deadline = Deadline(0.2)
    threading.Timer(0.2, deadline.expire).start()
    held = DEADLINE.set(deadline)
    begin = time.monotonic()
    try:
        with pytest.raises(TimedOut), deployment.database.reading() as session:
            session.exec_driver_sql(ENDLESS)
        assert time.monotonic() - begin < 3
        with pytest.raises(TimedOut), deployment.database.transaction():
            pytest.fail("no other transaction begins")
    finally:
        DEADLINE.reset(held)

    with deployment.database.reading() as session:
        assert session.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_a_request_that_waits_to_write_ends_with_its_time(deployment: Deployment) -> None:
    """On SQLite another thread writes meanwhile; on PostgreSQL a lock is held."""
    writes, is_over = threading.Event(), threading.Event()

    def other() -> None:
        with deployment.database.transaction() as session:
            lock(session, "held")
            session.exec_driver_sql("SELECT 1")
            writes.set()
            is_over.wait(20)

    thread = threading.Thread(target=other)
    thread.start()
    writes.wait(20)
    deadline = Deadline(0.2)
    threading.Timer(0.2, deadline.expire).start()
    held = DEADLINE.set(deadline)
    begin = time.monotonic()
    try:
        with pytest.raises(TimedOut), deployment.database.transaction() as session:
            lock(session, "held")
        assert time.monotonic() - begin < 3
    finally:
        DEADLINE.reset(held)
        is_over.set()
        thread.join()
