from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.use_cases.conftest import AT, Company

from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput, NotFound, Unauthenticated
from appraise.storage.tables import ACCESS_TOKENS
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.hand_out_tokens import create_service_token
from appraise.use_cases.list_tokens import list_tokens
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.rotate_token import rotate_token
from appraise.use_cases.token_text import checksum


def minted(company: Company, name: str = "ann", *, days: int = 30) -> str:
    return create_token(
        company.deployment,
        name="laptop",
        employee=company.ids[name],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=AT + timedelta(days=days),
        at=AT,
    )


def test_an_employees_token_gives_the_employee_with_the_roles_granted_meanwhile(company: Company) -> None:
    token = minted(company)
    grant_role(company.deployment, company.ids["ann"], Role.EXECUTIVE, at=AT, by="hal")

    principal = authenticate(company.deployment, token, origin=None, at=AT)

    assert principal == Principal("Ann", company.ids["ann"], frozenset({Role.EXECUTIVE}))


def test_a_services_token_gives_its_scopes(company: Company) -> None:
    token = create_token(
        company.deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset({ServiceScope.READ_SECTIONS}),
        expires_at=None,
        at=AT,
    )

    principal = authenticate(company.deployment, token, origin=None, at=AT)

    assert principal == Principal("hris", None, frozenset({Role.SERVICE}), frozenset({ServiceScope.READ_SECTIONS}))


def test_the_secret_is_nowhere_in_the_database(company: Company) -> None:
    secret = minted(company).split("_")[3][:43]

    with company.deployment.database.reading() as session:
        row = session.execute(select(ACCESS_TOKENS)).one()

    assert secret not in repr(row)


@pytest.mark.parametrize("spoil", ["", "apr_live_x", "Bearer", "cut", "mistyped", "longer"])
def test_a_malformed_token_is_refused(company: Company, spoil: str) -> None:
    token = minted(company)
    wrong = {"cut": token[:-1], "mistyped": token[:-9] + ("a" if token[-9] != "a" else "b") + token[-8:]}
    wrong["longer"] = token + "\n"

    with pytest.raises(Unauthenticated, match="malformed"):
        authenticate(company.deployment, wrong.get(spoil, spoil), origin=None, at=AT)


def test_a_well_formed_token_with_another_secret_is_refused(company: Company) -> None:
    ann, ben = minted(company, "ann"), minted(company, "ben")
    text = f"apr_live_{ann.split('_')[2]}_{ben.split('_')[3][:43]}"

    with pytest.raises(Unauthenticated, match="not known"):
        authenticate(company.deployment, text + checksum(text), origin=None, at=AT)


def test_an_expired_token_is_refused_from_its_hour_on(company: Company) -> None:
    token = minted(company, days=1)
    assert (
        authenticate(company.deployment, token, origin=None, at=AT + timedelta(days=1, microseconds=-1)).name == "Ann"
    )

    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(company.deployment, token, origin=None, at=AT + timedelta(days=1))


def test_a_revoked_token_is_refused(company: Company) -> None:
    token = minted(company)
    revoke_token(company.deployment, token, at=AT, by="hal")

    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(company.deployment, token, origin=None, at=AT)


def rotated(company: Company, token: str, *, hours: int = 24) -> str:
    overlap = timedelta(hours=hours)
    until = AT + timedelta(days=90)
    return rotate_token(company.deployment, token, expires_at=until, overlap=overlap, at=AT, by="hal")


def test_a_rotated_token_is_good_for_the_overlap_and_the_new_one_opens_the_same(company: Company) -> None:
    old = minted(company)
    new = rotated(company, old)
    last = AT + timedelta(hours=24, microseconds=-1)

    assert authenticate(company.deployment, old, origin=None, at=last) == authenticate(
        company.deployment, new, origin=None, at=last
    )
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(company.deployment, old, origin=None, at=AT + timedelta(hours=24))
    assert authenticate(company.deployment, new, origin=None, at=AT + timedelta(days=89)).employee == company.ids["ann"]


def test_rotation_never_lengthens_the_old_tokens_life(company: Company) -> None:
    old = minted(company, days=1)
    rotated(company, old, hours=240)

    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(company.deployment, old, origin=None, at=AT + timedelta(days=1))


def test_a_token_that_has_ended_is_not_rotated(company: Company) -> None:
    revoked = minted(company)
    revoke_token(company.deployment, revoked, at=AT, by="hal")
    spent = minted(company)
    rotated(company, spent, hours=0)

    for token in (revoked, spent, "nobody"):
        with pytest.raises(NotFound):
            rotated(company, token)
    for hours in (-1, 365 * 24 + 1, 2**31 - 1):
        with pytest.raises(InvalidInput, match="the overlap is"):
            rotated(company, minted(company), hours=hours)


def test_the_list_has_what_was_not_revoked(company: Company) -> None:
    kept, gone = minted(company), minted(company)
    revoke_token(company.deployment, gone, at=AT, by="hal")
    new = rotated(company, kept)

    assert {token.id for token in list_tokens(company.deployment)} == {kept.split("_")[2], new.split("_")[2]}


def test_the_last_use_is_noted_at_most_once_a_minute(company: Company) -> None:
    token = minted(company)
    noted = []
    for seconds in (0, 59, 61):
        authenticate(company.deployment, token, origin=None, at=AT + timedelta(seconds=seconds))
        with company.deployment.database.reading() as session:
            noted.append(session.execute(select(ACCESS_TOKENS.c.last_used_at)).scalar_one())

    assert noted == [AT, AT, AT + timedelta(seconds=61)]


def test_a_token_that_opens_nothing_is_not_minted(company: Company) -> None:
    with pytest.raises(InvalidInput, match="would open nothing"):
        create_token(
            company.deployment,
            name="x",
            employee=None,
            roles=frozenset(),
            scopes=frozenset(),
            expires_at=None,
            at=AT,
        )


@pytest.mark.parametrize("name", ["employee:ann", " Employee:x", "operator", "Clock", "command line"])
def test_no_service_is_named_as_the_audit_log_names_others(company: Company, name: str) -> None:
    """A line with an employee's id as the actor would be theirs, and hidden from those whose record they read."""

    def made(by: Principal | None) -> object:
        scopes = frozenset({ServiceScope.READ_SECTIONS})
        if by is not None:
            return create_service_token(company.deployment, by, name, scopes, expires_at=None, at=AT)
        return create_token(
            company.deployment,
            name=name,
            employee=None,
            roles=frozenset({Role.SERVICE}),
            scopes=scopes,
            expires_at=None,
            at=AT,
        )

    for by in (None, company.principal("hal")):
        with pytest.raises(InvalidInput, match="take a service of this name for somebody else"):
            made(by)


def test_roles_are_granted_to_employees_only(company: Company) -> None:
    with pytest.raises(NotFound):
        grant_role(company.deployment, EmployeeId("nobody"), Role.AUDITOR, at=AT, by="hal")
    with pytest.raises(InvalidInput):
        grant_role(company.deployment, company.ids["ann"], Role.SERVICE, at=AT, by="hal")
