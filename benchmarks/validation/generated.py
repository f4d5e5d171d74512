"""Whole scoring runs on generated companies, from the event tables to the scorecards, beside plain averages in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from appraise.domain.employees import Employee, Employment, EmploymentStatus, ExternalReference
from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.domain.scorecards import Composite, Estimate
from appraise.events.engine import open_engine
from appraise.scoring.manifest import Versions, manifest
from appraise.scoring.run import concluded, measure
from appraise.scoring.sensitivity import weight_shifts
from appraise.scoring.together import SEED
from appraise.testing.company import Company, generate
from appraise.testing.company_people import SD_ATTRITION
from validation.answers import Answers, Trial, plain
from validation.company import COMPOSITE, Floats
from validation.possible import least_of_rates
from validation.together import averaged, averaged_as_usual, true_scores

NAMES = {
    SATISFACTION: "satisfaction",
    REPEAT_PURCHASE: "repeat purchase",
    LIFETIME_VALUE: "lifetime value",
    ATTRITION: "attrition",
}
_TOGETHER = (SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE)
"""What is known of the same employees: who serves customers owns few of them. Higher is better in each."""
_NAMESPACE = "company:employee"
_CHOSEN = "cancellation_requested"
_CYCLE = Period(date(2025, 1, 1), date(2026, 1, 1))
_AFTER = "b.customer_key = c.customer_key AND b.occurred_at > c.occurred_at AND b.occurred_at <= c.occurred_at + INTERVAL 90 DAY"  # noqa: E501
_NAIVE = {
    SATISFACTION: """SELECT employee_key, CAST(100 * score AS DOUBLE) AS y
        FROM ratings WHERE occurred_at >= '2025-01-01'""",
    REPEAT_PURCHASE: f"""SELECT c.employee_key, CAST(count(b.event_id) > 0 AS DOUBLE) AS y
        FROM contacts c LEFT JOIN purchases b ON {_AFTER}
        WHERE c.occurred_at >= '2025-01-01' GROUP BY c.event_id, c.employee_key""",
    LIFETIME_VALUE: f"""SELECT c.employee_key, CAST(coalesce(sum(b.amount), 0) AS DOUBLE) AS y
        FROM contacts c LEFT JOIN purchases b ON {_AFTER}
        WHERE c.occurred_at >= '2025-01-01' GROUP BY c.event_id, c.employee_key""",
    ATTRITION: """SELECT o.employee_key, CAST(coalesce(s.ended_at < coalesce(o.ended_at, '2026-01-01')
            AND s.ended_at >= '2025-01-01' AND s.end_reason = 'voluntary', false) AS DOUBLE) AS y
        FROM ownerships o JOIN subscriptions s USING (customer_key)
        WHERE coalesce(s.ended_at, '2027-01-01') >= greatest(o.occurred_at, TIMESTAMPTZ '2025-01-01')""",
}
_ARROW = {
    ColumnType.DECIMAL: pa.decimal128(18, 6),
    ColumnType.TIMESTAMP: pa.timestamp("us", "UTC"),
    ColumnType.MONEY: pa.int64(),
    ColumnType.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class ScoredCompany:
    """Trials by indicator; of `compared` levels of composites with one weight moved by ten points, `changed` differ.

    `least` is the sum of squared errors of attrition, in true sds, under which no method can come (van Trees).
    """

    trials: dict[str, Trial]
    least: float
    compared: int
    changed: int


def scored_company(size: str, seed: int) -> ScoredCompany:
    """Over the employees whose truth is known. Nothing is withheld for thin evidence."""
    company = generate(size, seed)
    connection = open_engine(threads=1)
    events = {}
    for kind, table in _tables(company).items():
        connection.con.register(kind.value, table)
        events[kind] = connection.table(kind.value)
    indicators = tuple(
        (key, replace(rules, minimum_events=0, weight=1.0 / len(_TOGETHER) if key in _TOGETHER else 0.0))
        for key, rules in DEFAULT_POLICY.indicators
    )
    # All that routes this company's customers to employees is recorded.
    policy = replace(DEFAULT_POLICY, indicators=indicators, attributable_share=1.0, publish_reliability=0.0)
    people, as_of = _people(company), date(2026, 1, 1)
    measured = measure(events, people, policy, _CYCLE, data_as_of=as_of, progress=silent)
    made_of = manifest(people, policy, _CYCLE, data_as_of=as_of, versions=Versions({}, "benchmark", SEED))
    result = concluded(measured, policy, made_of)
    told = {
        (card.employee, one.indicator): one
        for card in result.scorecards
        for one in card.results
        if isinstance(one, Estimate)
    }
    trials = {name: _trial(company, key, told, _plainly(connection, key)) for key, name in NAMES.items()}
    together = {card.employee: card.composite for card in result.scorecards if isinstance(card.composite, Composite)}
    trials[COMPOSITE] = _composite(company, [trials[NAMES[key]] for key in _TOGETHER], together)
    shifts = weight_shifts(measured, policy)
    return ScoredCompany(
        trials,
        _least_of_attrition(company, told, trials[NAMES[ATTRITION]]),
        sum(one.compared for one in shifts),
        sum(one.changed for one in shifts),
    )


def _least_of_attrition(company: Company, told: Mapping[Any, Estimate], trial: Trial) -> float:
    rows = [(told.get((EmployeeId(owner), ATTRITION)), rate) for owner, rate in _true_effects(company, ATTRITION)]
    expected = [0.0 if one is None else rate * float(one.evidence.expected_events or 0) for one, rate in rows]
    return least_of_rates(np.array(expected)[trial.ours.known], spread=SD_ATTRITION, truth=trial.truth)


def _composite(company: Company, trials: Sequence[Trial], told: Mapping[EmployeeId, Composite]) -> Trial:
    """The truth is known of the same employees in each of `trials`, in the same order."""
    ones = [told.get(EmployeeId(employee)) for employee, _ in _true_effects(company, _TOGETHER[0])]
    known, signs = np.array([one is not None for one in ones]), np.ones(len(trials))

    def figure(name: str) -> Floats:
        return np.array([0.0 if one is None else float(getattr(one, name)) for one in ones])

    truth = true_scores(trials, signs)
    return Trial(
        truth=truth,
        spread=float(truth.std()),
        evidence=np.mean([trial.evidence for trial in trials], axis=0),
        naive=averaged([trial.naive for trial in trials], signs),
        ours=Answers(
            known=known,
            value=figure("value"),
            lower=figure("lower"),
            upper=figure("upper"),
            rating=_levels(ones),
            reliability=figure("reliability"),
            deviation=figure("value"),
            variance=np.ones(known.size),
        ),
        usual=averaged_as_usual(trials, signs),
    )


def _trial(
    company: Company, key: IndicatorKey, told: Mapping[Any, Estimate], naive: Mapping[str, tuple[float, float]]
) -> Trial:
    rows = _true_effects(company, key)
    truth = np.array([effect for _, effect in rows]) - (0.0 if key == SATISFACTION else 1.0)
    ones = [told.get((EmployeeId(employee), key)) for employee, _ in rows]
    known = np.array([one is not None for one in ones])

    def figure(name: str) -> Floats:
        return np.array([0.0 if one is None else float(getattr(one, name)) for one in ones])

    origin = figure("expected")
    pairs = np.array([naive.get(employee, (np.nan, np.nan)) for employee, _ in rows])
    spoken = np.isfinite(pairs).all(axis=1)
    nothing = np.zeros(known.size)
    ours = Answers(
        known=known,
        value=figure("value") - origin,
        lower=figure("lower") - origin,
        upper=figure("upper") - origin,
        rating=_levels(ones),
        reliability=figure("reliability"),
        deviation=nothing,
        variance=nothing,
    )
    evidence = np.array([0.0 if one is None else float(one.evidence.effective) for one in ones])
    return Trial(truth, float(truth.std()), evidence, plain(spoken, pairs[:, 0], pairs[:, 1]), ours)


def _levels(ones: Sequence[Estimate | Composite | None]) -> npt.NDArray[np.int8]:
    """0 where there is none, as of what carries no consequence."""
    return np.array([0 if one is None else one.level or 0 for one in ones], np.int8)


def _true_effects(company: Company, key: IndicatorKey) -> list[tuple[str, float]]:
    table = company.table("truth")
    return [
        (str(employee), float(str(effect)))
        for employee, indicator, effect in zip(table["employee"], table["indicator"], table["effect"], strict=True)
        if indicator == key
    ]


def _plainly(connection: Any, key: IndicatorKey) -> dict[str, tuple[float, float]]:
    """Each employee's plain average less the mean, and its standard error; relative to the mean but in satisfaction."""
    rows = connection.raw_sql(
        f"""WITH outcome AS ({_NAIVE[key]}), overall AS (SELECT avg(y) AS mean, stddev_pop(y) AS sd FROM outcome)
        SELECT employee_key, avg(y), any_value(mean), any_value(sd) / sqrt(count(*)) FROM outcome, overall
        WHERE employee_key IS NOT NULL GROUP BY employee_key ORDER BY employee_key"""
    ).fetchall()
    scale = [1.0 if key == SATISFACTION else mean for _, _, mean, _ in rows]
    return {
        employee: ((own - mean) / unit, error / unit)
        for (employee, own, mean, error), unit in zip(rows, scale, strict=True)
    }


