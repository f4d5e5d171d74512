"""Remembered answers: nobody's go to another, a change is seen at once, and every list read leaves its line."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from graphql import execute_sync, parse
from sqlalchemy import delete, event, select, text, update
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.test_compiled import PART, PEOPLE_PLANNED, PERSON_PLANNED, SECTIONS_PLANNED
from tests.api.test_doors import PRINCIPALS

from appraise.api.answers import BESIDE, LARGEST, LONGEST, Answers, Kept
from appraise.api.context import RequestContext
from appraise.api.documents import Documents
from appraise.api.global_ids import Kind, to_global
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.domain.access import Principal, Role
from appraise.settings import Settings
from appraise.storage import audit, data_version
from appraise.storage.database import Database
from appraise.storage.tables import (
    DATA_VERSION,
    DEPARTMENTS,
    EMPLOYEES,
    EMPLOYMENTS,
    MAILS,
    METADATA,
    REPORTING_LINES,
    SECTIONS,
)
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.rate_item import rate_item
from appraise.web import create_app

DOCUMENTS = (PEOPLE_PLANNED + PART, SECTIONS_PLANNED + PART, PERSON_PLANNED + PART)
FIGURES = """query ($cycle: ID!) { sections(cycle: $cycle, first: 50) { nodes {
  items { result { ... on EstimateResult { value } } } } } }"""
COUNTS = "query ($cycle: ID!) { sections(cycle: $cycle, first: 1, state: DRAFT) { totalCount } }"
PAST_THE_SERVICE = text("UPDATE employees SET display_name = 'Somebody' WHERE display_name <> 'Hal Novak'")
BELOW = "query { employees(first: 50) { totalCount nodes { name } } }"
TODAY = "query { employees(first: 50) { nodes { name job department { name } managerName } } }"


class Asking:
    """One service, to which everybody sends the same documents; its clock can be set."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.at = AT
        self.client = TestClient(create_app(company.deployment, Settings(), lambda: self.at))
        self.tokens = {who: company.token(who) for who in PRINCIPALS}
        self.variables: dict[str, Any] = {
            "cycle": to_global(Kind.CYCLE, company.cycle.id),
            "first": 50,
            "by": {"id": to_global(Kind.EMPLOYEE, company.ids["Ann Archer"])},
        }

    def __call__(self, who: str, query: str) -> Any:
        asked = {"query": query, "variables": self.variables}
        headers = {"authorization": f"Bearer {self.tokens[who]}"}
        return self.client.post("/graphql", json=asked, headers=headers).json().get("data")

    def is_right(self, who: str, query: str, principal: Principal | None = None) -> bool:
        """Whether the answer is graphql-core's over the resolvers, which remember nothing."""
        asker = principal or self.company.principal(who)
        context = RequestContext(self.company.deployment, asker, self.at, "test")
        anew = execute_sync(GRAPHQL_SCHEMA, parse(query), context_value=context, variable_values=self.variables)
        return json.dumps(self(who, query)) == json.dumps(anew.data)

    def lines(self) -> int:
        """How many lines about lists of figures there are."""
        with self.company.deployment.database.reading() as session:
            return sum(entry.action == "sections.read" for entry in audit.entries(session))


@pytest.fixture
def asking(company: Company) -> Iterator[Asking]:
    asked = Asking(company)
    with asked.client:
        yield asked


def test_nobody_has_the_answer_of_another(asking: Asking) -> None:
    for _ in range(2):
        for document in DOCUMENTS:
            for who in PRINCIPALS:
                assert asking.is_right(who, document), (who, document)


def rated(company: Company) -> None:
    section = company.section("Ann Archer").section
    rate_item(
        company.deployment,
        company.principal("Max Weber"),
        section.id,
        section.items[0].id,
        rating=3,
        comment="answers at once",
        expected_version=section.version,
        at=AT,
    )


def renamed_elsewhere(company: Company) -> None:
    """As another process does it."""
    url = company.deployment.database.url.render_as_string(hide_password=False)
    with closing(Database(url)) as elsewhere, elsewhere.transaction() as session:
        session.execute(update(EMPLOYEES).where(EMPLOYEES.c.id == company.ids["Ann Archer"]).values(display_name="Eve"))


def led_by_another(company: Company) -> None:
    managed, manager = REPORTING_LINES.c.employee_id, REPORTING_LINES.c.manager_id
    with company.deployment.database.transaction() as session:
        ann, nia = company.ids["Ann Archer"], company.ids["Nia Okafor"]
        session.execute(update(REPORTING_LINES).where(managed == ann).values({manager: nia}))


def promoted(company: Company) -> None:
    with company.deployment.database.transaction() as session:
        session.execute(update(EMPLOYMENTS).values(job_title="Head"))


def called_otherwise(company: Company) -> None:
    with company.deployment.database.transaction() as session:
        session.execute(update(DEPARTMENTS).values(name="People who help"))


@pytest.mark.parametrize("change", [rated, renamed_elsewhere, led_by_another])
def test_a_change_is_seen_by_the_next_request_of_everybody(asking: Asking, change: Callable[[Company], None]) -> None:
    asked = [
        (who, query)
        for query in (SECTIONS_PLANNED + PART, COUNTS, BELOW)
        for who in ("Max Weber", "Vera Lund", "Hal Novak")
    ]
    before = {(who, query): json.dumps(asking(who, query)) for who, query in asked}
    change(asking.company)

    assert all(asking.is_right(who, query) for who, query in before)
    assert before != {(who, query): json.dumps(asking(who, query)) for who, query in before}


