"""What stood in the way of a change, for people and for programs."""

from enum import Enum
from typing import Final

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.domain.language import retold
from appraise.domain.sections import Refusal

INPUT_FIELDS: Final = frozenset(
    {
        "calibrates",
        "comment",
        "delegate",
        "employee",
        "evidence",
        "expectedState",
        "expectedVersion",
        "groupBy",
        "hostScale",
        "indicator",
        "itemId",
        "lastDay",
        "manager",
        "mostDisputes",
        "name",
        "note",
        "outcome",
        "rating",
        "reason",
        "responseDays",
        "sectionId",
        "start",
        "sectionIds",
        "stance",
        "threshold",
    }
)
"""What a refusal may name of the input; any other name is an item's id."""


@strawberry.enum(description="Why nothing was changed. More may be added; treat unknown ones as WRONG_STATE.")
class UserErrorCode(Enum):
    WRONG_STATE = strawberry.enum_value("WRONG_STATE", description="The state of what is changed does not allow it.")
    VERSION_CONFLICT = strawberry.enum_value(
        "VERSION_CONFLICT", description="Somebody changed the section meanwhile; read it again and decide."
    )
    TOO_EARLY = strawberry.enum_value("TOO_EARLY", description="The cycle has not begun, or others still have time.")
    UNKNOWN_EMPLOYEE = strawberry.enum_value("UNKNOWN_EMPLOYEE", description="There is no such employee.")
    UNKNOWN_ITEM = strawberry.enum_value("UNKNOWN_ITEM", description="The section has no such item.")
    NOTHING_TO_RATE = strawberry.enum_value("NOTHING_TO_RATE", description="The item has no estimate.")
    OUT_OF_RANGE = strawberry.enum_value("OUT_OF_RANGE", description="A number is out of its range.")
    ITEM_OPEN = strawberry.enum_value("ITEM_OPEN", description="An item is still to be rated.")
    COMMENT_MISSING = strawberry.enum_value("COMMENT_MISSING", description="A rating of 1 or 5 needs words.")
    REASON_MISSING = strawberry.enum_value("REASON_MISSING", description="A reason must be given.")
    CYCLE_STATE = strawberry.enum_value("CYCLE_STATE", description="The cycle's stage does not allow it.")
    TOO_LATE = strawberry.enum_value("TOO_LATE", description="The time for it is over.")
    TOO_MANY = strawberry.enum_value("TOO_MANY", description="No more of them are possible.")
    EVIDENCE_MISSING = strawberry.enum_value("EVIDENCE_MISSING", description="An event must be named.")
    RATING_MISSING = strawberry.enum_value("RATING_MISSING", description="The rating put right must be given.")
    NOT_NEUTRAL = strawberry.enum_value("NOT_NEUTRAL", description="Somebody else has to do it.")
    NOT_A_DECISION = strawberry.enum_value("NOT_A_DECISION", description="Not something that can be decided.")
    UNKNOWN_SECTION = strawberry.enum_value("UNKNOWN_SECTION", description="The session has no such section.")
    STILL_OPEN = strawberry.enum_value("STILL_OPEN", description="Something has to be ended first.")
    ALREADY_DONE = strawberry.enum_value("ALREADY_DONE", description="It was done before.")
    NOTHING_TO_HAND_IN = strawberry.enum_value("NOTHING_TO_HAND_IN", description="The self-assessment is empty.")
    LEGAL_HOLD = strawberry.enum_value("LEGAL_HOLD", description="A legal hold forbids it.")
    PART_MISSING = strawberry.enum_value(
        "PART_MISSING", description="A former manager with as many days has not given their part."
    )
    CALIBRATION_NEEDED = strawberry.enum_value("CALIBRATION_NEEDED", description="The cycle calibrates its sections.")
    NOT_RELEASED = strawberry.enum_value("NOT_RELEASED", description="HR has not released it yet.")
    NOT_PROPOSED = strawberry.enum_value("NOT_PROPOSED", description="Nobody has proposed it yet.")
    SECOND_PERSON = strawberry.enum_value("SECOND_PERSON", description="Somebody else has to approve it.")
    NOT_NOW = strawberry.enum_value("NOT_NOW", description="Where it stands in the HR system does not allow it.")
    HOST_CHANGED = strawberry.enum_value(
        "HOST_CHANGED", description="Somebody changed it in the HR system; say that it may be overwritten."
    )
    NOTE_MISSING = strawberry.enum_value(
        "NOTE_MISSING", description="It must be said who entered it, or why it stands."
    )
    NAME_TAKEN = strawberry.enum_value("NAME_TAKEN", description="Another one has this name already.")
    NOT_A_STANCE = strawberry.enum_value("NOT_A_STANCE", description="Not an answer that a person gives.")


@strawberry.type(description="Something that the person at the other end can mend.")
class UserError:
    message: str = strawberry.field(description="One sentence to show.")
    path: list[str] = strawberry.field(
        description=(
            "What it is about: `input` and a field of it, or `items` and an item's id; empty for the whole. Of many "
            "sections: `input`, `rows` and the row's number from 0 on, before the field."
        )
    )
    code: UserErrorCode = strawberry.field(description="Stable, for programs.")


def user_error(refusal: Refusal, *, row: int | None = None) -> UserError:
    whole = [] if row is None else ["input", "rows", str(row)]
    if refusal.field is None:
        path = whole
    elif refusal.field in INPUT_FIELDS:
        path = [*(whole or ["input"]), refusal.field]
    else:
        path = ["items", to_global(Kind.ITEM, refusal.field)]
    return UserError(message=retold(refusal.message), path=path, code=UserErrorCode(refusal.code))
