"""Compute a stored run again from what its manifest names, and compare digit for digit. Nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from appraise.domain.access import Principal
from appraise.domain.events import EventKind
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import COMPOSITE
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.progress import Advance
from appraise.domain.scorecards import Manifest, ScoringResult
from appraise.errors import NotFound
from appraise.events.engine import scoring_engine
from appraise.scoring.run import score
from appraise.storage import cycles, digits
from appraise.storage.digits import Digits, Subject
from appraise.use_cases.compare_runs import may_read_all, names
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import events_then
from appraise.use_cases.inputs_of_then import Input, Then, inputs_of_then
from appraise.use_cases.versions import versions_of

WHOLE = "result"
"""The name of the figure where one side has no result at all."""


class Verdict(StrEnum):
    """NOT_COMPUTED: what the run was computed from is not all there any more."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_COMPUTED = "not computed"


@dataclass(frozen=True, slots=True)
class Difference:
    """`employee` is None for the coverage of an indicator; a text is None where that side has no such figure."""

    employee: EmployeeId | None
    name: str
    indicator: IndicatorKey
    figure: str
    stored: str | None
    computed: str | None


@dataclass(frozen=True, slots=True)
class Again:
    """`figures` counts what was compared, in `results` results; `left_out` says what could not be, in sentences.

    `differences` are by name, indicator and figure.
    """

    run: RunId
    cycle: str
    scored_at: datetime
    inputs: tuple[Input, ...]
    figures: int
    results: int
    left_out: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict:
        if not self.figures:
            return Verdict.NOT_COMPUTED
        return Verdict.DIFFERENT if self.differences else Verdict.SAME


def score_again(
    deployment: Deployment, principal: Principal, wanted: str, *, memory_limit: str | None, progress: Advance
) -> Again:
    """`wanted` is the id of a run, or the name of a cycle for its latest run.

    Raises `NotFound` where there is none that has finished, or the principal may not read everybody's section.
    """
    may_read_all(principal)
    with deployment.database.reading() as session:
        run = cycles.finished_run(session, wanted)
    if run is None or run.manifest is None:
        raise NotFound(
            f"there is no finished scoring run {wanted!r}",
            expected="the id of a run, as `appraise score` prints it, or the name of a cycle for its latest one",
        )
    with events_then(deployment, run.manifest, at=run.started_at) as events:
        with deployment.database.reading() as session:
            cycle = cycles.get(session, run.cycle)
            then = inputs_of_then(deployment, session, run, run.manifest, missing=events.missing)
            before, named = digits.stored(session, run.id), names(session)
        again = Again(run.id, cycle.name, run.started_at, then.inputs, 0, 0, (), ())
        if then.policy is None or then.people is None or not then.complete:
            return again
        tables = events.snapshot.tables(scoring_engine(deployment.engine, memory_limit=memory_limit))
        result = _computed(deployment, tables, run.manifest, then.policy, then.people, then.rates, progress=progress)
    return _compared(again, before, digits.computed(result), then, named)


def _computed(  # noqa: PLR0913  # what a run is computed from
    deployment: Deployment,
    tables: Mapping[EventKind, Any],
    manifest: Manifest,
    policy: Policy,
    people: PeopleSnapshot,
    rates: ExchangeRates | None,
    *,
    progress: Advance,
) -> ScoringResult:
    return score(
        tables,
        people,
        policy,
        Period(manifest.cycle_start, manifest.cycle_end),
        data_as_of=manifest.data_as_of,
        event_versions=versions_of(manifest),
        in_place=manifest.in_place,
        code_version=deployment.code_version,
        rates=rates,
        seed=manifest.seed,
        progress=progress,
    )


def _compared(again: Again, before: Digits, after: Digits, then: Then, named: Mapping[EmployeeId, str]) -> Again:
    passed_over = {*then.left_out, *((COMPOSITE,) if then.reweighed else ())}

    def wanted(subject: Subject) -> bool:
        employee, indicator = subject
        return indicator not in passed_over and employee not in then.erased

    subjects = sorted(filter(wanted, {*before, *after}), key=lambda subject: (subject[0] or "", subject[1]))
    found: list[Difference] = []
    for employee, indicator in subjects:
        name = "" if employee is None else named.get(employee, employee)
        found += [
            Difference(employee, name, indicator, figure, one, two)
            for figure, one, two in _differing(before.get((employee, indicator)), after.get((employee, indicator)))
        ]
    left_out = [f"{key}: its package is not installed" for key in then.left_out]
    left_out += ["what the indicators say together: not all of them can be computed"] if then.reweighed else []
    left_out += [f"{len(then.erased):,} erased since"] if then.erased else []
    return replace(
        again,
        figures=sum(len({**before.get(subject, {}), **after.get(subject, {})}) for subject in subjects),
        results=len(subjects),
        left_out=tuple(left_out),
        differences=tuple(sorted(found, key=lambda one: (one.name.casefold(), one.indicator, one.figure))),
    )


def _differing(
    one: Mapping[str, str] | None, two: Mapping[str, str] | None
) -> Iterator[tuple[str, str | None, str | None]]:
    if one is None or two is None:
        yield WHOLE, None if one is None else "there", None if two is None else "there"
        return
    for figure in sorted({*one, *two}):
        if one.get(figure) != two.get(figure):
            yield figure, one.get(figure), two.get(figure)
