"""The subgraph as a router asks it: representations in, entities out, through the same door as the API itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient
from tests.api.builder import AT, MANAGERS, Company, build, empty_deployment
from tests.api.conftest import codes

from appraise.api.global_ids import Kind, to_global
from appraise.api.subgraph import MOST_REPRESENTATIONS
from appraise.settings import Settings
from appraise.web import create_app

SOURCE = "hr:id"
ENTITIES = """query($representations: [_Any!]!, $cycle: ID!) { _entities(representations: $representations) {
  ... on Employee {
    id source email appraiseRecord { name id }
    customerServiceSection(cycle: $cycle) { id state items { result { __typename } } }
  }
} }"""


@pytest.fixture(scope="module")
def subgraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, TestClient]]:
    company = build(empty_deployment(tmp_path_factory.mktemp("company")), others=40)
    app = create_app(company.deployment, Settings(subgraph_source=SOURCE), lambda: AT)
    with TestClient(app, base_url="http://testserver") as opened:
        yield company, opened
    company.deployment.database.close()


def ask(served: tuple[Company, TestClient], who: str, query: str, **variables: Any) -> dict[str, Any]:
    company, client = served
    headers = {"authorization": f"Bearer {company.token(who)}"}
    path = variables.pop("path", "/subgraph")
    body: dict[str, Any] = client.post(path, json={"query": query, "variables": variables}, headers=headers).json()
    return body


def entities(served: tuple[Company, TestClient], who: str, *keys: dict[str, Any]) -> dict[str, Any]:
    cycle = to_global(Kind.CYCLE, served[0].cycle.id)
    return ask(served, who, ENTITIES, representations=[{"__typename": "Employee"} | key for key in keys], cycle=cycle)


def names(answer: dict[str, Any]) -> list[str | None]:
    return [None if one is None else one["appraiseRecord"]["name"] for one in answer["data"]["_entities"]]


def number(name: str) -> str:
    """The HR system's own id, as the import wrote it."""
    return f"E{list(MANAGERS).index(name) + 2:04d}"


def test_entities_come_in_the_order_asked_with_null_for_whoever_is_unknown(subgraph: Any) -> None:
    ann, ben = number("Ann Archer"), number("Ben Castellanos")
    answer = entities(
        subgraph, "Hal Novak", {"id": ben}, {"id": "nobody"}, {"__typename": "Building", "id": "1"}, {"id": ann}
    )

    assert names(answer) == ["Ben Castellanos", None, None, "Ann Archer"]
    assert "errors" not in answer


@pytest.mark.parametrize("kind", ["id", "source and id", "email"])
def test_each_key_names_the_same_employee(subgraph: Any, kind: str) -> None:
    own = number("Ann Archer")
    email = entities(subgraph, "Hal Novak", {"id": own})["data"]["_entities"][0]["email"]
    key = {"id": {"id": own}, "source and id": {"source": SOURCE, "id": own}, "email": {"email": email.upper()}}[kind]

    assert entities(subgraph, "Hal Novak", key)["data"]["_entities"][0]["id"] == own
    assert names(entities(subgraph, "Hal Novak", key)) == ["Ann Archer"]


def test_a_name_is_no_key_and_an_address_only_in_its_own(subgraph: Any) -> None:
    email = entities(subgraph, "Hal Novak", {"id": number("Ann Archer")})["data"]["_entities"][0]["email"]
    answer = entities(subgraph, "Hal Novak", {"source": "name", "id": "ann archer"}, {"source": "email", "id": email})

    assert names(answer) == [None, None]


def test_the_id_decides_where_keys_disagree(subgraph: Any) -> None:
    email = entities(subgraph, "Hal Novak", {"id": number("Ann Archer")})["data"]["_entities"][0]["email"]
    answer = entities(subgraph, "Hal Novak", {"id": number("Ben Castellanos"), "email": email})

    assert names(answer) == ["Ben Castellanos"]


def test_an_entity_of_another_source_is_unknown(subgraph: Any) -> None:
    key = {"source": "other:id", "id": number("Ann Archer")}

    assert entities(subgraph, "Hal Novak", key)["data"]["_entities"] == [None]


@pytest.mark.parametrize("who", ["Hal Novak", "Vera Lund", "Max Weber", "Ann Archer", "Cem Yıldız", "people service"])
def test_the_entity_door_shows_whom_the_query_shows(subgraph: Any, who: str) -> None:
    company = subgraph[0]
    query = "query($id: ID!) { employee(by: {id: $id}) { name } }"
    seen = []
    for name in MANAGERS:
        answer = ask(subgraph, who, query, id=to_global(Kind.EMPLOYEE, company.ids[name]), path="/graphql")
        seen.append(name if answer["data"]["employee"] else None)
    keys = [{"id": number(name)} for name in MANAGERS]

    assert names(entities(subgraph, who, *keys)) == seen


