"""What a calibration session does to sections, written out by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.domain.test_sections import absent, item, section

from appraise.domain.calibration import (
    CalibrationSession,
    CalibrationState,
    Move,
    calibrate,
    hindrance_to_calibrating,
    put_in,
    taken_out,
)
from appraise.domain.identifiers import CalibrationId, CycleId, EmployeeId, ItemId, SectionId
from appraise.domain.scorecards import Estimate
from appraise.domain.section_states import SectionState
from appraise.domain.sections import UNKNOWN_ITEM, Item, Refusal

AT = datetime(2026, 1, 15, tzinfo=UTC)
ANN, MAX, DORA, HAL = (EmployeeId(name) for name in ("ann", "max", "dora", "hal"))
SESSION = CalibrationSession(CalibrationId("k"), CycleId("c"), "Billing", HAL, AT, (SectionId("s"),))


def levelled(name: str, level: int, rating: int) -> Item:
    plain = item(name, rating=rating, comment="said")
    assert isinstance(plain.result, Estimate)
    return replace(plain, result=replace(plain.result, level=level), reason="said before")


TWO = section(
    levelled("a", 3, 3), levelled("b", 2, 2), absent("c", weight=Decimal(0)), state=SectionState.IN_CALIBRATION
)


def test_a_section_is_compared_once_it_is_handed_in_and_leaves_with_the_lock() -> None:
    handed_in = section(item("a"), state=SectionState.SUBMITTED)

    assert put_in(handed_in) == replace(handed_in, state=SectionState.IN_CALIBRATION, version=4)
    assert put_in(section(item("a"))) == Refusal(
        "WRONG_STATE", "a section is DRAFT; it must be SUBMITTED", "sectionIds"
    )
    assert taken_out(TWO) == replace(TWO, state=SectionState.CALIBRATED, version=4)


@pytest.mark.parametrize(
    ("session", "actor", "refusal"),
    [
        (SESSION, HAL, None),
        (SESSION, None, None),
        (replace(SESSION, state=CalibrationState.LOCKED), HAL, Refusal("ALREADY_DONE", "the session is locked")),
        (
            replace(SESSION, sections=(SectionId("t"),)),
            HAL,
            Refusal("UNKNOWN_SECTION", "the section is in no part of this session", "sectionId"),
        ),
        (SESSION, ANN, Refusal("NOT_NEUTRAL", "nobody calibrates themselves or their own manager")),
    ],
)
def test_what_keeps_somebody_from_calibrating(
    session: CalibrationSession, actor: EmployeeId | None, refusal: Refusal | None
) -> None:
    assert hindrance_to_calibrating(session, TWO, actor, managers_of_actor=[MAX, DORA]) == refusal


def test_nobody_calibrates_anybody_above_them() -> None:
    assert hindrance_to_calibrating(SESSION, TWO, HAL, managers_of_actor=[MAX, ANN]) == Refusal(
        "NOT_NEUTRAL", "nobody calibrates themselves or their own manager"
    )


@pytest.mark.parametrize(("rating", "is_outside"), [(4, False), (5, True)])
def test_a_rating_is_moved_with_a_reason_that_stays_beside_it_where_the_data_speak_against_it(
    rating: int, *, is_outside: bool
) -> None:
    found = calibrate(SESSION, TWO, ItemId("a"), rating=rating, reason=" as Ben ", by=HAL, at=AT)

    assert not isinstance(found, Refusal)
    after, move = found
    kept = "as Ben" if is_outside else None
    assert after == replace(TWO, version=4, items=(replace(TWO.items[0], rating=rating, reason=kept), *TWO.items[1:]))
    assert move == Move(
        SESSION.id, SectionId("s"), ItemId("a"), 3, rating, "as Ben", is_outside=is_outside, by=HAL, at=AT
    )


@pytest.mark.parametrize(
    ("name", "rating", "reason", "refusal"),
    [
        ("z", 3, "x", UNKNOWN_ITEM),
        ("c", 3, "x", Refusal("NOTHING_TO_RATE", "this item has no estimate: nobody was asked", "rating")),
        ("a", 6, "x", Refusal("OUT_OF_RANGE", "a rating is from 1 to 5, not 6", "rating")),
        ("a", 4, " ", Refusal("REASON_MISSING", "say why the rating is moved; the employee reads it", "reason")),
    ],
)
def test_a_move_that_cannot_be_is_refused(name: str, rating: int, reason: str, refusal: Refusal) -> None:
    assert calibrate(SESSION, TWO, ItemId(name), rating=rating, reason=reason, by=HAL, at=AT) == refusal
