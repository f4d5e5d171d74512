"""Funnel limits and overdispersion against FunnelPlotR and SciPy."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.funnel import outliers, overdispersion, pearson_dispersion, poisson_limits

Read = Callable[[str], dict[str, FloatArray]]


def test_exact_poisson_limits_are_those_of_funnelplotr() -> None:
    lower95, upper95 = poisson_limits([15, 20, 30])
    lower998, upper998 = poisson_limits([15, 20, 30], level=0.998)

    assert lower95 == pytest.approx([0.5596924, 0.6108260, 0.6746958], abs=1e-6)
    assert upper95 == pytest.approx([1.649348, 1.544419, 1.427562], abs=1e-6)
    assert lower998 == pytest.approx([0.3862650, 0.4479107, 0.5289724], abs=1e-6)
    assert upper998 == pytest.approx([2.082907, 1.902094, 1.702771], abs=1e-6)


def test_medpar_providers_are_judged_as_by_funnelplotr(data: Read) -> None:
    """Log transformation and truncation by 10 %: 44 of 54 kept, φ 8.5321, τ² .028407; 9 outliers, 25 without τ²."""
    table = data("medpar_providers")
    ratio, variance = np.log(table["observed"] / table["expected"]), 1 / table["expected"]
    result = overdispersion(ratio, 0.0, variance, extremes="trim")

    assert (result.kept, result.phi, result.tau2) == (
        44,
        pytest.approx(8.5321, abs=1e-4),
        pytest.approx(0.028407, abs=1e-6),
    )
    assert np.count_nonzero(outliers(ratio, 0.0, variance, tau2=result.tau2)) == 9
    assert np.count_nonzero(outliers(ratio, 0.0, variance)) == 25


def test_medpar_stays_are_as_overdispersed_as_funnelplotr_says(data: Read) -> None:
    """Vignette of FunnelPlotR: los ~ hmo + died + age80 + factor(type), Poisson; X²/(1495 − 6) = 6.240519.

    R takes the weights of its last but one iteration, hence the fifth digit. The providers' expectations follow too.
    """
    cells = data("medpar_cells")
    n, total = cells["count"], cells["total"]
    x = np.column_stack(
        [np.ones(n.size), cells["hmo"], cells["died"], cells["age80"], cells["type"] == 2, cells["type"] == 3]
    )
    beta = np.array([np.log(total.sum() / n.sum()), 0, 0, 0, 0, 0])
    for _ in range(20):  # Newton's method on the Poisson likelihood
        mean = np.exp(x @ beta)
        beta = beta + np.linalg.solve((x * (n * mean)[:, None]).T @ x, x.T @ (total - n * mean))
    mean = np.exp(x @ beta)

    assert pearson_dispersion(n, total, cells["squares"], mean, parameters=6) == pytest.approx(6.240519, abs=1e-4)
    assert n @ mean == pytest.approx(data("medpar_providers")["expected"].sum(), abs=1e-4)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), min_size=3, max_size=30))
def test_dispersion_of_cells_is_that_of_their_outcomes_one_by_one(rows: list[tuple[int, int]]) -> None:
    cell, y = np.array(rows, dtype=float).T
    mu = 1.5 * cell + 0.7
    kinds = np.unique(cell)
    sums = [np.array([part[cell == kind].sum() for kind in kinds]) for part in (np.ones(y.size), y, y**2)]

    assert pearson_dispersion(*sums, 1.5 * kinds + 0.7, parameters=2) == pytest.approx(
        stats.chisquare(y, mu, sum_check=False).statistic / (y.size - 2)
    )


def test_dispersion_needs_sums_that_can_be_and_a_degree_of_freedom() -> None:
    with pytest.raises(InvalidInput) as refusal:
        pearson_dispersion([1, 2], [1, 4], [1, 7], [1, 2], parameters=1)
    assert str(refusal.value) == "squares is 7 at position 1\n  expected: at least total²/count, 8"
    with pytest.raises(NotEnough) as few:
        pearson_dispersion([1, 1], [1, 4], [1, 16], [1, 2], parameters=2)
    assert str(few.value) == "2 outcomes and 2 parameters\n  expected: more outcomes than parameters"
    with pytest.raises(NotEnough) as fewest:
        pearson_dispersion([1], [1], [1], [1], parameters=1)
    assert str(fewest.value) == "1 outcome and 1 parameter\n  expected: more outcomes than parameters"
    with pytest.raises(InvalidInput) as zero:
        pearson_dispersion([1, 1], [1, 4], [1, 16], [1, 0], parameters=1)
    assert str(zero.value) == "mean is 0.0 at position 1\n  expected: above 0"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (([1], [1], [1], [[1]]), "mean has 2 dimensions\n  expected: one dimension"),
        (([1, 1], [1], [1], [1]), "count has 2 values\n  expected: 1 value"),
        (([1], [1, 1], [1], [1]), "total has 2 values\n  expected: 1 value"),
        (([1], [1], [1, 1], [1]), "squares has 2 values\n  expected: 1 value"),
        (([1, 0], [1, 1], [1, 1], [1, 1]), "count is 0.0 at position 1\n  expected: above 0"),
        (([2], [1], [0.4], [1]), "squares is 0.4 at position 0\n  expected: at least total²/count, 0.5"),
    ],
)
def test_cells_that_do_not_match_are_refused(cells: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        pearson_dispersion(*cells, parameters=0)

    assert str(refusal.value) == message


def test_one_degree_of_freedom_and_totals_that_were_rounded_are_enough() -> None:
    """Three outcomes of 1/3 around 1/2: X² = 3·(1/6)²/(1/2) = 1/6; their squares sum to 1e-16 less than they could."""
    assert pearson_dispersion([3], [1], [1 / 3 - 1e-16], [0.5], parameters=2) == pytest.approx(1 / 6)


def test_without_tails_the_extra_variance_is_that_of_dersimonian_and_laird() -> None:
    """Eight schools around their weighted mean: metafor's DL estimate is 0; with halved errors Q = 4·4.7."""
    y, se = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) / 2
    w = 1 / se**2
    target = float((w * y).sum() / w.sum())
    q = float((w * (y - target) ** 2).sum())
    expected = (q - 7) / (w.sum() - (w**2).sum() / w.sum())

    assert q / 4 == pytest.approx(4.7071, abs=1e-4)
    assert overdispersion(y, target, se**2, tail=0.0).tau2 == pytest.approx(expected)
    assert overdispersion(y, target, 4 * se**2, tail=0.0).tau2 == 0.0


