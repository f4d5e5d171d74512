"""What reads hand out: values for lists, pages and single views."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from appraise.domain.cursors import cursor
from appraise.domain.cycles import Cycle
from appraise.domain.delegations import NamedDelegation
from appraise.domain.employees import Employee, EmploymentStatus, ReportingKind
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, LoadId, RunId
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, Composite, Coverage, Manifest, RunSummary
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Section

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list. `keys` are the sort keys of its items. A cursor handed back as `after` gives what follows it."""

    items: tuple[T, ...]
    keys: tuple[tuple[str, ...], ...]
    has_next: bool

    def cursor(self, place: int) -> str | None:
        """Of the item at a place, -1 the last; None where there is none."""
        return cursor(*self.keys[place]) if self.keys else None

    @property
    def end_cursor(self) -> str | None:
        return self.cursor(-1)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An employee as of a day. `since` is the start of the job shown; outside any job the nearest one is shown."""

    employee: Employee
    status: EmploymentStatus
    job_title: str | None = None
    department_code: str | None = None
    department_name: str | None = None
    level: str | None = None
    manager: EmployeeId | None = None
    manager_name: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class ReportingLineRow:
    """`manager` is None, and `manager_name` what the source calls them, while the reference waits to be resolved."""

    employee: EmployeeId
    employee_name: str
    manager: EmployeeId | None
    manager_name: str | None
    kind: ReportingKind
    period: Period
    source: str


class SectionOrder(StrEnum):
    """Of a list of sections; by the employee's name where nothing else decides, but in the last two."""

    NAME = "NAME"
    STATE = "STATE"
    RECENTLY_CHANGED = "RECENTLY_CHANGED"
    LONGEST_UNCHANGED = "LONGEST_UNCHANGED"


class PeopleOrder(StrEnum):
    NAME = "NAME"
    DEPARTMENT = "DEPARTMENT"


@dataclass(frozen=True, slots=True)
class SectionsWanted:
    """Which sections of a cycle, and in which order; all that are given must hold.

    `department` is the code and `manager` the manager of record, as the section has them; `search` is part of the
    employee's name or e-mail address.
    """

    cycle: CycleId
    state: SectionState | None = None
    department: str | None = None
    manager: EmployeeId | None = None
    search: str | None = None
    order: SectionOrder = SectionOrder.NAME


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section in a list. Where `ratings_visible` is False its ratings and comments are withheld, not absent."""

    section: Section
    employee_name: str
    manager_name: str | None
    cycle_name: str
    ratings_visible: bool


@dataclass(frozen=True, slots=True)
class SectionThen:
    """A section as of a time. `is_exact` where nothing of `section` was changed after it within the same revision."""

    section: Section
    ended_at: datetime | None
    is_superseded: bool
    employee_name: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Who handed a section in, by name, and for whom where they stood in.

    `unreviewed_reason` is why HR did so without the manager; `rated_by_level` have the level of the data for a rating.
    """

    name: str
    for_name: str | None = None
    unreviewed_reason: str | None = None
    rated_by_level: tuple[IndicatorKey, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewedSection:
    """One section as a principal sees it; `allowed_actions` holds what relation and state allow them now.

    Where `ratings_visible` is False the section's ratings and comments are withheld, not absent. `respond_by` is the
    last day on which the employee may answer what was shared; None where nothing is, or while they are on leave.
    `delegates` stand in for the nearest manager today.
    """

    section: Section
    person: PersonRow
    cycle: Cycle
    ratings_visible: bool
    allowed_actions: frozenset[Action]
    is_own: bool
    composite: Composite | Absence | None = None
    respond_by: date | None = None
    delegates: tuple[NamedDelegation, ...] = ()
    handed_in: HandedIn | None = None


class RunState(StrEnum):
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` in words, `done` of `total` steps; a total of 0 means that the end is not known."""

    step: str
    done: int
    total: int
    alive_at: datetime


SILENT_FOR: Final = timedelta(minutes=2)
"""A run that gave no sign of life for so long was killed: a living one gives one every second."""


@dataclass(frozen=True, slots=True)
class ScoringRun:
    id: RunId
    cycle: CycleId
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    manifest: Manifest | None
    coverage: tuple[Coverage, ...]
    summary: RunSummary | None = None
    progress: Progress | None = None

    def as_of(self, at: datetime) -> "ScoringRun":
        """The run as it must be taken at a time: one whose process was killed says RUNNING for ever, and has failed."""
        alive_at = self.started_at if self.progress is None else self.progress.alive_at
        if self.state is RunState.RUNNING and at - alive_at > SILENT_FOR:
            return replace(self, state=RunState.FAILED, finished_at=alive_at)
        return self


class LoadState(StrEnum):
    LOADED = "LOADED"
    UNDONE = "UNDONE"


@dataclass(frozen=True, slots=True)
class Load:
    """One import of events as the records remember it; `facts` are counts and versions by name."""

    id: LoadId
    adapter: str
    source: str
    file: str
    state: LoadState
    loaded_at: datetime
    undone_at: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()
