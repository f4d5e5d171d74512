"""Survival curves, hazards, the log-rank test and two-way rates against textbooks, SciPy and simulated truth."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.survival import kaplan_meier, log_rank, nelson_aalen, two_way_rates

# Freireich et al. 1963, Blood 21:699: weeks of remission under 6-mercaptopurine (+ is censored) and under placebo.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"

# Parker et al. 1946; Gehan 1969: 2,418 men with angina pectoris by year since diagnosis.
ANGINA_DEATHS = [456, 226, 152, 171, 135, 125, 83, 74, 51, 42, 43, 34, 18, 9, 6, 0]
ANGINA_LOST = [0, 39, 22, 23, 24, 107, 133, 102, 68, 64, 45, 53, 33, 27, 23, 30]

tables = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=20).filter(
    lambda rows: sum(d for d, _ in rows) > 0
)


def life_table(*groups: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    observed = [[(float(word.rstrip("+")), word.endswith("+")) for word in text.split()] for text in groups]
    times = sorted({time for rows in observed for time, _ in rows})
    events = [[rows.count((time, False)) for time in times] for rows in observed]
    censored = [[rows.count((time, True)) for time in times] for rows in observed]
    return np.array(times), np.array(events, dtype=float), np.array(censored, dtype=float)


def test_kaplan_meier_of_the_leukaemia_trial_is_as_published() -> None:
    """Klein & Moeschberger 2003, tables 4.1 and 4.1B; log(−log) limits as printed by Stata's sts list."""
    time, events, censored = life_table(MERCAPTOPURINE)
    curve = kaplan_meier(time, events[0], censored[0])
    died = events[0] > 0

    assert time[died] == pytest.approx([6, 7, 10, 13, 16, 22, 23])
    assert curve.survival[died] == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.standard_error[died] == pytest.approx(
        [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5
    )
    assert curve.lower[died] == pytest.approx([0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], abs=5e-5)
    assert curve.upper[died] == pytest.approx([0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], abs=5e-5)
    assert curve.median() == 23.0


def test_the_curve_is_a_step_function_of_time() -> None:
    time, events, censored = life_table(MERCAPTOPURINE)
    curve = kaplan_meier(time, events[0], censored[0])
    hazard = nelson_aalen(time, events[0], censored[0])

    assert curve.at([0.0, 5.9, 6.0, 9.5, 100.0]) == pytest.approx([1, 1, 0.8571, 0.8067, 0.4482], abs=5e-5)
    assert hazard.at([0.0, 6.5, 100.0]) == pytest.approx([0.0, 1 / 7, 0.7521], abs=5e-5)
    assert kaplan_meier([1.0], [0.0], [5.0]).median() == float("inf")


def test_nelson_aalen_of_the_leukaemia_trial_is_as_published() -> None:
    """Klein & Moeschberger 2003, table 4.2, whose standard errors come from variances rounded to four digits."""
    time, events, censored = life_table(MERCAPTOPURINE)
    hazard = nelson_aalen(time, events[0], censored[0])
    died = events[0] > 0

    assert hazard.cumulative[died] == pytest.approx([0.1428, 0.2017, 0.2683, 0.3517, 0.4426, 0.5854, 0.7521], abs=1e-4)
    assert np.sqrt(hazard.variance[died]) == pytest.approx(
        [0.0825, 0.1015, 0.1212, 0.1473, 0.1729, 0.2243, 0.2795], abs=2.5e-4
    )


def test_the_actuarial_life_table_of_angina_patients_is_as_published() -> None:
    """SAS/STAT LIFETEST, life-table estimates for males with angina pectoris; Lee & Wang 2003."""
    curve = kaplan_meier(np.arange(1.0, 17.0), ANGINA_DEATHS, ANGINA_LOST, actuarial=True)
    published = [0.8114, 0.7170, 0.6524, 0.5786, 0.5193, 0.4611, 0.4172, 0.3712, 0.3342, 0.2987, 0.2557, 0.2136]

    assert curve.survival == pytest.approx([*published, 0.1839, 0.1636, 0.1429, 0.1429], abs=5e-5)
    assert curve.standard_error[:3] == pytest.approx([0.00796, 0.00918, 0.00973], abs=5e-6)


def test_log_rank_of_the_leukaemia_trial_is_as_r_prints_it() -> None:
    """survdiff: observed 9 and 21, expected 19.3 and 10.7, χ² 16.8 (16.793 in Kleinbaum & Klein 2012, p. 71)."""
    result = log_rank(*life_table(MERCAPTOPURINE, PLACEBO))

    assert result.statistic == pytest.approx(16.793, abs=5e-4)
    assert (result.degrees_of_freedom, result.p_value) == (1, pytest.approx(4.17e-5, rel=1e-3))
    assert result.observed == pytest.approx([9, 21])
    assert result.expected == pytest.approx([19.25, 10.75], abs=5e-3)


def test_log_rank_and_the_curves_equal_those_of_scipy() -> None:
    random = np.random.default_rng(0)
    times, gone = random.integers(1, 30, 80).astype(float), random.random(80) < 0.6
    group = random.random(80) < 0.4
    grid = np.unique(times)
    events = np.array([[np.sum((times == t) & gone & (group == g)) for t in grid] for g in (True, False)])
    censored = np.array([[np.sum((times == t) & ~gone & (group == g)) for t in grid] for g in (True, False)])
    samples = [stats.CensoredData.right_censored(times[group == g], ~gone[group == g]) for g in (True, False)]
    theirs = stats.ecdf(samples[0]).sf
    curve = kaplan_meier(grid, events[0], censored[0])

    assert log_rank(grid, events, censored).statistic == pytest.approx(stats.logrank(*samples).statistic ** 2)
    assert curve.at(theirs.quantiles) == pytest.approx(theirs.probabilities)


@pytest.mark.simulation
def test_log_rank_of_three_groups_has_two_degrees_of_freedom_and_the_right_size() -> None:
    random = np.random.default_rng(3)
    p_values = []
    for _ in range(400):
        events, censored = random.poisson(3.0, (3, 12)), random.poisson(2.0, (3, 12))
        result = log_rank(np.arange(12.0), events, censored)
        assert result.degrees_of_freedom == 2
        assert result.observed.sum() == pytest.approx(result.expected.sum())
        p_values.append(result.p_value)

    assert stats.kstest(p_values, "uniform").pvalue > 0.001


@pytest.mark.parametrize("actuarial", [False, True])
@given(rows=tables)
def test_expected_events_of_everybody_sum_to_the_events_observed(actuarial: bool, rows: list[tuple[int, int]]) -> None:
    events, censored = np.array(rows, dtype=float).T
    hazard = nelson_aalen(np.arange(len(rows)), events, censored, actuarial=actuarial)

    assert (events + censored) @ hazard.expected == pytest.approx(events.sum())


@given(tables)
def test_survival_falls_within_its_limits(rows: list[tuple[int, int]]) -> None:
    events, censored = np.array(rows, dtype=float).T
    curve = kaplan_meier(np.arange(len(rows)), events, censored)

    assert np.all(np.diff(curve.survival) <= 0)
    assert np.all((curve.lower <= curve.survival) & (curve.survival <= curve.upper))


def test_two_way_rates_find_employees_and_strata_that_are_confounded() -> None:
    """Good employees serve strata with low rates: observed/expected per employee is wrong, the two-way fit is not."""
    random = np.random.default_rng(2)
    effect, stratum = random.gamma(16, 1 / 16, 300), np.array([0.5, 0.8, 1.2, 2.0])
    share = np.exp(-3.0 * (effect[:, None] - 1) * np.log(stratum))
    exposure = 200 * share / share.sum(axis=1, keepdims=True)
    observed = random.poisson(effect[:, None] * stratum * exposure)
    result = two_way_rates(observed, exposure)
    naive = observed.sum(axis=1) / exposure.sum(axis=1)

    assert result.converged
    assert result.stratum_rate / result.stratum_rate[0] == pytest.approx(stratum / 0.5, rel=0.05)
    assert np.corrcoef(result.employee_rate, effect)[0, 1] > 0.92
    assert np.corrcoef(naive, effect)[0, 1] < 0.8
    assert result.expected.sum() == pytest.approx(observed.sum())


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))
def test_without_a_pseudo_count_both_margins_are_the_observed_ones(seed: int, employees: int, strata: int) -> None:
    random = np.random.default_rng(seed)
    exposure = random.gamma(2.0, 3.0, (employees, strata)) + 0.1
    observed = random.poisson(exposure) + 1.0
    result = two_way_rates(observed, exposure, pseudo_count=0.0)
    fitted = result.employee_rate[:, None] * result.stratum_rate * exposure

    assert fitted.sum(axis=1) == pytest.approx(observed.sum(axis=1), rel=1e-8)
    assert fitted.sum(axis=0) == pytest.approx(observed.sum(axis=0), rel=1e-8)


