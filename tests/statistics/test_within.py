"""Case mix and mixed models from group sums against R, against regression with dummies, and against simulated truth."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.within import case_mix, design_effect, random_intercept

Columns = dict[str, FloatArray]
Read = Callable[[str], Columns]
Build = Callable[..., GroupSums]

DYESTUFF = (
    "1545 1440 1440 1520 1580 1540 1555 1490 1560 1495 1595 1550 1605 1510 1560 "
    "1445 1440 1595 1465 1545 1595 1630 1515 1635 1625 1520 1455 1450 1480 1445"
)
DYESTUFF2 = (
    "7.298 3.846 2.434 9.566 7.990 5.220 6.556 0.608 11.788 -0.892 0.110 10.386 13.434 5.510 8.166 "
    "2.212 4.852 7.092 9.288 4.980 0.282 9.014 4.458 9.446 7.198 1.722 4.782 8.106 0.758 3.758"
)


def batches(text: str) -> tuple[FloatArray, FloatArray]:
    y = np.array([float(word) for word in text.split()])
    return np.repeat(np.arange(6), 5).astype(float), y


def random_rows(seed: int, employees: int, rows: int, columns: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    g = np.concatenate([np.arange(employees), random.integers(0, employees, rows - employees)]).astype(float)
    x = random.normal(size=(rows, columns)) + 0.3 * g[:, None] / employees
    return g, random.normal(size=rows) + x.sum(axis=1) + 0.2 * g, x


def test_dyestuff_by_reml_is_as_lme4_prints_it(sums_of: Build) -> None:
    """lme4 ?Dyestuff and Bates 2010, lme4: Mixed-effects modeling with R, §1.3: REML 319.6543, BLUPs A to F."""
    fit = random_intercept(sums_of(*batches(DYESTUFF)))

    assert fit.criterion == pytest.approx(319.654276842342, abs=1e-6)
    assert (fit.between, fit.residual) == (pytest.approx(1764.05, rel=1e-5), pytest.approx(2451.25, rel=1e-6))
    assert (fit.beta[0], np.sqrt(fit.covariance[0, 0])) == (pytest.approx(1527.5), pytest.approx(19.383, abs=1e-3))
    assert fit.effects == pytest.approx([-17.607, 0.391, 28.562, -23.085, 56.733, -44.995], abs=1e-3)


def test_dyestuff_by_maximum_likelihood_is_as_published(sums_of: Build) -> None:
    """Bates 2010 §1.3.1: variance 1388.33 between, 2451.25 residual, deviance 327.3271, SE 17.69."""
    fit = random_intercept(sums_of(*batches(DYESTUFF)), restricted=False)

    assert (fit.between, fit.residual) == (pytest.approx(1388.33, abs=0.01), pytest.approx(2451.25, abs=0.01))
    assert fit.criterion == pytest.approx(327.3271, abs=1e-4)
    assert np.sqrt(fit.covariance[0, 0]) == pytest.approx(17.69, abs=0.01)


@pytest.mark.parametrize(("restricted", "criterion", "residual"), [(True, 161.8283, 13.806), (False, 162.8730, 13.346)])
def test_a_between_variance_of_zero_is_a_result(
    restricted: bool, criterion: float, residual: float, sums_of: Build
) -> None:
    """Dyestuff2 of Box & Tiao 1973, in Bates 2010 §1.3.2: no batch-to-batch variance."""
    fit = random_intercept(sums_of(*batches(DYESTUFF2)), restricted=restricted)

    assert fit.between == 0.0
    assert fit.criterion == pytest.approx(criterion, abs=1e-4)
    assert fit.residual == pytest.approx(residual, abs=1e-3)
    assert fit.effects == pytest.approx(np.zeros(6), abs=1e-12)


def sleepstudy(data: Read, sums_of: Build) -> GroupSums:
    table = data("sleepstudy")
    _, subject = np.unique(table["Subject"], return_inverse=True)
    return sums_of(subject, table["Reaction"], table["Days"])


def test_sleepstudy_random_intercept_is_as_lme4_prints_it(data: Read, sums_of: Build) -> None:
    """lmer(Reaction ~ Days + (1|Subject), sleepstudy): REML 1786.465; 251.405 (9.747), 10.467 (.804)."""
    fit = random_intercept(sleepstudy(data, sums_of))

    assert fit.criterion == pytest.approx(1786.4651, abs=1e-3)
    assert (fit.between, fit.residual) == (pytest.approx(1378.18, rel=1e-5), pytest.approx(960.46, rel=1e-5))
    assert fit.beta == pytest.approx([251.4051, 10.4673], abs=1e-4)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx([9.7467, 0.8042], abs=1e-4)


def test_sleepstudy_log_likelihood_is_as_anova_refits_it(data: Read, sums_of: Build) -> None:
    """anova() of lme4 refits by ML: logLik −897.04, deviance 1794.1."""
    fit = random_intercept(sleepstudy(data, sums_of), restricted=False)

    assert fit.criterion / -2 == pytest.approx(-897.04, abs=5e-3)


def test_grunfeld_within_estimates_are_as_plm_prints_them(data: Read, sums_of: Build) -> None:
    """Croissant & Millo 2008, J. Stat. Software 27:2: value .110124 (.011857), capital .310065 (.017355)."""
    table = data("grunfeld")
    x = np.column_stack([table["value"], table["capital"]])
    result = case_mix(sums_of(table["firm"] - 1, table["inv"], x))

    assert result.beta == pytest.approx([0.110124, 0.310065], abs=1e-6)
    assert np.sqrt(np.diag(result.covariance)) == pytest.approx([0.011857, 0.017355], abs=1e-6)
    assert result.sigma2 * result.degrees_of_freedom == pytest.approx(523_478, abs=1)
    assert result.degrees_of_freedom == pytest.approx(188)


def test_case_mix_equals_regression_with_one_dummy_per_employee(sums_of: Build) -> None:
    g, y, x = random_rows(3, 9, 120, 2)
    result = case_mix(sums_of(g, y, x))
    design = np.column_stack([x - x.mean(axis=0), g[:, None] == np.arange(9)])
    coefficients, squares, *_ = np.linalg.lstsq(design, y, rcond=None)
    covariance = squares[0] / (120 - 11) * np.linalg.inv(design.T @ design)

    assert result.beta == pytest.approx(coefficients[:2])
    assert result.adjusted == pytest.approx(coefficients[2:])
    assert result.variance == pytest.approx(np.diag(covariance)[2:])


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), columns=st.integers(1, 4))
def test_parts_of_the_case_mix_add_up_and_merged_sums_equal_the_whole(seed: int, columns: int, sums_of: Build) -> None:
    g, y, x = random_rows(seed, 5, 60, columns)
    g[30:35] = np.arange(5)
    whole = sums_of(g, y, x)
    first, second = sums_of(g[:30], y[:30], x[:30]), sums_of(g[30:], y[30:], x[30:])
    result, merged = case_mix(whole), case_mix(first + second)

    assert result.raw - result.effect.sum(axis=1) == pytest.approx(result.adjusted, rel=1e-12)
    assert merged.adjusted == pytest.approx(result.adjusted, rel=1e-9, abs=1e-9)
    assert merged.variance == pytest.approx(result.variance, rel=1e-9)


@pytest.mark.simulation
def test_the_score_form_credits_shared_outcomes_without_bias(sums_of: Build) -> None:
    """Multiple membership: slope of truth on estimate near 1; the weighted mean dilutes, slope 1.3 and more."""
    random = np.random.default_rng(11)
    outcomes, employees = 30_000, 300
    pair = np.stack([random.integers(0, employees, outcomes), random.integers(0, employees, outcomes)])
    pair[1] = np.where(pair[0] == pair[1], (pair[0] + 1) % employees, pair[1])
    share = random.uniform(0.2, 0.8, outcomes)
    effect, x = random.normal(0, 0.5, employees), random.normal(0, 1, outcomes)
    y = 3 + share * effect[pair[0]] + (1 - share) * effect[pair[1]] + 0.7 * x + random.normal(0, 0.5, outcomes)
    weight = np.concatenate([share, 1 - share])
    sums = sums_of(pair.ravel(), np.tile(y, 2), np.tile(x, 2), weight=weight)
    result = case_mix(sums)
    diluted = sums.y / sums.weight
    error = result.adjusted - 3 - effect

    assert result.beta == pytest.approx([0.7], abs=0.02)
    assert np.polyfit(effect, result.adjusted, 1)[0] == pytest.approx(1.0, abs=0.05)
    assert np.polyfit(effect, diluted, 1)[0] < 0.65
    assert result.raw - result.effect.sum(axis=1) == pytest.approx(result.adjusted, rel=1e-12)
    assert np.mean(error**2) < 0.3 * np.mean((diluted - 3 - effect) ** 2)


def test_the_score_form_is_the_weighted_residual_over_the_squared_weights(sums_of: Build) -> None:
    """û = Σw r/Σw² with r = y − ȳ − (x − x̄)'β row by row, confounded cases and very unequal weights."""
    random = np.random.default_rng(12)
    g, y, x = random_rows(13, 6, 200, 2)
    weight = random.uniform(0.05, 1.0, 200)
    result = case_mix(sums_of(g, y, x, weight=weight))
    mean, mean_x = np.average(y, weights=weight), np.average(x, axis=0, weights=weight)
    residual = y - mean - (x - mean_x) @ result.beta
    group = g.astype(int)
    score = np.bincount(group, weight * residual) / np.bincount(group, weight**2)

    assert result.adjusted == pytest.approx(mean + score)
    assert result.variance == pytest.approx(
        result.sigma2 / np.bincount(group, weight**2)
        + np.einsum("ep,pq,eq->e", result.effect / result.beta, result.covariance, result.effect / result.beta)
    )


