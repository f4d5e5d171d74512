"""Tokens of an identity provider, refused for everything that RFC 7519, RFC 8725 and RFC 9068 warn of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from tests.api.builder import empty_deployment
from tests.use_cases.conftest import AT, Company, record
from tests.use_cases.issuer import (
    EC,
    OTHER_RSA,
    RSA,
    Provider,
    parts,
    served,
    signed,
    signed_by_the_public_key,
    unsigned,
)

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import PeopleRecord
from appraise.domain.access import Principal, Role
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.errors import Unauthenticated
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.issuers import Issuer
from appraise.use_cases.verify_jwt import TrustedIssuers, verify_jwt

ISSUER = "https://login.example.org"
NOW = int(AT.timestamp())
GOOD = {"iss": ISSUER, "aud": "appraise", "sub": "ann", "exp": NOW + 600}
Verify = Callable[..., Principal]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with served() as one:
        one.publish(one=RSA, two=EC)
        yield one


def issuer(provider: Provider, **changes: Any) -> Issuer:
    values = {
        "issuer": ISSUER,
        "audience": "appraise",
        "jwks_url": provider.url,
        "algorithms": ["RS256", "ES256"],
        "employee_namespace": "hr:id",
    }
    return Issuer.model_validate(values | changes)


def verified(
    deployment: Deployment, provider: Provider, token: str, *, seconds: float = 0, **changes: Any
) -> Principal:
    return verify_jwt(
        deployment, TrustedIssuers([issuer(provider, **changes)]), token, at=AT + timedelta(seconds=seconds)
    )


@pytest.fixture(scope="module")
def ann_and_hal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A company on SQLite for the tests that change nothing."""
    deployment = empty_deployment(tmp_path_factory.mktemp("company"))
    add(deployment, record("ann", None, 2), record("hal", None, 3))
    yield deployment
    deployment.database.close()


@pytest.fixture
def verify(ann_and_hal: Deployment, provider: Provider) -> Verify:
    return partial(verified, ann_and_hal, provider)


@pytest.fixture
def verify_in_company(company: Company, provider: Provider) -> Verify:
    """On each kind of database."""
    return partial(verified, company.deployment, provider)


def add(deployment: Deployment, *people: PeopleRecord, source: str = "hr") -> None:
    options = ImportOptions(source, as_of=AT.date())
    reconcile_people(deployment, ReadPeople(people, ()), options, file="people.csv", at=AT, dry_run=False)


@pytest.mark.parametrize("token", [signed(GOOD, RSA), signed(GOOD, EC, kid="two")], ids=["RS256", "ES256"])
def test_a_good_token_gives_the_employee(verify_in_company: Verify, company: Company, token: str) -> None:
    assert verify_in_company(token) == Principal("Ann", company.ids["ann"])


