"""Who has to do what, what time does by itself, and who has read a section, on both kinds of database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.use_cases.conftest import AT, Company, done, estimate, finalised, rated, record, shared, stepped, submitted

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Role
from appraise.domain.cycles import CycleRules
from appraise.domain.disputes import DisputeKind, DisputeState
from appraise.domain.employees import EmploymentStatus
from appraise.domain.section_course import ReopeningReason, Stance
from appraise.domain.section_states import Action, SectionState
from appraise.errors import Forbidden
from appraise.storage import cycles, outbox
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_readers import read_readers
from appraise.use_cases.read_sections import get_section
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.release_section import release_section
from appraise.use_cases.run_clocks import Rung, run_clocks
from appraise.use_cases.share_section import share_section
from appraise.use_cases.verify_audit import verify_audit
from appraise.use_cases.withdraw_reopening import withdraw_reopening

DAY = timedelta(days=1)
DOES = {
    "RATE": Action.RATE,
    "ASSESS_SELF": Action.ASSESS_SELF,
    "HAND_IN_UNREVIEWED": Action.HAND_IN_UNREVIEWED,
    "APPROVE": Action.APPROVE,
    "RELEASE": Action.RELEASE,
    "SHARE": Action.SHARE,
    "ANSWER": Action.ACKNOWLEDGE,
    "DECIDE_DISPUTE": Action.DECIDE_DISPUTE,
    "DECIDE_CORRECTION": Action.PROPOSE_REOPENING,
    "REOPEN": Action.REOPEN,
}


def tasks(company: Company, who: str) -> list[str]:
    """Of Ann's section; each of them must be something that its owner can do."""
    found = [
        named for named in read_tasks(company.deployment, company.principal(who), at=AT) if named.subject_name == "Ann"
    ]
    allowed = company.section("ann", who).allowed_actions if found else frozenset()
    assert {DOES[named.task.kind] for named in found if named.task.kind != "SEE_TO_IT"} <= allowed
    return [named.task.kind.value for named in found]


def everybody(company: Company) -> dict[str, list[str]]:
    return {who: owed for who in ("ann", "max", "dora", "hal", "vera", "otto") if (owed := tasks(company, who))}


def test_the_next_thing_to_do_is_always_with_somebody(company: Company) -> None:
    company.scored()
    assert everybody(company) == {"ann": ["ASSESS_SELF"], "max": ["RATE"]}
    submitted(company)
    assert everybody(company) == {"dora": ["APPROVE"]}
    done(stepped(company, approve_section, "dora"))
    assert everybody(company) == {"hal": ["RELEASE"]}
    done(stepped(company, release_section, "hal"))
    assert everybody(company) == {"max": ["SHARE"]}
    done(stepped(company, share_section, "max"))
    assert everybody(company) == {"ann": ["ANSWER"]}


def test_decisions_wait_with_whoever_can_take_them(company: Company) -> None:
    company.scored()
    section = shared(company).section
    done(
        file_dispute(
            company.deployment,
            company.principal("ann"),
            section.id,
            section.items[0].id,
            kind=DisputeKind.RATING,
            evidence=None,
            comment="x",
            expected_version=section.version,
            at=AT,
        )
    )

    assert everybody(company) == {"dora": ["DECIDE_DISPUTE"]}
    assert run_clocks(company.deployment, at=AT + 14 * DAY) == Rung(0, 0, 0)
    assert run_clocks(company.deployment, at=AT + 15 * DAY) == Rung(0, 1, 0)
    beside = read_beside(
        company.deployment, get_section(company.deployment, company.principal("ann"), section.id, at=AT)
    )
    assert [one.state for one in beside.disputes] == [DisputeState.EXPIRED]
    assert company.section("ann").section.state is SectionState.SHARED
    assert verify_audit(company.deployment).first_break is None


def test_what_is_late_is_told_further_up_and_to_hr_where_it_can_be_handed_in(company: Company) -> None:
    company.scored()
    with company.deployment.database.transaction() as session:
        cycles.save(session, replace(company.cycle, rules=CycleRules(rate_by=AT.date() - DAY)))
    late = {"ann": ["ASSESS_SELF"], "max": ["RATE"], "dora": ["SEE_TO_IT"]}
    assert everybody(company) == late  # no figure has a level
    company.scored(figure=replace(estimate(), level=4))
    assert everybody(company) == late | {"hal": ["HAND_IN_UNREVIEWED"]}
    company.scored()
    rated(company)
    assert everybody(company) == late | {"hal": ["HAND_IN_UNREVIEWED"]}


