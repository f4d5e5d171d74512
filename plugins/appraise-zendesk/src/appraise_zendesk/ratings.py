"""Satisfaction ratings: good and bad are answers; offered and unoffered are not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appraise.adapters.columns import find_columns, literal, quoted
from appraise.adapters.contract import EventPlan, EventStage, FileShape, Parse, Rule, Skip
from appraise.domain.events import EventKind

_COLUMNS = {name: (name,) for name in ("id", "assignee_id", "requester_id", "ticket_id", "score", "created_at")}
_SCORES = {
    "good": "1",
    "good_with_comment": "1",
    "good_without_comment": "1",
    "bad": "0",
    "bad_with_comment": "0",
    "bad_without_comment": "0",
}


def plan_ratings(columns: Sequence[str], path: Path, shape: FileShape, settings: Mapping[str, str]) -> EventPlan:
    """Bots are named by the ids of their agents: `bots=360001`."""
    found = find_columns(
        columns, _COLUMNS, required=_COLUMNS.keys(), path=path, title="export of Zendesk satisfaction ratings"
    )
    score = f"lower(trim({quoted(found['score'])}))"
    assignee, ticket = (f"trim(coalesce({quoted(found[name])}, ''))" for name in ("assignee_id", "ticket_id"))
    bots = [one.strip() for one in settings.get("bots", "").split(",") if one.strip()]
    rated_bot = Skip(f"{assignee} IN ({', '.join(map(literal, bots))})", "a bot was rated")
    stage = EventStage(
        EventKind.RATINGS,
        {
            "event_id": Rule(column=found["id"]),
            "occurred_at": Rule(Parse.TIMESTAMP, column=found["created_at"], time_zone="UTC"),
            "customer_key": Rule(column=found["requester_id"]),
            "employee_namespace": Rule(constant="zendesk:agent"),
            "employee_key": Rule(column=found["assignee_id"]),
            # Of nobody's rating the ticket's assignee of today would get the credit.
            "contact_id": Rule(sql=f"CASE WHEN {assignee} <> '' THEN {ticket} END", blame=found["ticket_id"]),
            "scale": Rule(constant="thumbs"),
            "score_low": Rule(Parse.DECIMAL, constant="0"),
            "score_high": Rule(Parse.DECIMAL, constant="1"),
            "score": Rule(Parse.DECIMAL, sql=score, blame=found["score"], words=_SCORES),
        },
        skips=(
            Skip(f"{score} = 'offered'", "offered and not answered"),
            Skip(f"{score} = 'unoffered'", "not offered to the customer"),
            *((rated_bot,) if bots else ()),
        ),
    )
    return EventPlan(shape, (stage,), tuple(found.values()))
