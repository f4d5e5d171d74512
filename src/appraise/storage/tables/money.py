"""Tables of exchange rates: what each import of a file of them changed."""

from datetime import date, datetime

from sqlmodel import Field

from appraise.storage.tables.columns import Instant, Key, Record


class RateSheetRow(Record, table=True):
    """The rates after an import: those of all sheets of the same base up to this one; `hash` is that of them all."""

    __tablename__ = "rate_sheets"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    base: str = Field(sa_type=Key)
    reporting: str = Field(sa_type=Key)
    hash: str = Field(sa_type=Key, index=True)
    file: str
    imported_at: datetime = Field(sa_type=Instant)


class ExchangeRateRow(Record, table=True):
    """A rate that was new or another than before; `rate` is the number's own digits."""

    __tablename__ = "exchange_rates"

    sheet: int = Field(primary_key=True, foreign_key="rate_sheets.number")
    day: date = Field(primary_key=True)
    currency: str = Field(primary_key=True, sa_type=Key)
    rate: str
