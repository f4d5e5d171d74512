"""A host's page at the API: it mints for a viewer, and the viewer's browser sees that one section through every door."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import codes
from tests.api.test_doors import (
    ALL_EMPLOYEES,
    ALL_SECTIONS,
    EVERYBODY,
    MUTATIONS,
    STATES,
    WITH_SECTION,
    Doors,
    doors,
    managers_above,
)

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Role, ServiceScope, may_act, reaches, section_scope
from appraise.use_cases.create_token import create_token

__all__ = ["doors"]  # a fixture
HR = "https://hr.example.org"
MINT = """mutation ($input: CreateEmbedTokenInput!) { createEmbedToken(input: $input) {
  token expiresAt userErrors { message path code } } }"""
Post = Callable[..., dict[str, Any]]


@pytest.fixture
def post(client: TestClient) -> Post:
    def posted(token: str, query: str, *, origin: str | None = HR, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} | ({} if origin is None else {"origin": origin})
        body: dict[str, Any] = client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        ).json()
        return body

    return posted


@pytest.fixture
def host(company: Company) -> str:
    return create_token(
        company.deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset(ServiceScope),
        expires_at=None,
        at=AT,
    )


@pytest.fixture
def embedded(doors: Doors, post: Post, host: str) -> Callable[[str, str], str | None]:
    """`embedded("Max Weber", "Ann Archer")`: the token for Max to see Ann's section; None where Max may not."""

    def minted(viewer: str, of: str) -> str | None:
        wanted = {"viewer": {"id": doors.employee_id(viewer)}, "sectionId": doors.section_id(of), "origin": HR}
        payload = post(host, MINT, origin=None, input=wanted)["data"]["createEmbedToken"]
        token: str | None = payload["token"]
        assert [error["code"] for error in payload["userErrors"]] == ([] if token else ["NOT_THE_VIEWERS"])
        return token

    return minted


def test_every_door_shows_that_one_section_and_its_people_alone(
    doors: Doors, post: Post, embedded: Callable[[str, str], str | None]
) -> None:
    company, cycle, tried = doors.company, to_global(Kind.CYCLE, doors.company.cycle.id), 0
    one_by_one = " ".join(
        f"""s{n}: section(id: "{doors.section_id(name)}") {{ state }}
            n{n}: node(id: "{doors.section_id(name)}") {{ ... on Section {{ state }} }}"""
        for n, name in enumerate(WITH_SECTION)
    )
    people = " ".join(
        f"""i{n}: employee(by: {{id: "{doors.employee_id(name)}"}}) {{ name }}
            r{n}: employee(by: {{reference: {{namespace: "name", value: "{name}"}}}}) {{ name }}
            p{n}: node(id: "{doors.employee_id(name)}") {{ ... on Employee {{ name section(cycle: "{cycle}") {{ id }} }} }}"""
        for n, name in enumerate(EVERYBODY)
    )
    for viewer in ("Ann Archer", "Max Weber", "Dora Lindqvist", "Hal Novak", "Vera Lund", "Nia Okafor"):
        for of in WITH_SECTION:
            principal, above = company.principal(viewer), managers_above(company, of)
            is_seen = reaches(section_scope(principal), principal, company.ids[of], managers=above, state=STATES[of])
            token = embedded(viewer, of)
            assert (token is not None) is is_seen, (viewer, of)
            if token is None:
                continue
            tried += 1
            shown = {viewer, of}
            listed = post(token, ALL_SECTIONS, cycle=cycle)["data"]["sections"]
            everybody = post(token, ALL_EMPLOYEES)["data"]["employees"]
            found = post(token, f"{{ {people} }}")["data"]

            assert post(token, f"{{ {one_by_one} }}")["data"] == {
                f"{door}{n}": {"state": STATES[name]} if name == of else None
                for n, name in enumerate(WITH_SECTION)
                for door in "sn"
            }
            assert (listed["totalCount"], [row["person"]["name"] for row in listed["nodes"]]) == (1, [of])
            assert ({row["name"] for row in everybody["nodes"]}, everybody["totalCount"]) == (shown, len(shown))
            assert {key for key, row in found.items() if row} == {
                f"{door}{n}" for n, name in enumerate(EVERYBODY) if name in shown for door in "irp"
            }
            assert {row["section"]["id"] for row in found.values() if row and row.get("section")} == {
                doors.section_id(of)
            }
    assert tried > 15


