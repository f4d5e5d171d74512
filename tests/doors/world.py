"""A company with something of every kind, its principals, and what `domain.access` says of each thing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, update
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, service
from tests.api.test_doors import PRINCIPALS, STATES, WITH_SECTION, _advance, managers_above

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.webhooks import WebhookEvent
from appraise.domain.access import Embedded, Principal, ServiceScope, StandIn
from appraise.domain.calibration import CalibrationSession
from appraise.domain.corrections import Correction
from appraise.domain.delegations import NamedDelegation
from appraise.domain.disputes import Dispute, DisputeKind
from appraise.domain.fairness import AttributeVerdicts, FairnessVerdicts
from appraise.domain.identifiers import CalibrationId, CorrectionId, DisputeId, EmployeeId, SectionId
from appraise.domain.person_requests import RequestKind
from appraise.domain.section_states import SectionState
from appraise.storage import calibrations, corrections, disputes
from appraise.storage.tables import DEPARTMENTS, EMPLOYMENTS
from appraise.use_cases.create_token import create_token
from appraise.use_cases.create_webhook import create_webhook
from appraise.use_cases.delegate import Wanted, end_delegation, name_delegate
from appraise.use_cases.person_requests import NamedRequest, propose_person_request, set_legal_hold
from appraise.use_cases.publish_verdicts import publish_verdicts

HOST = "https://hr.example.org"
FRAMED = {"Max in a frame": ("Max Weber", "Ann Archer"), "Hal in a frame": ("Hal Novak", "Cem Yıldız")}
SERVICES = {
    "open sections service": ServiceScope.READ_OPEN_SECTIONS,
    "imports service": ServiceScope.IMPORT_EVENTS,
}
ALIKE = {"Ben Castellanos"}
"""Whom the rules treat as they treat Cem."""
DELEGATE, STOOD_IN_FOR = "Nia Okafor", "Max Weber"
WHO = [DELEGATE, *(who for who in PRINCIPALS if who not in ALIKE | {DELEGATE}), *SERVICES, *FRAMED]
MINT = """mutation ($input: CreateEmbedTokenInput!) { createEmbedToken(input: $input) { token } }"""
CREATE_IMPORT = "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { id } } }"
CREATE_EXPORT = """mutation ($input: CreateExportInput!) { createExport(input: $input) { export { id } } }"""
Key = tuple[str, str]
"""A type and a global id."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What the rules may ask of a thing."""

    subject: EmployeeId | None = None
    managers: tuple[EmployeeId, ...] = ()
    state: SectionState | None = None
    section: SectionId | None = None
    owner: str = ""


Rule = Callable[[Any, Principal, Thing], bool]


def _section(rules: Any, who: Principal, what: Thing) -> bool:
    scope = rules.section_scope(who)
    seen: bool = rules.reaches(scope, who, what.subject, managers=what.managers, state=what.state, section=what.section)
    return seen


RULES: dict[str, Rule] = {
    "Cycle": lambda rules, who, what: True,
    "Department": lambda rules, who, what: rules.may_read_departments(who),
    "Employee": lambda rules, who, what: rules.reaches(
        rules.people_scope(who), who, what.subject, managers=what.managers, state=None
    ),
    "Section": _section,
    "Dispute": _section,
    "Correction": _section,
    "CalibrationSession": lambda rules, who, what: rules.may_administer(who) or rules.may_read_audit(who),
    "Import": lambda rules, who, what: rules.may_administer(who) or (rules.may_import(who) and what.owner == who.key),
    "ScoringJob": lambda rules, who, what: rules.may_administer(who),
    "PolicyTrial": lambda rules, who, what: rules.may_administer(who),
    "ScoringRun": lambda rules, who, what: rules.may_administer(who) or rules.may_read_audit(who),
    "Webhook": lambda rules, who, what: rules.may_administer(who),
    "WebhookDelivery": lambda rules, who, what: rules.may_administer(who),
    "Export": lambda rules, who, what: what.owner == who.key and who.embedded is None,
}
"""Of each type that has an id. `rules` is `appraise.domain.access`, or what is compared with it."""
PARTS: dict[str, Rule] = {
    "ratings": lambda rules, who, what: (
        _section(rules, who, what) and rules.sees_ratings(who, what.subject, what.state)
    ),
    "standing": lambda rules, who, what: _section(rules, who, what) and rules.sees_standings(who),
    "write-back": lambda rules, who, what: (
        _section(rules, who, what) and rules.sees_write_back(who, what.subject, managers=what.managers)
    ),
    "audit file": lambda rules, who, what: rules.may_read_audit(who),
    "access tokens": lambda rules, who, what: rules.may_administer(who),
    "role grants": lambda rules, who, what: rules.may_grant_roles(who),
    "person requests": lambda rules, who, what: rules.may_read_person_requests(who),
    "fairness verdicts": lambda rules, who, what: rules.may_administer(who),
    "audit log": lambda rules, who, what: str(rules.audit_scope(who)) == "everything",
}
"""Of what has a rule beside that of the thing it belongs to, and no id."""


