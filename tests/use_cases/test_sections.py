"""Sections from scoring to the final state: who sees and does what, and what is kept."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.use_cases.conftest import AT, Company, done, estimate, finalised, rated, submitted

from appraise.api.global_ids import Kind, to_global
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Conflict, Forbidden
from appraise.storage import outbox
from appraise.use_cases.assess_item import assess_item
from appraise.use_cases.once import once
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_sections import (
    section_of,
)
from appraise.use_cases.return_section import return_section
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.submit_self_assessment import submit_self_assessment
from appraise.use_cases.verify_audit import verify_audit
from appraise.use_cases.work import clear


def test_a_second_run_keeps_the_ratings_of_a_draft(company: Company) -> None:
    company.scored()
    draft = done(rated(company)).section

    run = company.scored(value="75.00", at=AT + timedelta(days=1))

    after = company.section("ann").section
    kept = replace(draft.items[0], result=estimate("75.00"))
    assert after == replace(draft, run=run.id, version=draft.version + 1, items=(kept, draft.items[1]))


def test_a_rating_goes_where_its_estimate_is_gone(company: Company) -> None:
    company.scored()
    rated(company)

    company.scored(absent=True, at=AT + timedelta(days=1))

    item = company.section("ann").section.items[0]
    assert (item.rating, item.comment) == (None, "answers at once")


def test_a_second_run_does_not_touch_what_was_handed_in(company: Company) -> None:
    company.scored()
    before = submitted(company).section

    company.scored(value="1.00", at=AT + timedelta(days=1))

    assert company.section("ann").section == before


def test_allowed_actions_follow_relation_and_state(company: Company) -> None:
    company.scored()
    at_first = {Action.EXEMPT, Action.VOID}
    assert company.section("ann", "max").allowed_actions == {Action.RATE}
    assert company.section("ann", "hal").allowed_actions == at_first
    assert company.section("ann", "dora").allowed_actions == frozenset()
    submitted(company)
    assert company.section("ann", "max").allowed_actions == frozenset()
    assert company.section("ann", "dora").allowed_actions == {Action.RETURN, Action.APPROVE}
    assert company.section("ann", "hal").allowed_actions == {Action.RETURN, Action.APPROVE}
    assert company.section("ann", "ann").allowed_actions == {Action.ASSESS_SELF, Action.CLAIM}


def test_a_new_manager_sees_and_rates_at_once_and_the_old_one_no_more(
    company: Company, move: Callable[[str, str | None], None]
) -> None:
    company.scored()
    move("ann", "dora")

    assert company.section("ann", "dora").allowed_actions == {Action.RATE}
    assert section_of(company.deployment, company.principal("max"), company.ids["ann"], company.cycle.id, at=AT) is None


def test_somebody_who_sees_and_may_not_act_is_forbidden(company: Company) -> None:
    company.scored()
    section = company.section("ann").section

    with pytest.raises(Forbidden, match="to rate this section is not yours"):
        rate_item(
            company.deployment,
            company.principal("hal"),
            section.id,
            section.items[0].id,
            rating=5,
            comment="x",
            expected_version=1,
            at=AT,
        )
    assert company.section("ann").section == section


def test_a_version_conflict_tells_what_others_did(company: Company) -> None:
    company.scored()
    old = company.section("ann").section
    rated(company)

    outcome = rate_item(
        company.deployment,
        company.principal("max"),
        old.id,
        old.items[0].id,
        rating=2,
        comment=None,
        expected_version=old.version,
        at=AT,
    )

    assert outcome == Refusal(
        "VERSION_CONFLICT",
        "the section has been changed since: it is at version 2, not 1 (Max: rate)",
        "expectedVersion",
    )


def test_an_employee_and_their_manager_write_at_once_and_hand_in(company: Company) -> None:
    """Each goes on from what they read first, whatever the other has written meanwhile."""
    company.scored()
    read = company.section("ann", "ann").section
    item = read.items[0].id

    def step(act: Callable[..., ViewedSection | Refusal], who: str, *keys: str, version: int, **fields: object) -> int:
        them = company.principal(who)
        outcome = act(company.deployment, them, read.id, *keys, expected_version=version, at=AT, **fields)
        return done(outcome).section.version

    mine = step(assess_item, "ann", item, version=read.version, rating=4, comment="Mine.")
    theirs = step(rate_item, "max", item, version=read.version, rating=3, comment="Theirs.")
    mine = step(assess_item, "ann", item, version=mine, rating=4, comment="Mine, too.")
    step(submit_section, "max", version=theirs)
    step(submit_self_assessment, "ann", version=mine)

    first = company.section("ann", "max").section.items[0]
    assert (first.rating, first.comment, first.own_comment) == (3, "Theirs.", "Mine, too.")


def once_rated(company: Company, rating: int = 4) -> str:
    """Under one key; of a repetition the id that was kept."""
    before = company.section("ann").section
    max_ = company.principal("max")
    key = before.items[0].id
    told = once(
        company.deployment,
        max_,
        "k1",
        ["rate", rating],
        lambda deployment: rate_item(
            deployment, max_, before.id, key, rating=rating, comment=None, expected_version=before.version, at=AT
        ),
        told=lambda viewed: viewed.section.id,
        again=str,
        at=AT,
    )
    return told if isinstance(told, str) else done(told).section.id


def test_a_repeated_request_is_done_once(company: Company) -> None:
    company.scored()
    section = once_rated(company)
    rated(company, rating=2)

    assert once_rated(company) == section
    assert company.section("ann").section.items[0].rating == 2


def test_an_idempotency_key_for_another_request_is_a_conflict(company: Company) -> None:
    company.scored()
    once_rated(company)

    with pytest.raises(Conflict, match="used for another request"):
        once_rated(company, rating=5)


def test_an_idempotency_key_is_free_again_after_thirty_days(company: Company) -> None:
    company.scored()
    once_rated(company)

    clear(company.deployment, at=AT + timedelta(days=30))
    with pytest.raises(Conflict):
        once_rated(company, rating=5)
    clear(company.deployment, at=AT + timedelta(days=30, seconds=1))
    once_rated(company, rating=5)

    assert company.section("ann").section.items[0].rating == 5


def test_a_refused_submission_changes_nothing(company: Company) -> None:
    company.scored()
    section = company.section("ann").section
    outcome = submit_section(
        company.deployment, company.principal("max"), section.id, expected_version=section.version, at=AT
    )

    assert isinstance(outcome, Refusal)
    assert (outcome.code, company.section("ann").section) == ("WRONG_STATE", section)


def test_a_returned_section_is_a_draft_with_its_ratings(company: Company) -> None:
    company.scored()
    before = submitted(company).section

    after = done(
        return_section(
            company.deployment,
            company.principal("dora"),
            before.id,
            reason="say more",
            expected_version=before.version,
            at=AT,
        )
    ).section

    assert after == replace(
        before,
        state=SectionState.DRAFT,
        version=before.version + 1,
        submitted_at=None,
        manifest_hash=None,
        course=replace(before.course, return_reason="say more"),
    )
    assert company.section("ann", "max").section.course.return_reason == "say more"
    assert company.section("ann", "ann").section.course.return_reason is None


def test_each_passage_into_another_state_is_told_once_and_in_order(company: Company) -> None:
    company.scored()
    section = finalised(company).section

    with company.deployment.database.reading() as session:
        told = [message for message in outbox.since(session, AT) if message.notice == "section.state_changed"]

    assert {message.stream for message in told} == {section.id}
    assert [(message.facts["stateBefore"], message.facts["state"]) for message in told] == [
        ("COLLECTING", "DRAFT"),
        ("DRAFT", "SUBMITTED"),
        ("SUBMITTED", "CALIBRATED"),
        ("CALIBRATED", "SHARED"),
        ("SHARED", "ACKNOWLEDGED"),
        ("ACKNOWLEDGED", "FINALISED"),
    ]
    assert told[-1].facts == {
        "sectionId": to_global(Kind.SECTION, section.id),
        "employeeId": to_global(Kind.EMPLOYEE, section.employee),
        "cycleId": to_global(Kind.CYCLE, section.cycle),
        "state": "FINALISED",
        "stateBefore": "ACKNOWLEDGED",
        "version": section.version,
        "revision": 1,
    }


def test_a_run_that_says_otherwise_of_a_section_handed_in_is_told_as_a_correction(company: Company) -> None:
    company.scored()
    section = finalised(company).section
    company.scored(at=AT + timedelta(days=1))
    other = company.scored(absent=True, at=AT + timedelta(days=2))

    with company.deployment.database.reading() as session:
        told = [message for message in outbox.since(session, AT) if message.notice != "section.state_changed"]

    assert [message.notice for message in told] == ["run.finished"] * 3 + ["section.corrected"]
    assert told[-1].stream == section.id
    assert told[-1].facts == {
        "runId": to_global(Kind.RUN, other.id),
        "cycleId": to_global(Kind.CYCLE, section.cycle),
        "sectionId": to_global(Kind.SECTION, section.id),
        "employeeId": to_global(Kind.EMPLOYEE, section.employee),
        "version": section.version,
        "correctionId": told[-1].facts["correctionId"],
        "levelChanges": True,
    }


def test_the_audit_chain_is_whole_after_a_cycle(company: Company) -> None:
    company.scored()
    finalised(company)

    assert verify_audit(company.deployment).first_break is None


def test_of_two_who_rate_the_same_version_at_once_one_wins(company: Company) -> None:
    company.scored()
    section = company.section("ann").section
    outcomes: list[ViewedSection | Refusal] = []

    def send(rating: int) -> None:
        outcomes.append(
            rate_item(
                company.deployment,
                company.principal("max"),
                section.id,
                section.items[0].id,
                rating=rating,
                comment=None,
                expected_version=section.version,
                at=AT,
            )
        )

    threads = [threading.Thread(target=send, args=(rating,)) for rating in (2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won = [outcome for outcome in outcomes if isinstance(outcome, ViewedSection)]
    lost = [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)]
    assert (len(won), lost) == (1, ["VERSION_CONFLICT"] * 2)
    assert company.section("ann").section == won[0].section
