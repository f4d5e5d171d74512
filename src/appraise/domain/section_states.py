"""States of a section, what can be done with one, and in which states; `section_guards` has the other conditions."""

from enum import StrEnum
from typing import Final


class SectionState(StrEnum):
    """COLLECTING evidence, DRAFT while rated, SUBMITTED, CALIBRATED, SHARED, ACKNOWLEDGED, FINALISED; and byways.

    Before the first scoring run there is no section; what a later revision replaced is told by `SectionRevision`.
    """

    COLLECTING = "COLLECTING"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_CALIBRATION = "IN_CALIBRATION"
    CALIBRATED = "CALIBRATED"
    SHARED = "SHARED"
    DISPUTED = "DISPUTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    FINALISED = "FINALISED"
    REOPENED = "REOPENED"
    EXEMPT = "EXEMPT"
    VOID = "VOID"


class Action(StrEnum):
    RATE = "RATE"
    ASSESS_SELF = "ASSESS_SELF"
    SUBMIT = "SUBMIT"
    HAND_IN_UNREVIEWED = "HAND_IN_UNREVIEWED"
    RETURN = "RETURN"
    APPROVE = "APPROVE"
    RELEASE = "RELEASE"
    SHARE = "SHARE"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    FINALISE = "FINALISE"
    DISPUTE = "DISPUTE"
    DECIDE_DISPUTE = "DECIDE_DISPUTE"
    CLAIM = "CLAIM"
    DECIDE_CLAIM = "DECIDE_CLAIM"
    CALIBRATE = "CALIBRATE"
    PROPOSE_REOPENING = "PROPOSE_REOPENING"
    WITHDRAW_REOPENING = "WITHDRAW_REOPENING"
    REOPEN = "REOPEN"
    EXEMPT = "EXEMPT"
    END_EXEMPTION = "END_EXEMPTION"
    VOID = "VOID"


ALLOWED: Final[dict[Action, frozenset[SectionState]]] = {
    Action.RATE: frozenset({SectionState.COLLECTING, SectionState.DRAFT, SectionState.REOPENED}),
    Action.ASSESS_SELF: frozenset({SectionState.COLLECTING, SectionState.DRAFT, SectionState.SUBMITTED}),
    Action.SUBMIT: frozenset({SectionState.DRAFT}),
    Action.HAND_IN_UNREVIEWED: frozenset({SectionState.COLLECTING, SectionState.DRAFT}),
    Action.RETURN: frozenset({SectionState.SUBMITTED}),
    Action.APPROVE: frozenset({SectionState.SUBMITTED}),
    Action.RELEASE: frozenset({SectionState.CALIBRATED}),
    Action.SHARE: frozenset({SectionState.CALIBRATED}),
    Action.ACKNOWLEDGE: frozenset({SectionState.SHARED}),
    Action.FINALISE: frozenset({SectionState.SHARED, SectionState.ACKNOWLEDGED}),
    Action.DISPUTE: frozenset({SectionState.SHARED, SectionState.DISPUTED}),
    Action.DECIDE_DISPUTE: frozenset({SectionState.DISPUTED}),
    Action.CLAIM: frozenset(SectionState) - {SectionState.FINALISED, SectionState.EXEMPT, SectionState.VOID},
    Action.DECIDE_CLAIM: frozenset(SectionState) - {SectionState.EXEMPT, SectionState.VOID},
    Action.CALIBRATE: frozenset({SectionState.IN_CALIBRATION}),
    Action.PROPOSE_REOPENING: frozenset({SectionState.FINALISED}),
    Action.WITHDRAW_REOPENING: frozenset({SectionState.FINALISED}),
    Action.REOPEN: frozenset({SectionState.FINALISED}),
    Action.EXEMPT: frozenset({SectionState.COLLECTING, SectionState.DRAFT}),
    Action.END_EXEMPTION: frozenset({SectionState.EXEMPT}),
    Action.VOID: frozenset({SectionState.COLLECTING}),
}
HANDED_IN_UNRATED: Final = frozenset({SectionState.COLLECTING, SectionState.REOPENED})
"""A section in which nothing can be rated is handed in from here, too: no rating makes it a DRAFT."""
OPEN_TO_SCORING: Final = frozenset({SectionState.COLLECTING, SectionState.DRAFT, SectionState.REOPENED})
"""A scoring run gives these new figures; the evidence of others is frozen, or they are out of the cycle."""
WITH_THE_EMPLOYEE: Final = frozenset(
    {SectionState.SHARED, SectionState.DISPUTED, SectionState.ACKNOWLEDGED, SectionState.FINALISED}
)
"""The employee reads all of it."""
HANDED_IN: Final = WITH_THE_EMPLOYEE | {
    SectionState.SUBMITTED,
    SectionState.IN_CALIBRATION,
    SectionState.CALIBRATED,
}
ENDED: Final = frozenset({SectionState.FINALISED, SectionState.EXEMPT, SectionState.VOID})
"""Nobody owes anything."""
