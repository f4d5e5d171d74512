"""A section beyond the hands of its manager: self-assessment, approval, release, answer, exemption, opening again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from tests.use_cases.conftest import AT, Company, done, finalised, rated, stepped, submitted

from appraise.domain.access import Principal, Role
from appraise.domain.reading import SectionsWanted
from appraise.domain.section_course import Acknowledgement, ExemptionReason, ReopeningReason, Stance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit
from appraise.storage.tables import CYCLES
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.assess_item import assess_item
from appraise.use_cases.end_exemption import end_exemption
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.read_revisions import list_sections_then, read_revisions
from appraise.use_cases.release_section import release_section
from appraise.use_cases.reopen_section import reopen_section
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_self_assessment import submit_self_assessment
from appraise.use_cases.verify_audit import verify_audit
from appraise.use_cases.void_section import void_section


def assessed(company: Company) -> None:
    section = company.section("ann").section
    done(
        assess_item(
            company.deployment,
            company.principal("ann"),
            section.id,
            section.items[0].id,
            rating=5,
            comment="I stayed late",
            expected_version=section.version,
            at=AT,
        )
    )
    done(stepped(company, submit_self_assessment, "ann"))


def test_employee_and_manager_write_without_sight_of_each_other_until_both_are_in(company: Company) -> None:
    company.scored()
    rated(company)
    assessed(company)

    def seen(by: str) -> tuple[int | None, str | None, int | None]:
        item = company.section("ann", by).section.items[0]
        return item.own_rating, item.own_comment, item.rating

    assert (seen("max"), seen("hal"), seen("ann")) == ((None, None, 4), (None, None, 4), (5, "I stayed late", None))
    submitted(company)
    assert (seen("max"), seen("hal"), seen("ann")) == ((5, "I stayed late", 4),) * 2 + ((5, "I stayed late", None),)


def test_an_employee_who_writes_erases_nothing_that_is_hidden_from_them(company: Company) -> None:
    company.scored()
    before = done(rated(company)).section.items[0]
    assessed(company)

    after = company.section("ann", "otto").section.items[0]
    assert (after.rating, after.comment) == (before.rating, before.comment)


def test_a_manager_shares_after_the_release_and_hr_at_any_time(company: Company) -> None:
    company.scored()
    submitted(company)
    done(stepped(company, approve_section, "dora"))

    early = stepped(company, share_section, "max")
    assert isinstance(early, Refusal)
    assert (early.code, company.section("ann", "max").allowed_actions) == ("NOT_RELEASED", frozenset())
    done(stepped(company, release_section, "hal"))
    assert company.section("ann", "max").allowed_actions == {Action.SHARE}
    viewed = done(stepped(company, share_section, "max"))
    assert viewed.respond_by == (AT + timedelta(days=14)).date()
    assert company.section("ann", "ann").section.items[0].rating == 4


def test_the_answer_is_kept_with_time_and_person(company: Company) -> None:
    company.scored()
    submitted(company)
    done(stepped(company, approve_section, "hal"))
    done(stepped(company, share_section, "hal"))
    with pytest.raises(Forbidden, match="to acknowledge this section is not yours"):
        stepped(company, acknowledge_section, "max", stance=Stance.AGREE, comment=None)

    answered = done(stepped(company, acknowledge_section, "ann", stance=Stance.SEEN_NOT_AGREE, comment="too low"))

    wanted = Acknowledgement(Stance.SEEN_NOT_AGREE, AT, company.ids["ann"], "too low")
    assert answered.section.course.acknowledgement == company.section("ann").section.course.acknowledgement == wanted


def test_an_exempt_section_is_not_scored_and_comes_back_while_the_cycle_is_open(company: Company) -> None:
    company.scored()
    rated(company)
    out = done(stepped(company, exempt_section, "hal", reason=ExemptionReason.LEAVE, note="until May")).section
    company.scored(value="75.00", at=AT + timedelta(days=1))

    assert company.section("ann").section == out
    assert company.section("ann", "hal").allowed_actions == {Action.END_EXEMPTION}
    back = done(stepped(company, end_exemption, "hal")).section
    assert (back.state, back.items[0].rating, back.course.exemption) == (SectionState.COLLECTING, 4, None)


def test_a_void_section_is_gone_for_all_but_hr_and_auditors(company: Company) -> None:
    company.scored()
    done(stepped(company, void_section, "hal", reason="twice in the list"))

    for name in ("ann", "max", "dora", "vera"):
        with pytest.raises(NotFound):
            stepped(company, approve_section, name)
    assert company.section("ann", "hal").section.state is company.section("ann", "otto").section.state


def test_two_hr_administrators_open_a_final_section_again_and_the_last_revision_is_kept(company: Company) -> None:
    company.scored()
    final = finalised(company).section
    later = AT + timedelta(days=7)
    done(stepped(company, propose_reopening, "hal", reason=ReopeningReason.ERROR, note="wrong item"))
    alone = stepped(company, reopen_section, "hal")
    assert isinstance(alone, Refusal)
    assert alone.code == "SECOND_PERSON"

    second = Principal("Vera", company.ids["vera"], frozenset({Role.HR_ADMINISTRATOR}))
    version = company.section("ann").section.version
    done(reopen_section(company.deployment, second, final.id, expected_version=version, at=later))
    known = read_revisions(company.deployment, company.principal("ann"), final.id, at=later)

    assert [(kept.section.revision, kept.section.state, kept.ended_at, kept.is_superseded) for kept in known] == [
        (1, SectionState.FINALISED, later, False),
        (2, SectionState.REOPENED, None, False),
    ]
    wanted = SectionsWanted(company.cycle.id)
    shown = {
        day: list_sections_then(company.deployment, second, wanted, then=AT + timedelta(days=day), at=later, first=9)
        for day in (-1, 6, 7)
    }
    told = {
        day: [(one.section.revision, one.section.state, one.ended_at, one.is_exact) for one in page.items
              if one.section.id == final.id]
        for day, (page, _) in shown.items()
    }  # fmt: skip
    assert told == {
        -1: [],
        6: [(1, SectionState.FINALISED, later, True)],
        7: [(2, SectionState.REOPENED, None, True)],
    }
    final_ones = replace(wanted, state=SectionState.FINALISED)
    for day in (6, 7):
        moment = AT + timedelta(days=day)
        page, total = list_sections_then(company.deployment, second, final_ones, then=moment, at=later, first=9)
        assert ([one.section.id for one in page.items], total) == (([final.id], 1) if day == 6 else ([], 0))
    assert replace(known[0].section, version=final.version, course=final.course) == final
    assert [item.rating for item in known[1].section.items] == [None, None]  # the employee waits again
    assert company.section("ann", "max").allowed_actions == {Action.RATE}


def test_a_cycle_that_is_not_open_lets_nobody_rate(company: Company) -> None:
    company.scored()
    with company.deployment.database.transaction() as session:
        session.execute(update(CYCLES).values(state="ARCHIVED"))

    outcome = rated(company)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, company.section("ann", "max").allowed_actions) == ("CYCLE_STATE", frozenset())


def test_the_policy_s_floor_goes_with_the_section(company: Company) -> None:
    company.scored()

    assert company.section("ann").section.floor == Decimal("0.5")
    assert company.section("ann").section.is_below_floor


def test_each_step_has_its_line_in_a_log_that_holds(company: Company) -> None:
    company.scored()
    section = finalised(company).section

    with company.deployment.database.reading() as session:
        lines = [line.action for line in audit.about(session, f"section:{section.id}") if line.action != "section.read"]
    assert lines == [f"section.{step}" for step in ("rate", "submit", "approve", "share", "acknowledge", "finalise")]
    assert verify_audit(company.deployment).first_break is None
