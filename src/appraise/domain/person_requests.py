"""Requests about everything that is kept of a person: one HR administrator proposes, another confirms."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId, PersonRequestId
from appraise.domain.sections import Refusal, words

FETCHED_WITHIN: Final = timedelta(days=7)
"""So long after its confirmation an export can be taken away."""
GONE: Final = frozenset({EmploymentStatus.TERMINATED, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED})
ERASED_NAME: Final = "Erased person"


class RequestKind(StrEnum):
    EXPORT = "EXPORT"
    ERASURE = "ERASURE"


class RequestState(StrEnum):
    PROPOSED = "PROPOSED"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """`decided_by` confirmed or withdrew it."""

    id: PersonRequestId
    employee: EmployeeId
    kind: RequestKind
    reason: str
    proposed_by: EmployeeId
    proposed_at: datetime
    state: RequestState = RequestState.PROPOSED
    decided_by: EmployeeId | None = None
    decided_at: datetime | None = None

    def can_be_fetched(self, at: datetime) -> bool:
        is_done = self.kind is RequestKind.EXPORT and self.state is RequestState.DONE
        return is_done and self.decided_at is not None and at < self.decided_at + FETCHED_WITHIN


@dataclass(frozen=True, slots=True)
class LegalHold:
    """While it is there nothing of the person is erased."""

    employee: EmployeeId
    reason: str
    set_by: EmployeeId
    set_at: datetime


def hindrance_to_proposing(
    new: PersonRequest, *, is_pending: bool, is_erased: bool, hold: LegalHold | None, status: EmploymentStatus
) -> Refusal | None:
    """`is_pending`: one of the same kind waits already."""
    if words(new.reason) is None:
        return Refusal("REASON_MISSING", "say who asked for it and on what grounds", "reason")
    if new.employee == new.proposed_by:
        return Refusal("NOT_NEUTRAL", "nobody proposes this of themselves; your own record is on its page", "employee")
    if is_erased:
        return Refusal("ALREADY_DONE", "what was kept of them is erased already", "employee")
    if is_pending:
        return Refusal("ALREADY_DONE", "the same waits for a second person already", "employee")
    return _hindrance_to_erasing(new, hold, status)


def _hindrance_to_erasing(request: PersonRequest, hold: LegalHold | None, status: EmploymentStatus) -> Refusal | None:
    if request.kind is not RequestKind.ERASURE:
        return None
    if hold is not None:
        return Refusal("LEGAL_HOLD", f"a legal hold of {hold.set_at.date()} forbids it: {hold.reason}", "employee")
    if status not in GONE:
        return Refusal("WRONG_STATE", "they still work here; first the HR system has to say that they left", "employee")
    return None


def confirmed(
    request: PersonRequest, *, by: EmployeeId, hold: LegalHold | None, status: EmploymentStatus, at: datetime
) -> PersonRequest | Refusal:
    """What held when it was proposed has to hold now."""
    if request.state is not RequestState.PROPOSED:
        return Refusal("ALREADY_DONE", f"it is {request.state} already")
    if by in {request.proposed_by, request.employee}:
        return Refusal("SECOND_PERSON", "somebody else has to confirm it")
    refusal = _hindrance_to_erasing(request, hold, status)
    return refusal or replace(request, state=RequestState.DONE, decided_by=by, decided_at=at)


def withdrawn(request: PersonRequest, *, by: EmployeeId, at: datetime) -> PersonRequest | Refusal:
    if request.state is not RequestState.PROPOSED:
        return Refusal("ALREADY_DONE", f"it is {request.state} already")
    return replace(request, state=RequestState.WITHDRAWN, decided_by=by, decided_at=at)
