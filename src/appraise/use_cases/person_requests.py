"""Export or erase what is kept of a person: one HR administrator proposes it, another confirms it."""

from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_read_person_requests
from appraise.domain.identifiers import EmployeeId, PersonRequestId
from appraise.domain.person_requests import (
    LegalHold,
    PersonRequest,
    RequestKind,
    confirmed,
    hindrance_to_proposing,
    withdrawn,
)
from appraise.domain.person_requests import RequestState as State
from appraise.domain.sections import Refusal, words
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, erasure, people, person_requests, tokens
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.own_record import OwnRecord, own_record
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """With the names that are shown."""

    request: PersonRequest
    employee_name: str
    proposed_by_name: str
    decided_by_name: str | None


@dataclass(frozen=True, slots=True)
class NamedHold:
    hold: LegalHold
    employee_name: str


def propose_person_request(
    deployment: Deployment,
    principal: Principal,
    employee: EmployeeId,
    kind: RequestKind,
    *,
    reason: str,
    at: datetime,
) -> NamedRequest | Refusal:
    """Raises `Forbidden` for everybody but HR administrators, `NotFound` where there is no such employee."""
    me = _administrator(principal)

    def work(session: Session) -> NamedRequest | Refusal:
        lock(session, f"person:{employee}")
        _check_exists(session, employee)
        new = PersonRequest(PersonRequestId(new_id()), employee, kind, reason.strip(), me, at)
        before = person_requests.of_employee(session, employee)
        refusal = hindrance_to_proposing(
            new,
            is_pending=any(one.kind is kind and one.state is State.PROPOSED for one in before),
            is_erased=person_requests.is_erased(session, employee),
            hold=person_requests.hold_of(session, employee),
            status=people.status_of(session, employee, on=at.date()),
        )
        if refusal is not None:
            return refusal
        person_requests.add(session, new)
        _record(session, principal, new, "propose", [("reason", new.reason)], at)
        return _named(session, new)

    return committed(deployment, work)


def confirm_person_request(
    deployment: Deployment, principal: Principal, request: PersonRequestId, *, at: datetime
) -> NamedRequest | Refusal:
    """What was proposed happens. Errors as in proposing it."""
    me = _administrator(principal)

    def work(session: Session) -> NamedRequest | Refusal:
        known = _held(session, request)
        hold = person_requests.hold_of(session, known.employee)
        status = people.status_of(session, known.employee, on=at.date())
        after = confirmed(known, by=me, hold=hold, status=status, at=at)
        if isinstance(after, Refusal):
            return after
        person_requests.decide(session, after)
        is_erasure = after.kind is RequestKind.ERASURE
        counts = erasure.erase(session, after.employee, at=at) if is_erasure else {}
        facts = [(f"rows of {table}", str(count)) for table, count in counts.items()]
        _record(session, principal, after, "confirm", facts, at)
        return _named(session, after)

    return committed(deployment, work)


def withdraw_person_request(
    deployment: Deployment, principal: Principal, request: PersonRequestId, *, at: datetime
) -> NamedRequest | Refusal:
    """By any HR administrator. Errors as in proposing it."""
    me = _administrator(principal)

    def work(session: Session) -> NamedRequest | Refusal:
        after = withdrawn(_held(session, request), by=me, at=at)
        if isinstance(after, Refusal):
            return after
        person_requests.decide(session, after)
        _record(session, principal, after, "withdraw", [], at)
        return _named(session, after)

    return committed(deployment, work)