def _tables(company: Company) -> dict[EventKind, pa.Table]:
    tickets, subscriptions, owned = (company.table(name) for name in ("tickets", "subscriptions", "ownerships"))
    reasons = [
        None if reason is None else "voluntary" if reason == _CHOSEN else "involuntary"
        for reason in subscriptions["cancellation_reason"]
    ]
    return {
        EventKind.CONTACTS: _arrow(EventKind.CONTACTS, {
            "event_id": tickets["ticket"], "occurred_at": tickets["created_at"], "customer_key": tickets["customer"],
            "employee_key": tickets["agent"],
            **{name: tickets[name] for name in ("channel", "topic", "segment", "transferred")},
        }),
        EventKind.RATINGS: _ratings(company.table("ratings")),
        EventKind.PURCHASES: _purchases(company.table("orders")),
        EventKind.SUBSCRIPTIONS: _arrow(EventKind.SUBSCRIPTIONS, {
            "event_id": subscriptions["subscription"], "occurred_at": subscriptions["start_at"],
            "customer_key": subscriptions["customer"], "product": subscriptions["plan"],
            "segment": subscriptions["segment"], "ended_at": subscriptions["ended_at"], "end_reason": reasons,
        }),
        EventKind.OWNERSHIPS: _arrow(EventKind.OWNERSHIPS, {
            "event_id": [str(row) for row in range(len(owned["owner"]))], "occurred_at": owned["start_at"],
            "customer_key": owned["customer"], "employee_key": owned["owner"], "ended_at": owned["end_at"],
        }),
    }  # fmt: skip


