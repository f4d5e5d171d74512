"""Intercom: conversations of the API as ratings, the conversation export as contacts and ratings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from zoneinfo import available_timezones

from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    ImportOptions,
    Parse,
    Skip,
    Verification,
)
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    bots,
    by_address,
    case_mix,
    epoch,
    nobody_served,
    plan_tables,
    rated_contact,
    scale,
    served_by,
)
from appraise.domain.events import EventKind

_STARTED = re.compile(r"conversation started at \((.+)\)", re.IGNORECASE)
_OUTCOMES = {"open": "open", "snoozed": "open", "closed": "resolved"}
_BOT = "a bot was rated"
_FIN = ("fin", "fin ai", "fin ai agent")


def _rated_conversations(found: Found) -> list[EventStage]:
    requested, updated = found.text("requested_at"), found.text("answered_at") if "answered_at" in found else "''"
    rules = {
        "event_id": found.rule("id"),
        **rated_contact(found, "id", "teammate"),
        "occurred_at": found.made(
            "requested_at", epoch(f"CASE WHEN {updated} <> '' THEN {updated} ELSE {requested} END"), Parse.TIMESTAMP
        ),
        "customer_key": found.rule("contact"),
        **(served_by("intercom:teammate", found.rule("teammate")) if "teammate" in found else {}),
        **scale("csat_1_5", 1, 5),
        "score": found.rule("score", Parse.DECIMAL),
    }
    skips = [
        Skip(f"{requested} = ''", "no rating was asked for"),
        Skip(f"{found.text('score')} = ''", "asked and not answered"),
        *(bots(found, "teammate", reason=_BOT) if "teammate" in found else ()),
    ]
    if "kind" in found:
        skips.append(Skip(f"{found.word('kind')} = 'bot'", _BOT))
    return [EventStage(EventKind.RATINGS, rules, skips=tuple(skips))]


def _exported_conversations(found: Found) -> list[EventStage]:
    common = {
        "event_id": found.rule("id"),
        "occurred_at": found.time("started_at", "%Y-%m-%d %H:%M:%S"),
        **case_mix(found),
    }
    contact = {
        **common,
        "case_id": found.rule("id"),
        **served_by("name", found.rule("assigned")),
        "outcome": found.made("state", found.word("state"), words=_OUTCOMES),
    }
    rating = {
        **common,
        **rated_contact(found, "id", "rated"),
        **served_by("name", found.rule("rated")),
        **scale("csat_1_5", 1, 5),
        "score": found.rule("score", Parse.DECIMAL),
    }
    own = f"'conversation/' || {found.text('id')}"
    unserved = (nobody_served(found, "assigned"), *bots(found, "assigned", *_FIN, reason="a bot held the conversation"))
    unrated = [Skip(f"{found.text('score')} = ''", "not rated"), *bots(found, "rated", *_FIN, reason=_BOT)]
    if "rated_kind" in found:
        unrated.append(Skip(f"regexp_matches({found.word('rated_kind')}, '\\b(bot|fin|ai)\\b')", _BOT))
    return [
        *by_address(EventKind.CONTACTS, contact, found, "email", otherwise=own, skips=unserved),
        *by_address(EventKind.RATINGS, rating, found, "email", otherwise=own, skips=tuple(unrated)),
    ]


EXPORT = EventTable(
    title="Intercom conversation export with English labels",
    columns={
        "id": ("Conversation ID",),
        "started_at": ("Conversation started at",),
        "state": ("Current conversation state",),
        "assigned": ("Teammate currently assigned",),
        "rated": ("Last teammate rated",),
        "score": ("Conversation rating",),
        "email": ("User email",),
        "rated_kind": ("Agent rated type",),
        "channel": ("Channel",),
        "topic": ("Topics",),
    },
    required=("id", "started_at", "state", "assigned", "rated", "score", "email"),
    stages=_exported_conversations,
    local_times="the header of this export does not name the zone",
)
CONVERSATIONS = EventTable(
    title="list of Intercom conversations with ratings",
    columns={
        "id": ("id",),
        "score": ("conversation_rating.rating",),
        "requested_at": ("conversation_rating.created_at",),
        "answered_at": ("conversation_rating.updated_at",),
        "contact": ("conversation_rating.contact.id", "conversation_rating.customer.id"),
        "teammate": ("conversation_rating.teammate.id",),
        "kind": ("conversation_rating.teammate.type",),
    },
    required=("id", "score", "requested_at", "contact"),
    stages=_rated_conversations,
)


class IntercomAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="intercom",
        title="Intercom conversations",
        format_version="conversations of API 2.x, vendor's document; conversation export (English labels), second-hand",
        verification=Verification.SECOND_HAND,
        files=("conversations (json)", "conversation export (csv)"),
        reads=("contacts", "ratings"),
        quirks=(
            "The time zone of the export is written in its header: Conversation started at (Europe/Berlin).",
            "Ratings are those of the teammate who was rated, never of the one who is assigned now.",
            "Ratings of nobody in particular are nobody's.",
            "Ratings of bots (teammates of type bot, Fin, and whom the setting bots=… names) are left out and counted.",
            "Conversations that were not asked for a rating, or not answered, are left out with different reasons.",
            "Older replies say customer where newer ones say contact.",
            "In the export somebody without an e-mail address is another customer in each conversation.",
        ),
        unknowable=(
            "When a rating was given: older replies have the time of the request, the export that of the start.",
            "Who served the customer before: the export names the teammate assigned when it was made.",
            "How teammates of other types than admin and bot are named in ratings.",
        ),
    )
    tables: ClassVar = (CONVERSATIONS, EXPORT)
    records_path: ClassVar[str | None] = None

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        started = next((column for column in columns if _STARTED.fullmatch(column.strip())), None)
        if started is None:
            return super().plan_events(columns, path, options)
        zone = _STARTED.fullmatch(started.strip())
        named = zone[1].casefold() if zone else ""
        known = next((one for one in available_timezones() if one.casefold() == named), named)
        export = replace(EXPORT, columns={**EXPORT.columns, "started_at": (started.strip(),)})
        shape = self.shape(path, options)
        return plan_tables((export,), columns, path, shape, replace(options, time_zone=known))


adapter = IntercomAdapter()
