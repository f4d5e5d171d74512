"""Subscriptions and who owns their customers: lost at a rate of the case times the owner's effect."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import (
    DAY,
    END,
    HALF_MONTHS,
    HISTORY_START,
    MONTH,
    MONTH_SECONDS,
    Columns,
    Floats,
    Integers,
    instants,
    month_of,
    words,
)
from appraise.testing.company_customers import SEGMENTS, Customers
from appraise.testing.company_people import People
from appraise.testing.company_sizes import Size

PLANS = ("basic", "plus", "pro")
_PLAN_SHARES: Floats = np.array([[0.55, 0.35, 0.10], [0.30, 0.45, 0.25], [0.15, 0.40, 0.45]])
_MONTHLY_CENTS: Integers = np.array([1900, 4900, 9900], dtype=np.int64)
_YEARLY_SHARE = 0.2
_OLDEST = date(2022, 1, 1)
_STARTED_BEFORE = 0.55

# Chance that an average owner's customer leaves by choice within a month: plan × segment × tenure band.
_PLAN_HAZARD: Floats = np.array([0.034, 0.022, 0.014])
_SEGMENT_FACTOR: Floats = np.array([1.2, 1.0, 0.8])
_TENURE_FACTOR: Floats = np.array([1.6, 1.1, 0.85, 0.7])
_TENURE_EDGES: Integers = np.array([4, 13, 25], dtype=np.int64)
"""First completed months of the bands 4–12, 13–24 and 25+."""
_INVOLUNTARY = 0.003
_REASSIGNED = 0.004
"""Chance per half month that an account changes hands for no reason of its own."""
_TILT_RISK = 0.5
_REASONS = ("cancellation_requested", "payment_failed", "payment_disputed", None)
"""By `reason`; -1, still running, is the last one."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """`start` may be negative (before the history); `stop` is `END` while it runs; `reason` -1 while it runs."""

    customer: Integers
    segment: Integers
    plan: Integers
    start: Integers
    stop: Integers
    reason: Integers


@dataclass(slots=True)
class Handovers:
    """Ownerships as they come about: rows of (subscription, owner, start, stop)."""

    owner: Integers
    since: Integers
    past: list[tuple[Integers, Integers, Integers, Integers]] = field(default_factory=list)

    def pass_on(self, rows: Integers, *, to: Integers, at: int) -> None:
        self.past.append((rows, self.owner[rows], self.since[rows], np.full(rows.size, at, dtype=np.int64)))
        self.owner[rows] = to
        self.since[rows] = at


@dataclass(frozen=True, slots=True)
class Ownerships:
    """One row per subscription and owner; `stop` is `END` while it lasts."""

    subscription: Integers
    owner: Integers
    start: Integers
    stop: Integers


def draw_subscriptions(
    rng: np.random.Generator, customers: Customers, people: People, size: Size
) -> tuple[Subscriptions, Ownerships]:
    customer = np.sort(rng.permutation(customers.keys.size)[: size.subscriptions])
    segment = customers.segment[customer]
    plan = (rng.random(customer.size)[:, None] > np.cumsum(_PLAN_SHARES, axis=1)[segment]).sum(axis=1)
    before = rng.random(customer.size) < _STARTED_BEFORE
    oldest = (_OLDEST - HISTORY_START).days * DAY
    start = np.where(before, oldest, 0) + rng.random(customer.size) * np.where(before, -oldest, END)
    running = Subscriptions(
        customer=customer,
        segment=segment,
        plan=plan.astype(np.int64),
        start=start.astype(np.int64),
        stop=np.full(customer.size, END, dtype=np.int64),
        reason=np.full(customer.size, -1, dtype=np.int64),
    )
    accounts = Handovers(
        owner=_chosen(rng, people, risk=_risk(running), at=np.maximum(running.start, 0)),
        since=running.start - running.start % DAY,
    )
    for step in range(HALF_MONTHS.size):
        _hand_over(rng, running, accounts, people, at=int(HALF_MONTHS[step]))
        _lose(rng, running, people.attrition[accounts.owner], step=step)
    rows = np.arange(customer.size)
    accounts.past.append((rows, accounts.owner, accounts.since, np.full(rows.size, END, dtype=np.int64)))
    owned = [np.concatenate(parts) for parts in zip(*accounts.past, strict=True)]
    order = np.lexsort((owned[2], owned[0]))
    return running, Ownerships(*(part[order] for part in owned))


def monthly_hazard(segment: Integers, plan: Integers, months: Integers) -> Floats:
    """Chance of a voluntary loss within a month under an average owner, by completed months of tenure."""
    band = np.searchsorted(_TENURE_EDGES, months, side="right")
    return _PLAN_HAZARD[plan] * _SEGMENT_FACTOR[segment] * _TENURE_FACTOR[band]


def _risk(running: Subscriptions) -> Floats:
    risk: Floats = np.log(_PLAN_HAZARD[running.plan] * _SEGMENT_FACTOR[running.segment])
    scaled: Floats = (risk - risk.mean()) / risk.std()
    return scaled


def _chosen(rng: np.random.Generator, people: People, *, risk: Floats, at: Integers) -> Integers:
    """Owners among those employed at the time; better ones more often where the risk is high."""
    owners = np.flatnonzero(people.owning > 0)
    effect = people.attrition[owners] / people.attrition[owners].std()
    share = people.owning[owners] * np.exp(-_TILT_RISK * np.outer(risk, effect))
    share *= (people.start[owners] <= at[:, None]) & (at[:, None] < people.stop[owners])
    cumulative = np.cumsum(share, axis=1)
    draw = rng.random(risk.size) * cumulative[:, -1]
    chosen: Integers = owners[(draw[:, None] >= cumulative).sum(axis=1)]
    return chosen


def _hand_over(
    rng: np.random.Generator, running: Subscriptions, accounts: Handovers, people: People, *, at: int
) -> None:
    """Leavers' accounts and a few others get a new owner."""
    alive = (running.start < at) & (running.stop > at)
    orphaned = people.stop[accounts.owner] == at
    moved = rng.random(alive.size) < _REASSIGNED
    rows = np.flatnonzero(alive & (orphaned | moved))
    drawn = _chosen(rng, people, risk=_risk(running)[rows], at=np.full(rows.size, at, dtype=np.int64))
    changed = drawn != accounts.owner[rows]
    accounts.pass_on(rows[changed], to=drawn[changed], at=at)


