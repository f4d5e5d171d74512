"""Who may see and do what, as pure functions. Deny wins.

The same rules are compiled to SQL predicates by `appraise.storage.access`; a test holds the two equal. Row rules are
answered with a `Scope`, field rules with a yes or no for one principal, one subject and one state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId, SectionId, TokenId
from appraise.domain.section_states import HANDED_IN, WITH_THE_EMPLOYEE, Action, SectionState


class Role(StrEnum):
    """Hats that are granted. Being an employee or somebody's manager is not granted: reporting lines say so."""

    HR_ADMINISTRATOR = "hr_administrator"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"
    SERVICE = "service"


class ServiceScope(StrEnum):
    """What a service account's token was minted for."""

    READ_PEOPLE = "read:people"
    READ_SECTIONS = "read:sections"
    READ_OPEN_SECTIONS = "read:open-sections"
    MINT_EMBED = "embed:mint"
    IMPORT_PEOPLE = "import:people"
    IMPORT_EVENTS = "import:events"


@dataclass(frozen=True, slots=True)
class Embedded:
    """The one section that a host shows to a principal, whose it is, and the name of the service that let them in."""

    section: SectionId
    subject: EmployeeId
    by: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """A manager for whom a principal acts with those who report to them, and whether they hand in, too."""

    manager: EmployeeId
    name: str
    may_submit: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `employee` is None for service accounts; `scopes` only bind service accounts.

    `embedded` narrows what an employee may see and do to one section. `token` is the access token they came with.
    `stands_in` are the managers who made them their delegate for today, or for whom HR did.
    """

    name: str
    employee: EmployeeId | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[ServiceScope] = frozenset()
    embedded: Embedded | None = None
    token: TokenId | None = field(default=None, compare=False)
    stands_in: tuple[StandIn, ...] = ()

    @property
    def key(self) -> str:
        """Tells principals apart, as names do not."""
        return f"service:{self.name}" if self.employee is None else f"employee:{self.employee}"

    @property
    def is_service(self) -> bool:
        return Role.SERVICE in self.roles


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a principal reaches: the union of what is switched on.

    `own` the principal's own; `below` everybody in the solid reporting line under them, however deep, and those who
    report to a manager for whom they stand in; `everyone` the whole organisation. `states` limits sections of others
    to these states; own and `below` are not limited, but that a section created in error, VOID, is seen only by those
    who reach everyone in every state.
    """

    own: bool = False
    below: bool = False
    everyone: bool = False
    states: frozenset[SectionState] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.own or self.below or self.everyone)


NOTHING = Scope()
OF_THE_EMPLOYEE = frozenset({Action.ASSESS_SELF, Action.ACKNOWLEDGE, Action.DISPUTE, Action.CLAIM})
OF_THE_LINE = {
    Action.RATE: slice(1),
    Action.SUBMIT: slice(1),
    Action.RETURN: slice(1, None),
    Action.APPROVE: slice(1, None),
    Action.SHARE: slice(None),
    Action.DECIDE_DISPUTE: slice(1, None),
    Action.DECIDE_CLAIM: slice(None),
}
"""Which of the managers, from the nearest up, may do it; HR administrators may do all but what is the line's alone."""
IN_PLACE_OF_THE_ABSENT = frozenset({Action.SUBMIT})
"""What the manager's own manager does where the manager is away: see `is_away`."""
OF_THE_LINE_ALONE = frozenset({Action.RATE, Action.SUBMIT})
ONLY_FINAL = frozenset({SectionState.FINALISED})
NOT_FINAL = frozenset(SectionState) - ONLY_FINAL - {SectionState.VOID}
GONE = frozenset(
    {
        EmploymentStatus.SUSPENDED,
        EmploymentStatus.TERMINATED,
        EmploymentStatus.RETIRED,
        EmploymentStatus.DECEASED,
    }
)


def is_away(status: EmploymentStatus) -> bool:
    """Whether a manager of this status today is absent, so that theirs hands in."""
    return status in GONE or status is EmploymentStatus.LEAVE


def people_scope(principal: Principal) -> Scope:
    """Whose names, jobs and reporting lines the principal may read."""
    if principal.is_service:
        return Scope(everyone=True) if ServiceScope.READ_PEOPLE in principal.scopes else NOTHING
    wide = {Role.HR_ADMINISTRATOR, Role.EXECUTIVE, Role.AUDITOR} & principal.roles
    return Scope(own=True, below=True, everyone=bool(wide))


