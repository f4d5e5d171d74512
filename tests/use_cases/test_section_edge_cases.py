"""What happens in a year: people change managers, go on leave, leave, come back; late data; each case with its rule."""

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.use_cases.conftest import (
    AT,
    Company,
    done,
    estimate,
    finalised,
    rated,
    record,
    shared,
    stepped,
    submitted,
)

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.access import may_sign_in
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.delegations import NamedDelegation
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.indicators import SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.readiness import Obstacle
from appraise.domain.reading import HandedIn
from appraise.domain.section_course import ExemptionReason, Stance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import cycles, people, sections
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.delegate import Wanted, end_delegation, name_delegate
from appraise.use_cases.end_exemption import end_exemption
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.finished import finished
from appraise.use_cases.hand_in_unreviewed import hand_in_unreviewed
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.move_cycle import move_cycle
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_readiness import read_readiness
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.share_section import share_section
from appraise.use_cases.stand_ins import standing_in
from appraise.use_cases.submit_section import submit_section

DAY = timedelta(days=1)
TESTS = Path(__file__).parents[1]
Move = Callable[[str, str | None], None]


HERE = "use_cases/test_section_edge_cases"
CASES = {
    "another manager mid-cycle": [
        f"{HERE}::test_a_manager_who_comes_in_mid_cycle_gets_the_draft_and_the_task_and_loses_no_word",
        "use_cases/test_parts::test_a_former_manager_leaves_a_part_that_the_present_one_reads_and_signs",
    ],
    "as many days with a former manager": [
        "use_cases/test_parts::test_the_section_waits_for_who_was_manager_longer_and_no_longer_than_the_last_day",
        "domain/test_parts::test_ratings_are_weighed_by_days_and_dotted_ones_not_at_all",
    ],
    "a former manager manages again": [
        "use_cases/test_parts::test_a_part_whose_author_is_the_manager_again_stays_to_be_read_and_counts_no_more"
    ],
    "another manager after handing in": [f"{HERE}::test_a_reorganisation_leaves_what_was_handed_in_as_it_was"],
    "a dotted line": ["use_cases/test_parts::test_a_dotted_manager_is_heard_where_the_rules_say_so_and_signs_nothing"],
    "two jobs at once": [f"{HERE}::test_two_jobs_are_one_section_in_which_both_managers_are_heard"],
    "another role mid-cycle": ["scoring/test_profiles::test_whoever_changed_is_weighed_by_days"],
    "leave": [
        f"{HERE}::test_somebody_on_leave_is_pointed_out_exempted_with_a_reason_and_comes_back",
        "scoring/test_attrition::test_days_of_leave_are_nobodys",
    ],
    "a manager on leave": [f"{HERE}::test_a_manager_on_leave_is_stood_in_for_by_theirs"],
    "a manager away for long": [
        "use_cases/test_delegates::test_a_delegate_rates_and_hands_in_for_the_manager_and_the_log_says_for_whom",
        f"{HERE}::test_a_manager_who_is_back_goes_on_where_the_delegate_was",
    ],
    "a newcomer": [f"{HERE}::test_a_newcomer_is_told_of_as_such_and_gets_no_number"],
    "somebody leaves": [f"{HERE}::test_a_leaver_keeps_the_section_and_loses_the_access"],
    "somebody comes back": [f"{HERE}::test_who_comes_back_is_the_same_person_with_the_same_section"],
    "no manager, or one who left": [f"{HERE}::test_somebody_without_a_manager_is_pointed_out_and_rated_by_nobody"],
    "a reporting loop": [f"{HERE}::test_a_reporting_loop_changes_nobody_s_manager"],
    "no figure at all": ["use_cases/test_section_without_figures::test_it_is_worked_and_told_alike_everywhere"],
    "no customers": [f"{HERE}::test_a_job_without_customers_is_exempt_and_not_a_zero"],
    "one case, several people": ["scoring/test_shared_ratings::test_shared_ratings_equal_the_score_form_by_rows"],
    "an account that was failing when it was inherited": [
        "scoring/test_attrition::test_who_inherits_an_account_is_spared_the_first_ninety_days"
    ],
    "many answers of one customer": [
        "scoring/test_satisfaction::test_a_customer_counts_once_per_employee_as_the_average_of_the_answers"
    ],
    "few customers answer, or far fewer or more than colleagues'": [
        "scoring/test_responses::test_from_too_few_answers_nothing_is_told_and_the_reason_says_how_many",
        "scoring/test_responses::test_whose_customers_hardly_answer_beside_colleagues_gets_a_reason_and_no_figure",
    ],
    "one customer who buys the most": [
        "scoring/test_winsorising::test_one_large_order_decides_nothing_alone_where_the_policy_says_so_and_the_run_says_it"
    ],
    "a manager who hands nothing in": [
        "use_cases/test_tasks::test_reminders_go_to_those_who_have_something_to_do_and_once",
        f"{HERE}::test_hr_hands_in_what_nobody_reviewed_as_provisional",
        "domain/test_section_steps_unreviewed::test_the_level_of_the_data_stands_in_for_what_the_manager_has_not_rated",
    ],
    "the cycle's days are moved": [f"{HERE}::test_moving_the_days_of_a_cycle_leaves_frozen_evidence_as_it_was"],
    "an employee who does not answer": [
        "use_cases/test_tasks::test_who_does_not_answer_in_time_has_not_agreed",
        "use_cases/test_tasks::test_the_clock_stands_still_while_the_employee_is_on_leave",
    ],
    "a rating that calibration moves beyond what the data bear out": [
        "use_cases/test_disputes::test_a_session_moves_ratings_with_reasons_until_it_is_locked"
    ],
    "a complaint or other data that come late": [
        f"{HERE}::test_data_that_come_late_are_told_and_do_not_move_a_final_section"
    ],
    "a complaint after the section is final": [
        (
            "use_cases/test_section_course::"
            "test_two_hr_administrators_open_a_final_section_again_and_the_last_revision_is_kept"
        )
    ],
    "the host's cycle is closed, or it refuses": [
        "domain/test_write_back::test_what_the_host_will_not_have_is_rejected"
    ],
    "a value that somebody changed in the host": [
        "use_cases/test_write_back_files::test_another_value_in_the_host_s_export_is_a_drift_and_is_settled_by_a_person"
    ],
    "a customer who is to be forgotten": [
        "events/test_erasing::test_an_erased_customer_is_in_no_file_of_any_version_and_others_stay"
    ],
}
"""The cases of `docs/sections.md`, and the tests that hold their rules."""


