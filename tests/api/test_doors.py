"""No principal sees or does through any door what `domain.access` refuses, and every door gives the same answer."""

import json
from dataclasses import dataclass
from dataclasses import field as of_each
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, MANAGERS, ROLES, Company, finalise
from tests.api.conftest import Ask

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, may_act, may_import, people_scope, reaches, section_scope, sees_ratings
from appraise.domain.exports import OF_SECTIONS, ExportKind, may_export
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.work import Worker

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
EXPORT = "mutation ($input: CreateExportInput!) { createExport(input: $input) { export { id } } }"
MUTATIONS = {
    Action.RATE: ("rateItem", 'itemId: "{item}", rating: 3'),
    Action.SUBMIT: ("submitSection", ""),
    Action.HAND_IN_UNREVIEWED: ("handInUnreviewed", 'reason: "x"'),
    Action.RETURN: ("returnSection", 'reason: "x"'),
    Action.FINALISE: ("finaliseSection", 'reason: "x"'),
    Action.ASSESS_SELF: ("assessItem", 'itemId: "{item}", rating: 3'),
    Action.APPROVE: ("approveSection", ""),
    Action.RELEASE: ("releaseSection", ""),
    Action.SHARE: ("shareSection", ""),
    Action.ACKNOWLEDGE: ("acknowledgeSection", "stance: AGREE"),
    Action.EXEMPT: ("exemptSection", "reason: LEAVE"),
    Action.END_EXEMPTION: ("endExemption", ""),
    Action.VOID: ("voidSection", 'reason: "x"'),
    Action.PROPOSE_REOPENING: ("proposeReopening", 'reason: ERROR, note: "x"'),
    Action.WITHDRAW_REOPENING: ("withdrawReopening", 'reason: "x"'),
    Action.REOPEN: ("reopenSection", ""),
    Action.DISPUTE: ("fileDispute", 'itemId: "{item}", kind: RATING, comment: "x"'),
    Action.CLAIM: ("fileDispute", 'itemId: "{item}", kind: NOT_MINE, evidence: "1", comment: "x"'),
}


OF_HR = {
    Action.FINALISE,
    Action.HAND_IN_UNREVIEWED,
    Action.RELEASE,
    Action.EXEMPT,
    Action.END_EXEMPTION,
    Action.VOID,
    Action.PROPOSE_REOPENING,
    Action.WITHDRAW_REOPENING,
    Action.REOPEN,
}


@dataclass(frozen=True, slots=True)
class Doors:
    company: Company
    ask: Ask
    sections: dict[str, ViewedSection]
    tokens: dict[str, str] = of_each(default_factory=dict)

    def employee_id(self, name: str) -> str:
        return to_global(Kind.EMPLOYEE, self.company.ids[name])

    def section_id(self, name: str) -> str:
        return to_global(Kind.SECTION, self.sections[name].section.id)

    def response(self, client: TestClient, who: str, export: str) -> Any:
        if who not in self.tokens:
            self.tokens[who] = self.company.token(who)
        return client.get(f"/exports/{export}", headers={"authorization": f"Bearer {self.tokens[who]}"})

    def fetched(self, client: TestClient, who: str, export: str) -> list[Any]:
        answer = self.response(client, who, export)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

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
    manager = MANAGERS.get(name, "Nia Okafor")  # as that of the `others` that `build` adds
    while manager is not None:
        above.append(company.ids[manager])
        manager = MANAGERS[manager]
    return above


def test_people_are_seen_through_every_door_or_through_none(doors: Doors) -> None:
    company = doors.company
    one_by_one = " ".join(
        f"""i{n}: employee(by: {{id: "{doors.employee_id(name)}"}}) {{ name }}
            r{n}: employee(by: {{reference: {{namespace: "name", value: "{name}"}}}}) {{ name }}
            n{n}: node(id: "{doors.employee_id(name)}") {{ ... on Employee {{ name }} }}"""
        for n, name in enumerate(EVERYBODY)
    )
    together = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Employee { name } } }"
    for who in PRINCIPALS:
        principal = company.principal(who)
        scope = people_scope(principal)
        seen = {
            name
            for name in EVERYBODY
            if reaches(scope, principal, company.ids[name], managers=managers_above(company, name), state=None)
        }
        listed, total = doors.pages(who, ALL_EMPLOYEES, "employees")
        nodes = doors.ask(who, together, ids=[doors.employee_id(name) for name in EVERYBODY])["data"]["nodes"]
        expected = {
            f"{door}{n}": {"name": name} if name in seen else None for n, name in enumerate(EVERYBODY) for door in "irn"
        }

        assert ({found["name"] for found in listed}, total) == (seen, len(seen)), who
        assert {found["name"] for found in nodes if found} == seen, who
        assert doors.ask(who, f"{{ {one_by_one} }}")["data"] == expected, who


