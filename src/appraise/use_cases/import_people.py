"""Import an HRIS export: reconcile what it shows with what is known, effective-dated."""

import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from appraise.adapters.contract import EmployeeSource, ImportOptions, ReadPeople
from appraise.adapters.discovery import adapter_named
from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.employees import ExternalReference, ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.progress import Advance
from appraise.domain.timelines import Timeline, observed, on_day
from appraise.errors import InvalidInput
from appraise.events.ingest import ErrorPolicy
from appraise.storage import audit, people_import
from appraise.storage.database import Session, lock
from appraise.storage.people_import import DepartmentFacts, Job, Manager
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import OPERATOR
from appraise.use_cases.people_attributes import Attributes, shown_attributes
from appraise.use_cases.people_changes import (
    Held,
    Looked,
    Outcome,
    first_day_back,
    keys_of,
    proposals,
    stays,
)
from appraise.use_cases.people_history import Known, Look, history, left, stored_loops
from appraise.use_cases.people_identities import Identities, identify
from appraise.use_cases.people_missing import Missing, what_of_missing
from appraise.use_cases.people_report import PeopleReport, UnresolvedManager
from appraise.use_cases.transactions import committed

V = TypeVar("V")


def import_people(  # noqa: PLR0913  # what, from where, how, when, and who watches
    deployment: Deployment,
    adapter_name: str,
    path: Path,
    options: ImportOptions,
    *,
    at: datetime,
    dry_run: bool,
    progress: Advance,
    error_policy: ErrorPolicy = "reject-rows",
    actor: str = OPERATOR,
) -> PeopleReport:
    """Read the export and bring the records in line with it; a dry run reports the same and writes nothing.

    Under `reject-file` nothing is written where a row is rejected.

    Who is missing from an export of everybody has left only where `settings["missing"]` is `end`. Raises `InvalidInput`
    where the adapter reads no people, where the file is not of its format, and where more than a tenth of the jobs
    would end so (`settings["allow_ends"] = "yes"` lets them).
    """
    adapter = adapter_named(adapter_name)
    if not isinstance(adapter, EmployeeSource):
        raise InvalidInput(
            f"the adapter {adapter_name!r} reads no people",
            hint="`appraise adapters` shows what each adapter reads",
        )
    options = replace(options, as_of=options.as_of or at.date())  # adapters must not take another day than we do
    with _uncollected():
        progress("read", 0, 0)
        read = adapter.read_people(path, options)
        progress("reconcile", 0, len(read.records))
        report = reconcile_people(
            deployment,
            read,
            options,
            file=path.name,
            at=at,
            dry_run=dry_run,
            error_policy=error_policy,
            actor=actor,
        )
        progress("reconcile", len(read.records), len(read.records))
    return report


