"""The company that is served: 10,000 employees under five levels of managers, four scored cycles, four indicators."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Table, insert

from appraise.domain.access import Role
from appraise.domain.cursors import cursor
from appraise.domain.cycles import CycleRules, CycleState
from appraise.domain.employees import EmploymentStatus
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Working
from appraise.storage import tables
from appraise.storage.course_documents import rules_document
from appraise.storage.database import Database
from appraise.storage.migrate import upgrade
from appraise.storage.scorecards import columns_of
from appraise.use_cases.create_token import create_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.grant_role import grant_role

EMPLOYEES: Final = 10_000
SPAN: Final = 10
"""Direct reports of a manager."""
ADMINISTRATOR, MANAGER = 0, 1 + SPAN
"""Who asks, by number."""
YEARS: Final = (2022, 2023, 2024, 2025)
INDICATORS: Final = (SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION)
STATES: Final = ("FINALISED", "FINALISED", "SUBMITTED", "DRAFT", "COLLECTING")
AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST_NAMES: Final = ("Ada", "Børge", "Chidi", "Dora", "Émile", "Fatma", "Goran", "Hana", "Ines", "Jörg", "Kateřina")
LAST_NAMES: Final = ("Archer", "Čapek", "Demir", "Eze", "Fernández", "Gruber", "Häkkinen", "Ivanov", "Nguyễn", "Okafor")
CHUNK: Final = 2_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of an HR administrator, who sees everybody, and of a manager two levels under the top, who sees about 100."""

    administrator: str
    manager: str


def build(deployment: Deployment) -> Tokens:
    """Write the company into an empty database, the same rows whichever kind it is."""
    upgrade(deployment.database)
    for table, rows in _company():
        _write(deployment.database, table, rows)
    grant_role(deployment, EmployeeId(employee(ADMINISTRATOR)), Role.HR_ADMINISTRATOR, at=AT, by="benchmark")
    return Tokens(_token(deployment, ADMINISTRATOR), _token(deployment, MANAGER))


def _token(deployment: Deployment, number: int) -> str:
    return create_token(
        deployment,
        name=f"benchmark {number}",
        employee=EmployeeId(employee(number)),
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=None,
        at=AT,
    )


def _write(database: Database, table: Table, rows: Iterator[Row]) -> None:
    chunk: list[Row] = []
    with database.transaction() as session:
        for row in rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                session.execute(insert(table), chunk)
                chunk = []
        if chunk:
            session.execute(insert(table), chunk)


def _company() -> Iterator[tuple[Table, Iterator[Row]]]:
    yield tables.EMPLOYEES, (_person(number) for number in range(EMPLOYEES))
    yield tables.EXTERNAL_REFERENCES, (_reference(number) for number in range(EMPLOYEES))
    yield tables.DEPARTMENTS, (_department(number) for number in range(100))
    yield tables.EMPLOYMENTS, (_job(number) for number in range(EMPLOYEES))
    yield tables.REPORTING_LINES, (_line(number) for number in range(1, EMPLOYEES))
    yield tables.POLICIES, iter([{"hash": "p", "version": 1, "document": {}, "stored_at": AT}])
    yield tables.CYCLES, (_cycle(year) for year in YEARS)
    yield tables.SCORING_RUNS, (_run(year) for year in YEARS)
    yield tables.SCORECARDS, (row for year in YEARS for number in range(EMPLOYEES) for row in _results(year, number))
    yield tables.SECTIONS, (_section(year, number) for year in YEARS for number in range(EMPLOYEES))
    yield tables.ITEMS, (row for year in YEARS for number in range(EMPLOYEES) for row in _items(year, number))


def employee(number: int) -> str:
    """As long as ours are, and in an order that has nothing to do with names."""
    return f"employee{number * 7_919 % EMPLOYEES:014d}"


def page_cursors(size: int, pages: int) -> list[str | None]:
    """Where the first pages of the employees by name begin."""
    by_name = sorted((_name(number).casefold(), employee(number)) for number in range(EMPLOYEES))
    return [None, *(cursor(*by_name[size * page - 1]) for page in range(1, pages))]


def _manager(number: int) -> int:
    return (number - 1) // SPAN


