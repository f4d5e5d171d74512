"""What an import changes of each person, and who may be somebody known: for people to judge before it is applied."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from appraise.adapters.records import PeopleRecord
from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.timelines import Segment, Timeline, on_day
from appraise.storage.people_import import NOT_UNIQUE, Job, Manager
from appraise.use_cases.people_history import Known, Look

V = TypeVar("V")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    REHIRED = "rehired"
    ENDED = "ended"


class Fact(StrEnum):
    """`JOB` and `MANAGERS` are told as a whole where there are several, or where only another day's changed."""

    NAME = "name"
    EMAIL = "email"
    STATUS = "status"
    JOB_TITLE = "job_title"
    DEPARTMENT = "department"
    ATTRIBUTES = "attributes"
    JOB = "job"
    MANAGERS = "managers"
    DOTTED_MANAGERS = "dotted_managers"


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """What was known and what holds now; None for nothing. `since` is the first day of it, where it is of one day."""

    fact: Fact
    before: str | None
    after: str | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """`key` is the source's own id of the person. Of somebody new no facts are told.

    `since` is the first day back of somebody rehired.
    """

    outcome: Outcome
    key: str
    name: str
    facts: tuple[ChangedFact, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Somebody new who shares `shared` (email, name) with an employee of other sources. Nothing was merged."""

    row: int
    key: str
    name: str
    known: str
    known_name: str
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """All that is known of people from one source."""

    employees: Mapping[EmployeeId, Employee]
    jobs: Mapping[EmployeeId, Timeline[Job]]
    solid: Mapping[EmployeeId, Timeline[Manager]]
    dotted: Mapping[EmployeeId, Timeline[Manager]]

    def of(self, employee: EmployeeId) -> Known:
        return Known(self.jobs.get(employee, ()), self.solid.get(employee, ()), self.dotted.get(employee, ()))


@dataclass(frozen=True, slots=True)
class Looked:
    """What was known before and after a look at a source on `day`; `keys` are the source's own ids."""

    day: date
    keys: Mapping[EmployeeId, str]
    before: Held
    after: Held

    def changes(self, people: Mapping[Outcome, Iterable[EmployeeId]]) -> tuple[PersonChange, ...]:
        """By outcome and name."""
        told: list[PersonChange] = []
        for outcome, employees in people.items():
            told += sorted(
                (self.change(employee, outcome) for employee in employees), key=lambda one: (one.name, one.key)
            )
        return tuple(told)

    def change(self, employee: EmployeeId, outcome: Outcome) -> PersonChange:
        old, new = self.before.employees.get(employee), self.after.employees[employee]
        facts: list[ChangedFact] = []
        if old is not None:
            pairs = ((Fact.NAME, old.display_name, new.display_name), (Fact.EMAIL, old.email, new.email))
            facts += [ChangedFact(fact, one, other) for fact, one, other in pairs if one != other]
            known, knows = self.before.of(employee), self.after.of(employee)
            facts += self._jobs(known.jobs, knows.jobs)
            facts += self._told(Fact.MANAGERS, known.solid, knows.solid, self._manager)
            facts += self._told(Fact.DOTTED_MANAGERS, known.dotted, knows.dotted, self._manager)
        back = None
        if outcome is Outcome.REHIRED:
            back = first_day_back(self.before.of(employee).jobs, self.after.of(employee).jobs, on=self.day)
        return PersonChange(outcome, self.keys.get(employee, employee), new.display_name, tuple(facts), back)

    def _jobs(self, before: Timeline[Job], after: Timeline[Job]) -> list[ChangedFact]:
        held, holds = on_day(before, self.day), on_day(after, self.day)
        if len(held) != 1 or len(holds) != 1 or held == holds:
            return self._told(Fact.JOB, before, after, _job)
        [old], [new] = held, holds
        pairs = (
            (Fact.STATUS, old.status.value, new.status.value),
            (Fact.JOB_TITLE, old.job_title, new.job_title),
            (Fact.DEPARTMENT, old.department, new.department),
            (Fact.ATTRIBUTES, _attributes(old), _attributes(new)),
        )
        since = _since(after, self.day)
        return [ChangedFact(fact, one, other, since) for fact, one, other in pairs if one != other]

    def _told(self, fact: Fact, before: Timeline[V], after: Timeline[V], text: Callable[[V], str]) -> list[ChangedFact]:
        if before == after:
            return []
        held, holds = on_day(before, self.day), on_day(after, self.day)
        if held != holds:
            since = _since(after, self.day) if holds else _ended(after, self.day)
            return [ChangedFact(fact, _all(held, text), _all(holds, text), since)]
        gone = [segment for segment in before if segment not in after]
        come = [segment for segment in after if segment not in before]
        return [ChangedFact(fact, _spans(gone, text), _spans(come, text))]

    def _manager(self, manager: Manager) -> str:
        if isinstance(manager, ExternalReference):
            return manager.value
        known = self.after.employees.get(manager)
        return manager if known is None else known.display_name


def first_day_back(before: Timeline[Job], after: Timeline[Job], *, on: date) -> date | None:
    """Of somebody who had left by `on` and has a job since, or is to have one; None of anybody else."""
    gone = max((segment.period.end or date.max for segment in before), default=date.max)
    if gone > on:
        return None
    return min((segment.period.start for segment in after if segment.period.start >= gone), default=None)


def keys_of(known: Mapping[ExternalReference, tuple[EmployeeId, ...]], source: str) -> dict[EmployeeId, str]:
    """The first of each employee's ids from a source."""
    prefix = f"{source}:"
    found: dict[EmployeeId, str] = {}
    for reference, employees in known.items():
        if reference.namespace.startswith(prefix):
            found.setdefault(employees[0], reference.value)
    return found


def stays(look: Look, known: Held, *, file: str) -> list[str]:
    """What is known of columns that the export does not have, where anything is."""
    if look.told is None:
        return []
    segments = [segment for timeline in known.jobs.values() for segment in timeline]
    jobs = [segment.value for segment in segments]
    has = {
        "job_title": any(job.job_title for job in jobs),
        "department": any(job.department for job in jobs),
        "managers": any(known.solid.values()),
        "dotted_managers": any(known.dotted.values()),
        "termination_date": any((each.period.end or look.day) > look.day for each in segments),
        **{f"attribute.{name}": True for job in jobs for name, _ in job.attributes},
    }
    names = [name for name, is_known in has.items() if is_known and not look.tells(name)]
    if not names:
        return []
    return [f"{file} tells nothing of {', '.join(names)}: what is known stays as it was"]


def proposals(
    created: Iterable[PeopleRecord],
    known: Mapping[ExternalReference, tuple[EmployeeId, ...]],
    employees: Mapping[EmployeeId, Employee],
) -> tuple[MergeProposal, ...]:
    """New people who share an address or a name with employees that have no id of the same kind.

    Whoever has one is another person: the source itself tells the two apart.
    """
    shared: dict[tuple[EmployeeId, PeopleRecord], list[str]] = {}
    for record in created:
        attributes = [ExternalReference("name", record.display_name).normalised()]
        attributes += [ExternalReference("email", record.email).normalised()] if record.email else []
        for one in dict.fromkeys([*attributes, *(each for each in record.references if each.namespace in NOT_UNIQUE)]):
            for employee in known.get(one, ()):
                kinds = shared.setdefault((employee, record), [])
                kinds += [one.namespace] if one.namespace not in kinds else []
    ids = _ids({employee for employee, _ in shared}, known)
    found = [
        MergeProposal(
            record.row,
            record.key.value,
            record.display_name,
            ", ".join(f"{each.namespace} {each.value}" for each in ids[employee]) or employee,
            employees[employee].display_name,
            tuple(sorted(kinds)),
        )
        for (employee, record), kinds in shared.items()
        if all(each.namespace != record.key.namespace for each in ids[employee])
    ]
    return tuple(sorted(found, key=lambda one: (one.row, one.known)))


def _ids(
    wanted: Collection[EmployeeId], known: Mapping[ExternalReference, tuple[EmployeeId, ...]]
) -> dict[EmployeeId, list[ExternalReference]]:
    found: dict[EmployeeId, list[ExternalReference]] = {employee: [] for employee in wanted}
    if found:
        for reference, employees in known.items():
            if reference.namespace not in NOT_UNIQUE and employees[0] in found:
                found[employees[0]].append(reference)
    return {employee: sorted(references) for employee, references in found.items()}


def _job(job: Job) -> str:
    parts = (job.job_title, job.department, job.status.value, _attributes(job))
    return ", ".join(part for part in parts if part)


def _attributes(job: Job) -> str | None:
    return ", ".join(f"{name} {value}" for name, value in job.attributes) or None


def _all(values: Iterable[V], text: Callable[[V], str]) -> str | None:
    return "; ".join(text(value) for value in values) or None


def _spans(segments: Iterable[Segment[V]], text: Callable[[V], str]) -> str | None:
    return "; ".join(f"{text(segment.value)} ({segment.period})" for segment in segments) or None


def _since(timeline: Timeline[V], day: date) -> date | None:
    return max((segment.period.start for segment in timeline if day in segment.period), default=None)


def _ended(timeline: Timeline[V], day: date) -> date | None:
    return max((end for segment in timeline if (end := segment.period.end) is not None and end <= day), default=None)
