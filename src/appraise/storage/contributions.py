"""What is measured of employees, for tables over many of them: without the documents that take time to read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Double, Select, and_, bindparam, case, cast, or_, select

from appraise.domain.access import Scope
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, RunId
from appraise.domain.profiles import main_profile
from appraise.domain.scorecards import Absence, AbsenceKind, Evidence
from appraise.domain.section_states import SectionState
from appraise.storage.access import READER, Door, Viewer, reached
from appraise.storage.database import BATCH, Session
from appraise.storage.documents import evidence_from
from appraise.storage.tables import EMPLOYEES, SCORECARDS, SECTIONS
from appraise.storage.tables.columns import Key

_NUMBERS: Final = (
    "value", "lower", "upper", "lower_90", "upper_90", "expected", "unshrunk", "standard_error"
)  # fmt: skip
_COLUMNS: Final = (*_NUMBERS, "money_foretold", "money_currency", "absence_kind", "absence_reason", "evidence")

OUT_OF_THE_CYCLE: Final = (SectionState.EXEMPT, SectionState.VOID)


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate as far as pooling needs it, in the indicator's unit; `foretold` as in `scorecards.Money`."""

    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    expected: Decimal
    unshrunk: Decimal
    standard_error: Decimal
    evidence: Evidence
    foretold: int | None
    currency: str | None


class Placed(NamedTuple):
    """An employee, and where they stood by their section of the cycle; `final_run` is what it was finalised with.

    `profile` is the role profile of most of their days.
    """

    employee: EmployeeId
    name: str
    sort_name: str
    department_code: str | None
    department: str | None
    manager: EmployeeId | None
    manager_name: str | None
    profile: str | None = None
    final_run: RunId | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One employee's result on one indicator in one run."""

    place: Placed
    run: RunId
    indicator: IndicatorKey
    result: Measured | Absence


class Listed(NamedTuple):
    """An employee as a list of thousands needs them; see `Placed`. `profiles` are all of the cycle, as kept."""

    employee: EmployeeId
    sort_name: str
    department_code: str | None
    manager: EmployeeId | None
    profiles: str | None

    @property
    def profile(self) -> str | None:
        return main_profile(self.profiles)


class Line(NamedTuple):
    """A result as far as figures of groups need it: of an estimate all but `absence`, of an absence nothing else.

    `position` is the indicator's in the policy; `effective`, `credit` and `expected_events` as in
    `scorecards.Evidence`.
    """

    employee: str
    run: str
    indicator: str
    position: int
    absence: str | None
    unshrunk: float | None
    standard_error: float | None
    expected: float | None
    foretold: int | None
    currency: str | None
    effective: float | None
    credit: float | None
    expected_events: float | None


def places(session: Session, viewer: Viewer, cycle: CycleId) -> list[Placed]:
    """All whose section of the cycle the viewer reaches, by name."""
    return _placed(session, viewer.sections, viewer.bound | {"cycle": cycle})


def places_of_everybody(session: Session, cycle: CycleId) -> list[Placed]:
    """All with a section of the cycle, whoever asks; see `lines`."""
    return _placed(session, _EVERYBODY, {"cycle": cycle})


def measured(
    session: Session, viewer: Viewer, cycle: CycleId, run: RunId, indicators: Iterable[IndicatorKey] | None = None
) -> list[Listed]:
    """Of whom there is a line `in_run` or `finalised`, on any of the indicators; in no order."""
    values = {**viewer.bound, "cycle": cycle, "run": run, "state": SectionState.FINALISED.value}
    some = {} if indicators is None else {"indicators": sorted(set(indicators))}
    rows = session.execute(_measured(viewer.sections, is_some=indicators is not None), values | some)
    return [Listed._make(row) for row in rows.all()]


def reads_of_others(session: Session, viewer: Viewer, cycle: CycleId, run: RunId) -> bool:
    """Whether anybody but the viewer is `measured`."""
    values = {**viewer.bound, "cycle": cycle, "run": run, "state": SectionState.FINALISED.value}
    statement = _measured(viewer.sections, is_some=False)
    if viewer.principal.employee is not None:
        statement = statement.where(SECTIONS.c.employee_id != READER)
    return session.execute(statement.limit(1), values).first() is not None


def in_run(
    session: Session, viewer: Viewer, cycle: CycleId, run: RunId, employees: Iterable[EmployeeId] | None = None
) -> list[Member]:
    """By the run, of all whose section of the cycle the viewer reaches, or of those `employees` among them."""
    return list(_members(session, viewer, cycle, employees, {"run": run}))


def finalised(
    session: Session, viewer: Viewer, cycle: CycleId, employees: Iterable[EmployeeId] | None = None
) -> list[Member]:
    """By the run with which each section was finalised, of all whose final section the viewer reaches."""
    return list(_members(session, viewer, cycle, employees, {"state": SectionState.FINALISED.value}))


def lines(session: Session, run: RunId) -> list[Line]:
    """Of everybody in a run, whoever asks, in no order: for figures of groups, and never of one employee."""
    return _lines(session, _line_statement().where(SCORECARDS.c.run_id == bindparam("run", type_=Key())), {"run": run})


def lines_finalised(session: Session, viewer: Viewer, cycle: CycleId) -> list[Line]:
    """As `finalised`, in no order."""
    values = {**viewer.bound, "cycle": cycle, "state": SectionState.FINALISED.value}
    return _lines(session, _final_line_statement(viewer.sections), values)


