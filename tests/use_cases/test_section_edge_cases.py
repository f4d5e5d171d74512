"""What happens in a year: people change managers, go on leave, leave, come back; late data; each case with its rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.use_cases.conftest import AT, Company, done, finalised, rated, record, shared, stepped, submitted

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import PeopleRecord
from appraise.domain.access import may_sign_in
from appraise.domain.employees import EmploymentStatus
from appraise.domain.readiness import Obstacle
from appraise.domain.section_course import ExemptionReason
from appraise.domain.section_states import Action, SectionState
from appraise.errors import NotFound
from appraise.storage import people
from appraise.use_cases.end_exemption import end_exemption
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_readiness import read_readiness
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.submit_section import submit_section

DAY = timedelta(days=1)
Move = Callable[[str, str | None], None]


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