def test_the_two_way_fit_is_the_poisson_maximum() -> None:
    """Against Newton's method on the log-linear model with dummies for both factors."""
    random = np.random.default_rng(9)
    exposure = random.gamma(3.0, 2.0, (6, 4))
    observed = random.poisson(exposure * random.gamma(9, 1 / 9, (6, 1))).astype(float)
    rows, columns = np.divmod(np.arange(24), 4)
    design = np.column_stack([rows[:, None] == np.arange(6), columns[:, None] == np.arange(1, 4)]).astype(float)
    beta, offset, y = np.zeros(9), np.log(exposure.ravel()), observed.ravel()
    for _ in range(30):
        mu = np.exp(design @ beta + offset)
        beta = beta + np.linalg.solve(design.T @ (design * mu[:, None]), design.T @ (y - mu))
    result = two_way_rates(observed, exposure, pseudo_count=0.0)

    assert result.employee_rate / result.employee_rate[0] == pytest.approx(np.exp(beta[:6] - beta[0]), rel=1e-7)
    assert result.stratum_rate[1:] / result.stratum_rate[0] == pytest.approx(np.exp(beta[6:]), rel=1e-7)


def test_employees_without_a_stratum_in_common_are_counted_as_parts() -> None:
    apart = two_way_rates([[2, 0, 0], [3, 0, 0], [0, 4, 0]], [[1, 0, 0], [1, 0, 0], [0, 2, 0]])
    together = two_way_rates([[2, 1], [0, 4]], [[1, 1], [0, 2]])

    assert (apart.parts, together.parts) == (2, 1)
    assert (apart.part.tolist(), apart.stratum_part.tolist()) == ([0, 0, 1], [0, 1, -1])
    assert apart.expected.tolist() == [2.5, 2.5, 4.0]  # each part at its own level


