"""What customers' histories foretell: how often they buy (BG/NBD) and for how much (Gamma–Gamma)."""

import math
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa

from appraise.scoring.arrays import FloatArray, IntArray, fetched, floats, whole
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import Prepared
from appraise.statistics import bg_nbd, gamma_gamma, nbd
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.gamma_gamma import GammaGamma
from appraise.statistics.nbd import BuyingLimit

Buying = BgNbd | BuyingLimit

DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
_PACKED = ("recency", "age", "week")
_MOST_WEEKS = 2**14
"""Three centuries: histories are told apart by one number, in which each of these has a place."""
_BINS = 100.0
"""Mean values are taken to one per cent before they are counted, which leaves few distinct ones to fit."""


@dataclass(frozen=True, slots=True)
class BuyingModel:
    """Fitted to customers as they stood when the cycle began; weeks and minor units.

    `unit` is the mean value of a day with a purchase, `discount` the force of interest per day.
    """

    buying: Buying
    value: GammaGamma
    unit: float
    discount: float

    @property
    def name(self) -> str:
        match self.buying:
            case BuyingLimit(name=name):
                return name
            case BgNbd(mbg=mbg):
                return "MBG/NBD" if mbg else "BG/NBD"


def fit_buying(before: ibis.Table, prepared: Prepared, *, annual_discount: float) -> BuyingModel:
    """Learn from what customers had bought `before` the cycle, and from nothing later.

    Raises `NotEnough` with too few customers; a fit without an interior maximum raises when it is asked to predict.
    """
    by_customer = before.filter(before.days_bought > 0)
    start = ibis.literal(prepared.start // SECONDS_PER_DAY, type="int64")
    known = with_history(by_customer, start).cache()
    histories = fetched(
        known.group_by("frequency", "recency", "age").agg(n=known.count()), order_by=["frequency", "recency", "age"]
    )
    buying = _buying_model(*(floats(histories, name) for name in ("frequency", "recency", "age", "n")))
    mean = known.spent / known.days_bought
    binned = known.mutate(bin=(mean.ln() * _BINS).round().cast("int64"))
    values = fetched(binned.group_by("days_bought", "bin").agg(n=binned.count()), order_by=["days_bought", "bin"])
    value = gamma_gamma.fit(floats(values, "days_bought"), np.exp(floats(values, "bin") / _BINS), floats(values, "n"))
    totals = known.agg(spent=known.spent.sum(), days=known.days_bought.sum()).to_pyarrow()
    unit = float(totals["spent"][0].as_py()) / float(totals["days"][0].as_py())
    return BuyingModel(buying, value, unit, force_of_interest(annual_discount))


def _buying_model(frequency: FloatArray, recency: FloatArray, age: FloatArray, number: FloatArray) -> Buying:
    """BG/NBD or MBG/NBD, whichever is likelier; where neither has an interior maximum, the end that they tend to.

    In MBG/NBD customers may be gone after their first purchase. Where leaving is rare for the length of the history
    the end is NBD; where customers do not differ more than chance makes them, it has one rate, or one chance, for all.
    """
    fits = [bg_nbd.fit(frequency, recency, age, number, mbg=mbg) for mbg in (False, True)]
    best = max(fits, key=lambda fit: (fit.converged, fit.log_likelihood))
    return best if best.converged else nbd.likeliest(frequency, recency, age, number)


def force_of_interest(annual_discount: float) -> float:
    """Per day."""
    return math.log1p(annual_discount) / DAYS_PER_YEAR


def with_history(table: ibis.Table, day: ibis.Value) -> ibis.Table:
    """`frequency`, `recency` and `age` in whole weeks on `day`, from `days_bought`, `first_day` and `last_day`.

    Rounded so that the last purchase is not after the end of observation, and recency is 0 exactly without repeats.
    """
    repeats = table.days_bought - 1
    recency = ibis.cases((repeats > 0, ibis.greatest(_weeks(table.last_day - table.first_day), 1)), else_=0)
    age = ibis.greatest(_weeks(day - table.first_day), recency)
    return table.mutate(frequency=repeats, recency=recency.cast("int64"), age=age.cast("int64"))


def foretold_visits(spells: ibis.Table, model: BuyingModel) -> ibis.Table:
    """`visits`: days with a purchase, later ones discounted, that the history foretells for the spell's length.

    The expectation is computed for distinct histories and whole weeks and runs straight between them.
    """
    weeks = (spells.until - spells["at"]) / float(SECONDS_PER_DAY * DAYS_PER_WEEK)
    timed = spells.mutate(week=weeks.floor().cast("int64"), part=weeks - weeks.floor())
    packed = timed.frequency.cast("int64")
    for name in _PACKED:
        packed = packed * _MOST_WEEKS + timed[name]
    timed = timed.mutate(packed=packed)
    key = whole(fetched(timed.select("packed").distinct(), order_by=["packed"]), "packed")
    frequency, recency, age, week = (part.astype(np.float64) for part in _unpacked(key))
    at_start, at_end = (_discounted(model, end, [frequency, recency, age]) for end in (week, week + 1.0))
    expected = ibis.memtable(pa.table({"packed": key, "at_start": at_start, "gained": at_end - at_start}))
    joined = timed.inner_join(expected, "packed")
    return joined.mutate(visits=joined.at_start + joined.part * joined.gained).drop(
        "at_start", "gained", "week", "part", "packed"
    )


def _unpacked(key: IntArray) -> list[IntArray]:
    parts = []
    for _ in _PACKED:
        key, last = np.divmod(key, _MOST_WEEKS)
        parts.append(last)
    return [key, *reversed(parts)]


def foretold_value(spells: ibis.Table, model: BuyingModel) -> ibis.Value:
    """Expected value of a day with a purchase, given how many there were and what they came to: in units.

    Raises `NotConverged` where the value model has no interior maximum or no finite mean.
    """
    model.value.expected_value(1.0, 1.0)  # raises for a fit that cannot predict; here its formula runs in the engine
    if model.value.mean is not None:
        return ibis.literal(model.value.mean / model.unit)
    p, q, v = model.value.p, model.value.q, model.value.v
    return p * (v + spells.spent.cast("float64")) / (p * spells.days_bought.cast("float64") + q - 1.0) / model.unit


def _discounted(model: BuyingModel, weeks: FloatArray, history: list[FloatArray]) -> FloatArray:
    # At the mean time of the purchases, the middle of the stretch: exact to the second order of a few per cent.
    return model.buying.expected_purchases(weeks, *history) * np.exp(-model.discount * DAYS_PER_WEEK * weeks / 2.0)


def _weeks(days: ibis.Value) -> ibis.Value:
    return (2 * days + DAYS_PER_WEEK) // (2 * DAYS_PER_WEEK)