def _name(number: int) -> str:
    first = FIRST_NAMES[number * 31 % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[number // 7 % len(LAST_NAMES)]} {number:05d}"


def _person(number: int) -> Row:
    name, email = _name(number), f"e{number}@example.org"
    return {
        "id": employee(number),
        "display_name": name,
        "sort_name": name.casefold(),
        "search_text": f"{name.casefold()} {email}",
        "email": email,
        "created_at": AT,
    }


def _reference(number: int) -> Row:
    value = f"E{number:06d}"
    key = {"namespace": "hr:id", "normalised": value.casefold(), "value": value}
    return {"employee_id": employee(number), **key}


def _department(number: int) -> Row:
    named = {"code": f"D{number:02d}", "name": f"Service {number:02d}", "parent": None}
    return {"id": f"department{number}", "source": "hr", "starts_on": date(2019, 1, 1), "ends_on": None, **named}


def _job(number: int) -> Row:
    level = "Service agent" if number * SPAN >= EMPLOYEES else "Team lead"
    return {
        "id": f"job{number}",
        "employee_id": employee(number),
        "source": "hr",
        "starts_on": date(2020, 1 + number % 12, 1),
        "ends_on": None,
        "status": EmploymentStatus.ACTIVE.value,
        "ended_as": None,
        "job_title": f"{level} {number % 7}",
        "department": f"D{number % 100:02d}",
        "attributes": {"level": f"L{number % 5}"},
    }


def _line(number: int) -> Row:
    return {
        "id": f"line{number}",
        "employee_id": employee(number),
        "manager_id": employee(_manager(number)),
        "reference_namespace": None,
        "reference_value": None,
        "kind": "solid",
        "source": "hr",
        "starts_on": date(2020, 1 + number % 12, 1),
        "ends_on": None,
    }


def _cycle(year: int) -> Row:
    return {
        "id": f"cycle{year}",
        "name": str(year),
        "starts_on": date(year, 1, 1),
        "ends_on": date(year + 1, 1, 1),
        "reference_namespace": None,
        "reference_value": None,
        "opened_at": AT,
        "state": CycleState.SCORING.value,
        "rules": rules_document(CycleRules()),
    }


def _run(year: int) -> Row:
    state = {"state": "DONE", "started_at": AT, "finished_at": AT, "policy_hash": "p", "coverage": []}
    return {"id": f"run{year}", "cycle_id": f"cycle{year}", **state}


def _section(year: int, number: int) -> Row:
    return {
        "id": f"section{year}{number:011d}",
        "employee_id": employee(number),
        "cycle_id": f"cycle{year}",
        "run_id": f"run{year}",
        "state": STATES[number % len(STATES)] if year == YEARS[-1] else "FINALISED",
        "version": 1 + number % 6,
        "revision": 1,
        "manager_id": employee(_manager(number)) if number else None,
        "job_title": f"Service agent {number % 7}",
        "department": f"Service {number % 100:02d}",
        "submitted_at": None,
        "manifest_hash": None,
        "floor": Decimal("0.5"),
        "course": {},
        "department_code": f"D{number % 100:02d}",
    }


def _items(year: int, number: int) -> Iterator[Row]:
    for position, indicator in enumerate(INDICATORS):
        yield {
            "id": f"item{year}{number:013d}{position}",
            "section_id": f"section{year}{number:011d}",
            "indicator": indicator,
            "position": position,
            "weight": Decimal("0.25"),
            "rating": 1 + (number + position) % 5 if number % len(STATES) < 4 else None,
            "comment": None,
        }


def _results(year: int, number: int) -> Iterator[Row]:
    chance = random.Random(f"{year} {number}")  # noqa: S311  # no secret
    for position, indicator in enumerate(INDICATORS):
        result = _absence(indicator) if chance.random() < 0.1 else _estimate(indicator, chance)
        key = {"run_id": f"run{year}", "employee_id": employee(number), "position": position}
        yield key | columns_of(result)


def _absence(indicator: Any) -> Absence:
    evidence = Evidence(3, 3, Decimal("2.6"))
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, "fewer than 30 answers in the cycle", evidence)


def _estimate(indicator: Any, chance: random.Random) -> Estimate:
    def some(centre: float, spread: float) -> Decimal:
        return Decimal(f"{chance.gauss(centre, spread):.4f}")

    value, pull, topic, channel = some(79, 4), some(0, 1), some(0, 2), some(0, 1)
    half = abs(some(3.4, 0.5))
    return Estimate(
        indicator=indicator,
        value=value,
        lower=value - half,
        upper=value + half,
        lower_90=value - half * Decimal("0.84"),
        upper_90=value + half * Decimal("0.84"),
        expected=some(79, 1),
        unshrunk=value + pull,
        standard_error=half / 2,
        reliability=Decimal(f"{chance.uniform(0.4, 0.95):.4f}"),
        probability_better=Decimal(f"{chance.random():.4f}"),
        consequence=True,
        evidence=Evidence(214, 198, Decimal("201.5"), None, (("answers about bots", 12),)),
        working=Working(
            raw=value + pull + topic + channel,
            case_mix=(("topic", topic), ("channel", channel)),
            shrinkage=pull,
            score=value,
            attributable_share=Decimal("0.7"),
            notes=(("between-employee sd", "3.1"),),
        ),
        level=3,
        flagged=False,
    )
