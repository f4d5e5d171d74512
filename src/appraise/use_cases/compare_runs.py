"""What a second run says otherwise than a first: who gets a figure, on which side of what was expected, which level."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.access import Principal, section_scope
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import COMPOSITE
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import Absence, Composite, Coverage, Estimate, Manifest, ScoringResult
from appraise.domain.section_states import HANDED_IN
from appraise.errors import NotFound
from appraise.scoring.sensitivity import WeightShift
from appraise.storage import cycles, people, scorecards, sections
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment

SHOWN_MOVES: Final = 5


class Side(StrEnum):
    """Where the 90 % interval lies, in the good direction; ABSENT where there is no estimate."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"
    ABSENT = "no figure"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a result says at a glance; a figure without consequence has no level."""

    side: Side
    level: int | None = None

    def __str__(self) -> str:
        return self.side.value if self.level is None else f"{self.side.value}, level {self.level}"


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """`handed_in`: the section was submitted or finalised, so it keeps the result with which it was."""

    employee: EmployeeId
    name: str
    before: Reading
    after: Reading
    handed_in: bool


@dataclass(frozen=True, slots=True)
class Move:
    """Two estimates of one employee, in the indicator's unit."""

    employee: EmployeeId
    name: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class IndicatorChanges:
    """`estimates` counts them before and after, `appeared` and `vanished` those that only one run has.

    COMPOSITE stands for all indicators together. `readings` holds every change of side or level, by name, figures that
    appear or vanish included; `moves` the largest few, by name and not by size: they say how far a figure can go, not
    who is best. A coverage is None where the run does not have the indicator, and of composites.
    """

    indicator: IndicatorKey
    estimates: tuple[int, int]
    appeared: int
    vanished: int
    readings: tuple[ReadingChange, ...]
    moves: tuple[Move, ...]
    coverage: tuple[Coverage | None, Coverage | None]


@dataclass(frozen=True, slots=True)
class RunChanges:
    """`inputs` names what the two runs were computed from that is not the same: events, people, policy, code, days.

    `weights` say of a trial how far levels depend on its policy's weights.
    """

    inputs: tuple[str, ...]
    indicators: tuple[IndicatorChanges, ...]
    weights: tuple[WeightShift, ...] = ()


def compare_runs(deployment: Deployment, principal: Principal, before: RunId, after: RunId) -> RunChanges:
    """Raises `NotFound` where the principal may not read everybody's section."""
    may_read_all(principal)
    with deployment.database.reading() as session:
        first, second = (stored_result(session, cycles.run(session, run)) for run in (before, after))
        return changes(first, second, names=names(session), handed_in=_handed_in(session, before, after))


def compare_with_previous(deployment: Deployment, principal: Principal, run: ScoringRun) -> RunChanges | None:
    """Against the finished run of the same cycle before; None where this is the first. Raises as `compare_runs`."""
    with deployment.database.reading() as session:
        previous = cycles.run_before(session, run)
    return None if previous is None else compare_runs(deployment, principal, previous.id, run.id)


def changes(
    before: ScoringResult,
    after: ScoringResult,
    *,
    names: Mapping[EmployeeId, str],
    handed_in: frozenset[EmployeeId] = frozenset(),
) -> RunChanges:
    old, new = _by_indicator(before), _by_indicator(after)
    covered = [{part.indicator: part for part in result.coverage} for result in (before, after)]
    found = []
    known = [*old, *(key for key in new if key not in old)]
    for indicator in sorted(known, key=lambda key: key == COMPOSITE):
        pairs = _pairs(old.get(indicator, {}), new.get(indicator, {}))
        present = [(_is_figure(one), _is_figure(two)) for one, two in pairs.values()]
        found.append(
            IndicatorChanges(
                indicator,
                estimates=(sum(one for one, _ in present), sum(two for _, two in present)),
                appeared=present.count((False, True)),
                vanished=present.count((True, False)),
                readings=_readings(pairs, names, handed_in),
                moves=_moves(pairs, names),
                coverage=(covered[0].get(indicator), covered[1].get(indicator)),
            )
        )
    return RunChanges(_other_inputs(before.manifest, after.manifest), tuple(found))


def may_read_all(principal: Principal) -> None:
    """Raises `NotFound` for whoever may not read everybody's section in every state."""
    scope = section_scope(principal)
    if not scope.everyone or scope.states is not None:
        raise NotFound("there are no such scoring runs", hint="ask an HR administrator")


