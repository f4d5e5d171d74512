"""Show what would be written into a host, before anything is sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from appraise.adapters.discovery import sink_named
from appraise.adapters.sinks import CallSink, HostBusy, HostEntry, HostLocked, HostRefused
from appraise.domain.access import Principal
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.write_back import LOOKED_AT, WriteBack
from appraise.storage import cycles, sections, write_backs
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finished import finished
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.record_reading import record_reading


@dataclass(frozen=True, slots=True)
class Planned:
    """One final section: its line of the ledger, where there is one, and the entry, or why it cannot be written."""

    section: FinishedSection
    line: WriteBack | None
    entry: HostEntry | None = None
    problem: str | None = None


def plan_write_back(  # noqa: PLR0913  # of what, for whom, and whether the host is asked
    deployment: Deployment,
    host: HostSystem,
    cycle: CycleId,
    *,
    principal: Principal,
    only: Sequence[SectionId] | None = None,
    ask: bool = True,
    at: datetime,
) -> tuple[Planned, ...]:
    """All final sections of a cycle, or `only` some, by name.

    Asks the host for places and scales, and changes nothing there; without `ask` only the ledger is read.
    """
    with deployment.database.reading() as session:
        ids = sections.final_in(session, cycle) if only is None else only
        found = finished(session, ids)
        lines = write_backs.of(session, ids)
        options = host.options(cycles.get(session, cycle).rules.host_scale)
    record_reading(deployment, principal, {key: one.employee for key, one in found.items()}, at=at)
    values = sorted((one.section for one in found.values()), key=lambda one: (one.name, one.id))
    known = {one.id: next((line for line in lines[one.id] if line.host == host.name), None) for one in values}
    if not ask:
        return tuple(Planned(one, known[one.id]) for one in values)
    sink = sink_named(host.sink)
    if not isinstance(sink, CallSink):
        return tuple(_planned(one, known[one.id], partial(sink.plan, options=options)) for one in values)
    with sink.open(options) as reached:
        return tuple(_planned(one, known[one.id], reached.plan) for one in values)


def _planned(section: FinishedSection, line: WriteBack | None, plan: Callable[[FinishedSection], HostEntry]) -> Planned:
    try:
        entry = plan(section)
        is_there = line is not None and line.state in LOOKED_AT
        return Planned(section, line, entry, None if is_there else entry.obstacle)
    except (HostRefused, HostLocked) as problem:
        return Planned(section, line, problem=problem.found)
    except HostBusy as busy:
        return Planned(section, line, problem=str(busy))