def test_changes_are_those_of_the_viewer_on_that_one_section(
    doors: Doors, post: Post, embedded: Callable[[str, str], str | None]
) -> None:
    """As in the test of all doors, a wrong version tells who may act from who may not."""
    company = doors.company
    for viewer in ("Ann Archer", "Max Weber", "Dora Lindqvist", "Hal Novak"):
        token = embedded(viewer, "Ann Archer")
        assert token is not None
        calls, expected = [], {}
        for n, name in enumerate(WITH_SECTION):
            item = to_global(Kind.ITEM, doors.sections[name].section.items[0].id)
            for action, (field, more) in MUTATIONS.items():
                common = f'sectionId: "{doors.section_id(name)}", expectedVersion: 999'
                alias = f"{action.lower()}{n}"
                calls.append(
                    f"{alias}: {field}(input: {{{common} {more.format(item=item)}}}) {{ userErrors {{ code }} }}"
                )
                managers = managers_above(company, name)
                may = may_act(company.principal(viewer), action, company.ids[name], managers=managers)
                is_shown = name == "Ann Archer"
                expected[alias] = {"userErrors": [{"code": "VERSION_CONFLICT"}]} if may and is_shown else None

        for batch in range(0, len(calls), 25):  # a document has 30 aliases at most
            answer = post(token, f"mutation {{ {' '.join(calls[batch : batch + 25])} }}")
            aliases = list(expected)[batch : batch + 25]
            assert answer.get("data") == {alias: expected[alias] for alias in aliases}, (viewer, answer)


def test_an_administrator_embedded_administers_nothing(post: Post, embedded: Callable[[str, str], str | None]) -> None:
    token = embedded("Hal Novak", "Ann Archer")
    assert token is not None
    answer = post(
        token,
        "{ viewer { areas permissions } departments(first: 9) { nodes { code } } cycles { latestRun { state } } }",
    )

    assert answer["data"]["departments"] is None
    assert answer["data"]["viewer"]["areas"] == []
    assert "READ_RUNS" not in answer["data"]["viewer"]["permissions"]
    assert answer["data"]["cycles"] == [{"latestRun": None}]
    assert set(codes(answer)) == {"FORBIDDEN"}


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", "null"])
def test_on_another_origin_it_opens_nothing(
    post: Post, embedded: Callable[[str, str], str | None], origin: str | None
) -> None:
    token = embedded("Max Weber", "Ann Archer")
    assert token is not None

    assert codes(post(token, "{ viewer { name } }", origin=origin)) == ["UNAUTHENTICATED"]
    assert post(token, "{ viewer { name } }")["data"]["viewer"]["name"] == "Max Weber"


def test_an_embed_token_opens_no_session_and_mints_no_other(
    client: TestClient, doors: Doors, post: Post, embedded: Callable[[str, str], str | None]
) -> None:
    token = embedded("Hal Novak", "Ann Archer")
    assert token is not None
    wanted = {"viewer": {"id": doors.employee_id("Hal Novak")}, "sectionId": doors.section_id("Ann Archer")}

    assert client.post("http://127.0.0.1/sign-in", data={"token": token}).status_code == 422
    assert codes(post(token, MINT, input=wanted | {"origin": HR})) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"viewer": {"reference": {"namespace": "name", "value": "Nobody"}}}, ("UNKNOWN_VIEWER", "viewer")),
        ({"sectionId": to_global(Kind.SECTION, "none")}, ("UNKNOWN_SECTION", "sectionId")),
        ({"origin": "https://hr.example.org/page"}, ("BAD_ORIGIN", "origin")),
        ({"lifetimeSeconds": 901}, ("BAD_LIFETIME", "lifetimeSeconds")),
    ],
)
def test_what_stands_in_the_way_is_told_with_its_field(
    doors: Doors, post: Post, host: str, changed: dict[str, Any], told: tuple[str, str]
) -> None:
    wanted = {"viewer": {"id": doors.employee_id("Max Weber")}, "sectionId": doors.section_id("Ann Archer")}
    payload = post(host, MINT, input=wanted | {"origin": HR} | changed)["data"]["createEmbedToken"]
    (error,) = payload["userErrors"]

    assert (payload["token"], payload["expiresAt"]) == (None, None)
    assert (error["code"], error["path"]) == (told[0], ["input", told[1]])


def test_people_and_services_without_the_scope_are_refused(doors: Doors, post: Post) -> None:
    wanted = {"viewer": {"id": doors.employee_id("Max Weber")}, "sectionId": doors.section_id("Ann Archer")}
    for who in ("Hal Novak", "people service"):
        answer = post(doors.company.token(who), MINT, input=wanted | {"origin": HR})
        assert (answer["data"]["createEmbedToken"], codes(answer)) == (None, ["FORBIDDEN"])


def test_a_page_of_another_site_may_send_a_token_and_no_session(client: TestClient) -> None:
    asked = {"origin": HR, "access-control-request-method": "POST"}
    answer = client.options("/graphql", headers=asked | {"access-control-request-headers": "authorization"})
    refusal = client.post("/graphql", json={"query": "{ viewer { name } }"}, headers={"origin": HR})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "authorization, content-type"
    assert (refusal.status_code, refusal.headers["access-control-allow-origin"]) == (401, "*")
    for one in (answer, refusal):
        assert "access-control-allow-credentials" not in one.headers