@pytest.mark.simulation
def test_better_employees_with_harder_cases_are_not_taken_for_worse(sums_of: Build) -> None:
    """A pooled regression absorbs part of the employees' effect; the within estimator does not."""
    random = np.random.default_rng(4)
    effect = random.normal(0, 0.3, 200)
    g = np.repeat(np.arange(200), 100)
    hard = random.random(g.size) < np.clip(0.5 + effect[g], 0.05, 0.95)
    y = 4 + effect[g] - 1.0 * hard + random.normal(0, 1, g.size)
    result = case_mix(sums_of(g, y, hard.astype(float)))
    pooled = np.polyfit(hard, y, 1)[0]

    assert result.beta == pytest.approx([-1.0], abs=0.03)
    assert pooled > -0.9
    assert np.corrcoef(result.adjusted, effect)[0, 1] > 0.93


def test_columns_that_cannot_be_told_from_employees_or_others_are_dropped_and_said_so(sums_of: Build) -> None:
    g, y, x = random_rows(8, 6, 90, 2)
    team, twin = (g % 2)[:, None], x[:, :1] * 2 + 1
    result = case_mix(sums_of(g, y, np.hstack([x, team, twin])))
    plain = case_mix(sums_of(g, y, x))

    assert result.dropped == (2, 3)
    assert result.degrees_of_freedom == pytest.approx(90 - 6 - 2)
    assert result.part.tolist() == [0, 1, 0, 1, 0, 1]
    for rows in (slice(0, 6, 2), slice(1, 6, 2)):
        assert result.adjusted[rows] - result.adjusted[rows][0] == pytest.approx(
            plain.adjusted[rows] - plain.adjusted[rows][0]
        )
    assert result.effect[:, 2:] == pytest.approx(np.zeros((6, 2)))


