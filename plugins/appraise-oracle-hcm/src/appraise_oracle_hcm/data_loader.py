"""HCM Data Loader files: METADATA lines name the attributes of the lines that follow, object by object."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from appraise.adapters.contract import FileShape, ImportOptions
from appraise.adapters.days import read_day
from appraise.adapters.detection import detect
from appraise.adapters.people import Row, Rows
from appraise.adapters.records import ManagerReference, RejectedRow
from appraise.domain.employees import ExternalReference, ReportingKind
from appraise.errors import InvalidInput, Place

_READ = frozenset({"PersonName", "PersonEmail", "WorkRelationship", "WorkTerms", "Assignment", "AssignmentSupervisor"})
_DAY_FORMAT = "%Y/%m/%d"
_DAYS = ("EffectiveStartDate", "EffectiveEndDate")


@dataclass(frozen=True, slots=True)
class Component:
    """One data line: `line` counts from 1; `values` by attribute, blanks left out."""

    line: int
    kind: str
    values: Mapping[str, str]

    def get(self, *names: str) -> str:
        return next((self.values[name] for name in names if name in self.values), "")


def read_components(path: Path) -> list[Component]:
    """All data lines. Raises `InvalidInput` where a line has no METADATA line before it or more values than names."""
    encoding = detect(path, FileShape()).encoding
    delimiter, escape = "|", "\\"
    names: dict[str, list[str]] = {}
    found: list[Component] = []
    for number, line in enumerate(path.read_text(encoding=encoding).removeprefix("\ufeff").splitlines(), start=1):
        text = line.strip()
        instruction = text.partition(" ")[0].partition(delimiter)[0].upper()
        if not text or instruction == "COMMENT":
            continue
        if instruction == "SET":
            key, _, value = text[3:].strip().partition(" ")
            delimiter = value.strip() if key.upper() == "FILE_DELIMITER" else delimiter
            escape = value.strip() if key.upper() == "FILE_ESCAPE" else escape
            continue
        cells = _cut(text, delimiter, escape)
        if instruction == "METADATA" and len(cells) > 2:  # noqa: PLR2004  # an instruction, an object, an attribute
            names[cells[1]] = cells[2:]
        elif instruction in {"MERGE", "DELETE"} and len(cells) > 1 and cells[1] in names:
            values = cells[2:]
            if len(values) > len(names[cells[1]]):
                raise _refused(path, number, f"the line has {len(values)} values for {len(names[cells[1]])} attributes")
            pairs = zip(names[cells[1]], values, strict=False)
            if instruction == "MERGE":
                found.append(Component(number, cells[1], {k: v for k, v in pairs if v and v != "#NULL"}))
        else:
            raise _refused(path, number, "the line has no METADATA line before it that names its attributes")
    return found


def _refused(path: Path, line: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"the file is no file of Oracle HCM workers: {reason}",
        place=Place(path.name, line),
        expected="lines METADATA|Worker|… and MERGE|Worker|…, as HCM Data Loader takes them",
    )


def _cut(line: str, delimiter: str, escape: str) -> list[str]:
    parts = re.split(rf"(?<!{re.escape(escape)}){re.escape(delimiter)}", line)
    mended = [part.replace(escape + delimiter, delimiter).replace(f"{escape}n", " ") for part in parts]
    return [part.strip() for part in mended]


def rows_of_workers(components: Sequence[Component], path: Path, options: ImportOptions) -> Rows:
    """One row per person at the line of the Worker; lines that belong to nobody in the file are left out.

    Whoever has a day that cannot be read is rejected: which job and which manager holds nothing else tells.
    """
    workers = [component for component in components if component.kind == "Worker"]
    if not workers:
        kinds = ", ".join(sorted({component.kind for component in components})) or "nothing"
        raise _refused(path, 1, f"it has no Worker; it has {kinds}")
    joined = _Joined(components)
    rows: list[Row] = []
    rejected: list[RejectedRow] = []
    names: dict[str, None] = {}
    used: set[int] = set()
    for lines in joined.of_people(workers).values():
        unreadable = [one for line in lines for one in _unreadable(line, lines[0].line, path.name)]
        row = _row(_without(lines, unreadable), options)
        names.update(dict.fromkeys(row.cells))
        used |= {component.line for component in lines}
        rejected += unreadable
        rows += [] if unreadable else [row]
    reason = "belongs to nobody in the file, or says nothing that is read"
    left_out = [RejectedRow(path.name, one.line, None, one.kind, reason) for one in components if one.line not in used]
    return Rows(tuple(names), rows, rejected, skipped=left_out, complete=False)


def _unreadable(line: Component, person: int, file: str) -> Iterator[RejectedRow]:
    for name in _DAYS:
        try:
            _day(line.get(name))
        except ValueError as error:
            reason = f"{error}, and it decides what holds of the person of line {person}, who is left out"
            yield RejectedRow(file, line.line, name, line.get(name), reason)


def _without(lines: Iterable[Component], unreadable: Iterable[RejectedRow]) -> list[Component]:
    """The lines with those values blank."""
    blank = {(one.row, one.column) for one in unreadable}
    return [
        replace(line, values={name: text for name, text in line.values.items() if (line.line, name) not in blank})
        for line in lines
    ]


class _Joined:
    """Which person a component belongs to: by number, source key or surrogate id, directly or through the job."""

    def __init__(self, components: Sequence[Component]) -> None:
        self.components = components
        self.person_of: dict[tuple[str, str], tuple[str, str]] = {}

    def of_people(self, workers: Iterable[Component]) -> dict[tuple[str, str], list[Component]]:
        found: dict[tuple[str, str], list[Component]] = {}
        for worker in workers:
            names = list(_own_names(worker))
            person = next((self.person_of[name] for name in names if name in self.person_of), None) or names[0]
            self.person_of.update(dict.fromkeys(names, person))
            found.setdefault(person, []).append(worker)
        waiting = [component for component in self.components if component.kind in _READ]
        while True:
            left = [component for component in waiting if not self._joins(component, found)]
            if len(left) == len(waiting):
                return found
            waiting = left

    def _joins(self, component: Component, found: dict[tuple[str, str], list[Component]]) -> bool:
        person = next((self.person_of[one] for one in _parents(component) if one in self.person_of), None)
        if person is None:
            return False
        self.person_of.update({name: person for name in _own_names(component) if name not in self.person_of})
        found[person].append(component)
        return True


def _own_names(component: Component) -> Iterator[tuple[str, str]]:
    """The names under which other lines may mean this one; a Worker without any is a person of its own."""
    kinds = {"Worker": "person", "Assignment": "assignment", "WorkTerms": "terms", "WorkRelationship": "relationship"}
    kind = kinds.get(component.kind)
    if kind is None:
        return
    pairs = {
        "number": component.get("PersonNumber" if kind == "person" else "AssignmentNumber"),
        "source": component.get("SourceSystemId"),
        "id": component.get("PersonId" if kind == "person" else "AssignmentId"),
    }
    known = [(f"{kind}:{name}", value) for name, value in pairs.items() if value]
    yield from known or [(f"{kind}:line", str(component.line))]


def _parents(component: Component) -> Iterator[tuple[str, str]]:
    wanted = (
        ("person:number", ("PersonNumber",)),
        ("person:source", ("PersonId(SourceSystemId)",)),
        ("person:id", ("PersonId",)),
        ("relationship:source", ("PeriodOfServiceId(SourceSystemId)",)),
        ("terms:source", ("WorkTermsAssignmentId(SourceSystemId)",)),
        ("terms:number", ("WorkTermsNumber",)),
        ("assignment:source", ("AssignmentId(SourceSystemId)",)),
    )
    for name, attributes in wanted:
        if value := component.get(*attributes):
            yield name, value
    if component.kind == "AssignmentSupervisor" and (number := component.get("AssignmentNumber")):
        yield "assignment:number", number


def _row(lines: Sequence[Component], options: ImportOptions) -> Row:
    worker = _in_force(lines, "Worker", options) or lines[0]
    names = [one for one in lines if one.kind == "PersonName"]
    named = _in_force([one for one in names if one.get("NameType") in {"GLOBAL", ""}] or names, "PersonName", options)
    emails = [one for one in lines if one.kind == "PersonEmail" and one.get("EmailType") in {"W1", ""}]
    relationship = _in_force(lines, "WorkRelationship", options)
    jobs = [one for one in lines if one.kind == "Assignment"]
    job = _in_force(
        [one for one in jobs if one.get("PrimaryAssignmentFlag", "PrimaryFlag") == "Y"] or jobs, "Assignment", options
    )
    cells = {name: worker.get(name) for name in ("PersonNumber", "SourceSystemId", "PersonId", "StartDate")}
    cells |= {name: named.get(name) if named else "" for name in ("FirstName", "LastName")}
    email = _in_force(emails, "PersonEmail", options)
    cells["EmailAddress"] = email.get("EmailAddress") if email else ""
    if relationship:
        cells["WorkerType"] = relationship.get("WorkerType")
        cells["StartDate"] = relationship.get("DateStart") or cells["StartDate"]
        cells["TerminationDate"] = relationship.get("ActualTerminationDate")
    if job:
        cells |= {name: job.get(name) for name in ("AssignmentName", "JobCode", "DepartmentName")}
        cells["AssignmentStatus"] = job.get("AssignmentStatusTypeCode")
    numbers = dict.fromkeys(one.get("AssignmentNumber") for one in jobs)
    references = [ExternalReference(f"{options.source}:assignment-number", one) for one in numbers if one]
    filled = {name: text for name, text in cells.items() if text}
    day = options.as_of and max(options.as_of, _hired(cells["StartDate"], options) or date.min)
    return Row(lines[0].line, filled, tuple(_managers(lines, options, day)), references)


def _in_force(lines: Iterable[Component], kind: str, options: ImportOptions) -> Component | None:
    """The line in force on the day of the import; without that day, the one that starts last."""
    dated = [(_day(one.get("EffectiveStartDate")) or date.min, one.line, one) for one in lines if one.kind == kind]
    day = options.as_of
    begun = [entry for entry in dated if day is None or entry[0] <= day] or dated
    return max(begun, default=(None, 0, None))[2]


def _holds(line: Component, day: date | None) -> bool:
    """Whether the line has begun and has not ended, on its last day neither."""
    begins, last = _day(line.get("EffectiveStartDate")), _day(line.get("EffectiveEndDate"))
    return day is None or ((begins is None or begins <= day) and (last is None or day <= last))


def _day(text: str) -> date | None:
    """None for a blank or a sentinel. Raises `ValueError` for what is no day."""
    return read_day(text, _DAY_FORMAT)


def _hired(text: str, options: ImportOptions) -> date | None:
    """As `people_of` reads the day of the hire, which says what is wrong where it cannot."""
    try:
        return read_day(text, options.date_format, options.time_zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _managers(lines: Sequence[Component], options: ImportOptions, day: date | None) -> Iterator[ManagerReference]:
    """Those of `day`: of the import, or of the hire where that is still to come."""
    supervisors = [one for one in lines if one.kind == "AssignmentSupervisor" and _holds(one, day)]
    for kind in dict.fromkeys(one.get("NewManagerType", "ManagerType") for one in supervisors):
        of_kind = [one for one in supervisors if one.get("NewManagerType", "ManagerType") == kind]
        chosen = _in_force(of_kind, "AssignmentSupervisor", options)
        if chosen is None:
            continue
        number = chosen.get("NewManagerAssignmentNumber", "ManagerAssignmentNumber")
        person = chosen.get("NewManagerPersonNumber", "ManagerPersonNumber")
        named = ("assignment-number", number) if number else ("person-number", person)
        if named[1]:
            line = ReportingKind.SOLID if kind in {"LINE_MANAGER", ""} else ReportingKind.DOTTED
            yield ManagerReference(ExternalReference(f"{options.source}:{named[0]}", named[1]), line)
