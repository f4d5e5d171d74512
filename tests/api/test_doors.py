"""No principal sees or does through any door what `domain.access` refuses, and every door gives the same answer."""

from dataclasses import dataclass
from typing import Any

import pytest

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import may_act, people_scope, reaches, section_scope
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.submit_section import submit_section
from tests.api.builder import AT, MANAGERS, ROLES, Company
from tests.api.conftest import Ask, codes

EVERYBODY = list(MANAGERS)
PRINCIPALS = [*EVERYBODY, "people service", "sections service"]
WITH_SECTION = [name for name in EVERYBODY if name not in ROLES and name != "Dora Lindqvist"]
STATES = {
    "Ann Archer": SectionState.FINALISED,
    "Ben Castellanos": SectionState.SUBMITTED,
    "Cem Yıldız": SectionState.DRAFT,
    "Max Weber": SectionState.COLLECTING,
    "Nia Okafor": SectionState.COLLECTING,
}
ALL_EMPLOYEES = """query ($after: String) { employees(first: 4, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { name } edges { node { name } } } }"""
ALL_SECTIONS = """query ($cycle: ID!, $after: String) { sections(cycle: $cycle, first: 2, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { person { name } } } }"""
MUTATIONS = {
    Action.RATE: ("rateItem", "RateItemInput", {"rating": 3}),
    Action.SUBMIT: ("submitSection", "SubmitSectionInput", {}),
    Action.RETURN: ("returnSection", "ReturnSectionInput", {"reason": "x"}),
    Action.FINALISE: ("finaliseSection", "FinaliseSectionInput", {"reason": "x"}),
}


@dataclass(frozen=True, slots=True)
class Doors:
    company: Company
    ask: Ask
    sections: dict[str, ViewedSection]

    def employee_id(self, name: str) -> str:
        return to_global(Kind.EMPLOYEE, self.company.ids[name])

    def section_id(self, name: str) -> str:
        return to_global(Kind.SECTION, self.sections[name].section.id)

    def pages(self, who: str, query: str, field: str, **variables: Any) -> tuple[list[Any], int]:
        nodes: list[Any] = []
        after = None
        while True:
            page = (self.ask(who, query, after=after, **variables).get("data") or {}).get(field)
            if page is None:
                return [], 0
            nodes += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return nodes, page["totalCount"]


@pytest.fixture
def doors(company: Company, ask: Ask) -> Doors:
    """One section in each state."""
    for name, state in STATES.items():
        if state is not SectionState.COLLECTING:
            _advance(company, name, state)
    return Doors(company, ask, {name: company.section(name) for name in WITH_SECTION})


def managers_above(company: Company, name: str) -> list[EmployeeId]:
    above = []
    manager = MANAGERS[name]
    while manager is not None:
        above.append(company.ids[manager])
        manager = MANAGERS[manager]
    return above


def test_people_are_seen_through_every_door_or_through_none(doors: Doors) -> None:
    company, by_id = doors.company, "query ($id: ID!) { employee(by: {id: $id}) { name } }"
    by_reference = 'query ($v: String!) { employee(by: {reference: {namespace: "name", value: $v}}) { name } }'
    node = "query ($id: ID!) { node(id: $id) { ... on Employee { name } } }"
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Employee { name } } }"
    for who in PRINCIPALS:
        principal = company.principal(who)
        scope = people_scope(principal)
        seen = {
            name
            for name in EVERYBODY
            if reaches(scope, principal, company.ids[name], managers=managers_above(company, name), state=None)
        }
        listed, total = doors.pages(who, ALL_EMPLOYEES, "employees")
        together = doors.ask(who, nodes, ids=[doors.employee_id(name) for name in EVERYBODY])["data"]["nodes"]

        assert {found["name"] for found in listed} == seen, who
        assert total == len(seen), who
        assert {found["name"] for found in together if found} == seen, who
        for name in EVERYBODY:
            expected = {"name": name} if name in seen else None
            assert doors.ask(who, by_id, id=doors.employee_id(name))["data"]["employee"] == expected, (who, name)
            assert doors.ask(who, by_reference, v=name)["data"]["employee"] == expected, (who, name)
            assert doors.ask(who, node, id=doors.employee_id(name))["data"]["node"] == expected, (who, name)


