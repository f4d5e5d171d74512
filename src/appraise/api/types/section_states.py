"""Where sections stand, and what can be done with them."""

from enum import Enum

import strawberry

from appraise.domain.section_states import Action, SectionState


@strawberry.enum(name="SectionState", description="Where a section stands.")
class SectionStateValue(Enum):
    COLLECTING = strawberry.enum_value(SectionState.COLLECTING, description="Evidence is collected; nothing rated yet.")
    DRAFT = strawberry.enum_value(SectionState.DRAFT, description="The manager has begun to rate.")
    SUBMITTED = strawberry.enum_value(SectionState.SUBMITTED, description="The manager has handed it in.")
    IN_CALIBRATION = strawberry.enum_value(
        SectionState.IN_CALIBRATION, description="A calibration session compares it with others."
    )
    CALIBRATED = strawberry.enum_value(
        SectionState.CALIBRATED,
        description="Calibrated, or approved without calibration; not shared yet.",
    )
    SHARED = strawberry.enum_value(
        SectionState.SHARED, description="The employee sees all of it and has some days to answer."
    )
    DISPUTED = strawberry.enum_value(SectionState.DISPUTED, description="The employee disputes a part of it.")
    ACKNOWLEDGED = strawberry.enum_value(SectionState.ACKNOWLEDGED, description="The employee has answered.")
    FINALISED = strawberry.enum_value(SectionState.FINALISED, description="Closed; immutable; open to HR systems.")
    REOPENED = strawberry.enum_value(
        SectionState.REOPENED, description="Opened again: a new revision in which nothing was changed yet."
    )
    EXEMPT = strawberry.enum_value(SectionState.EXEMPT, description="Out of the cycle, with a reason; never done.")
    VOID = strawberry.enum_value(SectionState.VOID, description="Created in error.")


@strawberry.enum(name="Action", description="What can be done with a section.")
class ActionValue(Enum):
    RATE = strawberry.enum_value(Action.RATE, description="Rate items and comment on them.")
    SUBMIT = strawberry.enum_value(Action.SUBMIT, description="Hand it in to HR.")
    HAND_IN_UNREVIEWED = strawberry.enum_value(
        Action.HAND_IN_UNREVIEWED, description="Hand in what its manager did not by the last day, as provisional."
    )
    RETURN = strawberry.enum_value(Action.RETURN, description="Give it back to the manager, with a reason.")
    ASSESS_SELF = strawberry.enum_value(Action.ASSESS_SELF, description="Assess oneself, and hand that in.")
    APPROVE = strawberry.enum_value(Action.APPROVE, description="Approve what the manager handed in.")
    RELEASE = strawberry.enum_value(Action.RELEASE, description="Let the manager share it.")
    SHARE = strawberry.enum_value(Action.SHARE, description="Let the employee read all of it.")
    ACKNOWLEDGE = strawberry.enum_value(Action.ACKNOWLEDGE, description="Say that one has seen it.")
    FINALISE = strawberry.enum_value(
        Action.FINALISE, description="Close it; with a reason where the employee has not answered."
    )
    DISPUTE = strawberry.enum_value(Action.DISPUTE, description="Dispute a rating.")
    DECIDE_DISPUTE = strawberry.enum_value(Action.DECIDE_DISPUTE, description="Decide a dispute.")
    CLAIM = strawberry.enum_value(Action.CLAIM, description="Say of an event that it is not theirs, or wrong.")
    DECIDE_CLAIM = strawberry.enum_value(Action.DECIDE_CLAIM, description="Decide such a claim.")
    CALIBRATE = strawberry.enum_value(Action.CALIBRATE, description="Move a rating in a calibration session.")
    PROPOSE_REOPENING = strawberry.enum_value(
        Action.PROPOSE_REOPENING, description="Propose to open it again, as the first of two."
    )
    WITHDRAW_REOPENING = strawberry.enum_value(
        Action.WITHDRAW_REOPENING, description="Take that proposal back, or decline it."
    )
    REOPEN = strawberry.enum_value(Action.REOPEN, description="Open it again, as the second of two.")
    EXEMPT = strawberry.enum_value(Action.EXEMPT, description="Take it out of the cycle.")
    END_EXEMPTION = strawberry.enum_value(Action.END_EXEMPTION, description="Take it into the cycle again.")
    VOID = strawberry.enum_value(Action.VOID, description="Void it, as created in error.")