def set_legal_hold(
    deployment: Deployment, principal: Principal, employee: EmployeeId, *, reason: str | None, at: datetime
) -> NamedHold | Refusal | None:
    """Forbid that a person is erased; without a reason the hold is lifted, and the answer None. Errors as above."""
    me = _administrator(principal)

    def work(session: Session) -> NamedHold | Refusal | None:
        lock(session, f"person:{employee}")
        _check_exists(session, employee)
        why, actor = words(reason), Actor.of(principal)
        if why is None:
            if not person_requests.lift_hold(session, employee):
                return Refusal("ALREADY_DONE", "there is no hold on them", "employee")
            facts = list(actor.facts)
        else:
            person_requests.set_hold(session, LegalHold(employee, why, me, at))
            facts = [*actor.facts, ("reason", why)]
        action = "person.lift_hold" if why is None else "person.hold"
        audit.append(session, at=at, actor=actor.id, action=action, subject=f"employee:{employee}", details=facts)
        return None if why is None else NamedHold(LegalHold(employee, why, me, at), _name(session, employee))

    return committed(deployment, work)


def read_person_requests(deployment: Deployment, principal: Principal) -> list[NamedRequest]:
    """All of them, the newest first. Raises `Forbidden` for everybody but HR administrators and auditors."""
    _check_reads(principal)
    with deployment.database.reading() as session:
        return [_named(session, one) for one in person_requests.everybody_s(session)]


def get_person_request(deployment: Deployment, principal: Principal, request: PersonRequestId) -> NamedRequest:
    """Raises `Forbidden`, `NotFound`."""
    _check_reads(principal)
    with deployment.database.reading() as session:
        known = person_requests.get(session, request)
        if known is None:
            raise NotFound("there is no such request")
        return _named(session, known)


def read_legal_holds(deployment: Deployment, principal: Principal) -> list[NamedHold]:
    """Raises `Forbidden`."""
    _check_reads(principal)
    with deployment.database.reading() as session:
        return [NamedHold(one, _name(session, one.employee)) for one in person_requests.holds(session)]


def fetch_person_export(
    deployment: Deployment, principal: Principal, request: PersonRequestId, *, at: datetime
) -> tuple[NamedRequest, OwnRecord]:
    """What the employee would read of themselves; each time is audited.

    Raises `Forbidden`, and `NotFound` where it is not confirmed, or longer ago than seven days.
    """
    _administrator(principal)

    def work(session: Session) -> NamedRequest:
        known = person_requests.get(session, request)
        if known is None or not known.can_be_fetched(at):
            raise NotFound("there is no such export", hint="it is to be had for 7 days after its confirmation")
        _record(session, principal, known, "fetch", [], at)
        return _named(session, known)

    named = committed(deployment, work)
    them = Principal(named.employee_name, named.request.employee)
    return named, own_record(deployment, them, at=at)


def _administrator(principal: Principal) -> EmployeeId:
    if not may_administer(principal) or principal.employee is None:
        raise Forbidden("only HR administrators export or erase people, by name")
    return principal.employee


def _check_reads(principal: Principal) -> None:
    if not may_read_person_requests(principal):
        raise Forbidden("only HR administrators and auditors read what was asked about people")


def _held(session: Session, request: PersonRequestId) -> PersonRequest:
    known = person_requests.get(session, request)
    if known is None:
        raise NotFound("there is no such request")
    lock(session, f"person:{known.employee}")
    return person_requests.get(session, request) or known  # somebody may have decided it meanwhile


def _check_exists(session: Session, employee: EmployeeId) -> None:
    if tokens.name_of(session, employee) is None:
        raise NotFound("there is no such employee")


def _name(session: Session, employee: EmployeeId) -> str:
    return tokens.name_of(session, employee) or employee


def _named(session: Session, one: PersonRequest) -> NamedRequest:
    decided = None if one.decided_by is None else _name(session, one.decided_by)
    return NamedRequest(one, _name(session, one.employee), _name(session, one.proposed_by), decided)


def _record(  # who does what to which request, with which facts, and when
    session: Session,
    principal: Principal,
    request: PersonRequest,
    step: str,
    facts: list[tuple[str, str]],
    at: datetime,
) -> None:
    """No name of the person stands in the line: it outlives them."""
    actor, action = Actor.of(principal), f"person.{step}_{request.kind.lower()}"
    details = [*actor.facts, ("request", request.id), *facts]
    audit.append(session, at=at, actor=actor.id, action=action, subject=f"employee:{request.employee}", details=details)
