"""Results of scoring runs: one row per employee and indicator, an estimate's figures or an absence's reason."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from appraise.domain.changes import Unshrunk
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Money, Scorecard
from appraise.storage import composites, standings
from appraise.storage.database import Session
from appraise.storage.documents import evidence_document, evidence_from, working_document, working_from
from appraise.storage.tables import SCORECARDS

NUMBERS = (
    "value",
    "lower",
    "upper",
    "lower_90",
    "upper_90",
    "expected",
    "unshrunk",
    "standard_error",
    "reliability",
    "probability_better",
    "consequence",
    "level",
    "flagged",
)
RESULT = [column.name for column in SCORECARDS.columns if column.name not in {"run_id", "employee_id", "position"}]


def add(session: Session, run: RunId, scorecards: Sequence[Scorecard]) -> None:
    rows = [
        {"run_id": run, "employee_id": scorecard.employee, "position": position, **columns_of(result)}
        for scorecard in scorecards
        for position, result in enumerate(scorecard.results)
    ]
    if rows:
        session.execute(insert(SCORECARDS), rows)
    composites.add(session, run, scorecards)
    standings.add(session, run, scorecards)


def of(session: Session, run: RunId, employee: EmployeeId) -> dict[IndicatorKey, Estimate | Absence]:
    table = SCORECARDS.c
    statement = select(SCORECARDS).where(table.run_id == run, table.employee_id == employee).order_by(table.position)
    return {IndicatorKey(row.indicator): result_from(row) for row in session.execute(statement)}


def of_run(session: Session, run: RunId) -> tuple[Scorecard, ...]:
    """All scorecards of a run by employee, for comparison with a repeated run."""
    table = SCORECARDS.c
    statement = select(SCORECARDS).where(table.run_id == run).order_by(table.employee_id, table.position)
    found: dict[EmployeeId, list[Estimate | Absence]] = defaultdict(list)
    for row in session.execute(statement):
        found[EmployeeId(row.employee_id)].append(result_from(row))
    together = composites.of_run(session, run)
    return tuple(Scorecard(employee, tuple(results), together.get(employee)) for employee, results in found.items())


def unshrunk_of_run(session: Session, run: RunId) -> dict[IndicatorKey, dict[EmployeeId, Unshrunk | Absence]]:
    """What comparing two runs needs of everybody's results, without the documents that take time to read."""
    table = SCORECARDS.c
    columns = (table.employee_id, table.indicator, table.unshrunk, table.standard_error)
    statement = select(*columns, table.absence_kind, table.absence_reason).where(table.run_id == run)
    found: dict[IndicatorKey, dict[EmployeeId, Unshrunk | Absence]] = defaultdict(dict)
    for employee, indicator, value, error, kind, reason in session.execute(statement):
        key = IndicatorKey(indicator)
        absence = None if kind is None else Absence(key, AbsenceKind(kind), reason)
        found[key][EmployeeId(employee)] = absence or Unshrunk(value, error)
    return found


def result_from(row: Any) -> Estimate | Absence:
    """The result in a row that carries the columns of `scorecards`."""
    indicator = IndicatorKey(row.indicator)
    evidence = None if row.evidence is None else evidence_from(row.evidence)
    if row.absence_kind is not None:
        return Absence(indicator, AbsenceKind(row.absence_kind), row.absence_reason, evidence)
    if evidence is None:
        message = f"the stored estimate of {indicator} has no evidence"
        raise ValueError(message)
    money = None
    if row.money_currency is not None:
        money = Money(row.money_amount, row.money_lower, row.money_upper, row.money_currency, row.money_foretold)
    numbers = {name: getattr(row, name) for name in NUMBERS}
    return Estimate(indicator=indicator, evidence=evidence, working=working_from(row.working), money=money, **numbers)


def document(result: Estimate | Absence) -> dict[str, Any]:
    """All of a result as plain values, for hashing."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in columns_of(result).items()}


def columns_of(result: Estimate | Absence) -> dict[str, Any]:
    """All columns of a result: every row of one insertion must name the same."""
    evidence = None if result.evidence is None else evidence_document(result.evidence)
    if isinstance(result, Absence):
        absent = {"absence_kind": result.kind.value, "absence_reason": result.reason}
        return {**dict.fromkeys(RESULT), "indicator": result.indicator, **absent, "evidence": evidence}
    money = result.money
    return {
        **dict.fromkeys(RESULT),
        "indicator": result.indicator,
        **{name: getattr(result, name) for name in NUMBERS},
        "money_amount": money and money.amount,
        "money_lower": money and money.lower,
        "money_upper": money and money.upper,
        "money_currency": money and money.currency,
        "money_foretold": money and money.foretold,
        "evidence": evidence,
        "working": working_document(result.working),
    }
