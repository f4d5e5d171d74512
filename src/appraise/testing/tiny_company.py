"""A company small enough to check by hand: four employees, three customers, in the tables of `ExampleCompany`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Tables:
    """An `ExampleCompany` made of plain dictionaries."""

    tables: Mapping[str, Mapping[str, Sequence[object]]]

    def table(self, name: str) -> Mapping[str, Sequence[object]]:
        return self.tables[name]


def tiny_company() -> Tables:
    """Two snapshots of the staff and a year of customers.

    What it holds on purpose: a boss, leading zeros, a change of manager, a leaver, an agent whom the HRIS does not
    know, both changes of clocks, an order of two line items, a refund, a cancelled order, a loss ten days after the
    click, a failed payment, and a hand-over of an account.
    """
    return Tables(
        {
            "employees": _rows(
                "as_of employee userid given_name family_name email title level department_code department_name "
                "manager hire_date active zendesk_agent_id",
                *_people(date(2025, 1, 1), manager_of_cleo="E0002", dan_is_active=True),
                *_people(date(2026, 1, 1), manager_of_cleo="E0001", dan_is_active=False),
            ),
            "customers": _rows(
                "customer name email segment region",
                ("C000001", "Ida Ø", "ida@example.org", "consumer", "north"),
                ("C000002", "Jo, Ltd.", "jo@example.org", "business", "south"),
                ("C000003", 'Kim "K" Lee', "kim@example.org", "premium", "north"),
            ),
            **_service(),
            **_sales(),
            "truth": _rows("employee indicator effect"),
        }
    )


def _rows(header: str, *rows: tuple[object, ...]) -> dict[str, list[object]]:
    names = header.split()
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _people(as_of: date, *, manager_of_cleo: str, dan_is_active: bool) -> list[tuple[object, ...]]:
    desk = ("D1", "Service desk")
    return [
        (
            *(as_of, "E0001", "04111", "Ada", "Árva", "ada@example.com", "Director", 1, *desk, None),
            *(date(2015, 1, 1), True, ""),
        ),
        (
            *(as_of, "E0002", "04112", "Ben", "Böhm", "ben@example.com", "Lead", 3, *desk, "E0001"),
            *(date(2018, 5, 1), True, "902"),
        ),
        (
            *(as_of, "E0003", "00007", "Cleo", "O'Neil", "cleo@example.com", "Agent", 4, *desk, manager_of_cleo),
            *(date(2021, 9, 1), True, "903"),
        ),
        (
            *(as_of, "E0004", "4113", "Dan", "Day", "dan@example.com", "Agent", 4, *desk, "E0002"),
            *(date(2022, 2, 1), dan_is_active, "904"),
        ),
    ]  # fmt: skip


def _service() -> dict[str, dict[str, list[object]]]:
    return {
        "tickets": _rows(
            "ticket customer agent created_at solved_at channel topic segment transferred stations status",
            *[
                ("5001", "C000001", "E0003", _utc("2025-03-30T00:30:00"), _utc("2025-03-30T01:30:00"), "email",
                 "billing", "consumer", False, 1, "solved"),
                ("5002", "C000002", "E0004", _utc("2025-07-01T12:00:00"), _utc("2025-07-02T09:15:00"), "phone",
                 "delivery", "business", True, 2, "closed"),
                ("5003", "C000003", "X9001", _utc("2025-12-31T22:59:00"), None, "chat",
                 "billing", "premium", False, 1, "open"),
            ],
        ),
        "ratings": _rows(
            "rating ticket customer agent score created_at comment",
            ("7001", "5001", "C000001", "E0003", "good", _utc("2025-03-31T08:00:00"), "Thank you, Cleo!"),
            ("7002", "5002", "C000002", "E0004", "bad", _utc("2025-07-03T10:00:00"), ""),
            ("7003", "5003", "C000003", "X9001", "offered", _utc("2026-01-01T00:00:00"), ""),
        ),
    }  # fmt: skip


def _sales() -> dict[str, dict[str, list[object]]]:
    return {
        "orders": _rows(
            "order customer created_at total discount refunded cancelled_at financial_status currency tags",
            *[
                ("1001", "C000001", _utc("2025-03-30T00:59:59"), 2500, 0, 0, None, "paid", "EUR", "consumer"),
                ("1002", "C000002", _utc("2025-10-26T00:30:00"), 10000, 500, 4000, None, "partially_refunded", "EUR",
                 "business"),
                ("1003", "C000003", _utc("2025-11-01T10:00:00"), 999, 0, 0, _utc("2025-11-01T11:00:00"), "voided",
                 "EUR", "premium"),
            ],
        ),
        "order_lines": _rows(
            "order sku name quantity price",
            ("1001", "0815", "Cable", 1, 2500),
            ("1002", "0816", "Chair, blue", 2, 4000),
            ("1002", "0817", "Lamp", 1, 2500),
            ("1003", "0815", "Cable", 1, 999),
        ),
        "subscriptions": _rows(
            "subscription customer plan interval amount status created_at start_at canceled_at ended_at "
            "cancellation_reason segment",
            *[
                ("sub_1", "C000001", "basic", "month", 990, "active", _utc("2024-05-01T09:00:00"),
                 _utc("2024-05-01T09:00:00"), None, None, None, "consumer"),
                ("sub_2", "C000002", "team", "month", 4990, "canceled", _utc("2024-06-01T09:00:00"),
                 _utc("2024-06-01T09:00:00"), _utc("2025-05-20T12:00:00"), _utc("2025-06-01T09:00:00"),
                 "too_expensive", "business"),
                ("sub_3", "C000003", "team", "year", 49900, "canceled", _utc("2024-07-01T09:00:00"),
                 _utc("2024-07-01T09:00:00"), _utc("2025-07-15T00:00:00"), _utc("2025-07-15T00:00:00"),
                 "payment_failed", "premium"),
            ],
        ),
        "ownerships": _rows(
            "customer owner start_at end_at",
            ("C000001", "E0002", _utc("2024-05-01T00:00:00"), _utc("2025-07-01T00:00:00")),
            ("C000001", "E0003", _utc("2025-07-01T00:00:00"), None),
            ("C000002", "E0002", _utc("2024-06-01T00:00:00"), None),
        ),
    }  # fmt: skip
