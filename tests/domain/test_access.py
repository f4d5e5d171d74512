"""Who may see and do what, against a table written by hand from the permissions that the workflow promises.

Rows are who asks about Ann's section: Ann herself, her manager, the manager's manager, a colleague, an HR
administrator, an executive, an auditor, and a service with the right to read sections.
"""

from dataclasses import replace

import pytest

from appraise.domain.access import (
    AuditScope,
    Embedded,
    Principal,
    Role,
    ServiceScope,
    audit_scope,
    is_away,
    may_act,
    may_administer,
    may_be_in_place,
    may_change_roles_of,
    may_grant_roles,
    may_import,
    may_import_events,
    may_import_people,
    may_mint_embed_tokens,
    may_read_audit,
    may_read_benchmarks,
    may_read_departments,
    may_read_person_requests,
    may_sign_in,
    may_watch,
    people_scope,
    reaches,
    read_is_audited,
    section_scope,
    sees_ratings,
    sees_self_assessment,
    sees_standings,
    sees_write_back,
)
from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.section_states import Action, SectionState

ANN, MAX, DORA, BEN = (EmployeeId(name) for name in ("ann", "max", "dora", "ben"))
ABOVE_ANN = (MAX, DORA)
ASKING = {
    "Ann": Principal("Ann", ANN),
    "manager": Principal("Max", MAX),
    "second line": Principal("Dora", DORA),
    "colleague": Principal("Ben", BEN),
    "HR": Principal("Hal", EmployeeId("hal"), frozenset({Role.HR_ADMINISTRATOR})),
    "executive": Principal("Vera", EmployeeId("vera"), frozenset({Role.EXECUTIVE})),
    "auditor": Principal("Otto", EmployeeId("otto"), frozenset({Role.AUDITOR})),
    "service": Principal("hris", None, frozenset({Role.SERVICE}), frozenset({ServiceScope.READ_SECTIONS})),
}

# who: (the section is seen in COLLECTING, DRAFT, SUBMITTED, FINALISED; Ann's name and job are seen)
SEES = {
    "Ann": ("yes yes yes yes", True),
    "manager": ("yes yes yes yes", True),
    "second line": ("yes yes yes yes", True),
    "colleague": ("no no no no", False),
    "HR": ("yes yes yes yes", True),
    "executive": ("no no yes yes", True),
    "auditor": ("yes yes yes yes", True),
    "service": ("no no no yes", False),
}

# who: what they may do with Ann's section, as far as the relation to her goes
OF_HR = (
    "HAND_IN_UNREVIEWED RETURN APPROVE RELEASE SHARE FINALISE PROPOSE_REOPENING REOPEN EXEMPT END_EXEMPTION VOID "
    "WITHDRAW_REOPENING DECIDE_DISPUTE DECIDE_CLAIM CALIBRATE"
)
DOES = {
    "Ann": "ASSESS_SELF ACKNOWLEDGE DISPUTE CLAIM",
    "manager": "RATE SUBMIT SHARE DECIDE_CLAIM",
    "second line": "RETURN APPROVE SHARE DECIDE_DISPUTE DECIDE_CLAIM",
    "colleague": "",
    "HR": OF_HR,
    "executive": "",
    "auditor": "",
    "service": "",
}
SHARED_WITH = {SectionState.SHARED, SectionState.DISPUTED, SectionState.ACKNOWLEDGED, SectionState.FINALISED}


@pytest.mark.parametrize("who", ASKING)
def test_sections_are_seen_by_relation_and_state(who: str) -> None:
    principal = ASKING[who]
    scope = section_scope(principal)

    seen = " ".join(
        "yes" if reaches(scope, principal, ANN, managers=ABOVE_ANN, state=state) else "no"
        for state in (SectionState.COLLECTING, SectionState.DRAFT, SectionState.SUBMITTED, SectionState.FINALISED)
    )

    assert seen == SEES[who][0]


@pytest.mark.parametrize("who", ASKING)
def test_people_are_seen_by_relation(who: str) -> None:
    principal = ASKING[who]

    assert reaches(people_scope(principal), principal, ANN, managers=ABOVE_ANN, state=None) is SEES[who][1]


@pytest.mark.parametrize("managers", [ABOVE_ANN, list(ABOVE_ANN)])
@pytest.mark.parametrize("who", ASKING)
def test_actions_are_allowed_by_relation(who: str, managers: tuple[EmployeeId, ...] | list[EmployeeId]) -> None:
    allowed = {action.value for action in Action if may_act(ASKING[who], action, ANN, managers=managers)}

    assert allowed == set(DOES[who].split())


