"""Two-way rates where desks hardly share a case: against Newton's method, and the equations of the fit."""

import numpy as np
import pytest

from appraise.errors import InvalidInput
from appraise.statistics.survival import stratum_doubt, two_way_rates


def test_desks_that_hardly_share_a_case_are_told_apart_as_exactly_as_others() -> None:
    """Against Newton's method on the Poisson likelihood; plain rounds take thousands here."""
    random = np.random.default_rng(2)
    exposure = 200 * np.eye(8) + np.roll(np.eye(8), 1, axis=1)
    observed = random.poisson(exposure * np.exp(random.normal(0, 0.5, (8, 1)))) + 0.5 * (exposure > 0)
    cells = np.flatnonzero(exposure)
    rows, columns = np.divmod(cells, 8)
    design = np.column_stack([rows[:, None] == np.arange(8), columns[:, None] == np.arange(1, 8)]).astype(float)
    offset, y = np.log(exposure.ravel()[cells]), observed.ravel()[cells]
    beta = np.append(np.log(observed.sum(axis=1) / exposure.sum(axis=1)), np.zeros(7))
    for _ in range(60):
        mu = np.exp(design @ beta + offset)
        beta = beta + np.clip(np.linalg.solve(design.T @ (design * mu[:, None]), design.T @ (y - mu)), -1, 1)
    result = two_way_rates(observed, exposure, pseudo_count=0.0)

    assert result.converged
    assert result.stratum_rate[1:] / result.stratum_rate[0] == pytest.approx(np.exp(beta[8:]), rel=1e-5)


@pytest.mark.parametrize("common", [1.0, 0.1, 1e-3, 1e-5])
def test_with_half_an_event_the_fit_of_desks_that_hardly_share_a_case_comes_to_its_end(common: float) -> None:
    """To where the two equations hold: θ(Eγ + ½) = O + ½, and γ(E'θ + ½) in proportion to O + ½."""
    random = np.random.default_rng(2)
    exposure = 200 * np.eye(8) + common * np.roll(np.eye(8), 1, axis=1)
    observed = random.poisson(exposure * np.exp(random.normal(0, 0.5, (8, 1))))
    result = two_way_rates(observed, exposure)
    theta, gamma = result.employee_rate, result.stratum_rate
    share = gamma * (exposure.T @ theta + 0.5) / (observed.sum(axis=0) + 0.5)

    assert result.converged
    assert theta * (exposure @ gamma + 0.5) == pytest.approx(observed.sum(axis=1) + 0.5, rel=1e-9)
    assert share == pytest.approx(np.full(8, share[0]), rel=1e-8)
    assert result.expected.sum() == pytest.approx(observed.sum(), rel=1e-12)


def test_the_doubt_is_the_delta_method_s_from_the_whole_information_inverted() -> None:
    """Against the inverse of the full matrix of second derivatives."""
    random = np.random.default_rng(4)
    exposure = random.uniform(0.5, 9.0, (7, 4))
    fitted = two_way_rates(random.poisson(exposure), exposure, pseudo_count=5.0)
    mu = fitted.employee_rate[:, None] * fitted.stratum_rate * exposure
    information = np.block([[np.diag(mu.sum(axis=1) + 5.0), mu], [mu.T, np.diag(mu.sum(axis=0))]])
    covariance = np.linalg.inv(information)[7:, 7:]
    cells = fitted.stratum_rate * exposure
    contrast = cells / cells.sum(axis=1, keepdims=True) - mu.sum(axis=0) / mu.sum()

    found = stratum_doubt(fitted, exposure, pseudo_count=5.0)

    assert found == pytest.approx(np.einsum("es,st,et->e", contrast, covariance, contrast), rel=1e-9)
    assert stratum_doubt(two_way_rates([[3.0], [4.0]], [[2.0], [9.0]]), [[2.0], [9.0]], pseudo_count=0.5) == (
        pytest.approx([0.0, 0.0], abs=1e-12)
    )


