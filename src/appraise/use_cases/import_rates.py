"""Take exchange rates by day from a file such as the European Central Bank's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from appraise.adapters.archives import unpacked
from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect, read_header, read_rows
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.money import MINOR_DIGITS
from appraise.errors import InvalidInput, Place
from appraise.storage import audit, exchange_rates
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import OPERATOR
from appraise.use_cases.transactions import committed

DAY: Final = "date"
NOTHING: Final = {"", "N/A", "n/a", "-"}
LARGEST: Final = Decimal(10**8)
LAYOUT: Final = "a column Date and one for each currency, named as in ISO 4217: `Date,USD,JPY`"


@dataclass(frozen=True, slots=True)
class RatesReport:
    """`rates` are all that are known afterwards; `new` days and currencies had no rate before, `changed` another."""

    file: str
    rates: ExchangeRates
    read: int
    new: int
    changed: int


def import_rates(
    deployment: Deployment, path: Path, *, base: str, reporting: str, at: datetime, actor: str = OPERATOR
) -> RatesReport:
    """Rates are units of each currency for one of `base`. What was known of other days and currencies stays.

    Raises `InvalidInput` for a file of another form, with the place: no rate of a file is taken where one is unfit.
    """
    for code in (base, reporting):
        if code not in MINOR_DIGITS:
            raise InvalidInput(f"{code!r} is no currency", expected="a code of ISO 4217, e.g. EUR")
    if not path.is_file():
        raise InvalidInput(f"there is no file {path}", hint="check the path; a directory is not read")
    with unpacked(path) as table:
        found = dict(_read(table, base, today=at.date()))
    if reporting != base and reporting not in {currency for currency, _ in found}:
        raise InvalidInput(
            f"{path.name} has no rates of {reporting}, in which money is to be told",
            expected=f"a column {reporting}, or --reporting {base}",
            place=Place(path.name, 1),
        )

    def work(session: Session) -> RatesReport:
        lock(session, "exchange rates")
        before = exchange_rates.of_base(session, base, reporting)
        known = {(currency, day): rate for currency, days in before.by_currency.items() for day, rate in days}
        fresh = [(*key, rate) for key, rate in sorted(found.items()) if known.get(key) != rate]
        after = _together(base, reporting, known | found)
        last = exchange_rates.latest(session)
        if last is None or last.hash != after.hash:
            exchange_rates.add(session, after, fresh, file=path.name, at=at)
            details = [("base", base), ("reporting", reporting), ("rates", after.hash), ("changed", str(len(fresh)))]
            audit.append(session, at=at, actor=actor, action="rates.import", subject="rates", details=details)
        new = sum((currency, day) not in known for currency, day, _ in fresh)
        return RatesReport(path.name, after, len(found), new, len(fresh) - new)

    return committed(deployment, work)


def _together(base: str, reporting: str, rates: dict[tuple[str, date], Decimal]) -> ExchangeRates:
    by_currency: dict[str, list[tuple[date, Decimal]]] = {}
    for (currency, day), rate in sorted(rates.items()):
        by_currency.setdefault(currency, []).append((day, rate))
    return ExchangeRates(base, reporting, {name: tuple(days) for name, days in by_currency.items()})


def _read(path: Path, base: str, *, today: date) -> Iterator[tuple[tuple[str, date], Decimal]]:
    shape = detect(path, FileShape())
    header = read_header(path, shape)
    day_column = next((name for name in header if name.casefold() == DAY), None)
    currencies = {name: name.upper() for name in header if name.upper() in MINOR_DIGITS}
    others = [name for name in header if name not in {day_column, *currencies} and not name.startswith("column_")]
    if day_column is None or not currencies or others or base in currencies.values():
        wrong = f"; {', '.join(others)} is none" if others else ""
        raise InvalidInput(
            f"{path.name} is no table of exchange rates by day{wrong}",
            expected=f"{LAYOUT}, and none for {base}, of which one unit is told",
            place=Place(path.name, 1),
        )
    rows: dict[date, int] = {}
    for number, row in read_rows(path, shape):
        day = _day(row[day_column], Place(path.name, number, day_column), today)
        if day in rows:
            raise InvalidInput(
                f"the day {day} is told twice, in row {rows[day]} too", place=Place(path.name, number, day_column)
            )
        rows[day] = number
        for name, currency in currencies.items():
            if (text := row[name].strip()) not in NOTHING:
                yield (currency, day), _rate(text, Place(path.name, number, name))
    if not rows:
        raise InvalidInput(f"{path.name} holds no day", expected=LAYOUT, place=Place(path.name))


def _day(text: str, place: Place, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"{text!r} is no day", expected="as 2026-01-31", place=place) from None
    if day > today:
        raise InvalidInput(f"the day {day} is yet to come", expected="rates that were", place=place)
    return day


def _rate(text: str, place: Place) -> Decimal:
    expected = "a number above 0 with a point for decimals, N/A where there is none"
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"{text!r} is no rate", expected=expected, place=place) from None
    if not rate.is_finite() or not 0 < rate < LARGEST or "_" in text:
        raise InvalidInput(f"{text!r} is no rate", expected=expected, place=place)
    return rate.normalize()
