"""What each step of a section leaves behind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.domain.test_sections import item, section

from appraise.domain.clocks import due_on
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.revisions import as_of, revisions
from appraise.domain.section_course import (
    Acknowledgement,
    Course,
    Exemption,
    ExemptionReason,
    Reopening,
    ReopeningReason,
    Stance,
)
from appraise.domain.section_states import SectionState
from appraise.domain.section_steps import (
    acknowledge,
    approve,
    close_by_clock,
    end_exemption,
    exempt,
    finalise,
    propose_reopening,
    release,
    reopen,
    send_back,
    share,
    void,
    withdraw_reopening,
)
from appraise.domain.sections import Refusal, Section

AT = datetime(2026, 1, 15, tzinfo=UTC)
LATER = AT + timedelta(days=3)
ANN, HAL = EmployeeId("ann"), EmployeeId("hal")


def in_state(state: SectionState, course: Course | None = None) -> Section:
    return replace(section(item("a", rating=3)), state=state, course=course or Course())


def test_giving_back_frees_the_evidence_and_says_why() -> None:
    handed_in = replace(in_state(SectionState.SUBMITTED), submitted_at=AT, manifest_hash="h")

    assert send_back(handed_in, reason=" say more ") == replace(
        handed_in,
        state=SectionState.DRAFT,
        version=4,
        submitted_at=None,
        manifest_hash=None,
        course=Course(return_reason="say more"),
    )
    assert send_back(handed_in, reason=" ") == Refusal("REASON_MISSING", "say why the section goes back", "reason")


def test_approving_releasing_and_sharing() -> None:
    approved = approve(in_state(SectionState.SUBMITTED))
    released = release(approved, at=AT)
    shared = share(released, at=LATER)

    assert (approved.state, approved.version) == (SectionState.CALIBRATED, 4)
    assert (released.state, released.version, released.course) == (SectionState.CALIBRATED, 5, Course(released_at=AT))
    assert (shared.state, shared.course) == (SectionState.SHARED, Course(released_at=AT, shared_at=LATER))
    assert share(approved, at=LATER).course == Course(released_at=LATER, shared_at=LATER)


def test_sharing_again_begins_a_new_clock() -> None:
    paused = Course(shared_at=AT, pauses=(Period(AT.date(), LATER.date()),))

    assert share(in_state(SectionState.CALIBRATED, paused), at=LATER).course.pauses == ()


@pytest.mark.parametrize("stance", [Stance.AGREE, Stance.SEEN_NOT_AGREE])
def test_an_answer_is_kept_with_who_gave_it(stance: Stance) -> None:
    answered = acknowledge(in_state(SectionState.SHARED), stance=stance, comment=" ok ", by=ANN, at=AT)

    assert isinstance(answered, Section)
    assert (answered.state, answered.version) == (SectionState.ACKNOWLEDGED, 4)
    assert answered.course.acknowledgement == Acknowledgement(stance, AT, ANN, "ok")


def test_nobody_says_that_nobody_answered() -> None:
    refused = acknowledge(in_state(SectionState.SHARED), stance=Stance.NO_RESPONSE, comment=None, by=ANN, at=AT)

    assert refused == Refusal("NOT_A_STANCE", "that nobody answered is for the clock to say", "stance")


def test_what_was_not_answered_is_closed_with_a_reason_or_by_the_clock_and_is_no_agreement() -> None:
    shared = in_state(SectionState.SHARED)
    silent = Course(acknowledgement=Acknowledgement(Stance.NO_RESPONSE, AT), finalised_at=AT)

    for nothing in (None, " "):
        assert finalise(shared, reason=nothing, at=AT) == Refusal(
            "REASON_MISSING", "say on what grounds the section is finalised without an answer", "reason"
        )
    for closed in (finalise(shared, reason="on leave for good", at=AT), close_by_clock(shared, at=AT)):
        assert closed == replace(shared, state=SectionState.FINALISED, version=4, course=silent)


def test_an_answer_stands_after_the_close() -> None:
    answer = Acknowledgement(Stance.AGREE, AT, ANN)
    answered = in_state(SectionState.ACKNOWLEDGED, Course(acknowledgement=answer))

    for closed in (finalise(answered, reason=None, at=LATER), close_by_clock(answered, at=LATER)):
        assert isinstance(closed, Section)
        assert closed.course == Course(acknowledgement=answer, finalised_at=LATER)


def test_an_exemption_says_why_and_ends() -> None:
    before = in_state(SectionState.DRAFT)
    out = exempt(before, reason=ExemptionReason.LEAVE, note=" till May ", by=HAL, at=AT)

    assert (out.state, out.course.exemption) == (
        SectionState.EXEMPT,
        Exemption(ExemptionReason.LEAVE, "till May", AT, HAL),
    )
    assert end_exemption(out) == replace(before, state=SectionState.COLLECTING, version=5)


def test_a_void_section_says_by_what_error_it_came_to_be() -> None:
    voided = void(in_state(SectionState.COLLECTING), reason="twice in the list")

    assert isinstance(voided, Section)
    assert (voided.state, voided.course.void_reason) == (SectionState.VOID, "twice in the list")
    assert void(in_state(SectionState.COLLECTING), reason="") == Refusal(
        "REASON_MISSING", "say by what error the section was created", "reason"
    )


def test_opening_again_begins_a_revision_with_the_ratings_of_the_last() -> None:
    course = Course(
        self_assessed_at=AT,
        unblinded_at=AT,
        submitted_by=HAL,
        submitted_for=ANN,
        released_at=AT,
        shared_at=AT,
        acknowledgement=Acknowledgement(Stance.AGREE, AT, ANN),
        finalised_at=AT,
    )
    final = in_state(SectionState.FINALISED, course)
    proposed = propose_reopening(final, reason=ReopeningReason.LEGAL, note=" court ", by=HAL, at=LATER)
    assert isinstance(proposed, Section)
    again = reopen(proposed)

    reopening = Reopening(ReopeningReason.LEGAL, "court", LATER, HAL)
    assert proposed == replace(final, version=4, course=replace(course, reopening=reopening))
    assert propose_reopening(final, reason=ReopeningReason.LEGAL, note=" ", by=HAL, at=AT) == Refusal(
        "REASON_MISSING", "say what has to be put right", "note"
    )
    assert withdraw_reopening(proposed, reason="the data are right") == replace(final, version=5)
    assert withdraw_reopening(proposed, reason=" ") == Refusal(
        "REASON_MISSING", "say why the section stays final", "reason"
    )
    assert again == replace(
        final,
        state=SectionState.REOPENED,
        version=5,
        revision=2,
        course=Course(self_assessed_at=AT, unblinded_at=AT, submitted_by=HAL, submitted_for=ANN, released_at=AT),
    )


def test_the_last_final_revision_counts_until_a_later_one_is_final() -> None:
    first = replace(in_state(SectionState.FINALISED), revision=1)
    second = replace(in_state(SectionState.DRAFT), revision=2)
    open_ = revisions(second, [(first, LATER)])
    done = revisions(replace(second, state=SectionState.FINALISED), [(first, LATER)])

    assert [kept.is_superseded for kept in open_] == [False, False]
    assert [kept.is_superseded for kept in done] == [True, False]
    assert [as_of(open_, at).section.revision for at in (AT, LATER, LATER + timedelta(days=1))] == [1, 2, 2]


# By hand: the 14 days after 15 January are 16 to 29 January.
@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], date(2026, 1, 29)),
        ([Period(date(2026, 1, 20), date(2026, 1, 25))], date(2026, 2, 3)),
        ([Period(date(2026, 1, 29), date(2026, 2, 2))], date(2026, 2, 2)),
        ([Period(date(2025, 1, 1), date(2026, 1, 16))], date(2026, 1, 29)),
        (
            [Period(date(2026, 1, 16), date(2026, 1, 18)), Period(date(2026, 1, 17), date(2026, 1, 19))],
            date(2026, 2, 1),
        ),
        ([Period(date(2026, 1, 20))], None),
    ],
)
def test_days_of_a_pause_do_not_count(pauses: list[Period], due: date | None) -> None:
    assert due_on(AT.date(), 14, pauses) == due
