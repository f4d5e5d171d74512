"""Every type, every principal, every way in: all give the answer of `domain.access`, and none is left out.

What is compared is found in the schema, so that a new type, field, subscription, kind of export, message or address turns a
test red until it is under a rule or said to be nobody's secret.
"""

import inspect
import types
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.api.builder import AT
from tests.api.test_doors import MUTATIONS
from tests.doors.collection import LINES, counted
from tests.doors.conftest import DOORS, Shown
from tests.doors.ways import Way, objects_of, reachable
from tests.doors.world import FRAMED, PARTS, RULES, WHO, World

from appraise.api.global_ids import Kind, to_global
from appraise.api.nodes import READERS
from appraise.api.schema import GRAPHQL_SCHEMA
from appraise.api.subgraph import Subgraph
from appraise.console.menu import PAGES
from appraise.domain import access
from appraise.domain.access import Principal
from appraise.domain.exports import ExportKind, may_export
from appraise.domain.section_states import Action
from appraise.domain.webhooks import Notice
from appraise.storage import outbox

OPEN = {
    "Query": "the root",
    "Viewer": "who asks, told to themselves",
    "IndicatorDefinition": "words of the packages, nobody's data",
    "PageInfo": "where a page lies",
    "Policy": "the rules of scoring, nobody's data",
    "PolicyFinding": "what is odd about rules",
    "PolicyChoice": "the rules in words",
    "PolicyDraft": "what is odd about rules that were sent",
    "Adapter": "words of the packages, nobody's data",
    "UploadedFile": "what one sent oneself: tests/api/test_imports.py",
    "UploadedColumn": "of such a file",
    "TextReading": "of such a file",
    "AdapterFit": "of such a file",
    "Task": "what whoever asks has to do",
    "Delegation": "who stands in for whoever asks, and for whom they do; HR is told of all: tests/use_cases/test_delegates.py",
    "WatchList": "what whoever asks keeps; of groups as in contributions: tests/api/test_watches.py",
    "Watch": "of such a list",
    "WatchFinding": "of such a list; single employees as far as their sections may be read",
    "ContributionGroup": "of such a finding; elsewhere behind contributions",
    "AskedPart": "what whoever asks is asked for, told to themselves: tests/use_cases/test_parts.py",
    "PartMark": "of such a part; of a section it lies behind that",
    "RatingHabit": "how whoever asks rates, told to themselves",
    "EmployeeConnection": "counts what its rule lets through",
    "EmployeeEdge": "wraps an employee",
    "SectionConnection": "counts what its rule lets through",
    "SectionEdge": "wraps a section",
    "DepartmentConnection": "counts what its rule lets through",
    "DepartmentEdge": "wraps a department",
    "ExportConnection": "counts one's own",
    "ExportEdge": "wraps an export",
    "ImportConnection": "counts what its rule lets through",
    "ImportEdge": "wraps an import",
}
"""Object types that can be reached without passing through one under a rule, and why that is right."""
OWN_DOORS = frozenset(name.removeprefix("Query.") for name in DOORS if name.startswith("Query."))
NO_DATA = {"indicatorDefinitions", "defaultPolicy", "policy", "policies", "adapters", "uploadedFile", "lintPolicy"}
"""Roots that lead to words and rules alone, or to what one sent oneself."""
EMPTY_HERE = (
    "runGoingOn",
    "ScoringJob",
    "scoringJob",
    "PolicyTrial",
    "policyTrial",
    "viewer.employee.manager",
    "viewer.employee.reportingLines",
    "viewer.sections.manager",
    "viewer.watchList.before",
)
"""Nobody scores or asked for it, whoever may see their own manager has none, and there is one cycle."""


def differences(world: World, generated: list[Way], shown: Shown, rules: Any) -> list[str]:
    """Where a way in shows what the rules refuse, or a door does not show what they allow."""
    whole = {way.name: {way.target} | _parts(way) for way in generated if way.is_door} | DOORS
    kinds = [*RULES, *PARTS]
    allowed = {(who, kind): world.allowed(rules, who, kind) for who in WHO for kind in kinds}
    found = []
    for (who, way), seen in shown.items():
        may = set().union(*(allowed[who, kind] for kind in kinds))
        found += [f"{way} shows {kind} {key} to {who}" for kind, key in sorted(seen - may)]
        is_closed = way.startswith("export ") and who in FRAMED  # nobody exports out of a host's frame
        must = set().union(*(allowed[who, kind] for kind in whole.get(way, ()) if not is_closed))
        found += [f"{way} refuses {kind} {key} to {who}" for kind, key in sorted(must - seen)]
    return found


