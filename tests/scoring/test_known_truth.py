"""The generated company, whose employees' true effects are known: do the intervals hold them?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from appraise.domain.employees import Employee, Employment, EmploymentStatus, ExternalReference
from appraise.domain.events import COLUMNS, ColumnType, EventKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.domain.scorecards import Estimate, ScoringResult
from appraise.events.engine import open_engine
from appraise.scoring import score
from appraise.testing.company import Company, generate

NAMESPACE = "company:employee"
CHOSEN = "cancellation_requested"
ARROW = {
    ColumnType.DECIMAL: pa.decimal128(18, 6),
    ColumnType.TIMESTAMP: pa.timestamp("us", "UTC"),
    ColumnType.MONEY: pa.int64(),
    ColumnType.BOOLEAN: pa.bool_(),
}


def arrow(kind: EventKind, columns: Mapping[str, Any]) -> pa.Table:
    types = {column.name: ARROW.get(column.type, pa.string()) for column in COLUMNS[kind]}
    rows = len(columns["event_id"])
    table = {name: pa.array(list(values), types[name]) for name, values in columns.items()}
    if "employee_key" in columns:
        table["employee_namespace"] = pa.array([NAMESPACE] * rows)
    return pa.table({**table, "source": pa.array(["company"] * rows)})


def contacts(company: Company) -> pa.Table:
    tickets = company.table("tickets")
    same = {name: tickets[name] for name in ("channel", "topic", "segment", "transferred")}
    return arrow(EventKind.CONTACTS, {
        "event_id": tickets["ticket"], "occurred_at": tickets["created_at"], "customer_key": tickets["customer"],
        "employee_key": tickets["agent"], **same,
    })  # fmt: skip


def ratings(company: Company) -> pa.Table:
    table = company.table("ratings")
    answered = [row for row, score in enumerate(table["score"]) if score != "offered"]
    taken = {name: [values[row] for row in answered] for name, values in table.items()}
    n = len(answered)
    return arrow(EventKind.RATINGS, {
        "event_id": taken["rating"], "occurred_at": taken["created_at"], "customer_key": taken["customer"],
        "employee_key": taken["agent"], "contact_id": taken["ticket"], "scale": ["good or bad"] * n,
        "score": [Decimal(score == "good") for score in taken["score"]],
        "score_low": [Decimal(0)] * n, "score_high": [Decimal(1)] * n,
    })  # fmt: skip


def purchases(company: Company) -> pa.Table:
    table = company.table("orders")
    rows: list[tuple[Any, ...]] = []
    for row, order in enumerate(table["order"]):
        placed, cancelled = table["created_at"][row], table["cancelled_at"][row]
        total, customer = table["total"][row], table["customer"][row]
        rows.append((order, placed, customer, order, "purchase", total, "EUR"))
        back = table["refunded"][row] if cancelled is None else total
        if back:
            rows.append((f"{order}-r", cancelled or placed, customer, order, "reversal", -back, "EUR"))
    names = ("event_id", "occurred_at", "customer_key", "order_id", "kind", "amount", "currency")
    return arrow(EventKind.PURCHASES, dict(zip(names, zip(*rows, strict=True), strict=True)))


def subscriptions(company: Company) -> pa.Table:
    table = company.table("subscriptions")
    reasons = [
        None if reason is None else "voluntary" if reason == CHOSEN else "involuntary"
        for reason in table["cancellation_reason"]
    ]
    return arrow(EventKind.SUBSCRIPTIONS, {
        "event_id": table["subscription"], "occurred_at": table["start_at"], "customer_key": table["customer"],
        "product": table["plan"], "segment": table["segment"], "ended_at": table["ended_at"], "end_reason": reasons,
    })  # fmt: skip


def ownerships(company: Company) -> pa.Table:
    table = company.table("ownerships")
    return arrow(EventKind.OWNERSHIPS, {
        "event_id": [str(row) for row in range(len(table["owner"]))], "occurred_at": table["start_at"],
        "customer_key": table["customer"], "employee_key": table["owner"], "ended_at": table["end_at"],
    })  # fmt: skip


def people(company: Company) -> PeopleSnapshot:
    table = company.table("employees")
    last = {key: row for row, key in enumerate(table["employee"])}
    hired = {key: table["hire_date"][row] for key, row in last.items()}
    left = {key: None if table["active"][row] else table["as_of"][row] for key, row in last.items()}
    return PeopleSnapshot(
        tuple(Employee(EmployeeId(key), key, references=(ExternalReference(NAMESPACE, key),)) for key in sorted(last)),
        tuple(
            Employment(EmployeeId(key), Period(hired[key], left[key]), EmploymentStatus.ACTIVE) for key in sorted(last)
        ),
        (),
    )


def scored(company: Company) -> ScoringResult:
    connection = open_engine(threads=2)
    events = {}
    for kind, build in (
        (EventKind.CONTACTS, contacts),
        (EventKind.RATINGS, ratings),
        (EventKind.PURCHASES, purchases),
        (EventKind.SUBSCRIPTIONS, subscriptions),
        (EventKind.OWNERSHIPS, ownerships),
    ):
        connection.con.register(kind.value, build(company))
        events[kind] = connection.table(kind.value)
    return score(
        events,
        people(company),
        replace(DEFAULT_POLICY, attributable_share=1.0),  # all that routes the company's customers is measured
        Period(date(2025, 1, 1), date(2026, 1, 1)),
        data_as_of=date(2026, 1, 1),
        event_versions={},
        code_version="test",
        progress=silent,
    )


@pytest.fixture(scope="module")
def compared() -> dict[str, list[tuple[Estimate, float]]]:
    """Estimates with their truth in the estimate's own unit, by indicator."""
    return compared_in(1)


