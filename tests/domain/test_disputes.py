"""Objections of an employee: when they can be filed, who decides, and what a decision does. Written out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.domain.test_calibration import levelled
from tests.domain.test_sections import absent, section

from appraise.domain.disputes import (
    Dispute,
    DisputeKind,
    DisputeState,
    decided,
    disputed,
    ended_for,
    expired,
    hindrance_to_deciding,
    hindrance_to_filing,
    neutral,
    withdrawn,
)
from appraise.domain.identifiers import DisputeId, EmployeeId, ItemId, SectionId
from appraise.domain.periods import Period
from appraise.domain.section_course import Course
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import UNKNOWN_ITEM, Refusal, Section, is_stale

AT = datetime(2026, 1, 15, 9, tzinfo=UTC)
LATER = AT + timedelta(days=4)
TODAY = AT.date()
ANN, MAX, DORA, HAL = (EmployeeId(name) for name in ("ann", "max", "dora", "hal"))
ITEMS = (levelled("a", 3, 3), levelled("b", 2, 2), absent("c", weight=Decimal(0)))
SHARED = replace(section(*ITEMS, state=SectionState.SHARED), revision=2, course=Course(submitted_by=MAX, shared_at=AT))
RATING = Dispute(
    id=DisputeId("d"),
    section=SectionId("s"),
    revision=2,
    kind=DisputeKind.RATING,
    item=ItemId("a"),
    evidence=None,
    comment="I was told otherwise",
    filed_at=AT,
    filed_by=ANN,
    decide_by=date(2026, 1, 29),
    reviewer=DORA,
)
CLAIM = replace(RATING, kind=DisputeKind.NOT_MINE, evidence="ticket-9")
OTHER = replace(RATING, id=DisputeId("e"), item=ItemId("b"))
TOO_MANY = Refusal("TOO_MANY", "2 disputes can be filed against one revision")
TOO_LATE = Refusal("TOO_LATE", "the time to answer ended on 2026-01-14")
AGAIN = Refusal("ALREADY_DONE", "this is disputed already and waits for its decision", "itemId")
NO_EVENT = Refusal("EVIDENCE_MISSING", "name the event", "evidence")
DECLINED = replace(RATING, state=DisputeState.DECLINED)


@pytest.mark.parametrize(
    ("new", "before", "respond_by", "refusal"),
    [
        (RATING, [], None, None),
        (replace(RATING, item=ItemId("z")), [], None, UNKNOWN_ITEM),
        (replace(RATING, comment=" "), [], None, Refusal("COMMENT_MISSING", "say what is wrong", "comment")),
        (RATING, [OTHER, RATING], None, AGAIN),
        (RATING, [DECLINED], None, None),
        (RATING, [OTHER], None, None),
        (CLAIM, [], None, None),
        (CLAIM, [CLAIM], None, AGAIN),
        (replace(CLAIM, evidence="ticket-8"), [CLAIM], None, None),
        (replace(CLAIM, evidence=" "), [], None, NO_EVENT),
        (replace(CLAIM, evidence=None), [], None, NO_EVENT),
        (RATING, [], TODAY, None),
        (RATING, [], date(2026, 1, 14), TOO_LATE),
        (CLAIM, [], date(2026, 1, 14), None),
        (RATING, [DECLINED, DECLINED], None, TOO_MANY),
        (RATING, [DECLINED, OTHER], None, TOO_MANY),
        (CLAIM, [DECLINED, DECLINED], None, None),
        (RATING, [DECLINED, replace(CLAIM, state=DisputeState.DECLINED)], None, None),
        (RATING, [DECLINED, replace(DECLINED, revision=1)], None, None),
        (RATING, [DECLINED, replace(DECLINED, state=DisputeState.EXPIRED)], None, None),
        (RATING, [DECLINED, replace(DECLINED, state=DisputeState.WITHDRAWN)], None, TOO_MANY),
    ],
)
def test_when_something_can_be_disputed(
    new: Dispute, before: list[Dispute], respond_by: date | None, refusal: Refusal | None
) -> None:
    assert hindrance_to_filing(SHARED, new, before, most=2, respond_by=respond_by) == refusal


def test_a_dispute_of_a_rating_stops_the_clock_once_and_a_claim_does_not() -> None:
    earlier = Period(date(2026, 1, 2), date(2026, 1, 5))
    paused = replace(SHARED, course=replace(SHARED.course, pauses=(earlier,)))
    stopped = disputed(paused, RATING)

    assert stopped == replace(
        paused,
        state=SectionState.DISPUTED,
        version=4,
        course=replace(paused.course, pauses=(earlier, Period(TODAY))),
    )
    assert disputed(stopped, OTHER) == replace(stopped, version=5)
    assert disputed(paused, CLAIM) == replace(paused, version=4)


def test_the_nearest_manager_who_did_not_score_decides() -> None:
    assert neutral([MAX, DORA, HAL], scorers={MAX}) == DORA
    assert neutral([MAX, DORA, HAL], scorers={DORA}) == HAL
    assert neutral([MAX, DORA, HAL], scorers=()) == DORA
    assert neutral([MAX], scorers={HAL}) is None
    assert neutral([MAX, DORA], scorers={DORA}) is None


@pytest.mark.parametrize(
    ("dispute", "actor", "refusal"),
    [
        (RATING, DORA, None),
        (RATING, None, None),
        (DECLINED, DORA, Refusal("ALREADY_DONE", "it was ended as DECLINED")),
        (RATING, MAX, Refusal("NOT_NEUTRAL", "whoever scored or filed it does not decide it")),
        (RATING, ANN, Refusal("NOT_NEUTRAL", "whoever scored or filed it does not decide it")),
    ],
)
def test_who_does_not_decide(dispute: Dispute, actor: EmployeeId | None, refusal: Refusal | None) -> None:
    assert hindrance_to_deciding(SHARED, dispute, actor) == refusal


def test_nobody_is_taken_for_whoever_handed_in_where_that_is_not_known() -> None:
    assert hindrance_to_deciding(section(*ITEMS), RATING, None) is None


def decide(
    outcome: DisputeState,
    rating: int | None = None,
    *,
    dispute: Dispute = RATING,
    others: tuple[Dispute, ...] = (),
    reason: str = " recorded ",
) -> tuple[Section, Dispute] | Refusal:
    return decided(
        disputed(SHARED, RATING), dispute, others, outcome=outcome, rating=rating, reason=reason, by=DORA, at=LATER
    )


def ended(outcome: DisputeState, dispute: Dispute = RATING) -> Dispute:
    return replace(dispute, state=outcome, reason="recorded", decided_at=LATER, decided_by=DORA)


@pytest.mark.parametrize(
    ("outcome", "rating", "dispute", "reason", "refusal"),
    [
        (
            DisputeState.EXPIRED,
            4,
            RATING,
            "x",
            Refusal("NOT_A_DECISION", "a decision is UPHELD, PARTLY_UPHELD or DECLINED", "outcome"),
        ),
        (
            DisputeState.DECLINED,
            None,
            RATING,
            " ",
            Refusal("REASON_MISSING", "give a reason that the employee can read", "reason"),
        ),
        *(
            (
                DisputeState.PARTLY_UPHELD,
                rating,
                RATING,
                "x",
                Refusal("RATING_MISSING", "a dispute that is upheld needs the rating that is put right", "rating"),
            )
            for rating in (None, 3)
        ),
        (
            DisputeState.UPHELD,
            6,
            RATING,
            "x",
            Refusal("OUT_OF_RANGE", "a rating is from 1 to 5, not 6", "rating"),
        ),
        (DisputeState.UPHELD, 4, replace(RATING, item=ItemId("z")), "x", UNKNOWN_ITEM),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    outcome: DisputeState, rating: int | None, dispute: Dispute, reason: str, refusal: Refusal
) -> None:
    assert decide(outcome, rating, dispute=dispute, reason=reason) == refusal


@pytest.mark.parametrize(("rating", "kept"), [(4, None), (5, "recorded")])
def test_an_upheld_dispute_begins_a_revision_with_the_other_rating(rating: int, kept: str | None) -> None:
    right = replace(ITEMS[0], rating=rating, reason=kept)

    assert decide(DisputeState.UPHELD, rating) == (
        replace(
            SHARED,
            state=SectionState.CALIBRATED,
            version=5,
            revision=3,
            items=(right, *ITEMS[1:]),
            course=Course(submitted_by=MAX, rated_by=frozenset({DORA})),
        ),
        ended(DisputeState.UPHELD),
    )


def test_a_rating_that_was_put_right_is_as_new_as_the_revision_that_it_begins() -> None:
    """Whoever read the section as it is now may write on; whoever read it before may not."""
    decision = decide(DisputeState.UPHELD, 4)
    assert not isinstance(decision, Refusal)
    after, _ = decision

    stale = [is_stale(after, Action.RATE, ItemId("a"), version) for version in (after.version, after.version - 1)]
    assert stale == [False, True]


def test_while_another_dispute_waits_the_section_stays_with_it() -> None:
    both = decide(DisputeState.UPHELD, 4, others=(CLAIM, OTHER))

    assert not isinstance(both, Refusal)
    assert (both[0].state, both[0].version, both[0].revision) == (SectionState.DISPUTED, 5, 3)
    for others in ((CLAIM,), (replace(OTHER, state=DisputeState.DECLINED),)):
        alone = decide(DisputeState.UPHELD, 4, others=others)
        assert not isinstance(alone, Refusal)
        assert alone[0].state is SectionState.CALIBRATED


def test_a_declined_dispute_gives_the_section_back_and_ends_the_pause() -> None:
    pause = Period(TODAY, LATER.date())

    assert decide(DisputeState.DECLINED) == (
        replace(SHARED, version=5, course=replace(SHARED.course, pauses=(pause,))),
        ended(DisputeState.DECLINED),
    )


def test_a_claim_moves_no_section_and_needs_no_rating() -> None:
    assert decide(DisputeState.UPHELD, dispute=CLAIM) == (
        replace(disputed(SHARED, RATING), version=5),
        ended(DisputeState.UPHELD, CLAIM),
    )


def test_a_pause_without_a_day_is_none_and_one_that_ended_stays() -> None:
    over = Period(date(2026, 1, 2), date(2026, 1, 5))
    stopped = replace(SHARED, course=replace(SHARED.course, pauses=(over, Period(LATER.date()))))

    assert ended_for(stopped, [], at=LATER).course.pauses == (over,)


def test_what_nobody_decided_and_what_was_taken_back_is_ended_without_a_reason() -> None:
    assert withdrawn(RATING, at=LATER) == replace(
        RATING, state=DisputeState.WITHDRAWN, decided_at=LATER, decided_by=ANN
    )
    assert expired(RATING, at=LATER) == replace(RATING, state=DisputeState.EXPIRED, decided_at=LATER)
    assert RATING.is_open
    assert not expired(RATING, at=LATER).is_open


@pytest.mark.parametrize(("dispute", "refused"), [(RATING, True), (CLAIM, False)])
def test_whoever_rated_without_handing_in_decides_claims_alone(dispute: Dispute, *, refused: bool) -> None:
    """As a delegate or an earlier manager did; who handed it in decides neither."""
    rated = replace(SHARED, course=replace(SHARED.course, rated_by=frozenset({DORA})))
    told = Refusal("NOT_NEUTRAL", "whoever scored or filed it does not decide it")

    assert hindrance_to_deciding(rated, dispute, DORA) == (told if refused else None)
    assert hindrance_to_deciding(rated, dispute, MAX) == told
    assert hindrance_to_deciding(rated, dispute, HAL) is None


def test_one_dispute_that_can_be_filed_is_told_in_the_singular() -> None:
    assert hindrance_to_filing(SHARED, RATING, [DECLINED], most=1, respond_by=None) == Refusal(
        "TOO_MANY", "1 dispute can be filed against one revision"
    )