def test_sections_are_seen_through_every_door_or_through_none(doors: Doors) -> None:
    company, cycle = doors.company, to_global(Kind.CYCLE, doors.company.cycle.id)
    one_by_one = " ".join(
        f"""s{n}: section(id: "{doors.section_id(name)}") {{ state }}
            n{n}: node(id: "{doors.section_id(name)}") {{ ... on Section {{ state }} }}
            e{n}: employee(by: {{id: "{doors.employee_id(name)}"}}) {{ section(cycle: "{cycle}") {{ state }} }}"""
        for n, name in enumerate(WITH_SECTION)
    )
    for who in PRINCIPALS:
        principal = company.principal(who)
        seen, expected = set(), {}
        for n, name in enumerate(WITH_SECTION):
            above, subject = managers_above(company, name), company.ids[name]
            if reaches(section_scope(principal), principal, subject, managers=above, state=STATES[name]):
                seen.add(name)
            row = {"state": STATES[name]} if name in seen else None
            is_person = reaches(people_scope(principal), principal, subject, managers=above, state=None)
            expected |= {f"s{n}": row, f"n{n}": row, f"e{n}": {"section": row} if is_person else None}
        listed, total = doors.pages(who, ALL_SECTIONS, "sections", cycle=cycle)

        assert ({row["person"]["name"] for row in listed}, total) == (seen, len(seen)), who
        assert doors.ask(who, f"{{ {one_by_one} }}")["data"] == expected, who


def test_exports_hold_what_the_other_doors_show_and_nothing_else(doors: Doors, client: TestClient) -> None:
    company = doors.company
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    exports: dict[tuple[str, str], str | None] = {}
    for who in PRINCIPALS:
        for kind in ExportKind:
            of = {"cycle": cycle} if kind in OF_SECTIONS else {}
            of |= {"source": "hr"} if kind is ExportKind.PEOPLE else {}
            answer = doors.ask(who, EXPORT, input={"kind": kind.value, "format": "JSONL", **of})
            made = answer["data"]["createExport"]
            exports[who, kind] = None if made is None else made["export"]["id"]
    Worker(company.deployment, lambda: AT).run_once()
    for who in PRINCIPALS:
        principal = company.principal(who)
        people = {name for name in EVERYBODY if _reached(doors, principal, name, None)}
        sections = {name for name in WITH_SECTION if _reached(doors, principal, name, STATES[name])}
        expected = {
            ExportKind.EMPLOYEES: ("name", people),
            ExportKind.PEOPLE: ("display_name", people if may_export(principal, ExportKind.PEOPLE) else set()),
            ExportKind.SECTIONS: ("employeeName", sections),
            ExportKind.ESTIMATES: ("employeeName", sections),
        }
        for kind, (column, names) in expected.items():
            export = exports[who, kind]
            lines = [] if export is None else doors.fetched(client, who, export)
            assert {line[column] for line in lines} == names, (who, kind)
            assert (export is not None) == may_export(principal, kind), (who, kind)
            for line in lines:
                if kind is ExportKind.ESTIMATES and who == line["employeeName"]:
                    assert (line["rating"] is not None) <= sees_ratings(
                        principal, company.ids[who], SectionState(line["state"])
                    )
        assert (exports[who, ExportKind.AUDIT] is not None) == (who == "Otto Brandt")
        for (owner, _), export in exports.items():
            if owner != who and export is not None:
                assert doors.response(client, who, export).status_code == 404, (owner, who)


def test_imports_are_for_those_whom_the_rules_name(doors: Doors, client: TestClient) -> None:
    company = doors.company
    sent = {}
    for who in PRINCIPALS:
        headers = {"authorization": f"Bearer {company.token(who)}"}
        sent[who] = client.post("/uploads?name=a.csv", content=b"a", headers=headers).status_code
        answer = doors.ask(who, "{ imports(first: 1) { totalCount } }")
        may = may_import(company.principal(who))
        assert answer["data"] == {"imports": {"totalCount": 0} if may else None}, who
        assert sent[who] == (201 if may else 403), who

    assert [who for who in PRINCIPALS if sent[who] == 201] == ["Hal Novak"]


def _reached(doors: Doors, principal: Principal, name: str, state: SectionState | None) -> bool:
    above, subject = managers_above(doors.company, name), doors.company.ids[name]
    scope = people_scope(principal) if state is None else section_scope(principal)
    return reaches(scope, principal, subject, managers=above, state=state)


def test_changes_are_refused_to_all_but_those_whom_the_rules_name(doors: Doors) -> None:
    """A wrong version is sent: whoever may act hears of the conflict, everybody else of the refusal."""
    company = doors.company
    conflict = {"userErrors": [{"code": "VERSION_CONFLICT"}]}
    for who in PRINCIPALS:
        principal = company.principal(who)
        for name in WITH_SECTION:
            above, subject = managers_above(company, name), company.ids[name]
            is_seen = reaches(section_scope(principal), principal, subject, managers=above, state=STATES[name])
            calls, expected, refusals = [], {}, {}
            for action, (field, more) in MUTATIONS.items():
                alias = action.lower()
                item = to_global(Kind.ITEM, doors.sections[name].section.items[0].id)
                common = f'sectionId: "{doors.section_id(name)}", expectedVersion: 999'
                call = f"{field}(input: {{{common} {more.format(item=item)}}}) {{ userErrors {{ code }} }}"
                calls.append(f"{alias}: {call}")
                may = is_seen and may_act(principal, action, subject, managers=above)
                expected[alias] = conflict if may else None
                if not may:
                    is_told = is_seen or _refused_at_once(principal, action)
                    refusals[alias] = "FORBIDDEN" if is_told else "NOT_FOUND"
            answer = doors.ask(who, f"mutation {{ {' '.join(calls)} }}")
            told = {error["path"][0]: error["extensions"]["code"] for error in answer.get("errors", [])}

            assert (answer["data"], told) == (expected, refusals), (who, name)


def _refused_at_once(principal: Any, action: Action) -> bool:
    """Refused whatever the section: the answer tells nothing about whether it exists."""
    is_hr = "hr_administrator" in principal.roles
    return principal.employee is None or (action in OF_HR and not is_hr)


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
        finalise(company, name, company.section(name).section.version)
