"""What one request carries: who asks, when, and what was already read for them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from appraise.api.at_hand import AtHand
from appraise.api.guard import MOST_ENTRIES, TooCostly
from appraise.domain.access import Principal
from appraise.domain.benchmarks import Benchmark
from appraise.domain.contributions import ContributionQuery, ContributionRow, Dimension
from appraise.domain.cycles import Cycle
from appraise.domain.departments import DepartmentTree
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, RunId, SectionId
from appraise.domain.reading import PersonRow, ReportingLineRow, ViewedSection
from appraise.domain.scorecards import Absence
from appraise.domain.sections import Section
from appraise.domain.standings import Standing
from appraise.storage.deadline import DEADLINE
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_benchmarks import Benchmarks, read_benchmarks
from appraise.use_cases.read_contributions import contributions_of
from appraise.use_cases.read_cycles import list_cycles
from appraise.use_cases.read_departments import department_tree
from appraise.use_cases.read_disputes import Beside, read_beside
from appraise.use_cases.read_earlier import Earlier, read_earlier
from appraise.use_cases.read_parts import SectionParts, read_parts
from appraise.use_cases.read_people import people_by_id
from appraise.use_cases.read_reporting_lines import managers_above, reports_of
from appraise.use_cases.read_sections import get_section, sections_by_employee
from appraise.use_cases.read_standings import read_standings
from appraise.use_cases.record_reading import Told, record_reading


@dataclass(slots=True)
class People:
    """Employees by id as of the day `on`, today by default; read in one query for all that were announced before."""

    deployment: Deployment
    principal: Principal
    at: datetime
    on: date | None = None
    _known: dict[EmployeeId, PersonRow | None] = field(default_factory=dict)
    _wanted: set[EmployeeId] = field(default_factory=set)
    _reports: dict[EmployeeId, list[ReportingLineRow]] = field(default_factory=dict)
    _managers: dict[EmployeeId, list[EmployeeId | None]] = field(default_factory=dict)

    def reports(self, manager: EmployeeId) -> list[ReportingLineRow]:
        """Who reports to them, read once however often they turn up in the answer."""
        if manager not in self._reports:
            self._reports[manager] = reports_of(self.deployment, self.principal, manager, at=self.at, on=self.on)
        return self._reports[manager]

    def managers(self, employee: EmployeeId) -> list[EmployeeId | None]:
        """From the nearest up, None in the place of each whom the principal may not see; read once likewise."""
        if employee not in self._managers:
            found = managers_above(self.deployment, self.principal, employee, at=self.at, on=self.on)
            self._managers[employee] = found
            self.announce(found)
        return self._managers[employee]

    def announce(self, ids: Iterable[EmployeeId | None]) -> None:
        self._wanted.update(key for key in ids if key is not None)

    def remember(self, rows: Iterable[PersonRow]) -> None:
        self._known.update((row.employee.id, row) for row in rows)

    def load(self, key: EmployeeId) -> PersonRow | None:
        """None where there is no such employee or the principal may not see them."""
        if key not in self._known:
            missing = (self._wanted | {key}) - self._known.keys()
            found = people_by_id(self.deployment, self.principal, sorted(missing), at=self.at, on=self.on)
            self._known.update((wanted, found.get(wanted)) for wanted in missing)
            self._wanted.clear()
        return self._known[key]


@dataclass(slots=True)
class Sections:
    """Sections of the employees of a page, read in one query per cycle."""

    deployment: Deployment
    principal: Principal
    at: datetime
    _employees: set[EmployeeId] = field(default_factory=set)
    _known: dict[CycleId, dict[EmployeeId, Section | None]] = field(default_factory=dict)
    _viewed: dict[SectionId, ViewedSection] = field(default_factory=dict)
    _standings: dict[SectionId, Mapping[IndicatorKey, Standing]] = field(default_factory=dict)
    told: Told = field(default_factory=dict)
    _together: dict[SectionId, Mapping[SectionId, EmployeeId]] = field(default_factory=dict)
    _beside: dict[SectionId, Beside] = field(default_factory=dict)
    _parts: dict[SectionId, SectionParts] = field(default_factory=dict)
    _earlier: dict[SectionId, Earlier | None] = field(default_factory=dict)

    def announce(self, employees: Iterable[EmployeeId]) -> None:
        self._employees.update(employees)

    def load(self, employee: EmployeeId, cycle: CycleId) -> Section | None:
        known = self._known.setdefault(cycle, {})
        if employee not in known:
            missing = (self._employees | {employee}) - known.keys()
            found = sections_by_employee(self.deployment, self.principal, sorted(missing), cycle, at=self.at)
            known.update((wanted, found.get(wanted)) for wanted in missing)
            self.listed(found.values())
        return known[employee]

    def listed(self, sections: Iterable[Section]) -> None:
        """What was read as one list."""
        together = {section.id: section.employee for section in sections}
        self._together.update(dict.fromkeys(together, together))

    def hand_out(self, section: SectionId) -> None:
        """Figures of a section go out: of the list that it was read in a line is left in the audit log, once."""
        together = self._together.get(section, {})
        if together:
            self._together = {key: found for key, found in self._together.items() if found is not together}
            record_reading(self.deployment, self.principal, together, at=self.at, told=self.told)

    def view(self, section: SectionId) -> ViewedSection:
        """The section as one reads an individual's: leaves a line in the audit log, once per request."""
        if section not in self._viewed:
            self._viewed[section] = get_section(self.deployment, self.principal, section, at=self.at)
        return self._viewed[section]

    def standing(self, section: SectionId, indicator: IndicatorKey) -> Standing | None:
        """None where the run lists nobody or not this one; leaves a line in the audit log, once per request."""
        if section not in self._standings:
            self._standings[section] = read_standings(self.deployment, self.principal, section, at=self.at)
        return self._standings[section].get(indicator)

    def beside(self, section: SectionId) -> Beside:
        """Disputes and notices; read as an individual's section is."""
        if section not in self._beside:
            self._beside[section] = read_beside(self.deployment, self.view(section))
        return self._beside[section]

    def parts(self, section: SectionId) -> SectionParts:
        """What former and dotted managers say; read as an individual's section is."""
        if section not in self._parts:
            self._parts[section] = read_parts(self.deployment, self.principal, self.view(section), at=self.at)
        return self._parts[section]

    def earlier(self, section: Section) -> Earlier | None:
        """The figures of the cycle before; somebody else's leave a line in the audit log, once per request."""
        if section.id not in self._earlier:
            self._earlier[section.id] = read_earlier(self.deployment, self.principal, section, at=self.at)
        return self._earlier[section.id]

    def remember(self, viewed: ViewedSection) -> None:
        self._viewed[viewed.section.id] = viewed
        self._beside.pop(viewed.section.id, None)
        self._parts.pop(viewed.section.id, None)


