"""The contacts: when customers come, with what, who serves them, and how shared credit adds up to an effect."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from appraise.testing.company_calendar import (
    DAY,
    END,
    MONTH_STARTS,
    YEAR,
    Booleans,
    Floats,
    Integers,
    month_of,
)
from appraise.testing.company_customers import PURCHASES_A_YEAR, Customers
from appraise.testing.company_people import SD_REPEAT, SD_SATISFACTION, People

CHANNELS = ("email", "phone", "chat", "web")
TOPICS = ("product", "delivery", "billing", "returns", "fault", "complaint")
_CHANNEL_SHARES = (0.40, 0.25, 0.25, 0.10)
_TOPIC_SHARES = (0.22, 0.24, 0.16, 0.16, 0.13, 0.09)

# Share of good answers of an average employee: base + channel + topic + segment, about .78 over all contacts.
BASE = 0.83
CHANNEL_EFFECT: Floats = np.array([-0.02, -0.01, 0.0, -0.03])
TOPIC_EFFECT: Floats = np.array([0.0, -0.01, -0.02, -0.03, -0.06, -0.10])
SEGMENT_EFFECT: Floats = np.array([0.0, -0.01, -0.03])

_TILT_CASES = 0.6
_TILT_SEGMENTS = 0.5
"""How strongly better employees get harder cases and rarer buyers: log-odds per standard deviation of each."""

_BALANCING_ROUNDS = 30

_FOLLOWED_UP = 0.16
_TRANSFERRED = 0.06
_UNKNOWN_SHARE = 0.02
NOBODY = -1
"""The agent of a contact with somebody whom the HRIS does not know."""

WINDOW = 90 * DAY
HALF_LIFE = 14 * DAY


@dataclass(frozen=True, slots=True)
class Contacts:
    """One row per contact, by customer and time; `customer` and `agent` are positions, `agent` may be `NOBODY`."""

    customer: Integers
    time: Integers
    segment: Integers
    channel: Integers
    topic: Integers
    agent: Integers
    transferred: Booleans

    @property
    def cell(self) -> Integers:
        return (self.segment * len(CHANNELS) + self.channel) * len(TOPICS) + self.topic


def draw_contacts(rng: np.random.Generator, customers: Customers, people: People, *, a_year: float) -> Contacts:
    customer, time = _arrivals(rng, customers, a_year=a_year)
    count = customer.size
    channel = rng.choice(len(CHANNELS), size=count, p=_CHANNEL_SHARES).astype(np.int64)
    topic = rng.choice(len(TOPICS), size=count, p=_TOPIC_SHARES).astype(np.int64)
    second = rng.random(count)
    transferred = second < _TRANSFERRED
    later = np.flatnonzero(second < _TRANSFERRED + _FOLLOWED_UP)
    wait = np.where(transferred[later], 0.1 + 2.4 * rng.random(later.size), 0.5 + rng.exponential(9.0, later.size))
    same_topic = transferred[later] | (rng.random(later.size) < 0.5)  # noqa: PLR2004  # every other follow-up
    drawn_topic = rng.choice(len(TOPICS), size=later.size, p=_TOPIC_SHARES).astype(np.int64)
    every = Contacts(
        customer=np.concatenate([customer, customer[later]]),
        time=np.concatenate([time, time[later] + (wait * DAY).astype(np.int64)]),
        segment=customers.segment[np.concatenate([customer, customer[later]])],
        channel=np.concatenate([channel, channel[later]]),
        topic=np.concatenate([topic, np.where(same_topic, topic[later], drawn_topic)]),
        agent=np.full(count + later.size, NOBODY, dtype=np.int64),
        transferred=np.concatenate([transferred, transferred[later]]),
    )
    agent = _assigned(rng, every, people)
    origin = np.concatenate([np.arange(count), later])
    return _in_order(every, agent=agent, origin=origin)


def _arrivals(rng: np.random.Generator, customers: Customers, *, a_year: float) -> tuple[Integers, Integers]:
    """Poisson arrivals at a gamma rate per customer, independent of purchases; days kept, hours of service."""
    present = END - customers.joined
    rate = a_year * rng.gamma(3.0, 1 / 3.0, present.size) / YEAR
    customer = np.repeat(np.arange(present.size), rng.poisson(rate * present))
    time = customers.joined[customer] + (rng.random(customer.size) * present[customer]).astype(np.int64)
    hours = 7.0 + 14.0 * rng.beta(2.0, 2.5, customer.size)
    time = time // DAY * DAY + (hours * 3600).astype(np.int64)
    keep = (time >= customers.joined[customer]) & (time < END)
    return customer[keep], time[keep]


def _assigned(rng: np.random.Generator, contacts: Contacts, people: People) -> Integers:
    """Who serves: by month and case among those employed, better employees more often where it is hard."""
    share = _shares(contacts, people)
    group = month_of(contacts.time) * share.shape[0] + contacts.cell
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(MONTH_STARTS.size * share.shape[0] + 1))
    draw = rng.random(contacts.time.size)
    agent = np.full(contacts.time.size, NOBODY, dtype=np.int64)
    for number, (low, high) in enumerate(pairwise(edges.tolist())):
        month, cell = divmod(number, share.shape[0])
        start = MONTH_STARTS[month]
        cumulative = np.cumsum(share[cell] * ((people.start <= start) & (start < people.stop)))
        rows = order[low:high]
        agent[rows] = np.searchsorted(cumulative, draw[rows] * cumulative[-1], side="right")
    agent[rng.random(agent.size) < _UNKNOWN_SHARE] = NOBODY
    return agent


def _shares(contacts: Contacts, people: People) -> Floats:
    """Chances (case × employee) such that employees get what they can serve, however hard their cases are."""
    case = SEGMENT_EFFECT[:, None, None] + CHANNEL_EFFECT[None, :, None] + TOPIC_EFFECT[None, None, :]
    count = np.bincount(contacts.cell, minlength=case.size) / contacts.cell.size
    hard = _scaled(-case.reshape(-1), count)
    rare = _scaled(np.repeat(-np.log(PURCHASES_A_YEAR), len(CHANNELS) * len(TOPICS)), count)
    tilt = _TILT_CASES * np.outer(hard, people.satisfaction / SD_SATISFACTION)
    share: Floats = np.exp(tilt + _TILT_SEGMENTS * np.outer(rare, people.repeat / SD_REPEAT))
    capacity = people.serving / people.serving.sum()
    for _ in range(_BALANCING_ROUNDS):
        received = count @ share
        share *= np.divide(capacity, received, out=np.zeros_like(received), where=received > 0)
        share /= share.sum(axis=1, keepdims=True)
    return share


def _scaled(numbers: Floats, weight: Floats) -> Floats:
    centred: Floats = numbers - weight @ numbers
    return centred / np.sqrt(weight @ centred**2)


def _in_order(contacts: Contacts, *, agent: Integers, origin: Integers) -> Contacts:
    """By customer and time, without what falls after the end and without transfers from an agent to the same agent."""
    later = np.arange(agent.size) != origin
    dropped = (contacts.time >= END) | (later & contacts.transferred & (agent == agent[origin]))
    transferred = contacts.transferred.copy()
    transferred[origin[later & contacts.transferred & dropped]] = False
    order = np.lexsort((contacts.time, contacts.customer))
    order = order[~dropped[order]]
    customer, time = contacts.customer[order], contacts.time[order]
    same_second = np.flatnonzero((np.diff(customer) == 0) & (np.diff(time) == 0)) + 1
    time[same_second] += 1
    return Contacts(
        customer=customer,
        time=time,
        segment=contacts.segment[order],
        channel=contacts.channel[order],
        topic=contacts.topic[order],
        agent=agent[order],
        transferred=transferred[order],
    )


def shared_effect(contacts: Contacts, effect: Floats) -> Floats:
    """Σ_e w_ie·effect_e at each contact i: touches of the customer in the window up to and with i, decayed at T_i.

    Weights sum to 1 over all touches; nobody's share counts with effect 0.
    """
    own = np.append(effect, 0.0)[contacts.agent]
    total = own.copy()
    weight = np.ones(own.size)
    rows = np.arange(own.size)
    back = 0
    while rows.size:
        back += 1
        rows = rows[rows >= back]
        age = contacts.time[rows] - contacts.time[rows - back]
        inside = (contacts.customer[rows] == contacts.customer[rows - back]) & (age <= WINDOW)
        rows = rows[inside]
        decay = np.exp2(-age[inside] / HALF_LIFE)
        total[rows] += decay * own[rows - back]
        weight[rows] += decay
    return total / weight
