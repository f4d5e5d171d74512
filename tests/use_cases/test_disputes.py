"""Objections of employees, notices of corrected data, and calibration, on both kinds of database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.use_cases.conftest import AT, Company, done, finalised, rated, shared, stepped, submitted

from appraise.domain.access import Principal, Role
from appraise.domain.calibration import CalibrationSession
from appraise.domain.corrections import Correction, CorrectionState
from appraise.domain.cycles import CycleRules, CycleState
from appraise.domain.disputes import Dispute, DisputeKind, DisputeState
from appraise.domain.identifiers import CorrectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_course import ReopeningReason
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden
from appraise.storage import cycles, outbox, sections
from appraise.use_cases.annotate_correction import annotate_correction
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.calibration_change import calibrate_item, lock_calibration, open_calibration
from appraise.use_cases.decide_dispute import decide_dispute
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.read_calibrations import get_calibration, read_calibrations
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_revisions import read_revisions
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.reopen_section import reopen_section
from appraise.use_cases.share_section import share_section
from appraise.use_cases.verify_audit import verify_audit
from appraise.use_cases.withdraw_dispute import withdraw_dispute

DAY = timedelta(days=1)


def filed(
    company: Company,
    *,
    item: int = 0,
    kind: DisputeKind = DisputeKind.RATING,
    evidence: str | None = None,
    days: int = 0,
) -> ViewedSection | Refusal:
    section = company.section("ann").section
    return file_dispute(
        company.deployment,
        company.principal("ann"),
        section.id,
        section.items[item].id,
        kind=kind,
        evidence=evidence,
        comment="I was told otherwise",
        expected_version=section.version,
        at=AT + days * DAY,
    )


def only(company: Company) -> Dispute:
    section = company.section("ann").section
    found = read_beside(
        company.deployment, get_section(company.deployment, company.principal("ann"), section.id, at=AT)
    ).disputes
    return found[-1]


def ended(company: Company, by: str, outcome: DisputeState, *, rating: int | None = None) -> ViewedSection | Refusal:
    section = company.section("ann").section
    return decide_dispute(
        company.deployment,
        company.principal(by),
        section.id,
        only(company).id,
        outcome=outcome,
        rating=rating,
        reason="the call was recorded",
        expected_version=section.version,
        at=AT + 2 * DAY,
    )


def code(outcome: object) -> str | None:
    return outcome.code if isinstance(outcome, Refusal) else None


def test_a_dispute_stops_the_clock_and_goes_to_somebody_who_did_not_score(company: Company) -> None:
    company.scored()
    shared(company)
    viewed = done(filed(company, days=1))

    assert viewed.section.state is SectionState.DISPUTED
    assert only(company).reviewer == company.ids["dora"]
    assert company.section("ann", "max").allowed_actions == frozenset()
    with pytest.raises(Forbidden):
        ended(company, "max", DisputeState.DECLINED)


def test_a_declined_dispute_goes_back_with_the_days_that_were_left(company: Company) -> None:
    company.scored()
    before = shared(company)
    done(filed(company))

    viewed = done(ended(company, "dora", DisputeState.DECLINED))

    assert (viewed.section.state, viewed.section.revision) == (SectionState.SHARED, 1)
    assert before.respond_by is not None
    # The day of filing and the day after lie in the pause; the first was not counted anyway.
    assert viewed.respond_by == before.respond_by + DAY
    assert (only(company).state, only(company).reason) == (DisputeState.DECLINED, "the call was recorded")


def test_an_upheld_dispute_puts_the_rating_right_in_a_new_revision_and_keeps_the_old_one(company: Company) -> None:
    company.scored()
    shared(company)
    done(filed(company))

    without = ended(company, "dora", DisputeState.UPHELD)
    viewed = done(ended(company, "dora", DisputeState.UPHELD, rating=5))
    assert code(without) == "RATING_MISSING"
    section = viewed.section
    assert (section.state, section.revision, section.items[0].rating) == (SectionState.CALIBRATED, 2, 5)
    assert company.section("ann", "max").allowed_actions == {Action.SHARE}
    done(stepped(company, share_section, "max"))

    known = read_revisions(company.deployment, company.principal("ann"), section.id, at=AT)
    assert [(kept.section.revision, kept.section.items[0].rating) for kept in known] == [(1, 4), (2, 5)]


def test_disputes_are_counted_timed_and_not_repeated(company: Company) -> None:
    company.scored()
    shared(company)

    assert code(filed(company, days=15)) == "TOO_LATE"
    done(filed(company, days=12))
    assert code(filed(company)) == "ALREADY_DONE"
    done(filed(company, item=1, days=13))
    section = company.section("ann").section
    done(
        withdraw_dispute(
            company.deployment,
            company.principal("ann"),
            section.id,
            only(company).id,
            expected_version=section.version,
            at=AT,
        )
    )
    assert company.section("ann").section.state is SectionState.DISPUTED  # the first one waits
    assert code(filed(company, item=1, days=14)) == "TOO_MANY"  # the withdrawn one counts, too


@pytest.mark.parametrize("kind", [DisputeKind.NOT_MINE, DisputeKind.MISSING])
def test_a_claim_names_its_event_and_moves_no_section(company: Company, kind: DisputeKind) -> None:
    company.scored()
    rated(company)
    assert code(filed(company, kind=kind)) == "EVIDENCE_MISSING"
    before = company.section("ann").section.state
    done(filed(company, kind=kind, evidence="ticket-9"))

    viewed = done(ended(company, "max", DisputeState.UPHELD))

    assert viewed.section.state is before
    assert (only(company).evidence, only(company).state) == ("ticket-9", DisputeState.UPHELD)
    with company.deployment.database.reading() as session:
        told = [one.facts["state"] for one in outbox.since(session, AT) if one.notice == "dispute.state_changed"]
    assert told == ["OPEN", "UPHELD"]


def test_whoever_handed_in_does_not_decide(company: Company) -> None:
    company.scored()
    submitted(company)
    done(filed(company, kind=DisputeKind.WRONG_DATA, evidence="ticket-9"))

    assert code(ended(company, "max", DisputeState.DECLINED)) == "NOT_NEUTRAL"


def notices(company: Company) -> tuple[Correction, ...]:
    section = company.section("ann").section
    return read_beside(
        company.deployment, get_section(company.deployment, company.principal("ann"), section.id, at=AT)
    ).corrections


def test_corrected_data_after_the_close_are_a_notice_and_never_an_edit(company: Company) -> None:
    company.scored()
    final = finalised(company).section
    company.scored(value="72.00", at=AT + DAY)  # inside the interval of before
    assert notices(company) == ()
    company.scored(value="95.00", at=AT + 2 * DAY)
    company.scored(value="95.00", at=AT + 3 * DAY)

    (notice,) = notices(company)
    (difference,) = notice.differences
    assert (str(difference.before), str(difference.after), difference.band_changes) == ("71.25", "95.00", True)
    assert notice.decide_by == (AT + 32 * DAY).date()
    assert company.section("ann").section == final


def test_a_notice_ends_where_the_data_change_again_before_hr_decides(company: Company) -> None:
    company.scored()
    finalised(company)
    first = str(company.section("ann").section.items[0].result.value)  # type: ignore[union-attr]
    for day, value in enumerate(("95.00", "30.00", first, "30.00"), start=1):
        company.scored(value=value, at=AT + day * DAY)

    told = [(str(one.differences[0].after), one.state) for one in notices(company)]
    gone = CorrectionState.OVERTAKEN
    assert told == [("95.00", gone), ("30.00", gone), ("30.00", CorrectionState.OPEN)]
    assert code(annotated(company, "hal", notices(company)[0].id)) == "ALREADY_DONE"


def annotated(company: Company, by: str, correction: CorrectionId, note: str = "too small to matter") -> object:
    return annotate_correction(company.deployment, company.principal(by), correction, note=note, at=AT + 3 * DAY)


def test_hr_lets_it_stand_with_a_note_or_two_open_it_again(company: Company) -> None:
    company.scored()
    finalised(company)
    company.scored(absent=True, at=AT + DAY)
    first = notices(company)[0].id
    with pytest.raises(Forbidden):
        annotated(company, "max", first)
    assert code(annotated(company, "hal", first, " ")) == "REASON_MISSING"
    assert annotated(company, "hal", first) == annotated(company, "hal", first) == notices(company)[0]
    assert (notices(company)[0].state, notices(company)[0].note) == (CorrectionState.ANNOTATED, "too small to matter")
    assert code(annotated(company, "hal", first, "another")) == "ALREADY_DONE"

    company.scored(value="95.00", at=AT + 2 * DAY)
    done(stepped(company, propose_reopening, "hal", reason=ReopeningReason.LEGAL, note="new data"))
    second = Principal("Vera", company.ids["vera"], frozenset({Role.HR_ADMINISTRATOR}))
    section = company.section("ann").section
    done(reopen_section(company.deployment, second, section.id, expected_version=section.version, at=AT + 4 * DAY))
    assert [one.state for one in notices(company)] == [CorrectionState.ANNOTATED, CorrectionState.REOPENED]
    company.scored(value="95.00", at=AT + 5 * DAY)
    assert str(company.section("ann").section.items[0].result.value) == "95.00"  # type: ignore[union-attr]


def calibrating(company: Company) -> CalibrationSession | Refusal:
    with company.deployment.database.transaction() as session:
        cycle = cycles.get(session, company.cycle.id)
        cycles.save(session, replace(cycle, state=CycleState.CALIBRATION, rules=CycleRules(calibrates=True)))
    return open_calibration(
        company.deployment,
        company.principal("hal"),
        company.cycle.id,
        name="Service",
        section_ids=[company.section("ann").section.id],
        at=AT,
    )


def calibrated(
    company: Company, held: CalibrationSession, by: Principal, *, rating: int, reason: str = "as peers"
) -> ViewedSection | Refusal:
    section = company.section("ann").section
    return calibrate_item(
        company.deployment,
        by,
        section.id,
        held.id,
        section.items[0].id,
        rating=rating,
        reason=reason,
        expected_version=section.version,
        at=AT,
    )


def test_a_session_moves_ratings_with_reasons_until_it_is_locked(company: Company) -> None:
    company.scored()
    submitted(company)
    held = calibrating(company)
    assert isinstance(held, CalibrationSession)
    hal = company.principal("hal")
    assert company.section("ann", "hal").section.state is SectionState.IN_CALIBRATION
    assert code(stepped(company, approve_section, "hal")) == "WRONG_STATE"
    assert code(calibrated(company, held, hal, rating=3, reason=" ")) == "REASON_MISSING"
    done(calibrated(company, held, hal, rating=3))
    lock_calibration(company.deployment, hal, held.id, at=AT)
    lock_calibration(company.deployment, hal, held.id, at=AT + DAY)

    ((session, moves),) = read_calibrations(company.deployment, hal, company.cycle.id, at=AT)
    assert (session.locked_at, [(move.before, move.after, move.reason, move.is_outside) for move in moves]) == (
        AT,
        [(4, 3, "as peers", False)],
    )
    assert company.section("ann").section.state is SectionState.CALIBRATED
    hidden, shown = (
        read_beside(
            company.deployment, get_section(company.deployment, company.principal(name), session.sections[0], at=AT)
        ).moves
        for name in ("ann", "max")
    )
    assert (hidden, len(shown)) == ((), 1)
    assert verify_audit(company.deployment).first_break is None


def test_whoever_is_compared_reads_moves_of_their_own_no_sooner_than_their_section(company: Company) -> None:
    company.scored()
    submitted(company)
    held = calibrating(company)
    assert isinstance(held, CalibrationSession)
    done(calibrated(company, held, company.principal("hal"), rating=3))
    ann = Principal("Ann", company.ids["ann"], frozenset({Role.HR_ADMINISTRATOR}))

    assert read_calibrations(company.deployment, ann, company.cycle.id, at=AT) == [(held, [])]
    assert get_calibration(company.deployment, ann, held.id, at=AT) == (held, [])
    _, moves = get_calibration(company.deployment, company.principal("hal"), held.id, at=AT)
    assert len(moves) == 1
    section = company.section("ann").section
    with company.deployment.database.transaction() as session:
        sections.save(session, [replace(section, state=SectionState.SHARED)], at=AT)
    assert get_calibration(company.deployment, ann, held.id, at=AT) == (held, moves)


def test_nobody_calibrates_themselves_or_anybody_above_them(
    company: Company, move: Callable[[str, str | None], None]
) -> None:
    company.scored()
    submitted(company)
    held = calibrating(company)
    assert isinstance(held, CalibrationSession)
    hats = frozenset({Role.HR_ADMINISTRATOR})

    with pytest.raises(Forbidden):
        calibrated(company, held, Principal("Ann", company.ids["ann"], hats), rating=5)
    move("hal", "ann")
    refused = calibrated(company, held, company.principal("hal"), rating=3)
    assert code(refused) == "NOT_NEUTRAL"
    done(calibrated(company, held, Principal("Ben", company.ids["ben"], hats), rating=3))


def test_a_session_takes_all_of_its_sections_or_none(company: Company) -> None:
    company.scored()
    submitted(company)
    calibrating_first = company.section("ben").section.state
    with company.deployment.database.transaction() as session:
        cycle = cycles.get(session, company.cycle.id)
        cycles.save(session, replace(cycle, state=CycleState.CALIBRATION, rules=CycleRules(calibrates=True)))
    keys = [company.section(name).section.id for name in ("ann", "ben")]
    refused = open_calibration(
        company.deployment, company.principal("hal"), company.cycle.id, name="All", section_ids=keys, at=AT
    )

    assert (calibrating_first, code(refused)) == (SectionState.COLLECTING, "WRONG_STATE")
    assert company.section("ann").section.state is SectionState.SUBMITTED
    assert read_calibrations(company.deployment, company.principal("hal"), company.cycle.id, at=AT) == []
