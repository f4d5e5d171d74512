"""How far levels depend on weights: by hand where figures are known exactly, and against scoring with other weights."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.domain.test_explanations import SATISFIED

from appraise.domain.employees import Employee
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Coverage
from appraise.scoring.findings import Findings, Measured, Results
from appraise.scoring.run import Measurement
from appraise.scoring.sensitivity import WeightShift, weight_shifts
from appraise.scoring.together import composites

EMPLOYEES, OPPOSED = 100, 20


def policy(**weights: float) -> Policy:
    indicators = tuple((IndicatorKey(key), replace(DEFAULT_POLICY.of(key), weight=w)) for key, w in weights.items())
    return replace(DEFAULT_POLICY, indicators=indicators, attributable_share=1.0)


def measured(first: np.ndarray, second: np.ndarray) -> Measurement:
    """Two indicators in sds between employees, known nearly exactly."""
    people = tuple(Employee(EmployeeId(f"{at:03}"), "Somebody") for at in range(len(first)))
    findings = {}
    for key, deviation in ((SATISFACTION, first), (REPEAT_PURCHASE, second)):
        nothing = Absence(key, AbsenceKind.NOT_OBSERVED, "none")
        said = {at: replace(SATISFIED, indicator=key) for at in range(len(first))}
        found = Results(said, Measured(range(len(first)), deviation, np.full(len(first), 1e-4)))
        findings[key] = Findings(found, nothing, Coverage(key, Decimal(0), Decimal(0)))
    return Measurement(people, findings, {}, frozenset(one.id for one in people))


def opposed() -> Measurement:
    """Four in five are as far off by both indicators; of the others one makes up for the other at equal weights."""
    both = np.where(np.arange(EMPLOYEES) % 2 == 0, 1.0, -1.0)
    other = np.where(np.arange(EMPLOYEES) < OPPOSED, -both, both)
    return measured(both, other)


def test_whom_the_weights_decide_about_changes_level_and_nobody_else() -> None:
    found = weight_shifts(opposed(), policy(satisfaction=0.5, repeat_purchase=0.5))

    assert found == tuple(
        WeightShift(key, 0.5, moved, compared=EMPLOYEES, changed=OPPOSED)
        for key in (SATISFACTION, REPEAT_PURCHASE)
        for moved in (0.6, 0.4)
    )


def test_weights_decide_nothing_where_indicators_agree_and_move_no_further_than_they_can() -> None:
    both = np.where(np.arange(40) % 2 == 0, 1.0, -1.0)

    found = weight_shifts(measured(both, both), policy(satisfaction=0.95, repeat_purchase=0.05))

    assert [(one.indicator, one.weight, one.moved_to) for one in found] == [
        (SATISFACTION, 0.95, 1.0),
        (SATISFACTION, 0.95, pytest.approx(0.85)),
        (REPEAT_PURCHASE, 0.05, pytest.approx(0.15)),
        (REPEAT_PURCHASE, 0.05, 0.0),
    ]
    assert {(one.compared, one.changed) for one in found} == {(40, 0)}


def test_of_one_indicator_there_is_no_weight_to_move() -> None:
    assert weight_shifts(opposed(), policy(satisfaction=1.0)) == ()


def test_whoever_was_not_in_service_is_not_counted() -> None:
    everybody = opposed()
    staying = replace(everybody, serving=frozenset(one.id for one in everybody.employees[OPPOSED:]))

    found = weight_shifts(staying, policy(satisfaction=0.5, repeat_purchase=0.5))

    assert {(one.compared, one.changed) for one in found} == {(EMPLOYEES - OPPOSED, 0)}


def test_a_moved_weight_counts_as_scoring_with_the_other_weights_does() -> None:
    """Composites by policies that say the moved weights themselves."""
    random = np.random.default_rng(4)
    first, second = random.normal(0, 1, 60), random.normal(0, 1, 60)
    everybody = measured(first, second)
    first_policy = policy(satisfaction=0.4, repeat_purchase=0.6)

    def levels(by: Policy) -> list[int | None]:
        said = composites(everybody.findings, by, shares={}, errors={}).said
        return [one.level if isinstance(one, Composite) else None for one in said.values()]

    expected = [
        sum(one != other for one, other in zip(levels(first_policy), levels(policy(**by)), strict=True))
        for by in (
            {"satisfaction": 0.5, "repeat_purchase": 0.5},
            {"satisfaction": 0.3, "repeat_purchase": 0.7},
            {"satisfaction": 0.3, "repeat_purchase": 0.7},
            {"satisfaction": 0.5, "repeat_purchase": 0.5},
        )
    ]

    assert [one.changed for one in weight_shifts(everybody, first_policy)] == expected
    assert min(expected) > 0
