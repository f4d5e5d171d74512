"""Results of many employees as columns of numbers: figures of groups are made of thousands at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.scorecards import AbsenceKind
from appraise.storage import contributions
from appraise.storage.contributions import Line, Measured, Member, Placed
from appraise.use_cases.deployment import Deployment

REMEMBERED: Final = 8
"""Runs, of 3 to 4 MB for 10,000 employees: the newest of the cycles that people look at."""
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few different values: `codes` are numbers of `names`."""

    codes: IntArray
    names: tuple[Any, ...]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        numbers: dict[Any, int] = {}
        codes = np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
        return cls(codes, tuple(numbers))

    def at(self, rows: Any) -> "Coded":
        return Coded(self.codes[rows], self.names)

    @property
    def present(self) -> list[Any]:
        return [self.names[code] for code in np.unique(self.codes)]


@dataclass(frozen=True, slots=True)
class Column:
    """Results on one indicator, one of an employee, in the order of their numbers in `people`.

    Numbers are NaN where there is none; `absence` and `currency` are then None. What they mean: `storage.Line`.
    """

    people: IntArray
    run: Coded
    absence: Coded
    currency: Coded
    unshrunk: FloatArray
    standard_error: FloatArray
    expected: FloatArray
    foretold: FloatArray
    effective: FloatArray
    credit: FloatArray
    expected_events: FloatArray

    @classmethod
    def of(cls, lines: Sequence[Line], people: Sequence[int]) -> Self:
        """`people` (N,) are the numbers of the lines' employees."""
        numbers = np.array(people, dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        columns = list(zip(*lines, strict=True)) or [()] * len(Line._fields)
        by_name = dict(zip(Line._fields, columns, strict=True))

        def number(name: str) -> FloatArray:
            return np.array(by_name[name], dtype=np.float64)[order]

        return cls(
            numbers[order],
            Coded.of(by_name["run"]).at(order),
            Coded.of(by_name["absence"]).at(order),
            Coded.of(by_name["currency"]).at(order),
            **{name: number(name) for name in _NUMBERS},
        )

    def at(self, rows: Any) -> "Column":
        """Of some rows: a mask or their numbers."""
        return Column(
            self.people[rows],
            self.run.at(rows),
            self.absence.at(rows),
            self.currency.at(rows),
            **{name: getattr(self, name)[rows] for name in _NUMBERS},
        )

    @property
    def is_measured(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.unshrunk)

    @property
    def measured(self) -> "Column":
        return self.at(self.is_measured)

    @property
    def runs(self) -> list[RunId]:
        return self.run.present

    def absent(self) -> dict[AbsenceKind, int]:
        counts = np.bincount(self.absence.codes, minlength=len(self.absence.names))
        return {
            AbsenceKind(name): int(count)
            for name, count in zip(self.absence.names, counts, strict=True)
            if name is not None and count
        }

    def renumbered(self, numbers: IntArray) -> "Column":
        """With the employees' other numbers, one for each former one; whose is −1 is left out."""
        people = numbers[self.people]
        order = np.argsort(people, kind="stable")
        rows = order[people[order] >= 0]
        return replace(self.at(rows), people=people[rows])

    def by(self, label: IntArray) -> dict[int, IntArray]:
        """The rows of each group; `label` has one for each employee's number."""
        ours = label[self.people]
        order = np.argsort(ours, kind="stable")
        names, starts = np.unique(ours[order], return_index=True)
        ends = (*starts[1:], order.size)
        return {int(name): order[start:end] for name, start, end in zip(names, starts, ends, strict=False)}


_NUMBERS: Final = ("unshrunk", "standard_error", "expected", "foretold", "effective", "credit", "expected_events")


def columns_of(lines: Sequence[Line], places: Sequence[Placed]) -> dict[IndicatorKey, Column]:
    """By indicator, in the policy's order; employees are numbered as in `places`, and all are there."""
    return _columns(lines, {place.employee: number for number, place in enumerate(places)})


def _columns(lines: Sequence[Line], numbers: Mapping[str, int]) -> dict[IndicatorKey, Column]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.indicator].append(line)
    positions = {indicator: min(line.position for line in some) for indicator, some in found.items()}
    return {
        IndicatorKey(indicator): Column.of(found[indicator], [numbers[line.employee] for line in found[indicator]])
        for indicator in sorted(found, key=lambda one: positions[one])
    }


@dataclass(frozen=True, slots=True)
class RunResults:
    """All of a run: `columns` by indicator, in the policy's order, with employees numbered as in `employees`."""

    employees: tuple[str, ...]
    columns: Mapping[IndicatorKey, Column]

    @property
    def most_measured(self) -> EmployeeId | None:
        """Of whom most indicators have a figure, of several one; None where nobody was scored."""
        if not self.columns:
            return None
        measured = np.concatenate([column.measured.people for column in self.columns.values()])
        return EmployeeId(self.employees[int(np.argmax(np.bincount(measured, minlength=len(self.employees))))])

    def of(self, places: Sequence[Placed], *, final_with: RunId | None = None) -> dict[IndicatorKey, Column]:
        """Of those in `places` alone, numbered as there; of those finalised with a run where one is given."""
        known = {
            place.employee: number
            for number, place in enumerate(places)
            if final_with is None or place.final_run == final_with
        }
        return self.numbered(known)

    def numbered(self, known: Mapping[EmployeeId, int]) -> dict[IndicatorKey, Column]:
        """Of the `known` alone, by their numbers."""
        numbers = np.array([known.get(EmployeeId(employee), -1) for employee in self.employees], dtype=np.int64)
        found = {indicator: column.renumbered(numbers) for indicator, column in self.columns.items()}
        return {indicator: column for indicator, column in found.items() if column.people.size}


def results_of(deployment: Deployment, run: RunId) -> RunResults:
    """Of a finished run, whose results never change. Whoever asks: they are for figures of groups."""
    with _GATHERING:
        return _results_of(deployment, run)


_GATHERING: Final = Lock()
"""Of two who ask for a run at once one gathers it; for both it would take twice as long."""


@lru_cache(REMEMBERED)
def _results_of(deployment: Deployment, run: RunId) -> RunResults:
    with deployment.database.reading() as session:
        lines = contributions.lines(session, run)
    employees = tuple(sorted({line.employee for line in lines}))
    return RunResults(employees, _columns(lines, {employee: number for number, employee in enumerate(employees)}))


def column_of(member: Member) -> Column:
    """Of one employee, numbered 0."""
    return Column.of([line_of(member)], [0])


def line_of(member: Member) -> Line:
    who = (member.place.employee, member.run, member.indicator, 0)
    result = member.result
    if not isinstance(result, Measured):
        return Line(*who, result.kind.value, *(None,) * 8)
    evidence = result.evidence
    credit, expected = evidence.credit, evidence.expected_events
    return Line(
        *who,
        absence=None,
        unshrunk=float(result.unshrunk),
        standard_error=float(result.standard_error),
        expected=float(result.expected),
        foretold=result.foretold,
        currency=result.currency,
        effective=float(evidence.effective),
        credit=None if credit is None else float(credit),
        expected_events=None if expected is None else float(expected),
    )
