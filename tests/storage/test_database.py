"""What both kinds of database must do alike: exact values, locks that wait, errors that tell what to do."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from appraise.domain.audit import first_break
from appraise.errors import InvalidInput, Retriable
from appraise.storage import audit
from appraise.storage.database import Database, Session
from appraise.storage.tables import CYCLES, EMPLOYEES, ITEMS, REPORTING_LINES
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import ATTEMPTS, committed

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def employee(name: str, *, at: datetime = AT) -> dict[str, object]:
    return {"id": name, "display_name": name, "sort_name": name, "search_text": name, "created_at": at}


def names(session: Session) -> list[str]:
    return list(session.execute(select(EMPLOYEES.c.id).order_by(EMPLOYEES.c.id)).scalars())


@pytest.mark.parametrize("digits", ["0.1", "12345678901234567890.12345678901234567890", "-0.000001", "2.50"])
def test_decimals_come_back_digit_for_digit(database: Database, digits: str) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        if database.is_sqlite:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        row = {"id": "i", "section_id": "s", "indicator": "x", "position": 0, "weight": Decimal(digits)}
        session.execute(insert(ITEMS), row)
        found = session.execute(select(ITEMS.c.weight)).scalar_one()
        session.rollback()

    assert str(found) == digits


def test_times_come_back_in_utc_to_the_microsecond(database: Database) -> None:
    zoned = AT.astimezone(timezone(timedelta(hours=-7)))
    with database.transaction() as session:
        session.execute(insert(EMPLOYEES), employee("a", at=zoned))

    with database.reading() as session:
        found = session.execute(select(EMPLOYEES.c.created_at)).scalar_one()

    assert (found, found.tzinfo) == (AT, UTC)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="has no time zone"), database.transaction() as session:
        session.execute(insert(EMPLOYEES), employee("a", at=AT.replace(tzinfo=None)))


def test_names_sort_by_code_point_on_both(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(EMPLOYEES), [employee(name) for name in ("é", "b", "Z", "a", "_", "ß")])

    with database.reading() as session:
        assert names(session) == sorted(["é", "b", "Z", "a", "_", "ß"])


def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(LookupError), database.transaction() as session:  # noqa: PT012  # the transaction is the act
        session.execute(insert(EMPLOYEES), employee("a"))
        raise LookupError

    with database.reading() as session:
        assert names(session) == []


def test_foreign_keys_are_enforced(database: Database) -> None:
    line = {
        "id": "l",
        "employee_id": "nobody",
        "manager_id": "nobody either",
        "kind": "solid",
        "source": "hr",
        "starts_on": date(2026, 1, 1),
    }
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(REPORTING_LINES), line)


def test_a_read_sees_one_state_while_others_write(database: Database) -> None:
    with database.reading() as reader:
        before = names(reader)
        with database.transaction() as session:
            session.execute(insert(EMPLOYEES), employee("a"))

        assert names(reader) == before == []


def test_reading_does_not_write_on_postgresql(postgresql_database: Database) -> None:
    with pytest.raises(Exception, match="read-only"), postgresql_database.reading() as session:
        session.execute(insert(EMPLOYEES), employee("a"))


def test_audit_lines_of_many_writers_make_one_whole_chain(database: Database) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with database.transaction() as session:
                audit.append(session, at=AT, actor=f"w{number}", action="test", subject=f"{number}:{turn}")

    _together([lambda number=number: write(number) for number in range(4)])

    with database.reading() as session:
        entries = list(audit.entries(session))
    assert [entry.sequence for entry in entries] == list(range(1, 21))
    assert first_break(entries) is None


def test_a_lost_race_is_run_again_and_given_up_in_the_end(deployment: Deployment) -> None:
    attempts = []

    def lose(session: Session) -> None:
        attempts.append(names(session))
        raise Retriable("busy")

    with pytest.raises(Retriable):
        committed(deployment, lose)
    assert len(attempts) == ATTEMPTS


def test_a_race_that_is_won_at_last_counts_once(deployment: Deployment) -> None:
    attempts = []

    def work(session: Session) -> str:
        attempts.append(1)
        session.execute(insert(EMPLOYEES), employee("a"))
        if len(attempts) < ATTEMPTS:
            raise Retriable("busy")
        return "done"

    assert committed(deployment, work) == "done"
    with deployment.database.reading() as session:
        assert names(session) == ["a"]


def test_a_serialization_failure_is_retriable(postgresql_database: Database) -> None:
    with postgresql_database.transaction() as session:
        session.execute(insert(EMPLOYEES), employee("a"))

    with pytest.raises(Retriable), postgresql_database.transaction() as session:  # noqa: PT012  # the transaction is the act
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        names(session)
        with postgresql_database.transaction() as other:
            other.execute(EMPLOYEES.update().values(email="x"))
        session.execute(EMPLOYEES.update().values(email="y"))


def test_a_lock_that_is_not_had_is_retriable(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        session.execute(insert(EMPLOYEES), employee("a"))
        with pytest.raises(Retriable), sqlite_database.reading() as other:  # noqa: PT012  # the transaction is the act
            other.exec_driver_sql("PRAGMA busy_timeout = 1")
            other.execute(insert(EMPLOYEES), employee("b"))


def test_a_lost_connection_is_retriable(postgresql_database: Database) -> None:
    with pytest.raises(Retriable), postgresql_database.transaction() as session:  # noqa: PT012  # the transaction is the act
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with postgresql_database.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": backend})
        names(session)


@pytest.mark.parametrize(
    ("url", "found"),
    [("mysql://x/y", "cannot be kept in 'mysql'"), ("not a url", "the database URL cannot be read")],
)
def test_an_unusable_url_is_refused_with_what_is_expected(url: str, found: str) -> None:
    with pytest.raises(InvalidInput, match=found) as error:
        Database(url)
    assert error.value.expected == "sqlite:///path/to/file or postgresql://user@host/database"


def test_cycles_of_one_name_cannot_be_stored_twice(database: Database) -> None:
    row = {"name": "2025", "starts_on": date(2025, 1, 1), "ends_on": date(2026, 1, 1), "opened_at": AT}
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(CYCLES), [{"id": "a", **row}, {"id": "b", **row}])


def _together(tasks: list[Callable[[], None]]) -> None:
    failures: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001  # told after the threads have ended
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
