"""What a training did to an indicator: the trained against untrained colleagues with the same starting figure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from appraise.domain.access import Principal
from appraise.domain.changes import Unshrunk, check_order, incomparable
from appraise.domain.cycles import Cycle
from appraise.domain.explanations import ABSENCES
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey
from appraise.domain.indicators import BY_KEY, Direction
from appraise.domain.language import counted
from appraise.domain.scorecards import Absence
from appraise.errors import Conflict, InvalidInput, NotEnough, NotFound
from appraise.statistics.change import Effect, adjusted_for_baseline, difference_in_differences, return_on_training
from appraise.storage import cycles, people, scorecards
from appraise.storage.database import Session
from appraise.use_cases.compare_runs import may_read_all
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.training_file import DAY, RejectedTraining, Training, TrainingFile, read_training

Results = tuple[Mapping[EmployeeId, Unshrunk | Absence], Mapping[EmployeeId, Unshrunk | Absence]]
"""Of the cycle before and of the one after."""
_SHOWN: Final = 5
WHY_NAIVE_MISLEADS: Final = (
    "The plain before and after is no effect: whoever is sent to a training for a low figure had, in part, bad luck "
    "that does not repeat, and what changed for everybody is in it too."
)


@dataclass(frozen=True, slots=True)
class Prices:
    """What the training cost in all, and what one unit of the indicator is worth per trained employee and cycle.

    `cost` None takes the sum of the file's column.
    """

    value_per_unit: Decimal
    currency: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """(value − cost) / cost with its 95 % interval; `trained` times the effect times `value_per_unit` is the value."""

    estimate: float
    lower: float
    upper: float
    trained: int
    cost: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class TrainingEffect:
    """Effects are in the indicator's unit and in the good direction: above 0 the training helped.

    `matched` compares each trained employee with an untrained one of the same starting figure, `ancova` adjusts for the
    starting figure by regression over all. `naive` is the trained employees' plain mean change, for contrast.
    `without_figure` says of how many of the trained there is no figure in one of the cycles, by the reason: they are in
    none of these. `without_partner` have figures, and no untrained colleague had the same before: they are in
    `ancova` and `naive` alone.
    """

    indicator: IndicatorKey
    before: Cycle
    after: Cycle
    matched: Effect
    ancova: Effect
    naive: float
    without_figure: tuple[tuple[str, int], ...]
    without_partner: int
    rejected: tuple[RejectedTraining, ...]
    return_on_cost: Return | None


def training_effect(  # noqa: PLR0913  # who asks, of which training, between which cycles
    deployment: Deployment,
    principal: Principal,
    path: Path,
    *,
    indicator: IndicatorKey,
    before: CycleId,
    after: CycleId,
    prices: Prices | None,
) -> TrainingEffect:
    """From the unshrunk figures of the two cycles' latest runs; the training lies between the cycles.

    Raises `NotEnough` with fewer than five trained employees who have an untrained partner, `Conflict` where the two
    runs followed different rules, `InvalidInput` for a file or prices that cannot be used, and `NotFound` for whoever
    may not read everybody's section.
    """
    may_read_all(principal)
    if indicator not in BY_KEY:
        raise InvalidInput(f"there is no indicator {indicator!r}", expected=f"one of {', '.join(BY_KEY)}")
    with deployment.database.reading() as session:
        both = cycles.get(session, before), cycles.get(session, after)
        check_order(*both)
        results = _results(session, indicator, both)
        read = read_training(path, people.snapshot(session).employees)
    figures = _figures(results)
    read = _between(read, *both)
    used, without = (
        [training for training in read.trained if training.employee in figures],
        _without(read, results, both),
    )
    try:
        matched, ancova, naive = _effects(indicator, figures, read, {training.employee for training in used})
    except NotEnough as error:
        raise _with_dropped(error, read, without) from error
    return TrainingEffect(
        indicator,
        *both,
        matched=matched,
        ancova=ancova,
        naive=naive,
        without_figure=without,
        without_partner=len(used) - matched.treated,
        rejected=read.rejected,
        return_on_cost=None if prices is None else _return(matched, read.trained, prices),
    )


def _results(session: Session, indicator: IndicatorKey, both: tuple[Cycle, Cycle]) -> Results:
    runs = []
    for cycle in both:
        run = cycles.latest_run(session, cycle.id)
        if run is None:
            raise NotFound(f"{cycle.name} has not been scored", hint=f"run `appraise score {cycle.name}` first")
        runs.append(run.id)
    reason = incomparable(indicator, both, (cycles.policy_of(session, runs[0]), cycles.policy_of(session, runs[1])))
    if reason is not None:
        raise Conflict(reason)
    before, after = (scorecards.unshrunk_of_run(session, run).get(indicator, {}) for run in runs)
    return before, after


def _figures(results: Results) -> dict[EmployeeId, tuple[float, float]]:
    """The unshrunk figures before and after of all who have both, sorted by employee."""
    before, after = (
        {employee: float(found.value) for employee, found in one.items() if isinstance(found, Unshrunk)}
        for one in results
    )
    return {employee: (before[employee], after[employee]) for employee in sorted(before.keys() & after.keys())}


def _without(read: TrainingFile, results: Results, both: tuple[Cycle, Cycle]) -> tuple[tuple[str, int], ...]:
    """How many of the trained have no figure, by the first reason of each."""
    reasons = Counter(
        why
        for training in read.trained
        if (why := next(filter(None, map(_why_none, _of(results, training.employee), both)), None)) is not None
    )
    return tuple(sorted(reasons.items()))


def _of(results: Results, employee: EmployeeId) -> list[Unshrunk | Absence | None]:
    return [one.get(employee) for one in results]


def _why_none(found: Unshrunk | Absence | None, cycle: Cycle) -> str | None:
    if isinstance(found, Unshrunk):
        return None
    why = "not scored" if found is None else ABSENCES[found.kind].lower()
    return f"{why} in {cycle.name}"


def _with_dropped(error: NotEnough, read: TrainingFile, without: Sequence[tuple[str, int]]) -> NotEnough:
    """The error, which also says what became of the rows of the file: too few may be left of many."""
    rows = [f"{counted(number, 'employee', 'employees')} {why}" for why, number in without]
    rows += [str(one) for one in read.rejected[:_SHOWN]]
    if len(read.rejected) > _SHOWN:
        rows.append(f"{counted(len(read.rejected) - _SHOWN, 'more row', 'more rows')} that cannot be used")
    found = "; ".join([error.found, *([f"left out: {'; '.join(rows)}"] if rows else [])])
    return NotEnough(found, expected=error.expected, hint=error.hint)


def _between(read: TrainingFile, before: Cycle, after: Cycle) -> TrainingFile:
    """Only a training between the cycles leaves the one untouched and the other whole."""
    trained, rejected = [], list(read.rejected)
    for training in read.trained:
        if before.period.end is not None and before.period.end <= training.trained_on <= after.period.start:
            trained.append(training)
            continue
        reason = f"not between {before.name} ({before.period}) and {after.name} ({after.period})"
        rejected.append(RejectedTraining(training.row, DAY, str(training.trained_on), reason, training.employee))
    return TrainingFile(tuple(trained), tuple(sorted(rejected, key=lambda one: one.row)))


def _effects(
    indicator: IndicatorKey,
    figures: Mapping[EmployeeId, tuple[float, float]],
    read: TrainingFile,
    trained: set[EmployeeId],
) -> tuple[Effect, Effect, float]:
    """Whoever stands in a rejected row may have been trained, and is neither trained nor a control."""
    unclear = {one.employee for one in read.rejected} - trained
    compared = [employee for employee in figures if employee not in unclear]
    sign = 1.0 if BY_KEY[indicator].direction is Direction.HIGHER_IS_BETTER else -1.0
    pre, post = sign * np.array([figures[employee] for employee in compared]).reshape(-1, 2).T
    treated = np.array([employee in trained for employee in compared], dtype=np.bool_)
    matched = difference_in_differences(pre, post, treated)
    return matched, adjusted_for_baseline(pre, post, treated), float((post - pre)[treated].mean())


def _return(effect: Effect, trained: tuple[Training, ...], prices: Prices) -> Return:
    cost = prices.cost
    if cost is None:
        if any(training.cost is None for training in trained):
            raise InvalidInput(
                "the file does not say what every training cost", hint="give --cost, or fill the column cost"
            )
        cost = sum((training.cost or Decimal(0) for training in trained), Decimal(0))
    estimate, lower, upper = return_on_training(
        effect, volume=len(trained), unit_value=float(prices.value_per_unit), cost=float(cost)
    )
    return Return(estimate, lower, upper, len(trained), cost, prices.currency)
