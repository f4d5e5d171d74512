"""Two people, a reason, and nothing under a hold: against tables written by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId, PersonRequestId
from appraise.domain.person_requests import (
    LegalHold,
    PersonRequest,
    RequestKind,
    RequestState,
    confirmed,
    hindrance_to_proposing,
    withdrawn,
)
from appraise.domain.sections import Refusal

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
ANN, HAL, HEDY = (EmployeeId(name) for name in ("ann", "hal", "hedy"))
LEFT, HERE = EmploymentStatus.TERMINATED, EmploymentStatus.ACTIVE
HOLD = LegalHold(ANN, "a court case", HEDY, AT)
ERASURE = PersonRequest(PersonRequestId("r"), ANN, RequestKind.ERASURE, "her letter", HAL, AT)
EXPORT = replace(ERASURE, kind=RequestKind.EXPORT)
STILL_HERE = Refusal("WRONG_STATE", "they still work here; first the HR system has to say that they left", "employee")
HELD = Refusal("LEGAL_HOLD", "a legal hold of 2026-03-01 forbids it: a court case", "employee")
NO_REASON = Refusal("REASON_MISSING", "say who asked for it and on what grounds", "reason")
WAITS = Refusal("ALREADY_DONE", "the same waits for a second person already", "employee")
ERASED = Refusal("ALREADY_DONE", "what was kept of them is erased already", "employee")
THEIR_OWN = Refusal("NOT_NEUTRAL", "nobody proposes this of themselves; your own record is on its page", "employee")


@pytest.mark.parametrize(
    ("new", "pending", "erased", "hold", "status", "refusal"),
    [
        (ERASURE, False, False, None, LEFT, None),
        (ERASURE, False, False, None, HERE, STILL_HERE),
        (ERASURE, False, False, None, EmploymentStatus.LEAVE, STILL_HERE),
        (ERASURE, False, False, None, EmploymentStatus.RETIRED, None),
        (ERASURE, False, False, HOLD, LEFT, HELD),
        (EXPORT, False, False, HOLD, HERE, None),
        (replace(EXPORT, reason=" "), False, False, None, HERE, NO_REASON),
        (EXPORT, True, False, None, HERE, WAITS),
        (EXPORT, False, True, None, LEFT, ERASED),
        (replace(ERASURE, employee=HAL), False, False, None, LEFT, THEIR_OWN),
    ],
)
def test_what_can_be_proposed(  # a row of the table
    new: PersonRequest,
    pending: bool,
    erased: bool,
    hold: LegalHold | None,
    status: EmploymentStatus,
    refusal: Refusal | None,
) -> None:
    assert hindrance_to_proposing(new, is_pending=pending, is_erased=erased, hold=hold, status=status) == refusal


def test_another_person_confirms_and_what_held_has_to_hold_still() -> None:
    def outcome(
        by: EmployeeId, *, of: PersonRequest = ERASURE, hold: LegalHold | None = None, status: EmploymentStatus = LEFT
    ) -> PersonRequest | Refusal:
        return confirmed(of, by=by, hold=hold, status=status, at=LATER)

    second = Refusal("SECOND_PERSON", "somebody else has to confirm it")
    assert outcome(HEDY) == replace(ERASURE, state=RequestState.DONE, decided_by=HEDY, decided_at=LATER)
    assert [outcome(HAL), outcome(ANN)] == [second, second]
    assert outcome(HEDY, hold=HOLD) == HELD
    assert outcome(HEDY, status=HERE) == STILL_HERE  # she was hired again meanwhile
    taken = withdrawn(ERASURE, by=HAL, at=LATER)
    assert taken == replace(ERASURE, state=RequestState.WITHDRAWN, decided_by=HAL, decided_at=LATER)
    assert isinstance(taken, PersonRequest)
    over = Refusal("ALREADY_DONE", "it is WITHDRAWN already")
    assert [outcome(HEDY, of=taken), withdrawn(taken, by=HAL, at=LATER)] == [over, over]


def test_an_export_is_to_be_had_for_seven_days() -> None:
    done = confirmed(EXPORT, by=HEDY, hold=None, status=HERE, at=AT)
    assert isinstance(done, PersonRequest)

    week = timedelta(days=7)
    assert [done.can_be_fetched(AT + week - timedelta(seconds=1)), done.can_be_fetched(AT + week)] == [True, False]
    assert not EXPORT.can_be_fetched(AT)
    assert not replace(done, kind=RequestKind.ERASURE).can_be_fetched(AT)
