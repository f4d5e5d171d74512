import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from appraise.storage.database import Database
from appraise.storage.migrate import current_revision, differences, downgrade, newest_revision, upgrade


def test_the_migrations_give_exactly_the_tables_in_code(database: Database) -> None:
    assert (current_revision(database), differences(database)) == (newest_revision(), [])


def test_the_migrations_run_down_to_nothing_and_up_again(database: Database) -> None:
    downgrade(database)

    with database.reading() as session:
        assert set(inspect(session).get_table_names()) <= {"alembic_version"}
    upgrade(database)
    assert differences(database) == []


def test_every_constraint_and_index_has_a_name_by_the_convention(database: Database) -> None:
    with database.reading() as session:
        found = inspect(session)
        tables = [name for name in found.get_table_names() if name != "alembic_version"]
        names = [found.get_pk_constraint(table)["name"] for table in tables]
        for table in tables:
            names += [key["name"] for key in found.get_foreign_keys(table)]
            names += [key["name"] for key in found.get_unique_constraints(table)]
            names += [key["name"] for key in found.get_check_constraints(table)]
            names += [key["name"] for key in found.get_indexes(table)]

    assert [name for name in names if name is None or name[:3] not in {"pk_", "fk_", "uq_", "ck_", "ix_"}] == []


@pytest.mark.parametrize("change", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"])
def test_the_audit_log_refuses_change_and_removal(database: Database, change: str) -> None:
    line = "INSERT INTO audit_log VALUES (1, '2026-01-01T00:00:00+00:00', 'a', 'b', 'c', '[]', 'p', 'h')"
    with database.transaction() as session:
        session.execute(text(line))

    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(change))
