"""The figure of the cycle before beside one of today: whose, which, and what the audit log keeps of it."""

from dataclasses import replace
from datetime import date

import pytest
from tests.use_cases.conftest import AT, Company, done, stepped
from tests.use_cases.test_read_change import scored as scored_by

from appraise.domain.access import Embedded, Principal
from appraise.domain.cycles import CycleState
from appraise.domain.indicators import SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.storage import audit, cycles
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_earlier import Earlier, read_earlier
from appraise.use_cases.void_section import void_section


def scored(company: Company, name: str, year: int, value: str) -> Company:
    period = Period(date(year, 1, 1), date(year + 1, 1, 1))
    found = replace(company, cycle=open_cycle(company.deployment, name, period, at=AT))
    found.scored(value=value)
    return found


@pytest.fixture
def before(company: Company) -> Company:
    """Of 2024; 2023 was scored, too, and the cycle of today is 2025."""
    company.scored(value="71.25")
    scored(company, "2023", 2023, "60.00")
    return scored(company, "2024", 2024, "66.00")


def earlier(company: Company, principal: Principal) -> Earlier | None:
    return read_earlier(company.deployment, principal, company.section("ann").section, at=AT)


def told(company: Company, who: str) -> list[tuple[str, str]]:
    found = earlier(company, company.principal(who))
    return [] if found is None else [(found.cycle_name, str(found.figures[SATISFACTION].value))]


def reads(company: Company) -> list[str]:
    with company.deployment.database.reading() as session:
        return [one.actor for one in audit.entries(session) if one.action == "section.read"]


def test_it_is_of_the_latest_cycle_that_was_over_for_whoever_reads_that_section(
    company: Company, before: Company
) -> None:
    assert [told(company, who) for who in ("ann", "max", "dora", "hal")] == [[("2024", "66.00")]] * 4
    assert told(company, "ben") == []
    section = company.section("ann").section
    framed = replace(company.principal("max"), embedded=Embedded(section.id, section.employee, "hris"))
    assert earlier(company, framed) is None
    assert told(before, "max") == [("2023", "60.00")]


def test_somebody_elses_leaves_a_line_as_its_section_does(company: Company, before: Company) -> None:
    section = company.section("ann").section

    def lines(who: str) -> int:
        count = len(reads(company))
        read_earlier(company.deployment, company.principal(who), section, at=AT)
        return len(reads(company)) - count

    assert [lines(who) for who in ("ann", "max")] == [0, 1]


def test_what_was_called_off_or_made_in_error_or_measured_otherwise_is_not_held_beside(
    company: Company, before: Company
) -> None:
    done(stepped(before, void_section, "hal", reason="twice"))
    assert [told(company, who) for who in ("max", "hal")] == [[("2023", "60.00")]] * 2
    others = replace(
        DEFAULT_POLICY,
        indicators=tuple(
            (key, replace(one, case_mix=()) if key == SATISFACTION else one) for key, one in DEFAULT_POLICY.indicators
        ),
    )
    scored_by(company, company.cycle, policy=others)
    found = earlier(company, company.principal("max"))
    assert found is not None
    assert SATISFACTION not in found.figures
    with company.deployment.database.transaction() as session:
        (first,) = [cycle for cycle in cycles.all_of_them(session) if cycle.name == "2023"]
        cycles.save(session, replace(first, state=CycleState.CANCELLED))
    assert earlier(company, company.principal("max")) is None
