"""How well answers fit the truth, over many simulated organisations, and whether that is good enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from validation.answers import Answers, Trial
from validation.company import Booleans, Floats, Integers

BANDS = ((0.0, 10.5), (10.5, 30.5), (30.5, 100.5), (100.5, np.inf))
BAND_NAMES = ("≤ 10", "11–30", "31–100", "> 100")
COVERAGE = (0.93, 0.97)
MOST_FALSE = 0.05
LEAST_GAIN = 0.40
GAIN = "RMSE under naive"
USUAL_GAIN = "RMSE under naive as usual"
_AVERAGE = 0.5  # of a true sd: who lies closer to the mean is truly average
_FEWEST_RANKED = 5
_FEWEST_CLUSTERS = 2
_CLEARLY = 2.0  # standard errors
_NOMINAL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """NaN where nobody is concerned. `error` is the standard error, organisations being the unit."""

    value: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Shares are of employees over all organisations.

    `published` is the coverage of estimates with a reliability of at least .5. `false_flags` and `extreme_ratings` are
    shares of the truly average, `wrong_signs` of the flagged. `squares` are an organisation's squared errors in true
    sds, each over all estimates: their sum is the squared `rmse`. `slope` is how far the truth rises where figures rise
    by one, within organisations: 1 where nothing is drawn too near to the average, or too little.
    """

    estimates: int
    coverage: Share
    by_band: tuple[Share, ...]
    published: Share
    squares: Floats
    false_flags: Share
    wrong_signs: Share
    rank_correlation: float
    slope: Share
    extreme_ratings: Share

    @property
    def rmse(self) -> float:
        return float(np.sqrt(self.squares.sum()))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`what` was to lie in [`low`, `high`]; a figure that is NaN concerns nobody and misses nothing.

    A figure outside is missed if it lies further out than two of its standard errors, else `undecided`: more seeds
    would tell.
    """

    what: str
    figure: Share
    low: float
    high: float

    @property
    def missed(self) -> bool:
        return self._outside > _CLEARLY * self.figure.error

    @property
    def undecided(self) -> bool:
        return 0.0 < self._outside <= _CLEARLY * self.figure.error

    @property
    def _outside(self) -> float:
        figure = self.figure.value
        return 0.0 if np.isnan(figure) else max(self.low - figure, figure - self.high, 0.0)


def measure(trials: Sequence[Trial], answers: Sequence[Answers], *, among: Sequence[Booleans]) -> Figures:
    """`answers` of one method to each trial; `among` chooses the employees of each who are looked at."""
    chosen = [one.known & mask for one, mask in zip(answers, among, strict=True)]

    def joined(values: Callable[[Trial, Answers], npt.NDArray[Any]]) -> Floats:
        parts = [values(*pair)[rows] for *pair, rows in zip(trials, answers, chosen, strict=True)]
        return np.concatenate(parts).astype(np.float64)

    truth, value = joined(lambda trial, _: trial.truth / trial.spread), joined(lambda t, one: one.value / t.spread)
    lower, upper = joined(lambda t, one: one.lower / t.spread), joined(lambda t, one: one.upper / t.spread)
    evidence, reliability = joined(lambda trial, _: trial.evidence), joined(lambda _, one: one.reliability)
    rating = joined(lambda _, one: one.rating)
    trial_of = np.repeat(np.arange(len(trials)), [rows.sum() for rows in chosen])
    held = (lower <= truth) & (truth <= upper)
    flagged = (lower > 0) | (upper < 0)
    average, everybody = np.abs(truth) < _AVERAGE, np.ones(truth.size, bool)

    def share(events: Booleans, of: Booleans) -> Share:
        return _share(events[of], trial_of[of])

    return Figures(
        estimates=truth.size,
        coverage=share(held, everybody),
        by_band=tuple(share(held, (evidence > low) & (evidence <= high)) for low, high in BANDS),
        published=share(held, reliability >= 0.5),
        squares=np.bincount(trial_of, (value - truth) ** 2, minlength=len(trials)) / max(truth.size, 1),
        false_flags=share(flagged, average),
        wrong_signs=share(np.sign(value) != np.sign(truth), flagged),
        rank_correlation=_rank_correlation(truth, value, trial_of),
        slope=_slope(truth, value, trial_of),
        extreme_ratings=share(np.isin(rating, (1, 5)), average & (rating > 0)),
    )


def verdicts(naive: Figures, ours: Figures, usual: Figures | None = None) -> tuple[Verdict, ...]:
    """The targets: coverage everywhere, few false flags and extreme ratings, an error far under the naive ones."""
    return (
        Verdict("coverage", ours.coverage, *COVERAGE),
        *(
            Verdict(f"coverage at {name}", covered, *COVERAGE)
            for name, covered in zip(BAND_NAMES, ours.by_band, strict=True)
        ),
        Verdict("coverage published", ours.published, *COVERAGE),
        Verdict(GAIN, gain(naive, ours), LEAST_GAIN, 1.0),
        *(() if usual is None else (Verdict(USUAL_GAIN, gain(usual, ours), LEAST_GAIN, 1.0),)),
        Verdict("false flags", ours.false_flags, 0.0, MOST_FALSE),
        Verdict("rated 1 or 5", ours.extreme_ratings, 0.0, MOST_FALSE),
    )


def gain(naive: Figures, ours: Figures) -> Share:
    """How far our RMSE is under the naive one; the error by the delta method, unknown from one organisation."""
    ratio = ours.rmse / naive.rmse
    if naive.squares.size == 1:
        return Share(1.0 - ratio, float("inf"))
    influence = ours.squares / ours.squares.sum() - naive.squares / naive.squares.sum()
    return Share(1.0 - ratio, 0.5 * ratio * float(np.sqrt((influence**2).sum())))


def _share(events: Booleans, trial_of: Integers) -> Share:
    """The error is at least the binomial one of a nominal share: ten out of ten is no certainty.

    From one organisation alone it is unknown, infinite.
    """
    if not events.size:
        return Share(float("nan"), float("nan"))
    residual = np.bincount(trial_of, events - events.mean())
    alone = trial_of[0] == trial_of[-1]  # what employees of one organisation have in common cannot be told from chance
    clustered = float("inf") if alone else float(np.sqrt((residual**2).sum())) / events.size
    return Share(float(events.mean()), max(clustered, float(np.sqrt(_NOMINAL * (1.0 - _NOMINAL) / events.size))))


def _slope(truth: Floats, value: Floats, trial_of: Integers) -> Share:
    """By least squares around the means of each organisation, which are the unit of its error (delta method)."""
    organisations = int(trial_of.max(initial=-1)) + 1

    def around(values: Floats) -> Floats:
        number = np.maximum(np.bincount(trial_of, minlength=organisations), 1)
        centred: Floats = values - (np.bincount(trial_of, values, organisations) / number)[trial_of]
        return centred

    y, x = around(truth), around(value)
    if organisations < _FEWEST_CLUSTERS or not x.any():
        return Share(float("nan"), float("nan"))
    slope = float(x @ y / (x @ x))
    influence = np.bincount(trial_of, x * (y - slope * x))
    return Share(slope, float(np.sqrt((influence**2).sum()) / (x @ x)))


def _rank_correlation(truth: Floats, value: Floats, trial_of: Integers) -> float:
    """Spearman's, averaged over organisations: ranks are within one."""
    found = []
    for trial in np.unique(trial_of):
        rows = trial_of == trial
        if rows.sum() >= _FEWEST_RANKED and np.ptp(value[rows]) > 0:
            found.append(stats.spearmanr(truth[rows], value[rows]).statistic)
    return float(np.mean(found)) if found else float("nan")
