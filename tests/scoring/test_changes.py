"""Changes between two cycles: by hand, by simulation with known truth, and what cannot be compared."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest

from appraise.domain.changes import Change, PopulationChange, Unshrunk
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.scoring.changes import Figures, IndicatorChange, changes
from appraise.scoring.working import exactly

NAMES = ("2024", "2025")
BEFORE = Cycle(CycleId("a"), "2024", Period(date(2024, 1, 1), date(2025, 1, 1)))
AFTER = Cycle(CycleId("b"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)))
FloatArray = npt.NDArray[np.float64]
Simulation = Callable[[np.random.Generator, int], tuple[FloatArray, FloatArray, FloatArray]]


def figures(values: FloatArray, errors: FloatArray) -> Figures:
    return {
        EmployeeId(f"e{row:04d}"): Unshrunk(exactly(value), exactly(error))
        for row, (value, error) in enumerate(zip(values, errors, strict=True))
    }


def told(found: IndicatorChange) -> list[Change]:
    results = [found.results[key] for key in sorted(found.results)]
    return [result for result in results if isinstance(result, Change)]


@pytest.mark.parametrize(("indicator", "better"), [(SATISFACTION, True), (ATTRITION, False)])
def test_where_everybody_moved_alike_that_is_everybodys_change(indicator: IndicatorKey, *, better: bool) -> None:
    """By hand: with equal errors the two cycles' spreads can be exchanged, so nothing but the shift of 3 is left."""
    before = np.array([60.0, 65.0, 70.0, 75.0, 80.0, 71.0])
    found = changes(indicator, figures(before, np.full(6, 0.5)), figures(before + 3, np.full(6, 0.5)), names=NAMES)

    assert [float(change.value) for change in told(found)] == pytest.approx([3.0] * 6, abs=1e-5)
    assert {change.unshrunk for change in told(found)} == {Decimal(3)}
    assert isinstance(found.population, PopulationChange)
    assert (found.population.employees, float(found.population.change)) == (6, pytest.approx(3.0, abs=1e-5))
    for change in told(found):
        assert (change.probability_improved > Decimal("0.9")) is better
        assert change.is_improved is better
        assert change.lower < change.lower_90 < change.value < change.upper_90 < change.upper


def test_with_ample_evidence_the_change_is_the_plain_difference() -> None:
    before, after = np.array([60.0, 65, 70, 75, 80]), np.array([62.0, 61, 77, 75, 79])
    found = changes(SATISFACTION, figures(before, np.full(5, 0.01)), figures(after, np.full(5, 0.01)), names=NAMES)

    assert [float(change.value) for change in told(found)] == pytest.approx(after - before, abs=0.01)
    half = 1.96 * np.sqrt(2) * 0.01  # Gelman et al., Bayesian Data Analysis, §2.5: a flat prior gives the likelihood
    assert [float(change.upper - change.lower) / 2 for change in told(found)] == pytest.approx([half] * 5, rel=0.02)


def satisfaction(random: np.random.Generator, employees: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """True values, estimates and standard errors (J, 2), points of 100: sd 5, correlation .8, a rise of 1."""
    truth = random.multivariate_normal([75, 76], 25 * np.array([[1, 0.8], [0.8, 1]]), employees)
    errors = 22 / np.sqrt(random.integers(10, 120, (employees, 2)))
    return truth, random.normal(truth, errors), errors


def ratios(random: np.random.Generator, employees: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Poisson counts over expected ones of 12 to 150; true ratios log-normal with cv .25 and mean 1.

    The standard error is the one that scoring stores: that of an average employee with this expectation.
    """
    spread = np.log(1 + 0.25**2)
    truth = np.exp(random.multivariate_normal([-spread / 2] * 2, spread * np.array([[1, 0.8], [0.8, 1]]), employees))
    expected = random.uniform(12, 150, (employees, 2))
    return truth, random.poisson(truth * expected) / expected, 1 / np.sqrt(expected)


@pytest.mark.parametrize(("indicator", "simulate"), [(SATISFACTION, satisfaction), (REPEAT_PURCHASE, ratios)])
def test_intervals_cover_the_truth_and_flags_have_the_right_sign(indicator: IndicatorKey, simulate: Simulation) -> None:
    """True figures agree at ρ = .8: of raw differences beyond their 90 % interval a tenth has the wrong sign."""
    random = np.random.default_rng(11)
    covered, covered_90 = [], []
    wrong, wrong_raw = [], []
    for _ in range(8):
        truth, estimate, errors = simulate(random, 300)
        change = truth[:, 1] - truth[:, 0]
        found = told(
            changes(
                indicator, figures(estimate[:, 0], errors[:, 0]), figures(estimate[:, 1], errors[:, 1]), names=NAMES
            )
        )
        bounds = np.array([[c.lower, c.upper, c.lower_90, c.upper_90, c.value] for c in found], dtype=float)
        covered.extend((bounds[:, 0] <= change) & (change <= bounds[:, 1]))
        covered_90.extend((bounds[:, 2] <= change) & (change <= bounds[:, 3]))
        raw = estimate[:, 1] - estimate[:, 0]
        flagged = np.array([c.is_improved is not None for c in found])
        wrong.extend((np.sign(bounds[:, 4]) != np.sign(change))[flagged])
        raw_flagged = np.abs(raw) > 1.645 * np.sqrt((errors**2).sum(axis=1))
        wrong_raw.extend((np.sign(raw) != np.sign(change))[raw_flagged])

    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)
    assert np.mean(covered_90) == pytest.approx(0.90, abs=0.02)
    assert len(wrong) >= 100
    assert np.mean(wrong) < 0.06
    assert np.mean(wrong_raw) > 0.07
    assert np.mean(wrong) < 0.7 * np.mean(wrong_raw)


def test_a_figure_that_is_missing_is_an_absence_with_its_cycle_and_reason() -> None:
    before = dict(figures(np.arange(60.0, 67), np.full(7, 2.0)))
    after = dict(before)
    few = Absence(SATISFACTION, AbsenceKind.INSUFFICIENT_EVIDENCE, "4 answers; at least 10 are needed")
    before[EmployeeId("e0000")] = few
    del before[EmployeeId("e0001")]
    after[EmployeeId("e0002")] = Unshrunk(Decimal(60), Decimal(0))
    found = changes(SATISFACTION, before, after, names=NAMES)
    results = [found.results[EmployeeId(f"e000{row}")] for row in range(3)]

    assert [(one.kind, one.reason) for one in results if isinstance(one, Absence)] == [
        (AbsenceKind.INSUFFICIENT_EVIDENCE, "there is no figure for 2024: 4 answers; at least 10 are needed"),
        (AbsenceKind.NOT_OBSERVED, "this employee was not scored in 2024"),
        (
            AbsenceKind.INSUFFICIENT_EVIDENCE,
            "how far chance moves the figure of 2025 is not known to six decimal places",
        ),
    ]
    assert found.population == few_in_both(4)


def few_in_both(employees: int) -> Absence:
    return Absence(
        SATISFACTION,
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        f"{employees} employees have a figure in both 2024 and 2025; at least 5 are needed to tell change from chance",
    )


def test_fewer_than_five_in_both_are_told_so() -> None:
    before = figures(np.arange(60.0, 64), np.full(4, 2.0))

    found = changes(SATISFACTION, before, before, names=NAMES)

    assert found.population == few_in_both(4)
    assert set(found.results.values()) == {few_in_both(4)}