@pytest.mark.parametrize("seed", range(12))
def test_employees_are_compared_where_their_difference_can_be_estimated(sums_of: Build, seed: int) -> None:
    """The difference of two employees' effects lies in the row space of the design: by rank (Searle 1971, 5.4)."""
    random = np.random.default_rng(seed)
    desk, g = random.integers(0, 3, 8), np.repeat(np.arange(8), 6)
    kind = desk[g] * 2 + random.integers(0, 2, g.size)  # what a desk serves, nobody of another does
    kind[random.random(g.size) < 0.02 * (seed % 3)] = 0
    hour = random.integers(0, 2, g.size)
    x = np.column_stack([kind[:, None] == np.arange(1, 6), hour]).astype(float)
    design = np.column_stack([g[:, None] == np.arange(8), x])
    part = case_mix(sums_of(g, random.normal(size=g.size), x)).part
    rank = np.linalg.matrix_rank(design)

    for one in range(8):
        for other in range(one):
            contrast = np.zeros(design.shape[1])
            contrast[one], contrast[other] = 1.0, -1.0
            estimable = np.linalg.matrix_rank(np.vstack([design, contrast])) == rank
            assert (part[one] == part[other]) == estimable


@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e7])
def test_who_is_compared_does_not_depend_on_the_unit_of_what_parts_them(sums_of: Build, unit: float) -> None:
    """Weekly hours, of which each employee has their own: 38 or 40; beside it a column that is the same for all."""
    g, y, x = random_rows(8, 6, 90, 1)
    hours = unit * np.where(g % 2, 38.0, 40.0)[:, None]

    result = case_mix(sums_of(g, y, np.hstack([x, hours, np.ones((90, 1))])))

    assert result.dropped == (1, 2)
    assert result.part.tolist() == [0, 1, 0, 1, 0, 1]


