"""Read what employees contributed, one by one or in groups, over the cycles; each individual's read is audited."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

import numpy as np

from appraise.domain.access import Principal, read_is_audited
from appraise.domain.contributions import (
    MOST_CYCLES,
    Contribution,
    ContributionQuery,
    ContributionRow,
    ContributionsOfStretch,
    Dimension,
    Grain,
    Group,
    Reading,
    RowOrder,
    Stretch,
    stretch_of,
    taken_together,
)
from appraise.domain.cursors import position
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, RunId
from appraise.domain.reading import Page
from appraise.storage import audit, contributions, cycles
from appraise.storage.access import Viewer
from appraise.storage.contributions import Listed, Member, Placed
from appraise.storage.cursors import checked_size
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.group_figures import (
    Groups,
    Hidden,
    cover,
    group_of,
    hidden_groups,
    pooled,
    published,
    summed,
    withheld,
)
from appraise.use_cases.result_columns import Column, IntArray, column_of, columns_of, results_of
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

LATEST_DAY: Final = date.max.toordinal()
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of which nothing has been worked out yet: only those of the page are."""

    cycle: Cycle
    group: Group
    parts: list[Callable[[], Contribution]]

    def made(self) -> ContributionRow:
        return ContributionRow(self.cycle, self.group, tuple(part() for part in self.parts))


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """`total` counts the rows of all pages."""

    page: Page[ContributionsOfStretch]
    total: int


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The rows of one group in one stretch: one for each of its cycles."""

    stretch: Stretch
    rows: list[_Row]

    def key(self, order: RowOrder) -> _Key:
        return _key(self.stretch, self.rows[0].group, order)

    def made(self) -> ContributionsOfStretch:
        return taken_together(self.stretch, [row.made() for row in self.rows])


def list_contributions(
    deployment: Deployment,
    principal: Principal,
    wanted: ContributionQuery,
    *,
    at: datetime,
    first: int,
    after: str | None = None,
) -> ContributionPage:
    """A page of the rows.

    Raises `NotFound` for an unknown cycle, `InvalidInput` for a cursor of another list and for cycles that the grain
    does not fit.
    """
    checked_size(first)
    by_one = wanted.dimension is Dimension.EMPLOYEE
    people = _listed(deployment, principal, wanted, at=at) if by_one else {}
    known = {} if by_one else _by_key(_rows(deployment, principal, wanted, at=at), wanted)
    ordered = sorted(people if by_one else known)
    rest = ordered if after is None else ordered[bisect_right(ordered, position(after, 4)) :]
    page = rest[:first]
    if by_one and page:
        known = _by_key(_rows(deployment, principal, _only(wanted, page, people), at=at), wanted)
    keys = tuple(key for key in page if key in known)  # whoever is not there went meanwhile
    _record(deployment, principal, (row for key in keys for row in known[key].rows), at=at)
    shown = tuple(known[key].made() for key in keys)
    return ContributionPage(Page(shown, keys, len(rest) > first), len(ordered))


def _by_key(rows: Iterable[_Row], wanted: ContributionQuery) -> dict[_Key, _Bucket]:
    """A group is named as in the first of its rows."""
    found: dict[tuple[str, str | None], _Bucket] = {}
    stretches: dict[CycleId, Stretch] = {}
    for row in rows:
        if row.cycle.id not in stretches:
            stretches[row.cycle.id] = stretch_of(row.cycle, wanted.grain)
        stretch = stretches[row.cycle.id]
        found.setdefault((stretch.key, row.group.key), _Bucket(stretch, [])).rows.append(row)
    return {bucket.key(wanted.order): bucket for bucket in found.values()}


def _listed(
    deployment: Deployment, principal: Principal, wanted: ContributionQuery, *, at: datetime
) -> dict[_Key, list[CycleId]]:
    """The keys of all rows of employees, with their cycles. Nothing else is read of thousands to show a hundred."""
    viewer = Viewer(principal, at.date())
    found: dict[_Key, list[CycleId]] = {}
    with deployment.database.reading() as session:
        for cycle in _chosen(session, wanted):
            run = cycles.latest_run(session, cycle.id)
            people = [] if run is None else contributions.measured(session, viewer, cycle.id, run.id, wanted.indicators)
            key = _key_within(stretch_of(cycle, wanted.grain), wanted.order)
            for one in people:
                if _is_wanted(wanted, one) and (wanted.employees is None or one.employee in wanted.employees):
                    found.setdefault(key(one.sort_name, one.employee), []).append(cycle.id)
    return found


def _only(wanted: ContributionQuery, page: Sequence[_Key], people: Mapping[_Key, list[CycleId]]) -> ContributionQuery:
    """Of a page's employees and cycles alone."""
    place = 1 if wanted.order is RowOrder.BY_GROUP else 3
    employees = frozenset(EmployeeId(key[place]) for key in page)
    return replace(wanted, employees=employees, cycles=tuple(dict.fromkeys(one for key in page for one in people[key])))


