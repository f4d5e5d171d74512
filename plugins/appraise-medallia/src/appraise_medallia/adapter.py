"""Medallia Agent Connect's export of responses: ratings that name the employee."""

from collections.abc import Sequence
from typing import ClassVar

from appraise.adapters.contract import Declaration, EventStage, Parse, Skip, Verification
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    bots,
    by_address,
    case_mix,
    choice,
    rated_contact,
    scale,
    served_by,
)
from appraise.domain.events import EventKind

_REQUIRED = ("request", "status", "received_at", "score", "recipient", "employee", "custom_id")


def _ratings(found: Found) -> Sequence[EventStage]:
    by_id = choice(found, "employees", ("email", "custom_id")) == "custom_id"
    employee = served_by("medallia:employee", found.rule("custom_id")) if by_id else None
    rules = {
        "event_id": found.rule("request"),
        "occurred_at": found.time("received_at", zone="UTC"),
        **(employee or served_by("email", found.rule("employee"))),
        **scale("csat_1_5", 1, 5),
        "score": found.rule("score", Parse.DECIMAL),
        **case_mix(found),
    }
    if "interaction" in found:
        rules |= rated_contact(found, "interaction", "custom_id" if by_id else "employee")
    skips = (
        Skip(f"starts_with({found.word('status')}, 'not sent')", "the request was not sent"),
        Skip(f"{found.text('received_at')} = ''", "asked and not answered"),
        Skip(f"{found.text('score')} = ''", "answered without a rating"),
        *bots(found, "employee", reason="a bot was rated"),
    )
    own = f"'request/' || {found.text('request')}"
    return by_address(EventKind.RATINGS, rules, found, "recipient", otherwise=own, skips=skips)


class MedalliaAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="medallia",
        title="Medallia Agent Connect",
        format_version="Export Responses (csv), names of columns by the vendor's document; no recorded file",
        verification=Verification.VERIFIED,
        files=("export of responses (csv), All requests or Only with responses",),
        reads=("ratings",),
        quirks=(
            "Requests that were not sent, or not answered, are left out with the reason: they are no bad answers.",
            "The employee is known by e-mail address; with --set employees=custom_id by that id (medallia:employee).",
            "Requests that went to a telephone are answers of a customer who cannot be told again.",
            "A file holds three months at most: import one after the other.",
        ),
        unknowable=(
            "The exact form of the times: they are read as ISO 8601, in UTC as the document says.",
            "What the interaction was about.",
            "Medallia Experience Cloud has other columns in each installation: use the adapter csv with a mapping.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="Medallia Agent Connect export of responses",
            columns={
                "request": ("request_id",),
                "status": ("request_delivery_status",),
                "received_at": ("response_received_at",),
                "score": ("star_rating",),
                "recipient": ("request_sent_to",),
                "employee": ("employee_email",),
                "custom_id": ("employee_custom_id",),
                "interaction": ("ext_interaction_id",),
                "channel": ("channel",),
            },
            required=_REQUIRED,
            stages=_ratings,
            settings=("employees",),
        ),
    )


adapter = MedalliaAdapter()