def test_a_design_effect_widens_the_sampling_part_and_never_narrows_it(sums_of: Build) -> None:
    sums = sums_of(*random_rows(2, 5, 50, 1))
    plain, wide, narrow = (case_mix(sums, design_effect=value) for value in (1.0, 1.8, 0.4))

    assert wide.variance - plain.variance == pytest.approx(0.8 * plain.sigma2 / sums.weight)
    assert narrow.variance == pytest.approx(plain.variance)
    assert (design_effect(30.0, 20.0), design_effect(10.0, 20.0), design_effect(1.0, 0.5)) == (1.5, 1.0, 2.0)


def test_one_degree_of_freedom_is_enough(sums_of: Build) -> None:
    """Two employees with (y, x) of (0, 0), (2, 1) and (5, 0), (6, 2): β = (2·½ + 1·2·½)/(½ + 2), one square left."""
    result = case_mix(sums_of([0, 0, 1, 1], [0, 2, 5, 6], [0, 1, 0, 2]))

    assert result.degrees_of_freedom == pytest.approx(1.0)
    assert result.beta == pytest.approx([2 / 2.5])
    assert result.sigma2 == pytest.approx(2 + 0.5 - 2**2 / 2.5)


def test_a_mixed_model_of_three_outcomes_is_the_smallest(sums_of: Build) -> None:
    """Two employees with 1, 3 and 9: by REML of the balanced part nothing is known, by the likelihood itself it is."""
    fit = random_intercept(sums_of([0, 0, 1], [1, 3, 9]), restricted=False)
    y = np.array([1.0, 3, 9])

    def deviance(psi: float) -> float:
        V = np.eye(3) + psi * np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]])  # noqa: N806
        weights = np.linalg.inv(V).sum(axis=0)
        distance = y - weights @ y / weights.sum()
        return float(3 * np.log(distance @ np.linalg.solve(V, distance)) + np.linalg.slogdet(V)[1])

    psi = optimize.minimize_scalar(deviance, bounds=(0, 500), method="bounded", options={"xatol": 1e-10}).x

    assert fit.between / fit.residual == pytest.approx(psi, rel=1e-5)
    assert fit.criterion == pytest.approx(deviance(psi) + 3 * (1 + np.log(2 * np.pi / 3)), rel=1e-10)