def _parts(way: Way) -> set[str]:
    return {"ratings", "standing", "write-back"} if way.target == "Section" else set()


def test_every_way_in_answers_as_the_rules_do(world: World, generated: list[Way], shown: Shown) -> None:
    assert differences(world, generated, shown, access) == []


def test_every_way_in_leads_to_something_for_somebody(generated: list[Way], shown: Shown) -> None:
    names = [way.name for way in generated if not any(part in way.name for part in EMPTY_HERE)] + list(DOORS)

    assert [name for name in names if not any(shown[who, name] for who in WHO)] == []


@pytest.mark.parametrize("dimension", ["DEPARTMENT", "ORGANISATION", "UNIT"])
def test_groups_hold_nobody_whom_the_rules_hide(world: World, dimension: str) -> None:
    told = {who: counted(world, who, dimension) for who in WHO}
    most = {who: len(world.allowed(access, who, "Section")) for who in WHO}

    assert {who: counts for who, counts in told.items() if any(count > most[who] for count in counts)} == {}


CHANGED_RULES = [
    ("wide = {Role.AUDITOR, Role.HR_ADMINISTRATOR}", "wide = {Role.AUDITOR}"),
    (
        "return Scope(everyone=True) if ServiceScope.READ_PEOPLE in principal.scopes",
        "return Scope(everyone=True) if True",
    ),
    ("wide = {Role.HR_ADMINISTRATOR, Role.EXECUTIVE, Role.AUDITOR}", "wide = {Role.HR_ADMINISTRATOR, Role.AUDITOR}"),
    ("return Scope(own=True, below=True, everyone=bool(wide))", "return Scope(below=True, everyone=bool(wide))"),
    ("final = ONLY_FINAL if", "final = NOT_FINAL if"),
    ("open_ = NOT_FINAL if", "open_ = ONLY_FINAL if"),
    ("if {Role.HR_ADMINISTRATOR, Role.AUDITOR} & principal.roles:", "if {Role.HR_ADMINISTRATOR} & principal.roles:"),
    ("everyone=True, states=HANDED_IN)", "everyone=True)"),
    ("    return Scope(own=True, below=True)\n", "    return Scope(own=True)\n"),
    ("if not is_shown:", "if False:"),
    ("in {me, only.subject}", "in {me}"),
    ("if scope.own and subject == me:", "if False:"),
    ("and me in managers and subject != me", "and me in managers[:1] and subject != me"),
    ("if scope.below and subject != me and _stand_in(principal, managers) is not None:", "if False:"),
    ("nearest = managers[0] if managers else None", "nearest = managers[-1] if managers else None"),
    ("return principal.employee != subject or state in WITH_THE_EMPLOYEE", "return True"),
    ("return principal.employee != subject or state in WITH_THE_EMPLOYEE", "return principal.employee != subject"),
    (
        "return bool({Role.HR_ADMINISTRATOR, Role.EXECUTIVE} & principal.roles)",
        "return bool({Role.EXECUTIVE} & principal.roles)",
    ),
    ("if principal.is_service or principal.embedded is not None:", "if principal.is_service:"),
    ("or principal.employee in managers[:1]", "or principal.employee in managers"),
    ("if principal.employee == subject or principal.embedded is not None:", "if principal.employee == subject:"),
    (
        "return Role.HR_ADMINISTRATOR in principal.roles and principal.embedded is None",
        "return Role.HR_ADMINISTRATOR in principal.roles",
    ),
    ("return may_import_people(principal) or may_import_events(principal)", "return may_import_people(principal)"),
    (
        "return Role.AUDITOR in principal.roles and principal.embedded is None",
        "return Role.EXECUTIVE in principal.roles",
    ),
    ("not people_scope(principal).is_empty and principal.embedded is None", "principal.embedded is None"),
]