def stored_result(session: Session, run: ScoringRun) -> ScoringResult:
    """A finished run as it was computed. Raises `NotFound` for one that did not finish."""
    if run.manifest is None:
        raise NotFound(f"the scoring run {run.id} has no result", hint="score the cycle again")
    return ScoringResult(scorecards.of_run(session, run.id), run.coverage, run.manifest, run.summary)


def names(session: Session) -> dict[EmployeeId, str]:
    return {employee.id: employee.display_name for employee in people.snapshot(session).employees}


_Result = Estimate | Composite | Absence | None
_Pairs = Mapping[EmployeeId, tuple[_Result, _Result]]


def _by_indicator(result: ScoringResult) -> dict[IndicatorKey, dict[EmployeeId, _Result]]:
    """Composites last."""
    found: dict[IndicatorKey, dict[EmployeeId, _Result]] = {}
    for scorecard in result.scorecards:
        for one in scorecard.results:
            found.setdefault(one.indicator, {})[scorecard.employee] = one
    together: dict[EmployeeId, _Result] = {
        scorecard.employee: scorecard.composite for scorecard in result.scorecards if scorecard.composite is not None
    }
    return {**found, COMPOSITE: together} if together else found


def _pairs(
    old: Mapping[EmployeeId, _Result], new: Mapping[EmployeeId, _Result]
) -> dict[EmployeeId, tuple[_Result, _Result]]:
    return {employee: (old.get(employee), new.get(employee)) for employee in sorted({*old, *new})}


def _is_figure(result: _Result) -> bool:
    return isinstance(result, Estimate | Composite)


def _reading(result: _Result) -> Reading:
    if not isinstance(result, Estimate | Composite):
        return Reading(Side.ABSENT)
    side = {True: Side.BETTER, False: Side.WORSE, None: Side.CANNOT_TELL}[result.is_better]
    return Reading(side, result.level)


def _readings(
    pairs: _Pairs, names: Mapping[EmployeeId, str], handed_in: frozenset[EmployeeId]
) -> tuple[ReadingChange, ...]:
    found = [
        ReadingChange(employee, names.get(employee, employee), _reading(one), _reading(two), employee in handed_in)
        for employee, (one, two) in pairs.items()
        if _reading(one) != _reading(two)
    ]
    return tuple(sorted(found, key=lambda change: (change.name.casefold(), change.employee)))


def _moves(pairs: _Pairs, names: Mapping[EmployeeId, str]) -> tuple[Move, ...]:
    found = [
        Move(employee, names.get(employee, employee), one.value, two.value)
        for employee, (one, two) in pairs.items()
        if isinstance(one, Estimate | Composite) and isinstance(two, Estimate | Composite) and one.value != two.value
    ]
    largest = sorted(found, key=lambda move: (-abs(move.after - move.before), move.employee))[:SHOWN_MOVES]
    return tuple(sorted(largest, key=lambda move: (move.name.casefold(), move.employee)))


def _other_inputs(before: Manifest, after: Manifest) -> tuple[str, ...]:
    compared = {
        "events": ((before.event_versions, before.in_place), (after.event_versions, after.in_place)),
        "people": (before.people_hash, after.people_hash),
        "exchange rates": (before.rates_hash, after.rates_hash),
        "policy": (before.policy_hash, after.policy_hash),
        "code": ((before.code_version, before.software), (after.code_version, after.software)),
        "packages of indicators": _packages(before, after),
        "days of the cycle": ((before.cycle_start, before.cycle_end), (after.cycle_start, after.cycle_end)),
        "end of the data": (before.data_as_of, after.data_as_of),
    }
    return tuple(name for name, (one, two) in compared.items() if one != two)


def _packages(before: Manifest, after: Manifest) -> tuple[dict[str, str], dict[str, str]]:
    """Of the indicators that both have: which ones there are is the policy's."""
    one, two = dict(before.indicators), dict(after.indicators)
    return ({key: one[key] for key in one if key in two}, {key: two[key] for key in one if key in two})


def _handed_in(session: Session, *runs: RunId) -> frozenset[EmployeeId]:
    found = {cycles.run(session, run).cycle for run in runs}
    return frozenset(
        employee
        for cycle in found
        for employee, state in sections.states_in_cycle(session, cycle).items()
        if state in HANDED_IN
    )
