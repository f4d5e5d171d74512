"""Sessions of the console on both databases: what begins one, what ends one, and what is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.use_cases.conftest import AT, MANAGERS, Company, record

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.employees import EmploymentStatus
from appraise.errors import Unauthenticated
from appraise.storage import audit
from appraise.storage.tables import WEB_SESSIONS
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.web_session import authenticate_session, begin_by_token, end_session

MICROSECOND = timedelta(microseconds=1)


def token_of(company: Company, name: str = "ann", *, days: int = 30) -> str:
    return create_token(
        company.deployment,
        name="laptop",
        employee=company.ids[name],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=AT + timedelta(days=days),
        at=AT,
    )


def begun(company: Company, name: str = "ann", *, replaces: str | None = None) -> str:
    return begin_by_token(company.deployment, token_of(company, name), replaces=replaces, at=AT)


def opened(company: Company, session_id: str, *, later: timedelta = timedelta(0)) -> Principal:
    return authenticate_session(company.deployment, session_id, at=AT + later)


def kept(company: Company) -> int:
    with company.deployment.database.reading() as session:
        return len(session.execute(select(WEB_SESSIONS)).all())


def set_status(company: Company, name: str, status: EmploymentStatus) -> None:
    read = ReadPeople((replace(record(name, MANAGERS[name], 2), status=status),), (), complete=False)
    options = ImportOptions("hr", as_of=AT.date())
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)


def test_the_session_gives_the_employee_with_the_roles_granted_meanwhile(company: Company) -> None:
    session_id = begun(company)
    grant_role(company.deployment, company.ids["ann"], Role.EXECUTIVE, at=AT, by="hal")

    assert opened(company, session_id) == Principal("Ann", company.ids["ann"], frozenset({Role.EXECUTIVE}))


def test_only_a_hash_of_the_id_is_kept(company: Company) -> None:
    session_id = begun(company)
    with company.deployment.database.reading() as session:
        rows = repr(session.execute(select(WEB_SESSIONS)).all()) + repr(list(audit.entries(session)))

    assert session_id not in rows
    assert len(session_id) == 43


@pytest.mark.parametrize("session_id", ["", "x", "0" * 43])
def test_an_unknown_id_opens_nothing(company: Company, session_id: str) -> None:
    begun(company)

    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, session_id)


def test_a_session_ends_when_it_is_idle_for_an_hour(company: Company) -> None:
    session_id, hour = begun(company), timedelta(hours=1)
    opened(company, session_id, later=hour - MICROSECOND)
    opened(company, session_id, later=2 * hour - 2 * MICROSECOND)

    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, session_id, later=3 * hour)


def test_a_session_ends_after_twelve_hours_however_busy(company: Company) -> None:
    session_id = begun(company)
    for half_hours in range(24):
        opened(company, session_id, later=timedelta(minutes=30 * half_hours))

    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, session_id, later=timedelta(hours=12))


def test_signing_out_ends_it_once(company: Company) -> None:
    session_id, other = begun(company), begun(company)
    ended = end_session(company.deployment, session_id, at=AT)

    assert ended is not None
    assert ended.employee == company.ids["ann"]
    assert end_session(company.deployment, session_id, at=AT) is None
    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, session_id)
    assert opened(company, other).name == "Ann"


def test_a_new_session_ends_the_one_that_it_replaces(company: Company) -> None:
    old = begun(company)
    new = begun(company, "ben", replaces=old)

    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, old)
    assert opened(company, new).name == "Ben"


def test_a_session_ends_with_the_token_that_began_it(company: Company) -> None:
    revoked, expiring = token_of(company), token_of(company, days=1)
    sessions = [begin_by_token(company.deployment, one, replaces=None, at=AT) for one in (revoked, expiring)]
    revoke_token(company.deployment, revoked, at=AT, by="hal")

    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, sessions[0])
    assert opened(company, sessions[1]).name == "Ann"
    late = begin_by_token(company.deployment, expiring, replaces=None, at=AT + timedelta(hours=23, minutes=30))
    with pytest.raises(Unauthenticated, match="ended"):
        opened(company, late, later=timedelta(days=1))


@pytest.mark.parametrize("status", EmploymentStatus)
def test_who_has_left_or_is_suspended_neither_begins_nor_goes_on(company: Company, status: EmploymentStatus) -> None:
    """The status of the day decides, as the HR system last said it."""
    session_id, token = begun(company), token_of(company)
    set_status(company, "ann", status)
    gone = {
        EmploymentStatus.SUSPENDED,
        EmploymentStatus.TERMINATED,
        EmploymentStatus.RETIRED,
        EmploymentStatus.DECEASED,
    }

    if status in gone:
        with pytest.raises(Unauthenticated, match="ended"):
            opened(company, session_id)
        for let_in in (begun, lambda company: authenticate(company.deployment, token, origin=None, at=AT)):
            with pytest.raises(Unauthenticated, match="left or is suspended"):
                let_in(company)
    else:
        assert opened(company, session_id).name == "Ann"
        assert authenticate(company.deployment, token, origin=None, at=AT).name == "Ann"
        assert begun(company)


def test_a_service_has_no_session(company: Company) -> None:
    token = create_token(
        company.deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset({ServiceScope.READ_PEOPLE}),
        expires_at=None,
        at=AT,
    )
    with pytest.raises(Unauthenticated, match="not these pages"):
        begin_by_token(company.deployment, token, replaces=None, at=AT)


def test_beginning_and_ending_are_in_the_log_and_old_sessions_are_forgotten(company: Company) -> None:
    session_id = begun(company)
    end_session(company.deployment, session_id, at=AT)
    begun(company)
    begin_by_token(company.deployment, token_of(company), replaces=None, at=AT + timedelta(hours=1))
    with company.deployment.database.reading() as session:
        entries = list(audit.about(session, f"employee:{company.ids['ann']}"))
    told = [entry.action for entry in entries if entry.action.startswith("session.")]

    assert told == ["session.begin", "session.end", "session.begin", "session.begin"]
    assert kept(company) == 1