def test_an_employee_without_events_or_exposure_does_not_break_the_others() -> None:
    result = two_way_rates([[0, 0], [5, 5], [0, 0]], [[4, 4], [4, 4], [0, 0]])

    assert 0 < result.employee_rate[0] < 0.2
    assert result.employee_rate[2] == 1.0
    assert result.expected == pytest.approx([5, 5, 0])


def test_where_nobody_is_left_the_curve_stays_where_it_fell() -> None:
    """Placebo ends at 0, without a width; a time at which nobody is at risk any more changes nothing."""
    time, events, censored = life_table(PLACEBO)
    curve = kaplan_meier(time, events[0], censored[0])

    assert [column[-1] for column in (curve.survival, curve.standard_error, curve.lower, curve.upper)] == [0, 0, 0, 0]
    for d, c, survival, error in (([1, 0, 0], [1, 0, 0], 0.5, np.sqrt(0.125)), ([2, 0, 0], [0, 0, 0], 0.0, 0.0)):
        empty, hazard = kaplan_meier([1, 2, 3], d, c), nelson_aalen([1, 2, 3], d, c)
        assert empty.survival.tolist() == [survival] * 3
        assert empty.standard_error == pytest.approx([error] * 3)
        assert np.all((empty.lower <= survival) & (survival <= empty.upper))
        assert hazard.cumulative.tolist() == [1 - survival] * 3
        assert hazard.variance.tolist() == [d[0] / 4] * 3


def test_before_the_first_event_the_curve_is_one_without_a_width() -> None:
    curve = kaplan_meier([1, 2], [0, 1], [1, 1])

    assert (curve.survival[0], curve.standard_error[0], curve.lower[0], curve.upper[0]) == (1.0, 0.0, 1.0, 1.0)


def test_limits_at_another_level_are_those_by_the_delta_method() -> None:
    """S = ½ of four, two of whom left: Greenwood's sum is 2/(4·2); log(−log ½) ± z·√¼/ln 2."""
    curve = kaplan_meier([1.0], [2], [2], level=0.9)
    width = 1.6448536269514722 * 0.5 / np.log(2)

    assert curve.at_risk.tolist() == [4.0]
    assert curve.lower == pytest.approx([0.5 ** np.exp(width)])
    assert curve.upper == pytest.approx([0.5 ** np.exp(-width)])


def test_the_median_is_reached_at_exactly_a_half() -> None:
    """Nine tenths, then six ninths, then five sixths of the rest: a half, by 1e-16 more in floating point."""
    assert kaplan_meier([1, 2], [1, 1], [0, 0]).median() == 1.0
    assert kaplan_meier([1, 2, 3, 4], [1, 3, 1, 1], [0, 0, 0, 4]).median() == 3.0
    assert kaplan_meier([1, 2], [3, 1], [0, 2]).median() == 1.0