def test_the_variance_ratio_is_sought_up_to_a_million_times_the_residual_variance_of_a_mean(sums_of: Build) -> None:
    """Three employees of two outcomes each, who differ by a million million times what their own outcomes do."""
    y = np.repeat([-1.0, 0.0, 1.0], 2) + np.tile([-1e-6, 1e-6], 3)
    fit = random_intercept(sums_of(np.repeat(np.arange(3), 2), y))

    assert fit.between / fit.residual == pytest.approx(1e6 / 2, rel=1e-6)


def test_outcomes_that_are_all_zero_do_not_vary_and_a_column_of_zeros_is_dropped(sums_of: Build) -> None:
    g, y, _ = random_rows(1, 4, 40, 1)

    with pytest.raises(NotEnough, match=r"^the outcomes do not vary"):
        case_mix(sums_of(g, np.zeros(40)))
    assert case_mix(sums_of(g, y, np.zeros(40))).dropped == (0,)


def test_what_cannot_be_estimated_is_refused(sums_of: Build) -> None:
    g, y, x = random_rows(1, 4, 40, 1)
    shared = sums_of(g, y, x, weight=np.full(40, 0.5))
    more = "\n  expected: more outcomes than employees and columns together"
    refused: list[tuple[Callable[[], object], type[Exception], str]] = [
        (
            lambda: case_mix(sums_of(g[:4], y[:4])),
            NotEnough,
            "4 outcomes of 4 employees with 0 case-mix columns" + more,
        ),
        (
            lambda: case_mix(sums_of([0, 0, 1, 1], [1, 2, 3, 5], [[0, 1], [1, 0], [1, 1], [0, 1]])),
            NotEnough,
            "4 outcomes of 2 employees with 2 case-mix columns" + more,
        ),
        (
            lambda: case_mix(sums_of(g, np.full(40, 5.0))),
            NotEnough,
            "the outcomes do not vary within employees beyond their case mix\n  expected: outcomes that differ",
        ),
        (lambda: design_effect(0.0, 0.0), NotEnough, "the residuals are all zero\n  expected: outcomes that vary"),
        (
            lambda: random_intercept(shared),
            InvalidInput,
            "the sums carry shared credit (Σw² differs from Σw)\n  expected: whole outcomes, each of one employee",
        ),
        (
            lambda: random_intercept(sums_of(g, y, np.hstack([x, x]))),
            InvalidInput,
            "the case-mix columns are collinear\n  to do:    leave out the columns that others imply",
        ),
        (
            lambda: random_intercept(sums_of(np.zeros(9), y[:9])),
            NotEnough,
            "9 outcomes of 1 employee\n  expected: more outcomes",
        ),
        (
            lambda: random_intercept(sums_of(g[:3], y[:3], x[:3])),
            NotEnough,
            "3 outcomes of 3 employees\n  expected: more outcomes",
        ),
    ]
    for call, error, message in refused:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value) == message


def test_one_of_each_is_told_in_the_singular_and_shared_outcomes_to_three_places(sums_of: Build) -> None:
    for sums, told in (
        (sums_of([0], [1.0]), "1 outcome of 1 employee with 0 case-mix columns"),
        (sums_of([0, 0], [1.0, 2.0], [[0.0], [1.0]]), "2 outcomes of 1 employee with 1 case-mix column"),
        (
            sums_of([0, 1], [1.0, 2.0], weight=[1 / 3, 1 / 3]),
            "0.667 outcomes of 2 employees with 0 case-mix columns",
        ),
    ):
        with pytest.raises(NotEnough, match=f"^{told}"):
            case_mix(sums)
