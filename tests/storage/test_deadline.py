"""A statement that runs when the time is over is stopped by the database itself, on SQLite and on PostgreSQL."""

import threading
import time

import pytest

from appraise.errors import TimedOut
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