def test_every_case_of_the_page_has_a_test_and_every_test_its_case() -> None:
    page = (TESTS.parent / "docs" / "sections.md").read_text(encoding="utf-8")
    table = page.split("## What happens in a year")[1].split("\n## ")[0]
    told = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")][1:]
    modules = {name.split("::")[0] for names in CASES.values() for name in names}
    defined = {
        f"{module}::{function.name}"
        for module in modules
        for function in ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
    }

    assert told == list(CASES)
    assert {name for names in CASES.values() for name in names} - defined == set()
    of_here = {name for name in defined if name.startswith(f"{HERE}::test_")}
    assert of_here - {name for names in CASES.values() for name in names} == {
        f"{HERE}::test_every_case_of_the_page_has_a_test_and_every_test_its_case"
    }


def imported(company: Company, *records: PeopleRecord, days: int = 0, dry_run: bool = False) -> object:
    at = AT + days * DAY
    read = ReadPeople(tuple(records), (), complete=False)
    options = ImportOptions("hr", as_of=at.date())
    return reconcile_people(company.deployment, read, options, file="people.csv", at=at, dry_run=dry_run)


def owed(company: Company, who: str) -> list[tuple[str, str]]:
    found = read_tasks(company.deployment, company.principal(who), at=AT)
    return sorted((named.subject_name, named.task.kind.value) for named in found)


def obstacles(company: Company, name: str, *, days: int = 0) -> list[Obstacle]:
    found = read_readiness(company.deployment, company.principal("hal"), company.cycle.id, at=AT + days * DAY)
    return [one.obstacle for _, who, obstacles in found.missing if who == name for one in obstacles]


def test_a_manager_who_comes_in_mid_cycle_gets_the_draft_and_the_task_and_loses_no_word(
    company: Company, move: Move
) -> None:
    company.scored()
    draft = done(rated(company)).section
    move("ann", "dora")

    assert ("Ann", "RATE") in owed(company, "dora")
    assert ("Ann", "RATE") not in owed(company, "max")
    seen = company.section("ann", "dora")
    assert (seen.section.items[0].rating, seen.section.items[0].comment) == (4, "answers at once")
    handed_in = done(
        submit_section(company.deployment, company.principal("dora"), draft.id, expected_version=draft.version, at=AT)
    )
    assert handed_in.section.course.submitted_by == company.ids["dora"]
    with pytest.raises(NotFound):
        stepped(company, submit_section, "max")