def compared_in(seed: int) -> dict[str, list[tuple[Estimate, float]]]:
    company = generate("company", seed)
    result = scored(company)
    table = company.table("truth")
    truth = {
        (employee, indicator): effect
        for employee, indicator, effect in zip(table["employee"], table["indicator"], table["effect"], strict=True)
    }
    found: dict[str, list[tuple[Estimate, float]]] = {}
    for card in result.scorecards:
        for one in card.results:
            if isinstance(one, Estimate) and (card.employee, one.indicator) in truth:
                effect = truth[card.employee, one.indicator]
                level = float(one.expected) if one.indicator == SATISFACTION else 0.0
                found.setdefault(one.indicator, []).append((one, level + effect))
    return found


@pytest.fixture(scope="module")
def companies(compared: Any) -> list[dict[str, list[tuple[Estimate, float]]]]:
    return [compared, compared_in(2), compared_in(3)]


def test_ninety_five_of_a_hundred_intervals_hold_the_truth(companies: Any) -> None:
    """About 670 estimates: three binomial standard errors around .95 are .925 and .975."""
    held = [
        float(one.lower) <= true <= float(one.upper)
        for told in companies
        for pairs in told.values()
        for one, true in pairs
    ]

    assert len(held) > 600
    assert 0.925 <= np.mean(held) <= 0.975


def slope_of(pairs: list[tuple[Estimate, float]]) -> float:
    """Of truth on estimate, 1 where shrinkage is right."""
    values, true = np.array([(float(one.value), true) for one, true in pairs]).T
    assert np.corrcoef(values, true)[0, 1] > 0.7
    return float(np.polyfit(values, true, 1)[0])


@pytest.mark.parametrize("indicator", [SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION])
def test_estimates_follow_the_truth_at_its_own_scale(companies: Any, indicator: str) -> None:
    """.3 is two to three standard errors of one company's slope; the mean of three is held to its share of that."""
    slopes = [slope_of(told[indicator]) for told in companies]

    assert np.mean(slopes) == pytest.approx(1.0, abs=0.3 / np.sqrt(3))


def test_the_money_foretold_is_that_of_the_unshrunk_ratio(compared: Any) -> None:
    """Published money is (value − 1) times the expectation by shares, Σw; the unshrunk ratio refers to Σw²."""
    told = [one for one, _ in compared[LIFETIME_VALUE] if one.money is not None and abs(one.money.amount) > 10_000]

    assert len(told) > 20
    for one in told:
        by_shares = one.money.amount / float(one.value - one.expected)
        assert one.money.foretold == pytest.approx(
            by_shares * float(one.evidence.effective / one.evidence.credit), rel=0.05
        )
        assert one.evidence.effective < one.evidence.credit < one.evidence.events