@dataclass(slots=True)
class World:
    company: Company
    client: TestClient
    principals: dict[str, Principal] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    things: dict[Key, Thing] = field(default_factory=dict)

    @property
    def cycle(self) -> str:
        return to_global(Kind.CYCLE, self.company.cycle.id)

    def keys(self, kind: str) -> list[str]:
        return [key for name, key in self.things if name == kind]

    def allowed(self, rules: Any, who: str, kind: str) -> set[Key]:
        rule = RULES.get(kind) or PARTS[kind]
        principal = self.principals[who]
        return {key for key, what in self.things.items() if key[0] == kind and rule(rules, principal, what)}

    def ask(self, who: str, query: str, *, path: str = "/graphql", **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = self.client.post(path, json=body, headers=self.headers[who]).json()
        return answer

    def seen(
        self, section: dict[str, Any], path: tuple[str | int, ...], refused: set[tuple[str | int, ...]]
    ) -> set[Key]:
        """A section of an answer with what is shown of it: `refused` are the paths of errors."""
        key = section["id"]
        shown = {("Section", key)}
        if section.get("items") and not any(
            (*path, "items", n, "rating") in refused for n in range(len(section["items"]))
        ):
            shown.add(("ratings", key))
        if (*path, "writeBacks") not in refused and section.get("writeBacks") is not None:
            shown.add(("write-back", key))
        if section.get("composite") and (*path, "composite", "standing") not in refused:
            shown.add(("standing", key))
        return shown & self.things.keys()


def populate(world: World) -> None:
    company = world.company
    webhook, _ = create_webhook(
        company.deployment,
        company.principal("Hal Novak"),
        "https://hr.example.org/hooks",
        [event.value for event in WebhookEvent],
        at=AT,
    )
    _delegate(world)
    _request(world)
    for name, state in STATES.items():
        if state is not SectionState.COLLECTING:
            _advance(company, name, state)
    for who in WHO:
        _introduce(world, who)
    for name, employee in company.ids.items():
        above = tuple(managers_above(company, name))
        world.things["Employee", to_global(Kind.EMPLOYEE, employee)] = Thing(employee, above)
    for name in WITH_SECTION:
        _add_section(world, name)
    _object(world)
    world.things["Cycle", world.cycle] = Thing()
    world.things["Webhook", to_global(Kind.WEBHOOK, webhook.id)] = Thing()
    _divide(world)
    world.things["audit file", "all"] = Thing()
    world.things["audit log", "all"] = Thing()
    world.things["fairness verdicts", "all"] = Thing()
    verdicts = FairnessVerdicts(company.cycle.id, AT, (AttributeVerdicts("sex", is_complete=True, verdicts=()),))
    publish_verdicts(company.deployment, company.principal("Hal Novak"), verdicts, at=AT)
    world.things["access tokens", "all"] = Thing()
    world.things["role grants", "all"] = Thing()
    world.things["person requests", "all"] = Thing()
    told = world.ask("Hal Novak", "{ cycles { latestRun { id } } webhooks { deliveries(first: 50) { nodes { id } } } }")
    assert "errors" not in told, told
    world.things["ScoringRun", told["data"]["cycles"][0]["latestRun"]["id"]] = Thing()
    for delivery in told["data"]["webhooks"][0]["deliveries"]["nodes"]:
        world.things["WebhookDelivery", delivery["id"]] = Thing()
    for who in ("Hal Novak", "imports service"):
        sent = world.client.post("/uploads?name=a.csv", content=b"a,b\n1,2\n", headers=world.headers[who]).json()
        made = world.ask(who, CREATE_IMPORT, input={"uploadId": sent["id"], "adapter": "csv"})
        key = made["data"]["createImport"]["import"]["id"]
        world.things["Import", key] = Thing(owner=world.principals[who].key)
    for who in ("Hal Novak", "Max Weber", "people service"):
        made = world.ask(who, CREATE_EXPORT, input={"kind": "EMPLOYEES", "format": "JSONL"})
        key = made["data"]["createExport"]["export"]["id"]
        world.things["Export", key] = Thing(owner=world.principals[who].key)


def _delegate(world: World) -> None:
    company = world.company
    for delegate in (DELEGATE, "Dora Lindqvist"):
        wanted = Wanted(company.ids[delegate], AT.date(), AT.date(), may_submit=False)
        named = name_delegate(company.deployment, company.principal(STOOD_IN_FOR), wanted, at=AT)
        assert isinstance(named, NamedDelegation)
    ended = named.delegation.id
    end_delegation(company.deployment, company.principal(STOOD_IN_FOR), ended, at=AT)
    world.things["Delegation", to_global(Kind.DELEGATION, ended)] = Thing()


def _divide(world: World) -> None:
    """Ann works alone in a department below that of all others, and so is at its head."""
    ann = world.company.ids["Ann Archer"]
    with world.company.deployment.database.transaction() as session:
        row = {"id": "below", "source": "hr", "code": "CS1", "name": "Below", "parent": "CS", "starts_on": AT.date()}
        session.execute(insert(DEPARTMENTS), {**row, "ends_on": None})
        session.execute(update(EMPLOYMENTS).where(EMPLOYMENTS.c.employee_id == ann).values(department="CS1"))
    for code in ("CS", "CS1"):
        world.things["Department", to_global(Kind.DEPARTMENT, code)] = Thing()


def _request(world: World) -> None:
    company = world.company
    hr, of = company.principal("Hal Novak"), company.ids["Cem Yıldız"]
    set_legal_hold(company.deployment, hr, of, reason="a court case", at=AT)
    request = propose_person_request(company.deployment, hr, of, RequestKind.EXPORT, reason="his letter", at=AT)
    assert isinstance(request, NamedRequest)


def _object(world: World) -> None:
    """What stands beside sections, in those that are final and those that their employee does not see yet."""
    company = world.company
    cem, ann = (company.section(name).section for name in ("Cem Yıldız", "Ann Archer"))
    claims = [
        Dispute(
            *(DisputeId(f"of {one.id}"), one.id, 1, DisputeKind.NOT_MINE, one.items[0].id, "t-1", "not mine"),
            *(AT, one.employee, AT.date(), None),
        )
        for one in (cem, ann)
    ]
    notices = [Correction(CorrectionId(f"of {one.id}"), one.id, 1, one.run, (), AT, AT.date()) for one in (cem, ann)]
    compared = CalibrationSession(
        CalibrationId("all"), company.cycle.id, "All", company.ids["Hal Novak"], AT, (ann.id,)
    )
    with company.deployment.database.transaction() as session:
        for claim in claims:
            disputes.add(session, claim)
        for notice in notices:
            corrections.add(session, notice)
        calibrations.add(session, compared)
    for claim, notice in zip(claims, notices, strict=True):
        beside = world.things["Section", to_global(Kind.SECTION, claim.section)]
        world.things["Dispute", to_global(Kind.DISPUTE, claim.id)] = beside
        world.things["Correction", to_global(Kind.CORRECTION, notice.id)] = beside
    world.things["CalibrationSession", to_global(Kind.CALIBRATION, compared.id)] = Thing()


def _introduce(world: World, who: str) -> None:
    company = world.company
    if who in FRAMED:
        viewer, of = FRAMED[who]
        section = company.section(of).section
        by = Embedded(section.id, company.ids[of], "host")
        person = company.principal(viewer)
        world.principals[who] = Principal(viewer, person.employee, person.roles, embedded=by)
        scopes = frozenset(ServiceScope)
        roles = service(ServiceScope.MINT_EMBED).roles
        host = create_token(
            company.deployment, name="host", employee=None, roles=roles, scopes=scopes, expires_at=None, at=AT
        )
        world.headers["host"] = {"authorization": f"Bearer {host}"}
        wanted = {
            "viewer": {"id": to_global(Kind.EMPLOYEE, company.ids[viewer])},
            "sectionId": to_global(Kind.SECTION, section.id),
            "origin": HOST,
        }
        token = world.ask("host", MINT, input=wanted)["data"]["createEmbedToken"]["token"]
        world.headers[who] = {"authorization": f"Bearer {token}", "origin": HOST}
        return
    if who in SERVICES:
        world.principals[who] = service(SERVICES[who])
        token = create_token(
            company.deployment,
            name=world.principals[who].name,
            employee=None,
            roles=world.principals[who].roles,
            scopes=world.principals[who].scopes,
            expires_at=None,
            at=AT,
        )
    else:
        world.principals[who] = company.principal(who)
        if who == DELEGATE:
            for_ = StandIn(company.ids[STOOD_IN_FOR], STOOD_IN_FOR, may_submit=False)
            world.principals[who] = replace(world.principals[who], stands_in=(for_,))
        token = company.token(who)
    world.headers[who] = {"authorization": f"Bearer {token}"}


def _add_section(world: World, name: str) -> None:
    section = world.company.section(name).section
    above = tuple(managers_above(world.company, name))
    thing = Thing(section.employee, above, section.state, section.id)
    key = to_global(Kind.SECTION, section.id)
    world.things["Section", key] = thing
    world.things["ratings", key] = thing
    world.things["write-back", key] = thing
    has = "query ($id: ID!) { section(id: $id) { composite { __typename } } }"
    if world.ask("Hal Novak", has, id=key)["data"]["section"]["composite"]["__typename"] == "Composite":
        world.things["standing", key] = thing