def test_hazards_of_intervals_are_the_actuarial_ones() -> None:
    """Ten, of whom 2 leave and 2 are censored within the first interval: 2/(10 − 2), then 3/(6 − 3/2)."""
    hazard = nelson_aalen([1, 2], [2, 3], [2, 3], actuarial=True)

    assert hazard.at_risk.tolist() == [8.0, 3.0]
    assert hazard.increment.tolist() == [0.25, 1.0]
    assert hazard.cumulative.tolist() == [0.25, 1.25]
    assert hazard.expected.tolist() == [0.125, 0.75]
    assert hazard.variance == pytest.approx([2 / 64, 2 / 64 + 3 / 9])


def test_log_rank_counts_the_last_one_at_risk_and_times_when_nobody_is() -> None:
    """By hand, 2 against 2: expected 2/4 + 1/3 + 0 + 0 in the first group, variance 1/4 + 2/9."""
    result = log_rank([1, 2, 3, 4, 5], [[1, 0, 0, 0, 0], [0, 1, 0, 1, 0]], [[0, 0, 1, 0, 0], [0, 0, 0, 0, 0]])

    assert result.expected == pytest.approx([0.5 + 1 / 3, 0.5 + 2 / 3 + 1])
    assert result.observed.tolist() == [1, 2]
    assert result.statistic == pytest.approx((1 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))


def test_two_at_risk_are_two_groups_at_risk() -> None:
    """Expected ½ of one event, variance ¼: χ² = 1."""
    result = log_rank([1, 2], [[1, 0], [0, 0]], [[0, 0], [0, 1]])

    assert (result.statistic, result.degrees_of_freedom) == (pytest.approx(1.0), 1)


def test_the_two_way_fit_counts_its_rounds_and_says_when_they_did_not_suffice() -> None:
    exact = two_way_rates([[1, 2], [2, 4]], [[1, 2], [2, 4]], tolerance=0.0)
    short = two_way_rates([[9, 1], [2, 7]], [[1, 2], [5, 4]], max_iterations=2)
    enough = two_way_rates([[9, 1], [2, 7]], [[1, 2], [5, 4]])

    assert (exact.iterations, exact.converged) == (1, True)
    assert (short.iterations, short.converged) == (2, False)
    assert (enough.converged, enough.iterations < 500) == (True, True)


def test_thin_rows_are_kept_near_one_by_half_an_event() -> None:
    """One stratum, its rate 1 by calibration: θ = (O + ½)/(E + ½)."""
    result = two_way_rates([[3], [0], [2]], [[2], [1], [2]])

    assert result.employee_rate == pytest.approx([3.5 / 2.5, 0.5 / 1.5, 1.0])
    assert result.stratum_rate == pytest.approx([1.0])


def test_without_a_pseudo_count_rare_strata_are_as_exact_as_others_and_empty_rows_are_average() -> None:
    observed, exposure = np.array([[3.0, 2], [1, 6], [0, 0]]), np.array([[1e9, 4], [3e9, 5], [0, 0]])
    result = two_way_rates(observed, exposure, pseudo_count=0.0)
    fitted = result.employee_rate[:, None] * result.stratum_rate * exposure

    assert fitted.sum(axis=0) == pytest.approx([4, 8], rel=1e-9)
    assert fitted.sum(axis=1) == pytest.approx([5, 7, 0], rel=1e-9)
    assert result.employee_rate[2] == 1.0


def test_strata_are_told_apart_where_all_their_rates_are_tiny() -> None:
    """Per thousand million of exposure, employees and strata confounded: the fit needs some rounds."""
    observed, exposure = np.array([[30.0, 2], [4, 25], [9, 9]]), 1e9 * np.array([[40.0, 1], [2, 30], [5, 20]])
    result = two_way_rates(observed, exposure, pseudo_count=0.0)
    fitted = result.employee_rate[:, None] * result.stratum_rate * exposure

    assert result.iterations > 3
    assert fitted.sum(axis=0) == pytest.approx(observed.sum(axis=0), rel=1e-9)
    assert fitted.sum(axis=1) == pytest.approx(observed.sum(axis=1), rel=1e-9)


def test_a_single_event_and_little_exposure_make_rates() -> None:
    """One stratum: its rate is 3/(½ + ¼) = 4, and the employees' 1/(4·½) and 2/(4·¼)."""
    result = two_way_rates([[1], [2]], [[0.5], [0.25]], pseudo_count=0.0)
    single = two_way_rates([[1], [0]], [[0.5], [0.25]], pseudo_count=0.0)

    assert (result.stratum_rate, result.employee_rate) == (pytest.approx([4.0]), pytest.approx([0.5, 2.0]))
    assert single.employee_rate == pytest.approx([1.5, 0.0])


