"""What surrounds sections while they are read or changed: each thing is read once, and at once for many sections."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from appraise.domain.access import Principal, is_away, may_be_in_place
from appraise.domain.cycles import Cycle
from appraise.domain.delegations import NamedDelegation
from appraise.domain.disputes import Dispute
from appraise.domain.employees import ReportingLine
from appraise.domain.identifiers import CycleId, EmployeeId, RunId, SectionId
from appraise.domain.parts import Part
from appraise.domain.periods import Period
from appraise.domain.reading import PersonRow, ScoringRun
from appraise.domain.scorecards import Absence, Composite
from appraise.domain.sections import Section
from appraise.storage import composites, cycles, disputes, parts, people, tokens
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.stand_ins import delegates_of


@dataclass(slots=True)
class Around:
    """Of one principal on one day, within one transaction, in which none of it changes but disputes.

    After `gather` nothing is read any more of the sections that it was given.
    """

    session: Session
    principal: Principal
    on: date
    _cycles: dict[CycleId, Cycle] = field(default_factory=dict)
    _runs: dict[RunId, ScoringRun] = field(default_factory=dict)
    _managers: dict[EmployeeId, tuple[EmployeeId, ...]] = field(default_factory=dict)
    _people: dict[EmployeeId, PersonRow | None] = field(default_factory=dict)
    _composites: dict[tuple[RunId, EmployeeId], Composite | Absence | None] = field(default_factory=dict)
    _delegates: dict[EmployeeId, tuple[NamedDelegation, ...]] = field(default_factory=dict)
    _names: dict[EmployeeId, str | None] = field(default_factory=dict)
    _away: dict[EmployeeId, bool] = field(default_factory=dict)
    _leave: Mapping[EmployeeId, Sequence[Period]] | None = None
    _lines: dict[EmployeeId, list[ReportingLine]] = field(default_factory=dict)
    _parts: dict[SectionId, dict[EmployeeId, Part]] = field(default_factory=dict)
    _disputes: dict[SectionId, list[Dispute]] = field(default_factory=dict)

    def gather(self, sections: Collection[Section]) -> None:
        """Read at once what is asked of these sections; none of them is disputed in this transaction."""
        ids, employees = [one.id for one in sections], [one.employee for one in sections]
        self._managers = people.managers_of_all(self.session, employees, on=self.on)
        found = people.by_id(self.session, Viewer(self.principal, self.on), employees, on=self.on)
        self._people = {employee: found.get(employee) for employee in employees}
        by_run: dict[RunId, list[EmployeeId]] = defaultdict(list)
        for section in sections:
            by_run[section.run].append(section.employee)
        for run, of_run in by_run.items():
            known = composites.of_all(self.session, run, of_run)
            self._composites.update({(run, employee): known.get(employee) for employee in of_run})
        self._leave = people.leave(self.session)
        self._lines = parts.lines_of_all(self.session, employees)
        self._parts = parts.of_sections(self.session, ids)
        self._disputes = disputes.of_all(self.session, ids)

    def cycle(self, cycle: CycleId) -> Cycle:
        if cycle not in self._cycles:
            self._cycles[cycle] = cycles.get(self.session, cycle)
        return self._cycles[cycle]

    def run(self, run: RunId) -> ScoringRun:
        if run not in self._runs:
            self._runs[run] = cycles.run(self.session, run)
        return self._runs[run]

    def managers(self, employee: EmployeeId) -> tuple[EmployeeId, ...]:
        """From the nearest up."""
        if employee not in self._managers:
            self._managers[employee] = people.managers_of(self.session, employee, on=self.on)
        return self._managers[employee]

    def is_manager_away(self, employee: EmployeeId) -> bool:
        """Whether the nearest manager is absent; asked only for the one to whom that makes a difference."""
        managers = self.managers(employee)
        if not may_be_in_place(self.principal, employee, managers=managers):
            return False
        nearest = managers[0]
        if nearest not in self._away:
            self._away[nearest] = is_away(people.status_of(self.session, nearest, on=self.on))
        return self._away[nearest]

    def person(self, employee: EmployeeId) -> PersonRow | None:
        """None where the principal may not see them."""
        if employee not in self._people:
            found = people.by_id(self.session, Viewer(self.principal, self.on), [employee], on=self.on)
            self._people[employee] = found.get(employee)
        return self._people[employee]

    def composite(self, section: Section) -> Composite | Absence | None:
        key = section.run, section.employee
        if key not in self._composites:
            self._composites[key] = composites.of(self.session, *key)
        return self._composites[key]

    def delegates(self, manager: EmployeeId) -> tuple[NamedDelegation, ...]:
        if manager not in self._delegates:
            self._delegates[manager] = tuple(delegates_of(self.session, manager, on=self.on))
        return self._delegates[manager]

    def name(self, employee: EmployeeId) -> str | None:
        if employee not in self._names:
            self._names[employee] = tokens.name_of(self.session, employee)
        return self._names[employee]

    def leave(self, employee: EmployeeId) -> Sequence[Period]:
        known = people.leave(self.session, employee) if self._leave is None else self._leave
        return known.get(employee, ())

    def lines(self, employee: EmployeeId) -> list[ReportingLine]:
        if employee not in self._lines:
            self._lines |= parts.lines_of_all(self.session, [employee])
        return self._lines[employee]

    def parts(self, section: SectionId) -> dict[EmployeeId, Part]:
        """By author."""
        if section not in self._parts:
            self._parts |= parts.of_sections(self.session, [section])
        return self._parts[section]

    def disputes(self, section: SectionId) -> list[Dispute]:
        """As they are now, unless they were gathered."""
        if section in self._disputes:
            return self._disputes[section]
        return disputes.of(self.session, section)
