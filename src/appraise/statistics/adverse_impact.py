"""Whether ratings fall differently on groups, with what the data can and cannot say.

The four-fifths rule alone raises up to 77 % false alarms on small groups; a p-value alone misses what matters. All of
ratio, interval, p-values, flip-flop and counts are given together. Nothing here ever says "passed".
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector
from appraise.statistics.proportions import Z95

FOUR_FIFTHS = 0.8  # 29 CFR 1607.4(D)
SIGNIFICANT = 0.05
SMALL_CATEGORY = 0.02  # 6 RCNY §5-301
_DIGITS = 12  # of a p-value; what is .05 exactly is not below it, whichever group comes first


class Verdict(StrEnum):
    NO_EVIDENCE = "NO_EVIDENCE"
    MONITOR = "MONITOR"
    EVIDENCE = "EVIDENCE"
    TOO_SMALL = "TOO_SMALL"


@dataclass(frozen=True, slots=True)
class Impact:
    """Selection rate of a group over that of the comparison group, with a 95 % log interval (Katz et al. 1978).

    `flip_flop`: selecting one different person for one job would give the group the higher rate
    (UGESP questions and answers, no. 21). `ratio` is infinite where only the comparison group had nobody selected.
    """

    rate: float
    comparison_rate: float
    ratio: float
    lower: float
    upper: float
    fisher_p: float
    mid_p: float
    flip_flop: bool
    verdict: Verdict


def impact(selected: int, total: int, comparison_selected: int, comparison_total: int) -> Impact:
    """Compare the selection of one group with that of a comparison group, as a rule the most selected one.

    EVIDENCE: ratio < 4/5, two-sided mid-p < .05 and no flip-flop. TOO_SMALL: these totals could never reach
    p < .05, or the ratio is < 4/5 but flips. MONITOR: only one of the two criteria. Raises `InvalidInput` for counts
    outside 0 … total, `NotEnough` where nobody was selected in either group.
    """
    if not (
        0 <= selected <= total and 0 <= comparison_selected <= comparison_total and min(total, comparison_total) > 0
    ):
        raise InvalidInput(
            f"{selected} of {total} against {comparison_selected} of {comparison_total}",
            expected="0 ≤ selected ≤ total, total > 0",
        )
    if selected + comparison_selected == 0:
        raise NotEnough("nobody was selected in either group", expected="selections to compare")
    rate, other = selected / total, comparison_selected / comparison_total
    ratio = rate / other if comparison_selected else np.inf
    fisher_p, mid_p, smallest_p = _exact(selected, total, comparison_selected, comparison_total)
    flip = comparison_selected > 0 and selected < total and (
        (selected + 1) * comparison_total > (comparison_selected - 1) * total
    )  # fmt: skip
    low_ratio, unlikely = ratio < FOUR_FIFTHS, round(mid_p, _DIGITS) < SIGNIFICANT
    if round(smallest_p, _DIGITS) >= SIGNIFICANT or (low_ratio and flip):
        verdict = Verdict.TOO_SMALL
    elif low_ratio and unlikely:
        verdict = Verdict.EVIDENCE
    else:
        verdict = Verdict.MONITOR if low_ratio or unlikely else Verdict.NO_EVIDENCE
    lower, upper = _log_interval(selected, total, comparison_selected, comparison_total)
    return Impact(rate, other, ratio, lower, upper, fisher_p, mid_p, flip, verdict)


@dataclass(frozen=True, slots=True, eq=False)
class CategoryRates:
    """Per category: the rate, its ratio to the highest, and whether it holds < 2 % of the people (may be left out)."""

    count: FloatArray
    rate: FloatArray
    impact_ratio: FloatArray
    small: npt.NDArray[np.bool_]


def selection_rates(selected: npt.ArrayLike, total: npt.ArrayLike) -> CategoryRates:
    """Impact ratios of New York City Local Law 144 for selections (6 RCNY §5-300): rate over the highest rate."""
    n = at_least("total", vector("total", total), 0.0, strictly=True)
    chosen = at_least("selected", vector("selected", selected, length=n.size), 0.0)
    if np.any(chosen > n):
        raise InvalidInput("more people were selected than there are", expected="selected ≤ total")
    return _rates(chosen, n)


def scoring_rates(score: npt.ArrayLike, category: npt.ArrayLike, *, categories: int) -> CategoryRates:
    """Impact ratios of Local Law 144 for scores: share above the whole sample's median, over the highest such share.

    `category` (N,) holds numbers 0 … categories − 1, people of unknown category left out; a category without
    people has rate NaN. Raises `NotEnough` where no score lies above the median.
    """
    s = vector("score", score)
    group = np.asarray(category)
    if (
        group.shape != s.shape
        or not np.issubdtype(group.dtype, np.integer)
        or np.any((group < 0) | (group >= categories))
    ):
        raise InvalidInput(
            "category does not match the scores", expected=f"integers 0 … {categories - 1}, one per score"
        )
    above = np.bincount(group, s > np.median(s), minlength=categories)
    return _rates(above, np.bincount(group, minlength=categories))


def _rates(selected: npt.NDArray[Any], total: npt.NDArray[Any]) -> CategoryRates:
    rate = np.divide(selected, total, out=np.full(total.shape, np.nan), where=total > 0)
    if selected.sum() <= 0:
        raise NotEnough("nobody was selected in any category", expected="selections to compare")
    return CategoryRates(total, rate, rate / np.nanmax(rate), total < SMALL_CATEGORY * total.sum())


def _exact(selected: int, total: int, other_selected: int, other_total: int) -> tuple[float, float, float]:
    """Fisher's two-sided p, its mid-p, and the smallest mid-p that any split of the same totals could reach."""
    everyone, chosen = total + other_total, selected + other_selected
    splits = np.arange(max(0, chosen - other_total), min(chosen, total) + 1)
    mass = stats.hypergeom.pmf(splits, everyone, chosen, total)
    ascending = np.sort(mass)
    total_up_to = np.concatenate([[0.0], np.cumsum(ascending)])
    # The relative tolerance for ties is that of R's fisher.test.
    at_most = total_up_to[np.searchsorted(ascending, mass * (1 + 1e-7))]
    below = total_up_to[np.searchsorted(ascending, mass * (1 - 1e-7))]
    two_sided, mid = np.minimum(at_most, 1.0), 0.5 * (at_most + below)
    here = selected - int(splits[0])
    return float(two_sided[here]), float(mid[here]), float(mid.min())


def _log_interval(selected: int, total: int, other_selected: int, other_total: int) -> tuple[float, float]:
    """95 % limits of the ratio; a half is added to all four cells when one is empty (Cochrane Handbook 10.4.4.2)."""
    is_any_empty = 0 in (selected, total - selected, other_selected, other_total - other_selected)
    extra = 0.5 if is_any_empty else 0.0
    a, n, b, m = selected + extra, total + 2 * extra, other_selected + extra, other_total + 2 * extra
    half = Z95 * np.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    centre = np.log(a / n) - np.log(b / m)
    return float(np.exp(centre - half)), float(np.exp(centre + half))
