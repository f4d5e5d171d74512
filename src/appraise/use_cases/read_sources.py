"""What each source brought: sums to hold against its own report, and how far it can be joined with the others."""

from datetime import datetime

from appraise.adapters.days import check_time_zone
from appraise.errors import NotFound
from appraise.events.engine import open_engine
from appraise.events.reconcile import MonthlySum, monthly_sums
from appraise.scoring.data_end import data_end
from appraise.scoring.references import directory
from appraise.scoring.source_coverage import SourceCoverage, source_coverage
from appraise.storage import people
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import events_now


def reconcile(
    deployment: Deployment, *, at: datetime, time_zone: str = "UTC", source: str | None = None
) -> list[MonthlySum]:
    """Counts and sums by source and month. Raises `NotFound` where there is nothing, of that source or at all."""
    zone = check_time_zone(time_zone)
    with events_now(deployment, at=at) as events:
        found = monthly_sums(events.snapshot, time_zone=zone, source=source)
    if not found:
        of = "" if source is None else f" of the source {source!r}"
        raise NotFound(f"no events{of} have been imported", hint="`appraise import` says what it has written")
    return found


def read_coverage(deployment: Deployment, *, at: datetime, memory_limit: str | None) -> list[SourceCoverage]:
    """By source and kind of event, as the next scoring run would see it; empty before the first import."""
    with deployment.database.reading() as session:
        known = people.snapshot(session)
    employees = sorted(known.employees, key=lambda employee: employee.id)
    with events_now(deployment, at=at) as events:
        tables = events.snapshot.tables(open_engine(memory_limit=memory_limit))
        end = data_end(tables)
        if end is None:
            return []
        return source_coverage(tables, directory(employees, known.employments), data_as_of=end)