def test_winsorising_pulls_the_tails_in_and_keeps_every_unit() -> None:
    y = np.array([-9.0, -1, 0, 0.5, 1, 0.2, -0.3, 0.1, 0.4, 30])
    result = overdispersion(y, 0.0, np.ones(10))
    clipped = np.clip(y, *np.quantile(y, [0.1, 0.9]))

    assert (result.kept, result.phi) == (10, pytest.approx(np.mean(clipped**2)))
    assert result.z == pytest.approx(y)


def test_outliers_are_signed() -> None:
    flags = outliers([-4.0, 0.0, 4.0, 4.0], 0.0, [1.0, 1.0, 1.0, 4.0])

    assert flags.tolist() == [-1, 0, 1, 0]
    assert flags.dtype == np.int8
    assert outliers([6.0, 10.0, 14.0], 10.0, [1.0, 1.0, 1.0]).tolist() == [-1, 0, 1]


def test_a_unit_on_the_limit_is_within_it() -> None:
    limit = float(special.ndtri(0.5 + 0.998 / 2))
    beyond = np.nextafter(limit, 9)

    assert outliers([-beyond, -limit, limit, beyond], 0.0, np.ones(4)).tolist() == [-1, 0, 0, 1]


def test_trimming_keeps_the_lower_end_and_drops_the_upper_one_by_its_rank() -> None:
    """Ranks 1 … 9 over 10: with tails of 10 % position .1 is inside, .9 is not; ties share their mean rank."""
    y = np.array([3.0, -2, 1, 0, 5, -1, 2, 4, -3])
    result = overdispersion(y, 0.0, np.ones(9), extremes="trim")

    assert (result.kept, result.phi) == (8, pytest.approx(np.mean(np.sort(y)[:8] ** 2)))


