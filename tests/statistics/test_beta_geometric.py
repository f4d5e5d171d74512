"""The shifted beta-geometric model against the papers and against sums of its definition."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import beta_geometric
from appraise.statistics.beta_geometric import BetaGeometric
from appraise.statistics.refusals import NotConverged

# Berry & Linoff 2004, in Fader & Hardie 2007, table 1: % of customers surviving 0 … 7 renewals.
HIGH_END = 10 * np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1])
REGULAR = 10 * np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1])


def test_high_end_parameters_and_forecast_are_the_published_ones() -> None:
    """Fader & Hardie 2007: α .668, β 3.806, LL −1611.2; the next five years .460 .436 .414 .395 .378."""
    model = beta_geometric.fit(-np.diff(HIGH_END), HIGH_END[-1])

    assert (model.alpha, model.beta) == (pytest.approx(0.668, abs=5e-4), pytest.approx(3.806, abs=5e-4))
    assert model.log_likelihood == pytest.approx(-1611.2, abs=0.05)
    assert model.survival([8, 9, 10, 11, 12]) == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=1e-3)


def test_regular_parameters_are_the_published_ones() -> None:
    """Fader & Hardie 2007: α .704, β 1.182, LL −1680.3."""
    model = beta_geometric.fit(-np.diff(REGULAR), REGULAR[-1])

    assert (model.alpha, model.beta) == (pytest.approx(0.704, abs=5e-4), pytest.approx(1.182, abs=5e-4))
    assert model.log_likelihood == pytest.approx(-1680.3, abs=0.05)


def test_the_worked_note_is_reproduced() -> None:
    """Fader & Hardie 2014 (fitting the sBG to multi-cohort data): 1000 → 631, 468, 382, 326; α .764, β 1.296."""
    model = beta_geometric.fit([369, 163, 86, 56], 326)

    assert (model.alpha, model.beta) == (pytest.approx(0.764, abs=1e-3), pytest.approx(1.296, abs=1e-3))


def test_the_discounted_expected_remaining_lifetime_is_the_published_one() -> None:
    """Fader & Hardie 2010, table 1: DERL of high-end customers after seven renewals 7.53 at 10 %."""
    model = beta_geometric.fit(-np.diff(HIGH_END), HIGH_END[-1])

    assert model.expected_remaining(7, 0.10) == pytest.approx(7.530, abs=1e-3)


@given(st.floats(0.2, 5), st.floats(0.2, 20), st.integers(0, 30), st.floats(0.05, 0.5))
def test_the_remaining_lifetime_is_the_discounted_sum_of_survival(
    alpha: float, beta: float, renewals: int, discount: float
) -> None:
    model = BetaGeometric(alpha, beta, 0.0, converged=True)
    n = np.arange(renewals + 1, renewals + 2_001)
    summed = (model.survival(n) / model.survival(renewals) * (1 + discount) ** -(n - renewals - 1.0)).sum()

    assert model.expected_remaining(renewals, discount) == pytest.approx(summed, rel=1e-9)


@given(st.floats(0.2, 5), st.floats(0.2, 20))
def test_survival_is_the_product_of_retention_and_retention_rises(alpha: float, beta: float) -> None:
    model = BetaGeometric(alpha, beta, 0.0, converged=True)
    retention = model.retention(np.arange(1, 21))

    assert np.cumprod(retention) == pytest.approx(model.survival(np.arange(1, 21)))
    assert np.all(np.diff(retention) > 0)


def test_the_score_is_zero_at_the_maximum_of_scipys_beta_functions() -> None:
    """Derivatives by differences of Σ lost·ln P(T = n) + survivors·ln S(n) at the fit (Fader & Hardie 2007, eq. 5, 6)."""
    lost, survivors = np.array([369.0, 163, 86, 56]), 326.0
    model = beta_geometric.fit(lost, survivors)
    n = np.arange(1.0, 5.0)

    def log_likelihood(a: float, b: float) -> float:
        died = special.betaln(a + 1, b + n - 1) - special.betaln(a, b)
        return float(lost @ died + survivors * (special.betaln(a, b + 4) - special.betaln(a, b)))

    h = 1e-4
    assert model.log_likelihood == pytest.approx(log_likelihood(model.alpha, model.beta), rel=1e-12)
    assert log_likelihood(model.alpha + h, model.beta) - log_likelihood(model.alpha - h, model.beta) == pytest.approx(
        0.0, abs=2 * h * 1e-3
    )
    assert log_likelihood(model.alpha, model.beta + h) - log_likelihood(model.alpha, model.beta - h) == pytest.approx(
        0.0, abs=2 * h * 1e-3
    )


def test_two_renewals_and_one_customer_lost_are_enough() -> None:
    assert beta_geometric.fit([30, 10], 60).converged
    assert beta_geometric.fit([2, 1], 0).log_likelihood < 0
    assert beta_geometric.fit([1, 0], 1).log_likelihood < 0


UNFIT = (
    "the renewal model has no interior maximum on these counts\n"
    "  to do:    use more renewals, or the observed retention"
)
NAN = (
    " has 1 value that is not finite, at position 0\n  expected: finite numbers\n"
    "  to do:    leave out employees without data instead of passing NaN"
)
OVER = "\n  expected: losses over at least two renewals"
REFUSED: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: beta_geometric.fit([10], 90), NotEnough, "10 customers lost over 1 renewal" + OVER),
    (lambda: beta_geometric.fit([1], 90), NotEnough, "1 customer lost over 1 renewal" + OVER),
    (lambda: beta_geometric.fit([0, 0], 90), NotEnough, "0 customers lost over 2 renewals" + OVER),
    (
        lambda: beta_geometric.fit([10, 5], -1),
        InvalidInput,
        "survivors is -1\n  expected: a number that is not negative",
    ),
    (
        lambda: beta_geometric.fit([[10]], 1),
        InvalidInput,
        "lost_by_renewal has 2 dimensions\n  expected: one dimension",
    ),
    (
        lambda: beta_geometric.fit([1, -1], 1),
        InvalidInput,
        "lost_by_renewal is -1.0 at position 1\n  expected: at least 0",
    ),
    (
        lambda: BetaGeometric(1, 1, 0.0, converged=True).expected_remaining(1, 0.0),
        InvalidInput,
        "discount is 0.0\n  expected: above 0 per renewal period",
    ),
    (lambda: BetaGeometric(1, 1, 0.0, converged=True).survival([float("nan")]), InvalidInput, "renewals" + NAN),
    (lambda: BetaGeometric(1, 1, 0.0, converged=True).retention([float("nan")]), InvalidInput, "renewal" + NAN),
    (
        lambda: BetaGeometric(1, 1, 0.0, converged=True).expected_remaining([float("nan")], 0.1),
        InvalidInput,
        "renewals" + NAN,
    ),
    (lambda: BetaGeometric(1, 1, 0.0, converged=False).survival(1), NotConverged, UNFIT),
    (lambda: BetaGeometric(1, 1, 0.0, converged=False).retention(1), NotConverged, UNFIT),
    (lambda: BetaGeometric(1, 1, 0.0, converged=False).expected_remaining(1, 0.1), NotConverged, UNFIT),
]


def test_counts_that_say_nothing_are_refused() -> None:
    for call, error, message in REFUSED:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_predictions_take_whole_numbers_of_any_type() -> None:
    """Of α = β = 1: S(n) = 1/(n + 1), retention n/(n + 1); numbers of 8 bits must not wrap around."""
    model, n = BetaGeometric(1.0, 1.0, 0.0, converged=True), np.array([1, 127], dtype=np.int8)

    assert model.survival(n) == pytest.approx([1 / 2, 1 / 128])
    assert model.retention(n) == pytest.approx([1 / 2, 127 / 128])
    assert model.expected_remaining(n, 0.1) == pytest.approx(model.expected_remaining([1.0, 127.0], 0.1))


def test_rising_churn_contradicts_the_model_and_has_no_fit() -> None:
    assert not beta_geometric.fit([10, 50, 200, 400], 340).converged
