"""Freshdesk and Freshservice: the ticket export as contacts, satisfaction ratings of the API as ratings."""

from collections.abc import Iterator
from typing import ClassVar

from appraise.adapters.contract import Declaration, EventStage, Parse, Rule, Verification
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    bots,
    case_mix,
    customer,
    nobody_served,
    rated_contact,
    scale,
    served_by,
)
from appraise.domain.events import EventKind

_CHANNELS = {
    "portal": "web",
    "feedback widget": "web",
    "forum": "web",
    "outbound email": "email",
    "e-mail": "email",
    "walk-up": "store",
}
_STEPS = {103: 3, 102: 2, 101: 1, 100: 0, -101: -1, -102: -2, -103: -3}


def _contacts(found: Found) -> list[EventStage]:
    rules = {
        "event_id": found.rule("id"),
        "case_id": found.rule("id"),
        "occurred_at": found.time("created_at"),
        **customer(found, "contact", "email"),
        **served_by("name", found.rule("agent")),
        **case_mix(found),
        "outcome": found.made(
            "status", f"CASE WHEN {found.word('status')} IN ('resolved', 'closed') THEN 'resolved' ELSE 'open' END"
        ),
    }
    if "channel" in found:
        rules["channel"] = found.choices("channel", _CHANNELS)
    return [
        EventStage(
            EventKind.CONTACTS,
            rules,
            skips=(nobody_served(found, "agent"), *bots(found, "agent", reason="a bot held the ticket")),
        )
    ]


def _warnings(found: Found) -> Iterator[str]:
    if "contact" not in found:
        yield "without Contact ID ratings of the API cannot be joined to these customers: they have no address"
    if "email" not in found:
        yield "without Email the customers cannot be joined to other sources"


def _ratings(found: Found) -> list[EventStage]:
    words = {str(answer): str(step) for answer, step in _STEPS.items()}
    rules = {
        "event_id": found.rule("id"),
        "occurred_at": found.time("created_at", zone="UTC"),
        "customer_key": found.rule("customer"),
        **served_by("freshdesk:agent", found.rule("agent")),
        **rated_contact(found, "ticket", "agent"),
        **scale("freshdesk_-3_3", -3, 3),
        "score": Rule(Parse.DECIMAL, column=found.columns["score"], words=words),
    }
    return [EventStage(EventKind.RATINGS, rules, skips=bots(found, "agent", reason="a bot was rated"))]


class FreshdeskAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="freshdesk",
        title="Freshdesk and Freshservice",
        format_version="ticket export (English labels), second-hand; satisfaction ratings of API v2, vendor's document",
        verification=Verification.SECOND_HAND,
        files=("ticket export (csv)", "satisfaction ratings (json, json lines)"),
        reads=("contacts", "ratings"),
        quirks=(
            "Ratings run from 103 (extremely happy) over 100 to -103, with gaps: they become 3 … -3.",
            "Labels of Freshdesk and of Freshservice are both known, in any case; repeated ones are told apart.",
            "Times in the ticket export have no offset: the account's time zone must be declared.",
            "Durations named (in hrs) are hours, minutes and seconds, and often empty: they are not read.",
            "Statuses of the account's own are open cases; only Resolved and Closed are resolved.",
            "Tickets without an agent, and of bots that the setting bots=… names, are left out with the reason.",
        ),
        unknowable=(
            "Who served the customer before: the ticket export names the agent who holds the ticket by then.",
            "Two agents of one name: the ticket export has no ids of agents. Ratings have them.",
            "Whether a survey without an answer was sent: ratings are answers only.",
            "All seven steps of the scale are from memory; a step that is not known is rejected.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="export of Freshdesk tickets with English labels",
            columns={
                "id": ("Ticket ID",),
                "agent": ("Agent", "Agent Name"),
                "created_at": ("Created time", "Created Time"),
                "status": ("Status",),
                "contact": ("Contact ID",),
                "email": ("Email", "Requester Email", "Contact Email"),
                "channel": ("Source",),
                "topic": ("Type",),
                "product": ("Product",),
            },
            required=("id", "agent", "created_at", "status"),
            stages=_contacts,
            local_times="the times in a ticket export are the account's, without offset",
            warnings=_warnings,
        ),
        EventTable(
            title="list of Freshdesk satisfaction ratings",
            columns={
                "id": ("id",),
                "agent": ("agent_id",),
                "customer": ("user_id",),
                "ticket": ("ticket_id",),
                "score": ("ratings.default_question",),
                "created_at": ("created_at",),
            },
            required=("id", "agent", "customer", "ticket", "score", "created_at"),
            stages=_ratings,
        ),
    )


adapter = FreshdeskAdapter()