@given(st.lists(st.integers(-4, 4), min_size=9, max_size=30))
def test_units_that_tie_are_trimmed_together_by_their_mean_rank(y: list[int]) -> None:
    """Ranks as SciPy gives them, over n + 1."""
    values = np.array(y, dtype=float)
    position = stats.rankdata(values) / (values.size + 1)
    kept = values[(position >= 0.3) & (position < 0.7)]
    assume(kept.size > 1)

    result = overdispersion(values, 0.0, np.ones(values.size), tail=0.3, extremes="trim")

    assert (result.kept, result.phi) == (kept.size, pytest.approx(np.mean(kept**2)))


def test_extra_variance_of_two_units_is_that_by_hand() -> None:
    """z = ±3 with variances 1 and 4: φ = 9, w = 1, ¼; τ² = (18 − 1)/(1.25 − 1.0625/1.25) = 42.5."""
    result = overdispersion([13.0, 4.0], 10.0, [1.0, 4.0], tail=0.0)

    assert (result.z.tolist(), result.phi, result.kept) == ([3.0, -3.0], 9.0, 2)
    assert result.tau2 == pytest.approx(42.5)


@given(st.integers(1, 2_000), st.sampled_from([0.8, 0.95, 0.998]))
def test_limits_are_the_means_under_which_the_count_itself_is_just_extreme(count: int, level: float) -> None:
    """Garwood 1936: P(X ≥ count) at the lower mean and P(X ≤ count) at the upper mean are half of what is left."""
    lower, upper = poisson_limits([count], level=level)

    assert stats.poisson.sf(count - 1, lower[0] * count) == pytest.approx((1 - level) / 2)
    assert stats.poisson.cdf(count, upper[0] * count) == pytest.approx((1 - level) / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: poisson_limits([0.0]), "expected is 0.0 at position 0\n  expected: above 0"),
        (lambda: poisson_limits([[1.0]]), "expected has 2 dimensions\n  expected: one dimension"),
        (lambda: overdispersion([1, 2], 0.0, [1, 1], tail=0.5), "tail is 0.5\n  expected: at least 0, below 0.5"),
        (lambda: overdispersion([1, 2], 0.0, [1, 1], tail=-0.1), "tail is -0.1\n  expected: at least 0, below 0.5"),
    ],
)
def test_impossible_requests_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        call()

    assert str(refusal.value) == message


@pytest.mark.parametrize("judge", [overdispersion, outliers])
@pytest.mark.parametrize(
    ("estimate", "variance", "message"),
    [
        ([[1]], [1], "estimate has 2 dimensions\n  expected: one dimension"),
        ([1, 2], [1], "variance has 1 value\n  expected: 2 values"),
        ([1, 2], [1, 0], "variance is 0.0 at position 1\n  expected: above 0"),
    ],
)
def test_units_without_a_variance_are_refused(
    judge: Callable[..., object], estimate: list[float], variance: list[float], message: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        judge(estimate, 0.0, variance)

    assert str(refusal.value) == message


@pytest.mark.parametrize("units", [0, 1])
@pytest.mark.parametrize("extremes", ["winsorise", "trim"])
def test_one_unit_has_no_spread(units: int, extremes: Literal["winsorise", "trim"]) -> None:
    with pytest.raises(NotEnough) as refusal:
        overdispersion(np.ones(units), 0.0, np.ones(units), extremes=extremes)

    assert str(refusal.value) == f"{units} {'unit' if units == 1 else 'units'} to compare\n  expected: at least two"
