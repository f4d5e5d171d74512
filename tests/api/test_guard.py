"""Documents that ask for too much are refused before anything of them runs, and in time that does not grow with it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLObjectType, get_introspection_query, get_nullable_type, parse
from tests.api.builder import AT, Company
from tests.api.conftest import codes

from appraise.api.context import RequestContext
from appraise.api.documents import Documents, Operation
from appraise.api.guard import (
    HIGHEST_COST,
    LENGTHS,
    MOST_ENTRIES,
    OF_EACH,
    Size,
    TooCostly,
    lengths,
    measure,
    object_types,
)
from appraise.api.operations import executed
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.sizing import sizing
from appraise.api.works import ONCE, POINTS, SECTION, WORKS
from appraise.errors import TimedOut
from appraise.storage.deadline import DEADLINE, Deadline

Post = Callable[..., Any]
OPERATIONS = Path(__file__).parents[2] / "schema" / "operations"


def doubling(levels: int) -> str:
    """Each fragment spreads the next one twice: expanded, the document has 2^levels fields."""
    fragments = [f"fragment F{n} on Viewer {{ a: name ...F{n + 1} b: name ...F{n + 1} }}" for n in range(levels)]
    return f"{{ viewer {{ ...F0 }} }} {' '.join(fragments)} fragment F{levels} on Viewer {{ name }}"


def test_fragments_that_double_at_every_level_are_measured_in_linear_time(post: Post) -> None:
    begin = time.process_time()
    answer = post({"query": doubling(60)}).json()

    assert codes(answer) == ["COST_LIMIT"]
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    "query",
    [
        "{ employees(first: 1) { nodes { " + "manager { " * 14 + "name" + " }" * 14 + " } } }",
        "{ " + " ".join(f"a{n}: viewer {{ name }}" for n in range(31)) + " }",
        "{ viewer { name " + "@include(if: true) " * 51 + "} }",
        "{ " + " ".join(f"a{n}: employees(first: 100) {{ nodes {{ {'name ' * 25} }} }}" for n in range(9)) + " }",
        "{ employee(by: {id: 1}) { " + "manager { reports { employee { " * 4 + "name" + " } } }" * 4 + " } }",
        "{ viewer { " + "name " * 3001 + "} }",
        "{ viewer { name } } #" + "x" * 15_000,
    ],
    ids=["depth", "aliases", "directives", "cost", "lists", "tokens", "characters"],
)
def test_each_limit_refuses_what_is_beyond_it(post: Post, query: str) -> None:
    answer = post({"query": query}).json()

    assert codes(answer) in (["COST_LIMIT"], ["BAD_USER_INPUT"])
    assert "data" not in answer


def test_a_page_size_counts_whether_written_or_passed() -> None:
    written = measure(parse("{ employees(first: 7) { nodes { name } } }"), {}, {})
    passed = measure(parse("query ($n: Int!) { employees(first: $n) { nodes { name } } }"), {"n": 7}, {})

    assert written == passed == Size(depth=3, cost=15)


BESIDE = "pageInfo { endCursor hasNextPage } totalCount"
PAGES = {
    f"{{ employees(first: 9) {{ {BESIDE} nodes {{ name }} }} }}": 1 + 3 + 1 + 9 * 2,
    f"{{ employees(first: 9) {{ edges {{ node {{ name }} cursor }} {BESIDE} }} }}": 1 + 3 + 1 + 9 * 4,
    f"{{ employees(first: 9) {{ ...Page }} }} fragment Page on EmployeeConnection {{ {BESIDE} nodes {{ name }} }}": 23,
    f"{{ departments(first: 2) {{ nodes {{ members(first: 9) {{ {BESIDE} nodes {{ name }} }} }} }} }}": 1
    + 2 * (1 + 23 + POINTS["department's members"]),
    "{ employees(first: 9) { nodes @skip(if: true) { name } totalCount } }": 2,
    "{ nodes(ids: [1, 2, 3]) { id } }": 4,
}


@pytest.mark.parametrize("document", PAGES)
def test_of_a_page_its_entries_count_as_often_as_there_are_and_the_rest_once(document: str) -> None:
    assert measure(parse(document), {}, {}).cost == PAGES[document]


PAGE_OF_SECTIONS = "sections(cycle: 1, first: 9)"
WORK = {
    f"{{ {PAGE_OF_SECTIONS} {{ nodes {{ state }} }} }}": 1 + 9 * 2,
    f"{{ {PAGE_OF_SECTIONS} {{ nodes {{ respondBy }} }} }}": 1 + 9 * (2 + POINTS[SECTION]),
    f"{{ {PAGE_OF_SECTIONS} {{ nodes {{ respondBy allowedActions ...More }} }} }} fragment More on Section {{ readers {{ name }} }}": (
        1 + 9 * (4 + 1 + POINTS[SECTION])
    ),
    f"{{ {PAGE_OF_SECTIONS} {{ nodes {{ respondBy @skip(if: true) state }} }} }}": 1 + 9 * 2,
    f"{{ {PAGE_OF_SECTIONS} {{ edges {{ node {{ respondBy }} }} }} }}": 1 + 9 * (3 + POINTS[SECTION]),
    "{ employees(first: 9) { nodes { managers { id } } } }": 1 + 9 * (3 + POINTS["managers"]),
    "{ a: contributions(first: 1, groupBy: {dimension: UNIT}) { totalCount } "
    "b: contributions(first: 1, groupBy: {dimension: DEPARTMENT}) { totalCount } }": 4 + ONCE["tables"],
    f"{{ {PAGE_OF_SECTIONS} {{ nodes {{ items {{ benchmark {{ __typename }} }} }} }} }}": 1 + 9 * 4 + ONCE["peers"],
    "mutation { rateItems(input: {rows: [1, 2]}) { results { section { allowedActions } } } }": 1 + 2 * 3,
}


@pytest.mark.parametrize("document", WORK)
def test_work_behind_fields_counts_once_for_each_object_or_once_in_all(document: str) -> None:
    assert measure(parse(document), {}, {}).price == WORK[document]


def test_work_is_told_by_names_of_fields_that_there_are() -> None:
    fields = {
        name for kind in GRAPHQL_SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType) for name in kind.fields
    }

    assert fields >= WORKS.keys()
    assert set(WORKS.values()) | {"tables"} == POINTS.keys() | ONCE.keys()


@pytest.mark.parametrize("document", sorted(OPERATIONS.glob("*.graphql")), ids=lambda path: path.stem)
def test_every_document_of_our_own_is_well_below_the_limit(document: Path) -> None:
    """A page of 100 of what they list; of contributions 100 rows of four indicators by one reading."""
    given = {"first": 100, "ids": ["x"] * 100, "isFinalised": True, "groupBy": {"dimension": "UNIT"}}
    found = measure(parse(document.read_text("utf-8")), given, lengths(GRAPHQL_SCHEMA), object_types(GRAPHQL_SCHEMA))

    assert found.cost <= HIGHEST_COST


def test_every_list_of_a_connection_is_of_each_or_has_an_assumed_length() -> None:
    """`first` stands above the fields of a connection: those that are lists of as many entries are told by name."""
    lists = {
        name
        for kind in GRAPHQL_SCHEMA.type_map.values()
        if kind.name.endswith("Connection") and isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if isinstance(get_nullable_type(field.type), GraphQLList)
    }

    assert lists - OF_EACH <= {name for name, length in lengths(GRAPHQL_SCHEMA).items() if length > 1}
    assert lists >= OF_EACH


def test_every_list_of_objects_has_an_assumed_length_unless_a_page_size_stands_above_it() -> None:
    found = lengths(GRAPHQL_SCHEMA)

    assert LENGTHS.keys() <= found.keys()
    assert {"reports", "managers", "reportingLines", "contributions", "revisions", "disputes", "corrections"} <= {
        name for name, length in found.items() if length > 1
    }
    assert (
        measure(parse("{ employee(by: {id: 1}) { reports { employee { name } } } }"), {}, found).cost == 1 + 1 + 20 * 2
    )


def asked(company: Company, query: str) -> tuple[Operation, RequestContext]:
    context = RequestContext(company.deployment, company.principal("Max Weber"), AT, "test")
    return Documents(GRAPHQL_SCHEMA).operation(query, {}, None), context


LISTS = "{ indicatorDefinitions { key } }"
SCHEMAS = "{ __schema { " + " ".join(f"a{n}: types {{ fields {{ args {{ name }} }} }}" for n in range(20)) + " } }"


def test_lists_that_turn_out_too_long_in_all_end(read_only: tuple[Company, object]) -> None:
    operation, context = asked(read_only[0], LISTS)
    context.entries = MOST_ENTRIES
    with pytest.raises(TooCostly):
        operation.compiled.run(context, {})

    operation, context = asked(read_only[0], SCHEMAS)
    answer = executed(operation, {}, context).body
    assert set(codes(answer)) == {"COST_LIMIT"}
    assert context.entries < MOST_ENTRIES + 100


def test_python_ends_too_when_the_time_is_over(read_only: tuple[Company, object]) -> None:
    operation, context = asked(read_only[0], LISTS)
    over = Deadline(30)
    over.is_over = True
    held = DEADLINE.set(over)
    try:
        with pytest.raises(TimedOut):
            operation.compiled.run(context, {})
        assert codes(executed(operation, {}, context).body) == ["TIMEOUT"]
    finally:
        DEADLINE.reset(held)


@pytest.mark.parametrize("given", [{}, {"n": 7}], ids=["by default", "given"])
def test_a_page_size_that_is_a_default_counts_as_it_is(given: dict[str, int]) -> None:
    document = parse("query ($n: Int! = 7) { employees(first: $n) { nodes { name } } }")

    assert measure(document, given, {}).cost == 15


@pytest.mark.parametrize("counts", [(1, 250), (250, 1)])
@pytest.mark.parametrize(
    ("variables", "given"),
    [
        ("$input: ChangeSectionsInput!", "input: $input"),
        ("$rows: [SectionRowInput!]!", "input: {rows: $rows, onError: KEEP_GOING}"),
    ],
)
def test_a_remembered_change_of_many_costs_as_its_rows_are(counts: tuple[int, int], variables: str, given: str) -> None:
    documents = Documents(GRAPHQL_SCHEMA)
    text = f"mutation ({variables}) {{ approveSections({given}) {{ rows {{ outcome section {{ id }} }} }} }}"

    def cost(count: int) -> int:
        rows = [{"sectionId": "x", "expectedVersion": 1}] * count
        return documents.operation(text, {"input": {"rows": rows, "onError": "KEEP_GOING"}, "rows": rows}, None).cost

    each = 4  # rows, outcome, section, id
    assert [cost(count) for count in counts] == [1 + each * count for count in counts]


def test_fragments_that_spread_each_other_end_and_are_left_to_validation(post: Post) -> None:
    query = "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }"

    assert codes(post({"query": query}).json()) == ["BAD_USER_INPUT"]


def test_the_standard_introspection_is_answered(post: Post) -> None:
    answer = post({"query": get_introspection_query()}).json()

    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


def test_a_page_is_refused_rather_than_cut(post: Post) -> None:
    answer = post({"query": "{ employees(first: 1001) { totalCount } }"}).json()

    assert (codes(answer), answer["data"]) == (["BAD_USER_INPUT"], {"employees": None})


@pytest.mark.parametrize("cursor", ["x", "", "W10", "bnVsbA"])
def test_a_cursor_of_nobody_s_is_refused(post: Post, cursor: str) -> None:
    query = "query ($c: String) { employees(first: 2, after: $c) { totalCount } }"

    assert codes(post({"query": query, "variables": {"c": cursor}}).json()) == ["BAD_USER_INPUT"]


EITHER = "{ a { b ... on One { c { d } } ...Two ... on One { e } ... on Some { f } } } fragment Two on Two { g }"


def test_of_fragments_on_several_types_the_costliest_counts() -> None:
    """An object is a One (c, d, e) or a Two (g), and may be a Some besides."""
    objects = {"One", "Two"}

    assert measure(parse(EITHER), {}, {}, objects).cost == len(["a", "b", "c", "d", "e", "f"])
    assert measure(parse(EITHER), {}, {}).cost == len(["a", "b", "c", "d", "e", "f", "g"])
    assert {"ContributionFigure", "Absence", "Query"} <= object_types(GRAPHQL_SCHEMA)
    assert object_types(GRAPHQL_SCHEMA).isdisjoint({"Node", "ContributionResult", "Decimal"})


SWITCHED = """query ($x: Boolean!, $y: Boolean = false) {
  a @include(if: $x) { b } c @skip(if: $x) ... @include(if: $y) { d { e { f } } } g @skip(if: true) h @include(if: false) }"""


@pytest.mark.parametrize(
    ("given", "cost"),
    [({"x": True}, 2), ({"x": False}, 1), ({"x": True, "y": True}, 5), ({}, 3), ({"x": "nonsense", "y": 0}, 6)],
)
def test_what_is_left_out_costs_nothing(given: dict[str, object], cost: int) -> None:
    found = measure(parse(SWITCHED), given, {})

    assert (found.depth, found.cost, found.directives) == (3, cost, 5)
    assert set(sizing(parse(SWITCHED))) == {"x", "y"}


def test_a_page_of_contributions_costs_what_it_answers() -> None:
    """100 rows with four indicators, each with the one reading that is shown."""
    text = (OPERATIONS / "ReadContributions.graphql").read_text("utf-8")
    asked = {"first": 100, "groupBy": {"dimension": "UNIT"}, "isFinalised": True}

    costs = [
        Documents(GRAPHQL_SCHEMA).operation(text, asked | {"isFinalised": one}, None).cost for one in (True, False)
    ]

    assert costs[0] == costs[1] == 1 + 3 + 100 * (1 + 2 + 3 + 1 + 4 * 32) + ONCE["tables"]
