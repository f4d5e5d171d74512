"""The orders CSV: which rows are orders, which orders count, and what was given back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from appraise.adapters.columns import find_columns, literal, quoted
from appraise.adapters.contract import EventPlan, EventStage, FileShape, ImportOptions, Parse, Rule, Skip
from appraise.adapters.settings import own_settings
from appraise.domain.events import EventKind

_COLUMNS = {
    "name": ("Name",),
    "email": ("Email",),
    "status": ("Financial Status",),
    "currency": ("Currency",),
    "total": ("Total",),
    "created_at": ("Created at",),
    "line_item": ("Lineitem name",),
    "cancelled_at": ("Cancelled at",),
    "refunded": ("Refunded Amount",),
    "id": ("Id",),
    "tags": ("Tags",),
    "employee": ("Employee",),
    "source": ("Source",),
    "country": ("Shipping Country",),
    "payment_method": ("Payment Method",),
}
_REQUIRED = frozenset({"name", "email", "status", "currency", "total", "created_at", "line_item"})
_FORMATS = ("%Y-%m-%d %H:%M:%S %z",)


def plan_orders(columns: Sequence[str], path: Path, shape: FileShape, options: ImportOptions) -> EventPlan:
    segments = _segment_tags(options.settings)
    found = find_columns(columns, _COLUMNS, required=_REQUIRED, path=path, title="Shopify orders export")
    text = {field: _text(column) for field, column in found.items()}
    is_order = f"({text['total']} <> '' OR {text['status']} <> '' OR {text['currency']} <> '')"
    skips = _skips(text)
    rules = _rules(found, text, segments)
    stages = [EventStage(EventKind.PURCHASES, rules, only=is_order, skips=skips)]
    if "refunded" in found:
        refunded = f"TRY_CAST(replace({text['refunded']}, ',', '') AS DECIMAL(18, 6))"
        amount = f"CASE WHEN {refunded} > 0 THEN '-' || {text['refunded']} ELSE 'not read: ' || {text['refunded']} END"
        reversal = {
            **rules,
            "event_id": replace(rules["event_id"], sql=f"{rules['event_id'].sql} || '/refund'"),
            "kind": Rule(constant="reversal"),
            "amount": Rule(Parse.MONEY, sql=amount, blame=found["refunded"]),
        }
        left_out = " OR ".join(f"({skip.where})" for skip in skips)
        # The order's own stage counts what is left out; what was given back before that goes with it.
        # What cannot be read, or is negative, is rejected: it would be money that is counted as kept.
        some = f"({text['refunded']} <> '' AND coalesce({refunded} <> 0, true))"
        only, gone = f"{is_order} AND ({some} OR {left_out})", Skip(left_out, None)
        stages.append(EventStage(EventKind.PURCHASES, reversal, only=only, skips=(gone,)))
    return EventPlan(shape, tuple(stages), tuple(found.values()), tuple(_warnings(found, segments)))


def _segment_tags(settings: Mapping[str, str]) -> tuple[str, ...]:
    tags = own_settings(settings, ["segment_tags"]).get("segment_tags", "")
    return tuple(tag.strip() for tag in tags.split(",") if tag.strip())


def _text(column: str) -> str:
    return f"ltrim(trim(coalesce({quoted(column)}, '')), '''')"


def _skips(text: Mapping[str, str]) -> tuple[Skip, ...]:
    total = f"TRY_CAST({text['total']} AS DECIMAL(18, 6))"
    skips = [
        Skip(f"{text['email']} = ''", "no e-mail address: a walk-in"),
        Skip(f"lower({text['status']}) = 'voided'", "the payment was voided"),
        Skip(f"lower({text['status']}) = 'expired'", "the payment expired"),
        Skip(f"{total} = 0", "nothing was to be paid"),
    ]
    if "cancelled_at" in text:
        skips.insert(1, Skip(f"{text['cancelled_at']} <> ''", "the order was cancelled"))
    if "payment_method" in text:
        skips.append(Skip(f"lower({text['payment_method']}) LIKE '%bogus%'", "a test order"))
    return tuple(skips)


def _rules(found: Mapping[str, str], text: Mapping[str, str], segments: Sequence[str]) -> dict[str, Rule]:
    identity = "id" if "id" in found else "name"
    total = f"TRY_CAST({text['total']} AS DECIMAL(18, 6))"
    rules = {
        "event_id": Rule(sql=f"nullif({text[identity]}, '')", blame=found[identity]),
        "order_id": Rule(sql=f"nullif({text[identity]}, '')", blame=found[identity]),
        "occurred_at": Rule(Parse.TIMESTAMP, column=found["created_at"], formats=_FORMATS),
        "customer_key": Rule(Parse.LINK, column=found["email"]),
        "link_key": Rule(Parse.LINK, column=found["email"]),
        "kind": Rule(sql=f"CASE WHEN {total} < 0 THEN 'reversal' ELSE 'purchase' END", blame=found["total"]),
        "amount": Rule(Parse.MONEY, sql=f"nullif({text['total']}, '')", blame=found["total"]),
        "currency": Rule(sql=f"upper(nullif({text['currency']}, ''))", blame=found["currency"]),
    }
    if "employee" in found:
        rules["employee_namespace"] = Rule(constant="name")
        rules["employee_key"] = Rule(column=found["employee"])
    if "source" in found:
        rules["channel"] = Rule(sql=f"nullif(lower({text['source']}), '')", blame=found["source"])
    if "country" in found:
        rules["region"] = Rule(column=found["country"])
    if "tags" in found and segments:
        rules["segment"] = Rule(sql=_segment(text["tags"], segments), blame=found["tags"])
    return rules


def _segment(tags: str, segments: Sequence[str]) -> str:
    """The first of the declared segments that is among the order's tags."""
    listed = f"string_split(regexp_replace(lower(trim({tags})), ' *, *', ',', 'g'), ',')"
    cases = " ".join(f"WHEN list_contains({listed}, {literal(tag.casefold())}) THEN {literal(tag)}" for tag in segments)
    return f"CASE {cases} END"


def _warnings(found: Mapping[str, str], segments: Sequence[str]) -> list[str]:
    warnings = []
    if "id" not in found:
        warnings.append("without Id orders are told apart by Name, which repeats in other shops: one source per shop")
    if "refunded" not in found:
        warnings.append("without Refunded Amount money given back is counted as kept")
    if "tags" in found and not segments:
        warnings.append("orders have no segment: name the tags that are segments with segment_tags=…")
    return warnings