@pytest.mark.parametrize("who", ASKING)
def test_only_the_managers_own_manager_hands_in_where_the_manager_is_away(who: str) -> None:
    allowed = {
        action.value for action in Action if may_act(ASKING[who], action, ANN, managers=ABOVE_ANN, is_manager_away=True)
    }

    assert allowed == set(DOES[who].split()) | ({"SUBMIT"} if who == "second line" else set())


@pytest.mark.parametrize("who", ASKING)
def test_hr_and_auditors_read_requests_about_people(who: str) -> None:
    framed = replace(ASKING[who], embedded=Embedded(SectionId("s"), ANN, "hris"))

    assert may_read_person_requests(ASKING[who]) is (who in {"HR", "auditor"})
    assert not may_read_person_requests(framed)


def test_who_is_away() -> None:
    away = {status.value for status in EmploymentStatus if is_away(status)}

    assert away == {"leave", "suspended", "terminated", "retired", "deceased"}


def test_nobody_acts_on_their_own_section_whatever_their_roles_but_as_the_employee() -> None:
    everything = Principal("Ann", ANN, frozenset(Role) - {Role.SERVICE})

    assert {action for action in Action if may_act(everything, action, ANN, managers=(ANN, MAX))} == {
        Action.ASSESS_SELF,
        Action.ACKNOWLEDGE,
        Action.DISPUTE,
        Action.CLAIM,
    }


def test_the_employee_alone_waits_for_the_ratings_until_they_are_shared() -> None:
    shown = {
        who: {state for state in SectionState if sees_ratings(principal, ANN, state)}
        for who, principal in ASKING.items()
    }

    assert shown == {who: SHARED_WITH if who == "Ann" else set(SectionState) for who in ASKING}


@pytest.mark.parametrize("both_are_in", [False, True])
def test_others_read_the_self_assessment_when_both_are_in(*, both_are_in: bool) -> None:
    shown = {who: sees_self_assessment(asking, ANN, both_are_in=both_are_in) for who, asking in ASKING.items()}

    assert shown == {who: who == "Ann" or both_are_in for who in ASKING}


def test_a_void_section_is_seen_by_hr_and_auditors_alone() -> None:
    seen = [
        who
        for who, principal in ASKING.items()
        if reaches(section_scope(principal), principal, ANN, managers=ABOVE_ANN, state=SectionState.VOID)
    ]

    assert seen == ["HR", "auditor"]


def test_executives_see_what_was_handed_in_and_nothing_before() -> None:
    vera = ASKING["executive"]
    seen = {state for state in SectionState if reaches(section_scope(vera), vera, ANN, managers=ABOVE_ANN, state=state)}

    assert seen == SHARED_WITH | {SectionState.SUBMITTED, SectionState.IN_CALIBRATION, SectionState.CALIBRATED}


def test_imports_are_the_hr_administrators_and_the_log_is_the_auditors() -> None:
    assert [who for who, principal in ASKING.items() if may_administer(principal)] == ["HR"]
    assert [who for who, principal in ASKING.items() if may_read_audit(principal)] == ["auditor"]


def test_where_people_stand_is_for_hr_and_executives_and_no_service() -> None:
    assert [who for who, principal in ASKING.items() if sees_standings(principal)] == ["HR", "executive"]
    assert sees_standings(Principal("hris", None, frozenset({Role.SERVICE, Role.HR_ADMINISTRATOR}))) is False
    framed = Embedded(SectionId("of-ann"), ANN, by="hris")
    assert sees_standings(replace(ASKING["HR"], embedded=framed)) is False


def test_thresholds_are_kept_by_hr_and_executives_and_never_in_a_frame_or_by_a_program() -> None:
    assert [who for who, principal in ASKING.items() if may_watch(principal)] == ["HR", "executive"]
    framed = Embedded(SectionId("of-ann"), ANN, by="hris")
    assert may_watch(replace(ASKING["HR"], embedded=framed)) is False
    assert may_watch(replace(ASKING["HR"], employee=None)) is False
    assert may_watch(replace(ASKING["HR"], roles=frozenset({Role.SERVICE, Role.EXECUTIVE}))) is False


def test_every_read_of_a_section_but_ones_own_is_audited() -> None:
    assert [who for who, principal in ASKING.items() if not read_is_audited(principal, ANN)] == ["Ann"]


