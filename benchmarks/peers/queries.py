"""The same four questions in each server's words, as whole HTTP requests."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from appraise.api.global_ids import Kind, to_global
from peers.company import EMPLOYEES, YEARS, employee, page_cursors

POINT, PAGE, EXPORT, AGGREGATE = "point read", "page of 50", "export page of 1,000", "aggregate"
OPERATIONS: Final = (POINT, PAGE, EXPORT, AGGREGATE)
CYCLE: Final = f"cycle{YEARS[-1]}"
PEOPLE: Final = 2_000
"""Point reads ask for so many different employees in turn."""
PAGES: Final = 40
"""Pages of 50 that are asked for in turn."""
Body = dict[str, Any]

RESULT = """indicator { key } result { __typename
  ... on EstimateResult { value lower upper expected isBetter verdict } ... on Absence { kind reason } }"""
OURS_PERSON = f"""id name job department {{ name }} managerName
  section(cycle: $cycle) {{ id state items {{ {RESULT} }} }}"""
OURS = {
    POINT: f"query ($id: ID!, $cycle: ID!) {{ employee(by: {{id: $id}}) {{ {OURS_PERSON} }} }}",
    PAGE: f"""query ($after: String, $cycle: ID!) {{ employees(first: 50, after: $after) {{
      pageInfo {{ hasNextPage endCursor }} nodes {{ {OURS_PERSON} }} }} }}""",
    EXPORT: """query ($after: String, $cycle: ID!) { sections(cycle: $cycle, first: 1000, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { id state person { name job department managerName }
        items { indicator { key }
          result { ... on EstimateResult { value lower upper } ... on Absence { kind } } } } } }""",
    AGGREGATE: """query ($cycle: ID!) { c: sections(cycle: $cycle, first: 1, state: COLLECTING) { totalCount }
      d: sections(cycle: $cycle, first: 1, state: DRAFT) { totalCount }
      s: sections(cycle: $cycle, first: 1, state: SUBMITTED) { totalCount }
      f: sections(cycle: $cycle, first: 1, state: FINALISED) { totalCount } }""",
}
"""Ours, and with other scalars for ids the plain application's."""

GRAPHILE_CARDS = """scorecardsByRunIdAndEmployeeId { nodes { indicator value lower upper expected
  lower90 upper90 probabilityBetter absenceKind absenceReason } }"""
GRAPHILE_PERSON = f"""rowId displayName jobTitle departmentName managerName
  sectionsByEmployeeId(condition: {{cycleId: $cycle}}) {{ nodes {{ rowId state {GRAPHILE_CARDS} }} }}"""
GRAPHILE = {
    POINT: f"query ($id: String!, $cycle: String!) {{ personByRowId(rowId: $id) {{ {GRAPHILE_PERSON} }} }}",
    PAGE: f"""query ($after: Cursor, $cycle: String!) {{ allPeople(first: 50, after: $after, orderBy: SORT_NAME_ASC) {{
      pageInfo {{ hasNextPage endCursor }} nodes {{ {GRAPHILE_PERSON} }} }} }}""",
    EXPORT: """query ($after: Cursor, $cycle: String!) {
      allSections(condition: {cycleId: $cycle}, first: 1000, after: $after, orderBy: ROW_ID_ASC) {
        pageInfo { hasNextPage endCursor } nodes { rowId state jobTitle department
          personByEmployeeId { displayName managerName }
          scorecardsByRunIdAndEmployeeId { nodes { indicator value lower upper absenceKind } } } } }""",
    AGGREGATE: """query ($cycle: String!) {
      c: allSections(condition: {cycleId: $cycle, state: "COLLECTING"}) { totalCount }
      d: allSections(condition: {cycleId: $cycle, state: "DRAFT"}) { totalCount }
      s: allSections(condition: {cycleId: $cycle, state: "SUBMITTED"}) { totalCount }
      f: allSections(condition: {cycleId: $cycle, state: "FINALISED"}) { totalCount } }""",
}


@dataclass(frozen=True, slots=True)
class Words:
    """How one server is asked. `person` and `cycle` are what it takes for ids, `cursors` where its pages begin."""

    documents: dict[str, str]
    person: Callable[[str], str]
    cycle: str
    cursors: Callable[[str, int, int], Sequence[str | None]]
    """From an operation, the page size and a number of pages."""

    def bodies(self, operation: str) -> list[Body]:
        query = self.documents[operation]
        if operation == POINT:
            different = [employee(number * 4 % EMPLOYEES) for number in range(PEOPLE)]
            varied: list[Body] = [{"id": self.person(key)} for key in different]
        elif operation == PAGE:
            varied = [{"after": cursor} for cursor in self.cursors(operation, 50, PAGES)]
        elif operation == EXPORT:
            varied = [{"after": cursor} for cursor in self.cursors(operation, 1_000, 10)]
        else:
            varied = [{}]
        return [{"query": query, "variables": {"cycle": self.cycle} | one} for one in varied]


def _by_name(_operation: str, size: int, pages: int) -> Sequence[str | None]:
    return page_cursors(size, pages)


OURS_WORDS: Final = Words(OURS, lambda key: to_global(Kind.EMPLOYEE, key), to_global(Kind.CYCLE, CYCLE), _by_name)
PLAIN_WORDS: Final = Words(OURS, lambda key: key, CYCLE, _by_name)


def http(body: Body, token: str | None, path: str = "/graphql") -> bytes:
    text = json.dumps(body).encode()
    signed = "" if token is None else f"Authorization: Bearer {token}\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\n{signed}Content-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text
