"""WooCommerce orders of the REST API: purchases, and what was given back of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.columns import find_column
from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    ImportOptions,
    Parse,
    Rule,
    Skip,
    Verification,
)
from appraise.adapters.event_tables import EventTable, Found, TableSource, case_mix, person, served_by
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Place

_STANDING = "('completed', 'processing', 'refunded')"


def _orders(found: Found) -> list[EventStage]:
    account, email = found.text("account"), found.text("email")
    link = found.rule("email", Parse.LINK)
    common = {
        "event_id": found.rule("id"),
        "order_id": found.rule("id"),
        "occurred_at": found.time("created_at", zone="UTC"),
        "link_key": link,
        **case_mix(found),
        "kind": Rule(constant="purchase"),
        "amount": found.rule("total", Parse.MONEY),
        "currency": found.rule("currency"),
    }
    if "employee" in found:
        common |= served_by("name", person(found, "employee"))
    skips = (
        Skip(f"{found.word('status')} NOT IN {_STANDING}", "not paid, cancelled or failed"),
        Skip(f"TRY_CAST({found.text('total')} AS DECIMAL(18, 6)) = 0", "nothing was to be paid"),
        Skip(f"{account} IN ('', '0') AND {email} = ''", "neither an account nor an e-mail address"),
    )
    registered = f"{account} NOT IN ('', '0')"
    known = {**common, "customer_key": found.rule("account")}
    guest = {**common, "customer_key": link}
    stages = [
        EventStage(EventKind.PURCHASES, known, only=registered, skips=skips),
        EventStage(EventKind.PURCHASES, guest, only=f"NOT ({registered})", skips=skips),
    ]
    if "refunds" in found:
        stages += [_given_back(found, stage) for stage in stages]
    return stages


def _given_back(found: Found, stage: EventStage) -> EventStage:
    """All refunds of an order in one; their own days are not in the list of orders."""
    totals = rf"""regexp_extract_all({found.text("refunds")}, '"total": "([^"]*)"', 1)"""
    plain = r"regexp_full_match(one, '-?\d+(\.\d+)?')"
    amounts = f"list_transform({totals}, lambda one: CASE WHEN {plain} THEN abs(TRY_CAST(one AS DECIMAL(18, 6))) END)"
    # One total that cannot be read makes the sum wrong: the row is rejected, and shows them all.
    amount = (
        f"CASE WHEN len(list_filter({amounts}, lambda one: one IS NULL)) > 0 THEN array_to_string({totals}, ' ') "
        f"ELSE CAST(-list_sum({amounts}) AS VARCHAR) END"
    )
    rules = {
        **stage.rules,
        "event_id": found.made("id", f"{found.text('id')} || '/refund'"),
        "kind": Rule(constant="reversal"),
        "amount": found.made("refunds", amount, Parse.MONEY),
    }
    # The order's own stage counts what is left out; refunds go with it, and may be deleted by themselves.
    left_out = " OR ".join(f"({skip.where})" for skip in stage.skips)
    return replace(stage, rules=rules, skips=(Skip(f"length({totals}) = 0 OR {left_out}", None),))


class WooCommerceAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="woocommerce",
        title="WooCommerce orders",
        format_version="orders of REST API v3 (json), fields by the vendor's documents; no recorded reply",
        verification=Verification.SECOND_HAND,
        files=("orders (json, json lines)",),
        reads=("purchases",),
        quirks=(
            "Orders that are completed, processing or refunded count; others are left out with the reason.",
            "A guest (customer_id 0) is known by the hashed e-mail address, which joins them to an account of theirs.",
            "Refunds of an order become one reversal with its own id, so that a purchase stays a purchase.",
            "Totals include tax and shipping; times are taken from date_created_gmt.",
            "The CSV of Analytics is refused: it names customers by name only, so nobody can be known again.",
        ),
        unknowable=(
            "When money was given back: reversals are booked at the time of the order.",
            "Who served the customer, unless an extension records it and column.employee=NAME names where.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="list of WooCommerce orders",
            columns={
                "id": ("id",),
                "status": ("status",),
                "currency": ("currency",),
                "total": ("total",),
                "created_at": ("date_created_gmt",),
                "account": ("customer_id",),
                "email": ("billing.email",),
                "refunds": ("refunds",),
                "region": ("billing.country",),
                "channel": ("created_via",),
                "employee": (),
            },
            required=("id", "status", "currency", "total", "created_at", "account", "email"),
            stages=_orders,
        ),
    )

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        if find_column(columns, "Order #") and find_column(columns, "Customer type"):
            raise InvalidInput(
                "the export of WooCommerce Analytics knows customers by name only",
                place=Place(path.name),
                expected="orders of the REST API (/wp-json/wc/v3/orders) as JSON, with customer_id and billing.email",
                hint="two customers of one name would be taken for one who came back",
            )
        return super().plan_events(columns, path, options)


adapter = WooCommerceAdapter()
