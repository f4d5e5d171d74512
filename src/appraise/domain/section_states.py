"""States and actions of a section; `sections.py` holds the rules."""

from enum import StrEnum


class SectionState(StrEnum):
    """COLLECTING evidence → DRAFT while the manager rates → SUBMITTED → FINALISED by HR."""

    COLLECTING = "COLLECTING"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    FINALISED = "FINALISED"


class Action(StrEnum):
    RATE = "RATE"
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    FINALISE = "FINALISE"