def contributions_of(
    deployment: Deployment,
    principal: Principal,
    wanted: ContributionQuery,
    *,
    at: datetime,
    read: Collection[str | None] | None = None,
) -> dict[str | None, list[ContributionRow]]:
    """The rows of each cycle by the group's key; only those of the keys `read` are handed out and audited.

    Raises `NotFound`.
    """
    found: dict[str | None, list[ContributionRow]] = defaultdict(list)
    rows = _rows(deployment, principal, wanted, at=at)
    for row in sorted(rows, key=lambda row: _key(stretch_of(row.cycle, Grain.CYCLE), row.group, wanted.order)):
        if read is None or row.group.key in read:
            found[row.group.key].append(row.made())
    _record(deployment, principal, [row for rows in found.values() for row in rows], at=at)
    return dict(found)


def _rows(deployment: Deployment, principal: Principal, wanted: ContributionQuery, *, at: datetime) -> list[_Row]:
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        chosen = _chosen(session, wanted)
        return [row for cycle in chosen for row in _of_cycle(deployment, session, viewer, wanted, cycle)]


def _chosen(session: Session, wanted: ContributionQuery) -> Sequence[Cycle]:
    if wanted.cycles is None:
        return cycles.all_of_them(session)[:MOST_CYCLES]
    return [cycles.get(session, cycle) for cycle in dict.fromkeys(wanted.cycles)]


def rows_of_cycle(
    deployment: Deployment, session: Session, viewer: Viewer, wanted: ContributionQuery, cycle: Cycle
) -> list[ContributionRow]:
    """In no order, and not audited: whoever hands one of an employee out has to."""
    return [row.made() for row in _of_cycle(deployment, session, viewer, wanted, cycle)]


def _of_cycle(
    deployment: Deployment, session: Session, viewer: Viewer, wanted: ContributionQuery, cycle: Cycle
) -> list[_Row]:
    run = cycles.latest_run(session, cycle.id)
    if run is None:
        return []
    if wanted.dimension is Dimension.EMPLOYEE:
        return _of_employees(session, viewer, wanted, cycle, run.id)
    return _of_groups(deployment, session, viewer, wanted, cycle, run.id)


def _of_employees(session: Session, viewer: Viewer, wanted: ContributionQuery, cycle: Cycle, run: RunId) -> list[_Row]:
    now = contributions.in_run(session, viewer, cycle.id, run, wanted.employees)
    final = contributions.finalised(session, viewer, cycle.id, wanted.employees)
    days = _days(session, {run, *(one.run for one in final)})
    found: dict[Group, dict[IndicatorKey, list[Member | None]]] = {}
    for number, members in enumerate((now, final)):
        for member in members:
            if _is_wanted(wanted, member.place) and _is_asked(wanted, member.indicator):
                group = group_of(member.place, wanted.dimension)
                found.setdefault(group, {}).setdefault(member.indicator, [None, None])[number] = member

    def made(indicator: IndicatorKey, both: list[Member | None]) -> Contribution:
        now, final = (None if one is None else _published(one, days[one.run]) for one in both)
        return Contribution(indicator, now, final)

    return [
        _Row(cycle, group, [partial(made, indicator, both) for indicator, both in parts.items()])
        for group, parts in found.items()
    ]


def _published(member: Member, as_of: date) -> Reading:
    column = column_of(member)
    return Reading(published(member), summed(member.indicator, column), cover(column), as_of)


def _of_groups(
    deployment: Deployment, session: Session, viewer: Viewer, wanted: ContributionQuery, cycle: Cycle, run: RunId
) -> list[_Row]:
    places = contributions.places(session, viewer, cycle.id)
    newest = results_of(deployment, run)
    now = newest.of(places)
    if {place.final_run for place in places} <= {None, run}:
        final = newest.of(places, final_with=run)
    else:
        final = columns_of(contributions.lines_finalised(session, viewer, cycle.id), places)
    days = _days(session, {run, *(run for column in final.values() for run in column.runs)})
    table = _Table(wanted, places, days, cycles.policy_of(session, run).minimum_group)
    for indicator in dict.fromkeys((*now, *final)):
        if _is_asked(wanted, indicator):
            table.add(indicator, now.get(indicator, NOBODY), final.get(indicator, NOBODY))
    return [_Row(cycle, table.group(number), parts) for number, parts in table.found.items()]


