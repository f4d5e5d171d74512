"""Builders of canonical event tables and people, and the generated company in canonical form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from appraise.domain.employees import Employee, Employment, EmploymentStatus, ExternalReference
from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS, Policy
from appraise.domain.progress import silent
from appraise.domain.scorecards import ScoringResult
from appraise.events.engine import open_engine
from appraise.scoring import score
from appraise.scoring.prepared import Prepared, prepare
from appraise.scoring.references import directory

CYCLE = Period(date(2025, 1, 1), date(2026, 1, 1))
AS_OF = date(2026, 1, 1)
ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: pa.decimal128(18, 6),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.TIMESTAMP: pa.timestamp("us", "UTC"),
    ColumnType.MONEY: pa.int64(),
}

Row = Mapping[str, Any]


def arrow_table(kind: EventKind, rows: Sequence[Row]) -> pa.Table:
    columns = {"source": pa.string(), **{column.name: ARROW[column.type] for column in COLUMNS[kind]}}
    return pa.table({name: pa.array([row.get(name) for row in rows], type_) for name, type_ in columns.items()})


@dataclass
class World:
    """Events and people put together by hand. Times are days (and fractions) after the start of the cycle."""

    rows: dict[EventKind, list[Row]] = field(default_factory=dict)
    employees: list[Employee] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    cycle: Period = CYCLE

    def employee(self, name: str, *, status: EmploymentStatus = EmploymentStatus.ACTIVE, **dates: date) -> "World":
        start, end = dates.get("start", date(2020, 1, 1)), dates.get("end")
        self.employees.append(
            Employee(EmployeeId(name), f"Name of {name}", references=(ExternalReference("desk:agent", name),))
        )
        self.employments.append(Employment(EmployeeId(name), Period(start, end), status))
        return self

    def team(self, *names: str) -> "World":
        for name in names:
            self.employee(name)
        return self

    def add(
        self, event: EventKind, /, customer: str, day: float, employee: str | None = None, **columns: Any
    ) -> "World":
        rows = self.rows.setdefault(event, [])
        named = {} if employee is None else {"employee_namespace": "desk:agent", "employee_key": employee}
        rows.append(
            {
                "source": "desk",
                "event_id": f"{event.value}-{len(rows)}",
                "customer_key": customer,
                "occurred_at": on(day),
                **named,
                **columns,
            }
        )
        return self

    def leave(self, name: str, day: int, until: int | None = None) -> "World":
        """Days after the start of the cycle; the job before it ends, and one after it begins, on those days."""
        index = next(i for i, job in reversed(list(enumerate(self.employments))) if job.employee == name)
        job, away = self.employments[index], on(day).date()
        back = None if until is None else on(until).date()
        self.employments[index] = replace(job, period=Period(job.period.start, away))
        self.employments.append(replace(job, period=Period(away, back), status=EmploymentStatus.LEAVE))
        if back is not None:
            self.employments.append(replace(job, period=Period(back, job.period.end)))
        return self

    def contact(self, customer: str, day: float, employee: str | None = None, **columns: Any) -> "World":
        return self.add(EventKind.CONTACTS, customer, day, employee, **columns)

    def rating(self, customer: str, day: float, employee: str | None, answer: int, **columns: Any) -> "World":
        scale = {"scale": "csat_1_5", "score": Decimal(answer), "score_low": Decimal(1), "score_high": Decimal(5)}
        return self.add(EventKind.RATINGS, customer, day, employee, **{**scale, **columns})

    def purchase(
        self, customer: str, day: float, amount: int = 1000, employee: str | None = None, **columns: Any
    ) -> "World":
        order = columns.pop("order_id", f"order-{len(self.rows.get(EventKind.PURCHASES, []))}")
        kind = "purchase" if amount >= 0 else "reversal"
        money = {"order_id": order, "kind": kind, "amount": amount, "currency": "EUR"}
        return self.add(EventKind.PURCHASES, customer, day, employee, **{**money, **columns})

    def subscription(self, customer: str, day: float, **columns: Any) -> "World":
        return self.add(EventKind.SUBSCRIPTIONS, customer, day, None, **columns)

    def ownership(self, customer: str, day: float, employee: str, *, until: float | None = None) -> "World":
        ended = None if until is None else on(until)
        return self.add(EventKind.OWNERSHIPS, customer, day, employee, ended_at=ended)

    def tables(self) -> dict[EventKind, ibis.Table]:
        connection = open_engine(threads=2)
        return in_engine(connection, {kind: arrow_table(kind, rows) for kind, rows in self.rows.items()})

    def people(self) -> PeopleSnapshot:
        return PeopleSnapshot(tuple(self.employees), tuple(self.employments), ())

    def prepared(self, *, data_as_of: date = AS_OF, rates: ExchangeRates | None = None) -> Prepared:
        known = directory(self.employees, self.employments)
        return prepare(self.tables(), known, cycle=CYCLE, data_as_of=data_as_of, rates=rates)

    def names(self, prepared: Prepared, kind: EventKind) -> dict[int, str]:
        """The keys of customers with such events, by their numbers."""
        keys = {row["event_id"]: row["customer_key"] for row in self.rows[kind]}
        found = prepared.records[kind].select("event_id", "customer").to_pyarrow().to_pylist()
        return {row["customer"]: keys[row["event_id"]] for row in found}

    def score(
        self,
        policy: Policy = DEFAULT_POLICY,
        *,
        data_as_of: date = AS_OF,
        cycle: Period = CYCLE,
        rates: ExchangeRates | None = None,
    ) -> ScoringResult:
        return scored(self.tables(), self.people(), policy, data_as_of=data_as_of, cycle=cycle, rates=rates)


def on(day: float) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day)


def in_engine(connection: Any, tables: Mapping[EventKind, pa.Table]) -> dict[EventKind, ibis.Table]:
    for kind, table in tables.items():
        connection.con.register(f"raw_{kind.value}", table)
    return {kind: connection.table(f"raw_{kind.value}") for kind in tables}


def scored(
    events: Mapping[EventKind, ibis.Table],
    people: PeopleSnapshot,
    policy: Policy,
    *,
    data_as_of: date = AS_OF,
    cycle: Period = CYCLE,
    rates: ExchangeRates | None = None,
) -> ScoringResult:
    return score(
        events,
        people,
        policy,
        cycle,
        data_as_of=data_as_of,
        event_versions=dict.fromkeys(events, 1),
        code_version="test",
        rates=rates,
        progress=silent,
    )


def only(indicator: IndicatorKey, **choices: Any) -> Policy:
    """A policy of one indicator that publishes whatever can be computed."""
    rules = replace(DEFAULTS[indicator], **{"minimum_events": 0, "weight": 1.0, **choices})
    return Policy(((indicator, rules),), publish_reliability=0.0)


@pytest.fixture(name="only")
def only_fixture() -> Callable[..., Policy]:
    return only


@pytest.fixture
def lenient() -> Policy:
    """The default policy, publishing whatever can be computed."""
    indicators = tuple((key, replace(rules, minimum_events=0)) for key, rules in DEFAULT_POLICY.indicators)
    return replace(DEFAULT_POLICY, indicators=indicators, publish_reliability=0.0)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def build() -> Callable[[], World]:
    """For tests that compare several worlds."""
    return World
