"""Access scopes as SQL predicates: the one door through which people and sections are read.

What `appraise.domain.access.reaches` answers for one row, `reached` says of all rows at once. Who reads and when are
bound parameters, so that a statement is put together once for everybody who reads through the same kind of door.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, and_, bindparam, false, or_, select, true

from appraise.domain.access import Principal, Scope, people_scope, section_scope
from appraise.domain.employees import ReportingKind
from appraise.domain.section_states import WITH_THE_EMPLOYEE, SectionState
from appraise.storage.tables import REPORTING_LINES
from appraise.storage.tables.columns import Key

READER: Final = bindparam("reader", type_=Key())
TODAY: Final = bindparam("today", type_=Date)
ONLY_SECTION: Final = bindparam("only_section", type_=Key())
ONLY_SUBJECT: Final = bindparam("only_subject", type_=Key())


@dataclass(frozen=True)
class Viewer:
    """Who reads, and the day whose reporting lines decide what they reach: today, whatever day they look at."""

    principal: Principal
    today: date

    @property
    def people(self) -> "Door":
        return self._door(people_scope(self.principal))

    @property
    def sections(self) -> "Door":
        return self._door(section_scope(self.principal))

    @property
    def bound(self) -> dict[str, Any]:
        """The parameters of `reached`."""
        values: dict[str, Any] = {"reader": self.principal.employee, "today": self.today}
        values |= {f"stands_in_{n}": one.manager for n, one in enumerate(self.principal.stands_in)}
        only = self.principal.embedded
        return values if only is None else values | {"only_section": only.section, "only_subject": only.subject}

    def _door(self, scope: Scope) -> "Door":
        who = self.principal
        return Door(scope, who.employee is not None, who.embedded is not None, len(who.stands_in))


@dataclass(frozen=True, slots=True)
class Door:
    """What is the same for all who reach rows alike; statements are remembered by it.

    `stands_in` is for how many managers the reader stands in.
    """

    scope: Scope
    is_employee: bool
    is_embedded: bool = False
    stands_in: int = 0


def reached(
    door: Door,
    employee: ColumnElement[Any],
    *,
    state: ColumnElement[Any] | None = None,
    section: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Whether the row about `employee` is the reader's to see; `state` and `section` (its id) are a section's columns.

    Statements with it are executed with `Viewer.bound`.
    """
    reach = _reach(door, employee, state)
    if not door.is_embedded:
        return reach
    if state is None:
        return and_(or_(employee == READER, employee == ONLY_SUBJECT), reach)
    return false() if section is None else and_(section == ONLY_SECTION, reach)


def _reach(door: Door, employee: ColumnElement[Any], state: ColumnElement[Any] | None) -> ColumnElement[bool]:
    scope = door.scope
    ways: list[ColumnElement[bool]] = []
    if scope.everyone:
        if state is None or scope.states is None:
            return true()
        ways.extend(state == each.value for each in sorted(scope.states))
    is_shown = true() if state is None else state != SectionState.VOID.value
    if door.is_employee and scope.own:
        ways.append(and_(employee == READER, is_shown))
    if door.is_employee and scope.below:
        ways.append(and_(employee.in_(_below()), employee != READER, is_shown))
        if door.stands_in:
            ways.append(and_(employee.in_(_of_others(door.stands_in)), employee != READER, is_shown))
    return or_(*ways) if ways else false()


def ratings_shown(employee: ColumnElement[Any], state: ColumnElement[Any]) -> ColumnElement[bool]:
    """What `appraise.domain.access.sees_ratings` answers, of the columns of a section that was reached."""
    return or_(READER.is_(None), employee != READER, *(state == each.value for each in sorted(WITH_THE_EMPLOYEE)))


@cache
def _below() -> Any:
    """Everybody under the reader, however deep. UNION, not UNION ALL: a loop must not turn for ever."""
    lines = REPORTING_LINES.c
    solid = and_(lines.kind == ReportingKind.SOLID.value, covers(REPORTING_LINES, TODAY))
    first = select(lines.employee_id).where(lines.manager_id == READER, solid)
    below = first.cte("below", recursive=True)
    deeper = select(lines.employee_id).join(below, lines.manager_id == below.c.employee_id).where(solid)
    return select(below.union(deeper).c.employee_id)


@cache
def _of_others(count: int) -> Any:
    """Everybody who reports to one of the managers for whom the reader stands in."""
    lines = REPORTING_LINES.c
    solid = and_(lines.kind == ReportingKind.SOLID.value, covers(REPORTING_LINES, TODAY))
    managers = (lines.manager_id == bindparam(f"stands_in_{n}", type_=Key()) for n in range(count))
    return select(lines.employee_id).where(or_(*managers), solid)


def covers(table: Any, on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether `on` lies in the row's half-open period."""
    return and_(table.c.starts_on <= on, or_(table.c.ends_on.is_(None), table.c.ends_on > on))