def _days(session: Session, runs: Iterable[RunId]) -> dict[RunId, date]:
    """The first day without data, of each."""
    found = ((key, cycles.run(session, key).manifest) for key in runs)
    return {key: manifest.data_as_of for key, manifest in found if manifest is not None}


def _is_wanted(wanted: ContributionQuery, place: Placed | Listed) -> bool:
    return (
        (wanted.departments is None or place.department_code in wanted.departments)
        and (wanted.managers is None or place.manager in wanted.managers)
        and (wanted.profiles is None or place.profile in wanted.profiles)
    )


def _is_asked(wanted: ContributionQuery, indicator: IndicatorKey) -> bool:
    return wanted.indicators is None or indicator in wanted.indicators


NOBODY: Final = Column.of((), ())


class _Table:
    """The rows of one cycle by the number of their group, filled indicator by indicator."""

    def __init__(
        self, wanted: ContributionQuery, places: Sequence[Placed], days: dict[RunId, date], fewest: int
    ) -> None:
        self._days, self._fewest, self._dimension = days, fewest, wanted.dimension
        self._groups = Groups(places)
        self._label = self._groups.label(wanted.dimension)
        wished = np.array([_is_wanted(wanted, place) for place in places], dtype=np.bool_)
        self._wished = frozenset(np.unique(self._label[wished]).tolist())
        names, first = np.unique(self._label, return_index=True)
        self._first = dict(zip(names.tolist(), first.tolist(), strict=True))
        self.found: dict[int, list[Callable[[], Contribution]]] = defaultdict(list)

    def group(self, number: int) -> Group:
        """By whoever comes first in it: a department may have had another name before."""
        return group_of(self._groups.places[self._first[number]], self._dimension)

    def add(self, indicator: IndicatorKey, now: Column, final: Column) -> None:
        hidden = hidden_groups(self._groups, now, final, fewest=self._fewest)
        both = [(column, column.by(self._label), away) for column, away in zip((now, final), hidden, strict=True)]
        for number in dict.fromkeys(number for _, parts, _ in both for number in parts):
            if number in self._wished:
                readings = [(column, parts.get(number), away) for column, parts, away in both]
                self.found[number].append(partial(self._contribution, indicator, self.group(number), readings))

    def _contribution(
        self, indicator: IndicatorKey, group: Group, readings: Sequence[tuple[Column, IntArray | None, Hidden]]
    ) -> Contribution:
        now, final = (
            None if rows is None else self._reading(indicator, group, column.at(rows), hidden)
            for column, rows, hidden in readings
        )
        return Contribution(indicator, now, final)

    def _reading(self, indicator: IndicatorKey, group: Group, column: Column, hidden: Hidden) -> Reading:
        as_of = min(self._days[run] for run in column.runs)
        if len(column.people) < self._fewest or hidden.hides(group):
            return Reading(withheld(indicator, fewest=self._fewest), None, None, as_of)
        return Reading(pooled(indicator, column), summed(indicator, column), cover(column), as_of)


def _key(stretch: Stretch, group: Group, order: RowOrder) -> _Key:
    return _key_within(stretch, order)(group.sort_name, group.key or "")


def _key_within(stretch: Stretch, order: RowOrder) -> Callable[[str, str], _Key]:
    """The key of a group by the name that sorts it and what tells it apart. Compares as text."""
    start = stretch.period.start.toordinal()
    time = f"{start if order is RowOrder.OLDEST_FIRST else LATEST_DAY - start:07d}", stretch.key
    if order is RowOrder.BY_GROUP:
        return lambda *names: (*names, *time)
    return lambda *names: (*time, *names)


def _record(
    deployment: Deployment, principal: Principal, rows: Iterable[_Row | ContributionRow], *, at: datetime
) -> None:
    """One line for each employee, other than the principal, of whom there is a row."""
    read: dict[EmployeeId, list[str]] = defaultdict(list)
    for row in rows:
        if row.group.dimension is Dimension.EMPLOYEE and row.group.key is not None:
            read[EmployeeId(row.group.key)].append(row.cycle.name)
    record_reads(deployment, principal, read, at=at)


def record_reads(
    deployment: Deployment, principal: Principal, read: Mapping[EmployeeId, Sequence[str]], *, at: datetime
) -> None:
    """One line for each employee, other than the principal, with the names of the cycles."""
    others = {employee: names for employee, names in read.items() if read_is_audited(principal, employee)}
    if not others:
        return
    actor = Actor.of(principal)

    lines = [
        audit.Line(actor.id, "contributions.read", f"employee:{employee}", (*actor.facts, ("cycles", ", ".join(names))))
        for employee, names in others.items()
    ]
    committed(deployment, lambda session: audit.append_all(session, lines, at=at))
