"""Whether chance does the same to several indicators, from what is left over by customer."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
import pytest
from tests.domain.test_explanations import SATISFIED
from tests.scoring.conftest import AS_OF, CYCLE
from tests.scoring.test_lists import MANIFEST
from tests.scoring.test_run import TEAM, served

from appraise.domain.employees import Employee
from appraise.domain.events import EventKind
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.progress import silent
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Coverage
from appraise.scoring.error_correlations import as_matrix, with_error_correlations
from appraise.scoring.findings import Findings, Measured, Results
from appraise.scoring.indicator import Shared
from appraise.scoring.run import Measurement, concluded, measure
from appraise.scoring.satisfaction import satisfaction
from appraise.statistics.composite import pool

Left = list[tuple[int, int, str]]


def findings(key: IndicatorKey, left: Left | None) -> Findings:
    table = None
    if left is not None:
        employee, customer, residual = zip(*left, strict=True)
        rows = {"employee": employee, "customer": customer, "residual": [Decimal(one) for one in residual]}
        table = ibis.memtable(rows, schema={"employee": "int64", "customer": "int64", "residual": "decimal(38, 12)"})
    results = Results({}, Measured([0, 1], np.zeros(2), np.ones(2), residuals=table))
    nothing = Absence(key, AbsenceKind.NOT_OBSERVED, "none")
    return Findings(results, nothing, Coverage(key, Decimal(0), Decimal(0)))


def test_of_the_same_employee_and_customer_what_is_left_over_goes_together() -> None:
    """Products of the shared: 1·2 + (−2)·(−1); squares 1 + 4 + 4 and 4 + 1 + 16.

    Customer 7 of another employee counts apart.
    """
    told, errors = with_error_correlations(
        {
            REPEAT_PURCHASE: findings(REPEAT_PURCHASE, [(0, 7, "1"), (0, 8, "-2"), (1, 9, "2")]),
            LIFETIME_VALUE: findings(LIFETIME_VALUE, [(0, 7, "2"), (0, 8, "-1"), (1, 7, "4")]),
        },
        [REPEAT_PURCHASE, LIFETIME_VALUE],
    )

    assert errors == {(REPEAT_PURCHASE, LIFETIME_VALUE): pytest.approx(4 / (9 * 21) ** 0.5, rel=1e-12)}
    assert told[REPEAT_PURCHASE].coverage.notes == ()
    assert told[LIFETIME_VALUE].coverage.notes == (
        (
            "What chance does to lifetime value goes together with what it does to repeat purchases (correlation 0.29): both "
            "tell of the same customers. Figures of all indicators together allow for it."
        ),
    )


def test_more_losses_by_chance_count_as_fewer_purchases_do() -> None:
    """Customers who happen to leave and not to buy make their employee look worse by both: r = +1, not −1."""
    told, errors = with_error_correlations(
        {
            REPEAT_PURCHASE: findings(REPEAT_PURCHASE, [(0, 7, "-1"), (0, 8, "2")]),
            ATTRITION: findings(ATTRITION, [(0, 7, "1"), (0, 8, "-2")]),
            LIFETIME_VALUE: findings(LIFETIME_VALUE, [(0, 7, "1"), (0, 8, "-2")]),
        },
        [REPEAT_PURCHASE, ATTRITION, LIFETIME_VALUE],
    )

    assert errors == {
        (REPEAT_PURCHASE, ATTRITION): pytest.approx(1.0),
        (REPEAT_PURCHASE, LIFETIME_VALUE): pytest.approx(-1.0),
        (ATTRITION, LIFETIME_VALUE): pytest.approx(-1.0),
    }
    notes = told[LIFETIME_VALUE].coverage.notes
    assert [" goes against what it does to " in note and "(correlation -1.00)" in note for note in notes] == [
        True,
        True,
    ]
    assert " goes together with " in told[ATTRITION].coverage.notes[0]


def test_what_weighs_nothing_or_keeps_nothing_goes_with_no_other() -> None:
    found = {
        SATISFACTION: findings(SATISFACTION, None),
        REPEAT_PURCHASE: findings(REPEAT_PURCHASE, [(0, 7, "1")]),
        LIFETIME_VALUE: findings(LIFETIME_VALUE, [(0, 7, "1")]),
    }

    assert with_error_correlations(found, [SATISFACTION, REPEAT_PURCHASE]) == (found, {})
    nobody = {**found, LIFETIME_VALUE: replace(found[LIFETIME_VALUE], results=Results())}
    assert with_error_correlations(nobody, list(nobody)) == (nobody, {})


def test_a_matrix_has_every_pair_whichever_way_it_is_asked() -> None:
    errors = {(REPEAT_PURCHASE, LIFETIME_VALUE): 0.5}

    assert as_matrix(errors, [LIFETIME_VALUE, SATISFACTION, REPEAT_PURCHASE]).tolist() == [
        [1.0, 0.0, 0.5],
        [0.0, 1.0, 0.0],
        [0.5, 0.0, 1.0],
    ]


def test_what_is_left_of_answers_is_what_least_squares_leaves(world: Any, only: Any) -> None:
    """Own mean and topic of each employee, each customer once per employee, by NumPy's lstsq over dummies."""
    served(world.team(*TEAM))
    left = satisfaction(Shared(world.prepared()), only(SATISFACTION, case_mix=("channel",))).results.measured.residuals
    found = {(row["employee"], row["customer"]): float(row["residual"]) for row in left.to_pyarrow().to_pylist()}

    contacts = {row["event_id"]: row for row in world.rows[EventKind.CONTACTS]}
    ratings = [(row, contacts[row["contact_id"]]) for row in world.rows[EventKind.RATINGS]]
    employee = np.array([TEAM.index(contact["employee_key"]) for _, contact in ratings])
    customer = np.array([int(contact["customer_key"]) for _, contact in ratings])
    pair = employee * 1_000 + customer
    weight = 1.0 / np.array([np.sum(pair == one) for one in pair])
    y = np.array([25.0 * (float(rating["score"]) - 1.0) for rating, _ in ratings])
    phone = np.array([contact["channel"] == "phone" for _, contact in ratings])
    x = np.column_stack([np.eye(len(TEAM))[employee], phone]) * np.sqrt(weight)[:, None]
    residual = weight * y - np.sqrt(weight) * (x @ np.linalg.lstsq(x, np.sqrt(weight) * y, rcond=None)[0])
    expected = np.bincount(pair, residual)

    assert len(found) == len(set(pair.tolist()))
    by_employee = [sorted(found[key] for key in found if key[0] == e) for e in range(len(TEAM))]
    other = [sorted(expected[one] for one in set(pair[employee == e].tolist())) for e in range(len(TEAM))]
    for own, independent in zip(by_employee, other, strict=True):
        assert own == pytest.approx(independent, abs=1e-6)


