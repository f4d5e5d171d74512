"""For whom somebody stands in today, and who stands in for somebody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from appraise.domain.access import Principal
from appraise.domain.delegations import NamedDelegation, stand_ins, would_rate_their_own_manager
from appraise.domain.identifiers import EmployeeId
from appraise.storage import delegations, people
from appraise.storage.database import Session


def standing_in(session: Session, principal: Principal, *, at: datetime) -> Principal:
    """The principal with those for whom they stand in now. Whoever makes a principal of an employee calls it."""
    if principal.employee is None:
        return principal
    named = judged(session, delegations.of_delegate(session, principal.employee, on=at.date()), on=at.date())
    return replace(principal, stands_in=stand_ins(named, on=at.date())) if named else principal


def delegates_of(session: Session, manager: EmployeeId, *, on: date) -> list[NamedDelegation]:
    """Who stands in for a manager on the day."""
    live = [one for one in delegations.of_manager(session, manager) if one.delegation.is_live(on)]
    return [one for one in judged(session, live, on=on) if one.is_good]


def judged(session: Session, named: Iterable[NamedDelegation], *, on: date) -> list[NamedDelegation]:
    """Whether each is good on the day: the organisation may have changed since it was named."""
    found = []
    for one in named:
        above = people.managers_of(session, one.delegation.delegate, on=on)
        found.append(replace(one, is_good=not would_rate_their_own_manager(one.delegation.manager, above)))
    return found