def test_somebody_on_leave_is_pointed_out_exempted_with_a_reason_and_comes_back(company: Company) -> None:
    company.scored()
    imported(company, replace(record("ann", "max", 2), status=EmploymentStatus.LEAVE), days=1)
    # The cycle is over by now: that she is on leave today lies outside of it.
    assert obstacles(company, "Ann", days=2) == [Obstacle.BELOW_FLOOR]
    done(stepped(company, exempt_section, "hal", reason=ExemptionReason.LEAVE, note=None))
    assert obstacles(company, "Ann") == [Obstacle.EXEMPT]
    done(stepped(company, end_exemption, "hal"))

    assert company.section("ann").section.state is SectionState.COLLECTING


def test_a_manager_on_leave_is_stood_in_for_by_theirs(company: Company) -> None:
    company.scored()
    rated(company)
    with pytest.raises(Forbidden, match="to submit this section is not yours"):
        stepped(company, submit_section, "dora")
    imported(company, replace(record("max", "dora", 2), status=EmploymentStatus.LEAVE))

    assert ("Ann", "SUBMIT_IN_PLACE") in owed(company, "dora")
    done(stepped(company, submit_section, "dora"))
    assert company.section("ann").section.state is SectionState.SUBMITTED


def test_a_leaver_keeps_the_section_and_loses_the_access(company: Company) -> None:
    company.scored()
    shared(company)
    imported(company, replace(record("ann", "max", 2), status=EmploymentStatus.TERMINATED), days=1)
    later = AT + 2 * DAY
    with company.deployment.database.reading() as session:
        status = people.status_of(session, company.ids["ann"], on=later.date())

    assert may_sign_in(status) is False
    assert Obstacle.LEFT in obstacles(company, "Ann", days=2)
    assert company.section("ann").section.state is SectionState.SHARED


def test_who_comes_back_is_the_same_person_with_the_same_section(company: Company) -> None:
    company.scored()
    rated(company)
    imported(company, replace(record("ann", "max", 2), status=EmploymentStatus.TERMINATED), days=1)
    imported(company, record("ann", "max", 2), days=30)
    with company.deployment.database.reading() as session:
        names = [person.display_name for person in people.snapshot(session).employees]

    assert names.count("Ann") == 1
    company.scored(value="75.00", at=AT + 31 * DAY)
    assert company.section("ann").section.items[0].rating == 4


def test_a_reorganisation_leaves_what_was_handed_in_as_it_was(company: Company, move: Move) -> None:
    company.scored()
    before = submitted(company).section
    move("ann", "vera")
    company.scored(value="72.00", at=AT + DAY)

    after = company.section("ann").section
    assert (after.manager, after.department, after) == (company.ids["max"], "Customer Service", before)
    # The new line decides; nobody above Vera is left, so HR approves.
    assert owed(company, "hal") == [("Ann", "APPROVE")]


def test_a_job_without_customers_is_exempt_and_not_a_zero(company: Company) -> None:
    company.scored(absent=True)
    assert obstacles(company, "Ann") == [Obstacle.NO_FIGURE]

    out = done(stepped(company, exempt_section, "hal", reason=ExemptionReason.NO_CUSTOMER_DUTY, note="accounts"))
    assert (out.section.total, obstacles(company, "Ann")[-1]) == (None, Obstacle.EXEMPT)


def test_somebody_without_a_manager_is_pointed_out_and_rated_by_nobody(company: Company, move: Move) -> None:
    company.scored()
    move("ann", None)

    assert Obstacle.NO_MANAGER in obstacles(company, "Ann")
    for who in ("max", "dora", "hal"):
        assert ("Ann", "RATE") not in owed(company, who)


def test_a_reporting_loop_changes_nobody_s_manager(company: Company) -> None:
    company.scored()
    imported(company, record("dora", "ann", 2))

    assert company.section("ann", "max").allowed_actions == {Action.RATE}
    assert company.section("ann", "dora").section.employee == company.ids["ann"]


def test_data_that_come_late_are_told_and_do_not_move_a_final_section(company: Company) -> None:
    company.scored()
    final = finalised(company).section
    company.scored(value="40.00", at=AT + 20 * DAY)

    assert company.section("ann").section == final
    (notice,) = read_beside(
        company.deployment, get_section(company.deployment, company.principal("ann"), final.id, at=AT)
    ).corrections
    assert notice.band_changes


def test_a_newcomer_is_told_of_as_such_and_gets_no_number(company: Company) -> None:
    company.scored()
    imported(company, replace(record("eva", "max", 2), hire_date=date(2025, 12, 1)))
    assert Obstacle.NOT_SCORED in obstacles(company, "Eva")

    company.scored(absent=True, at=AT + DAY)
    before = company.section("ann").section
    assert (before.total, [item.rating for item in before.items]) == (None, [None] * len(before.items))
    assert Obstacle.NO_FIGURE in obstacles(company, "Ann")
    out = done(stepped(company, exempt_section, "hal", reason=ExemptionReason.NEW_HIRE, note=None))
    assert (out.section.state, out.section.total) == (SectionState.EXEMPT, None)


