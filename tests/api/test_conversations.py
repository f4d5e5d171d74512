"""The clients that people use, each in a whole conversation: an error, a mistake, an event, and a list page by page."""

from typing import Any

import orjson
import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from tests.api.builder import Company, build, empty_deployment
from tests.api.served import Served, serving
from tests.node import CLIENTS, installed, run_node

from appraise.api.global_ids import Kind, to_global

DOCUMENTS = CLIENTS / "documents.mjs"
VISIBLE = ["Ann Archer", "Ben Castellanos", "Cem Yıldız", "Max Weber"]


@pytest.fixture(scope="module")
def talked_to(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(build(empty_deployment(tmp_path_factory.mktemp("company")))) as running:
        yield running


@pytest.fixture(scope="module")
def asked(talked_to: Served) -> dict[str, Any]:
    """By Max, who leads Ann, Ben and Cem and sees nobody above him; a rating of 9 is none."""
    company: Company = talked_to.company
    section = company.section("Ann Archer").section
    rating = {
        "sectionId": to_global(Kind.SECTION, section.id),
        "itemId": to_global(Kind.ITEM, section.items[0].id),
        "rating": 9,
        "expectedVersion": section.version,
    }
    return {
        "url": talked_to.url,
        "ws": talked_to.ws,
        "token": talked_to.token("Max Weber"),
        "hidden": to_global(Kind.EMPLOYEE, company.ids["Dora Lindqvist"]),
        "rating": rating,
        "section": rating["sectionId"],
    }


def document(name: str) -> str:
    return DOCUMENTS.read_text("utf-8").split(f"const {name} = `")[1].split("`;")[0]


@pytest.mark.parametrize("client", ["apollo", "urql", "ws", "sse"])
def test_a_client_understands_all_that_it_is_told(asked: dict[str, Any], client: str) -> None:
    run = run_node(installed(CLIENTS), "conversation.mjs", client, given=orjson.dumps(asked).decode())
    assert (run.returncode, run.stderr) == (0, "")
    told = orjson.loads(run.stdout)

    assert told["refused"]["data"]["employee"] is None
    assert told["refused"]["data"]["viewer"]["name"] == "Max Weber"
    assert told["refused"]["codes"] == ["NOT_FOUND"]
    assert told["rated"]["section"] is None
    assert [(one["code"], one["path"]) for one in told["rated"]["userErrors"]] == [
        ("OUT_OF_RANGE", ["input", "rating"])
    ]
    assert (told["followed"]["kind"], told["followed"]["sectionId"]) == ("CURRENT", asked["section"])
    assert told["names"] == VISIBLE


def test_gql_for_python_understands_all_that_it_is_told(talked_to: Served, asked: dict[str, Any]) -> None:
    transport = RequestsHTTPTransport(asked["url"], headers={"authorization": f"Bearer {asked['token']}"})
    with Client(transport=transport, fetch_schema_from_transport=True) as session:

        def ask(name: str, **variables: Any) -> dict[str, Any]:
            request = gql(document(name))
            request.variable_values = variables
            return session.execute(request)

        with pytest.raises(TransportQueryError) as refused:
            ask("REFUSED", id=asked["hidden"])
        rated = ask("RATE", input=asked["rating"])["rateItem"]
        names, after = [], None
        while True:
            page = ask("PEOPLE", first=2, after=after)["employees"]
            names += [edge["node"]["name"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break

    assert [error["extensions"]["code"] for error in refused.value.errors or []] == ["NOT_FOUND"]
    assert refused.value.data == {"viewer": {"name": "Max Weber"}, "employee": None}
    assert [one["code"] for one in rated["userErrors"]] == ["OUT_OF_RANGE"]
    assert names == VISIBLE
