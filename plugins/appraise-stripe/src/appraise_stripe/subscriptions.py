"""The subscriptions CSV: when a subscription was lost, and whether by the customer's choice."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appraise.adapters.columns import find_columns, quoted
from appraise.adapters.contract import EventPlan, EventStage, FileShape, ImportOptions, Parse, Rule, Skip
from appraise.adapters.files import read_rows
from appraise.adapters.settings import own_settings
from appraise.domain.events import EventKind

_COLUMNS = {
    "id": ("id",),
    "customer": ("Customer ID",),
    "email": ("Customer Email",),
    "plan": ("Plan", "Product"),
    "status": ("Status",),
    "currency": ("Currency",),
    "amount": ("Amount",),
    "interval": ("Interval",),
    "started_at": ("Start Date (UTC)", "Start (UTC)", "Created (UTC)"),
    "ended_at": ("Ended At (UTC)",),
    "reason": ("Cancellation Reason",),
    "segment": ("segment (metadata)",),
    "region": ("region (metadata)",),
}
_REQUIRED = frozenset({"id", "customer", "status", "started_at", "ended_at"})
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")

_VOLUNTARY = (
    "cancellation_requested",
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
_INVOLUNTARY = ("payment_failed", "payment_failure", "payment_disputed", "fraud", "fraudulent")
_REASONS = dict.fromkeys(_VOLUNTARY, "voluntary") | dict.fromkeys(_INVOLUNTARY, "involuntary")
_INTERVALS = {word: word for word in ("day", "week", "month", "quarter", "year")}


def plan_subscriptions(columns: Sequence[str], path: Path, shape: FileShape, options: ImportOptions) -> EventPlan:
    declared = _declared_columns(options.settings)
    found = find_columns(
        columns,
        _COLUMNS | {field: (name,) for field, name in declared.items()},
        required=_REQUIRED | declared.keys(),
        path=path,
        title="Stripe subscriptions export",
    )
    status = f"lower(trim({quoted(found['status'])}))"
    stage = EventStage(
        EventKind.SUBSCRIPTIONS,
        _rules(found),
        skips=(
            Skip(f"{status} = 'incomplete_expired'", "the first payment never came"),
            Skip(f"{status} = 'incomplete'", "the first payment has not come yet"),
        ),
    )
    return EventPlan(shape, (stage,), tuple(found.values()), tuple(_warnings(path, shape, found)))


def _declared_columns(settings: Mapping[str, str]) -> dict[str, str]:
    own = own_settings(settings, ["column.segment", "column.region"])
    return {name.removeprefix("column."): column for name, column in own.items()}


def _rules(found: Mapping[str, str]) -> dict[str, Rule]:
    ended = f"trim(coalesce({quoted(found['ended_at'])}, ''))"
    rules = {
        "event_id": Rule(column=found["id"]),
        "customer_key": Rule(column=found["customer"]),
        "occurred_at": Rule(Parse.TIMESTAMP, column=found["started_at"], formats=_FORMATS, time_zone="UTC"),
        "ended_at": Rule(Parse.TIMESTAMP, column=found["ended_at"], formats=_FORMATS, time_zone="UTC"),
    }
    if "email" in found:
        rules["link_key"] = Rule(Parse.LINK, column=found["email"])
    if "reason" in found:
        # A reason without an end belongs to a click that was taken back or has not come into force.
        reason = f"CASE WHEN {ended} <> '' THEN nullif(lower(trim({quoted(found['reason'])})), '') END"
        rules["end_reason"] = Rule(sql=reason, blame=found["reason"], words=_REASONS)
    if "amount" in found and "currency" in found:
        rules["amount"] = Rule(Parse.MONEY, column=found["amount"])
        rules["currency"] = Rule(sql=f"upper(trim({quoted(found['currency'])}))", blame=found["currency"])
    if "interval" in found:
        interval = f"nullif(lower(trim({quoted(found['interval'])})), '')"
        rules["interval"] = Rule(sql=interval, blame=found["interval"], words=_INTERVALS)
    if "plan" in found:
        rules["product"] = Rule(column=found["plan"])
    return rules | {field: Rule(column=found[field]) for field in ("segment", "region") if field in found}


def _warnings(path: Path, shape: FileShape, found: Mapping[str, str]) -> list[str]:
    warnings = []
    rows = read_rows(path, shape, on_reject=lambda _: None)
    if not any(row[found["ended_at"]].strip() for _, row in rows):
        warnings.append("no subscription has ended: export all of them, or everybody seems to stay")
    if "reason" not in found:
        warnings.append("without Cancellation Reason failed payments cannot be told from customers who left")
    if "email" not in found:
        warnings.append("without Customer Email the customers cannot be joined to other sources")
    return warnings
