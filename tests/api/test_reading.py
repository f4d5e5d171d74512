"""How much the API asks of the database, and what reading leaves behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from starlette.testclient import TestClient
from tests.api.builder import Company
from tests.api.conftest import Ask, codes
from tests.api.test_schema import documents_of_the_pages

from appraise.api.global_ids import Kind, to_global
from appraise.storage import audit


@contextmanager
def statements(company: Company) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = company.deployment.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_longer_page_asks_no_more_of_the_database(read_only: tuple[Company, TestClient], token: str) -> None:
    company, client = read_only
    counts = []
    for first in (2, 15):
        variables = {"first": first, "cycle": to_global(Kind.CYCLE, company.cycle.id)}
        body = {"query": documents_of_the_pages()["ListPeople"], "variables": variables}
        with statements(company) as seen:
            answer = client.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"}).json()
        assert len(answer["data"]["employees"]["nodes"]) == first
        counts.append(sum("audit_lists" not in one for one in seen))  # a list that was read before is there already

    assert counts[1] <= counts[0]


def test_managers_of_a_page_are_read_together(read_only: tuple[Company, TestClient], token: str) -> None:
    company, client = read_only
    counts = []
    for first in (2, 20):
        query = f"{{ employees(first: {first}) {{ nodes {{ manager {{ name manager {{ name }} }} }} }} }}"
        with statements(company) as seen:
            client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})
        counts.append(len(seen))

    assert counts[1] - counts[0] <= 3


def test_who_reports_to_a_manager_is_read_once_however_often_they_turn_up(
    read_only: tuple[Company, TestClient], token: str
) -> None:
    """Of a team of some twenty people each leads to the same manager, and back to the team."""
    company, client = read_only
    back = "manager { reports { employee { "
    counts = []
    for levels in (1, 2):
        query = f"{{ employees(first: 9) {{ nodes {{ {back * levels} name {'}}}' * levels} }} }} }}"
        with statements(company) as seen:
            answer = client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}).json()
        assert "data" in answer, answer
        counts.append(sum("reporting_lines" in one for one in seen))

    assert counts[1] == counts[0] < 80


def read_lines(company: Company) -> list[str]:
    with company.deployment.database.reading() as session:
        subject = f"section:{company.section('Ann Archer', 'Ann Archer').section.id}"
        return [entry.actor for entry in audit.about(session, subject) if entry.action == "section.read"]


def test_a_working_that_is_read_by_way_of_a_list_leaves_a_line_and_a_list_does_not(company: Company, ask: Ask) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    query = """query ($c: ID!) { employees(first: 1, search: "Ann Archer") { nodes { section(cycle: $c) {
      state total items { result { ... on EstimateResult { value %s } } } } } } }"""
    ask("Hal Novak", query % "lower", c=cycle)
    before = read_lines(company)
    ask("Hal Novak", query % "working { raw }", c=cycle)

    assert before == []
    assert read_lines(company) == [f"employee:{company.ids['Hal Novak']}"]


def test_ones_own_section_is_read_without_a_line(company: Company, ask: Ask) -> None:
    section = to_global(Kind.SECTION, company.section("Ann Archer", "Ann Archer").section.id)
    query = "query ($id: ID!) { section(id: $id) { allowedActions items { result { ... on EstimateResult { working { raw } } } } } }"
    answer = ask("Ann Archer", query, id=section)

    assert "errors" not in answer
    assert read_lines(company) == []


def test_a_list_is_read_on_from_any_edge(company: Company, ask: Ask) -> None:
    query = """query ($after: String) { employees(first: 4, after: $after) {
      edges { cursor node { name } } pageInfo { startCursor endCursor } } }"""
    page = ask("Hal Novak", query)["data"]["employees"]
    cursors = [edge["cursor"] for edge in page["edges"]]
    second = ask("Hal Novak", query, after=cursors[0])["data"]["employees"]

    assert (cursors[0], cursors[-1]) == (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"])
    assert [edge["node"] for edge in second["edges"][:3]] == [edge["node"] for edge in page["edges"][1:]]
    assert len(set(cursors)) == 4


def test_a_delivery_is_read_by_its_id_as_in_its_list(company: Company, ask: Ask) -> None:
    created = """mutation { createWebhook(input: {url: "https://hr.example.org/hooks", events: [SECTION_STATE_CHANGED]}) {
      webhook { id } } }"""
    webhook = ask("Hal Novak", created)["data"]["createWebhook"]["webhook"]["id"]
    replayed = 'mutation { replayWebhook(input: {webhookId: "%s", since: "2020-01-01T00:00:00Z"}) { messages } }'
    section = company.section("Ann Archer").section
    rate = 'mutation { rateItem(input: {sectionId: "%s", itemId: "%s", rating: 3, expectedVersion: 1}) { section { id } } }'
    ask("Max Weber", rate % (to_global(Kind.SECTION, section.id), to_global(Kind.ITEM, section.items[0].id)))
    ask("Hal Novak", replayed % webhook)
    listed = "query ($id: ID!) { node(id: $id) { ... on Webhook { deliveries(first: 9) { edges { cursor node { id event state } } } } } }"
    edges = ask("Hal Novak", listed, id=webhook)["data"]["node"]["deliveries"]["edges"]
    one = "query ($id: ID!) { node(id: $id) { id ... on WebhookDelivery { event state } } }"

    assert edges
    assert ask("Hal Novak", one, id=edges[0]["node"]["id"])["data"]["node"] == edges[0]["node"]
    assert codes(ask("Max Weber", one, id=edges[0]["node"]["id"])) == ["FORBIDDEN"]