@pytest.mark.parametrize("change", [promoted, called_otherwise, led_by_another])
def test_people_at_hand_are_read_anew_when_people_change(
    asking: Asking, change: Callable[[Company], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without remembered answers, below which they are."""
    monkeypatch.setenv("APPRAISE_RESPONSE_CACHE", "0")
    asking = Asking(asking.company)
    with asking.client:
        before = {who: json.dumps(asking(who, TODAY)) for who in ("Max Weber", "Vera Lund", "Hal Novak")}
        change(asking.company)
        assert all(asking.is_right(who, TODAY) for who in before)
        assert before != {who: json.dumps(asking(who, TODAY)) for who in before}


def test_who_may_see_more_or_less_than_before_has_no_answer_of_before(asking: Asking) -> None:
    company = asking.company
    few = asking("Max Weber", BELOW)
    ann = company.ids["Max Weber"]
    grant_role(company.deployment, ann, Role.HR_ADMINISTRATOR, at=AT, by="test")
    asking.tokens["Max Weber"] = company.token("Max Weber")

    administrator = Principal("Max Weber", ann, frozenset({Role.HR_ADMINISTRATOR}))
    assert asking.is_right("Max Weber", BELOW, administrator)
    assert asking("Max Weber", BELOW)["employees"]["totalCount"] > few["employees"]["totalCount"]


def test_every_time_that_figures_go_out_there_is_a_line(asking: Asking) -> None:
    for times in range(1, 4):
        assert asking("Hal Novak", FIGURES)
        assert asking.lines() == times


def test_what_is_remembered_is_not_read_again_until_a_minute_is_over(asking: Asking) -> None:
    """A change past the service, by hand in the database, shows which answers are read anew."""
    before = asking("Hal Novak", BELOW)
    with asking.company.deployment.database.transaction() as session:
        session.execute(PAST_THE_SERVICE)

    asking.at += timedelta(seconds=LONGEST - 1)
    assert asking("Hal Novak", BELOW) == before
    assert {one["name"] for one in asking("Vera Lund", BELOW)["employees"]["nodes"]} == {"Hal Novak", "Somebody"}
    asking.at += timedelta(seconds=1)
    assert {one["name"] for one in asking("Hal Novak", BELOW)["employees"]["nodes"]} == {"Hal Novak", "Somebody"}


def test_tomorrow_is_another_day(asking: Asking) -> None:
    asking.at = AT.replace(hour=23, minute=59, second=50)
    asking("Hal Novak", BELOW)
    asking.at += timedelta(seconds=20)
    with asking.company.deployment.database.transaction() as session:
        session.execute(PAST_THE_SERVICE)

    assert {one["name"] for one in asking("Hal Novak", BELOW)["employees"]["nodes"]} == {"Hal Novak", "Somebody"}


def test_the_version_changes_with_records_and_with_nothing_else(company: Company) -> None:
    database = company.deployment.database

    def version() -> int:
        with database.direct(one_state=False) as direct:
            return data_version.current(direct)

    def version_of_people() -> int:
        with database.reading() as session:
            return int(session.execute(select(DATA_VERSION.c.people)).scalar_one())

    before = version()
    with database.transaction() as session:
        session.execute(delete(MAILS))
    assert version() == before
    with database.transaction() as session:
        session.execute(update(EMPLOYEES).values(display_name="Eve"))
        session.rollback()
    before_of_people = version_of_people()
    with database.transaction() as session:
        session.execute(update(SECTIONS).values(version=7))
    assert version() > before
    assert version_of_people() == before_of_people
    with database.transaction() as session:
        session.execute(update(EMPLOYEES).values(display_name="Eve"))
    assert version_of_people() > before_of_people


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # both have the same statements
@pytest.mark.parametrize("document", [*DOCUMENTS, COUNTS, BELOW])
def test_answers_rest_on_no_table_whose_changes_are_not_counted(asking: Asking, document: str) -> None:
    company, asked = asking.company, list[str]()
    database = company.deployment.database
    for engine in (database.engine, database._readers):
        event.listen(engine, "checkout", lambda connection, *_: connection.set_trace_callback(asked.append))
    operation = Documents(GRAPHQL_SCHEMA).operation(document, asking.variables, None)
    context = RequestContext(
        company.deployment, company.principal("Ann Archer"), AT, "test"
    )  # whose reads leave no line
    completed = operation.compiled.run(context, asking.variables)

    assert completed is not None
    assert (completed.is_planned, operation.compiled.may_be_planned) == (True, True)
    read = [one for one in asked if one.startswith(("SELECT", "WITH"))]
    assert any("employees" in one or "sections" in one for one in read)
    named = {table for table in METADATA.tables.values() if any(re.search(rf"\b{table.name}\b", one) for one in read)}
    assert named - {METADATA.tables["data_version"]} <= data_version.RECORDS


def test_answers_take_no_more_memory_than_they_may() -> None:
    """A hundred of a tenth of the memory each, of which nine fit; one that is too large is not kept at all."""
    most = 100_000
    answers, size = Answers(most), most // 10 - BESIDE
    for number in range(100):
        answers.keep((number,), Kept(1, 60.0, b"x" * size, ()))
    answers.keep(("large",), Kept(1, 60.0, b"x" * (most // LARGEST), ()))

    kept = [number for number in range(100) if answers.fresh((number,), 1, 0.0)]
    assert kept == list(range(90, 100))
    assert answers.fresh(("large",), 1, 0.0) is None
    assert answers.fresh((99,), 2, 0.0) is None
    assert answers.fresh((99,), 1, 60.0) is None
