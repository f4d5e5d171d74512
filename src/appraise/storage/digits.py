"""Figures as text, digit for digit, by where they stand: of a stored run as it lies in the database, and of a result.

Nothing is read into values of the domain on the way: a stored figure that no value could hold must show as well.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Text, cast, select

from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import COMPOSITE
from appraise.domain.scorecards import ScoringResult
from appraise.storage import composites, scorecards, standings
from appraise.storage.database import Session
from appraise.storage.documents import coverage_document, summary_document
from appraise.storage.tables import COMPOSITES, SCORECARDS, SCORING_RUNS, STANDINGS
from appraise.storage.tables.columns import Exact

Subject = tuple[EmployeeId | None, IndicatorKey]
"""Whose figures on what; None for what a run says of an indicator as a whole."""
Digits = dict[Subject, dict[str, str]]
"""By subject, the text of every figure by its name; what is not there has no name."""

_COLUMNS: Final = [
    cast(column, Text).label(column.name) if isinstance(column.type, Exact) else column
    for column in SCORECARDS.columns
    if column.name in scorecards.RESULT
]
_PLACES: Final = [
    cast(column, Text).label(column.name) if isinstance(column.type, Exact) else column
    for column in (STANDINGS.c[name] for name in ("indicator", *standings.FIGURES))
]
STANDING, FLAGS = "standing", "flags"


def stored(session: Session, run: RunId) -> Digits:
    """Of a finished run."""
    results = select(SCORECARDS.c.employee_id, *_COLUMNS).where(SCORECARDS.c.run_id == run)
    found: Digits = {}
    for row in session.execute(results):
        _, *figures = row
        columns = {column.name: value for column, value in zip(_COLUMNS, figures, strict=True)}
        found[EmployeeId(row.employee_id), IndicatorKey(row.indicator)] = _figures(columns)
    together = select(COMPOSITES.c.employee_id, COMPOSITES.c.document).where(COMPOSITES.c.run_id == run)
    for employee, document in session.execute(together):
        found[EmployeeId(employee), COMPOSITE] = _figures(document)
    places = select(STANDINGS.c.employee_id, *_PLACES).where(STANDINGS.c.run_id == run)
    for employee, indicator, *figures in session.execute(places):
        columns = {column.name: value for column, value in zip(_PLACES[1:], figures, strict=True)}
        # Of a result that is not there any more the whole is missing, and that is told.
        found.get((EmployeeId(employee), IndicatorKey(indicator)), {}).update(_leaves(columns, STANDING))
    whole = select(SCORING_RUNS.c.coverage, SCORING_RUNS.c.summary).where(SCORING_RUNS.c.id == run)
    coverage, summary = session.execute(whole).one()
    return {**found, **_of_the_run(coverage, summary)}


def computed(result: ScoringResult) -> Digits:
    """Of a result that was not stored."""
    found: Digits = {}
    for card in result.scorecards:
        for one in card.results:
            found[card.employee, one.indicator] = _figures(scorecards.columns_of(one))
        if card.composite is not None:
            found[card.employee, COMPOSITE] = _figures(composites.document_of(card.composite))
        for indicator, standing in card.standings:
            found.setdefault((card.employee, indicator), {}).update(_leaves(standings.columns_of(standing), STANDING))
    summary = None if result.summary is None else summary_document(result.summary)
    return {**found, **_of_the_run(coverage_document(result.coverage), summary)}


def _of_the_run(coverage: list[dict[str, Any]], summary: dict[str, Any] | None) -> Digits:
    """Coverage and flags by indicator; runs before there were flags have no `summary`."""
    found: Digits = {(None, IndicatorKey(part["indicator"])): _figures(part) for part in coverage}
    for flags in summary["flags"] if summary else []:
        found.setdefault((None, IndicatorKey(flags["indicator"])), {}).update(
            _leaves({name: value for name, value in flags.items() if name != "indicator"}, FLAGS)
        )
    return found


def _figures(columns: dict[str, Any]) -> dict[str, str]:
    return dict(_leaves({name: value for name, value in columns.items() if name != "indicator"}, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case dict():
            for name, inner in value.items():
                yield from _leaves(inner, f"{path}.{name}" if path else name)
        case list():
            names = [one[0] if isinstance(one, list) and len(one) == _PAIR else None for one in value]
            named = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
            for position, inner in enumerate(value):
                yield from _leaves(inner[1] if named else inner, f"{path}.{names[position] if named else position}")
        case _:
            yield path, _text(value)


_PAIR: Final = 2


def _text(value: Any) -> str:
    if isinstance(value, bool | int):
        return str(value)
    try:
        return f"{Decimal(value):f}"
    except InvalidOperation:
        return str(value)
