"""The simulation harness tells the same twice, and tells when a method is wrong."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
import validity
from rich.console import Console
from validation.answers import Answers, Trial
from validation.company import COMPOSITE, World
from validation.figures import measure, verdicts
from validation.possible import least_squares
from validation.scenarios import SCENARIOS, Scenario, simulate
from validation.tables import missed_targets, table_of
from validation.together import SIGNS, composite

TINY = Scenario("tiny", World(employees=12))


def printed(seed: int) -> str:
    organisations = [simulate(TINY, seed=seed, number=number) for number in range(2)]
    page = StringIO()
    console = Console(width=160, file=page)
    for name, compared in validity.compared_in(TINY, organisations):
        console.print(table_of(name, compared, limit=False))
    return page.getvalue()


def known(truth: np.ndarray, *, half_width: float) -> Trial:
    """Estimates that are off by standard normal noise of sd .5, with intervals of ± `half_width`."""
    rng = np.random.default_rng(7)
    value = truth + 0.5 * rng.standard_normal(truth.size)
    ones = np.ones(truth.size)
    answers = Answers(
        known=np.ones(truth.size, bool),
        value=value,
        lower=value - half_width,
        upper=value + half_width,
        rating=np.full(truth.size, 3, np.int8),
        reliability=ones,
        deviation=value,
        variance=ones,
    )
    return Trial(truth, 1.0, 50 * ones, replace(answers, value=truth + 2.0 * (value - truth)), answers)


def figures(trial: Trial) -> list[str]:
    everybody, twice = 2 * [np.ones(trial.truth.size, bool)], [trial, trial]
    compared = (
        measure(twice, [trial.naive, trial.naive], among=everybody),
        measure(twice, [trial.ours, trial.ours], among=everybody),
    )
    return [verdict.what for verdict in verdicts(*compared) if verdict.missed]


def test_the_same_seed_prints_the_same_table() -> None:
    first = printed(1)

    assert first == printed(1)
    assert first != printed(2)


def test_right_intervals_meet_the_targets_of_coverage() -> None:
    """2,000 normal errors: 1.96 sd hold .95 with a standard error of .005."""
    truth = np.random.default_rng(3).standard_normal(2_000)

    assert [what for what in figures(known(truth, half_width=0.98)) if "coverage" in what] == []


@pytest.mark.parametrize("half_width", [0.7, 1.5])
def test_intervals_too_narrow_or_too_wide_miss_the_targets_of_coverage(half_width: float) -> None:
    truth = np.random.default_rng(3).standard_normal(2_000)

    assert {"coverage", "coverage at 31–100", "coverage published"} <= set(figures(known(truth, half_width=half_width)))


def test_narrow_intervals_flag_the_truly_average() -> None:
    truth = np.random.default_rng(3).uniform(-0.5, 0.5, 2_000)

    assert "false flags" in figures(known(truth, half_width=0.3))


def test_errors_as_large_as_the_naive_ones_miss_their_target() -> None:
    trial = known(np.random.default_rng(3).standard_normal(500), half_width=0.98)

    assert "RMSE under naive" in figures(replace(trial, naive=trial.ours))
    assert "RMSE under naive" not in figures(trial)


def test_truly_average_employees_rated_at_the_ends_miss_their_target() -> None:
    trial = known(np.random.default_rng(3).uniform(-0.4, 0.4, 500), half_width=0.98)
    harsh = replace(trial.ours, rating=np.where(np.arange(500) % 10 == 0, 1, 3).astype(np.int8))

    assert "rated 1 or 5" in figures(replace(trial, ours=harsh))


def test_a_simulated_method_with_halved_intervals_is_told_as_missed() -> None:
    organisations = [simulate(SCENARIOS[0], seed=1, number=number) for number in range(2)]

    def narrow(trial: Trial) -> Trial:
        ours = trial.ours
        middle, half = (ours.lower + ours.upper) / 2, (ours.upper - ours.lower) / 4
        return replace(trial, ours=replace(ours, lower=middle - half, upper=middle + half))

    halved = [replace(one, trials={name: narrow(trial) for name, trial in one.trials.items()}) for one in organisations]
    [(name, compared)] = validity.compared_in(SCENARIOS[0], halved)
    missed = missed_targets(name, compared)

    for indicator in compared:
        assert any(line.startswith(f"{name} · {indicator} · coverage 0.") for line in missed)


def measured(rng: np.random.Generator, *, error: float, employees: int) -> list[Trial]:
    """Four indicators with correlations of .3, of everybody, off by normal noise of a known sd; the fourth turned."""
    trials = []
    for truth, sign in zip(
        rng.multivariate_normal(np.zeros(4), 0.3 + 0.7 * np.eye(4), employees).T, SIGNS, strict=True
    ):
        trial = known(sign * truth, half_width=1.0)
        figure = sign * truth + error * rng.standard_normal(employees)
        variance = np.full(employees, error**2)
        trials.append(replace(trial, ours=replace(trial.ours, deviation=figure, variance=variance)))
    return trials


def test_the_oracle_finds_what_is_measured_exactly_and_without_measurement_gives_the_average_of_all() -> None:
    rng = np.random.default_rng(5)
    sharp, blind = (
        composite(measured(rng, error=error, employees=200), attributable_share=1.0, own_share=1.0)
        for error in (1e-4, 1e4)
    )

    assert sharp.oracle is not None
    assert blind.oracle is not None
    assert sharp.oracle.value == pytest.approx(sharp.truth, abs=1e-3)
    assert blind.oracle.value == pytest.approx(np.zeros(200), abs=1e-3)


def test_no_method_beats_the_oracle_and_its_intervals_hold() -> None:
    """Errors as large as the effects."""
    rng = np.random.default_rng(5)
    trials = [
        composite(measured(rng, error=1.0, employees=60), attributable_share=1.0, own_share=1.0) for _ in range(10)
    ]
    everybody = [np.ones(60, bool)] * 10
    oracle = measure(trials, [one.oracle for one in trials if one.oracle is not None], among=everybody)
    ours = measure(trials, [one.ours for one in trials], among=everybody)

    assert oracle.rmse < ours.rmse
    assert oracle.coverage.value == pytest.approx(0.95, abs=0.03)


def test_no_method_has_a_smaller_error_than_is_possible_which_grows_with_what_is_not_measured() -> None:
    medium = next(one for one in SCENARIOS if one.world == World(employees=25))
    trials = [simulate(medium, seed=5, number=number).trials["composite"] for number in range(4)]
    ours = measure(trials, [one.ours for one in trials], among=[np.ones(25, bool)] * 4)

    partly = replace(medium, world=World(employees=25, own_share=0.7))
    least, more = (
        np.mean([least_squares(one, seed=5, number=n)[COMPOSITE] for n in range(4)]) for one in (medium, partly)
    )

    assert least < ours.rmse**2
    assert least < more < 25 / 22  # of who knows nothing but the average


def test_one_organisation_alone_decides_nothing() -> None:
    trial = known(np.random.default_rng(3).standard_normal(500), half_width=0.3)
    everybody = [np.ones(500, bool)]
    alone = measure([trial], [trial.ours], among=everybody)

    found = {verdict.what: (verdict.missed, verdict.undecided) for verdict in verdicts(alone, alone)}
    assert found["coverage"] == (False, True)
