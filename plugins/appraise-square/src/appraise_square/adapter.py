"""Square's transactions export: sales and refunds, with who stood at the till."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from appraise.adapters.columns import literal
from appraise.adapters.contract import Declaration, EventStage, Parse, Rule, Skip, Verification
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    at_zone,
    case_mix,
    declared_currency,
    person,
    served_by,
)
from appraise.domain.events import EventKind

_ZONES = {
    "eastern time (us & canada)": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "atlantic time (canada)": "America/Halifax",
    "indiana (east)": "America/Indiana/Indianapolis",
    "arizona": "America/Phoenix",
    "alaska": "America/Juneau",
    "hawaii": "Pacific/Honolulu",
    "newfoundland": "America/St_Johns",
    "saskatchewan": "America/Regina",
    "london": "Europe/London",
    "edinburgh": "Europe/London",
    "dublin": "Europe/Dublin",
    "paris": "Europe/Paris",
    "madrid": "Europe/Madrid",
    "tokyo": "Asia/Tokyo",
    "osaka": "Asia/Tokyo",
    "sydney": "Australia/Sydney",
    "melbourne": "Australia/Melbourne",
    "canberra": "Australia/Canberra",
    "brisbane": "Australia/Brisbane",
    "adelaide": "Australia/Adelaide",
    "darwin": "Australia/Darwin",
    "hobart": "Australia/Hobart",
    "perth": "Australia/Perth",
}
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_KINDS = {"payment": "purchase", "refund": "reversal"}


def _sales(found: Found) -> list[EventStage]:
    transaction, event = found.text("transaction"), found.word("event")
    # A payment may be given back in several parts, which only their times tell apart.
    part = f"{found.text('payment')} || CASE WHEN {event} = 'refund' THEN '/' || sold_at ELSE '' END"
    rules = {
        "event_id": found.made("transaction", f"{transaction} || '/' || {event} || '/' || {part}"),
        "order_id": found.rule("transaction"),
        "occurred_at": found.made("date", "sold_at", Parse.TIMESTAMP),
        "customer_key": found.rule("customer"),
        **_staff(found),
        **case_mix(found),
        "kind": found.made("event", event, words=_KINDS),
        "amount": found.made("net", "plain_net", Parse.MONEY),
        "currency": declared_currency(found),
    }
    skips = (
        Skip(f"{found.text('customer')} = ''", "no customer was recorded: a walk-in"),
        Skip("TRY_CAST(replace(plain_net, ',', '') AS DECIMAL(18, 6)) = 0", "nothing was to be paid"),
    )
    return [EventStage(EventKind.PURCHASES, rules, skips=skips, prepare=_prepared(found)), _told_before(found, rules)]


def _told_before(found: Found, rules: Mapping[str, Rule]) -> EventStage:
    """Refunds under the ids of earlier imports, which did not hold the time: withdrawn, or they would count twice."""
    before = f"{found.text('transaction')} || '/refund/' || {found.text('payment')}"
    return EventStage(
        EventKind.PURCHASES,
        {**rules, "event_id": found.made("transaction", before)},
        only=f"{found.word('event')} = 'refund'",
        skips=(Skip("true", None),),
        prepare=_prepared(found),
    )


def _prepared(found: Found) -> str:
    """SQL: the raw rows with `sold_at`, in the zone that the row names or else the declared one, and `plain_net`."""
    days = ("%Y-%m-%d", *([found.date_format] if found.date_format else []))
    formats = [f"{day} {time}" for day in days for time in _TIMES]
    cases = " ".join(f"WHEN {literal(name)} THEN {literal(zone)}" for name, zone in _ZONES.items())
    declared = literal(found.time_zone) if found.time_zone else "NULL"
    written = f"{found.text('date')} || ' ' || {found.text('time')}"
    unknown = f"'unknown zone: ' || {found.text('zone')}"
    return (
        f"WITH zoned AS (SELECT *, CASE {found.word('zone')} {cases} ELSE {declared} END AS zone_of FROM raw), "  # noqa: S608  # names of columns, quoted
        f"timed AS (SELECT *, {at_zone(written, formats, 'zone_of')} AS moment FROM zoned) "
        f"SELECT *, CASE WHEN zone_of IS NULL THEN {unknown} WHEN moment = '' THEN {written} ELSE moment END "
        f"AS sold_at, {_plain(found.text('net'))} AS plain_net FROM timed"
    )


def _plain(money: str) -> str:
    """SQL: `$1,234.56`, `-$0.95` and `($12.00)` without what a number does not have."""
    bare = rf"regexp_replace({money}, '[^0-9.,-]', '', 'g')"
    return f"CASE WHEN starts_with({money}, '(') THEN '-' || {bare} ELSE {bare} END"


def _staff(found: Found) -> dict[str, Rule]:
    namespace, name = ("square:staff", "staff_id") if "staff_id" in found else ("name", "staff")
    if name not in found:
        return {}
    return served_by(namespace, person(found, name))


def _warnings(found: Found) -> Iterator[str]:
    yield "the export has no e-mail address: link its customers to other sources by a crosswalk"
    if "staff_id" not in found:
        yield "without Staff ID two employees of one name cannot be told apart"


class SquareAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="square",
        title="Square transactions",
        format_version="transactions export (csv) with 55 columns, and older ones with fewer",
        verification=Verification.SECOND_HAND,
        files=("transactions export (csv)",),
        reads=("purchases",),
        quirks=(
            "The time zone stands in its own column, by the names that Rails gives zones.",
            "Days are read as 2025-05-10; 10/05/2025 needs a declared date format. AM and PM are known.",
            "Money is written $1,234.56, -$0.95 or ($12.00), without its currency, which must be declared.",
            "Net sales count: after discounts, without tax and tip. A refund is a reversal.",
            "Refunds of one payment are told apart by their times.",
            "Sales without a recorded customer are left out: nobody can come back.",
        ),
        unknowable=(
            "Which sale a refund belongs to where its Transaction ID is another one: it then reduces none.",
            "Whether the person at the till also served the customer.",
            "Money that a row tells as Partial Refunds: it is taken from the refunds' own rows.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="Square transactions export",
            columns={
                "date": ("Date",),
                "time": ("Time",),
                "zone": ("Time Zone",),
                "net": ("Net Sales",),
                "event": ("Event Type",),
                "transaction": ("Transaction ID",),
                "payment": ("Payment ID",),
                "customer": ("Customer ID",),
                "staff": ("Staff Name",),
                "staff_id": ("Staff ID",),
                "channel": ("Channel", "Source"),
            },
            required=("date", "time", "zone", "net", "event", "transaction", "payment", "customer"),
            stages=_sales,
            settings=("currency",),
            warnings=_warnings,
        ),
    )


adapter = SquareAdapter()
