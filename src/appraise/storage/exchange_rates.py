"""Exchange rates as they were after each import: every sheet holds what it changed."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.scorecards import Manifest
from appraise.storage.database import BATCH, Session
from appraise.storage.tables import EXCHANGE_RATES, RATE_SHEETS

SHEETS = RATE_SHEETS.c
RATES = EXCHANGE_RATES.c


def latest(session: Session) -> ExchangeRates | None:
    row = session.execute(select(RATE_SHEETS).order_by(SHEETS.number.desc()).limit(1)).first()
    return None if row is None else _rates(session, row)


def named(session: Session, manifest: Manifest) -> ExchangeRates | None:
    """Those that a manifest names; None where it names none, or they were not kept."""
    row = session.execute(select(RATE_SHEETS).where(SHEETS.hash == manifest.rates_hash).limit(1)).first()
    return None if row is None else _rates(session, row)


def of_base(session: Session, base: str, reporting: str) -> ExchangeRates:
    """All that were ever imported with this base, each rate as it was told last."""
    last = select(SHEETS.number).order_by(SHEETS.number.desc()).limit(1)
    return _known(session, base, reporting, session.scalar(last) or 0)


def add(
    session: Session, rates: ExchangeRates, changed: Iterable[tuple[str, date, Decimal]], *, file: str, at: datetime
) -> None:
    """`rates` are all of them afterwards, `changed` what the sheet holds: currency, day, rate."""
    number = (session.scalar(select(SHEETS.number).order_by(SHEETS.number.desc()).limit(1)) or 0) + 1
    sheet = {"number": number, "base": rates.base, "reporting": rates.reporting, "hash": rates.hash}
    session.execute(insert(RATE_SHEETS), {**sheet, "file": file, "imported_at": at})
    rows = [{"sheet": number, "day": day, "currency": name, "rate": str(rate)} for name, day, rate in changed]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(EXCHANGE_RATES), rows[start : start + BATCH])


def _rates(session: Session, sheet: Any) -> ExchangeRates:
    return _known(session, sheet.base, sheet.reporting, sheet.number)


def _known(session: Session, base: str, reporting: str, until: int) -> ExchangeRates:
    statement = (
        select(RATES.currency, RATES.day, RATES.rate)
        .join(RATE_SHEETS, SHEETS.number == RATES.sheet)
        .where(SHEETS.base == base, RATES.sheet <= until)
        .order_by(RATES.sheet)
    )
    known: dict[str, dict[date, Decimal]] = {}
    for currency, day, rate in session.execute(statement):
        known.setdefault(currency, {})[day] = Decimal(rate)
    return ExchangeRates(base, reporting, {name: tuple(sorted(days.items())) for name, days in sorted(known.items())})
