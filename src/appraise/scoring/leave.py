"""Leave of absence: who was away when. Nobody can keep a customer while on leave, so that time is nobody's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

import ibis
import pyarrow as pa

from appraise.domain.employees import Employment, EmploymentStatus
from appraise.domain.identifiers import EmployeeId
from appraise.scoring.event_tables import seconds_of

ON_LEAVE = "the owner was on leave"


@dataclass(frozen=True, slots=True, order=True)
class Leave:
    """From the day `start` up to and without the day `end`, None while it lasts; `employee` is a position."""

    employee: int
    start: date
    end: date | None


def leaves(employees: Sequence[EmployeeId], employments: Iterable[Employment]) -> tuple[Leave, ...]:
    """Days on which an employee has a job on leave and none that is active, as longest stretches.

    `employees` in the order of their positions. Of several jobs side by side, an active one means that the employee
    is there.
    """
    position = {employee: number for number, employee in enumerate(employees)}
    known = sorted(
        (one for one in employments if one.employee in position), key=lambda one: (position[one.employee], one.period)
    )
    return tuple(
        Leave(position[employee], start, end)
        for employee, jobs in groupby(known, key=lambda one: one.employee)
        for start, end in _away(list(jobs))
    )


def leave_table(known: Iterable[Leave], *, as_of: int) -> ibis.Table:
    """`employee`, `begins`, `ends` in seconds since 1970 UTC; what has begun and not ended ends at `as_of`."""
    rows = [
        (leave.employee, seconds_of(leave.start), as_of if leave.end is None else seconds_of(leave.end))
        for leave in known
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    names = {"employee": pa.int32(), "begins": pa.int64(), "ends": pa.int64()}
    return ibis.memtable(
        pa.table({name: pa.array(column, kind) for (name, kind), column in zip(names.items(), columns, strict=True)})
    )


def _away(jobs: Sequence[Employment]) -> list[tuple[date, date | None]]:
    """Between two days on which any job changes, the employee is either there or away throughout."""
    if all(job.status is not EmploymentStatus.LEAVE for job in jobs):
        return []
    days = sorted({day for job in jobs for day in (job.period.start, job.period.end or date.max)})
    found: list[tuple[date, date]] = []
    for start, end in pairwise(days):
        statuses = {job.status for job in jobs if start in job.period}
        if EmploymentStatus.LEAVE in statuses and EmploymentStatus.ACTIVE not in statuses:
            joins = bool(found) and found[-1][1] == start
            found = [*found[:-1], (found[-1][0], end)] if joins else [*found, (start, end)]
    return [(start, None if end == date.max else end) for start, end in found]
