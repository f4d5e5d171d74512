"""Signing in by an identity provider, from the button to the page, and everything that must not let anybody in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment
from tests.console.provider import CLIENT, SECRET, OpenIdProvider, openid_provider
from tests.use_cases.issuer import OTHER_RSA

from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.web import create_app

HOME = "http://127.0.0.1:8321"
NAME = {"query": "{ viewer { name roles } }"}
OWN = {"x-appraise-request": "1"}
Change = Callable[[OpenIdProvider], Any]


@dataclass
class Clock:
    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    built = build(empty_deployment(tmp_path_factory.mktemp("company")))
    yield built
    built.deployment.database.close()


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as one:
        one.callbacks = {f"{HOME}/sign-in/with/staff/callback", f"{SECURE}/sign-in/with/staff/callback"}
        yield one


SECURE = "https://appraise.example.org"
ISSUER = """
[[issuers]]
issuer = "{url}"
audience = "appraise"
jwks_url = "{url}/keys"
algorithms = ["RS256"]
employee_claim = "{claim}"
employee_namespace = "{namespace}"
roles = {{ hr = "hr_administrator" }}
[issuers.console]
name = "staff"
title = "Example staff account"
client_id = "{client}"
{secret}
"""


def written(directory: Path, provider: OpenIdProvider, *, claim: str = "sub", namespace: str = "hr:id") -> Path:
    secret = directory / "secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    line = "" if provider.is_public else f'client_secret_file = "{secret}"'
    text = ISSUER.format(url=provider.url, client=CLIENT, secret=line, claim=claim, namespace=namespace)
    file = directory / "issuers.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(company: Company, provider: OpenIdProvider, clock: Clock, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(issuers=written(tmp_path, provider), public_url=HOME)
    app = create_app(company.deployment, settings, clock)
    with TestClient(app, base_url=HOME, follow_redirects=False) as opened:
        yield opened


def begun(client: TestClient) -> str:
    """The address at which the provider sends the browser back."""
    started = client.get("/sign-in/with/staff")
    assert started.status_code == 303, started.text
    back = httpx2.get(started.headers["location"])
    assert back.status_code == 303, back.text
    return str(back.headers["location"])


def signed_in(client: TestClient) -> Any:
    return client.get(begun(client))


def test_the_provider_s_answer_opens_a_session_of_the_employee_it_names(client: TestClient) -> None:
    assert "Example staff account" in client.get("/sign-in").text
    answer = signed_in(client)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("appraise_session="))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Ann Archer" in client.get("/people").text
    assert client.post("/graphql", json=NAME, headers=OWN).json()["data"]["viewer"] == {
        "name": "Ann Archer",
        "roles": [],
    }


def test_the_session_counts_at_the_api_beside_the_header_alone(client: TestClient) -> None:
    signed_in(client)

    assert client.post("/graphql", json=NAME).status_code == 401
    assert client.get("/graphql", params=NAME).status_code == 401
    assert client.get("/graphql", params=NAME, headers=OWN).status_code == 200


def test_on_https_the_cookies_are_bound_to_the_host(
    company: Company, provider: OpenIdProvider, clock: Clock, tmp_path: Path
) -> None:
    """The proxy that ends TLS may speak plain http to us: the public address decides."""
    app = create_app(company.deployment, Settings(issuers=written(tmp_path, provider), public_url=SECURE), clock)
    for base in (SECURE, "http://appraise.internal"):
        with TestClient(app, base_url=base, follow_redirects=False) as client:
            started = client.get("/sign-in/with/staff")
            kept = started.headers["set-cookie"]
            back = httpx2.get(started.headers["location"]).headers["location"]
            sent = {"cookie": kept.partition(";")[0]}
            answer = client.get(urlsplit(back)._replace(scheme="", netloc="").geturl(), headers=sent)
            session = next(value for value in answer.headers.get_list("set-cookie") if "appraise_session" in value)
            plain = session.partition(";")[0].removeprefix("__Host-")

            for cookie in (kept, session):
                assert cookie.startswith("__Host-appraise_")
                assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= set(cookie.split("; "))
                assert "Domain" not in cookie
            client.cookies.clear()
            assert client.get("/people", headers={"cookie": session.partition(";")[0]}).status_code == 200
            assert client.get("/people", headers={"cookie": plain}).status_code == 303


def test_each_sign_in_has_its_own_secrets(client: TestClient, provider: OpenIdProvider) -> None:
    for _ in range(2):
        begun(client)
    first, second = provider.asked

    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 20


def test_a_new_sign_in_has_a_new_id_and_ends_the_old_session(client: TestClient) -> None:
    signed_in(client)
    old = client.cookies["appraise_session"]
    signed_in(client)
    new = client.cookies["appraise_session"]
    client.cookies.clear()

    assert old != new
    assert client.get("/people", headers={"cookie": f"appraise_session={old}"}).status_code == 303
    assert client.get("/people", headers={"cookie": f"appraise_session={new}"}).status_code == 200


def test_a_session_id_that_somebody_planted_is_not_taken_up(client: TestClient) -> None:
    client.cookies.set("appraise_session", "planted", domain="127.0.0.1")
    answer = signed_in(client)

    assert "appraise_session=planted" not in answer.headers["set-cookie"]
    client.cookies.clear()
    assert client.get("/people", headers={"cookie": "appraise_session=planted"}).status_code == 303


def test_a_public_client_signs_in_by_pkce_alone(
    company: Company, provider: OpenIdProvider, clock: Clock, tmp_path: Path
) -> None:
    provider.is_public = True
    app = create_app(company.deployment, Settings(issuers=written(tmp_path, provider), public_url=HOME), clock)
    with TestClient(app, base_url=HOME, follow_redirects=False) as client:
        assert signed_in(client).headers["location"] == "/"


def test_roles_of_the_token_last_as_long_as_the_session(client: TestClient, provider: OpenIdProvider) -> None:
    provider.claims = {"roles": ["hr", "something else"]}
    signed_in(client)

    assert client.post("/graphql", json=NAME, headers=OWN).json()["data"]["viewer"]["roles"] == ["HR_ADMINISTRATOR"]


def claims(**changed: Any) -> Change:
    return lambda provider: provider.claims.update(changed)


def setting(**changed: Any) -> Change:
    return lambda provider: [setattr(provider, name, value) for name, value in changed.items()]


NOW = int(AT.timestamp())
HABITS: dict[str, Change] = {
    "another sign-in's nonce": claims(nonce="another"),
    "no nonce": claims(nonce=None),
    "another issuer": claims(iss="https://login.example.org"),
    "no issuer": claims(iss=None),
    "expired": claims(exp=NOW - 31),
    "no end": claims(exp=None),
    "no time": claims(iat=None),
    "from the future": claims(nbf=NOW + 3600),
    "for another client": claims(aud="appraise"),
    "for two, not saying which": claims(aud=[CLIENT, "other"]),
    "for two, made for the other": claims(aud=[CLIENT, "other"], azp="other"),
    "made for another": claims(azp="other"),
    "nobody": claims(sub=None),
    "an employee we do not know": claims(sub="E9999"),
    "a list of employees": claims(sub=["E0005"]),
    "alg none": setting(form="none"),
    "signed by the public key": setting(form="hmac"),
    "signed by somebody else": setting(key=OTHER_RSA),
    "an unknown key": setting(header={"kid": "two"}),
    "no ID token": setting(answer=(200, {"access_token": "x", "token_type": "Bearer"})),
    "an ID token that is none": setting(answer=(200, {"access_token": "x", "token_type": "Bearer", "id_token": "x"})),
    "a number for an ID token": setting(answer=(200, {"access_token": "x", "token_type": "Bearer", "id_token": 1})),
    "a list for an answer": setting(answer=(200, [])),
    "nonsense for an answer": setting(answer=(200, "<html>")),
    "a refusal": setting(answer=(400, {"error": "invalid_grant", "error_description": "<b>no</b>"})),
    "a defect": setting(answer=(500, "broken")),
    "another's name beside the code": setting(back={"iss": "https://login.example.org"}),
    "no name beside the code": setting(back={"iss": ""}),
    "another sign-in's state": setting(back={"state": "another"}),
    "no state": setting(back={"state": ""}),
    "no code": setting(back={"code": ""}),
    "an unknown code": setting(back={"code": "unknown"}),
    "an error": setting(back={"code": "", "error": "access_denied", "error_description": "<script>alert(1)</script>"}),
}


@pytest.mark.parametrize("habit", HABITS)
def test_a_provider_s_bad_habit_lets_nobody_in(client: TestClient, provider: OpenIdProvider, habit: str) -> None:
    HABITS[habit](provider)
    answer = signed_in(client)

    assert answer.status_code in {403, 422}
    assert "Signing in did not work; begin again" in answer.text
    assert "<b>no</b>" not in answer.text
    assert "alert(1)" not in answer.text
    assert [cookie for cookie in answer.headers.get_list("set-cookie") if "appraise_session" in cookie] == []
    assert client.get("/people").status_code == 303


def test_a_code_is_good_once(client: TestClient) -> None:
    back = begun(client)
    kept = client.cookies["appraise_sign_in"]
    assert client.get(back).headers["location"] == "/"
    assert "appraise_sign_in" not in client.cookies
    client.cookies.clear()

    assert client.get(back).status_code == 403
    assert client.get(back, headers={"cookie": f"appraise_sign_in={kept}"}).status_code == 403


def test_an_answer_is_taken_from_the_browser_that_began_and_in_time_alone(client: TestClient, clock: Clock) -> None:
    back = begun(client)
    kept = client.cookies["appraise_sign_in"]
    client.cookies.clear()
    tampered = kept[:-8] + ("A" if kept[-8] != "A" else "B") + kept[-7:]

    for cookie in ("", "x", tampered):
        answer = client.get(back, headers={"cookie": f"appraise_sign_in={cookie}"})
        assert (answer.status_code, "begin again" in answer.text) == (403, True)
    clock.now = AT + timedelta(minutes=10)
    assert client.get(back, headers={"cookie": f"appraise_sign_in={kept}"}).status_code == 403
    clock.now = AT + timedelta(minutes=9)
    assert client.get(back, headers={"cookie": f"appraise_sign_in={kept}"}).status_code == 422  # the token is old
    assert len(parse_qs(urlsplit(back).query)["state"][0]) >= 20


@pytest.mark.parametrize("broken", ["discovery", "keys"])
def test_while_the_provider_is_down_one_is_told_to_come_back(
    client: TestClient, provider: OpenIdProvider, clock: Clock, broken: str
) -> None:
    provider.broken = {broken}
    answer = client.get("/sign-in/with/staff") if broken == "discovery" else signed_in(client)
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    provider.broken = set()
    clock.now = AT + timedelta(minutes=1)
    assert signed_in(client).headers["location"] == "/"


def test_slow_keys_are_waited_for_some_seconds_and_no_longer(client: TestClient, provider: OpenIdProvider) -> None:
    provider.wait = {"keys": 4}

    assert signed_in(client).status_code == 503


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.org"},
        {"authorization_endpoint": "http://login.example.org/authorize"},
        {"token_endpoint": None},
        {"token_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "http://login.example.org/end"},
    ],
)
def test_another_s_or_an_open_endpoint_is_not_used(
    client: TestClient, provider: OpenIdProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata

    assert client.get("/sign-in/with/staff").status_code == 503
    assert provider.asked == []


def test_an_address_that_the_provider_has_not_verified_names_nobody(
    company: Company, provider: OpenIdProvider, clock: Clock, tmp_path: Path
) -> None:
    file = written(tmp_path, provider, claim="email", namespace="email")
    app = create_app(company.deployment, Settings(issuers=file, public_url=HOME), clock)
    with TestClient(app, base_url=HOME, follow_redirects=False) as client:
        provider.claims = {"email": "E5@example.org", "email_verified": False}
        assert signed_in(client).status_code == 422
        provider.claims = {"email": "E5@example.org", "email_verified": True}
        assert signed_in(client).headers["location"] == "/"


def test_signing_out_ends_the_session_here_and_at_the_provider(client: TestClient, provider: OpenIdProvider) -> None:
    signed_in(client)
    session = client.cookies["appraise_session"]
    page = client.post("/sign-out", headers={"origin": HOME})
    start = page.text.index("url=http") + len("url=")
    address = page.text[start : page.text.index('"', start)].replace("&amp;", "&")
    back = httpx2.get(address)

    assert (page.status_code, "appraise_session" in client.cookies) == (200, False)
    assert client.get("/people", headers={"cookie": f"appraise_session={session}"}).status_code == 303
    assert back.headers["location"].startswith(f"{HOME}/sign-in")
    assert (provider.ended[0]["client_id"], len(provider.ended[0]["id_token_hint"].split("."))) == (CLIENT, 3)


def test_a_provider_without_an_end_is_left_alone(client: TestClient, provider: OpenIdProvider) -> None:
    provider.metadata = {"end_session_endpoint": None}
    signed_in(client)

    assert client.post("/sign-out").headers["location"] == "/sign-in"


def test_an_issuer_that_is_none_is_no_page(client: TestClient) -> None:
    for path in ("/sign-in/with/other", "/sign-in/with/other/callback"):
        assert client.get(path).status_code == 404


def test_the_way_in_begins_with_the_public_address_and_a_readable_secret(
    company: Company, provider: OpenIdProvider, clock: Clock, tmp_path: Path
) -> None:
    file = written(tmp_path, provider)
    with pytest.raises(InvalidInput, match="address is not known"):
        create_app(company.deployment, Settings(issuers=file), clock)
    (tmp_path / "secret").unlink()
    with pytest.raises(InvalidInput, match="secret"):
        create_app(company.deployment, Settings(issuers=file, public_url=HOME), clock)
    for address in ("appraise.example.org", "http://appraise.example.org", "https://appraise.example.org/console"):
        with pytest.raises(InvalidInput, match="APPRAISE_PUBLIC_URL"):
            Settings(public_url=address)