def section_scope(principal: Principal) -> Scope:
    """Whose sections, estimates and workings the principal may read, and in which states."""
    if principal.is_service:
        final = ONLY_FINAL if ServiceScope.READ_SECTIONS in principal.scopes else frozenset()
        open_ = NOT_FINAL if ServiceScope.READ_OPEN_SECTIONS in principal.scopes else frozenset()
        return Scope(everyone=True, states=final | open_) if final or open_ else NOTHING
    if {Role.HR_ADMINISTRATOR, Role.AUDITOR} & principal.roles:
        return Scope(everyone=True)
    if Role.EXECUTIVE in principal.roles:
        return Scope(own=True, below=True, everyone=True, states=HANDED_IN)
    return Scope(own=True, below=True)


def reaches(
    scope: Scope,
    principal: Principal,
    subject: EmployeeId,
    *,
    managers: Sequence[EmployeeId],
    state: SectionState | None,
    section: SectionId | None = None,
) -> bool:
    """Whether a scope holds a row about `subject`, whose managers from the nearest up are `managers`.

    `state` and `section` are the section's, None for rows of people.
    """
    me = principal.employee
    only = principal.embedded
    if only is not None:
        is_shown = section == only.section if state is not None else subject in {me, only.subject}
        if not is_shown:
            return False
    if me is not None and state is not SectionState.VOID:
        if scope.own and subject == me:
            return True
        if scope.below and me in managers and subject != me:
            return True
        if scope.below and subject != me and _stand_in(principal, managers) is not None:
            return True
    return scope.everyone and (state is None or scope.states is None or state in scope.states)


def sees_ratings(principal: Principal, subject: EmployeeId, state: SectionState) -> bool:
    """Whether the manager's ratings and comments of a readable section are shown or withheld.

    The employee reads them when the section is shared; everybody else who reaches the section reads them at once.
    """
    return principal.employee != subject or state in WITH_THE_EMPLOYEE


def sees_self_assessment(principal: Principal, subject: EmployeeId, *, both_are_in: bool) -> bool:
    """Whether what employees wrote of themselves is shown: to others only when they and the manager have handed in."""
    return principal.employee == subject or both_are_in


def sees_standings(principal: Principal) -> bool:
    """Whether the principal may read where people of readable sections stand among the others: rank or tier.

    Neither employees nor their managers, and nobody in a host's frame: ranks set colleagues against each other, and
    most of them mean nothing.
    """
    if principal.is_service or principal.embedded is not None:
        return False
    return bool({Role.HR_ADMINISTRATOR, Role.EXECUTIVE} & principal.roles)


def may_watch(principal: Principal) -> bool:
    """Whether the principal may keep thresholds and be told which groups lie beyond them.

    Executives and HR, who read tables of the whole organisation anyway; not managers, whose few people would be
    watched one by one, and nobody in a host's frame.
    """
    if principal.is_service or principal.embedded is not None or principal.employee is None:
        return False
    return not principal.roles.isdisjoint({Role.HR_ADMINISTRATOR, Role.EXECUTIVE})


def sees_write_back(principal: Principal, subject: EmployeeId, *, managers: Sequence[EmployeeId]) -> bool:
    """Whether the principal may read what was written of a readable section into the HR systems.

    The employee's own manager, HR, auditors, and services that read final sections; nobody of themselves.
    """
    if principal.is_service:
        return ServiceScope.READ_SECTIONS in principal.scopes
    if principal.employee == subject or principal.embedded is not None:
        return False
    wide = {Role.HR_ADMINISTRATOR, Role.AUDITOR} & principal.roles
    return bool(wide) or principal.employee in managers[:1]


def may_read_benchmarks(principal: Principal) -> bool:
    """Whether the principal may read where the peers lie beside a figure that they may read; never programs."""
    return not principal.is_service


def may_read_evidence(principal: Principal) -> bool:
    """Whether the principal may read the single events behind figures that they may read; never programs."""
    return not principal.is_service


def may_act(
    principal: Principal,
    action: Action,
    subject: EmployeeId,
    *,
    managers: Sequence[EmployeeId],
    is_manager_away: bool = False,
) -> bool:
    """Whether the principal's relation to `subject` allows an action, the section's state left aside.

    Nobody acts on their own section, not even HR or an executive, except as the employee whose it is. `managers` as in
    `reaches`, on the day of the act; `is_manager_away` is said of the nearest.
    """
    if is_manager_away and action in IN_PLACE_OF_THE_ABSENT and may_be_in_place(principal, subject, managers=managers):
        return True
    by_right = _may_act_by_right(principal, action, subject, managers)
    return by_right or acts_for(principal, action, subject, managers=managers) is not None


def may_be_in_place(principal: Principal, subject: EmployeeId, *, managers: Sequence[EmployeeId]) -> bool:
    """Whether the principal is the manager's own manager, who acts where the manager is away."""
    me = principal.employee
    return me is not None and me != subject and me in managers[1:2]