def test_a_run_finds_the_correlation_that_its_residuals_have(world: Any, lenient: Policy) -> None:
    """By NumPy over the union of both tables' employees and customers."""
    served(world.team(*TEAM))
    found = measure(world.tables(), world.people(), lenient, CYCLE, data_as_of=AS_OF, progress=silent)
    left = [
        {(row["employee"], row["customer"]): float(row["residual"]) for row in table.to_pyarrow().to_pylist()}
        for table in (found.findings[key].results.measured.residuals for key in (SATISFACTION, REPEAT_PURCHASE))
    ]
    first, second = (np.array([one.get(at, 0.0) for at in sorted({*left[0], *left[1]})]) for one in left)

    expected = first @ second / np.sqrt((first @ first) * (second @ second))
    assert found.errors == {(SATISFACTION, REPEAT_PURCHASE): pytest.approx(expected, abs=1e-9)}
    assert abs(expected) > 1e-5  # far from the tolerance


def test_a_run_puts_indicators_together_by_what_their_errors_share() -> None:
    random = np.random.default_rng(5)
    shared = {(SATISFACTION, REPEAT_PURCHASE): 0.8}
    deviation = random.normal(0.0, 1.0, (60, 2)) + random.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 60)
    people = tuple(Employee(EmployeeId(f"{at:03}"), "Somebody") for at in range(60))
    known = {}
    for column, key in enumerate((SATISFACTION, REPEAT_PURCHASE)):
        said = {at: replace(SATISFIED, indicator=key) for at in range(60)}
        results = Results(said, Measured(range(60), deviation[:, column], np.ones(60)))
        known[key] = Findings(
            results, Absence(key, AbsenceKind.NOT_OBSERVED, "none"), Coverage(key, Decimal(0), Decimal(0))
        )
    rules = tuple((key, replace(DEFAULT_POLICY.of(key), weight=0.5)) for key in known)
    policy = replace(DEFAULT_POLICY, indicators=rules, attributable_share=1.0, publish_reliability=0.0)

    cards = concluded(
        Measurement(people, known, shared, frozenset(one.id for one in people)), policy, MANIFEST
    ).scorecards

    pooled = {
        told: pool(deviation, np.ones((60, 2)), weight=[1, 1], error_correlation=given, seed=MANIFEST.seed).score
        for told, given in (("shared", [[1, 0.8], [0.8, 1]]), ("apart", None))
    }
    values = np.array([float(card.composite.value) for card in cards if isinstance(card.composite, Composite)])
    assert values == pytest.approx(pooled["shared"], abs=1e-5)
    assert np.abs(values - pooled["apart"]).max() > 0.05