def test_a_stratum_without_events_has_the_rate_zero() -> None:
    result = two_way_rates([[3, 0], [1, 0]], [[2, 1], [2, 1]], pseudo_count=0.0)

    assert result.converged
    assert result.stratum_rate[1] == 0.0
    assert result.employee_rate == pytest.approx([1.5, 0.5])


def test_who_has_no_exposure_and_what_nobody_serves_is_no_part() -> None:
    assert two_way_rates([[2, 0], [0, 0]], [[1, 0], [0, 0]]).parts == 1
    assert two_way_rates([[2, 0], [0, 1]], [[1, 0], [0, 1]]).parts == 2
    assert two_way_rates([[2, 0, 0], [0, 1, 0]], [[0.5, 0, 0], [0, 0.5, 0]]).parts == 2


TIME_TWICE = "time 2 follows 2\n  expected: times that increase, each once"
SHARED = "no event happened while two groups were at risk\n  expected: events in groups that overlap in time"
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: kaplan_meier([1, 2, 2], [1, 1, 1], [0, 0, 0]), InvalidInput, TIME_TWICE),
    (lambda: log_rank([1, 2, 2], [[1, 1, 1]], [[0, 0, 0]]), InvalidInput, TIME_TWICE),
    (lambda: nelson_aalen([3, 2], [1, 1], [0, 0]), InvalidInput, TIME_TWICE.replace("2 follows 2", "2 follows 3")),
    (lambda: kaplan_meier([[1]], [1], [1]), InvalidInput, "time has 2 dimensions\n  expected: one dimension"),
    (
        lambda: nelson_aalen([1, 2], [1, -1], [0, 0]),
        InvalidInput,
        "events is -1.0 at position 1\n  expected: at least 0",
    ),
    (lambda: nelson_aalen([1, 2], [1], [0, 0]), InvalidInput, "events has 1 value\n  expected: 2 values"),
    (
        lambda: nelson_aalen([1, 2], [0, 1], [-1, 0]),
        InvalidInput,
        "censored is -1.0 at position 0\n  expected: at least 0",
    ),
    (lambda: nelson_aalen([1, 2], [0, 1], [0]), InvalidInput, "censored has 1 value\n  expected: 2 values"),
    (
        lambda: log_rank([1, 2], [[1, 1, 1], [1, 1, 1]], [[1, 1, 1], [1, 1, 1]]),
        InvalidInput,
        "events has 3 columns\n  expected: 2, one per time",
    ),
    (
        lambda: log_rank([1, 2], [[1], [1]], [[1], [1]]),
        InvalidInput,
        "events has 1 column\n  expected: 2, one per time",
    ),
    (lambda: log_rank([[1]], [[1]], [[1]]), InvalidInput, "time has 2 dimensions\n  expected: one dimension"),
    (lambda: log_rank([1], [1], [1]), InvalidInput, "events has shape (1,)\n  expected: shape (rows, columns)"),
    (lambda: log_rank([1], [[-1]], [[1]]), InvalidInput, "events is -1.0 at position 0\n  expected: at least 0"),
    (lambda: log_rank([1], [[1]], [[1, 2]]), InvalidInput, "censored has shape (1, 2)\n  expected: shape (1, 1)"),
    (lambda: log_rank([1], [[1]], [[-2]]), InvalidInput, "censored is -2.0 at position 0\n  expected: at least 0"),
    (lambda: log_rank([1, 2], [[0, 1], [0, 0]], [[0, 0], [1, 0]]), NotEnough, SHARED),
    (
        lambda: two_way_rates([[0, 0]], [[1, 1]]),
        NotEnough,
        "0 events observed and 2 expected\n  expected: events to compare",
    ),
    (
        lambda: two_way_rates([[1, 0]], [[0, 0]]),
        NotEnough,
        "1 event observed and 0 expected\n  expected: events to compare",
    ),
    (lambda: two_way_rates([1], [[1]]), InvalidInput, "observed has shape (1,)\n  expected: shape (rows, columns)"),
    (lambda: two_way_rates([[1, 0]], [[1]]), InvalidInput, "expected has shape (1, 1)\n  expected: shape (1, 2)"),
    (
        lambda: two_way_rates([[1, -1]], [[1, 1]]),
        InvalidInput,
        "observed is -1.0 at position 1\n  expected: at least 0",
    ),
    (
        lambda: two_way_rates([[1, 1]], [[1, -3]]),
        InvalidInput,
        "expected is -3.0 at position 1\n  expected: at least 0",
    ),
]


def test_tables_that_contradict_themselves_are_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message
