"""A manager, or HR in their absence, names somebody who acts for them for some time, and ends it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appraise.domain.access import Principal, Role, may_administer, may_sign_in
from appraise.domain.delegations import NO_REPORTS, Delegation, NamedDelegation, hindrance_to_naming
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import DelegationId, EmployeeId
from appraise.domain.periods import Period
from appraise.domain.sections import Refusal, words
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, delegations, people, tasks, tokens
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.stand_ins import judged
from appraise.use_cases.transactions import committed

Named = EmployeeId | ExternalReference


@dataclass(frozen=True, slots=True)
class Wanted:
    """`manager` None is whoever asks. `reason` is for HR to give."""

    delegate: Named
    first_day: date
    last_day: date
    may_submit: bool
    manager: Named | None = None
    reason: str | None = None


def name_delegate(
    deployment: Deployment, principal: Principal, wanted: Wanted, *, at: datetime
) -> NamedDelegation | Refusal:
    """Raises `Forbidden` for another's delegate by anybody but HR, and for whoever is no employee."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        raise Forbidden("delegates are named by people, in the console")
    if wanted.manager is not None and wanted.manager != me and not may_administer(principal):
        raise Forbidden("you name delegates for yourself alone", expected="an HR administrator for somebody else's")
    return committed(deployment, lambda session: _named(session, principal, me, wanted, at))


def _named(
    session: Session, principal: Principal, me: EmployeeId, wanted: Wanted, at: datetime
) -> NamedDelegation | Refusal:
    on = at.date()
    found = _both(session, me, wanted, on)
    if isinstance(found, Refusal):
        return found
    manager, delegate = found
    if wanted.last_day < wanted.first_day:
        return Refusal("OUT_OF_RANGE", "the last day comes before the first", "lastDay")
    lock(session, f"delegations:{manager}")
    reason = None if manager == me else words(wanted.reason)
    if wanted.last_day < on:
        return Refusal("OUT_OF_RANGE", "the last day lies in the past", "lastDay")
    period = Period(max(wanted.first_day, on), min(wanted.last_day, date.max - timedelta(days=1)) + timedelta(days=1))
    new = Delegation(DelegationId(new_id()), manager, delegate, period, wanted.may_submit, me, at, reason)
    refusal = hindrance_to_naming(
        new,
        [one.delegation for one in delegations.of_manager(session, manager)],
        on=on,
        managers_of_delegate=people.managers_of(session, delegate, on=on),
    )
    if refusal is not None:
        return refusal
    delegations.add(session, new)
    facts = [("delegate", f"employee:{delegate}"), ("from", str(period.start)), ("to", str(wanted.last_day))]
    facts += [("may_submit", str(wanted.may_submit))] + ([] if reason is None else [("reason", reason)])
    _record(session, principal, "delegation.name", new, facts, at)
    return delegations.get(session, new.id)  # type: ignore[return-value]  # it was added a moment ago


def _both(session: Session, me: EmployeeId, wanted: Wanted, on: date) -> tuple[EmployeeId, EmployeeId] | Refusal:
    """The manager and the delegate. Whoever may name nobody is told nothing of others."""
    manager = _one(session, me if wanted.manager is None else wanted.manager, "manager")
    if isinstance(manager, Refusal):
        return manager
    if not tasks.has_reports(session, manager, on=on):
        return NO_REPORTS
    delegate = _one(session, wanted.delegate, "delegate")
    if not isinstance(delegate, Refusal) and not may_sign_in(people.status_of(session, delegate, on=on)):
        return Refusal("WRONG_STATE", "they have left, or are suspended", "delegate")
    return delegate if isinstance(delegate, Refusal) else (manager, delegate)


def end_delegation(
    deployment: Deployment, principal: Principal, delegation: DelegationId, *, at: datetime
) -> NamedDelegation | Refusal:
    """By the manager, the delegate or HR. Raises `NotFound` for everybody else, as where there is none."""

    def work(session: Session) -> NamedDelegation | Refusal:
        found = delegations.get(session, delegation)
        if found is None or not may_end(principal, found.delegation):
            raise NotFound("there is no such delegation, or it is not yours to end")
        lock(session, f"delegations:{found.delegation.manager}")
        found = delegations.get(session, delegation) or found  # somebody may have ended it meanwhile
        if found.delegation.is_over(at.date()):
            return Refusal("ALREADY_DONE", "it is over already")
        delegations.end(session, delegation, at=at)
        facts = [("delegate", f"employee:{found.delegation.delegate}")]
        _record(session, principal, "delegation.end", found.delegation, facts, at)
        return delegations.get(session, delegation)  # type: ignore[return-value]  # found above

    return committed(deployment, work)


def get_delegation(deployment: Deployment, principal: Principal, delegation: DelegationId) -> NamedDelegation:
    """Over or not, for whoever may end it. Raises `NotFound`."""
    with deployment.database.reading() as session:
        found = delegations.get(session, delegation)
    if found is None or not may_end(principal, found.delegation):
        raise NotFound("there is no such delegation, or it is not yours")
    return found


def may_end(principal: Principal, delegation: Delegation) -> bool:
    if principal.employee is None or principal.embedded is not None:
        return False
    return principal.employee in {delegation.manager, delegation.delegate} or may_administer(principal)


def read_delegations(deployment: Deployment, principal: Principal, *, at: datetime) -> list[NamedDelegation]:
    """Those that are not over: one's own, as manager or delegate; HR administrators read everybody's."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        return []
    with deployment.database.reading() as session:
        about = None if may_administer(principal) else me
        return judged(session, delegations.not_over(session, on=at.date(), about=about), on=at.date())


def may_name(deployment: Deployment, principal: Principal, *, at: datetime) -> bool:
    """Whether somebody reports to the reader, or they may name delegates for others."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        return False
    if Role.HR_ADMINISTRATOR in principal.roles:
        return True
    with deployment.database.reading() as session:
        return tasks.has_reports(session, me, on=at.date())


def _one(session: Session, named: Named, field: str) -> EmployeeId | Refusal:
    if not isinstance(named, ExternalReference):
        known = tokens.name_of(session, named) is not None
        return named if known else Refusal("UNKNOWN_EMPLOYEE", "there is no such employee", field)
    found = tokens.employees_named(session, named)
    if len(found) == 1:
        return found[0]
    what = f"{named.value[:100]!r} is nobody's" if not found else f"{len(found)} people are called so"
    return Refusal("UNKNOWN_EMPLOYEE", f"{what}; give the address that the HR system has of them", field)


def _record(  # who does what to which, with which facts, and when
    session: Session,
    principal: Principal,
    action: str,
    delegation: Delegation,
    facts: list[tuple[str, str]],
    at: datetime,
) -> None:
    actor = Actor.of(principal)
    subject = f"employee:{delegation.manager}"
    audit.append(session, at=at, actor=actor.id, action=action, subject=subject, details=[*actor.facts, *facts])