@pytest.mark.parametrize(("rule", "other"), CHANGED_RULES)
def test_another_rule_would_be_noticed(world: World, generated: list[Way], shown: Shown, rule: str, other: str) -> None:
    """The rules with one of them changed, compared with what the service shows: they must not agree."""
    source = inspect.getsource(access)
    assert source.count(rule) == 1
    changed = types.ModuleType("changed_access")
    exec(compile(source.replace(rule, other), "changed_access.py", "exec"), changed.__dict__)  # noqa: S102

    assert differences(world, generated, shown, changed) != []


def test_every_type_with_an_id_is_under_a_rule() -> None:
    nodes = {kind.name for kind in objects_of(GRAPHQL_SCHEMA, GRAPHQL_SCHEMA.type_map["Node"])}

    assert nodes == set(RULES)
    assert {str(kind) for kind in READERS} == nodes


def test_every_other_type_lies_behind_a_rule_or_is_open() -> None:
    assert GRAPHQL_SCHEMA.query_type
    free = reachable(GRAPHQL_SCHEMA, GRAPHQL_SCHEMA.query_type, stop=frozenset(RULES), without=OWN_DOORS) - set(RULES)

    assert free == set(OPEN)


OTHER_CHANGES: dict[str, tuple[str, Callable[[Principal], bool]]] = {
    "createEmbedToken": (
        '{viewer: {id: "%EMPLOYEE%"}, sectionId: "%SECTION%", origin: "x"}',
        access.may_mint_embed_tokens,
    ),
    "createExport": (
        "{kind: AUDIT, format: JSONL}",
        lambda who: may_export(who, ExportKind.AUDIT),
    ),
    "createImport": ('{uploadId: "%UPLOAD%", adapter: "csv"}', access.may_import),
    "applyImport": ('{importId: "%IMPORT%"}', access.may_import),
    "undoImport": ('{importId: "%IMPORT%"}', access.may_import_events),
    "createToken": ('{name: " ", scopes: []}', access.may_administer),
    "rotateToken": ('{key: "none"}', access.may_administer),
    "revokeToken": ('{key: "none"}', access.may_administer),
    "nameDelegate": (
        '{delegate: {id: "%EMPLOYEE%"}, firstDay: "2020-01-01", lastDay: "2020-01-01"}',
        lambda who: who.employee is not None and who.embedded is None,
    ),
    "endDelegation": (
        '{delegationId: "%DELEGATION%"}',
        lambda who: who.embedded is None and who.name in {"Max Weber", "Dora Lindqvist", "Hal Novak"},
    ),
    "keepWatch": (
        '{indicator: "satisfaction", groupBy: ORGANISATION, measure: LEVEL, side: BELOW, threshold: "1"}',
        access.may_watch,
    ),
    "setLegalHold": ('{employee: {id: "%EMPLOYEE%"}}', access.may_administer),
    "proposePersonRequest": ('{employee: {id: "%EMPLOYEE%"}, kind: EXPORT, reason: " "}', access.may_administer),
    "createWebhook": ('{url: "x", events: []}', access.may_administer),
    "replayWebhook": ('{webhookId: "%WEBHOOK%", since: "2020-01-01T00:00:00Z"}', access.may_administer),
    "replayWebhookDelivery": ('{deliveryId: "%DELIVERY%"}', access.may_administer),
    "rotateWebhookSecret": ('{webhookId: "%WEBHOOK%", overlapHours: -1}', access.may_administer),
    "deleteWebhook": (f'{{webhookId: "{to_global(Kind.WEBHOOK, "none")}"}}', access.may_administer),
    "grantRole": ('{employee: {id: "%EMPLOYEE%"}, role: SERVICE}', access.may_grant_roles),
    "revokeRole": ('{employee: {id: "%EMPLOYEE%"}, role: SERVICE}', access.may_grant_roles),
    "setWebhookActive": ('{webhookId: "%WEBHOOK%", isActive: true}', access.may_administer),
    "submitSelfAssessment": (
        '{sectionId: "%SECTION%", expectedVersion: 999}',
        lambda who: who.name == "Ann Archer",  # whose section it is
    ),
}
"""Changes beside the steps of sections, which have a test of their own; what each is asked with, and who may."""