def _ratings(table: Mapping[str, Sequence[Any]]) -> pa.Table:
    rows = [row for row, given in enumerate(table["score"]) if given != "offered"]
    taken = {name: [values[row] for row in rows] for name, values in table.items()}
    return _arrow(EventKind.RATINGS, {
        "event_id": taken["rating"], "occurred_at": taken["created_at"], "customer_key": taken["customer"],
        "employee_key": taken["agent"], "contact_id": taken["ticket"], "scale": ["good or bad"] * len(rows),
        "score": [int(given == "good") for given in taken["score"]],
        "score_low": [0] * len(rows), "score_high": [1] * len(rows),
    })  # fmt: skip


def _purchases(table: Mapping[str, Sequence[Any]]) -> pa.Table:
    rows: list[tuple[Any, ...]] = []
    for order, placed, customer, total, refunded, cancelled in zip(
        *(table[name] for name in ("order", "created_at", "customer", "total", "refunded", "cancelled_at")), strict=True
    ):
        rows.append((order, placed, customer, order, "purchase", total, "EUR"))
        back = refunded if cancelled is None else total
        if back:
            rows.append((f"{order}-r", cancelled or placed, customer, order, "reversal", -back, "EUR"))
    names = ("event_id", "occurred_at", "customer_key", "order_id", "kind", "amount", "currency")
    return _arrow(EventKind.PURCHASES, dict(zip(names, zip(*rows, strict=True), strict=True)))


def _arrow(kind: EventKind, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    types = {column.name: _ARROW.get(column.type, pa.string()) for column in COLUMNS[kind]}
    rows = len(columns["event_id"])
    table = {name: pa.array(list(values), types[name]) for name, values in columns.items()}
    if "employee_key" in columns:
        table["employee_namespace"] = pa.array([_NAMESPACE] * rows)
    return pa.table({**table, "source": pa.array(["company"] * rows)})


def _people(company: Company) -> PeopleSnapshot:
    table: Mapping[str, Sequence[Any]] = company.table("employees")
    last = {str(key): row for row, key in enumerate(table["employee"])}
    hired = {key: table["hire_date"][row] for key, row in last.items()}
    left = {key: None if table["active"][row] else table["as_of"][row] for key, row in last.items()}
    return PeopleSnapshot(
        tuple(Employee(EmployeeId(key), key, references=(ExternalReference(_NAMESPACE, key),)) for key in sorted(last)),
        tuple(
            Employment(EmployeeId(key), Period(hired[key], left[key]), EmploymentStatus.ACTIVE) for key in sorted(last)
        ),
        (),
    )
