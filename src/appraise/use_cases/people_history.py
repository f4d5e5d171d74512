"""From the rows of an export to what we know of each person over time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from appraise.adapters.records import PeopleRecord
from appraise.domain.employees import EmploymentStatus, ReportingKind, reporting_loops
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline, closed, dated, observed
from appraise.storage.people_import import Job, Manager

V = TypeVar("V")
LEFT: Final = frozenset({EmploymentStatus.TERMINATED, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one employee from one source."""

    jobs: Timeline[Job] = ()
    solid: Timeline[Manager] = ()
    dotted: Timeline[Manager] = ()


def history(
    known: Known,
    records: Sequence[PeopleRecord],
    managers: Mapping[int, Sequence[tuple[ReportingKind, Manager]]],
    *,
    on: date,
) -> Known:
    """What is known after an export: `managers` are those of each row, resolved where somebody is known by them."""
    if any(record.effective_from is not None for record in records):
        return _dated(known, records, managers, on=on)
    last = records[-1]
    if last.status in LEFT:
        end = on if last.termination_date is None else last.termination_date + timedelta(days=1)
        before = known.jobs
        if not before and last.hire_date is not None and last.hire_date < end:
            before = (Segment(Period(last.hire_date), _job(last, EmploymentStatus.ACTIVE)),)
        return _closed(Known(before, known.solid, known.dotted), end=end, on=on, ended_as=last.status)
    shown = [record for record in records if record.status not in LEFT]
    until = last.termination_date + timedelta(days=1) if last.termination_date is not None else None
    if until is not None and until <= on:
        until = None  # a day in the past on an active row is left over from an earlier employment
    since = min((record.hire_date for record in shown if record.hire_date is not None), default=None)
    solid, dotted = _managers(shown, managers)
    start = max(since, on) if since is not None else on
    return Known(
        jobs=observed(known.jobs, [_job(record, on=on) for record in shown], on=on, since=since, until=until),
        solid=observed(known.solid, solid[:1], on=start),
        dotted=observed(known.dotted, [*solid[1:], *dotted], on=start),
    )


def left(known: Known, *, on: date) -> Known:
    """What is known of somebody who is missing from an export that should hold everybody."""
    return _closed(known, end=on, on=on, ended_as=EmploymentStatus.TERMINATED)


def stored_loops(
    before: Mapping[EmployeeId, Timeline[Manager]], after: dict[EmployeeId, Timeline[Manager]]
) -> list[list[EmployeeId]]:
    """Take out of `after` whatever would make somebody their own manager's manager on any day; the paths found.

    Whoever is part of a loop keeps the line that was known before: the export contradicts itself about them.
    """
    paths: dict[tuple[EmployeeId, ...], None] = {}
    while True:
        found = [path for path in _loops(after) if _is_new(path, before, after)]
        if not found:
            return [list(path) for path in paths]
        for path in found:
            paths[tuple(path)] = None
            for employee in path:
                after[employee] = before.get(employee, ())


def _is_new(
    path: Collection[EmployeeId],
    before: Mapping[EmployeeId, Timeline[Manager]],
    after: Mapping[EmployeeId, Timeline[Manager]],
) -> bool:
    return any(after.get(employee, ()) != before.get(employee, ()) for employee in path)


def _loops(timelines: Mapping[EmployeeId, Timeline[Manager]]) -> list[list[EmployeeId]]:
    """Loops of any day. One can only close on a day on which a line of its own starts, so only those are walked."""
    changes: dict[date, list[tuple[EmployeeId, EmployeeId | None]]] = {}
    for employee, timeline in timelines.items():
        for segment in timeline:
            if isinstance(segment.value, str):
                changes.setdefault(segment.period.start, []).append((employee, EmployeeId(segment.value)))
                if segment.period.end is not None:
                    changes.setdefault(segment.period.end, []).append((employee, None))
    current: dict[str, str] = {}
    found: list[list[EmployeeId]] = []
    for day in sorted(changes):
        started = [employee for employee, manager in changes[day] if manager is not None]
        for employee, manager in sorted(changes[day], key=lambda change: change[1] is not None):
            if manager is None:
                current.pop(employee, None)
            else:
                current[employee] = manager
        chains: dict[str, str] = {}
        for employee in started:
            person: str = employee
            while person in current and person not in chains:
                chains[person] = current[person]
                person = current[person]
        found += [[EmployeeId(person) for person in path] for path in reporting_loops(chains)]
    return found


def _dated(
    known: Known,
    records: Sequence[PeopleRecord],
    managers: Mapping[int, Sequence[tuple[ReportingKind, Manager]]],
    *,
    on: date,
) -> Known:
    starts = sorted({record.effective_from or on for record in records})
    jobs: list[Segment[Job]] = []
    solid: list[Segment[Manager]] = []
    dotted: list[Segment[Manager]] = []
    for record in sorted(records, key=lambda record: record.effective_from or on):
        start = record.effective_from or on
        end = record.effective_to or next((later for later in starts if later > start), None)
        if record.status in LEFT:
            if jobs and jobs[-1].period.end == start:
                jobs[-1] = Segment(jobs[-1].period, jobs[-1].value, record.status)
            continue
        period = Period(start, end)
        jobs.append(Segment(period, _job(record, on=start)))
        leads, others = _managers([record], managers)
        overlapping = any(segment.period.overlaps(period) for segment in solid)
        solid += [Segment(period, manager) for manager in leads[:1] if not overlapping]
        dotted += [Segment(period, manager) for manager in (*leads[0 if overlapping else 1 :], *others)]
    if not jobs:
        return _closed(known, end=starts[0], on=on, ended_as=records[-1].status)
    first = starts[0]
    return Known(
        dated(known.jobs, jobs, first=first),
        dated(known.solid, solid, first=first),
        dated(known.dotted, dotted, first=first),
    )


def _closed(known: Known, *, end: date, on: date, ended_as: EmploymentStatus) -> Known:
    return Known(
        closed(known.jobs, end=end, on=on, ended_as=ended_as.value),
        closed(known.solid, end=end, on=on),
        closed(known.dotted, end=end, on=on),
    )


def _managers(
    records: Iterable[PeopleRecord], managers: Mapping[int, Sequence[tuple[ReportingKind, Manager]]]
) -> tuple[list[Manager], list[Manager]]:
    """Managers of the solid and of the dotted line, in the export's order and without repetition."""
    pairs = list(dict.fromkeys(pair for record in records for pair in managers.get(record.row, ())))
    solid = [manager for kind, manager in pairs if kind is ReportingKind.SOLID]
    return solid, [manager for kind, manager in pairs if kind is ReportingKind.DOTTED and manager not in solid]


def _job(record: PeopleRecord, status: EmploymentStatus | None = None, *, on: date | None = None) -> Job:
    shown = status or record.status
    if shown is EmploymentStatus.PREHIRE and on is not None and record.hire_date is not None and record.hire_date > on:
        shown = EmploymentStatus.ACTIVE  # the job starts on the day of hire and is an ordinary one from then on
    return Job(shown, record.job_title, record.department_code or record.department_name, record.attributes)