_EVERYBODY: Final = Door(Scope(everyone=True), is_employee=False)


def _placed(session: Session, door: Door, values: dict[str, Any]) -> list[Placed]:
    return sorted((_place(row) for row in session.execute(_place_statement(door), values).all()), key=_by_name)


def _place(row: Sequence[Any]) -> Placed:
    *who, profiles, final_run = row
    return Placed._make((*who, main_profile(profiles), final_run))


def _by_name(one: Placed) -> tuple[str, str]:
    return one.sort_name, one.employee


def _lines(session: Session, statement: Select[Any], values: dict[str, Any]) -> list[Line]:
    return [Line._make(row) for row in session.execute(statement, values).all()]


def _members(
    session: Session, viewer: Viewer, cycle: CycleId, employees: Iterable[EmployeeId] | None, chosen: dict[str, str]
) -> Iterator[Member]:
    statement = _statement(viewer.sections, is_final="state" in chosen, is_some=employees is not None)
    values = {**viewer.bound, **chosen, "cycle": cycle}
    wanted = None if employees is None else sorted(set(employees))
    for start in range(0, 1 if wanted is None else len(wanted), BATCH):
        some = {} if wanted is None else {"ids": wanted[start : start + BATCH]}
        for row in session.execute(statement, {**values, **some}).all():
            yield _member(row)


@cache
def _place_statement(door: Door) -> Select[Any]:
    manager = EMPLOYEES.alias("manager")
    section = SECTIONS.c
    return (
        select(
            section.employee_id,
            EMPLOYEES.c.display_name,
            EMPLOYEES.c.sort_name,
            section.department_code,
            section.department,
            section.manager_id,
            manager.c.display_name.label("manager_name"),
            section.profile,
            case((section.state == SectionState.FINALISED.value, section.run_id)).label("final_run"),
        )
        .join(EMPLOYEES, EMPLOYEES.c.id == section.employee_id)
        .outerjoin(manager, manager.c.id == section.manager_id)
        .where(*_of_cycle(door))
    )


@cache
def _measured(door: Door, *, is_some: bool) -> Select[Any]:
    section, card = SECTIONS.c, SCORECARDS.c
    lines = select(card.employee_id).where(card.employee_id == section.employee_id)
    if is_some:
        lines = lines.where(card.indicator.in_(bindparam("indicators", expanding=True)))
    is_final = and_(section.state == bindparam("state"), lines.where(card.run_id == section.run_id).exists())
    in_the_run = lines.where(card.run_id == bindparam("run", type_=Key())).exists()
    return (
        select(section.employee_id, EMPLOYEES.c.sort_name, section.department_code, section.manager_id, section.profile)
        .join(EMPLOYEES, EMPLOYEES.c.id == section.employee_id)
        .where(*_of_cycle(door), or_(in_the_run, is_final))
    )


def _of_cycle(door: Door) -> tuple[ColumnElement[bool], ...]:
    section = SECTIONS.c
    return (
        section.cycle_id == bindparam("cycle", type_=Key()),
        section.state.not_in([state.value for state in OUT_OF_THE_CYCLE]),
        reached(door, section.employee_id, state=section.state, section=section.id),
    )


@cache
def _line_statement() -> Select[Any]:
    card = SCORECARDS.c
    kept = (card.evidence[name].as_string() for name in ("effective", "credit", "expected_events"))
    return select(
        card.employee_id,
        card.run_id,
        card.indicator,
        card.position,
        card.absence_kind,
        *(cast(card[name], Double) for name in ("unshrunk", "standard_error", "expected")),
        card.money_foretold,
        card.money_currency,
        *(cast(text, Double) for text in kept),
    )


@cache
def _final_line_statement(door: Door) -> Select[Any]:
    joined = _line_statement().join(SECTIONS, SECTIONS.c.employee_id == SCORECARDS.c.employee_id)
    return joined.where(*_of_cycle(door), *_which(is_final=True))


def _which(*, is_final: bool) -> tuple[ColumnElement[bool], ...]:
    if is_final:
        return SCORECARDS.c.run_id == SECTIONS.c.run_id, SECTIONS.c.state == bindparam("state")
    return (SCORECARDS.c.run_id == bindparam("run", type_=Key()),)


@cache
def _statement(door: Door, *, is_final: bool, is_some: bool) -> Select[Any]:
    card = SCORECARDS.c
    statement = (
        _place_statement(door)
        .add_columns(card.run_id, card.indicator, *(card[name] for name in _COLUMNS))
        .join(SCORECARDS, card.employee_id == SECTIONS.c.employee_id)
        .where(*_which(is_final=is_final))
        .order_by(EMPLOYEES.c.sort_name, SECTIONS.c.employee_id, card.position)
    )
    if is_some:
        statement = statement.where(SECTIONS.c.employee_id.in_(bindparam("ids", expanding=True)))
    return statement


def _member(row: Any) -> Member:
    indicator = IndicatorKey(row.indicator)
    return Member(_place(row[: len(Placed._fields)]), RunId(row.run_id), indicator, _result(indicator, row))


def _result(indicator: IndicatorKey, row: Any) -> Measured | Absence:
    if row.absence_kind is not None:
        return Absence(indicator, AbsenceKind(row.absence_kind), row.absence_reason)
    numbers = {name: getattr(row, name) for name in _NUMBERS}
    evidence = evidence_from(row.evidence)
    return Measured(**numbers, evidence=evidence, foretold=row.money_foretold, currency=row.money_currency)
