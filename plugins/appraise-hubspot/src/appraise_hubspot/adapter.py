"""HubSpot: feedback submissions as ratings, exports of deals as purchases and of tickets as contacts."""

from collections.abc import Iterator
from typing import ClassVar

from appraise.adapters.columns import literal
from appraise.adapters.contract import Declaration, EventStage, Parse, Rule, Skip, Verification
from appraise.adapters.event_tables import (
    EventTable,
    Found,
    TableSource,
    bots,
    case_mix,
    choice,
    declared_currency,
    nobody_served,
    person,
    served_by,
)
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput

_SCALES = {"csat": (0, 2), "ces": (1, 7), "nps": (0, 10)}
_MINUTES = "%Y-%m-%d %H:%M"
_PROPERTIES = {
    "value": "hs_value",
    "survey": "hs_survey_type",
    "submitted_at": "hs_submission_timestamp",
    "contact": "hs_contact_id",
    "ticket": "hs_ticket_id",
}


def _feedback(found: Found) -> list[EventStage]:
    survey = found.word("survey")
    rules = {
        "event_id": found.rule("id"),
        "occurred_at": found.time("submitted_at", zone="UTC"),
        "customer_key": found.rule("contact"),
        "scale": found.made("survey", f"'hubspot_' || {survey}"),
        "score_low": found.made("survey", _by_survey(survey, 0), Parse.DECIMAL),
        "score_high": found.made("survey", _by_survey(survey, 1), Parse.DECIMAL),
        "score": found.rule("value", Parse.DECIMAL),
    }
    if "ticket" in found:
        rules["contact_id"] = found.rule("ticket")
    skips = (
        Skip(f"{survey} = 'knowledge'", "an answer about an article"),
        Skip(f"{survey} NOT IN ('csat', 'ces', 'nps')", "a survey whose scale is not known"),
        Skip(f"{found.text('value')} = ''", "answered without a rating"),
    )
    return [EventStage(EventKind.RATINGS, rules, skips=skips)]


def _by_survey(survey: str, end: int) -> str:
    cases = " ".join(f"WHEN {literal(name)} THEN {literal(str(ends[end]))}" for name, ends in _SCALES.items())
    return f"CASE {survey} {cases} END"


def _customer(found: Found) -> tuple[Rule, Skip]:
    """The only contact of the record, or company where the setting says so."""
    name = choice(found, "customer", ("contact", "company"))
    if name not in found:
        raise InvalidInput(
            "the export does not say who the customer was",
            expected="a column Associated Contact IDs, or customer=company and Associated Company IDs",
        )
    several = Skip(f"contains({found.text(name)}, ';')", "several customers: which of them is not said")
    return found.rule(name), several


def _deals(found: Found) -> list[EventStage]:
    won = [word.strip().casefold() for word in found.settings.get("won", "closed won").split(",")]
    customer, several = _customer(found)
    rules = {
        "event_id": found.rule("id"),
        "order_id": found.rule("id"),
        "occurred_at": found.time("closed_at", _MINUTES, "%Y-%m-%d"),
        "customer_key": customer,
        **served_by("name", person(found, "owner")),
        **case_mix(found),
        "kind": Rule(constant="purchase"),
        "amount": found.rule("amount", Parse.MONEY),
        "currency": declared_currency(found),
    }
    skips = (
        Skip(f"{found.word('stage')} NOT IN ({', '.join(map(literal, won))})", "the deal is not won"),
        Skip(f"{found.text('amount')} = ''", "no amount"),
        Skip(f"TRY_CAST(replace({found.text('amount')}, ',', '') AS DECIMAL(18, 6)) = 0", "nothing was to be paid"),
        several,
    )
    return [EventStage(EventKind.PURCHASES, rules, skips=skips)]


def _tickets(found: Found) -> list[EventStage]:
    customer, several = _customer(found)
    rules = {
        "event_id": found.rule("id"),
        "case_id": found.rule("id"),
        "occurred_at": found.time("created_at", _MINUTES),
        "customer_key": customer,
        **served_by("name", found.rule("owner")),
        **case_mix(found),
        "outcome": found.made("status", f"CASE WHEN {found.word('status')} = 'closed' THEN 'resolved' ELSE 'open' END"),
    }
    skips = (nobody_served(found, "owner"), *bots(found, "owner", reason="a bot held the ticket"), several)
    return [EventStage(EventKind.CONTACTS, rules, skips=skips)]


def _no_addresses(found: Found) -> Iterator[str]:  # noqa: ARG001  # the same of every file
    yield "HubSpot's exports have no e-mail address: link its customers to other sources by a crosswalk"


_ASSOCIATED = {"contact": ("Associated Contact IDs",), "company": ("Associated Company IDs",)}


class HubSpotAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="hubspot",
        title="HubSpot feedback, deals and tickets",
        format_version="feedback submissions of API v3, scales by the vendor's document; CRM exports second-hand",
        verification=Verification.SECOND_HAND,
        files=(
            "feedback submissions (json, or csv with the properties' internal names)",
            "export of deals (csv, English labels)",
            "export of tickets (csv, English labels): labels unverified",
        ),
        reads=("contacts", "purchases", "ratings"),
        quirks=(
            "The scale is each survey's: CSAT 0 to 2, CES 1 to 7, NPS 0 to 10.",
            "Answers about articles (KNOWLEDGE), and of surveys of one's own, are left out with the reason.",
            "A deal is a purchase when it is won: stages of other names are declared, won=Closed Won,Gewonnen.",
            "Deals and tickets of several contacts are left out; customer=company makes companies the customers.",
            "Times have no offset, deals no currency: both must be declared.",
        ),
        unknowable=(
            "Whom a rating is about: the ticket's owner, where tickets are imported into the same source.",
            "Who owned a deal or ticket before: the export names the owner on the day on which it was made.",
            "Two owners of one name: the exports have no ids of owners.",
            "A newer kind of CSAT may use 1 to 5: answers above 2 are rejected as off the scale.",
        ),
    )
    records_path: ClassVar[str | None] = "results"
    tables: ClassVar = (
        EventTable(
            title="list of HubSpot feedback submissions",
            columns={
                "id": ("id", "hs_object_id", "properties.hs_object_id"),
                **{name: (prop, f"properties.{prop}") for name, prop in _PROPERTIES.items()},
            },
            required=("id", "value", "survey", "submitted_at", "contact"),
            stages=_feedback,
            warnings=_no_addresses,
        ),
        EventTable(
            title="export of HubSpot deals with English labels",
            columns={
                "id": ("Record ID", "Deal ID"),
                "stage": ("Deal Stage",),
                "closed_at": ("Close Date",),
                "owner": ("Deal owner",),
                "amount": ("Amount",),
                **_ASSOCIATED,
            },
            required=("id", "stage", "closed_at", "owner", "amount"),
            stages=_deals,
            settings=("currency", "won", "customer"),
            local_times="the times in an export of the CRM are the account's, without offset",
            warnings=_no_addresses,
        ),
        EventTable(
            title="export of HubSpot tickets with English labels",
            columns={
                "id": ("Record ID", "Ticket ID"),
                "status": ("Ticket status",),
                "created_at": ("Create date",),
                "owner": ("Ticket owner",),
                "channel": ("Source",),
                "topic": ("Category",),
                **_ASSOCIATED,
            },
            required=("id", "status", "created_at", "owner"),
            stages=_tickets,
            settings=("customer",),
            local_times="the times in an export of the CRM are the account's, without offset",
            warnings=_no_addresses,
        ),
    )


adapter = HubSpotAdapter()
