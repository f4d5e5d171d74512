"""Levels against SciPy's distributions and SAS EVAAS's table, and that none goes beyond the verdict."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.scoring.test_run import TEAM, served

from appraise.domain.indicators import SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Policy, RatingRule
from appraise.domain.scorecards import Composite, Estimate
from appraise.scoring.levels import Known, levels
from appraise.statistics.mixtures import GammaMixture, NormalMixture

ALONE = np.ones(1)
EVAAS = replace(DEFAULT_POLICY, rating_rule=RatingRule.EVAAS)


def normal(mean: list[float], sd: float = 1.0) -> NormalMixture:
    means = np.array(mean)[:, None]
    return NormalMixture(ALONE, means, np.full(means.shape, sd))


def verdicts(known: Known) -> list[bool | None]:
    """By the 90 % interval, as scorecards say it."""
    above = known.above()
    return [True if p > 0.95 else False if p < 0.05 else None for p in above.tolist()]


def judged(known: Known, policy: Policy = DEFAULT_POLICY) -> list[int]:
    return levels(known, policy, is_better=verdicts(known))


def test_levels_begin_at_the_quantiles_of_the_normal_distribution() -> None:
    """A spread of 2 sampling errors: half of it is 1, and being sure at .95 takes 1.645 more."""
    sure = stats.norm.ppf(0.95)
    cuts = [-1 - sure, -sure, sure, 1 + sure]
    means = [cut + step for cut in cuts for step in (-1e-6, 1e-6)]

    assert judged(Known(normal(means), 0.0, 2.0, True)) == [1, 2, 2, 3, 3, 4, 4, 5]
    assert judged(Known(normal(means), 0.0, 2.0, False)) == [5, 4, 4, 3, 3, 2, 2, 1]
    assert judged(Known(normal([mean + 70 for mean in means]), 70.0, 2.0, True)) == [1, 2, 2, 3, 3, 4, 4, 5]


def test_few_losses_are_a_high_level_of_attrition() -> None:
    """Gamma posteriors of the ratio; P(ratio < 1 − .5·.2), P(ratio < 1) and so on from SciPy."""
    shape, means = 60.0, [0.55, 0.8, 0.98, 1.3, 1.5]
    known = Known(GammaMixture(ALONE, np.full((5, 1), shape), shape / np.array(means)[:, None]), 1.0, 0.2, False)
    ratio = [stats.gamma(shape, scale=mean / shape) for mean in means]
    expected = [
        5 if one.cdf(0.9) >= 0.95 else 1 if one.sf(1.1) >= 0.95 else 4 if one.cdf(1) >= 0.95 else 2 if one.sf(1) >= 0.95
        else 3
        for one in ratio
    ]  # fmt: skip

    assert judged(known) == expected == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("index", "level"),
    [(2.01, 5), (2.0, 5), (1.99, 4), (1.7, 4), (0.99, 3), (-0.99, 3), (-1.7, 2), (-1.99, 2), (-2.01, 1)],
)
def test_the_preset_gives_the_levels_of_evaas(index: float, level: int) -> None:
    """SAS EVAAS: level 5 from 2 standard errors, 4 from 1, 3 from −1, 2 from −2, else 1."""
    assert judged(Known(normal([3 * index], sd=3.0), 0.0, 50.0, True), EVAAS) == [level]


def test_where_the_verdict_cannot_tell_evaas_stays_at_the_middle() -> None:
    assert judged(Known(normal([1.5, -1.5]), 0.0, 1.0, True), EVAAS) == [3, 3]


def test_a_lower_certainty_loosens_the_ends_alone() -> None:
    """P(> .5) of a mean of 1.7 is .885: a 4 at a certainty of .95 and a 5 at .85; a mean of 1.3 stays undecided."""
    known = Known(normal([1.7, 1.3]), 0.0, 1.0, True)

    assert stats.norm.sf(0.5, 1.7) == pytest.approx(0.885, abs=0.001)
    assert judged(known) == [4, 3]
    assert judged(known, replace(DEFAULT_POLICY, level_certainty=0.85)) == [5, 3]
    assert judged(known, replace(DEFAULT_POLICY, level_certainty=0.99)) == [3, 3]


def test_a_wider_margin_makes_the_ends_rarer_and_none_makes_them_all() -> None:
    known = Known(normal([2.0, 4.0, -2.0]), 0.0, 1.0, True)

    assert judged(known, replace(DEFAULT_POLICY, margin=1.0)) == [4, 5, 2]
    assert judged(known, replace(DEFAULT_POLICY, margin=0.0)) == [5, 5, 1]


policies = st.builds(
    lambda rule, margin, certainty: replace(
        DEFAULT_POLICY, rating_rule=rule, margin=margin, level_certainty=certainty
    ),
    st.sampled_from(RatingRule), st.floats(0, 3), st.floats(0.51, 0.999),
)  # fmt: skip


@given(
    st.lists(st.floats(-6, 6), min_size=1, max_size=20), st.floats(0.1, 3), st.floats(0.1, 3), st.booleans(), policies
)
def test_no_level_goes_beyond_the_verdict_whatever_the_policy(
    means: list[float], sd: float, spread: float, higher: bool, policy: Policy
) -> None:
    known = Known(normal(means, sd), 0.0, spread, higher)
    for verdict, level in zip(verdicts(known), judged(known, policy), strict=True):
        assert verdict is True or level <= 3
        assert verdict is False or level >= 3


@given(
    st.lists(st.floats(-6, 6), min_size=2, max_size=20), st.floats(0.1, 3), st.floats(0.1, 3), policies
)  # fmt: skip
def test_with_the_same_evidence_a_better_figure_has_no_lower_level(
    means: list[float], sd: float, spread: float, policy: Policy
) -> None:
    found = judged(Known(normal(sorted(means), sd), 0.0, spread, True), policy)

    assert found == sorted(found)
    assert judged(Known(normal([-mean for mean in sorted(means)], sd), 0.0, spread, False), policy) == found


def test_an_estimate_below_consequence_reliability_and_context_have_no_level(world: Any, only: Any) -> None:
    served(world.team(*TEAM))

    def found(policy: Policy) -> list[Estimate]:
        return [card.result(SATISFACTION) for card in world.score(policy).scorecards]

    policy = only(SATISFACTION, case_mix=())
    reliable, unreliable = (
        found(replace(policy, consequence_reliability=least)) for least in (0.0, 1.0)
    )  # fmt: skip
    context = replace(
        policy,
        consequence_reliability=0.0,
        indicators=(
            (SATISFACTION, replace(policy.of(SATISFACTION), weight=0.0)),
            ("repeat_purchase", replace(DEFAULT_POLICY.of("repeat_purchase"), weight=1.0)),
        ),
    )

    assert [one.level for one in reliable] == [
        {True: 4, False: 2, None: 3}[one.is_better] if one.level in {2, 3, 4} else one.level for one in reliable
    ]
    assert None not in {one.level for one in reliable}
    assert {one.level for one in unreliable} == {None}
    assert {one.level for one in found(context)} == {None}


def test_the_policy_s_rule_is_that_of_estimates_and_composites(world: Any, only: Any) -> None:
    """Six employees, of whom two are far off: with a margin of 0 every level 4 is a 5, with one of 3 every 5 a 4."""
    world.team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(40):
            world.rating(f"{name}{j}", 5 + j, name, 1 + (4 * (i == 0) or (i > 1) * (1 + j % 3)))
    policy = replace(only(SATISFACTION, case_mix=()), consequence_reliability=0.0, attributable_share=1.0)

    def found(margin: float) -> list[tuple[int | None, int | None]]:
        cards = world.score(replace(policy, margin=margin)).scorecards
        composites = [card.composite for card in cards if isinstance(card.composite, Composite)]
        return [
            (card.result(SATISFACTION).level, one.level) for card, one in zip(cards, composites, strict=True)
        ]  # fmt: skip

    narrow, wide = found(0.0), found(3.0)

    assert (narrow[0], wide[0]) == ((5, 5), (4, 4))
    assert (narrow[1], wide[1]) == ((1, 1), (2, 2))