def test_every_change_is_refused_to_whom_the_rules_refuse_it(world: World) -> None:
    assert GRAPHQL_SCHEMA.mutation_type
    asked = {
        "%EMPLOYEE%": world.keys("Employee")[0],
        "%SECTION%": next(key for kind, key in world.things if kind == "Section" and _is_ann_s(world, key)),
        "%UPLOAD%": to_global(Kind.UPLOAD, "none"),
        "%IMPORT%": next(key for key in world.keys("Import") if "import" in world.things["Import", key].owner),
        "%WEBHOOK%": world.keys("Webhook")[0],
        "%DELEGATION%": world.keys("Delegation")[0],
        "%DELIVERY%": world.keys("WebhookDelivery")[0],
    }
    wrong = []
    for name, (given, may) in OTHER_CHANGES.items():
        for mark, key in asked.items():
            given = given.replace(mark, key)  # noqa: PLW2901
        for who, principal in world.principals.items():
            answer = world.ask(who, f"mutation {{ {name}(input: {given}) {{ userErrors {{ code }} }} }}")
            codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
            assert codes <= {"FORBIDDEN", "NOT_FOUND"}, (name, answer)
            wrong += [f"{name} by {who}: {answer}"] if bool(codes) == may(principal) else []

    assert wrong == []
    steps = {field for field, _ in MUTATIONS.values()}
    assert steps | set(OTHER_CHANGES) | set(MANY) | set(OF_ADMINISTRATORS) | HELD_ELSEWHERE == set(
        GRAPHQL_SCHEMA.mutation_type.fields
    )


UNKNOWN = {f"%{kind.name}%": to_global(kind, "none") for kind in Kind}
OF_ADMINISTRATORS = {
    "advanceCycle": '{cycleId: "%CYCLE%", expectedState: PLANNED}',
    "cancelCycle": '{cycleId: "%CYCLE%", expectedState: PLANNED, reason: "x"}',
    "moveCycle": '{cycleId: "%CYCLE%", expectedState: PLANNED, start: "2030-01-01", end: "2031-01-01"}',
    "setCycleRules": '{cycleId: "%CYCLE%", expectedState: PLANNED, rules: {}}',
    "startScoring": '{cycleId: "%CYCLE%"}',
    "tryPolicy": '{cycleId: "%CYCLE%"}',
    "planCycle": '{name: "x", start: "2030-01-01", end: "2029-01-01"}',
    "annotateCorrection": '{correctionId: "%CORRECTION%", note: "x"}',
    "openCalibration": '{cycleId: "%CYCLE%", name: "x", sectionIds: []}',
    "sendWriteBacks": '{cycleId: "%CYCLE%", host: "none"}',
    "retryWriteBack": '{sectionId: "%SECTION%", host: "none"}',
    "settleWriteBack": '{sectionId: "%SECTION%", host: "none", note: "x"}',
    "lockCalibration": '{sessionId: "%CALIBRATION%"}',
    "calibrateItem": """{sectionId: "%SECTION%", expectedVersion: 9, sessionId: "%CALIBRATION%", itemId: "%ITEM%",
        rating: 3, reason: "x"}""",
}
"""What each is asked with, about things that there are not: administrators hear so, everybody else of the refusal."""
HELD_ELSEWHERE = {
    "confirmPersonRequest",
    "withdrawPersonRequest",
    "decideDispute",
    "withdrawDispute",
    "givePart",
    "dropWatch",
    "markWatchSeen",
}
"""Steps of objections: tests/use_cases/test_disputes.py; parts and requests: beside it; thresholds: tests/api/test_watches.py."""


@pytest.mark.parametrize("change", OF_ADMINISTRATORS)
def test_what_administrators_do_is_forbidden_to_others(world: World, change: str) -> None:
    given = OF_ADMINISTRATORS[change]
    for mark, key in UNKNOWN.items():
        given = given.replace(mark, key)
    wrong = []
    for who, principal in world.principals.items():
        answer = world.ask(who, f"mutation {{ {change}(input: {given}) {{ userErrors {{ code }} }} }}")
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        is_step = change == "calibrateItem"  # of a section, which a host's frame may show
        may = access.Role.HR_ADMINISTRATOR in principal.roles if is_step else access.may_administer(principal)
        wrong += [f"{who}: {answer}"] if ("FORBIDDEN" in codes) == may else []

    assert wrong == []