def test_two_jobs_are_one_section_in_which_both_managers_are_heard(company: Company) -> None:
    company.scored()
    other_job = ManagerReference(ExternalReference("hr:id", "vera"), ReportingKind.DOTTED)
    ann = record("ann", "max", 2)
    options = ImportOptions("hr", as_of=date(2025, 6, 1))
    read = ReadPeople((replace(ann, managers=(*ann.managers, other_job)),), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    with company.deployment.database.transaction() as session:
        cycles.save(session, replace(company.cycle, rules=CycleRules(dotted_parts=True)))
    company.scored(value="72.00", at=AT + DAY)

    with company.deployment.database.transaction() as session:
        hers = [one for one in sections.in_cycle(session, company.cycle.id) if one.employee == company.ids["ann"]]
    assert len(hers) == 1
    assert ("Ann", "RATE") in owed(company, "max")
    assert owed(company, "vera") == [("Ann", "GIVE_PART")]


def test_a_manager_who_is_back_goes_on_where_the_delegate_was(company: Company) -> None:
    company.scored()
    today = AT.date()
    wanted = Wanted(company.ids["ben"], today, today + 7 * DAY, may_submit=True)
    named = name_delegate(company.deployment, company.principal("max"), wanted, at=AT)
    assert isinstance(named, NamedDelegation)
    with company.deployment.database.reading() as session:
        ben = standing_in(session, company.principal("ben"), at=AT)
    before = company.section("ann").section
    item = before.items[0]
    by_ben = done(
        rate_item(company.deployment, ben, before.id, item.id, rating=4, comment="at once", reason=None,
                  expected_version=before.version, at=AT)
    )  # fmt: skip
    end_delegation(company.deployment, company.principal("max"), named.delegation.id, at=AT)

    with pytest.raises(NotFound):
        get_section(company.deployment, company.principal("ben"), before.id, at=AT + DAY)
    handed_in = done(
        submit_section(
            company.deployment, company.principal("max"), before.id, expected_version=by_ben.section.version, at=AT
        )
    )
    assert (handed_in.section.items[0].rating, handed_in.section.course.submitted_by) == (4, company.ids["max"])


def test_hr_hands_in_what_nobody_reviewed_as_provisional(company: Company) -> None:
    levelled = replace(estimate(), level=4)
    company.scored(figure=levelled)
    early = stepped(company, hand_in_unreviewed, "hal", reason="Max is away")
    with company.deployment.database.transaction() as session:
        cycles.save(session, replace(company.cycle, rules=CycleRules(rate_by=AT.date() - DAY)))
    with pytest.raises(Forbidden):
        stepped(company, hand_in_unreviewed, "dora", reason="Max is away")
    after = done(stepped(company, hand_in_unreviewed, "hal", reason="Max is away"))

    assert isinstance(early, Refusal)
    assert after.handed_in == HandedIn("Hal", None, "Max is away", (SATISFACTION,))
    assert company.section("ann").section.items[0].rating == 4
    done(stepped(company, approve_section, "dora"))
    done(stepped(company, share_section, "hal"))
    done(stepped(company, acknowledge_section, "ann", stance=Stance.SEEN_NOT_AGREE, comment=None))
    final = done(stepped(company, finalise_section, "hal", reason="all seen")).section
    with company.deployment.database.reading() as session:
        assert finished(session, [final.id])[final.id].section.is_unreviewed


def test_moving_the_days_of_a_cycle_leaves_frozen_evidence_as_it_was(company: Company) -> None:
    company.scored()
    frozen = submitted(company).section
    ben = company.section("ben").section
    days = Period(date(2025, 4, 1), date(2026, 4, 1))
    moved = move_cycle(
        company.deployment,
        company.principal("hal"),
        company.cycle.id,
        period=days,
        expected_state=CycleState.OPEN,
        at=AT,
    )
    assert isinstance(moved, Cycle)
    run = replace(company, cycle=moved).scored(value="40.00", at=AT + DAY)

    assert run.manifest is not None
    assert (run.manifest.cycle_start, run.manifest.cycle_end) == (days.start, days.end)
    after = company.section("ann")
    assert after.section == frozen
    # Other days are no correction of the old ones.
    assert read_beside(company.deployment, after).corrections == ()
    now = company.section("ben").section
    assert (ben.run != run.id, now.run, now.items[0].result) == (True, run.id, estimate("40.00"))