@pytest.mark.parametrize("managers", [(), (EmployeeId("vera"),), (MAX, EmployeeId("vera"))])
def test_an_executive_sees_drafts_of_their_own_and_of_those_below_them(managers: tuple[EmployeeId, ...]) -> None:
    vera = ASKING["executive"]
    subject = ANN if managers else EmployeeId("vera")

    assert reaches(section_scope(vera), vera, subject, managers=managers, state=SectionState.DRAFT) is True


def test_a_manager_of_the_third_line_reads_and_returns_and_does_not_submit() -> None:
    third = (BEN, MAX, DORA)

    assert {action for action in Action if may_act(ASKING["second line"], action, ANN, managers=third)} == {
        Action.RETURN,
        Action.APPROVE,
        Action.SHARE,
        Action.DECIDE_DISPUTE,
        Action.DECIDE_CLAIM,
    }


def test_a_service_without_scopes_reaches_nothing() -> None:
    nothing = Principal("hris", None, frozenset({Role.SERVICE}))

    assert section_scope(nothing).is_empty
    assert people_scope(nothing).is_empty


def test_a_service_with_the_right_to_people_reaches_everybody_and_no_section() -> None:
    directory = Principal("directory", None, frozenset({Role.SERVICE}), frozenset({ServiceScope.READ_PEOPLE}))

    assert reaches(people_scope(directory), directory, ANN, managers=(), state=None) is True
    assert section_scope(directory).is_empty


def test_a_service_with_another_role_beside_is_held_to_its_scopes() -> None:
    both = Principal("hris", None, frozenset({Role.SERVICE, Role.HR_ADMINISTRATOR}))

    assert section_scope(both).is_empty


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        ({ServiceScope.READ_SECTIONS}, "no no no yes"),
        ({ServiceScope.READ_OPEN_SECTIONS}, "yes yes yes no"),
        ({ServiceScope.READ_SECTIONS, ServiceScope.READ_OPEN_SECTIONS}, "yes yes yes yes"),
        ({ServiceScope.READ_PEOPLE, ServiceScope.MINT_EMBED}, "no no no no"),
    ],
)
def test_a_service_sees_sections_in_the_states_of_its_scopes(scopes: set[ServiceScope], seen: str) -> None:
    service = Principal("host", None, frozenset({Role.SERVICE}), frozenset(scopes))
    found = [
        reaches(section_scope(service), service, ANN, managers=ABOVE_ANN, state=state)
        for state in (SectionState.COLLECTING, SectionState.DRAFT, SectionState.SUBMITTED, SectionState.FINALISED)
    ]

    assert found == [word == "yes" for word in seen.split()]


THIS, OTHER = SectionId("this"), SectionId("other")


@pytest.mark.parametrize("who", [name for name in ASKING if name != "service"])
def test_an_embedded_viewer_sees_what_they_see_and_of_that_one_section_and_its_people(who: str) -> None:
    """Ann's section is shown. Ben's is not, and Ben's name neither, except to Ben himself."""
    viewer = ASKING[who]
    shown = Principal(viewer.name, viewer.employee, viewer.roles, embedded=Embedded(THIS, ANN, "host"))
    sections, people, draft = section_scope(shown), people_scope(shown), SectionState.DRAFT

    assert reaches(sections, shown, ANN, managers=ABOVE_ANN, state=draft, section=THIS) is (
        reaches(section_scope(viewer), viewer, ANN, managers=ABOVE_ANN, state=draft)
    )
    assert not reaches(sections, shown, ANN, managers=ABOVE_ANN, state=draft, section=OTHER)
    assert not reaches(sections, shown, ANN, managers=ABOVE_ANN, state=draft)
    assert reaches(people, shown, ANN, managers=ABOVE_ANN, state=None) is SEES[who][1]
    assert reaches(people, shown, BEN, managers=(MAX, DORA), state=None) is (who == "colleague")


def test_an_embedded_viewer_administers_audits_and_looks_round_nothing() -> None:
    everything = Principal("Hal", EmployeeId("hal"), frozenset(Role) - {Role.SERVICE})
    shown = Principal("Hal", EmployeeId("hal"), everything.roles, embedded=Embedded(THIS, ANN, "host"))
    rules = (may_administer, may_read_audit, may_read_departments)

    assert [rule(everything) for rule in rules] == [True, True, True]
    assert [rule(shown) for rule in rules] == [False, False, False]


