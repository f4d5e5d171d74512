"""What was shared stands: the cycle's rules and the cycle itself; and what was reopened after its end comes to an end."""

from dataclasses import replace
from decimal import Decimal

from tests.use_cases.conftest import AT, Company, done, finalised, rated, shared, stepped

from appraise.domain.access import Principal, Role
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.host_scale import HostScale
from appraise.domain.section_course import ExemptionReason, ReopeningReason
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal
from appraise.storage import cycles
from appraise.use_cases.calibration_change import lock_calibration, open_calibration
from appraise.use_cases.cancel_cycle import cancel_cycle
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.propose_reopening import propose_reopening
from appraise.use_cases.reopen_section import reopen_section
from appraise.use_cases.set_cycle_rules import set_cycle_rules
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_section import submit_section

TEN = HostScale(Decimal(0), Decimal(10), Decimal(1))


def ruled(company: Company, rules: CycleRules) -> Cycle | Refusal:
    hal = company.principal("hal")
    return set_cycle_rules(
        company.deployment, hal, company.cycle.id, rules=rules, expected_state=CycleState.OPEN, at=AT
    )


def cancelled(company: Company) -> Cycle | Refusal:
    hal = company.principal("hal")
    return cancel_cycle(
        company.deployment, hal, company.cycle.id, reason="merged", expected_state=CycleState.OPEN, at=AT
    )


def reopened(company: Company) -> None:
    done(stepped(company, propose_reopening, "hal", reason=ReopeningReason.ERROR, note="wrong"))
    section = company.section("ann").section
    second = Principal("Vera", company.ids["vera"], frozenset({Role.HR_ADMINISTRATOR}))
    done(reopen_section(company.deployment, second, section.id, expected_version=section.version, at=AT))


def test_an_open_cycle_keeps_what_an_employee_was_told(company: Company) -> None:
    company.scored()
    assert isinstance(ruled(company, CycleRules(host_scale=TEN)), Cycle)
    shared(company)
    kept = CycleRules(host_scale=TEN, dotted_parts=True)

    for rules in (
        CycleRules(),
        CycleRules(response_days=1, host_scale=TEN),
        CycleRules(most_disputes=0, host_scale=TEN),
    ):
        assert isinstance(ruled(company, rules), Refusal)
    refused = cancelled(company)
    assert isinstance(refused, Refusal)
    assert refused.message.startswith("1 section was shared with employees")
    assert isinstance(told := ruled(company, kept), Cycle)
    assert told.rules == kept


def test_a_section_that_is_revised_was_told_before(company: Company) -> None:
    company.scored()
    finalised(company)
    reopened(company)

    assert company.section("ann").section.course.shared_at is None
    assert isinstance(cancelled(company), Refusal)


def test_what_is_reopened_in_a_closed_cycle_is_calibrated_again(company: Company) -> None:
    company.scored()
    finalised(company)
    for name in ("ben", "max"):
        done(stepped(company, exempt_section, "hal", of=name, reason=ExemptionReason.LEGAL, note=None))
    with company.deployment.database.transaction() as session:
        closed = replace(company.cycle, state=CycleState.CLOSED, rules=CycleRules(calibrates=True))
        cycles.save(session, closed)
    reopened(company)
    done(rated(company, rating=3))
    section = done(stepped(company, submit_section, "max")).section
    hal = company.principal("hal")
    held = open_calibration(company.deployment, hal, company.cycle.id, name="Again", section_ids=[section.id], at=AT)
    assert not isinstance(held, Refusal)
    lock_calibration(company.deployment, hal, held.id, at=AT)
    done(stepped(company, share_section, "hal"))

    assert company.section("ann").section.state is SectionState.SHARED
