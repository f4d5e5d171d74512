"""The ticket CSV: each ticket is a contact, and its requester a customer."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appraise.adapters.columns import find_columns, literal, quoted
from appraise.adapters.contract import EventPlan, EventStage, FileShape, ImportOptions, Parse, Rule, Skip
from appraise.adapters.days import require_time_zone
from appraise.adapters.settings import own_settings
from appraise.domain.events import EventKind

_COLUMNS = {
    "id": ("Id",),
    "requester_id": ("Requester id",),
    "email": ("Requester email",),
    "assignee": ("Assignee",),
    "status": ("Status",),
    "via": ("Via",),
    "created_at": ("Created at",),
    "stations": ("Assignee stations",),
    "topic": ("Topic [list]",),
    "segment": ("Segment [list]",),
}
_REQUIRED = frozenset({"id", "requester_id", "assignee", "status", "created_at"})
_CASE_MIX = ("topic", "segment", "product", "region")
SETTINGS = ("bots", *(f"column.{field}" for field in _CASE_MIX))
_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
_OUTCOMES = {
    "new": "open",
    "open": "open",
    "pending": "open",
    "hold": "open",
    "on-hold": "open",
    "solved": "resolved",
    "closed": "resolved",
}
_CHANNELS = {
    "mail": "email",
    "email": "email",
    "web form": "web",
    "web": "web",
    "web widget": "web",
    "help center post": "web",
    "chat": "chat",
    "messaging": "chat",
    "native messaging": "chat",
    "phone call (incoming)": "phone",
    "phone call (outgoing)": "phone",
    "phone": "phone",
    "voicemail": "phone",
}


def plan_tickets(columns: Sequence[str], path: Path, shape: FileShape, options: ImportOptions) -> EventPlan:
    declared = _declared_columns(options.settings)
    found = find_columns(
        columns,
        _COLUMNS | {field: (name,) for field, name in declared.items()},
        required=_REQUIRED | declared.keys(),
        path=path,
        title="Zendesk ticket export with English labels",
    )
    zone = require_time_zone(
        options.time_zone, because="the times in a ticket export are the account's, without offset"
    )
    case_mix = {field: Rule(column=found[field]) for field in _CASE_MIX if field in found}
    common = {
        "occurred_at": Rule(Parse.TIMESTAMP, column=found["created_at"], formats=_FORMATS, time_zone=zone),
        "customer_key": Rule(column=found["requester_id"]),
    }
    if "email" in found:
        common["link_key"] = Rule(Parse.LINK, column=found["email"])
    contacts = EventStage(
        EventKind.CONTACTS,
        {**common, **case_mix, **_contact_rules(found)},
        skips=_skips(found, options.settings),
    )
    customers = EventStage(
        EventKind.CUSTOMERS,
        {
            **common,
            "event_id": Rule(column=found["requester_id"]),
            **{field: rule for field, rule in case_mix.items() if field in {"segment", "region"}},
        },
        prepare=_latest_tickets(found, case_mix),
    )
    return EventPlan(shape, (contacts, customers), tuple(found.values()), tuple(_warnings(found)))


def _declared_columns(settings: Mapping[str, str]) -> dict[str, str]:
    own = own_settings(settings, SETTINGS)
    return {name.removeprefix("column."): column for name, column in own.items() if name != "bots"}


def _contact_rules(found: Mapping[str, str]) -> dict[str, Rule]:
    rules = {
        "event_id": Rule(column=found["id"]),
        "case_id": Rule(column=found["id"]),
        "employee_namespace": Rule(constant="name"),
        "employee_key": Rule(column=found["assignee"]),
        "outcome": Rule(sql=f"lower(trim({quoted(found['status'])}))", blame=found["status"], words=_OUTCOMES),
    }
    if "via" in found:
        via = f"lower(trim({quoted(found['via'])}))"
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(channel)}" for word, channel in _CHANNELS.items())
        rules["channel"] = Rule(sql=f"CASE {via} {cases} ELSE {via} END", blame=found["via"])
    if "stations" in found:
        stations = f"TRY_CAST({quoted(found['stations'])} AS INTEGER)"
        rules["transferred"] = Rule(
            Parse.BOOLEAN,
            sql=f"CASE WHEN {stations} > 1 THEN 'true' WHEN {stations} >= 0 THEN 'false' END",
            blame=found["stations"],
        )
    return rules


def _skips(found: Mapping[str, str], settings: Mapping[str, str]) -> tuple[Skip, ...]:
    assignee = f"trim(coalesce({quoted(found['assignee'])}, ''))"
    skips = [
        Skip(f"{assignee} IN ('', '-')", "no agent was assigned"),
        Skip(f"lower(trim({quoted(found['status'])})) = 'deleted'", "the ticket was deleted"),
    ]
    named = [name.strip().casefold() for name in settings.get("bots", "").split(",") if name.strip()]
    names = ", ".join(literal(name) for name in ("answer bot", *named))
    skips.append(Skip(f"lower({assignee}) IN ({names})", "a bot held the ticket"))
    return tuple(skips)


def _latest_tickets(found: Mapping[str, str], case_mix: Mapping[str, Rule]) -> str:
    """One row per requester: the latest ticket's, whose segment and address are the ones known last."""
    wanted = ["requester_id", "created_at", *(["email"] if "email" in found else []), *case_mix]
    columns = ", ".join(dict.fromkeys(quoted(found[field]) for field in wanted))
    requester, created = quoted(found["requester_id"]), quoted(found["created_at"])
    return (
        f"SELECT _row, {columns} FROM raw WHERE trim(coalesce({requester}, '')) <> '' "  # noqa: S608  # names of columns, quoted
        f"QUALIFY row_number() OVER (PARTITION BY {requester} ORDER BY {created} DESC, _row DESC) = 1"
    )


def _warnings(found: Mapping[str, str]) -> list[str]:
    warnings = []
    if "email" not in found:
        warnings.append("without Requester email the customers cannot be joined to other sources")
    if "stations" not in found:
        warnings.append("without Assignee stations transferred tickets cannot be told")
    warnings.extend(
        f"no column {_COLUMNS[field][0]!r}: contacts have no {field} to compare like with like"
        for field in ("topic", "segment")
        if field not in found
    )
    return warnings