def test_services_alone_mint_and_by_their_scope_alone() -> None:
    scope = frozenset({ServiceScope.MINT_EMBED})

    assert may_mint_embed_tokens(Principal("host", None, frozenset({Role.SERVICE}), scope))
    assert not may_mint_embed_tokens(ASKING["service"])
    assert not may_mint_embed_tokens(Principal("Hal", EmployeeId("hal"), frozenset({Role.HR_ADMINISTRATOR}), scope))


def test_who_has_left_or_is_suspended_does_not_sign_in() -> None:
    let_in = {status.value for status in EmploymentStatus if may_sign_in(status)}

    assert let_in == {"active", "leave", "prehire", "unknown"}


def test_where_peers_lie_is_for_people_and_not_for_programs() -> None:
    assert [who for who, principal in ASKING.items() if not may_read_benchmarks(principal)] == ["service"]


def test_hr_and_auditors_read_the_log_and_everybody_else_who_read_theirs() -> None:
    found = {who: audit_scope(principal) for who, principal in ASKING.items()}

    assert [who for who, scope in found.items() if scope is AuditScope.EVERYTHING] == ["HR", "auditor"]
    assert [who for who, scope in found.items() if scope is AuditScope.NOTHING] == ["service"]
    framed = Embedded(SectionId("s"), ANN, "host")
    assert audit_scope(replace(ASKING["auditor"], embedded=framed)) is AuditScope.NOTHING
    assert audit_scope(Principal("odd", None, frozenset({Role.AUDITOR}))) is AuditScope.NOTHING


def test_what_was_written_into_hr_systems_is_for_hr_the_own_manager_auditors_and_services_and_never_of_oneself() -> (
    None
):
    seen = {who: sees_write_back(principal, ANN, managers=ABOVE_ANN) for who, principal in ASKING.items()}

    assert {who for who, sees in seen.items() if sees} == {"manager", "HR", "auditor", "service"}
    assert not sees_write_back(replace(ASKING["HR"], employee=ANN), ANN, managers=ABOVE_ANN)
    shown = Embedded(THIS, ANN, "host")
    assert not sees_write_back(replace(ASKING["HR"], embedded=shown), ANN, managers=ABOVE_ANN)
    assert not sees_write_back(replace(ASKING["service"], scopes=frozenset()), ANN, managers=ABOVE_ANN)


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ({ServiceScope.IMPORT_PEOPLE}, [True, False, True]),
        ({ServiceScope.IMPORT_EVENTS}, [False, True, True]),
        ({ServiceScope.IMPORT_PEOPLE, ServiceScope.IMPORT_EVENTS}, [True, True, True]),
        ({ServiceScope.READ_PEOPLE}, [False, False, False]),
    ],
)
def test_what_a_service_imports_its_token_says(scopes: set[ServiceScope], allowed: list[bool]) -> None:
    rules = (may_import_people, may_import_events, may_import)
    service = Principal("hris", None, frozenset({Role.SERVICE}), frozenset(scopes))
    person = Principal("Ben", BEN, frozenset(), frozenset(scopes))

    assert [rule(service) for rule in rules] == allowed
    assert [rule(person) for rule in rules] == [False, False, False]
    assert [rule(ASKING["HR"]) for rule in rules] == [True, True, True]


def test_the_manager_of_the_manager_alone_is_in_place_and_never_for_themselves() -> None:
    chain = (MAX, DORA, BEN)

    assert [may_be_in_place(Principal(str(who), who), ANN, managers=chain) for who in chain] == [False, True, False]
    assert not may_be_in_place(Principal("Ann", ANN), ANN, managers=(MAX, ANN))
    around = {
        action
        for action in Action
        if may_act(Principal("Ann", ANN), action, ANN, managers=(MAX, ANN), is_manager_away=True)
    }
    assert Action.SUBMIT not in around


def test_roles_are_granted_by_an_hr_administrator_who_is_an_employee_and_nobody_s_own_are_changed() -> None:
    hr = frozenset({Role.HR_ADMINISTRATOR})
    dora, nobody, ann = Principal("Dora", DORA, roles=hr), Principal("hr", None, roles=hr), Principal("Ann", ANN)

    assert [may_grant_roles(who) for who in (dora, nobody, ann)] == [True, False, False]
    assert [may_change_roles_of(who, ANN) for who in (dora, nobody, ann)] == [True, False, False]
    assert not may_change_roles_of(dora, DORA)
    assert not may_change_roles_of(ann, DORA)