@pytest.mark.parametrize(("who", "is_shown"), [("sections service", False), ("Max Weber", True), ("Hal Novak", True)])
def test_a_section_is_shown_by_its_own_rules(subgraph: Any, who: str, *, is_shown: bool) -> None:
    """Services see final sections only; a service of sections alone sees no people, and so no entity."""
    answer = entities(subgraph, who, {"id": number("Ann Archer")})
    [found] = answer["data"]["_entities"]

    assert (found is not None and found["customerServiceSection"] is not None) is is_shown


def test_a_scope_that_a_router_may_not_hold_is_held_here(subgraph: Any) -> None:
    answer = entities(subgraph, "people service", {"id": number("Ann Archer")})

    assert answer["data"]["_entities"][0]["customerServiceSection"] is None
    assert codes(answer) == ["FORBIDDEN"]


def test_many_representations_take_as_many_statements_as_few(subgraph: Any) -> None:
    company = subgraph[0]
    counts = []
    keys = [{"email": f"e{row}@example.org"} for row in range(2, 2 + len(company.ids))]
    for asked in (keys[:4], keys):
        statements: list[str] = []

        def note(*arguments: Any, seen: list[str] = statements) -> None:
            seen.append(arguments[2])

        event.listen(company.deployment.database.engine, "before_cursor_execute", note)
        answer = entities(subgraph, "Hal Novak", *asked)
        event.remove(company.deployment.database.engine, "before_cursor_execute", note)
        assert len(answer["data"]["_entities"]) == len(asked)
        counts.append(sum(text.startswith("SELECT") for text in statements))

    assert counts[1] <= counts[0]


def test_too_many_representations_are_refused(subgraph: Any) -> None:
    keys = [{"__typename": "Employee", "id": str(row)} for row in range(MOST_REPRESENTATIONS + 1)]
    query = "query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }"

    assert codes(ask(subgraph, "Hal Novak", query, representations=keys)) == ["COST_LIMIT"]
    answer = ask(subgraph, "Hal Novak", query, representations=keys[:-1])
    assert answer["data"]["_entities"] == [None] * MOST_REPRESENTATIONS


@pytest.mark.parametrize("wrong", [["text"], [{"__typename": "Employee"}], [{"__typename": "Employee", "name": "Ann"}]])
def test_a_representation_without_a_key_is_refused_with_words(subgraph: Any, wrong: list[Any]) -> None:
    query = "query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }"
    answer = ask(subgraph, "Hal Novak", query, representations=wrong)

    assert codes(answer) == ["BAD_USER_INPUT"]
    assert "representation" in answer["errors"][0]["message"]


def test_all_queries_are_answered_below_one_field(subgraph: Any) -> None:
    answer = ask(subgraph, "Max Weber", "{ appraise { viewer { name } employees(first: 2) { nodes { __typename } } } }")

    assert answer["data"]["appraise"]["viewer"]["name"] == "Max Weber"
    assert answer["data"]["appraise"]["employees"]["nodes"][0] == {"__typename": "AppraiseEmployee"}


def test_the_contract_is_told_to_whoever_is_signed_in(subgraph: Any) -> None:
    query = "{ _service { sdl } }"
    told = ask(subgraph, "people service", query)["data"]["_service"]["sdl"]

    assert 'type Employee @key(fields: "id") @key(fields: "source id") @key(fields: "email")' in told
    assert subgraph[1].post("/subgraph", json={"query": query}).status_code == 401


def test_there_is_no_subgraph_where_none_is_set(read_only: tuple[Company, TestClient]) -> None:
    assert read_only[1].post("/subgraph", json={"query": "{ __typename }"}).status_code == 404


def test_our_employee_leads_to_the_entity_where_the_hr_system_has_an_id(subgraph: Any) -> None:
    query = """query($id: ID!) { appraise { employee(by: {id: $id}) { hrRecord { id source appraiseRecord { name } } } } }"""
    asked = {"id": to_global(Kind.EMPLOYEE, subgraph[0].ids["Ann Archer"])}

    found = ask(subgraph, "people service", query, **asked)

    record = {"id": number("Ann Archer"), "source": SOURCE, "appraiseRecord": {"name": "Ann Archer"}}
    assert (found["data"]["appraise"]["employee"]["hrRecord"], found.get("errors")) == (record, None)
