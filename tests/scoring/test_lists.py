"""Flags and standings of a run: against hand calculation, a second implementation of ranks, and laws."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from tests.domain.test_explanations import SATISFIED

from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, COMPOSITE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate, Flags, Manifest, Scorecard
from appraise.domain.standings import Standing, Tier
from appraise.scoring.levels import Known
from appraise.scoring.lists import Pooled, listed
from appraise.statistics.mixtures import NormalMixture

MANIFEST = Manifest("test", "p" * 64, "q" * 64, (("ratings", 2),), date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 1))
NOTHING = Absence(SATISFACTION, AbsenceKind.NOT_OBSERVED, "none")


def pooled(means: Sequence[float], sds: Sequence[float] | float, *, higher: bool = True) -> Pooled:
    centre = np.array(means, dtype=np.float64)[:, None]
    sd = np.broadcast_to(np.array(sds, dtype=np.float64).reshape(-1, 1), centre.shape)
    return Pooled(range(len(centre)), Known(NormalMixture(np.ones(1), centre, sd), 0.0, 1.0, higher))


def card(at: int, result: Estimate | Absence = SATISFIED) -> Scorecard:
    return Scorecard(EmployeeId(f"{at:03}"), (result,), Absence(COMPOSITE, AbsenceKind.NOT_OBSERVED, "none"))


def run(one: Pooled, policy: Policy = DEFAULT_POLICY, **others: Scorecard) -> tuple[tuple[Scorecard, ...], Flags]:
    cards = [others.get(f"at_{at}", card(at)) for at in range(len(one.employees))]
    told, (flags,) = listed(cards, {SATISFACTION: [one]}, policy, MANIFEST)
    return told, flags


def standing(told: Scorecard) -> Standing:
    return dict(told.standings)[SATISFACTION]


def test_flags_are_given_while_their_mean_chance_of_being_wrong_keeps_to_the_policy() -> None:
    """By hand: chances of the wrong side .01, .02, .09, .20, .50 have running means .01, .015, .04, .08, .164."""
    chances = [0.99, 0.02, 0.91, 0.2, 0.5]
    one = pooled(stats.norm.ppf(chances).tolist(), 1.0)

    told, flags = run(one)
    strict, fewer = run(one, replace(DEFAULT_POLICY, false_discovery_rate=0.03))

    assert [one.result(SATISFACTION).flagged for one in told] == [True, True, True, False, False]
    assert flags == Flags(SATISFACTION, judged=5, better=2, worse=1, expected_wrong=Decimal("0.040000"))
    assert [one.result(SATISFACTION).flagged for one in strict] == [True, True, False, False, False]
    assert (fewer.better, fewer.worse, fewer.expected_wrong) == (1, 1, Decimal("0.015000"))


def test_few_losses_are_flagged_as_better_and_stand_high() -> None:
    lost = replace(SATISFIED, indicator=ATTRITION)
    told, (flags,) = listed(
        [card(at, lost) for at in range(8)],
        {ATTRITION: [pooled([-9, -3, -2, -1, 1, 2, 3, 9], 0.01, higher=False)]},
        DEFAULT_POLICY,
        MANIFEST,
    )

    assert (flags.better, flags.worse) == (4, 4)
    assert [dict(one.standings)[ATTRITION].rank for one in told] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_expected_percentiles_are_those_of_a_second_implementation() -> None:
    """Lin, Louis, Paddock & Ridgeway 2006: E[rank] is ½ + Σ P(θ_e > θ_f) over all, itself counted as ½."""
    random = np.random.default_rng(3)
    means, sds = random.normal(0, 2, 40), random.uniform(0.1, 1.0, 40)
    told, _ = run(pooled(means.tolist(), sds.tolist()), replace(DEFAULT_POLICY, rank_width=1.0))
    z = (means[:, None] - means) / np.hypot(sds[:, None], sds)
    expected = (0.5 + special.ndtr(z).sum(axis=1)) / 41

    assert [float(standing(one).percentile or 0) for one in told] == pytest.approx(expected.tolist(), abs=0.015)
    assert [standing(one).rank for one in told] == pytest.approx(stats.rankdata(-expected).tolist(), abs=1)
    assert sorted(standing(one).rank or 0 for one in told) == list(range(1, 41))


def test_a_rank_is_told_only_where_it_is_known_and_otherwise_the_verdict() -> None:
    means, sds = [-9.0, *([0.0] * 8), 9.0], [0.01, *([1.0] * 8), 0.01]
    unclear = replace(SATISFIED, lower_90=Decimal(70))
    worse = replace(SATISFIED, lower_90=Decimal(70), upper_90=Decimal(71), probability_better=Decimal("0.01"))
    told, _ = run(pooled(means, sds), at_1=card(1, unclear), at_2=card(2, worse))

    known = [standing(one) for one in (told[9], told[0])]
    assert known == [
        Standing(10, Decimal("0.909091"), Decimal("0.909091"), Decimal("0.909091"), rank=1),
        Standing(10, Decimal("0.090909"), Decimal("0.090909"), Decimal("0.090909"), rank=10),
    ]
    assert [standing(told[at]).tier for at in (1, 2, 3)] == [Tier.UNCLEAR, Tier.BELOW, Tier.ABOVE]
    assert {(standing(one).rank, standing(one).percentile) for one in told[1:9]} == {(None, None)}
    none, _ = run(pooled(means, sds), replace(DEFAULT_POLICY, rank_width=0.0))
    assert {standing(one).rank for one in none} == {None}


def test_whoever_is_absent_or_carries_no_consequence_is_in_no_list() -> None:
    one = pooled([9.0, -9.0, 3.0, 2.0, 1.0, 0.0, -1.0], 0.01)
    told, flags = run(one, at_0=card(0, NOTHING), at_1=card(1, replace(SATISFIED, consequence=False)))

    assert flags.judged == 5
    assert told[0] == card(0, NOTHING)
    assert (told[1].standings, told[1].result(SATISFACTION).flagged) == ((), None)
    assert [(standing(one).rank, standing(one).listed) for one in told[2:]] == [(n, 5) for n in range(1, 6)]


def test_among_four_nobody_stands_anywhere_and_flags_stay() -> None:
    told, flags = run(pooled([9.0, 3.0, 2.0, -9.0], 0.01))

    assert {one.standings for one in told} == {()}
    assert (flags.judged, flags.better, flags.worse) == (4, 3, 1)


def test_a_run_of_which_nobody_is_judged_has_no_list() -> None:
    assert listed([card(0, NOTHING)], {SATISFACTION: [pooled([1.0], 1.0)]}, DEFAULT_POLICY, MANIFEST) == (
        (card(0, NOTHING),),
        (),
    )


def test_composites_are_a_list_of_their_own() -> None:
    some = Decimal("0.5")
    whole = Composite(some, some, some, some, some, some, some, some, True, 4, some, some, ((SATISFACTION, some),))
    cards = [replace(card(at, NOTHING), composite=whole) for at in range(6)]
    told, (flags,) = listed(
        cards, {COMPOSITE: [pooled([3.0, 2.0, 1.0, 0.0, -1.0, -9.0], 0.01)]}, DEFAULT_POLICY, MANIFEST
    )

    assert (flags.indicator, flags.judged, flags.better) == (COMPOSITE, 6, 3)
    assert [dict(one.standings)[COMPOSITE].rank for one in told] == [1, 2, 3, 4, 5, 6]
    assert told[0].composite == replace(whole, flagged=True)


def test_the_manifest_fixes_the_draws() -> None:
    one = pooled(np.linspace(-1, 1, 30).tolist(), 0.5)
    policy = replace(DEFAULT_POLICY, rank_width=1.0)
    cards = [card(at) for at in range(30)]
    again, other = (
        listed(cards, {SATISFACTION: [one]}, policy, manifest)[0] for manifest in (MANIFEST, replace(MANIFEST, seed=1))
    )

    assert run(one, policy)[0] == again
    assert again != other


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=5, max_size=25),
    st.floats(0.01, 0.3),
    st.floats(0, 1),
)
def test_the_list_keeps_to_the_policy(known: list[tuple[float, float]], rate: float, width: float) -> None:
    one = pooled([mean for mean, _ in known], [sd for _, sd in known])
    told, flags = run(one, replace(DEFAULT_POLICY, false_discovery_rate=rate, rank_width=width))
    flagged = [at for at, each in enumerate(told) if each.result(SATISFACTION).flagged]

    assert float(flags.expected_wrong) <= rate + 1e-6
    assert flags.better + flags.worse == len(flagged)
    if flagged:
        wrong = [float(stats.norm.cdf(-abs(known[at][0]) / known[at][1])) for at in flagged]
        assert float(flags.expected_wrong) == pytest.approx(sum(wrong) / len(wrong), abs=1e-6)
    for each in told:
        place = standing(each)
        assert 0 < place.lower_90 <= place.upper_90 < 1
        assert (place.rank is not None) == (float(place.upper_90 - place.lower_90) < width)


def test_a_standing_has_a_rank_with_its_percentile_or_a_tier() -> None:
    some = Decimal("0.5")
    for wrong in ({}, {"rank": 1}, {"rank": 1, "percentile": some, "tier": Tier.ABOVE}, {"percentile": some}):
        with pytest.raises(ValueError, match="a rank with its percentile, or a tier"):
            Standing(7, some, some, **wrong)  # type: ignore[arg-type]