def test_sections_are_seen_through_every_door_or_through_none(doors: Doors) -> None:
    company, cycle = doors.company, to_global(Kind.CYCLE, doors.company.cycle.id)
    by_id = "query ($id: ID!) { section(id: $id) { state } }"
    node = "query ($id: ID!) { node(id: $id) { ... on Section { state } } }"
    through = "query ($id: ID!, $c: ID!) { employee(by: {id: $id}) { section(cycle: $c) { state } } }"
    for who in PRINCIPALS:
        principal = company.principal(who)
        scope, people = section_scope(principal), people_scope(principal)
        seen = set()
        for name in WITH_SECTION:
            above, subject = managers_above(company, name), company.ids[name]
            if reaches(scope, principal, subject, managers=above, state=STATES[name]):
                seen.add(name)
            expected = {"state": STATES[name]} if name in seen else None
            person = reaches(people, principal, subject, managers=above, state=None)
            found = doors.ask(who, through, id=doors.employee_id(name), c=cycle)["data"]["employee"]

            assert doors.ask(who, by_id, id=doors.section_id(name))["data"]["section"] == expected, (who, name)
            assert doors.ask(who, node, id=doors.section_id(name))["data"]["node"] == expected, (who, name)
            assert found == ({"section": expected} if person else None), (who, name)
        listed, total = doors.pages(who, ALL_SECTIONS, "sections", cycle=cycle)
        assert ({row["person"]["name"] for row in listed}, total) == (seen, len(seen)), who


def test_changes_are_refused_to_all_but_those_whom_the_rules_name(doors: Doors) -> None:
    """A wrong version is sent: whoever may act hears of the conflict, everybody else of the refusal."""
    company = doors.company
    for who in PRINCIPALS:
        principal = company.principal(who)
        for name in WITH_SECTION:
            above, subject = managers_above(company, name), company.ids[name]
            sees = reaches(section_scope(principal), principal, subject, managers=above, state=STATES[name])
            for action, (field, form, more) in MUTATIONS.items():
                query = f"mutation ($i: {form}!) {{ {field}(input: $i) {{ userErrors {{ code }} }} }}"
                change = {"sectionId": doors.section_id(name), "expectedVersion": 999, **more}
                if action is Action.RATE:
                    change["itemId"] = to_global(Kind.ITEM, doors.sections[name].section.items[0].id)
                answer = doors.ask(who, query, i=change)
                if sees and may_act(principal, action, subject, managers=above):
                    assert answer == {"data": {field: {"userErrors": [{"code": "VERSION_CONFLICT"}]}}}, (who, name)
                else:
                    assert answer["data"] == {field: None}, (who, name, action)
                    assert codes(answer)[0] in {"FORBIDDEN", "NOT_FOUND"}, (who, name, action)
                    assert sees or codes(answer) != ["FORBIDDEN"] or _refused_at_once(principal, action), (who, name)


def _refused_at_once(principal: Any, action: Action) -> bool:
    """Refused whatever the section: the answer tells nothing about whether it exists."""
    is_hr = "hr_administrator" in principal.roles
    return principal.employee is None or (action is Action.FINALISE and not is_hr)


def _advance(company: Company, name: str, state: SectionState) -> None:
    deployment, manager = company.deployment, company.principal("Max Weber")
    section = company.section(name).section
    for item in section.items:
        if item.is_open:
            version = company.section(name).section.version
            rate_item(deployment, manager, section.id, item.id, rating=4, comment=None, expected_version=version, at=AT)
    if state in {SectionState.SUBMITTED, SectionState.FINALISED}:
        version = company.section(name).section.version
        submit_section(deployment, manager, section.id, expected_version=version, at=AT)
    if state is SectionState.FINALISED:
        version = company.section(name).section.version
        hr = company.principal("Hal Novak")
        finalise_section(deployment, hr, section.id, reason="agreed", expected_version=version, at=AT)