def test_whoever_has_left_is_refused_and_told_so(verify_in_company: Verify, company: Company) -> None:
    left = replace(record("ann", None, 2), status=EmploymentStatus.TERMINATED)
    options = ImportOptions("hr", as_of=AT.date())
    read = ReadPeople((left,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)

    with pytest.raises(Unauthenticated, match="has left or is suspended"):
        verify_in_company(signed(GOOD, RSA))


def test_a_signature_is_verified_before_the_database_is_asked(
    ann_and_hal: Deployment, provider: Provider, tmp_path: Path
) -> None:
    nowhere = replace(ann_and_hal, database=Database(f"sqlite:///{tmp_path}/no-directory/none.sqlite"))

    for token in (signed(GOOD, OTHER_RSA), unsigned(GOOD), signed(GOOD | {"exp": NOW - 100}, RSA)):
        with pytest.raises(Unauthenticated):
            verified(nowhere, provider, token)
    with pytest.raises(OperationalError, match="unable to open database file"):
        verified(nowhere, provider, signed(GOOD, RSA))


def test_keys_are_kept_fresh_beside_requests(provider: Provider) -> None:
    issuers, stop, before = TrustedIssuers([issuer(provider)]), Event(), provider.asked
    keeping = Thread(target=issuers.keep, args=[stop, lambda: AT])
    keeping.start()
    stop.set()
    keeping.join()

    assert provider.asked == before + 1
    assert issuers.are_at_hand(signed(GOOD, RSA), at=AT)
    assert issuers.are_at_hand(signed(GOOD | {"iss": "https://other.example.org"}, RSA), at=AT)
    assert issuers.are_at_hand("a.b.c", at=AT)


def test_the_audience_may_be_one_of_several(verify: Verify) -> None:
    assert verify(signed(GOOD | {"aud": ["intranet", "appraise"]}, RSA)).name == "Ann"


def test_headers_that_mean_nothing_to_us_are_passed_over(verify: Verify) -> None:
    assert verify(signed(GOOD, RSA, nonce="x", x5t="y")).name == "Ann"


def test_a_claim_of_the_organisations_choice_names_the_employee(verify_in_company: Verify, company: Company) -> None:
    token = signed(GOOD | {"sub": "00u1", "mail": " ANN@example.org"}, RSA)

    principal = verify_in_company(token, employee_claim="mail", employee_namespace="email")

    assert principal.employee == company.ids["ann"]


def test_an_employee_number_may_be_a_number(verify_in_company: Verify, company: Company) -> None:
    person = replace(record("zoe", None, 40), key=ExternalReference("hr:id", "4711"))
    person = replace(person, references=(person.key,))
    add(company.deployment, person, source="more")

    assert verify_in_company(signed(GOOD | {"number": 4711}, RSA), employee_claim="number").name == "Zoe"


def test_roles_come_from_the_token_and_from_what_was_granted_here(verify_in_company: Verify, company: Company) -> None:
    grant_role(company.deployment, company.ids["ann"], Role.AUDITOR, at=AT, by="hal")
    roles = {"hr-admins": "hr_administrator", "board": "executive"}

    several = verify_in_company(
        signed(GOOD | {"groups": ["hr-admins", "other", 3]}, RSA), roles_claim="groups", roles=roles
    )
    one = verify_in_company(signed(GOOD | {"roles": "board"}, RSA), roles=roles)
    unmapped = verify_in_company(signed(GOOD | {"roles": ["hr_administrator"]}, RSA), roles=roles)

    assert several.roles == {Role.AUDITOR, Role.HR_ADMINISTRATOR}
    assert one.roles == {Role.AUDITOR, Role.EXECUTIVE}
    assert unmapped.roles == {Role.AUDITOR}


def without(claim: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != claim}


REFUSED = {
    "no signature": unsigned(GOOD),
    "no signature, oddly written": unsigned(GOOD, alg="nOnE"),
    "HMAC by the public key": signed_by_the_public_key(GOOD, RSA),
    "algorithm of another key": signed(GOOD, RSA, alg="ES256"),
    "algorithm not configured": signed(GOOD, RSA, alg="RS512"),
    "key of another algorithm": signed(GOOD, RSA, kid="two"),
    "algorithm is a list": signed(GOOD, RSA, alg=["RS256"]),
    "no key id": signed(GOOD, RSA, kid=None),
    "unknown key id": signed(GOOD, RSA, kid="three"),
    "another's key": signed(GOOD, OTHER_RSA),
    "own key in the header": signed(GOOD, OTHER_RSA, jwk={"kty": "RSA"}),
    "unknown critical header": signed(GOOD, RSA, crit=["x"], x=1),
    "another issuer": signed(GOOD | {"iss": "https://login.example.com"}, RSA),
    "issuer with a slash more": signed(GOOD | {"iss": ISSUER + "/"}, RSA),
    "issuers in a list": signed(GOOD | {"iss": [ISSUER]}, RSA),
    "another audience": signed(GOOD | {"aud": "payroll"}, RSA),
    "other audiences": signed(GOOD | {"aud": ["payroll", "intranet"]}, RSA),
    "no audience in a list": signed(GOOD | {"aud": []}, RSA),
    "audience that contains ours": signed(GOOD | {"aud": "appraise-test"}, RSA),
    "expires never": signed(GOOD | {"exp": None}, RSA),
    "expires at a text": signed(GOOD | {"exp": str(NOW + 600)}, RSA),
    "expires at not-a-number": signed(GOOD | {"exp": float("nan")}, RSA),
    "expires at infinity": signed(GOOD | {"exp": float("inf")}, RSA),
    "not yet": signed(GOOD | {"nbf": NOW + 31}, RSA),
    "from the future": signed(GOOD | {"iat": NOW + 31}, RSA),
    "unknown employee": signed(GOOD | {"sub": "nobody"}, RSA),
    "empty employee": signed(GOOD | {"sub": " "}, RSA),
    "employee with a NUL": signed(GOOD | {"sub": "ann\0"}, RSA),
    "employee with half a pair": signed(GOOD | {"sub": "ann\ud800"}, RSA),
    "critical headers are null": signed(GOOD, RSA, crit=None),
    "employee is true": signed(GOOD | {"sub": True}, RSA),
    "claims in a list": signed([GOOD], RSA),
    "no claims": signed(None, RSA),
    "too long": signed(GOOD | {"x": "x" * 13_000}, RSA),
    "no JSON": "a.b.c",
    "nothing": "..",
    "outside ASCII": "ä.ö.ü",
    "header in a list": parts(["RS256"], GOOD) + ".AA",
    **{f"no {claim}": signed(without(claim), RSA) for claim in ("iss", "aud", "sub", "exp")},
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_is_refused_without_a_reason(verify: Verify, token: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verify(token)

    assert (refused.value.found, refused.value.__cause__) == ("the token is not accepted", None)


def test_a_changed_claim_breaks_the_signature(verify: Verify) -> None:
    head, _, tail = signed(GOOD, RSA).split(".")
    hal = signed(GOOD | {"sub": "hal"}, RSA).split(".")[1]

    with pytest.raises(Unauthenticated, match="not accepted"):
        verify(f"{head}.{hal}.{tail}")


def test_the_clocks_may_differ_by_thirty_seconds(verify: Verify) -> None:
    token = signed(GOOD | {"nbf": NOW + 30}, RSA)
    assert verify(token).name == "Ann"
    assert verify(token, seconds=629).name == "Ann"

    with pytest.raises(Unauthenticated, match="has expired"):
        verify(token, seconds=630)


def test_only_a_token_with_a_good_signature_is_told_that_it_expired(verify: Verify) -> None:
    with pytest.raises(Unauthenticated, match="not accepted"):
        verify(signed(GOOD, OTHER_RSA), seconds=3600)


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_configured_type_is_accepted_as_the_rfc_writes_it(verify: Verify, typ: str) -> None:
    assert verify(signed(GOOD, RSA, typ=typ), type="at+jwt").name == "Ann"


@pytest.mark.parametrize("typ", ["JWT", None, "id+jwt", 1])
def test_another_type_than_the_configured_is_refused(verify: Verify, typ: Any) -> None:
    with pytest.raises(Unauthenticated):
        verify(signed(GOOD, RSA, typ=typ), type="at+jwt")


def test_an_issuer_speaks_for_itself_alone(company: Company, provider: Provider) -> None:
    with served() as other:
        other.publish(one=OTHER_RSA)
        theirs = issuer(provider, issuer="https://other.example.org", jwks_url=other.url)
        issuers = TrustedIssuers([issuer(provider), theirs])
        own = signed(GOOD | {"iss": "https://other.example.org"}, OTHER_RSA)
        forged = signed(GOOD, OTHER_RSA)

        assert verify_jwt(company.deployment, issuers, own, at=AT).name == "Ann"
        with pytest.raises(Unauthenticated):
            verify_jwt(company.deployment, issuers, forged, at=AT)


def test_an_address_that_two_employees_share_names_nobody(verify_in_company: Verify, company: Company) -> None:
    twin = replace(record("twin", None, 41), email="ann@example.org")
    add(company.deployment, twin, source="hr2")

    with pytest.raises(Unauthenticated):
        verify_in_company(
            signed(GOOD | {"mail": "ann@example.org"}, RSA), employee_claim="mail", employee_namespace="email"
        )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku", "jwk", "x5c"]), JSON) | JSON,
    claims=st.dictionaries(st.sampled_from([*GOOD, "nbf", "iat", "roles"]), JSON) | JSON,
    is_signed=st.booleans(),
)
def test_whatever_is_sent_is_refused_and_never_an_accident(
    verify: Verify, header: Any, claims: Any, *, is_signed: bool
) -> None:
    if is_signed:  # a good issuer that writes strange claims: only a whole set would open
        claims = GOOD | {"exp": NOW - 100} | {key: value for key, value in dict_of(claims).items() if key != "exp"}
        token = signed(claims, RSA, **dict_of(header))
    else:
        token = parts(header, claims) + ".AAAA"

    with pytest.raises(Unauthenticated):
        verify(token)


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
