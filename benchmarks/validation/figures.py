"""How well answers fit the truth, over many simulated organisations, and whether that is good enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from validation.answers import Answers, Trial
from validation.company import Booleans, Floats

BANDS = ((0.0, 10.5), (10.5, 30.5), (30.5, 100.5), (100.5, np.inf))
BAND_NAMES = ("≤ 10", "11–30", "31–100", "> 100")
COVERAGE = (0.93, 0.97)
MOST_FALSE = 0.05
LEAST_GAIN = 0.40
_AVERAGE = 0.5  # of a true sd: who lies closer to the mean is truly average
_FEWEST_RANKED = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are of employees over all organisations; NaN where nobody is concerned.

    `coverage_error` is the standard error of `coverage`, organisations being the unit. `published` is the coverage
    of estimates with a reliability of at least .5. `false_flags` and `extreme_ratings` are shares of the truly
    average, `wrong_signs` of the flagged. `rmse` is in true sds.
    """

    estimates: int
    coverage: float
    coverage_error: float
    by_band: tuple[float, ...]
    published: float
    rmse: float
    false_flags: float
    wrong_signs: float
    rank_correlation: float
    extreme_ratings: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`what` was to lie in [`low`, `high`]; a figure that is NaN concerns nobody and misses nothing."""

    what: str
    figure: float
    low: float
    high: float

    @property
    def missed(self) -> bool:
        return not np.isnan(self.figure) and not self.low <= round(self.figure, 4) <= self.high


def measure(trials: Sequence[Trial], method: Callable[[Trial], Answers], *, among: Sequence[Booleans]) -> Figures:
    """`among` chooses the employees of each trial who are looked at."""
    chosen = [method(trial).known & mask for trial, mask in zip(trials, among, strict=True)]

    def joined(values: Callable[[Trial], npt.NDArray[Any]]) -> Floats:
        return np.concatenate([values(trial)[rows] for trial, rows in zip(trials, chosen, strict=True)]).astype(
            np.float64
        )

    truth, value = joined(lambda trial: trial.truth / trial.spread), joined(lambda t: method(t).value / t.spread)
    lower, upper = joined(lambda t: method(t).lower / t.spread), joined(lambda t: method(t).upper / t.spread)
    evidence, reliability = joined(lambda trial: trial.evidence), joined(lambda t: method(t).reliability)
    rating = joined(lambda t: method(t).rating)
    trial_of = np.repeat(np.arange(len(trials)), [rows.sum() for rows in chosen])
    held = (lower <= truth) & (truth <= upper)
    flagged = (lower > 0) | (upper < 0)
    average = np.abs(truth) < _AVERAGE
    return Figures(
        estimates=truth.size,
        coverage=_share(held),
        coverage_error=_clustered_error(held, trial_of),
        by_band=tuple(_share(held[(evidence > low) & (evidence <= high)]) for low, high in BANDS),
        published=_share(held[reliability >= 0.5]),
        rmse=float(np.sqrt(np.mean((value - truth) ** 2))) if truth.size else float("nan"),
        false_flags=_share(flagged[average]),
        wrong_signs=_share((np.sign(value) != np.sign(truth))[flagged]),
        rank_correlation=_rank_correlation(truth, value, trial_of),
        extreme_ratings=_share(np.isin(rating, (1, 5))[average & (rating > 0)]),
    )


def verdicts(naive: Figures, ours: Figures) -> tuple[Verdict, ...]:
    """The targets: coverage everywhere, few false flags and extreme ratings, an error far under the naive one."""
    return (
        Verdict("coverage", ours.coverage, *COVERAGE),
        *(
            Verdict(f"coverage at {name}", covered, *COVERAGE)
            for name, covered in zip(BAND_NAMES, ours.by_band, strict=True)
        ),
        Verdict("coverage published", ours.published, *COVERAGE),
        Verdict("RMSE under naive", 1.0 - ours.rmse / naive.rmse, LEAST_GAIN, 1.0),
        Verdict("false flags", ours.false_flags, 0.0, MOST_FALSE),
        Verdict("rated 1 or 5", ours.extreme_ratings, 0.0, MOST_FALSE),
    )


def _share(chosen: Booleans) -> float:
    return float(chosen.mean()) if chosen.size else float("nan")


def _clustered_error(held: Booleans, trial_of: np.ndarray) -> float:
    if trial_of.size == 0 or trial_of[0] == trial_of[-1]:
        return float("nan")
    residual = np.bincount(trial_of, held - held.mean())
    return float(np.sqrt((residual**2).sum()) / held.size)


def _rank_correlation(truth: Floats, value: Floats, trial_of: np.ndarray) -> float:
    """Spearman's, averaged over organisations: ranks are within one."""
    found = []
    for trial in np.unique(trial_of):
        rows = trial_of == trial
        if rows.sum() >= _FEWEST_RANKED and np.ptp(value[rows]) > 0:
            found.append(stats.spearmanr(truth[rows], value[rows]).statistic)
    return float(np.mean(found)) if found else float("nan")
