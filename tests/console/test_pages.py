"""The pages around the components: signing in and out, headers, and what a stranger gets."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment

from appraise.api.turns import MOST_WAITING
from appraise.console.menu import PAGES
from appraise.console.static_files import FINGERPRINT, ROOT
from appraise.settings import Settings, TrustedMode
from appraise.web import create_app


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    built = build(empty_deployment(tmp_path_factory.mktemp("company")))
    yield built
    built.deployment.database.close()


@pytest.fixture
def client(company: Company, tmp_path: Path) -> Iterator[TestClient]:
    entry = {"label": "Manager", "role": "manager", "name": "Max Weber", "token": company.token("Max Weber")}
    (tmp_path / "demo.json").write_text(json.dumps({"people": [entry]}), encoding="utf-8")
    app = create_app(company.deployment, Settings(data=tmp_path, demo=True), lambda: AT)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/people", "/sections/x", "/graphiql"])
def test_a_stranger_is_sent_to_the_sign_in_page(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("who", ["Ann Archer", "Max Weber", "Vera Lund", "Otto Brandt", "Hal Novak"])
def test_the_menu_leads_to_no_refusal_and_holds_back_no_page(client: TestClient, company: Company, who: str) -> None:
    client.post("/sign-in", data={"token": company.token(who)})
    offered = re.findall(r'<li><a href="(/[\w-]+)"', client.get("/people").text)
    opened = {page.path: client.get(page.path).status_code for page in PAGES if page.in_menu is not None}

    assert offered == [path for path, status in opened.items() if status == 200]
    assert set(opened.values()) <= {200, 403}
    assert ("/cycles" in offered) is (who in {"Otto Brandt", "Hal Novak"})


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("Vera Lund", "/contributions"),
        ("Hal Novak", "/cycles"),
        ("Otto Brandt", "/audit"),
        ("Max Weber", "/tasks"),
        ("Nia Okafor", "/tasks"),
        (None, "/sign-in"),
    ],
)
def test_everybody_begins_where_their_work_is(
    client: TestClient, company: Company, who: str | None, first: str
) -> None:
    if who is not None:
        client.post("/sign-in", data={"token": company.token(who)})

    assert client.get("/").headers["location"] == first


def test_a_token_opens_a_session_that_scripts_cannot_read(client: TestClient, company: Company) -> None:
    answer = client.post("/sign-in", data={"token": f" {company.token('Ann Archer')}\n"})
    cookie = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Ann Archer" in client.get("/people").text


def test_a_wrong_token_is_said_beside_the_field(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"token": "nonsense"})

    assert answer.status_code == 422
    assert "The token is malformed." in answer.text
    assert "set-cookie" not in answer.headers


def test_the_demo_signs_in_by_a_button_and_never_shows_its_token(client: TestClient) -> None:
    page = client.get("/sign-in").text
    answer = client.post("/sign-in/demo", data={"person": "manager"})

    assert "Max Weber" in page
    assert "apr_live_" not in page.replace("<code>apr_live_</code>", "")
    assert answer.headers["location"] == "/"
    assert client.post("/sign-in/demo", data={"person": "nobody"}).status_code == 404


def test_without_the_demo_setting_there_are_no_demo_people(company: Company, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"people": []}', encoding="utf-8")
    with TestClient(create_app(company.deployment, Settings(data=tmp_path), lambda: AT)) as client:
        assert "demo" not in client.get("/sign-in").text
        assert client.post("/sign-in/demo", data={"person": "manager"}).status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/demo", "/sign-out"])
def test_another_site_cannot_sign_anybody_in_or_out(client: TestClient, path: str) -> None:
    answer = client.post(path, data={"person": "manager"}, headers={"origin": "https://elsewhere.example"})

    assert answer.status_code == 403


def test_signing_out_ends_the_session(client: TestClient) -> None:
    client.post("/sign-in/demo", data={"person": "manager"})
    client.post("/sign-out")

    assert client.get("/people").status_code == 303


def test_every_answer_admits_nothing_but_our_own_files(client: TestClient) -> None:
    for path in ("/sign-in", "/nowhere", "/static/page.css", "/healthz"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-"), path
        assert "unsafe" not in policy


def test_a_page_names_every_module_that_its_component_imports_and_no_other(
    client: TestClient, company: Company
) -> None:
    """So that the browser asks for them at once: what is named can be had, and whatever these import is named too."""
    client.post("/sign-in", data={"token": company.token("Hal Novak")})
    page = client.get("/cycles/x").text
    named = re.findall(r'<link rel="modulepreload" href="([^"]+)">', page)
    texts = {address: client.get(address) for address in named}
    imported = {
        (address.rpartition("/")[0], name)
        for address, text in texts.items()
        for name in re.findall(r'^import (?:.+ from )?"(\.[^"]+)";$', text.text, re.MULTILINE)
    }

    assert {answer.status_code for answer in texts.values()} == {200}
    assert f"{ROOT}elements/cycle.js" in named
    assert f"{ROOT}vendor/lit/index.js" in named
    assert imported
    assert {urljoin(f"{folder}/", name) for folder, name in imported} <= set(named)


def test_files_are_kept_by_browsers_below_an_address_that_changes_with_them(client: TestClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/sign-in").text)
    kept = {client.get(address).headers["cache-control"] for address in named}
    style = client.get("/static/page.css")
    other = client.get(f"/static/{FINGERPRINT[::-1]}/page.css")  # as a page of another version names it

    assert len(named) > 3
    assert kept == {"public, max-age=31536000, immutable"}
    assert (style.headers["cache-control"], other.headers["cache-control"]) == ("no-cache", "no-cache")
    assert style.content == other.content
    assert client.get(f"{ROOT}nowhere.css").status_code == 404


def test_the_explorer_admits_one_style_by_a_number_used_once(client: TestClient, company: Company) -> None:
    client.post("/sign-in", data={"token": company.token("Ann Archer")})
    pages = [client.get("/graphiql") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([\w-]{22})'", page.headers["content-security-policy"]) for page in pages]

    assert all(f'data-nonce="{nonce[0]}"' in page.text for page, nonce in zip(pages, nonces, strict=True))
    assert nonces[0] != nonces[1]
    assert "unsafe" not in pages[0].headers["content-security-policy"]


def test_there_is_no_explorer_where_only_trusted_documents_run(company: Company, tmp_path: Path) -> None:
    app = create_app(company.deployment, Settings(data=tmp_path, trusted_documents=TrustedMode.ONLY), lambda: AT)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        client.post("/sign-in", data={"token": company.token("Ann Archer")})

        assert client.get("/graphiql").status_code == 404
        assert "API explorer" not in client.get("/people").text


def test_an_address_that_is_none_gives_a_page_in_words(client: TestClient) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text


def test_what_a_section_address_holds_is_escaped(client: TestClient) -> None:
    client.post("/sign-in/demo", data={"person": "manager"})
    page = client.get('/sections/"><script>alert(1)<%2Fscript>').text

    assert "<script>alert" not in page


@pytest.mark.parametrize(("address", "is_kept"), [("http://localhost:8321", True), ("http://10.0.0.7", False)])
def test_without_https_there_are_sessions_on_this_machine_alone(company: Company, address: str, is_kept: bool) -> None:
    with TestClient(create_app(company.deployment, Settings(), lambda: AT), base_url=address) as client:
        answer = client.post("/sign-in", data={"token": company.token("Ann Archer")}, follow_redirects=False)

    assert ("set-cookie" in answer.headers) is is_kept
    assert ("needs https" in answer.text) is not is_kept


def test_a_services_token_opens_no_page(client: TestClient, company: Company) -> None:
    answer = client.post("/sign-in", data={"token": company.token("people service")})

    assert (answer.status_code, "not these pages" in answer.text) == (422, True)
    assert "set-cookie" not in answer.headers


def test_the_token_itself_is_not_in_the_cookie_and_opens_nothing_there(client: TestClient, company: Company) -> None:
    token = company.token("Ann Archer")
    answer = client.post("/sign-in", data={"token": token})
    client.cookies.clear()

    assert token[:20] not in answer.headers["set-cookie"]
    assert client.get("/people", headers={"cookie": f"appraise_session={token}"}).status_code == 303


@pytest.mark.parametrize(
    ("query", "ancestors"),
    [
        ("origin=https://hr.example.org", "https://hr.example.org"),
        ("origin=https://hr.example.org%20*", None),
        ("origin=http://hr.example.org", None),
        ("", None),
    ],
)
def test_only_the_page_that_the_address_names_may_frame_a_section(
    client: TestClient, query: str, ancestors: str | None
) -> None:
    answer = client.get(f"/embed?{query}")

    if ancestors is None:
        assert answer.status_code == 400
        assert answer.headers["x-frame-options"] == "DENY"
        return
    assert f"frame-ancestors {ancestors}" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_pages_take_turns_and_whoever_sends_too_many_is_told_on_one(company: Company, tmp_path: Path) -> None:
    """Nobody's flood of records, which take long to make, keeps somebody else's page from being shown."""
    app = create_app(company.deployment, Settings(data=tmp_path), lambda: AT)

    async def flood() -> tuple[list[httpx2.Response], httpx2.Response]:
        transport = httpx2.ASGITransport(app)
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as hostile,
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as honest,
        ):
            for client, who in ((hostile, "Ann Archer"), (honest, "Max Weber")):
                await client.post("/sign-in", data={"token": company.token(who)})
                await client.get("/people")
            flooding = asyncio.gather(*(hostile.get("/record/download") for _ in range(MOST_WAITING + 30)))
            await asyncio.sleep(0.05)
            page = await honest.get("/people")
            assert not flooding.done()
            return await flooding, page

    records, page = asyncio.run(flood())

    assert {one.status_code for one in records} == {200, 429}
    refused = next(one for one in records if one.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert "(429)" in refused.text
    assert (page.status_code, "Max Weber" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("who", "is_by_person"), [("Max Weber", True), ("Ann Archer", True), ("Vera Lund", False), ("Hal Novak", False)]
)
def test_who_reads_few_finds_a_row_for_each_person_first(
    client: TestClient, company: Company, who: str, *, is_by_person: bool
) -> None:
    client.post("/sign-in", data={"token": company.token(who)})

    assert (' by="employee">' in client.get("/contributions").text) is is_by_person
    assert 'by="employee"' not in client.get("/people").text
