"""Who reads whose change between two cycles, what is refused, and what the audit log keeps of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.use_cases.conftest import AT, Company, absence, estimate, submitted

from appraise.domain.access import Principal
from appraise.domain.changes import Change, Changes, PopulationChange
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId
from appraise.domain.indicators import ATTRITION, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.policy_documents import policy_hash
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Manifest, Scorecard, ScoringResult
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_change import list_changes, read_change
from appraise.use_cases.store_scores import store_scores

VALUES = {"dora": 70, "max": 74, "ann": 66, "ben": 72, "hal": 69, "vera": 75, "otto": 71}
COMPARED = [SATISFACTION, ATTRITION]


def scored(
    company: Company, cycle: Cycle, *, rise: int = 0, without: str | None = None, policy: Policy = DEFAULT_POLICY
) -> None:
    """`without` gets no scorecard at all."""
    results: dict[str, Estimate | Absence] = {name: estimate(str(value + rise)) for name, value in VALUES.items()}
    cards = tuple(
        Scorecard(company.ids[name], (result, absence())) for name, result in results.items() if name != without
    )
    manifest = Manifest("test", policy_hash(policy), "q" * 64, (), cycle.period.start, AT.date(), AT.date())
    store_scores(
        company.deployment,
        cycle,
        ScoringResult(cards, (), manifest),
        policy,
        scored=PeopleSnapshot((), (), ()),
        started_at=AT,
        at=AT,
    )


@pytest.fixture
def earlier(company: Company) -> Cycle:
    return open_cycle(company.deployment, "2024", Period(date(2024, 1, 1), date(2025, 1, 1)), at=AT)


@pytest.fixture
def both(company: Company, earlier: Cycle) -> tuple[CycleId, CycleId]:
    scored(company, earlier)
    scored(company, company.cycle, rise=5)
    return earlier.id, company.cycle.id


def names(changes: Changes) -> list[str]:
    return [one.name for one in changes.employees]


def of(changes: Changes, indicator: str, row: int = 0) -> Change | Absence:
    return next(result for result in changes.employees[row].results if result.indicator == indicator)


def lines(company: Company, name: str) -> list[tuple[str, str]]:
    section = company.section(name).section.id
    with company.deployment.database.reading() as session:
        found = audit.about(session, f"section:{section}")
    return [(entry.actor, entry.action) for entry in found if entry.action == "change.read"]


def test_one_employees_change_is_told_with_what_became_of_all(company: Company, both: tuple[CycleId, CycleId]) -> None:
    changes = read_change(company.deployment, company.principal("ann"), company.ids["ann"], *both, at=AT)
    change = of(changes, SATISFACTION)

    assert isinstance(change, Change)
    assert (change.unshrunk, change.is_improved) == (Decimal(5), None)  # an error of 4.25 in each
    assert float(change.value) == pytest.approx(5, abs=1e-4)  # everybody moved by 5, with equal errors
    population = next(one for one in changes.population if one.indicator == SATISFACTION)
    assert isinstance(population, PopulationChange)
    assert (population.employees, float(population.change)) == (7, pytest.approx(5, abs=1e-4))
    assert of(changes, ATTRITION) == Absence(
        ATTRITION, AbsenceKind.NOT_OBSERVED, "there is no figure for 2024: no customer is owned by this employee"
    )


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("ann", ["Ann"]),
        ("max", ["Ann", "Ben", "Max"]),
        ("dora", ["Ann", "Ben", "Dora", "Max"]),
        ("hal", ["Ann", "Ben", "Dora", "Hal", "Max", "Otto", "Vera"]),
        ("otto", ["Ann", "Ben", "Dora", "Hal", "Max", "Otto", "Vera"]),
        ("vera", ["Vera"]),
    ],
)
def test_a_table_holds_by_name_those_whose_sections_are_the_principals_to_see(
    company: Company, both: tuple[CycleId, CycleId], name: str, reached: list[str]
) -> None:
    principal = company.principal(name)
    changes = list_changes(company.deployment, principal, *both, at=AT)

    assert names(changes) == reached
    for other, key in company.ids.items():
        if other.title() in reached:
            one = read_change(company.deployment, principal, key, *both, at=AT)
            assert one.employees == tuple(row for row in changes.employees if row.employee == key)
        else:
            with pytest.raises(NotFound, match="not yours to see"):
                read_change(company.deployment, principal, key, *both, at=AT)


def test_whoever_reaches_one_section_only_learns_no_more_than_of_somebody_without_the_other(
    company: Company, both: tuple[CycleId, CycleId]
) -> None:
    """An executive reads sections once they are handed in: Ann's of 2025 is, that of 2024 is not."""
    submitted(company)
    vera = company.principal("vera")
    changes = read_change(company.deployment, vera, company.ids["ann"], *both, at=AT)

    reason = "there is no section for 2024 to compare with, or it is not yours to see"
    assert of(changes, SATISFACTION) == Absence(SATISFACTION, AbsenceKind.NOT_OBSERVED, reason)


def test_an_employee_who_was_not_there_before_gets_the_same_answer(company: Company, earlier: Cycle) -> None:
    scored(company, earlier, without="ann")
    scored(company, company.cycle)
    cycles = earlier.id, company.cycle.id
    changes = read_change(company.deployment, company.principal("hal"), company.ids["ann"], *cycles, at=AT)

    reason = "there is no section for 2024 to compare with, or it is not yours to see"
    assert of(changes, SATISFACTION) == Absence(SATISFACTION, AbsenceKind.NOT_OBSERVED, reason)


def test_reading_somebody_elses_change_is_audited_and_ones_own_and_tables_are_not(
    company: Company, both: tuple[CycleId, CycleId]
) -> None:
    for name in ("ann", "max"):
        read_change(company.deployment, company.principal(name), company.ids["ann"], *both, at=AT)
    list_changes(company.deployment, company.principal("hal"), *both, at=AT)

    assert lines(company, "ann") == [(f"employee:{company.ids['max']}", "change.read")]


def test_a_policy_that_differs_for_one_indicator_refuses_that_one(company: Company, earlier: Cycle) -> None:
    rules = tuple(
        (key, replace(one, case_mix=("channel",)) if key == ATTRITION else one)
        for key, one in DEFAULT_POLICY.indicators
    )
    scored(company, earlier, policy=replace(DEFAULT_POLICY, indicators=rules))
    scored(company, company.cycle)
    changes = list_changes(company.deployment, company.principal("hal"), earlier.id, company.cycle.id, at=AT)
    refused = of(changes, ATTRITION)

    assert isinstance(of(changes, SATISFACTION), Change)
    assert isinstance(refused, Absence)
    assert refused.kind is AbsenceKind.EXCLUDED
    assert "case mix (channel in 2024, segment, product in 2025)" in refused.reason
    assert refused in changes.population


def test_overlapping_and_unscored_and_unknown_cycles_are_refused(company: Company, earlier: Cycle) -> None:
    hal: Principal = company.principal("hal")
    half = open_cycle(company.deployment, "H2", Period(date(2024, 7, 1), date(2025, 2, 1)), at=AT)
    with pytest.raises(InvalidInput, match="overlap"):
        list_changes(company.deployment, hal, half.id, company.cycle.id, at=AT)
    with pytest.raises(NotFound, match="2024 has not been scored"):
        list_changes(company.deployment, hal, earlier.id, company.cycle.id, at=AT)
    with pytest.raises(NotFound, match="no such cycle"):
        list_changes(company.deployment, hal, CycleId("nowhere"), company.cycle.id, at=AT)
