"""Whole scoring runs on shops whose customers only buy, each with an owner, and leave without a word."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.employees import Employee, Employment, EmploymentStatus, ExternalReference
from appraise.domain.events import EventKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy, Relation
from appraise.domain.progress import silent
from appraise.domain.scorecards import Estimate
from appraise.events.engine import open_engine
from appraise.scoring import score
from validation.answers import Answers, Trial, plain
from validation.company import Floats

EMPLOYEES, CUSTOMERS = 40, 6_000
_SEGMENTS = ("weekly", "fortnightly", "monthly")
_GAP: Floats = np.array([8.0, 14.0, 28.0])
"""Mean days from one purchase to the next while the customer stays."""
_LEAVE: Floats = np.array([0.12, 0.24, 0.42]) / 365.0
"""Daily hazard of leaving with an average owner."""
_SPREAD = 0.30
_HISTORY, _CYCLE_DAYS, _AFTER = 500, 365, 60
_START = Period(date(2025, 1, 1), date(2026, 1, 1))
_EPOCH = np.datetime64("2025-01-01T12:00", "us")


def buyer_trial(seed: int, *, relation: Relation = Relation.NON_CONTRACTUAL) -> Trial:
    """True is the owner's factor on the hazard of leaving; nothing is withheld for thin evidence.

    Better owners get customers who are likelier to leave. Customers keep their owner.
    """
    rng = np.random.default_rng([seed, 77])
    theta = np.exp(_SPREAD * rng.standard_normal(EMPLOYEES) - 0.5 * _SPREAD**2)
    segment = rng.integers(3, size=CUSTOMERS)
    lean = np.exp(-np.outer(np.linspace(-0.5, 0.5, 3)[segment], (theta - 1.0) / _SPREAD))
    cumulative = np.cumsum(lean * rng.gamma(4.0, 0.25, EMPLOYEES), axis=1)
    owner = (rng.random(CUSTOMERS)[:, None] * cumulative[:, -1:] > cumulative).sum(axis=1)
    customer, moment, left = _purchases(rng, segment, theta[owner])
    events = _events(segment, owner, customer, moment)
    rules = replace(
        DEFAULT_POLICY.of(ATTRITION), case_mix=("segment",), minimum_events=0, weight=1.0, relation=relation
    )
    result = score(
        events,
        _people(),
        Policy(((ATTRITION, rules),), attributable_share=1.0, publish_reliability=0.0),
        _START,
        data_as_of=date(2026, 3, 2),
        event_versions={},
        code_version="benchmark",
        progress=silent,
    )
    told = {card.employee: card.result(ATTRITION) for card in result.scorecards}
    ones = [told[EmployeeId(_name(j))] for j in range(EMPLOYEES)]
    return _trial(theta, ones, owner, left)


def _purchases(rng: np.random.Generator, segment: Any, theta: Floats) -> tuple[Any, Any, Floats]:
    """Customer and day of each purchase, and the day on which each customer left; days since the cycle's start."""
    joined = -rng.uniform(0.0, _HISTORY, segment.size)
    left = joined + rng.exponential(1.0 / (_LEAVE[segment] * theta))
    stop = np.minimum(left, _CYCLE_DAYS + _AFTER)
    number = rng.poisson((stop - joined) / _GAP[segment])
    customer = np.concatenate([np.arange(segment.size), np.repeat(np.arange(segment.size), number)])
    later = np.repeat(joined, number) + rng.random(number.sum()) * np.repeat(stop - joined, number)
    return customer, np.concatenate([joined, later]), left


def _trial(theta: Floats, ones: Sequence[Any], owner: Any, left: Floats) -> Trial:
    known = np.array([isinstance(one, Estimate) for one in ones])

    def figure(name: str) -> Floats:
        return np.array([float(getattr(one, name)) if isinstance(one, Estimate) else 0.0 for one in ones])

    gone = (left > 0) & (left < _CYCLE_DAYS)
    here = left > 0
    n = np.bincount(owner[here], minlength=EMPLOYEES)
    overall = float(gone[here].mean())
    raw = np.bincount(owner[gone], minlength=EMPLOYEES) / np.maximum(n, 1) / overall
    nothing = np.zeros(EMPLOYEES)
    ours = Answers(
        known=known,
        value=figure("value") - 1.0,
        lower=figure("lower") - 1.0,
        upper=figure("upper") - 1.0,
        rating=nothing.astype(np.int8),
        reliability=figure("reliability"),
        deviation=nothing,
        variance=nothing,
    )
    evidence = np.array([float(one.evidence.expected_events) if isinstance(one, Estimate) else 0.0 for one in ones])
    naive = plain(n > 0, raw - 1.0, np.sqrt((1.0 - overall) / overall / np.maximum(n, 1)))
    return Trial(theta / theta.mean() - 1.0, _SPREAD, evidence, naive, ours)


def _events(segment: Any, owner: Any, customer: Any, moment: Any) -> Mapping[EventKind, ibis.Table]:
    keys = np.array([f"c{k}" for k in range(segment.size)], object)
    number = np.arange(customer.size).astype(str)
    tables = {
        EventKind.PURCHASES: {
            "event_id": number, "order_id": number, "customer_key": keys[customer], "occurred_at": _instants(moment),
            "kind": ["purchase"] * customer.size, "amount": pa.array([1000] * customer.size, pa.int64()),
            "currency": ["EUR"] * customer.size, "segment": np.array(_SEGMENTS, object)[segment[customer]],
        },
        EventKind.OWNERSHIPS: {
            "event_id": keys, "customer_key": keys, "occurred_at": _instants(np.full(segment.size, -_HISTORY - 9.0)),
            "employee_namespace": ["shop"] * segment.size, "employee_key": [_name(j) for j in owner],
        },
    }  # fmt: skip
    connection = open_engine(threads=1)
    for kind, columns in tables.items():
        table = pa.table({"source": ["shop"] * len(columns["event_id"]), **columns})
        connection.con.register(kind.value, table)
    return {kind: connection.table(kind.value) for kind in tables}


def _instants(days: Any) -> pa.Array:
    moments = _EPOCH + np.rint(days * 86_400_000_000).astype("timedelta64[us]")
    return pa.array(moments, pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))


def _name(j: int) -> str:
    return f"E{j:03}"


def _people() -> PeopleSnapshot:
    names = [_name(j) for j in range(EMPLOYEES)]
    return PeopleSnapshot(
        tuple(Employee(EmployeeId(name), name, references=(ExternalReference("shop", name),)) for name in names),
        tuple(Employment(EmployeeId(name), Period(date(2020, 1, 1)), EmploymentStatus.ACTIVE) for name in names),
        (),
    )