MANY = {
    "rateItems": (Action.RATE, 'itemId: "%ITEM%"'),
    "submitSections": (Action.SUBMIT, ""),
    "returnSections": (Action.RETURN, 'reason: "x"'),
    "approveSections": (Action.APPROVE, ""),
    "releaseSections": (Action.RELEASE, ""),
    "shareSections": (Action.SHARE, ""),
    "finaliseSections": (Action.FINALISE, 'reason: "x"'),
    "exemptSections": (Action.EXEMPT, "reason: NO_CUSTOMER_DUTY"),
    "voidSections": (Action.VOID, 'reason: "x"'),
}
"""Changes of many sections, and what each row says more."""


@pytest.mark.parametrize("change", MANY)
def test_many_changes_at_once_are_refused_as_one_by_one(world: World, change: str) -> None:
    action, more = MANY[change]
    section = world.company.section("Ann Archer").section
    key = to_global(Kind.SECTION, section.id)
    row = f'sectionId: "{key}", expectedVersion: 999 {more}'.replace(
        "%ITEM%", to_global(Kind.ITEM, section.items[0].id)
    )
    query = (
        f"mutation {{ {change}(input: {{onError: KEEP_GOING, rows: [{{{row}}}]}}) {{ rows {{ error {{ code }} }} }} }}"
    )
    wrong = []
    for who, principal in world.principals.items():
        answer = world.ask(who, query)
        is_refused = "errors" in answer or answer["data"][change]["rows"][0]["error"] is not None
        is_seen = ("Section", key) in world.allowed(access, who, "Section")
        above = world.things["Section", key].managers
        may = is_seen and access.may_act(principal, action, section.employee, managers=above)
        wrong += [f"{who}: {answer}"] if is_refused == may else []

    assert wrong == []


def _is_ann_s(world: World, key: str) -> bool:
    return world.things["Section", key].subject == world.company.ids["Ann Archer"]


def test_messages_to_host_systems_name_ids_and_states_alone(world: World) -> None:
    with world.company.deployment.database.reading() as session:
        told = outbox.since(session, AT - timedelta(days=1))

    assert {name for message in told for name in message.facts} <= {
        *("sectionId", "employeeId", "cycleId", "runId", "state", "stateBefore", "version", "revision"),
    }
    assert {message.notice for message in told} >= {Notice.SECTION_STATE_CHANGED, Notice.RUN_FINISHED}


def test_every_address_is_known(world: World) -> None:
    """Beside the API there are pages that speak it, the files of exports, sign-in and health."""
    paths = {route.path for route in world.client.app.routes}  # type: ignore[attr-defined]

    assert paths - {"/", "/static", "/healthz"} == {
        *("/graphql", "/subgraph", "/exports/{key}", "/uploads", "/imports/{key}/rejected", "/sections/{key}/pdf"),
        "/graphiql",
        *("/record/download", "/sections/{key}/pdf", "/person-requests/{key}/file"),
        *("/language", "/embed"),
        *("/contributions/table.xlsx", "/contributions/report.pdf", "/cycles/{key}/write-back/{host}/file"),
        *(page.path for page in PAGES),
        *(path for path in paths if path.startswith("/sign-")),
    }


def test_every_root_is_a_way_in(generated: list[Way]) -> None:
    assert GRAPHQL_SCHEMA.query_type
    assert GRAPHQL_SCHEMA.subscription_type
    subgraph = Subgraph("hr:id")._schema.query_type
    assert subgraph

    assert set(GRAPHQL_SCHEMA.query_type.fields) == {way.steps[0].field for way in generated} | OWN_DOORS | NO_DATA
    assert {f"Subscription.{name}" for name in GRAPHQL_SCHEMA.subscription_type.fields} <= set(DOORS)
    assert set(subgraph.fields) == {"_entities", "_service", "appraise"}
    assert set(subgraph.fields["appraise"].type.of_type.fields) == set(GRAPHQL_SCHEMA.query_type.fields)
    assert set(LINES) == set(ExportKind)


def test_final_sections_alone_are_printed_for_whoever_reads_them(world: World, shown: Shown) -> None:
    final = {key for key, what in world.things.items() if key[0] == "Section" and what.state == "FINALISED"}

    assert shown["Hal Novak", "pdf"] == final != set()
