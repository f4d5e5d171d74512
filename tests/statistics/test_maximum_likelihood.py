"""The search for a maximum, on a likelihood whose maximum and information are known in closed form."""

import numpy as np
import pytest

from appraise.statistics.arrays import FloatArray
from appraise.statistics.maximum_likelihood import differentiated, maximise


def exponential(point: FloatArray) -> float:
    """100 exponential waits that total 250: the rate is .4, its information in ln(rate) is 100."""
    return float(100 * point[0] - 250 * np.exp(point[0]))


def test_a_regular_maximum_is_found_with_its_value_and_information() -> None:
    found = maximise(differentiated(exponential), [(0.0,), (3.0,)], observations=100)

    assert found.converged
    assert np.exp(found.log_parameters) == pytest.approx([0.4], rel=1e-7)
    assert found.log_likelihood == pytest.approx(100 * np.log(0.4) - 100)
    assert found.covariance == pytest.approx(np.array([[0.01]]), rel=1e-5)


def test_a_slope_is_judged_for_each_observation() -> None:
    """Of a million waits differences leave a slope of 1e-5 or so, which is nothing for a million."""
    assert maximise(differentiated(lambda point: 1e4 * exponential(point)), [(0.0,)], observations=1e6).converged


@pytest.mark.parametrize(
    "likelihood",
    [
        pytest.param(lambda point: float(point[0]), id="rises without end"),
        pytest.param(lambda point: float(-np.exp(-point[0])), id="flattens towards infinity"),
        pytest.param(lambda point: float(-((point[0] - point[0]) ** 2)), id="flat"),
        pytest.param(
            lambda point: float(np.log(-1.0 - point[0] ** 2)) if point[0] > 99 else float("nan"), id="undefined"
        ),
    ],
)
def test_without_an_interior_maximum_it_has_not_converged(likelihood) -> None:  # noqa: ANN001
    assert not maximise(differentiated(likelihood), [(0.0,)], observations=1.0).converged


def test_of_two_maxima_the_higher_one_is_kept() -> None:
    def two_hills(point: FloatArray) -> float:
        return float(np.logaddexp(-((point[0] + 2) ** 2), 1 - 4 * (point[0] - 3) ** 2))

    assert maximise(differentiated(two_hills), [(-2.0,), (2.5,)], observations=1.0).log_parameters == pytest.approx(
        [3.0], abs=1e-6
    )


def test_a_maximum_is_found_to_the_last_digits_where_the_objective_is_flat_to_rounding() -> None:
    """Of many observations the value near the maximum shows eight digits of the place, the gradient all sixteen."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        rate = np.exp(point)
        return float(1e6 * point[0] - 2.5e6 * rate[0]), 1e6 - 2.5e6 * rate

    found = maximise(objective, [(0.0,)], observations=4e6)

    assert found.converged
    assert found.log_parameters == pytest.approx([np.log(0.4)], abs=1e-13)
    assert found.covariance == pytest.approx(np.array([[1e-6]]), rel=1e-7)


def test_the_covariance_is_the_inverse_of_the_information_of_several_parameters() -> None:
    """A normal log density with correlation ½: its own covariance, over two observations' weight."""
    precision = np.linalg.inv(np.array([[4.0, 1.0], [1.0, 1.0]]))
    middle = np.array([2.0, -3.0])

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        distance = point - middle
        return float(7.0 - distance @ precision @ distance), -2 * precision @ distance

    found = maximise(objective, [(0.0, 0.0)], observations=2.0)

    assert found.log_parameters == pytest.approx(middle, abs=1e-9)
    assert found.log_likelihood == pytest.approx(7.0)
    assert found.covariance == pytest.approx(np.array([[2.0, 0.5], [0.5, 0.5]]), rel=1e-6)


@pytest.mark.parametrize(("middle", "converged"), [(10.9, True), (11.1, False), (-10.9, True), (-11.1, False)])
def test_a_parameter_within_one_of_the_edge_of_the_search_has_not_converged(middle: float, converged: bool) -> None:
    found = maximise(differentiated(lambda point: -(float(point[0] - middle) ** 2)), [(0.0,)], observations=1.0)

    assert found.log_parameters == pytest.approx([middle], abs=1e-6)
    assert found.converged == converged


def test_a_start_far_down_the_slope_of_a_hill_is_led_to_its_top() -> None:
    """Where it begins the slope is 9e-7 for each observation and the likelihood is curved the wrong way."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        height = 1e3 * np.exp(-0.5 * (point - 3.0) ** 2)
        return float(height[0]), -(point - 3.0) * height

    found = maximise(objective, [(-2.6,)], observations=1e3)

    assert found.converged
    assert found.log_parameters == pytest.approx([3.0], abs=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_nothing_beyond_the_edge_of_the_search_is_asked_for(sign: float) -> None:
    """Newton's step from the edge would go one further at each turn, to where the exponential of a model overflows."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        assert np.all(np.abs(point) <= 12.0 + 1e-4)  # and the differences for curvature
        falling = np.exp(-sign * point)
        return -float(falling[0]), sign * falling

    assert not maximise(objective, [(0.0,)], observations=1.0).converged


def test_without_curvature_in_every_direction_there_is_no_covariance() -> None:
    """One direction is flat: the likelihood knows the sum of the two parameters only."""
    found = maximise(
        differentiated(lambda point: -(float(point[0] + point[1] - 1) ** 2)), [(0.0, 0.0)], observations=1.0
    )

    assert not found.converged
    assert found.covariance.shape == (2, 2)
    assert np.isnan(found.covariance).all()


@pytest.mark.parametrize(("value", "slope"), [(np.nan, np.nan), (np.nan, 1.0), (5.0, np.nan), (np.inf, 1.0)])
def test_where_the_likelihood_is_no_number_the_search_goes_elsewhere(value: float, slope: float) -> None:
    """Defined below 2 only, as a model that overflows; the start lies outside, another one inside."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        if point[0] >= 2.0:
            return value, np.array([slope])
        return float(np.log(2.0 - point[0]) + point[0]), 1.0 - 1.0 / (2.0 - point)

    found = maximise(objective, [(3.0,), (0.0,)], observations=1.0)

    assert found.converged
    assert found.log_parameters == pytest.approx([1.0], abs=1e-9)
    assert not maximise(objective, [(3.0,)], observations=1.0).converged


@pytest.mark.parametrize(("information", "converged"), [(1.5e-10, True), (0.9e-10, False)])
def test_curvature_counts_from_a_ten_thousand_millionth_on(information: float, converged: bool) -> None:
    """Of itself, and beside the largest one."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        return float(-0.5 * information * point @ point), -information * point

    def beside(point: FloatArray) -> tuple[float, FloatArray]:
        curvature = np.array([1e3 * information, 1e3])
        return float(-0.5 * curvature @ point**2), -curvature * point

    assert maximise(objective, [(0.0,)], observations=1.0).converged == converged
    assert maximise(beside, [(0.0, 0.0)], observations=1.0).converged == converged


def test_the_gradient_by_differences_is_that_of_calculus() -> None:
    value, gradient = differentiated(lambda point: float(point[0] ** 3 + 5 * point[1]))(np.array([2.0, 1.0]))

    assert value == 13.0
    assert gradient == pytest.approx([12.0, 5.0], abs=1e-8)
