"""Sections from scoring to the final state: who sees and does what, and what is kept."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.use_cases.conftest import AT, Company, absence, estimate

from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Conflict, Forbidden, InvalidInput, NotFound
from appraise.storage import audit, outbox
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_cycles import latest_run
from appraise.use_cases.read_sections import (
    count_sections,
    get_section,
    list_sections,
    section_of,
    sections_by_employee,
)
from appraise.use_cases.return_section import return_section
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.verify_audit import verify_audit


def rated(company: Company, of: str = "ann", *, rating: int = 4, key: str | None = None) -> ViewedSection | Refusal:
    before = company.section(of)
    return rate_item(
        company.deployment,
        company.principal("max"),
        before.section.id,
        before.section.items[0].id,
        rating=rating,
        comment="answers at once",
        expected_version=before.section.version,
        at=AT,
        idempotency_key=key,
    )


def submitted(company: Company) -> ViewedSection:
    draft = done(rated(company))
    return done(
        submit_section(
            company.deployment,
            company.principal("max"),
            draft.section.id,
            expected_version=draft.section.version,
            at=AT,
        )
    )


def finalised(company: Company) -> ViewedSection:
    before = submitted(company)
    return done(
        finalise_section(
            company.deployment,
            company.principal("hal"),
            before.section.id,
            reason="calibrated",
            expected_version=before.section.version,
            at=AT,
        )
    )


def done(outcome: ViewedSection | Refusal) -> ViewedSection:
    assert isinstance(outcome, ViewedSection), outcome
    return outcome


def test_what_was_scored_is_read_back_digit_for_digit(company: Company) -> None:
    run = company.scored()

    section = company.section("ann").section

    assert [item.result for item in section.items] == [estimate(), absence()]
    assert latest_run(company.deployment, company.principal("ann"), company.cycle.id) == run
    assert (section.state, section.version, section.manager, section.job_title, section.department) == (
        SectionState.COLLECTING,
        1,
        company.ids["max"],
        "Agent",
        "Customer Service",
    )


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


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("ann", ["Ann"]),
        ("max", ["Ann", "Ben", "Max"]),
        ("dora", ["Ann", "Ben", "Max"]),
        ("hal", ["Ann", "Ben", "Max"]),
        ("otto", ["Ann", "Ben", "Max"]),
        ("vera", []),
    ],
)
def test_a_list_holds_the_sections_that_are_the_principals_to_see(
    company: Company, name: str, reached: list[str]
) -> None:
    company.scored()
    principal = company.principal(name)

    page = list_sections(company.deployment, principal, cycle=company.cycle.id, at=AT)
    batch = sections_by_employee(company.deployment, principal, company.ids.values(), company.cycle.id, at=AT)

    assert [row.employee_name for row in page.items] == reached
    assert count_sections(company.deployment, principal, cycle=company.cycle.id, at=AT) == len(reached)
    assert set(batch) == {company.ids[person.casefold()] for person in reached}


def test_an_executive_sees_a_section_once_it_is_handed_in(company: Company) -> None:
    company.scored()
    submitted(company)

    page = list_sections(company.deployment, company.principal("vera"), cycle=company.cycle.id, at=AT)

    assert [(row.employee_name, row.section.items[0].rating) for row in page.items] == [("Ann", 4)]


def test_a_service_sees_final_sections_only(company: Company) -> None:
    service = Principal("hris", roles=frozenset({Role.SERVICE}), scopes=frozenset({ServiceScope.READ_SECTIONS}))
    company.scored()
    submitted(company)
    assert list_sections(company.deployment, service, cycle=company.cycle.id, at=AT).items == ()
    section = company.section("ann").section
    finalise_section(
        company.deployment,
        company.principal("hal"),
        section.id,
        reason="calibrated",
        expected_version=section.version,
        at=AT,
    )

    page = list_sections(company.deployment, service, cycle=company.cycle.id, at=AT)

    assert [row.employee_name for row in page.items] == ["Ann"]


def test_ratings_are_withheld_from_the_employee_until_the_section_is_final(company: Company) -> None:
    company.scored()
    submitted(company)
    own = company.section("ann", seen_by="ann")
    listed = list_sections(company.deployment, company.principal("ann"), cycle=company.cycle.id, at=AT).items[0]

    assert (own.ratings_visible, own.is_own, own.section.items[0].rating, own.section.items[0].comment) == (
        False,
        True,
        None,
        None,
    )
    assert (listed.ratings_visible, listed.section) == (False, own.section)


def test_the_employee_reads_ratings_of_a_final_section(company: Company) -> None:
    company.scored()
    finalised(company)

    own = company.section("ann", seen_by="ann")

    assert (own.ratings_visible, own.section.items[0].rating) == (True, 4)


def test_pages_of_sections_join_to_the_whole_list(company: Company) -> None:
    company.scored()
    names = []
    after = None
    while True:
        page = list_sections(
            company.deployment, company.principal("hal"), cycle=company.cycle.id, at=AT, first=2, after=after
        )
        names += [row.employee_name for row in page.items]
        after = page.end_cursor
        if not page.has_next:
            break

    assert names == ["Ann", "Ben", "Max"]


def test_a_cursor_made_by_hand_is_refused(company: Company) -> None:
    with pytest.raises(InvalidInput, match="the cursor was not given out by Appraise"):
        list_sections(company.deployment, company.principal("hal"), cycle=company.cycle.id, at=AT, after="WzFd")


def test_the_section_of_somebody_elses_report_does_not_exist_for_a_colleague(company: Company) -> None:
    company.scored()
    section = company.section("ann").section.id

    with pytest.raises(NotFound):
        get_section(company.deployment, company.principal("ben"), section, at=AT)
    with pytest.raises(NotFound):
        get_section(company.deployment, company.principal("ben"), SectionId("no such id"), at=AT)
    assert section_of(company.deployment, company.principal("ben"), company.ids["ann"], company.cycle.id, at=AT) is None


def test_allowed_actions_follow_relation_and_state(company: Company) -> None:
    company.scored()
    assert company.section("ann", "max").allowed_actions == {Action.RATE}
    assert company.section("ann", "dora").allowed_actions == frozenset()
    submitted(company)
    assert company.section("ann", "max").allowed_actions == frozenset()
    assert company.section("ann", "dora").allowed_actions == {Action.RETURN}
    assert company.section("ann", "hal").allowed_actions == {Action.RETURN, Action.FINALISE}
    assert company.section("ann", "ann").allowed_actions == frozenset()


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


def test_a_repeated_request_gets_the_stored_answer(company: Company) -> None:
    company.scored()
    before = company.section("ann").section

    def send() -> ViewedSection | Refusal:
        return rate_item(
            company.deployment,
            company.principal("max"),
            before.id,
            before.items[0].id,
            rating=4,
            comment=None,
            expected_version=before.version,
            at=AT,
            idempotency_key="k1",
        )

    first = send()
    rated(company, rating=2)

    assert send() == first
    assert company.section("ann").section.items[0].rating == 2


def test_an_idempotency_key_for_another_request_is_a_conflict(company: Company) -> None:
    company.scored()
    rated(company, rating=4, key="k1")

    with pytest.raises(Conflict, match="used for another request"):
        rated(company, rating=5, key="k1")


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
        before, state=SectionState.DRAFT, version=before.version + 1, submitted_at=None, manifest_hash=None
    )


def test_finalising_tells_the_outbox_once(company: Company) -> None:
    company.scored()
    section = finalised(company).section

    with company.deployment.database.reading() as session:
        waiting = outbox.waiting(session, section.id)

    assert waiting == [
        (
            1,
            "section.finalised",
            {
                "section": section.id,
                "employee": section.employee,
                "cycle": section.cycle,
                "revision": 1,
                "version": section.version,
                "manifest_hash": section.manifest_hash,
            },
        )
    ]


def test_reading_somebody_elses_section_is_audited_and_ones_own_is_not(company: Company) -> None:
    company.scored()
    section = company.section("ann", seen_by="ann").section
    company.section("ann", seen_by="max")

    with company.deployment.database.reading() as session:
        lines = [(entry.actor, entry.action) for entry in audit.about(session, f"section:{section.id}")]

    assert lines == [(f"employee:{company.ids['max']}", "section.read")]


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
