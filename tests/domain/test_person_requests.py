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
ANN, HAL, HEDY = (EmployeeId(name) for name in ("ann", "hal", "hedy"))
LEFT, HERE = EmploymentStatus.TERMINATED, EmploymentStatus.ACTIVE
HOLD = LegalHold(ANN, "a court case", HEDY, AT)
ERASURE = PersonRequest(PersonRequestId("r"), ANN, RequestKind.ERASURE, "her letter", HAL, AT)
EXPORT = replace(ERASURE, kind=RequestKind.EXPORT)


@pytest.mark.parametrize(
    ("new", "pending", "erased", "hold", "status", "code"),
    [
        (ERASURE, False, False, None, LEFT, None),
        (ERASURE, False, False, None, HERE, "WRONG_STATE"),
        (ERASURE, False, False, None, EmploymentStatus.LEAVE, "WRONG_STATE"),
        (ERASURE, False, False, None, EmploymentStatus.RETIRED, None),
        (ERASURE, False, False, HOLD, LEFT, "LEGAL_HOLD"),
        (EXPORT, False, False, HOLD, HERE, None),
        (replace(EXPORT, reason=" "), False, False, None, HERE, "REASON_MISSING"),
        (EXPORT, True, False, None, HERE, "ALREADY_DONE"),
        (EXPORT, False, True, None, LEFT, "ALREADY_DONE"),
        (replace(ERASURE, employee=HAL), False, False, None, LEFT, "NOT_NEUTRAL"),
    ],
)
def test_what_can_be_proposed(  # a row of the table
    new: PersonRequest,
    pending: bool,
    erased: bool,
    hold: LegalHold | None,
    status: EmploymentStatus,
    code: str | None,
) -> None:
    refusal = hindrance_to_proposing(new, is_pending=pending, is_erased=erased, hold=hold, status=status)

    assert (None if refusal is None else refusal.code) == code


def test_another_person_confirms_and_what_held_has_to_hold_still() -> None:
    def outcome(by: EmployeeId, *, of: PersonRequest = ERASURE, hold: LegalHold | None = None) -> str:
        after = confirmed(of, by=by, hold=hold, status=LEFT, at=AT)
        return after.code if isinstance(after, Refusal) else after.state

    assert outcome(HEDY) == "DONE"
    assert outcome(HAL) == "SECOND_PERSON"
    assert outcome(ANN) == "SECOND_PERSON"
    assert outcome(HEDY, hold=HOLD) == "LEGAL_HOLD"
    assert outcome(HEDY, of=replace(ERASURE, state=RequestState.WITHDRAWN)) == "ALREADY_DONE"
    back = confirmed(ERASURE, by=HEDY, hold=None, status=HERE, at=AT)
    assert isinstance(back, Refusal)  # she was hired again meanwhile
    assert back.code == "WRONG_STATE"
    taken = withdrawn(ERASURE, by=HAL, at=AT)
    assert isinstance(taken, PersonRequest)
    assert taken.state is RequestState.WITHDRAWN
    assert isinstance(withdrawn(taken, by=HAL, at=AT), Refusal)


def test_an_export_is_to_be_had_for_seven_days() -> None:
    done = confirmed(EXPORT, by=HEDY, hold=None, status=HERE, at=AT)
    assert isinstance(done, PersonRequest)

    week = timedelta(days=7)
    assert [done.can_be_fetched(AT + week - timedelta(seconds=1)), done.can_be_fetched(AT + week)] == [True, False]
    assert not EXPORT.can_be_fetched(AT)
    assert not replace(done, kind=RequestKind.ERASURE).can_be_fetched(AT)
