"""The shop's side: what customers buy, at their own rate times what the employees who served them made of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import DAY, END, Columns, Floats, Integers, instants, words
from appraise.testing.company_contacts import Contacts, shared_effect
from appraise.testing.company_customers import SEGMENTS, VALUE_SHAPE, Customers
from appraise.testing.company_people import People

EFFECT_LASTS = 180 * DAY
_CANCELLED = 0.02
_REFUNDED = 0.04
_DISCOUNTED = 0.15

_GOODS = ("Lamp", "Kettle", "Backpack", "Notebook", "Headset", "Blanket", "Toolbox", "Scale", "Planter", "Clock")
_LINES = ("Aurora", "Brisa", "Çınar", "Dálmo", "Eikø", "Fjord")
_PRICES: Floats = np.geomspace(4.0, 400.0, len(_GOODS) * len(_LINES))
_CATALOGUE = tuple(f"{line} {goods}" for goods in _GOODS for line in _LINES)


@dataclass(frozen=True, slots=True)
class Purchases:
    """By customer and time; `amount` in cents before refunds."""

    customer: Integers
    time: Integers
    amount: Integers


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Pieces of customers' time in which the purchase rate is constant; effects are logarithms."""

    customer: Integers
    start: Integers
    stop: Integers
    repeat: Floats
    value: Floats


def draw_purchases(rng: np.random.Generator, contacts: Contacts, customers: Customers, people: People) -> Purchases:
    stretches = _stretches(contacts, customers, people)
    length = stretches.stop - stretches.start
    number = rng.poisson(customers.rate[stretches.customer] * np.exp(stretches.repeat) * length)
    of = np.repeat(np.arange(number.size), number)
    joining = np.flatnonzero(customers.buys_on_joining)
    customer = np.concatenate([stretches.customer[of], joining])
    moment = stretches.start[of] + (rng.random(of.size) * length[of]).astype(np.int64)
    time = np.concatenate([moment, customers.joined[joining]])
    boost = np.concatenate([np.exp(stretches.value[of]), np.ones(joining.size)])
    order = np.lexsort((time, customer))
    customer, time, boost = customer[order], time[order], boost[order]
    first = np.searchsorted(customer, customer, side="left")
    alive = np.arange(customer.size) - first <= customers.lifetime[customer]
    customer, time, boost = customer[alive], time[alive], boost[alive]
    euros = customers.mean_order[customer] * boost * rng.gamma(VALUE_SHAPE, 1 / VALUE_SHAPE, customer.size)
    return Purchases(customer, time, np.maximum(np.rint(100 * euros), 300).astype(np.int64))


def _stretches(contacts: Contacts, customers: Customers, people: People) -> _Stretches:
    """Each contact governs the time to the customer's next contact, at most `EFFECT_LASTS`; the rest is nobody's."""
    count = customers.keys.size
    change = np.diff(contacts.customer) != 0
    ends = np.ones(1, dtype=np.bool_)
    following = np.where(np.append(change, ends), END, np.append(contacts.time[1:], END))
    faded = np.minimum(following, contacts.time + EFFECT_LASTS)
    first = np.flatnonzero(np.append(ends, change))
    before = np.full(count, END, dtype=np.int64)
    before[contacts.customer[first]] = contacts.time[first]
    nothing = np.zeros(count + contacts.time.size)
    return _Stretches(
        customer=np.concatenate([contacts.customer, np.arange(count), contacts.customer]),
        start=np.concatenate([contacts.time, customers.joined, faded]),
        stop=np.concatenate([faded, before, following]),
        repeat=np.concatenate([shared_effect(contacts, people.repeat), nothing]),
        value=np.concatenate([shared_effect(contacts, people.value), nothing]),
    )


def order_lists(rng: np.random.Generator, purchases: Purchases, customers: Customers) -> tuple[Columns, Columns]:
    """Orders by time, and their lines: Σ quantity · price − discount = total, to the cent."""
    order = np.lexsort((purchases.customer, purchases.time))
    customer, time, total = purchases.customer[order], purchases.time[order], purchases.amount[order]
    count = total.size
    fate = rng.random(count)
    cancelled = (fate < _CANCELLED) & (time + DAY < END)
    returned = (fate >= _CANCELLED) & (fate < _CANCELLED + _REFUNDED)
    partly = rng.random(count) < 0.5  # noqa: PLR2004  # every other refund is for a part
    part = np.where(partly, (total * (0.2 + 0.6 * rng.random(count))).astype(np.int64), total)
    discount = np.where(rng.random(count) < _DISCOUNTED, np.rint(total * 0.1), 0).astype(np.int64)
    status = np.where(cancelled, 3, np.where(returned, np.where(partly, 1, 2), 0))
    numbers = np.array([str(number) for number in range(100_001, 100_001 + count)], dtype=object)
    orders: Columns = {
        "order": numbers,
        "customer": customers.keys[customer],
        "created_at": instants(time),
        "total": total,
        "discount": discount,
        "refunded": np.where(returned, part, 0),
        "cancelled_at": instants(time + (rng.random(count) * DAY).astype(np.int64), known=cancelled),
        "financial_status": words(status, ("paid", "partially_refunded", "refunded", "voided")),
        "currency": np.full(count, "EUR", dtype=object),
        "tags": words(customers.segment[customer], SEGMENTS),
    }
    return orders, _order_lines(rng, numbers, total + discount)


def _order_lines(rng: np.random.Generator, numbers: npt.NDArray[np.object_], gross: Integers) -> Columns:
    """One to three lines an order; the last one, a single piece, takes the cents that the others leave."""
    number = np.minimum(rng.geometric(0.6, gross.size), 3)
    of = np.repeat(np.arange(gross.size), number)
    last = np.append(np.diff(of) != 0, np.ones(1, dtype=np.bool_))
    quantity = np.where(last, 1, np.where(rng.random(of.size) < 0.2, 2, 1))  # noqa: PLR2004  # one line in five
    share = 0.2 + 0.2 * rng.random(of.size)
    price = np.where(last, 0, (share * gross[of] / quantity).astype(np.int64))
    rest = gross - np.bincount(of, weights=price * quantity, minlength=gross.size).astype(np.int64)
    price[last] = rest
    article = np.clip(np.searchsorted(100 * _PRICES, price), 0, _PRICES.size - 1)
    return {
        "order": numbers[of],
        "sku": words(article, tuple(f"NL-{1000 + 7 * a}" for a in range(_PRICES.size))),
        "name": words(article, _CATALOGUE),
        "quantity": quantity,
        "price": price,
    }
