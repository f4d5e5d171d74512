"""From the rows of an export to what we know of each person over time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from appraise.adapters.records import PeopleRecord
from appraise.domain.employees import EmploymentStatus, ReportingKind, reporting_loops
from appraise.domain.employment_days import (
    DatedRow,
    after,
    end_at_work,
    end_of_leaver,
    start_to_come,
    told_jobs,
    with_end,
    with_start,
    without_foretold,
)
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period, stretches
from appraise.domain.timelines import Segment, Timeline, closed, dated, during, observed, on_day
from appraise.storage.people_import import Job, Manager

V = TypeVar("V")
LEFT: Final = frozenset({EmploymentStatus.TERMINATED, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one employee from one source."""

    jobs: Timeline[Job] = ()
    solid: Timeline[Manager] = ()
    dotted: Timeline[Manager] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a source: the day it shows, that of the newest one `before`, and which columns it has (None: all)."""

    day: date
    before: date | None = None
    told: frozenset[str] | None = None

    def tells(self, column: str) -> bool:
        return self.told is None or column in self.told

    def completed(self, job: Job, held: Job | None) -> Job:
        """With what is `held` of the columns that the export does not have."""
        if self.told is None or held is None:
            return job
        kept = {name: value for name, value in held.attributes if not self.tells(f"attribute.{name}")}
        return Job(
            job.status if self.tells("status") or job.status is not EmploymentStatus.ACTIVE else held.status,
            job.job_title if self.tells("job_title") else held.job_title,
            job.department if self.tells("department") else held.department,
            tuple((kept | dict(job.attributes)).items()) if kept else job.attributes,
        )


def history(
    known: Known,
    records: Sequence[PeopleRecord],
    managers: Mapping[int, Sequence[tuple[ReportingKind, Manager]]],
    look: Look,
) -> Known:
    """What is known after an export: `managers` are those of each row, resolved where somebody is known by them.

    Nobody has a manager on days without a job.
    """
    known = _told(known, records, managers, look)
    jobs = [segment.period for segment in known.jobs]
    return Known(known.jobs, during(known.solid, jobs), during(known.dotted, jobs))


def _told(
    known: Known,
    records: Sequence[PeopleRecord],
    managers: Mapping[int, Sequence[tuple[ReportingKind, Manager]]],
    look: Look,
) -> Known:
    if any(record.effective_from is not None for record in records):
        return _dated(known, records, managers, look)
    last, on = records[-1], look.day
    end = None if last.termination_date is None else after(last.termination_date)
    if last.status in LEFT and (end is None or end <= on):
        return _left(known, last, look, end=end)
    shown = [record for record in records if record.status not in LEFT] or [last]
    until = end if end is not None and end > on else None  # a day in the past is left over from an earlier employment
    since = min((record.hire_date for record in shown if record.hire_date is not None), default=None)
    solid, dotted = _managers(shown, managers)
    leads, others = solid[:1], [*solid[1:], *dotted]
    known = _corrected(known, look, since=since, until=until)
    held = on_day(known.jobs, on) or [segment.value for segment in known.jobs if segment.period.start > on][:1]
    shown_jobs = [look.completed(_job(record, on=on), held[0] if held else None) for record in shown]
    if since is not None and since > on:
        moved = start_to_come(known.jobs, since=since, looked=look.before)
        known = Known(
            with_start(known.jobs, moved, shown_jobs),
            with_start(known.solid, moved, leads if look.tells("managers") else None),
            with_start(known.dotted, moved, others if look.tells("dotted_managers") else None),
        )
    start = max(since, on) if since is not None else on
    return Known(
        jobs=observed(known.jobs, shown_jobs, on=on, since=since, until=until),
        solid=_line(known.solid, leads if look.tells("managers") else None, on=start, until=until),
        dotted=_line(known.dotted, others if look.tells("dotted_managers") else None, on=start, until=until),
    )


def left(known: Known, *, on: date) -> Known:
    """What is known of somebody who is missing from an export that should hold everybody, also who was to come."""
    begun = Known(*(without_foretold(timeline, on=on) for timeline in (known.jobs, known.solid, known.dotted)))
    return _closed(begun, end=on, on=on, ended_as=EmploymentStatus.TERMINATED)


def _left(known: Known, last: PeopleRecord, look: Look, *, end: date | None) -> Known:
    """Of somebody who has left, by `end` where that is told.

    Whom nobody has seen at work was so from the hire on; not where the end is unknown and a look in between
    could have shown them.
    """
    on, hired = look.day, last.hire_date
    gone, was_unseen = end or on, end is not None or look.before is None or (hired or on) > look.before
    latest = max((segment.period.end or date.max for segment in known.jobs), default=date.min)
    if was_unseen and hired is not None and latest <= hired < gone:
        unseen = Segment(Period(hired), _job(last, EmploymentStatus.ACTIVE))
        known = Known((*known.jobs, unseen), known.solid, known.dotted)
    elif end is not None:
        moved = end_of_leaver(known.jobs, on=on, end=end)
        known = Known(
            with_end(known.jobs, moved, last.status.value),
            with_end(known.solid, moved),
            with_end(known.dotted, moved),
        )
    return _closed(known, end=gone, on=on, ended_as=last.status)


def _corrected(known: Known, look: Look, *, since: date | None, until: date | None) -> Known:
    """With the days of hire and of leaving that the export tells anew of somebody at work or to come."""
    end = None
    if look.tells("termination_date") or not on_day(known.jobs, look.day):
        end = end_at_work(known.jobs, on=look.day, until=until, since=since, looked=look.before)
    start = start_to_come(known.jobs, since=since, looked=look.before)
    if end is None and start is None:
        return known
    return Known(
        with_start(with_end(known.jobs, end), start, None),
        with_start(with_end(known.solid, end), start, None),
        with_start(with_end(known.dotted, end), start, None),
    )


def _line(
    timeline: Timeline[Manager], shown: Collection[Manager] | None, *, on: date, until: date | None
) -> Timeline[Manager]:
    """`shown` is None where the export tells nothing of managers: then who is it stays so."""
    return observed(timeline, on_day(timeline, on) if shown is None else shown, on=on, until=until)


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
    look: Look,
) -> Known:
    on = look.day
    told = told_jobs([_row(record, on) for record in records])
    first = min(record.effective_from or on for record in records)
    if not told:
        last = records[-1]
        gone = first if last.termination_date is None else min(first, after(last.termination_date))
        return _closed(known, end=gone, on=on, ended_as=last.status)
    jobs: list[Segment[Job]] = []
    solid: list[Segment[Manager]] = []
    dotted: list[Segment[Manager]] = []
    for segment in told:
        record, period = records[segment.value], segment.period
        held = on_day(known.jobs, period.start)
        job = look.completed(_job(record, on=period.start), held[0] if held else None)
        jobs.append(Segment(period, job, segment.ended_as))
        leads, others = _managers([record], managers)
        beside = any(other.period.overlaps(period) and other.value not in leads[:1] for other in solid)
        solid += [Segment(period, manager) for manager in leads[:1] if not beside]
        dotted += [Segment(period, manager) for manager in (*leads[0 if beside else 1 :], *others)]
    dotted = _besides(dotted, solid)
    return Known(
        dated(known.jobs, jobs, first=first),
        dated(known.solid, solid, first=first) if look.tells("managers") else known.solid,
        dated(known.dotted, dotted, first=first) if look.tells("dotted_managers") else known.dotted,
    )


def _besides(dotted: Iterable[Segment[Manager]], solid: Sequence[Segment[Manager]]) -> list[Segment[Manager]]:
    """Dotted lines while they do not lead to the manager of the solid one."""
    kept: list[Segment[Manager]] = []
    for segment in dotted:
        same = [other.period for other in solid if other.value == segment.value]
        cuts = [cut for cut in stretches([segment.period, *same]) if cut.start in segment.period]
        kept += [Segment(cut, segment.value) for cut in cuts if not any(cut.start in period for period in same)]
    return kept


def _row(record: PeopleRecord, on: date) -> DatedRow:
    left = record.ended_as or (record.status if record.status in LEFT else None)
    word = None if left is None else left.value
    return DatedRow(record.effective_from or on, record.effective_to, record.termination_date, word)


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
    if shown in LEFT:
        shown = EmploymentStatus.ACTIVE  # until the last day it is an ordinary job
    if shown is EmploymentStatus.PREHIRE and on is not None and record.hire_date is not None and record.hire_date > on:
        shown = EmploymentStatus.ACTIVE  # the job starts on the day of hire and is an ordinary one from then on
    code = record.department_code or record.department_name
    return Job(shown, record.job_title, code, tuple(sorted(record.attributes)))