def acts_for(
    principal: Principal, action: Action, subject: EmployeeId, *, managers: Sequence[EmployeeId]
) -> StandIn | None:
    """The manager without whom the action would not be the principal's; None where it is theirs by right, or not."""
    if principal.employee == subject or _may_act_by_right(principal, action, subject, managers):
        return None
    one = _stand_in(principal, managers)
    if one is None:
        return None
    return one if action is Action.RATE or (action is Action.SUBMIT and one.may_submit) else None


def reads_for(
    principal: Principal, subject: EmployeeId, *, managers: Sequence[EmployeeId], state: SectionState
) -> StandIn | None:
    """The manager without whom the principal would not read the section; None where they read it by right."""
    alone = replace(principal, stands_in=(), embedded=None)
    by_right = reaches(section_scope(alone), alone, subject, managers=managers, state=state)
    return None if by_right else _stand_in(principal, managers)


def _stand_in(principal: Principal, managers: Sequence[EmployeeId]) -> StandIn | None:
    """For the nearest manager alone: delegates have no chain, and stand in for no manager further up."""
    nearest = managers[0] if managers else None
    return next((one for one in principal.stands_in if one.manager == nearest), None)


def _may_act_by_right(
    principal: Principal, action: Action, subject: EmployeeId, managers: Sequence[EmployeeId]
) -> bool:
    me = principal.employee
    if me is None:
        return False
    if action in OF_THE_EMPLOYEE or me == subject:
        return action in OF_THE_EMPLOYEE and me == subject
    if Role.HR_ADMINISTRATOR in principal.roles and action not in OF_THE_LINE_ALONE:
        return True
    return action in OF_THE_LINE and me in managers[OF_THE_LINE[action]]


def may_administer(principal: Principal) -> bool:
    """Imports, cycles, scoring runs, tokens."""
    return Role.HR_ADMINISTRATOR in principal.roles and principal.embedded is None


GRANTED = frozenset({Role.HR_ADMINISTRATOR, Role.EXECUTIVE, Role.AUDITOR})
"""Roles that employees are granted."""


def may_grant_roles(principal: Principal) -> bool:
    """Who grants roles, takes them away and reads who has which."""
    return may_administer(principal) and principal.employee is not None


def may_change_roles_of(principal: Principal, subject: EmployeeId) -> bool:
    """Nobody's own: a second HR administrator stands behind each grant."""
    return may_grant_roles(principal) and principal.employee != subject


def may_import_people(principal: Principal) -> bool:
    """HR administrators, and services whose token says so."""
    return may_administer(principal) or (principal.is_service and ServiceScope.IMPORT_PEOPLE in principal.scopes)


def may_import_events(principal: Principal) -> bool:
    """As for people: the system that pushes orders need not be able to end jobs."""
    return may_administer(principal) or (principal.is_service and ServiceScope.IMPORT_EVENTS in principal.scopes)


def may_import(principal: Principal) -> bool:
    return may_import_people(principal) or may_import_events(principal)


def may_read_audit(principal: Principal) -> bool:
    return Role.AUDITOR in principal.roles and principal.embedded is None


def may_read_person_requests(principal: Principal) -> bool:
    """Who asked for what to be exported or erased, and legal holds; HR administrators alone make and decide them."""
    wide = {Role.HR_ADMINISTRATOR, Role.AUDITOR} & principal.roles
    return bool(wide) and principal.embedded is None


class AuditScope(StrEnum):
    """Which lines of the audit log somebody reads. OWN_RECORD: who else read what is kept of them."""

    NOTHING = "nothing"
    OWN_RECORD = "own_record"
    EVERYTHING = "everything"


def audit_scope(principal: Principal) -> AuditScope:
    """HR administrators read the log and, like everybody, cannot change it; only auditors take it away as a file.

    Of their own section neither reads in the log what was done while its ratings are withheld from them
    (`sees_ratings`); of such lines the file has the hashes alone, by which it holds together.
    """
    if principal.is_service or principal.embedded is not None or principal.employee is None:
        return AuditScope.NOTHING
    wide = {Role.AUDITOR, Role.HR_ADMINISTRATOR} & principal.roles
    return AuditScope.EVERYTHING if wide else AuditScope.OWN_RECORD


def may_read_departments(principal: Principal) -> bool:
    """Departments are no personal data: whoever may see people at large may see them all."""
    return not people_scope(principal).is_empty and principal.embedded is None


def may_mint_embed_tokens(principal: Principal) -> bool:
    return principal.is_service and ServiceScope.MINT_EMBED in principal.scopes


def may_sign_in(status: EmploymentStatus) -> bool:
    """Whether an employee of this status today is let in: into the API, and the pages of the console and a host."""
    return status not in GONE


def read_is_audited(principal: Principal, subject: EmployeeId) -> bool:
    """Reads of an individual's section by anybody but themselves leave a line in the audit log."""
    return principal.employee != subject
