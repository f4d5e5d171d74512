"""Figures worked out from the sample files by hand, with the csv module and NumPy and nothing of Appraise."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

CUSTOMER_SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "customer"
HORIZON, WINDOW, HALF_LIFE = 90, 90, 14
"""Days of the default policy for repeat purchases."""


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    day: date
    reseller: str
    salesperson: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    agent: str
    channel: str
    topic: str
    score: int
    at: datetime


def adventureworks_staff() -> list[list[str]]:
    """Rows of DimEmployee.csv: [1] row key, [2] key of the manager's row, [3] national id, [6] and [7] names, [14] e-mail."""
    with (CUSTOMER_SAMPLES / "adventureworks" / "DimEmployee.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="|", quoting=csv.QUOTE_NONE))


def adventureworks_managers() -> dict[str, str | None]:
    """E-mail address of every person, told apart by national id → that of the manager."""
    rows = adventureworks_staff()
    person_of_row = {row[1]: row[3] for row in rows}
    address = {row[3]: row[14] for row in rows}
    return {row[14]: address[person_of_row[row[2]]] if row[2] else None for row in rows}


def adventureworks_lines() -> list[dict[str, str]]:
    return _table("adventureworks/FactResellerSales_dates2017-2020.csv")


def adventureworks_orders() -> list[Order]:
    """By reseller, day and number."""
    found: dict[str, Order] = {}
    for line in adventureworks_lines():
        number, amount = line["SalesOrderNumber"], Decimal(line["SalesAmount"])
        before = found[number].amount if number in found else Decimal(0)
        day = date.fromisoformat(line["OrderDate"])
        found[number] = Order(number, day, line["ResellerKey"], line["EmployeeKey"], before + amount)
    return sorted(found.values(), key=lambda order: (order.reseller, order.day, order.number))


def ownership_periods(orders: Sequence[Order]) -> set[tuple[str, str, date, date | None]]:
    """(reseller, salesperson, first day, day of the next one's first order)."""
    found: list[tuple[str, str, date, date | None]] = []
    for order in orders:
        if found and found[-1][0] == order.reseller:
            if found[-1][1] == order.salesperson:
                continue
            found[-1] = (*found[-1][:3], order.day)
        found.append((order.reseller, order.salesperson, order.day, None))
    return set(found)


def repeat_ratios(orders: Sequence[Order], year: int, *, as_of: date) -> dict[str, float]:
    """Salesperson → purchases observed over expected, all customers alike: 1 + Σ w(d − Λ) / Σ w²Λ.

    Each day with an order of `year` starts a spell, which the next order ends within the horizon. Λ is the
    cumulative hazard of all spells by an actuarial life table, d_k / (n_k − (d_k + c_k) / 2) on day k.
    """
    spells = []
    for own in _by_reseller(orders):
        days = sorted({order.day for order in own})
        for start, following in pairwise([*days, date.max]):
            if start.year != year:
                continue
            bought = following < start + timedelta(days=HORIZON)
            end = following if bought else min(start + timedelta(days=HORIZON), following, as_of)
            spells.append((_shares(own, start), (end - start).days, bought))
    at_risk, before, exposure = len(spells), 0.0, {}
    for day in range(HORIZON + 1):
        left = [bought for _, length, bought in spells if length == day]
        hazard = sum(left) / (at_risk - len(left) / 2) if left else 0.0
        exposure[day], before, at_risk = before + hazard / 2, before + hazard, at_risk - len(left)
    surplus, variance = defaultdict[str, float](float), defaultdict[str, float](float)
    for weights, length, bought in spells:
        for salesperson, weight in weights.items():
            surplus[salesperson] += weight * (bought - exposure[length])
            variance[salesperson] += weight**2 * exposure[length]
    return {salesperson: 1 + surplus[salesperson] / variance[salesperson] for salesperson in surplus}


def followed_orders(orders: Sequence[Order], year: int) -> int:
    """Days with an order in `year` that the same reseller's next order follows within the horizon."""
    return sum(
        (later - earlier).days < HORIZON
        for own in _by_reseller(orders)
        for earlier, later in pairwise(sorted({order.day for order in own}))
        if earlier.year == year
    )


def shopzilla_rows() -> list[dict[str, str]]:
    return _table("csat-shopzilla/customer_support_data_20pct.csv")


def answers_of_august() -> list[Answer]:
    """Answers about contacts of August 2023 (UTC); the file's times are taken to be Indian."""
    india = ZoneInfo("Asia/Kolkata")
    found = []
    for row in shopzilla_rows():
        local = datetime.strptime(row["issue_responded"], "%d/%m/%Y %H:%M").replace(tzinfo=india)
        at, score = local.astimezone(UTC), int(row["CSAT Score"])
        if (at.year, at.month) == (2023, 8):
            found.append(Answer(row["Agent_name"], row["channel_name"], row["category"], score, at))
    return found


def adjusted_means(answers: Sequence[Answer]) -> dict[str, tuple[float, float]]:
    """Agent → (plain mean, mean adjusted for channel and topic), 0..100.

    Least squares with a constant per agent: both sides less the agent's own means (Frisch and Waugh 1933).
    """
    agents, who = np.unique([answer.agent for answer in answers], return_inverse=True)
    y = np.array([25.0 * (answer.score - 1) for answer in answers])
    kinds = [
        np.array([value == other for value in values], float)
        for values in ([answer.channel for answer in answers], [answer.topic for answer in answers])
        for other in sorted(set(values))[1:]
    ]
    x = np.array(kinds).T
    n = np.bincount(who)
    y_mean = np.bincount(who, y) / n
    x_mean = np.array([np.bincount(who, column) / n for column in x.T]).T
    slope, *_ = np.linalg.lstsq(x - x_mean[who], y - y_mean[who])
    adjusted = y_mean - (x_mean - x.mean(axis=0)) @ slope
    return {str(agent): (y_mean[k], adjusted[k]) for k, agent in enumerate(agents)}


def chinook() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    text = (CUSTOMER_SAMPLES / "chinook" / "ChinookData.json").read_text(encoding="utf-8")
    document: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(text, parse_float=Decimal)
    return document


def _table(name: str) -> list[dict[str, str]]:
    with (CUSTOMER_SAMPLES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _by_reseller(orders: Sequence[Order]) -> Iterable[list[Order]]:
    found: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        found[order.reseller].append(order)
    return found.values()


def _shares(own: Sequence[Order], start: date) -> dict[str, float]:
    """Credit of the salespeople of one reseller's orders up to `start`: halved every two weeks, 1 in all."""
    credit = defaultdict[str, float](float)
    for order in own:
        age = (start - order.day).days
        if 0 <= age <= WINDOW:
            credit[order.salesperson] += 2 ** (-age / HALF_LIFE)
    return {salesperson: share / sum(credit.values()) for salesperson, share in credit.items()}
