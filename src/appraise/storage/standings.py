"""Where employees stand in the lists of a scoring run: apart from the results, as fewer may see it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select

from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.scorecards import Scorecard
from appraise.domain.standings import Standing, Tier
from appraise.storage.database import Session
from appraise.storage.tables import STANDINGS

NUMBERS = ("listed", "lower_90", "upper_90", "percentile", "rank")
FIGURES = (*NUMBERS, "tier")


def add(session: Session, run: RunId, scorecards: Iterable[Scorecard]) -> None:
    rows = [
        {
            "run_id": run,
            "employee_id": scorecard.employee,
            "indicator": indicator,
            **columns_of(standing),
        }
        for scorecard in scorecards
        for indicator, standing in scorecard.standings
    ]
    if rows:
        session.execute(insert(STANDINGS), rows)


def columns_of(standing: Standing) -> dict[str, Any]:
    tier = None if standing.tier is None else standing.tier.value
    return {**{name: getattr(standing, name) for name in NUMBERS}, "tier": tier}


def of(session: Session, run: RunId, employee: EmployeeId) -> dict[IndicatorKey, Standing]:
    """By indicator; COMPOSITE stands for all of them together."""
    table = STANDINGS.c
    rows = session.execute(select(STANDINGS).where(table.run_id == run, table.employee_id == employee))
    return {
        IndicatorKey(row.indicator): Standing(
            **{name: getattr(row, name) for name in NUMBERS}, tier=None if row.tier is None else Tier(row.tier)
        )
        for row in rows
    }