def test_the_fewer_cases_desks_share_the_more_doubt_there_is_and_its_pseudo_count_bounds_it() -> None:
    """Ten employees at each desk whose rates have a cv of .25: their mean is unsure by √(2/10)·.25 and chance."""
    doubts = []
    for common in (30.0, 3.0, 0.3, 1e-6):
        exposure = np.kron(np.eye(2), np.full((10, 1), 40.0))
        exposure[9, 1] = common
        fitted = two_way_rates(exposure, exposure, pseudo_count=16.0)
        doubts.append(stratum_doubt(fitted, exposure, pseudo_count=16.0)[0])

    assert doubts == sorted(doubts)
    assert doubts[-1] == pytest.approx((1 / 16 + 1 / 40) * 2 / 10 / 4, rel=0.05)


def test_desks_that_share_nothing_are_in_doubt_each_by_itself() -> None:
    """Against the inverse of each desk's own information; who has no case, and a kind that nobody serves, are in none."""
    random = np.random.default_rng(6)
    exposure = np.zeros((8, 5))
    exposure[:4, :2], exposure[4:7, 2:4] = random.uniform(0.1, 0.4, (4, 2)), random.uniform(0.1, 0.4, (3, 2))
    observed = 0.05 * random.poisson(3.0, (8, 5)) * (exposure > 0)  # shared credit: less than one of each kind
    fitted = two_way_rates(observed, exposure, pseudo_count=3.0)
    found = stratum_doubt(fitted, exposure, pseudo_count=3.0)

    for rows, kinds in ((slice(0, 4), slice(0, 2)), (slice(4, 7), slice(2, 4))):
        cells = fitted.stratum_rate[kinds] * exposure[rows, kinds]
        mu = fitted.employee_rate[rows, None] * cells
        information = np.block([[np.diag(mu.sum(axis=1) + 3.0), mu], [mu.T, np.diag(mu.sum(axis=0))]])
        covariance = np.linalg.inv(information)[-2:, -2:]
        contrast = cells / cells.sum(axis=1, keepdims=True) - mu.sum(axis=0) / mu.sum()
        expected = np.einsum("es,st,et->e", contrast, covariance, contrast)
        assert found[rows] == pytest.approx(expected, rel=1e-9)
    assert found[7] == 0.0
    assert fitted.stratum_rate[4] == pytest.approx(1.0)


def test_a_desk_without_events_keeps_the_level_at_which_the_equations_hold() -> None:
    exposure = np.kron(np.eye(2), np.array([[9.0, 2.0], [3.0, 8.0]]))
    observed = exposure * np.array([[1.0, 1.0, 0.0, 0.0]])
    fitted = two_way_rates(observed, exposure)
    theta, gamma = fitted.employee_rate, fitted.stratum_rate

    assert (theta * (exposure @ gamma + 0.5))[2:] == pytest.approx([0.5, 0.5])
    assert (gamma * (exposure.T @ theta + 0.5))[2:] == pytest.approx([0.5, 0.5])
    bare = two_way_rates(observed, exposure, pseudo_count=0.0)
    assert bare.expected == pytest.approx([11.0] * 4)


def test_the_rounds_that_are_allowed_are_the_rounds_that_are_taken() -> None:
    observed, exposure = np.array([[9.0, 2.0], [3.0, 8.0], [4.0, 4.0]]), np.array([[6.0, 3.0], [5.0, 5.0], [2.0, 7.0]])
    rounds = two_way_rates(observed, exposure).iterations

    assert [two_way_rates(observed, exposure, max_iterations=n).converged for n in (rounds - 1, rounds)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("wrong", "told"), [(-2.0, "is -2.0 at position 0"), (np.nan, "has 1 value that is not finite")]
)
def test_expectations_that_cannot_be_are_refused_by_name(wrong: float, told: str) -> None:
    fitted = two_way_rates([[3.0], [4.0]], [[2.0], [9.0]])
    with pytest.raises(InvalidInput, match=f"^expected {told}"):
        stratum_doubt(fitted, [[wrong], [9.0]], pseudo_count=0.5)
