"""The payments CSV: what was paid, and what was given back of it."""

from collections.abc import Iterator
from dataclasses import replace

from appraise.adapters.columns import literal
from appraise.adapters.contract import EventStage, Parse, Rule, Skip
from appraise.adapters.event_tables import EventTable, Found, case_mix, person, served_by
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput

_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
_KINDS = {"paid": "purchase", "refunded": "purchase"}
_UNPAID = ("blocked", "canceled", "cancelled", "failed", "incomplete", "pending", "uncaptured")


def _payments(found: Found) -> list[EventStage]:
    link = {"link_key": found.rule("email", Parse.LINK)} if "email" in found else {}
    rules = {
        "event_id": found.rule("id"),
        "order_id": found.rule("id"),
        "occurred_at": found.time("created_at", *_FORMATS, zone="UTC"),
        **link,
        **_employee(found),
        **case_mix(found),
        "kind": found.made("status", found.word("status"), words=_KINDS),
        "amount": found.rule("amount", Parse.MONEY),
        "currency": found.rule("currency"),
    }
    named = f"{found.text('customer')} <> ''"
    known = EventStage(
        EventKind.PURCHASES, {**rules, "customer_key": found.rule("customer")}, only=named, skips=_skips(found)
    )
    guest_key = link.get("link_key", Rule(sql="NULL", blame=found.columns["customer"]))
    guest = replace(known, rules={**rules, "customer_key": guest_key}, only=f"NOT ({named})")
    stages = [known, guest]
    return [*stages, *(_given_back(found, stage) for stage in stages)]


def _skips(found: Found) -> tuple[Skip, ...]:
    unpaid = ", ".join(map(literal, _UNPAID))
    nobody = f"{found.text('customer')} = ''" + (f" AND {found.text('email')} = ''" if "email" in found else "")
    skips = [
        Skip(f"{found.word('status')} IN ({unpaid})", "the payment failed, or has not come"),
        Skip(f"TRY_CAST(replace({found.text('amount')}, ',', '') AS DECIMAL(18, 6)) = 0", "nothing was to be paid"),
        Skip(nobody, "neither a customer nor an e-mail address"),
    ]
    if "captured" in found:
        skips.append(Skip(f"{found.word('captured')} = 'false'", "authorised and not captured"))
    if "mode" in found:
        skips.append(Skip(f"{found.word('mode')} = 'test'", "a test payment"))
    return tuple(skips)


def _given_back(found: Found, stage: EventStage) -> EventStage:
    """All refunds of a payment in one; their own days are not in the export."""
    text = found.text("refunded")
    number = f"TRY_CAST(replace({text}, ',', '') AS DECIMAL(18, 6))"
    amount = f"CASE WHEN {number} > 0 THEN '-' || {text} ELSE 'not read: ' || {text} END"
    rules = {
        **stage.rules,
        "event_id": found.made("id", f"{found.text('id')} || '/refund'"),
        "kind": Rule(constant="reversal"),
        "amount": found.made("refunded", amount, Parse.MONEY),
    }
    # The payment's own stage counts what is left out; refunds go with it.
    left_out = " OR ".join(f"({skip.where})" for skip in stage.skips)
    nothing = f"{text} = '' OR coalesce({number} = 0, false)"
    return replace(stage, rules=rules, skips=(Skip(f"{nothing} OR {left_out}", None),))


def _employee(found: Found) -> dict[str, Rule]:
    if "employee" not in found:
        return {}
    namespace = found.settings.get("employees")
    if not namespace:
        raise InvalidInput(
            f"which kind of reference {found.columns['employee']!r} has is not declared",
            expected="the setting employees, e.g. employees=email or employees=zendesk:agent",
        )
    return served_by(namespace, person(found, "employee"))


def _warnings(found: Found) -> Iterator[str]:
    if "email" not in found:
        yield "without Customer Email the customers cannot be joined to other sources"
    if "invoice" in found:
        yield "payments of invoices count too: renewals of a subscription look like customers who bought again"


PAYMENTS = EventTable(
    title="export of Stripe payments",
    columns={
        "id": ("id",),
        "created_at": ("Created date (UTC)", "Created (UTC)"),
        "amount": ("Amount",),
        "refunded": ("Amount Refunded",),
        "currency": ("Currency",),
        "status": ("Status",),
        "customer": ("Customer ID",),
        "email": ("Customer Email",),
        "captured": ("Captured",),
        "mode": ("Mode",),
        "invoice": ("Invoice ID",),
        "segment": ("segment (metadata)",),
        "region": ("region (metadata)",),
        "employee": (),
    },
    required=("id", "created_at", "amount", "refunded", "currency", "status", "customer"),
    stages=_payments,
    settings=("employees",),
    warnings=_warnings,
)
