"""A generated company's subscriptions as Stripe's dashboard would export them."""

import csv
from datetime import datetime
from pathlib import Path

from appraise.adapters.contract import ExampleCompany, ExampleFile, ImportOptions

HEADER = (
    *("id", "Customer ID", "Customer Description", "Customer Email", "Customer Name", "Plan", "Product", "Quantity"),
    *("Currency", "Interval", "Amount", "Status", "Created (UTC)", "Start (UTC)", "Start Date (UTC)"),
    *("Current Period Start (UTC)", "Current Period End (UTC)", "Trial Start (UTC)", "Trial End (UTC)"),
    *("Application Fee Percent", "Coupon", "Tax Percent", "Canceled At (UTC)", "Ended At (UTC)"),
    *("Cancellation Reason", "segment (metadata)", "campaign (metadata)"),
)
_COLUMNS = (
    *("subscription", "customer", "plan", "interval", "amount", "status", "created_at", "start_at", "canceled_at"),
    *("ended_at", "cancellation_reason", "segment"),
)


def write_subscriptions(company: ExampleCompany, directory: Path) -> ExampleFile:
    customers = company.table("customers")
    email_of = dict(zip(customers["customer"], customers["email"], strict=True))
    table = company.table("subscriptions")
    path = directory / "stripe_subscriptions.csv"
    blank = [""] * 7
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for row in zip(*(table[name] for name in _COLUMNS), strict=True):
            subscription, customer, plan, interval, amount, status, created, start, *rest = row
            canceled, ended, reason, segment = rest
            head = [subscription, customer, "", email_of[customer], "", plan, f"prod_{plan}", 1, "eur", interval]
            head += [_major(amount), status, _utc(created), _utc(start), _utc(start)]
            writer.writerow([*head, *blank, _utc(canceled), _utc(ended), reason or "", segment, ""])
    return ExampleFile(path, "stripe", ImportOptions(source="stripe"))


def _major(cents: object) -> str:
    return f"{cents // 100}.{cents % 100:02}" if isinstance(cents, int) else ""


def _utc(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if isinstance(moment, datetime) else ""
