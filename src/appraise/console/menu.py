"""Which pages there are, and to whom the header offers which: nobody is led to a refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from appraise.domain.access import (
    AuditScope,
    Principal,
    Role,
    audit_scope,
    may_administer,
    may_grant_roles,
    may_read_audit,
)

Rule = Callable[[Principal], bool]


def anybody(principal: Principal) -> bool:
    """Everybody who can sign in."""
    return not principal.is_service


def may_follow_cycles(principal: Principal) -> bool:
    """Who is missing from a cycle, and why."""
    return may_administer(principal) or may_read_audit(principal)


def may_read_the_log(principal: Principal) -> bool:
    """All of it."""
    return audit_scope(principal) is AuditScope.EVERYTHING


def reads_few(principal: Principal) -> bool:
    """Of themselves and those below alone, so that figures of most groups are withheld."""
    return not principal.roles & {Role.HR_ADMINISTRATOR, Role.EXECUTIVE, Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Page:
    """One web component with the frame around it. `in_menu` is the header's word for it, None for what is led to.

    Its table begins with a row for each person for those of whom `by_person` says so.
    """

    path: str
    title: str
    element: str
    may: Rule = anybody
    in_menu: str | None = None
    by_person: Rule | None = None

    @property
    def root(self) -> str:
        """The page of the menu under which this one lies."""
        return "/" + self.path.split("/")[1]


PAGES: Final = (
    Page("/people", "People", "people", in_menu="People"),
    Page("/sections/{key}", "Section", "section"),
    Page("/tasks", "To do", "tasks", in_menu="To do"),
    Page("/parts", "Your part", "parts"),
    Page("/disputes", "Disputes and claims", "disputes"),
    Page("/record", "My record", "record", in_menu="My record"),
    Page("/contributions", "Contributions", "contributions", in_menu="Contributions", by_person=reads_few),
    Page("/cycles", "Cycles", "cycles", may_follow_cycles, in_menu="Cycles"),
    Page("/calibration", "Calibration", "calibration", may_follow_cycles),
    Page("/cycles/{key}", "Cycle", "cycle", may_follow_cycles),
    Page("/cycles/{key}/write-back", "Written into HR systems", "write-back", may_administer),
    Page("/imports", "Imports", "imports", may_administer, in_menu="Imports"),
    Page("/imports/{key}", "Import", "import", may_administer),
    Page("/policies", "Policy", "policies", in_menu="Policy"),
    Page("/audit", "Audit log", "audit", may_read_the_log, in_menu="Audit log"),
    Page("/tokens", "Access tokens", "tokens", may_administer, in_menu="Tokens"),
    Page("/roles", "Roles", "roles", may_grant_roles, in_menu="Roles"),
    Page("/person-requests", "Data requests", "person-requests", may_administer, in_menu="Data requests"),
    Page("/fairness", "Fairness", "fairness", may_administer, in_menu="Fairness"),
    Page("/adapters", "What can be read", "adapters", may_administer),
)


def menu_of(principal: Principal) -> tuple[Page, ...]:
    return tuple(page for page in PAGES if page.in_menu is not None and page.may(principal))
