"""Compiled queries answer as graphql-core does, or step aside."""

import json
from typing import Any

import hypothesis_graphql
import pytest
from graphql import OperationDefinitionNode, execute_sync, get_operation_ast, parse, print_ast, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.api.builder import AT, Company

from appraise.api.compiled import CompiledQuery
from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.schema import GRAPHQL_SCHEMA, sdl

PEOPLE = ("Dora Lindqvist", "Max Weber", "Ann Archer", "Hal Novak", "Vera Lund", "Otto Brandt", "people service")
TIMES = st.just(hypothesis_graphql.nodes.String("2026-03-01T12:00:00Z"))
QUERIES = hypothesis_graphql.queries(sdl(), print_ast=print_ast, allow_null=True, custom_scalars={"DateTime": TIMES})


def compiled(query: str, context: object, variables: dict[str, Any]) -> dict[str, Any] | None:
    document = parse(query)
    operation = get_operation_ast(document)
    assert isinstance(operation, OperationDefinitionNode)
    return CompiledQuery(GRAPHQL_SCHEMA, document, operation).run(context, variables)


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
            assert query.run(asked(company, "Hal Novak"), variables) == expected.data


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
