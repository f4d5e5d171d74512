"""The customers: who they are, since when, how often and how much they buy on their own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import CYCLE_END, DAY, YEAR, Columns, Floats, Integers, seconds_at, words
from appraise.testing.company_names import FAMILY, GIVEN, draw_names, email_addresses

SEGMENTS = ("consumer", "business", "premium")
_SEGMENT_SHARES = (0.60, 0.28, 0.12)
_REGIONS = ("north", "south", "east", "west", "islands")
_REGION_SHARES = (0.3, 0.25, 0.2, 0.2, 0.05)

PURCHASES_A_YEAR: Floats = np.array([1.9, 1.4, 0.9])
"""Mean purchase rate by segment. The rate of one customer is gamma with this mean and the shape below."""
_RATE_SHAPE = 25.0
"""A coefficient of variation of .2, .3 over all segments: so mild that the selection of frequent buyers inside a
stratum hides little of an employee's effect (see `appraise.testing.company`)."""

_MEAN_ORDER: Floats = np.array([60.0, 95.0, 130.0])
VALUE_SHAPE = 6.0
"""Shape of one customer's order values around the customer's mean, and (below) of the means among customers:
the gamma-gamma model."""
_MEAN_SHAPE = 6.0

_DROPOUT: tuple[float, float] = (0.2, 1.3)
"""Beta law of the chance that a repeat purchase is the customer's last, BG/NBD's second half. Few customers make up
most of it: with less spread among them a year of purchases does not determine the law, and the fit has no maximum."""

_FIRST_QUARTER_SHARE = 0.5
_BUYS_ON_JOINING = 0.7


@dataclass(frozen=True, slots=True)
class Customers:
    """Rates and the law of leaving, which nobody sees: `joined` in seconds, `rate` purchases per second.

    `mean_order` in euros; `lifetime` repeat purchases until the customer leaves; `buys_on_joining`: the first purchase
    is on `joined`, the others find their first one at their own rate.
    """

    keys: npt.NDArray[np.object_]
    segment: Integers
    joined: Integers
    rate: Floats
    mean_order: Floats
    lifetime: Integers
    buys_on_joining: npt.NDArray[np.bool_]


def draw_customers(rng: np.random.Generator, count: int) -> Customers:
    segment = rng.choice(3, size=count, p=_SEGMENT_SHARES).astype(np.int64)
    early = rng.random(count) < _FIRST_QUARTER_SHARE
    span = np.where(early, 90 * DAY, seconds_at(CYCLE_END) - 30 * DAY)
    return Customers(
        keys=np.array([f"C{number:06d}" for number in range(1, count + 1)], dtype=object),
        segment=segment,
        joined=(rng.random(count) * span).astype(np.int64),
        rate=PURCHASES_A_YEAR[segment] * rng.gamma(_RATE_SHAPE, 1 / _RATE_SHAPE, count) / YEAR,
        mean_order=_MEAN_ORDER[segment] * (_MEAN_SHAPE - 1) / rng.gamma(_MEAN_SHAPE, 1.0, count),
        lifetime=rng.geometric(np.maximum(rng.beta(*_DROPOUT, count), 1e-6)).astype(np.int64),
        buys_on_joining=rng.random(count) < _BUYS_ON_JOINING,
    )


def customer_list(rng: np.random.Generator, customers: Customers) -> Columns:
    count = customers.keys.size
    given, family = draw_names(rng, count)
    names = [f"{GIVEN[g][0]} {FAMILY[f][0]}" for g, f in zip(given.tolist(), family.tolist(), strict=True)]
    return {
        "customer": customers.keys,
        "name": np.array(names, dtype=object),
        "email": email_addresses(given, family, host="mail.example", numbered=True),
        "segment": words(customers.segment, SEGMENTS),
        "region": words(rng.choice(5, size=count, p=_REGION_SHARES).astype(np.int64), _REGIONS),
    }