@contextmanager
def _uncollected() -> Iterator[None]:
    """All that an import makes lives until it is done: to look for garbage among it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def reconcile_people(  # noqa: PLR0913  # what, from where, how, when, and by whom
    deployment: Deployment,
    read: ReadPeople,
    options: ImportOptions,
    *,
    file: str,
    at: datetime,
    dry_run: bool,
    error_policy: ErrorPolicy = "reject-rows",
    actor: str = OPERATOR,
) -> PeopleReport:
    """Bring the records in line with what an adapter read from `file`; all in one transaction."""

    def work(session: Session) -> PeopleReport:
        report = _Reconciliation(session, read, options, file, at, actor).run(dry_run=dry_run)
        refused = error_policy == "reject-file" and bool(report.rejected)
        if dry_run or refused:
            session.rollback()
        return replace(report, refused=refused)

    return committed(deployment, work)


@dataclass(slots=True)
class _Lines:
    """Timelines of one kind of reporting line, before and after."""

    before: dict[EmployeeId, Timeline[Manager]]
    after: dict[EmployeeId, Timeline[Manager]]

    @classmethod
    def of(cls, known: dict[EmployeeId, Timeline[Manager]], identities: Identities) -> "_Lines":
        """Lines that waited for somebody who is known now point at them."""
        after = dict(known)
        for employee, timeline in known.items():
            if any(isinstance(segment.value, ExternalReference) for segment in timeline):
                after[employee] = tuple(
                    replace(segment, value=identities.resolved(segment.value))
                    if isinstance(segment.value, ExternalReference)
                    else segment
                    for segment in timeline
                )
        return cls(known, after)


@dataclass(slots=True)
class _Reconciliation:
    session: Session
    read: ReadPeople
    options: ImportOptions
    file: str
    at: datetime
    actor: str
    unresolved: list[UnresolvedManager] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.options.as_of or self.at.date()

    def run(self, *, dry_run: bool) -> PeopleReport:
        session, source, look = self.session, self.options.source, self.look()
        employees, references = people_import.employees(session), people_import.references(session)
        jobs = people_import.jobs(session, source)
        identities = identify(self.read.records, references, file=self.file, left=self.gone(jobs, references))
        solid = _Lines.of(people_import.lines(session, source, ReportingKind.SOLID), identities)
        dotted = _Lines.of(people_import.lines(session, source, ReportingKind.DOTTED), identities)
        jobs_after = dict(jobs)
        for employee, records in identities.records.items():
            known = Known(jobs.get(employee, ()), solid.after.get(employee, ()), dotted.after.get(employee, ()))
            new = history(known, records, self.managers(records, identities), look)
            jobs_after[employee], solid.after[employee], dotted.after[employee] = new.jobs, new.solid, new.dotted
        for employee in self.missing(jobs, identities):
            known = Known(jobs[employee], solid.after.get(employee, ()), dotted.after.get(employee, ()))
            new = left(known, on=self.day)
            jobs_after[employee], solid.after[employee], dotted.after[employee] = new.jobs, new.solid, new.dotted
        before = Held(employees, jobs, solid.before, dotted.before)
        self.warnings += stays(look, before, file=self.file)
        loops = stored_loops(solid.before, solid.after)
        _drop_self(dotted.after)

        attributes = shown_attributes(identities, employees, references, day=self.day)
        self.save_employees(identities, attributes)
        people_import.save_jobs(session, source, before=jobs, after=jobs_after)
        people_import.save_lines(session, source, ReportingKind.SOLID, before=solid.before, after=solid.after)
        people_import.save_lines(session, source, ReportingKind.DOTTED, before=dotted.before, after=dotted.after)
        self.save_departments()
        self.resolve_elsewhere(identities)

        touched = attributes.changed.keys() | {employee for employee, _ in identities.new_references}
        touched |= _differing(jobs, jobs_after) | _differing(solid.before, solid.after)
        touched |= _differing(dotted.before, dotted.after)
        outcomes = _outcomes(touched, identities.created, jobs, jobs_after, look)
        report = self.report(identities, outcomes, loops=loops, dry_run=dry_run)
        self.record(report)
        after = Held({**employees, **identities.created, **attributes.changed}, jobs_after, solid.after, dotted.after)
        looked = Looked(self.day, keys_of(references, source) | _keys(identities), before, after)
        created = (identities.records[employee][0] for employee in identities.created)
        return replace(report, changes=looked.changes(outcomes), proposals=proposals(created, references, employees))

    def look(self) -> Look:
        """Locks the records. Raises `InvalidInput` where it shows a day before one known, or one still to come."""
        lock(self.session, "people")
        before = people_import.newest_look(self.session, self.options.source)
        if before is not None and self.day < before:
            raise InvalidInput(
                f"{self.file} shows {self.day}, and an export of {self.options.source} that shows {before} is known",
                expected="exports in the order of the days that they show",
                hint=f"what is known since then stands; import an export of {before} or later, or say by --as-of which"
                " day this one shows",
            )
        if self.day > self.at.date() + timedelta(days=1):
            raise InvalidInput(
                f"{self.file} is said to show {self.day}, which is still to come",
                expected="the day on which the export was made",
            )
        return Look(self.day, before, self.read.told)

    def gone(
        self, jobs: Mapping[EmployeeId, Timeline[Job]], references: Mapping[ExternalReference, tuple[EmployeeId, ...]]
    ) -> dict[EmployeeId, date]:
        """Who has left, with the start of the last job; without those who are said to be back."""
        back = {key.strip() for key in self.options.settings.get("rehired", "").split(",")}
        keys = {record.key.normalised() for record in self.read.records if record.key.value in back}
        same = {employee for key in keys for employee in references.get(key, ())}
        return {
            employee: max(segment.period.start for segment in timeline)
            for employee, timeline in jobs.items()
            if timeline and employee not in same and not _is_there(timeline, self.day)
        }

    def managers(
        self, records: list[PeopleRecord], identities: Identities
    ) -> dict[int, list[tuple[ReportingKind, Manager]]]:
        found: dict[int, list[tuple[ReportingKind, Manager]]] = {}
        for record in records:
            for named in record.managers:
                manager = identities.resolved(named.reference.normalised())
                if isinstance(manager, ExternalReference):
                    reason = identities.why_nobody(manager)
                    self.unresolved.append(UnresolvedManager(record.row, record.key, named.reference, reason))
                found.setdefault(record.row, []).append((named.kind, manager))
            solid = [manager for kind, manager in found.get(record.row, []) if kind is ReportingKind.SOLID]
            if len(set(solid)) > 1:
                self.warnings.append(f"row {record.row} names several solid-line managers; the first one is taken")
        return found

    def missing(self, jobs: Mapping[EmployeeId, Timeline[Job]], identities: Identities) -> list[EmployeeId]:
        """Whose job ends, or is not to come, because the export does not show them and that is declared to mean so."""
        absent = [
            employee
            for employee, timeline in jobs.items()
            if employee not in identities.records and _is_there(timeline, self.day)
        ]
        at_work = sum(bool(on_day(jobs[employee], self.day)) for employee in absent)
        current = sum(bool(on_day(timeline, self.day)) for timeline in jobs.values())
        ends, told = what_of_missing(
            Missing(len(absent), at_work, current),
            self.options.settings,
            complete=self.read.complete,
            rejected=bool(self.read.rejected or identities.rejected),
            file=self.file,
        )
        self.warnings += told
        return absent if ends else []

    def save_employees(self, identities: Identities, attributes: Attributes) -> None:
        people_import.add_employees(self.session, identities.created.values(), at=self.at)
        people_import.add_references(self.session, identities.new_references)
        people_import.change_employees(self.session, attributes.changed.values())
        self.warnings += attributes.warnings

    def resolve_elsewhere(self, identities: Identities) -> None:
        """Lines of other sources may have waited for somebody whom this export brought."""
        for source, kind in people_import.waiting(self.session):
            if source != self.options.source:
                lines = _Lines.of(people_import.lines(self.session, source, kind), identities)
                if kind is ReportingKind.SOLID:
                    stored_loops(lines.before, lines.after)
                _drop_self(lines.after)
                people_import.save_lines(self.session, source, kind, before=lines.before, after=lines.after)

    def save_departments(self) -> None:
        """A department is called as the newest rows say; rows that have its code alone leave its name as it was."""
        before = people_import.departments(self.session, self.options.source)
        names: dict[str, str] = {}
        since: dict[str, date] = {}
        for record in sorted(self.read.records, key=lambda one: min(one.effective_from or self.day, self.day)):
            code = record.department_code or record.department_name
            if code is None:
                continue
            start = min(record.effective_from or record.hire_date or self.day, self.day)
            since[code] = min(start, since.get(code, start))
            if record.department_name not in {None, code}:
                names[code] = record.department_name or code
        held = {code: timeline[-1].value.name for code, timeline in before.items()}
        after = {
            code: observed(
                before.get(code, ()),
                [DepartmentFacts(names.get(code) or held.get(code, code))],
                on=self.day,
                since=start,
            )
            for code, start in since.items()
        }
        people_import.save_departments(self.session, self.options.source, before=before, after=after)

    def report(
        self,
        identities: Identities,
        outcomes: Mapping[Outcome, Collection[EmployeeId]],
        *,
        loops: list[list[EmployeeId]],
        dry_run: bool,
    ) -> PeopleReport:
        known = set(identities.records).difference(*outcomes.values())
        keys = _keys(identities)
        return PeopleReport(
            as_of=self.day,
            created=len(outcomes[Outcome.NEW]),
            changed=len(outcomes[Outcome.CHANGED]),
            rehired=len(outcomes[Outcome.REHIRED]),
            ended=len(outcomes[Outcome.ENDED]),
            unchanged=len(known),
            conflicting=len(identities.rejected),
            rejected=tuple(sorted([*self.read.rejected, *identities.rejected], key=lambda row: row.row)),
            unresolved_managers=tuple(sorted(self.unresolved, key=lambda manager: manager.row)),
            loops=tuple(sorted(_from_smallest([keys.get(employee, employee) for employee in path]) for path in loops)),
            warnings=(*self.read.warnings, *_left_out(self.read.skipped), *identities.warnings, *self.warnings),
            unmapped_columns=self.read.unmapped_columns,
            dry_run=dry_run,
        )

    def record(self, report: PeopleReport) -> None:
        counts = ("created", "changed", "rehired", "ended", "unchanged")
        details = [(name, str(getattr(report, name))) for name in counts]
        details += [("file", self.file), ("as_of", self.day.isoformat()), ("rejected", str(len(report.rejected)))]
        subject = people_import.subject_of(self.options.source)
        audit.append(
            self.session, at=self.at, actor=self.actor, action=people_import.IMPORTED, subject=subject, details=details
        )


def _is_there(timeline: Timeline[Job], day: date) -> bool:
    """Whether somebody is at work on the day or to come."""
    return any(segment.period.end is None or segment.period.end > day for segment in timeline)


def _ended(
    before: Mapping[EmployeeId, Timeline[Job]], after: Mapping[EmployeeId, Timeline[Job]], look: Look
) -> set[EmployeeId]:
    """Who was seen at work and is not any more, or was to come and is not to come any more."""

    def is_over(old: Timeline[Job], new: Timeline[Job]) -> bool:
        seen = any(look.day in one.period and (look.before is None or one.period.start <= look.before) for one in old)
        return (seen and not on_day(new, look.day)) or (_is_there(old, look.day) and not _is_there(new, look.day))

    return {employee for employee, old in before.items() if after[employee] != old and is_over(old, after[employee])}


def _outcomes(
    touched: set[EmployeeId],
    created: Collection[EmployeeId],
    before: Mapping[EmployeeId, Timeline[Job]],
    after: Mapping[EmployeeId, Timeline[Job]],
    look: Look,
) -> dict[Outcome, Collection[EmployeeId]]:
    ended = _ended(before, after, look)
    back = {key for key in touched if first_day_back(before.get(key, ()), after.get(key, ()), on=look.day) is not None}
    changed = touched.difference(ended, back, created)
    return {Outcome.CHANGED: changed, Outcome.REHIRED: back, Outcome.ENDED: ended, Outcome.NEW: created}


def _keys(identities: Identities) -> dict[EmployeeId, str]:
    return {employee: records[0].key.value for employee, records in identities.records.items()}


def _left_out(skipped: Iterable[RejectedRow]) -> list[str]:
    return [f"{count:,} rows left out: {reason}" for reason, count in Counter(row.reason for row in skipped).items()]


def _drop_self(lines: dict[EmployeeId, Timeline[Manager]]) -> None:
    for employee, timeline in lines.items():
        lines[employee] = tuple(segment for segment in timeline if segment.value != employee)


def _from_smallest(path: list[str]) -> tuple[str, ...]:
    """The same loop told from its smallest key: ids are random, reports are not."""
    around = path[:-1]
    first = around.index(min(around))
    return (*around[first:], *around[:first], around[first])


def _differing(before: Mapping[EmployeeId, Timeline[V]], after: Mapping[EmployeeId, Timeline[V]]) -> set[EmployeeId]:
    return {employee for employee, timeline in after.items() if timeline != before.get(employee, ())}
