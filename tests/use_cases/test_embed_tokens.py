"""Tokens for one viewer of one section on one origin: who mints, for whom, and what ends them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.use_cases.conftest import AT, MANAGERS, ROLES, Company, finalised, rated, record

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, InvalidInput, Unauthenticated
from appraise.storage import audit
from appraise.storage.tables import EMBED_TOKENS
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.mint_embed_token import EmbedRequest, MintedEmbedToken, mint_embed_token
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.rotate_token import rotate_token
from appraise.use_cases.token_text import checksum

HR = "https://hr.example.org"
ALL = frozenset(ServiceScope)
MINUTES = timedelta(minutes=5)


@pytest.fixture
def scored(company: Company) -> Company:
    company.scored()
    return company


def service_token(company: Company, scopes: frozenset[ServiceScope] = ALL, *, days: int = 30) -> str:
    return create_token(
        company.deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=scopes,
        expires_at=AT + timedelta(days=days),
        at=AT,
    )


def minted(company: Company, by: str | None = None, **changed: Any) -> MintedEmbedToken | Refusal:
    """For Max to see Ann's section, unless something is `changed`; `by` is the service's token."""
    principal = authenticate(company.deployment, by or service_token(company), origin=None, at=AT)
    usual = {
        "viewer": ExternalReference("hr:id", "max"),
        "section": company.section("ann").section.id,
        "origin": HR,
        "life": MINUTES,
    }
    return mint_embed_token(company.deployment, principal, EmbedRequest(**usual | changed), at=AT)


def text(outcome: MintedEmbedToken | Refusal) -> str:
    assert isinstance(outcome, MintedEmbedToken), outcome
    return outcome.text


def code(outcome: MintedEmbedToken | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


def opened(company: Company, token: str, *, origin: str | None = HR, later: timedelta = timedelta(0)) -> Principal:
    return authenticate(company.deployment, token, origin=origin, at=AT + later)


def test_the_token_stands_for_the_viewer_and_the_section(scored: Company) -> None:
    token = minted(scored)
    principal = opened(scored, text(token))
    section = scored.section("ann").section

    assert isinstance(token, MintedEmbedToken)
    assert token.text.startswith("apr_embed_")
    assert token.expires_at == AT + MINUTES
    assert (principal.name, principal.employee, principal.scopes) == ("Max", scored.ids["max"], frozenset())
    assert principal.embedded is not None
    assert (principal.embedded.section, principal.embedded.subject) == (section.id, scored.ids["ann"])


@pytest.mark.parametrize(
    ("namespace", "value"), [("hr:id", "ann"), ("email", "ANN@example.org"), (None, "ann")], ids=str
)
def test_the_viewer_is_named_by_id_or_by_a_reference(scored: Company, namespace: str | None, value: str) -> None:
    viewer = scored.ids[value] if namespace is None else ExternalReference(namespace, value)

    assert opened(scored, text(minted(scored, viewer=viewer))).employee == scored.ids["ann"]


def test_the_token_ends_to_the_microsecond(scored: Company) -> None:
    token = text(minted(scored))
    last = MINUTES - timedelta(microseconds=1)

    assert opened(scored, token, later=last).employee == scored.ids["max"]
    with pytest.raises(Unauthenticated, match="expired"):
        opened(scored, token, later=MINUTES)


@pytest.mark.parametrize("origin", [None, "null", "", "https://other.example", "http://hr.example.org", f"{HR}:8443"])
def test_another_origin_is_refused(scored: Company, origin: str | None) -> None:
    with pytest.raises(Unauthenticated, match="not good on this origin"):
        opened(scored, text(minted(scored)), origin=origin)


def test_the_token_ends_with_the_services(scored: Company) -> None:
    by = service_token(scored)
    token = text(minted(scored, by))
    revoke_token(scored.deployment, by, at=AT, by="hal")

    with pytest.raises(Unauthenticated, match="has ended"):
        opened(scored, token)


def test_a_rotated_services_tokens_end_with_its_overlap(scored: Company) -> None:
    by, overlap = service_token(scored), timedelta(minutes=2)
    token = text(minted(scored, by))
    until = AT + timedelta(days=90)
    rotate_token(scored.deployment, by, expires_at=until, overlap=overlap, at=AT, by="hal")

    assert opened(scored, token, later=overlap - timedelta(seconds=1)).employee == scored.ids["max"]
    with pytest.raises(Unauthenticated, match="has ended"):
        opened(scored, token, later=overlap)


def test_another_secret_or_another_prefix_is_refused(scored: Company) -> None:
    by = service_token(scored)
    one, other = text(minted(scored, by)), text(minted(scored, by))
    swapped = f"apr_embed_{one.split('_')[2]}_{other.split('_')[3][:43]}"
    renamed = one[:-6].replace("apr_embed_", "apr_live_")

    for forged in (swapped, renamed):
        with pytest.raises(Unauthenticated, match="not known"):
            opened(scored, forged + checksum(forged))


def test_the_secret_is_nowhere_in_the_database(scored: Company) -> None:
    secret = text(minted(scored)).split("_")[3][:43]
    with scored.deployment.database.reading() as session:
        kept = repr(session.execute(select(EMBED_TOKENS)).one()) + repr(list(audit.entries(session)))

    assert secret not in kept


@pytest.mark.parametrize("viewer", [EmployeeId("nobody"), ExternalReference("hr:id", "nobody")])
def test_nobody_is_nobody(scored: Company, viewer: EmployeeId | ExternalReference) -> None:
    assert code(minted(scored, viewer=viewer)) == "UNKNOWN_VIEWER"


def test_what_the_service_may_not_see_looks_as_if_it_were_not_there(scored: Company) -> None:
    rated(scored)
    final_only = service_token(scored, ALL - {ServiceScope.READ_OPEN_SECTIONS})
    open_only = service_token(scored, ALL - {ServiceScope.READ_SECTIONS})
    unknown = minted(scored, final_only, section=SectionId("none"))

    assert minted(scored, final_only) == unknown
    assert code(unknown) == "UNKNOWN_SECTION"
    assert text(minted(scored, open_only))


def test_a_service_that_sees_final_sections_alone_mints_for_these(company: Company) -> None:
    company.scored()
    finalised(company)
    by = service_token(company, ALL - {ServiceScope.READ_OPEN_SECTIONS})

    assert opened(company, text(minted(company, by))).employee == company.ids["max"]


def test_a_viewer_gets_no_token_for_what_they_may_not_see(scored: Company) -> None:
    rated(scored)
    for name, role in ROLES.items():
        grant_role(scored.deployment, scored.ids[name], role, at=AT, by="test")
    outcomes = {
        name: minted(scored, viewer=scored.ids[name])
        for name in MANAGERS  # of Ann's section, which is a draft
    }

    assert {name for name, outcome in outcomes.items() if isinstance(outcome, MintedEmbedToken)} == {
        "ann",
        "max",
        "dora",
        "hal",
        "otto",
    }
    assert {code(outcome) for outcome in outcomes.values() if isinstance(outcome, Refusal)} == {"NOT_THE_VIEWERS"}


@pytest.mark.parametrize("origin", ["hr.example.org", "http://hr.example.org", f"{HR}/", "*", "null", ""])
def test_a_token_for_no_origin_is_not_minted(scored: Company, origin: str) -> None:
    assert code(minted(scored, origin=origin)) == "BAD_ORIGIN"


@pytest.mark.parametrize(("seconds", "is_good"), [(0, False), (1, True), (900, True), (901, False), (-5, False)])
def test_a_token_lives_a_quarter_of_an_hour_at_most(scored: Company, seconds: int, is_good: bool) -> None:
    outcome = minted(scored, life=timedelta(seconds=seconds))

    assert isinstance(outcome, MintedEmbedToken) if is_good else code(outcome) == "BAD_LIFETIME"


def test_whoever_is_no_service_with_the_scope_mints_nothing(scored: Company) -> None:
    plain = service_token(scored, ALL - {ServiceScope.MINT_EMBED})
    laptop = create_token(
        scored.deployment,
        name="laptop",
        employee=scored.ids["hal"],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=None,
        at=AT,
    )
    for by in (plain, laptop):
        with pytest.raises(Forbidden):
            minted(scored, by)


def test_a_service_that_could_mint_and_not_see_is_not_made(company: Company) -> None:
    for scopes in ({ServiceScope.MINT_EMBED}, ALL - {ServiceScope.READ_PEOPLE}):
        with pytest.raises(InvalidInput, match="would mint nothing"):
            service_token(company, frozenset(scopes))


def leave(company: Company, name: str) -> None:
    gone = record(name, MANAGERS[name], 2)
    fields = {slot: getattr(gone, slot) for slot in gone.__slots__} | {"status": EmploymentStatus.TERMINATED}
    read = ReadPeople((type(gone)(**fields),), (), complete=False)
    options = ImportOptions("hr", as_of=AT.date())
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)


def test_who_has_left_gets_no_token_and_the_one_they_had_ends(scored: Company) -> None:
    token = text(minted(scored, viewer=scored.ids["ann"]))
    leave(scored, "ann")

    assert code(minted(scored, viewer=scored.ids["ann"])) == "VIEWER_HAS_LEFT"
    with pytest.raises(Unauthenticated, match="left"):
        opened(scored, token)


def test_the_log_says_who_minted_for_whom_and_through_whom_one_read(scored: Company) -> None:
    principal = opened(scored, text(minted(scored)))
    section = scored.section("ann").section.id
    get_section(scored.deployment, principal, section, at=AT)
    with scored.deployment.database.reading() as session:
        entries = list(audit.about(session, f"section:{section}"))
    told = {entry.action: (entry.actor, dict(entry.details)) for entry in entries}
    actor, details = told["embed_token.create"]

    assert actor == "hris"
    assert details["viewer"] == f"employee:{scored.ids['max']}"
    assert (details["viewer_name"], details["origin"]) == ("Max", HR)
    assert told["section.read"][0] == f"employee:{scored.ids['max']}"
    assert told["section.read"][1]["embedded_by"] == "hris"


def test_expired_tokens_are_forgotten_after_a_day(scored: Company) -> None:
    by = service_token(scored)
    minted(scored, by)
    principal = authenticate(scored.deployment, by, origin=None, at=AT)
    section = scored.section("ann").section.id
    for later, kept in ((timedelta(days=1), 2), (timedelta(days=1) + MINUTES + timedelta(seconds=1), 2)):
        request = EmbedRequest(scored.ids["max"], section, HR, MINUTES)
        mint_embed_token(scored.deployment, principal, request, at=AT + later)
        with scored.deployment.database.reading() as session:
            assert len(session.execute(select(EMBED_TOKENS)).all()) == kept
