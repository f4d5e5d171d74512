"""Exchange rates by day, to the currency in which an organisation tells money."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from appraise.domain.canonical import canonical, sha256
from appraise.domain.money import MINOR_DIGITS

NEAR_DAYS: Final = 7
"""The last rate counts for so many days after its own: markets rest for four or five at Easter and Christmas."""
PLACES: Final = 15
"""Decimal places of a factor."""
LARGEST: Final = 10**5
"""Minor units of one currency for one of another: thirty times what any two have been worth side by side."""


@dataclass(frozen=True, slots=True)
class ExchangeRates:
    """Units of each currency for one unit of `base`, by day, the first day first; money is told in `reporting`."""

    base: str
    reporting: str
    by_currency: Mapping[str, tuple[tuple[date, Decimal], ...]]

    def factor(self, currency: str, day: date) -> Decimal | None:
        """Minor units of the reporting currency for a minor unit of another; both rates are the last up to the day.

        Rounded up in its last place, so that no product that is half a minor unit falls short of it.
        None where one of them is more than `NEAR_DAYS` older, or the two are so far apart that a file must be wrong.
        """
        own, wanted = self._rate(currency, day), self._rate(self.reporting, day)
        if own is None or wanted is None:
            return None
        scale = MINOR_DIGITS[self.reporting] - MINOR_DIGITS[currency]
        factor = (wanted / own).scaleb(scale).quantize(Decimal(1).scaleb(-PLACES), ROUND_CEILING)
        return factor if factor < LARGEST else None

    @property
    def hash(self) -> str:
        """SHA-256 of all rates in canonical JSON."""
        rates = {
            currency: [[day.isoformat(), str(rate)] for day, rate in days]
            for currency, days in self.by_currency.items()
            if days
        }
        return sha256(canonical({"base": self.base, "reporting": self.reporting, "rates": rates}))

    def _rate(self, currency: str, day: date) -> Decimal | None:
        if currency == self.base:
            return Decimal(1)
        days = self.by_currency.get(currency, ())
        place = bisect_right(days, day, key=lambda one: one[0])
        if place == 0 or days[place - 1][0] < day - timedelta(days=NEAR_DAYS):
            return None
        return days[place - 1][1]
