"""How far apart groups' scores lie, whether satisfaction alone is to blame, who has none, and who is drawn further."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, vector
from appraise.statistics.proportions import Z95, Interval, newcombe_difference


@dataclass(frozen=True, slots=True)
class Gap:
    """The first group less the other, with its 95 % interval, and how many people of each it rests on."""

    estimate: float
    lower: float
    upper: float
    people: int
    others: int


def hedges_g(score: npt.ArrayLike, other: npt.ArrayLike) -> Gap:
    """Standardised mean difference, corrected for small samples (Hedges 1981, J. Educ. Stat. 6:107).

    In pooled standard deviations within the groups, (n,) against (m,) scores. The interval is the large-sample one of
    Hedges & Olkin 1985, as in Borenstein et al. 2009, chapter 4. Raises `NotEnough` for fewer than two scores in a
    group, or where all scores of each group are equal.
    """
    one, two = vector("score", score), vector("other", other)
    n, m = one.size, two.size
    sd = _pooled_sd(one, two)
    freedom = n + m - 2
    correction = np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)
    d = (one.mean() - two.mean()) / sd
    half = Z95 * correction * np.sqrt((n + m) / (n * m) + d**2 / (2 * (n + m)))
    g = float(correction * d)
    return Gap(g, float(g - half), float(g + half), n, m)


def bias_contrast(satisfaction: npt.ArrayLike, behaviour: npt.ArrayLike, member: npt.ArrayLike) -> Gap:
    """Gap in satisfaction less the mean gap in the behavioural indicators, in standard deviations of each.

    What customers say may carry their prejudice; what they do carries less of it. A contrast below 0 says that the
    group stands worse in satisfaction than in behaviour. `satisfaction` (N,) and `behaviour` (N, K) hold scores whose
    higher values are better, NaN where somebody has none; `member` (N,) is True for the group and False for the others.

    The contrast is linear in the scores, so its variance is summed over people and scores of one person may be
    correlated; Welch's interval (1947). Where everybody has every score it is the two-sample Welch interval of each
    person's own contrast. Raises `NotEnough` where a group has fewer than two scores of an indicator.
    """
    scores: FloatArray = np.column_stack([satisfaction, behaviour])
    group = np.asarray(member, dtype=np.bool_)
    if scores.shape[1] < 2 or group.shape != scores.shape[:1]:  # noqa: PLR2004  # satisfaction and one more
        raise InvalidInput(
            "the scores do not match the people", expected="one score and one or more behaviours per person"
        )
    weight = np.array([1.0, *np.full(scores.shape[1] - 1, -1.0 / (scores.shape[1] - 1))])
    sds = [_pooled_sd(column[group & ~np.isnan(column)], column[~group & ~np.isnan(column)]) for column in scores.T]
    scaled = scores * (weight / np.array(sds))
    return _welch(_contrast(scaled[group]), _contrast(scaled[~group]))


def calibration(score: npt.ArrayLike, figure: npt.ArrayLike, member: npt.ArrayLike) -> Gap:
    """Mean of score − figure in a group less that of everybody, in pooled sds of the figures: 0 where calibrated.

    A figure from the employee's own evidence, before shrinkage, is unbiased for what is true of them, so the scores of
    a group are calibrated in the large where their mean is that of the figures (Van Calster et al. 2019, BMC Medicine
    17:230). Below 0: the group's scores are drawn further down than its evidence says. All (N,), higher is better;
    `member` is True for the group. Welch's interval. Raises `NotEnough` for fewer than two in the group or outside it.
    """
    s, f = vector("score", score), vector("figure", figure)
    group = np.asarray(member, dtype=np.bool_)
    if s.shape != f.shape or group.shape != s.shape:
        raise InvalidInput("the scores do not match the people", expected="one score and one figure per person")
    drawn = ((s - f) / _pooled_sd(f[group], f[~group]))[:, None]
    gap = _welch(_contrast(drawn[group]), _contrast(drawn[~group]))
    rest = gap.others / s.size  # everybody's mean holds the group's own
    return Gap(rest * gap.estimate, rest * gap.lower, rest * gap.upper, gap.people, gap.others)


def missing_shares(missing: npt.ArrayLike, total: npt.ArrayLike, *, reference: int) -> Interval:
    """Each group's share of people without a score less that of the group numbered `reference`.

    (K,) counts; the reference has NaN. Hybrid score interval (Newcombe 1998, Stat. Med. 17:873, method 10).
    """
    absent, n = vector("missing", missing), vector("total", total)
    base = np.full(n.shape, reference)
    gaps = newcombe_difference(absent, n, absent[base], n[base])
    here = np.arange(n.size) == reference
    return Interval(*(np.where(here, np.nan, part) for part in (gaps.estimate, gaps.lower, gaps.upper)))


def _contrast(scaled: FloatArray) -> tuple[float, float, int]:
    """Sum of the columns' means, its variance, and the number of people with any score."""
    seen = ~np.isnan(scaled)
    share = 1.0 / seen.sum(axis=0)
    means = np.nansum(scaled * share, axis=0)
    influence = np.where(seen, (scaled - means) * share, 0.0).sum(axis=1)
    people = int(seen.any(axis=1).sum())
    return float(means.sum()), float((influence**2).sum() * people / (people - 1)), people


def _welch(one: tuple[float, float, int], two: tuple[float, float, int]) -> Gap:
    """Difference of two means, each with its variance and the people it rests on (Welch 1947, Biometrika 34:28)."""
    (mean, variance, people), (other_mean, other_variance, others) = one, two
    total = variance + other_variance
    if total <= 0:
        raise NotEnough("everybody's contrast is the same", expected="scores that differ")
    freedom = total**2 / (variance**2 / (people - 1) + other_variance**2 / (others - 1))
    half = float(special.stdtrit(freedom, 0.975) * np.sqrt(total))
    estimate = mean - other_mean
    return Gap(estimate, estimate - half, estimate + half, people, others)


def _pooled_sd(one: FloatArray, two: FloatArray) -> float:
    if min(one.size, two.size) < 2:  # noqa: PLR2004  # a variance needs two
        raise NotEnough(
            f"{one.size} and {two.size} people have scores", expected="at least two in each group to compare"
        )
    squares = ((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()
    if squares <= 0:
        raise NotEnough("all scores within each group are equal", expected="scores that differ")
    return float(np.sqrt(squares / (one.size + two.size - 2)))
