"""Compiled queries answer as graphql-core does, or step aside."""

import json
from typing import Any

import hypothesis_graphql
import orjson
import pytest
from graphql import (
    FragmentDefinitionNode,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    print_ast,
    validate,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.api.builder import AT, Company
from tests.api.test_doors import EVERYBODY, PRINCIPALS, Doors, doors

from appraise.api.compiled import CompiledQuery, _Generator
from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.schema import GRAPHQL_SCHEMA, sdl
from appraise.domain.section_states import SectionState

__all__ = ["doors"]
PEOPLE = ("Dora Lindqvist", "Max Weber", "Ann Archer", "Hal Novak", "Vera Lund", "Otto Brandt", "people service")
TIMES = st.just(hypothesis_graphql.nodes.String("2026-03-01T12:00:00Z"))
QUERIES = hypothesis_graphql.queries(sdl(), print_ast=print_ast, allow_null=True, custom_scalars={"DateTime": TIMES})


def compiled(query: str, context: object, variables: dict[str, Any]) -> dict[str, Any] | None:
    document = parse(query)
    operation = get_operation_ast(document)
    assert isinstance(operation, OperationDefinitionNode)
    completed = CompiledQuery(GRAPHQL_SCHEMA, document, operation).run(context, variables)
    return None if completed is None else json.loads(orjson.dumps(completed.data))


def asked(company: Company, who: str) -> RequestContext:
    return RequestContext(company.deployment, company.principal(who), AT, "test")


def both(company: Company, who: str, query: str, **variables: Any) -> tuple[dict[str, Any] | None, Any]:
    ours = compiled(query, asked(company, who), variables)
    theirs = execute_sync(GRAPHQL_SCHEMA, parse(query), context_value=asked(company, who), variable_values=variables)
    return ours, theirs


def same(ours: dict[str, Any] | None, theirs: Any) -> bool:
    """Digit for digit and in the same order; a compiled query has no errors to tell."""
    return ours is None if theirs.errors else json.dumps(ours) == json.dumps(theirs.data)


@given(query=QUERIES, who=st.sampled_from(PEOPLE))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_query_is_answered_as_by_graphql_core(read_only: tuple[Company, Any], query: str, who: str) -> None:
    company, _ = read_only
    known = query.replace('id: ""', f"id: {json.dumps(to_global(Kind.EMPLOYEE, company.ids['Ann Archer']))}")
    assume(not validate(GRAPHQL_SCHEMA, parse(known)))
    ours, theirs = both(company, who, known)
    assert same(ours, theirs), known


PEOPLE_PLANNED = """
query ($cycle: ID!, $first: Int!, $after: String, $search: String) {
  employees(first: $first, after: $after, search: $search) { __typename totalCount
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage } edges { __typename cursor node { id } }
    nodes { __typename id name job status since managerName department { __typename code name }
      section(cycle: $cycle) { ...Part } once: section(cycle: $cycle) { id total items { weight indicator { key } } } } } }
"""
SECTIONS_PLANNED = """
query ($cycle: ID!, $first: Int!, $after: String, $state: SectionState) {
  sections(cycle: $cycle, first: $first, after: $after, state: $state) { totalCount pageInfo { endCursor hasNextPage }
    edges { cursor node { version } } nodes { ...Part person { __typename name managerName job department } } } }
"""
PERSON_PLANNED = """
query ($by: EmployeeBy!, $cycle: ID!) { employee(by: $by) { id name since section(cycle: $cycle) { ...Part } } }
"""
PART = """
fragment Part on Section { __typename id state version revision ratingsVisible observedWeight minimumObservedWeight submittedAt manifestHash total
  itemsToRate isOwn items { __typename id weight indicator { key unit } again: indicator { name } result { __typename
    ... on EstimateResult { value lower upper lower90 upper90 expected unshrunk reliability standardError
      probabilityBetter carriesConsequence isBetter level flagged verdict money { amountMinor currency }
      evidence { events effective expectedEvents sentence leftOut { reason count } } }
    ... on Absence { kind reason sentence evidenceSoFar { customers } } } } }
"""


def planned(query: str) -> list[str]:
    """The source of the plans of a document."""
    document = parse(query)
    operation = get_operation_ast(document)
    assert isinstance(operation, OperationDefinitionNode)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    values = get_variable_values(
        GRAPHQL_SCHEMA, operation.variable_definitions or (), {"cycle": "", "first": 1, "by": {"id": ""}}
    )
    assert not isinstance(values, list)
    generator = _Generator(GRAPHQL_SCHEMA, operation, fragments, values)
    generator.variant()
    return [text for text in generator.source if "def plan_" in text]


@pytest.mark.parametrize(
    "query", [PEOPLE_PLANNED, SECTIONS_PLANNED, PERSON_PLANNED], ids=["people", "sections", "person"]
)
def test_what_is_asked_below_is_planned(query: str) -> None:
    assert len(planned(query + PART)) == 1


@pytest.mark.parametrize(
    "field", ["composite { __typename }", "items { rating }", "allowedActions", "manager { name }"]
)
def test_what_is_audited_or_another_s_record_is_left_to_the_resolvers(field: str) -> None:
    query = f"query ($cycle: ID!) {{ sections(cycle: $cycle, first: 3) {{ nodes {{ id {field} }} }} }}"

    assert planned(query) == []


def test_plans_answer_as_graphql_core_does(doors: Doors) -> None:
    """In every state of a section, for everybody, page by page; on both kinds of database."""
    company = doors.company
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    for who in PRINCIPALS:
        for first, search in ((2, None), (100, "a"), (1000, None)):
            after = None
            while True:
                variables = {"cycle": cycle, "first": first, "after": after, "search": search}
                ours, theirs = both(company, who, PEOPLE_PLANNED + PART, **variables)
                assert same(ours, theirs), (who, variables)
                if ours is None or not ours["employees"]["pageInfo"]["hasNextPage"]:
                    break
                after = ours["employees"]["pageInfo"]["endCursor"]
        for state in (None, *SectionState):
            ours, theirs = both(company, who, SECTIONS_PLANNED + PART, cycle=cycle, first=3, state=state)
            assert same(ours, theirs), (who, state)
        for name in EVERYBODY:
            key = to_global(Kind.EMPLOYEE, company.ids[name])
            for by in ({"id": key}, {"reference": {"namespace": "name", "value": name}}):
                ours, theirs = both(company, who, PERSON_PLANNED + PART, by=by, cycle=cycle)
                assert same(ours, theirs), (who, by)


def test_a_section_has_an_item_for_each_result_of_its_run_in_the_same_order(doors: Doors) -> None:
    """Which plans rely on."""
    with doors.company.deployment.database.reading() as session:
        items = session.execute(text("SELECT section_id, indicator FROM items ORDER BY section_id, position")).all()
        results = session.execute(text("""
            SELECT sections.id, indicator FROM sections JOIN scorecards ON scorecards.run_id = sections.run_id
            AND scorecards.employee_id = sections.employee_id ORDER BY sections.id, position""")).all()  # fmt: skip
    assert items
    assert items == results


def test_people_between_and_before_jobs_are_planned_alike(company: Company) -> None:
    """Leavers, those to come, departments without a name and several jobs at once."""
    with company.deployment.database.transaction() as session:
        for name, change in ODD.items():
            session.execute(text(change).bindparams(employee=company.ids[name]))
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    for name in ODD:
        by = {"id": to_global(Kind.EMPLOYEE, company.ids[name])}
        query = "query ($by: EmployeeBy!) { employee(by: $by) { name job status since managerName department { code name } } }"
        ours, theirs = both(company, "Hal Novak", query, by=by)
        assert ours is not None
        assert same(ours, theirs), name
    ours, theirs = both(company, "Hal Novak", PEOPLE_PLANNED + PART, cycle=cycle, first=100)
    assert same(ours, theirs)


ODD = {
    "Ann Archer": "UPDATE employments SET ends_on = '2025-06-01', ended_as = 'retired' WHERE employee_id = :employee",
    "Ben Castellanos": "UPDATE employments SET ends_on = '2025-06-01', ended_as = '' WHERE employee_id = :employee",
    "Cem Yıldız": "UPDATE employments SET starts_on = '2027-01-01' WHERE employee_id = :employee",
    "Max Weber": "UPDATE employments SET department = 'gone' WHERE employee_id = :employee",
    "Nia Okafor": "UPDATE employments SET department = NULL, status = 'leave' WHERE employee_id = :employee",
    "Vera Lund": "DELETE FROM employments WHERE employee_id = :employee",
    "Otto Brandt": """INSERT INTO employments SELECT 'other', employee_id, source, '2024-01-01', ends_on, status, ended_as,
        'Second job', department, attributes FROM employments WHERE employee_id = :employee""",
}


SECTION = """
query ($cycle: ID!, $first: Int! = 3, $words: Boolean!, $bare: Boolean = false) {
  sections(cycle: $cycle, first: $first) { totalCount pageInfo { endCursor hasNextPage }
    nodes { ...Head again: state state items @skip(if: $bare) { ...Line id }
            employee { id name department { code } manager { name } } } } }
fragment Head on Section { __typename id state version observedWeight cycle { id name } ... on Node { id } }
fragment Line on Item { indicator { key unit } weight result { __typename
    ... on EstimateResult { value lower upper isBetter verdict @include(if: $words) evidence { events leftOut { reason } } }
    ... on Absence { kind reason } } }
"""


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("bare", [True, False])
def test_fragments_aliases_unions_and_switches(read_only: tuple[Company, Any], words: bool, bare: bool) -> None:
    company, _ = read_only
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    ours, theirs = both(company, "Hal Novak", SECTION, cycle=cycle, words=words, bare=bare)

    assert theirs.errors is None
    assert json.dumps(ours) == json.dumps(theirs.data)


def test_one_compiled_query_serves_requests_with_other_variables(read_only: tuple[Company, Any]) -> None:
    company, _ = read_only
    document = parse(SECTION)
    operation = get_operation_ast(document)
    assert operation is not None
    query = CompiledQuery(GRAPHQL_SCHEMA, document, operation)
    for first in (1, 2):
        for words in (True, False):
            variables = {"cycle": to_global(Kind.CYCLE, company.cycle.id), "first": first, "words": words}
            expected = execute_sync(
                GRAPHQL_SCHEMA, document, context_value=asked(company, "Hal Novak"), variable_values=variables
            )
            completed = query.run(asked(company, "Hal Novak"), variables)
            assert completed is not None
            assert completed.data == expected.data


@pytest.mark.parametrize(
    "query",
    [
        'mutation { submitSection(input: {sectionId: "x", expectedVersion: 1}) { section { id } } }',
        "{ __schema { types { name } } }",
        "query ($first: Int!) { employees(first: $first) { nodes { name } } }",
        '{ employee(by: {id: "nonsense"}) { name } }',
    ],
    ids=["a mutation", "introspection", "a variable that is missing", "an error"],
)
def test_what_is_not_its_business_is_left_to_graphql_core(read_only: tuple[Company, Any], query: str) -> None:
    company, _ = read_only
    assert compiled(query, asked(company, "Hal Novak"), {}) is None
