"""Chatwoot's report of customer satisfaction."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import (
    Declaration,
    EventStage,
    FileShape,
    ImportOptions,
    Parse,
    Skip,
    Verification,
)
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    bot_names,
    by_address,
    case_mix,
    scale,
    served_by,
    texts,
)
from appraise.domain.events import EventKind


def _ratings(found: Found) -> Sequence[EventStage]:
    agent = found.text("agent")
    address = rf"regexp_extract({agent}, '\(([^()@ ]+@[^()@ ]+)\)$', 1)"
    conversation = rf"regexp_extract({found.text('conversation')}, 'conversations/(\d+)', 1)"
    event = f"CASE WHEN {conversation} <> '' THEN {conversation} || '/' || {found.text('recorded_at')} ELSE '' END"
    rules = {
        "event_id": found.made("conversation", event),
        "occurred_at": found.time("recorded_at", zone="UTC"),
        **served_by("email", found.made("agent", f"CASE WHEN {address} = '' THEN {agent} ELSE {address} END")),
        "contact_id": found.made("conversation", f"CASE WHEN {agent} <> '' THEN {conversation} ELSE '' END"),
        **scale("csat_1_5", 1, 5),
        "score": found.rule("score", Parse.DECIMAL),
        **case_mix(found),
    }
    closing = Skip(
        f"{found.text('score')} = '' AND {found.text('recorded_at')} = ''",
        "the line with the period of the report",
        withdraws=False,
    )
    skips = (closing, *_bots(found, agent, address))
    return by_address(
        EventKind.RATINGS, rules, found, "email", otherwise=f"'conversation/' || {conversation}", skips=skips
    )


def _bots(found: Found, agent: str, address: str) -> tuple[Skip, ...]:
    """Whose name, address or whole cell the setting names."""
    named = texts(bot_names(found))
    name = rf"regexp_replace({agent}, '\s*\([^()@ ]+@[^()@ ]+\)$', '')"
    is_named = " OR ".join(f"lower({part}) IN ({named})" for part in (agent, name, address))
    return (Skip(is_named, "a bot was rated"),) if named else ()


class ChatwootAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="chatwoot",
        title="Chatwoot satisfaction report",
        format_version="report of CSAT (csv), from the template in the vendor's source; English labels second-hand",
        verification=Verification.SECOND_HAND,
        files=("satisfaction report (csv)",),
        reads=("ratings",),
        quirks=(
            "Blank lines stand between the rows, and the last line holds the period of the report.",
            "The agent is written as name and address in one cell: the address is taken.",
            "Ratings have no id: the conversation and the moment of the answer stand for one.",
            "A rating without a link to its conversation is rejected: nothing tells it from another one.",
            "The setting bots=… names bots by name, address or both as in the cell.",
            "Somebody without an e-mail address counts as another customer in each conversation.",
            "Labels are in the account's language; other than English ones are named by settings such as column.score.",
            "The agents' report, which is aggregated, is refused.",
        ),
        unknowable=(
            "Whether a survey without an answer was sent: the report has answers only.",
            "What the conversation was about, and its channel.",
            "The form of the date is from memory.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="Chatwoot satisfaction report with English labels",
            columns={
                "agent": ("Agent Name",),
                "score": ("Rating",),
                "email": ("Contact Email Address",),
                "conversation": ("Link to the conversation",),
                "recorded_at": ("Recorded date",),
            },
            required=("agent", "score", "email", "conversation", "recorded_at"),
            stages=_ratings,
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:
        return replace(super().shape(path, options), short_rows=True)


adapter = ChatwootAdapter()