def test_corrections_and_reopenings_wait_with_hr(company: Company) -> None:
    company.scored()
    finalised(company)
    assert everybody(company) == {}
    company.scored(value="95.00", at=AT)
    assert everybody(company) == {"hal": ["DECIDE_CORRECTION"]}
    done(stepped(company, propose_reopening, "hal", reason=ReopeningReason.CORRECTION, note="new data"))
    assert everybody(company) == {}  # the one who proposed waits for another
    done(stepped(company, withdraw_reopening, "hal", reason="looked at again"))
    assert everybody(company) == {"hal": ["DECIDE_CORRECTION"]}


@pytest.mark.parametrize(("days", "finalised_then"), [(14, 0), (15, 1)])
def test_who_does_not_answer_in_time_has_not_agreed(company: Company, days: int, finalised_then: int) -> None:
    company.scored()
    shared(company)

    assert run_clocks(company.deployment, at=AT + days * DAY).finalised == finalised_then
    answer = company.section("ann").section.course.acknowledgement
    assert (None if answer is None else answer.stance) == (Stance.NO_RESPONSE if finalised_then else None)


def test_an_answer_makes_it_final_when_the_clock_comes_by_and_once(company: Company) -> None:
    company.scored()
    shared(company)
    done(stepped(company, acknowledge_section, "ann", stance=Stance.AGREE, comment=None))

    assert [run_clocks(company.deployment, at=AT).finalised for _ in range(2)] == [1, 0]
    section = company.section("ann").section
    assert (section.state, section.course.acknowledgement and section.course.acknowledgement.stance) == (
        SectionState.FINALISED,
        Stance.AGREE,
    )


def test_the_clock_stands_still_while_the_employee_is_on_leave(company: Company) -> None:
    company.scored()
    shared(company)
    away = replace(record("ann", "max", 2), status=EmploymentStatus.LEAVE)
    options = ImportOptions("hr", as_of=(AT + 2 * DAY).date())
    reconcile_people(
        company.deployment,
        ReadPeople((away,), (), complete=False),
        options,
        file="people.csv",
        at=AT + 2 * DAY,
        dry_run=False,
    )

    assert company.section("ann").respond_by is None
    assert run_clocks(company.deployment, at=AT + 60 * DAY).finalised == 0


def test_reminders_go_to_those_who_have_something_to_do_and_once(company: Company) -> None:
    company.scored()
    for who in ("hal", "vera"):
        grant_role(company.deployment, company.ids[who], Role.HR_ADMINISTRATOR, at=AT, by="test")
    rated(company)
    with company.deployment.database.transaction() as session:
        cycle = cycles.get(session, company.cycle.id)
        cycles.save(session, replace(cycle, rules=CycleRules(rate_by=date(2026, 3, 31))))

    told = {days: run_clocks(company.deployment, at=AT + days * DAY).reminded for days in (0, 1, 20, 27, 29, 30, 31)}
    again = run_clocks(company.deployment, at=AT).reminded
    with company.deployment.database.reading() as session:
        notices = [one.facts for one in outbox.since(session, AT) if one.notice == "task.due"]

    # Three sections: the manager of each, and the employee's own view; 31 March is 30, 10, 3 days and 1 day away.
    assert told == {0: 6, 1: 0, 20: 6, 27: 6, 29: 6, 30: 0, 31: 0}
    assert (again, len(notices)) == (0, 24)
    assert {(one["task"], one["daysLeft"]) for one in notices} == {
        (task, days) for task in ("RATE", "ASSESS_SELF") for days in (30, 10, 3, 1)
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where one writes at a time
def test_clocks_that_have_nothing_to_do_keep_nobody_from_writing(company: Company) -> None:
    company.scored()

    with company.deployment.database.transaction():  # somebody writes
        assert run_clocks(company.deployment, at=AT) == Rung(0, 0, 0)


def test_an_employee_sees_who_has_read_their_section_and_nobody_else_does(company: Company) -> None:
    company.scored()
    section = company.section("ann", "max").section
    company.section("ann", "max")
    company.section("ann", "ann")

    readers = read_readers(company.deployment, company.principal("ann"), section.id, at=AT)

    assert [(reader.name, reader.times, reader.through) for reader in readers] == [("Max", 2, None)]
    assert len(read_readers(company.deployment, company.principal("otto"), section.id, at=AT)) == 1
    with pytest.raises(Forbidden, match="for its employee and for auditors"):
        read_readers(company.deployment, company.principal("max"), section.id, at=AT)