def _lose(rng: np.random.Generator, running: Subscriptions, effect: Floats, *, step: int) -> None:
    """Losses within the step, at a moment uniform over the part of it in which the subscription ran."""
    low = int(HALF_MONTHS[step])
    high = int(np.append(HALF_MONTHS, END)[step + 1])
    begin = np.maximum(running.start, low)
    share = np.maximum(high - begin, 0) / MONTH_SECONDS[month_of(np.array([low]))[0]]
    months = ((begin - running.start) / MONTH).astype(np.int64)
    chosen = monthly_hazard(running.segment, running.plan, months) * np.exp(effect) * share
    draw = rng.random(begin.size)
    forced = draw < chosen + _INVOLUNTARY * share
    lost = np.flatnonzero(forced & (running.stop == END) & (share > 0))
    moment = begin[lost] + (rng.random(begin.size)[lost] * (high - begin[lost])).astype(np.int64)
    running.stop[lost] = moment
    dispute = rng.random(begin.size)[lost] < 0.2  # noqa: PLR2004  # one forced end in five
    running.reason[lost] = np.where(draw[lost] < chosen[lost], 0, np.where(dispute, 2, 1))


def subscription_list(rng: np.random.Generator, running: Subscriptions, customers: Customers) -> Columns:
    """`ended_at` is the loss; `canceled_at`, up to 25 days before it, the customer's click."""
    count = running.customer.size
    ended = running.reason >= 0
    notice = np.where(running.reason == 0, rng.random(count) * 25 * DAY, 0).astype(np.int64)
    yearly = rng.random(count) < _YEARLY_SHARE
    status = np.where(ended, 2, (rng.random(count) < 0.015).astype(np.int64))  # noqa: PLR2004  # late payers
    numbers = np.array([f"sub_{number:06d}" for number in range(1, count + 1)], dtype=object)
    return {
        "subscription": numbers,
        "customer": customers.keys[running.customer],
        "plan": words(running.plan, PLANS),
        "interval": words(yearly.astype(np.int64), ("month", "year")),
        "amount": _MONTHLY_CENTS[running.plan] * np.where(yearly, 10, 1),
        "status": words(status, ("active", "past_due", "canceled")),
        "created_at": instants(running.start - 600),
        "start_at": instants(running.start),
        "canceled_at": instants(np.maximum(running.stop - notice, running.start), known=ended),
        "ended_at": instants(running.stop, known=ended),
        "cancellation_reason": words(running.reason, _REASONS),
        "segment": words(running.segment, SEGMENTS),
    }


def ownership_list(
    owned: Ownerships, running: Subscriptions, customers: Customers, keys: npt.NDArray[np.object_]
) -> Columns:
    return {
        "customer": customers.keys[running.customer[owned.subscription]],
        "owner": keys[owned.owner],
        "start_at": instants(owned.start),
        "end_at": instants(owned.stop, known=owned.stop < END),
    }
