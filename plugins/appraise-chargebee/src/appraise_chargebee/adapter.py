"""Chargebee's list of subscriptions: when one ended, and whether by the customer's choice."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    ImportOptions,
    Parse,
    Skip,
    Verification,
)
from appraise.adapters.event_tables import EventTable, Found, TableSource, case_mix, epoch
from appraise.adapters.files import read_rows
from appraise.domain.events import EventKind

_PREFIX = "subscription."
_STARTS = ("activated_at", "started_at", "created_at")


def _subscriptions(found: Found) -> list[EventStage]:
    status = found.word("status")
    is_over = f"{status} = 'cancelled'"
    starts = [found.text(name) for name in _STARTS if name in found]
    start = f"coalesce({', '.join(f'nullif({one}, {chr(39) * 2})' for one in starts)}, '')"
    rules = {
        "event_id": found.rule("id"),
        "customer_key": found.rule("customer"),
        "occurred_at": found.made("created_at", epoch(start), Parse.TIMESTAMP),
        **case_mix(found),
    }
    if "cancelled_at" in found:
        ended = epoch(f"CASE WHEN {is_over} THEN {found.text('cancelled_at')} ELSE '' END")
        rules["ended_at"] = found.made("cancelled_at", ended, Parse.TIMESTAMP)
    reason = found.text("reason") if "reason" in found else "''"
    rules["end_reason"] = found.made(
        "status", f"CASE WHEN NOT ({is_over}) THEN '' WHEN {reason} <> '' THEN 'involuntary' ELSE 'voluntary' END"
    )
    if "email" in found:
        rules["link_key"] = found.rule("email", Parse.LINK)
    if "amount" in found and "currency" in found:
        rules |= {"amount": found.rule("amount", Parse.INTEGER), "currency": found.rule("currency")}
    if "period" in found and "unit" in found:
        period, unit = found.text("period"), found.word("unit")
        rules["interval"] = found.made(
            "unit",
            f"CASE WHEN {period} = '1' THEN {unit} WHEN {period} = '3' AND {unit} = 'month' THEN 'quarter' "
            f"WHEN {period} = '12' AND {unit} = 'month' THEN 'year' ELSE '' END",
        )
    skips = (
        Skip(f"{status} = 'future'", "the subscription has not begun"),
        Skip(f"{status} = 'transferred'", "moved to another site of the organisation"),
        *((Skip(f"{found.word('deleted')} = 'true'", "the subscription was deleted"),) if "deleted" in found else ()),
    )
    return [EventStage(EventKind.SUBSCRIPTIONS, rules, skips=skips)]


class ChargebeeAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="chargebee",
        title="Chargebee subscriptions",
        format_version="list of subscriptions of API v2, fields by the vendor's client library; no recorded reply",
        verification=Verification.VERIFIED,
        files=("list of subscriptions (json, json lines)",),
        reads=("subscriptions",),
        quirks=(
            "Only what is cancelled has ended: non_renewing still runs, though a day of its end is set.",
            "Times are seconds since 1970, amounts in minor units.",
            "A reason that Chargebee gives (not paid, no card, fraud review failed …) is an involuntary end.",
            "Three months are a quarter, twelve a year; other periods are told without an interval.",
            "A file without any ended subscription is reported: everybody would seem to stay.",
        ),
        unknowable=(
            "Who looked after the customer: import ownerships from elsewhere.",
            "Whether an end without a reason of Chargebee's was the customer's wish or the organisation's.",
            "The labels of the CSV export were not verified: it is not read.",
        ),
    )
    records_path: ClassVar[str | None] = "list"
    tables: ClassVar = (
        EventTable(
            title="list of Chargebee subscriptions",
            columns={
                "id": (f"{_PREFIX}id",),
                "customer": (f"{_PREFIX}customer_id",),
                "status": (f"{_PREFIX}status",),
                "created_at": (f"{_PREFIX}created_at",),
                "activated_at": (f"{_PREFIX}activated_at",),
                "started_at": (f"{_PREFIX}started_at",),
                "cancelled_at": (f"{_PREFIX}cancelled_at",),
                "reason": (f"{_PREFIX}cancel_reason",),
                "amount": (f"{_PREFIX}plan_amount",),
                "currency": (f"{_PREFIX}currency_code",),
                "period": (f"{_PREFIX}billing_period",),
                "unit": (f"{_PREFIX}billing_period_unit",),
                "product": (f"{_PREFIX}plan_id",),
                "deleted": (f"{_PREFIX}deleted",),
                "email": ("customer.email",),
            },
            required=("id", "customer", "status", "created_at"),
            stages=_subscriptions,
        ),
    )

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        rows = read_rows(path, plan.shape)
        if any(row.get(f"{_PREFIX}status") == "cancelled" for _, row in rows):
            return plan
        survivors = "no subscription has ended: ask for cancelled ones too, or everybody seems to stay"
        return replace(plan, warnings=(*plan.warnings, survivors))


adapter = ChargebeeAdapter()
