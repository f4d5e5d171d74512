"""Final sections as a goal of BambooHR employees, one for each section, whose progress is the total."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

from appraise.adapters.contract import Verification
from appraise.adapters.host_http import HostHttp, segment
from appraise.adapters.section_texts import note_lines
from appraise.adapters.sinks import (
    HostEntry,
    HostRefused,
    PlaceLost,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import Values
from appraise_bamboohr.sections import bamboo_http

SCORE, NOTE = "percentComplete", "description"


class BambooGoals:
    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options

    def plan(self, section: FinishedSection) -> HostEntry:
        """Asks for the goals already there, so that a preview finds a module or an employee that is not."""
        employee = employee_id(section, self._options, BambooGoalSink.declaration)
        total = WrittenTotal.of(section, HostScale.percent())
        if total is None:
            raise HostRefused(f"{section.status}: a goal always has a progress, in which no absence can stand")
        end = section.period.end
        due = section.finalised_at.date() if end is None else end - timedelta(days=1)
        *lines, known_by = note_lines(section)  # first, as it is found by this, and long texts may be cut off
        fields = {SCORE: number_text(total.value), NOTE: "; ".join([known_by, *lines])}
        title = self._options.settings.get("title", f"Customer service {section.cycle}")
        key = {"employee": employee, "section": str(section.id), "title": title, "due": due.isoformat()}
        entry = HostEntry(section.id, section.revision, f"goal {title!r} of employee {employee}", fields, total, key)
        self._goal(entry)
        return entry

    def read(self, entry: HostEntry) -> Values:
        goal = self._goal(entry)
        if goal is None:
            return dict.fromkeys(entry.fields)
        return {SCORE: number_text(goal.get(SCORE)), NOTE: goal.get(NOTE) or None}

    def write(self, entry: HostEntry) -> None:
        """Milestones are never sent: the host adds them once more each time."""
        goal, employee = self._goal(entry), entry.key["employee"]
        body = {
            "title": entry.key["title"],
            "dueDate": entry.key["due"],
            "sharedWithEmployeeIds": [int(employee) if employee.isdecimal() else employee],
            SCORE: int(entry.fields[SCORE] or 0),
            NOTE: entry.fields[NOTE],
        }
        if goal is None:
            self._http.call("POST", self._path(entry), body=body, empty=True)
            return
        if goal.get("milestones"):
            raise HostRefused("the goal has milestones now, beside which its progress cannot be set: remove them")
        self._http.call("PUT", f"{self._path(entry)}/{segment(str(goal['id']))}", body=body, empty=True)

    def _path(self, entry: HostEntry) -> str:
        return f"/api/v1/performance/employees/{segment(entry.key['employee'])}/goals"

    def _goal(self, entry: HostEntry) -> Mapping[str, Any] | None:
        """Ours is known by the receipt in its description."""
        goals = self._http.get(self._path(entry))["goals"]
        receipt = f"Appraise {entry.key['section']}, revision "
        mine = [one for one in goals if receipt in (one.get(NOTE) or "")]
        if len(mine) > 1:
            raise PlaceLost(f"there are {len(mine)} goals of the section {entry.key['section']}: delete all but one")
        return mine[0] if mine else None


class BambooGoalSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="bamboohr-goal",
        title="BambooHR: a goal of the employee",
        version=(
            "goals API v1 by the vendor's documents and others' recorded replies; that a goal is changed by PUT is "
            "unverified; tried on a host of our own"
        ),
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.RECEIPT),
        employee="bamboohr:id",
        scale="Always 0 to 100: the progress of the goal.",
        settings={"title": "The goal's title; Customer service and the cycle where not given."},
        limits=(
            "Needs the performance module; without it BambooHR answers 403 or 404.",
            "A section without a total is rejected: a goal always has a progress.",
            "A goal that was given milestones is rejected: beside them its progress cannot be set.",
            "The goal is shared with the employee, and found again by the receipt in its description.",
            "The secret is an API key, which may do what its owner may.",
        ),
    )

    @contextmanager
    def open(self, options: SinkOptions) -> Iterator[BambooGoals]:
        with bamboo_http(options) as http:
            yield BambooGoals(http, options)


sink = BambooGoalSink()