@dataclass(slots=True)
class Contributions:
    """Contributions of the employees or departments of a page, read in one go."""

    deployment: Deployment
    principal: Principal
    at: datetime
    _wanted: dict[Dimension, set[str]] = field(default_factory=lambda: defaultdict(set))
    _known: dict[tuple[Dimension, str], list[ContributionRow]] = field(default_factory=dict)

    def announce(self, dimension: Dimension, keys: Iterable[str]) -> None:
        self._wanted[dimension].update(keys)

    def load(self, dimension: Dimension, key: str) -> list[ContributionRow]:
        """The newest cycle first. Reads of other employees leave a line in the audit log, once per request."""
        if (dimension, key) not in self._known:
            missing = {one for one in self._wanted[dimension] | {key} if (dimension, one) not in self._known}
            some = frozenset(EmployeeId(one) for one in missing) if dimension is Dimension.EMPLOYEE else None
            wanted = ContributionQuery(dimension, employees=some)
            found = contributions_of(self.deployment, self.principal, wanted, at=self.at, read=missing)
            self._known.update(((dimension, one), found.get(one, [])) for one in missing)
        return self._known[dimension, key]


@dataclass(slots=True)
class RequestContext:
    """Lives as long as one request and is used by one thread only."""

    deployment: Deployment
    principal: Principal
    at: datetime
    request_id: str
    people: People = field(init=False)
    sections: Sections = field(init=False)
    contributions: Contributions = field(init=False)
    entries: int = 0
    """Of lists that were answered so far."""
    at_hand: AtHand = field(default_factory=AtHand)
    """Of this request alone where the service gives none."""
    _decisions: dict[StrEnum, bool] = field(default_factory=dict)
    _cycles: dict[CycleId, Cycle] | None = None
    _departments: dict[date | None, DepartmentTree] = field(default_factory=dict)
    _people_then: dict[date, People] = field(default_factory=dict)
    _benchmarks: dict[tuple[CycleId, RunId], Benchmarks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = People(self.deployment, self.principal, self.at)
        self.sections = Sections(self.deployment, self.principal, self.at)
        self.contributions = Contributions(self.deployment, self.principal, self.at)

    def answering(self, entries: int) -> None:
        """Before a list of that many is written. Raises `TooCostly` and, where the time is over, `TimedOut`."""
        self.entries += entries
        if self.entries > MOST_ENTRIES:
            raise TooCostly(f"The answer has more than {MOST_ENTRIES:,} entries of lists; ask for less at once.")
        deadline = DEADLINE.get()
        if deadline is not None:
            deadline.check()

    def once(self, permission: StrEnum, rule: Callable[[Principal], bool]) -> bool:
        """The rule's answer for this principal, asked once per request."""
        if permission not in self._decisions:
            self._decisions[permission] = rule(self.principal)
        return self._decisions[permission]

    def people_on(self, day: date | None) -> People:
        """Today's where no day is named."""
        if day is None:
            return self.people
        return self._people_then.setdefault(day, People(self.deployment, self.principal, self.at, day))

    def departments_on(self, day: date | None) -> DepartmentTree:
        """Today's where no day is named; none where the principal may not see them."""
        if day not in self._departments:
            self._departments[day] = department_tree(self.deployment, self.principal, at=self.at, on=day)
        return self._departments[day]

    def benchmark(self, section: Section, indicator: IndicatorKey) -> Benchmark | Absence:
        """Where the peers of a readable section's employee lie."""
        key = section.cycle, section.run
        if key not in self._benchmarks:
            self._benchmarks[key] = read_benchmarks(self.deployment, self.principal, *key, at=self.at)
        return self._benchmarks[key].of(section, indicator)

    def cycles(self) -> dict[CycleId, Cycle]:
        if self._cycles is None:
            self._cycles = {cycle.id: cycle for cycle in list_cycles(self.deployment, self.principal)}
        return self._cycles
