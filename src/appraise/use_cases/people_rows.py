"""What is known of people from one source as rows of a table, such that reading them tells the same again.

A row is a stretch of time in which nothing of a person's jobs and managers changes; of several jobs at a time each has
one. The columns are those that the generic reader of tables knows by name.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from appraise.domain.employees import Employee, EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period, stretches
from appraise.domain.timelines import Segment, Timeline
from appraise.storage.people_import import NOT_UNIQUE, DepartmentFacts, Job, Manager
from appraise.use_cases.people_history import Known

Row = dict[str, str]
COLUMNS: Final = (
    "key_namespace",
    "key",
    "display_name",
    "email",
    "status",
    "ended_as",
    "job_title",
    "department_code",
    "department_name",
    "effective_from",
    "effective_to",
    "termination_date",
    "manager",
    "dotted_manager",
)
"""Of each row; references and attributes follow."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """`people` have their references; `known` is what the source tells of them; `departments` are its own by code."""

    people: Mapping[EmployeeId, Employee]
    known: Mapping[EmployeeId, Known]
    departments: Mapping[str, Timeline[DepartmentFacts]]


def keys(people: Iterable[Employee], source: str) -> dict[EmployeeId, ExternalReference]:
    """The id by which each is told: of the kinds of which they have one, the source's own, then the most common."""
    single: dict[EmployeeId, list[ExternalReference]] = {}
    for employee in people:
        ids = [one for one in employee.references if one.namespace not in NOT_UNIQUE]
        counts = Counter(one.namespace for one in ids)
        single[employee.id] = [one for one in ids if counts[one.namespace] == 1] or ids[:1]
    common = Counter(one.namespace for ids in single.values() for one in ids)

    def rank(one: ExternalReference) -> tuple[bool, int, str]:
        return not one.namespace.startswith(f"{source}:"), -common[one.namespace], one.namespace

    return {employee: min(ids, key=rank) for employee, ids in single.items() if ids}


def rows_of_each(told: Everybody, source: str) -> Iterator[tuple[EmployeeId, list[Row]]]:
    """Of everybody of whom the source tells anything, in the order of their keys; every row has all `COLUMNS`."""
    key_of = keys(told.people.values(), source)
    for employee in sorted(told.known.keys() & key_of.keys(), key=lambda one: key_of[one]):
        known = told.known[employee]
        about = dict.fromkeys(COLUMNS, "") | _about(told.people[employee], key_of[employee])
        periods = [one.period for one in known.jobs] + [one.period for one in (*known.solid, *known.dotted)]
        found = [row for cut in stretches(periods) for row in _stretch(cut, known, told, key_of)]
        yield employee, [about | row for row in found or [{"status": EmploymentStatus.TERMINATED.value}]]


def rows(told: Everybody, source: str) -> Iterator[Row]:
    return (row for _, found in rows_of_each(told, source) for row in found)


def columns(listed: Sequence[Row]) -> tuple[str, ...]:
    more = {name for row in listed for name in row} - set(COLUMNS)
    return (*COLUMNS, *sorted(more))


def _about(person: Employee, key: ExternalReference) -> Row:
    """What every row of a person says. Names and addresses that they have had before are references, as others are."""
    shown = {ExternalReference("name", person.display_name).normalised()}
    if person.email is not None:
        shown.add(ExternalReference("email", person.email).normalised())
    others: dict[str, list[str]] = defaultdict(list)
    for one in person.references:
        if one.namespace != key.namespace and one.normalised() not in shown:
            others[f"reference.{one.namespace}"].append(one.value)
    return {
        "key_namespace": key.namespace,
        "key": key.value,
        "display_name": person.display_name,
        "email": person.email or "",
        **{name: "\n".join(values) for name, values in others.items()},
    }


def _stretch(
    cut: Period, known: Known, told: Everybody, key_of: Mapping[EmployeeId, ExternalReference]
) -> Iterator[Row]:
    """One row for each job of the stretch, the first of them with the managers."""
    managers = {
        "manager": "\n".join(_manager(one, key_of) for one in _during(known.solid, cut)),
        "dotted_manager": "\n".join(_manager(one, key_of) for one in _during(known.dotted, cut)),
    }
    for segment in (one for one in known.jobs if cut.start in one.period):
        job, is_last = segment.value, segment.period.end == cut.end
        facts = None if job.department is None else told.departments.get(job.department)
        yield {
            "status": job.status.value,
            "job_title": job.job_title or "",
            "department_code": job.department or "",
            "department_name": facts[-1].value.name if facts else "",
            "effective_from": cut.start.isoformat(),
            "effective_to": "" if cut.end is None else cut.end.isoformat(),
            **(_end(segment) if is_last else {}),
            **managers,
            **{f"attribute.{name}": value for name, value in job.attributes},
        }
        managers = {}


def _end(segment: Segment[Job]) -> Row:
    if segment.ended_as is None or segment.period.end is None:
        return {}
    last_day = segment.period.end - timedelta(days=1)
    return {"ended_as": segment.ended_as, "termination_date": last_day.isoformat()}


def _during(timeline: Timeline[Manager], cut: Period) -> list[Manager]:
    return [segment.value for segment in timeline if cut.start in segment.period]


def _manager(manager: Manager, key_of: Mapping[EmployeeId, ExternalReference]) -> str:
    """One who is not known yet is told as the source tells them."""
    one = manager if isinstance(manager, ExternalReference) else key_of[manager]
    return f"{one.namespace}={one.value}"
