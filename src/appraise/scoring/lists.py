"""What a run says of all employees at once: who is flagged as different from expected, and where each stands.

Judged are those whose figure carries consequences. A flag is about the list: so many of the flagged are expected to lie
on the other side. A rank is told only where the data know it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, Composite, Estimate, Flags, Manifest, Scorecard
from appraise.domain.standings import Standing, Tier
from appraise.scoring.arrays import FloatArray
from appraise.scoring.levels import Pooled
from appraise.scoring.working import exactly
from appraise.statistics.composite import Ranks, percentiles
from appraise.statistics.multiplicity import bayesian_fdr
from appraise.statistics.shrinkage import FEWEST_EMPLOYEES

DRAWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one list says of one employee."""

    flagged: bool
    standing: Standing | None


def listed(
    cards: Sequence[Scorecard], pooled: Mapping[IndicatorKey, Sequence[Pooled]], policy: Policy, manifest: Manifest
) -> tuple[tuple[Scorecard, ...], tuple[Flags, ...]]:
    """The scorecards, by position, with flags and standings, and what the flags amount to, by indicator.

    `pooled` holds the indicators that weigh, and COMPOSITE, each with the lists of those who can be compared: nobody
    stands in one list with whoever is weighed otherwise, or has no kind of case in common.
    The same manifest gives the same draws.
    """
    found: list[dict[IndicatorKey, _Judged]] = [{} for _ in cards]
    flags = []
    for key, number, one in ((key, number, one) for key, lists in pooled.items() for number, one in enumerate(lists)):
        members = ((at, _judged(cards[at], key)) for at in one.employees)
        figures = {at: figure for at, figure in members if figure is not None}
        if not figures:
            continue
        positions = list(figures)
        rows = np.searchsorted(one.employees, positions)
        flagged = bayesian_fdr(np.clip(one.known.above()[rows], 0.0, 1.0), rate=policy.false_discovery_rate)
        flags.append(
            Flags(
                key,
                judged=len(positions),
                better=int((flagged.flag > 0).sum()),
                worse=int((flagged.flag < 0).sum()),
                expected_wrong=exactly(flagged.expected_false_rate),
            )
        )
        # Each list has random numbers of its own, so that one more indicator changes no other's.
        seed = [manifest.seed, *key.encode(), *([number] if number else [])]
        standings = _standings(one.known.draw(np.random.default_rng(seed), DRAWS)[:, rows], figures, policy)
        for position, flag, standing in zip(positions, flagged.flag, standings, strict=True):
            found[position][key] = _Judged(bool(flag), standing)
    return tuple(_told(card, said) for card, said in zip(cards, found, strict=True)), _by_indicator(flags)


def _by_indicator(flags: Iterable[Flags]) -> tuple[Flags, ...]:
    """Those of several lists as one: of all flagged as many are expected to be wrong as in the lists by themselves."""
    found: dict[IndicatorKey, Flags] = {}
    for one in flags:
        before = found.get(one.indicator)
        if before is None:
            found[one.indicator] = one
            continue
        counts = (before.better + before.worse, one.better + one.worse)
        wrong = counts[0] * before.expected_wrong + counts[1] * one.expected_wrong
        found[one.indicator] = Flags(
            one.indicator,
            judged=before.judged + one.judged,
            better=before.better + one.better,
            worse=before.worse + one.worse,
            expected_wrong=exactly(float(wrong / sum(counts))) if sum(counts) else wrong,
        )
    return tuple(found.values())


def _judged(card: Scorecard, key: IndicatorKey) -> Estimate | Composite | None:
    figure = card.composite if key == COMPOSITE else card.result(key)
    return None if figure is None or isinstance(figure, Absence) or not figure.consequence else figure


def _standings(
    draws: FloatArray, figures: Mapping[int, Estimate | Composite], policy: Policy
) -> Sequence[Standing | None]:
    """Nobody is listed among fewer than can be compared."""
    if len(figures) < FEWEST_EMPLOYEES:
        return [None] * len(figures)
    ranks = percentiles(draws)
    order = np.empty(len(figures), dtype=np.int64)
    order[np.argsort(-ranks.percentile, kind="stable")] = np.arange(1, len(figures) + 1)
    return [_standing(ranks, row, int(order[row]), figure, policy) for row, figure in enumerate(figures.values())]


def _standing(ranks: Ranks, row: int, rank: int, figure: Estimate | Composite, policy: Policy) -> Standing:
    lower, upper = exactly(ranks.lower[row]), exactly(ranks.upper[row])
    whole = Standing(len(ranks.lower), lower, upper, tier=_TIERS[figure.is_better])
    if float(upper - lower) >= policy.rank_width:
        return whole
    return replace(whole, percentile=exactly(ranks.percentile[row]), rank=rank, tier=None)


_TIERS: Final = {True: Tier.ABOVE, None: Tier.UNCLEAR, False: Tier.BELOW}


def _told(card: Scorecard, said: Mapping[IndicatorKey, _Judged]) -> Scorecard:
    results = tuple(
        replace(one, flagged=said[one.indicator].flagged)
        if isinstance(one, Estimate) and one.indicator in said
        else one
        for one in card.results
    )
    composite = card.composite
    if isinstance(composite, Composite) and COMPOSITE in said:
        composite = replace(composite, flagged=said[COMPOSITE].flagged)
    standings = tuple((key, one.standing) for key, one in said.items() if one.standing is not None)
    return replace(card, results=results, composite=composite, standings=standings)
