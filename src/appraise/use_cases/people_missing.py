"""What an import does about those whom it knows at work and the export does not show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from appraise.errors import InvalidInput

MISSING: Final = ("end", "keep")
"""What is declared of whoever is missing from an export of everybody: their jobs end, or go on."""
MOST_ENDS: Final = 0.10
"""A complete export that would end more than this share of the jobs is more likely to be cut short than true."""


@dataclass(frozen=True, slots=True)
class Missing:
    """`absent` are missing, or were to come and are; `at_work` of the `current` employees are missing."""

    absent: int
    at_work: int
    current: int


def checked_policy(settings: Mapping[str, str]) -> str | None:
    """Raises `InvalidInput` for a policy that is not known."""
    policy = settings.get("missing")
    if policy not in {None, *MISSING}:
        raise InvalidInput(f"the setting missing={policy} is not known", expected=f"one of: {', '.join(MISSING)}")
    return policy


def what_of_missing(
    missing: Missing, settings: Mapping[str, str], *, complete: bool, rejected: bool, file: str
) -> tuple[bool, list[str]]:
    """Whether their jobs end, and what is told of it.

    Raises `InvalidInput` where more than `MOST_ENDS` of the jobs would end and no setting lets them.
    """
    policy, count = checked_policy(settings), f"{missing.absent} employees are missing from the export"
    if not missing.absent or policy == "keep":
        return False, []
    if not complete:
        told = f"{file} does not hold everybody: nobody's job was ended for being missing"
        return False, [told] if policy == "end" else []
    if policy is None:
        how = "if it holds everybody and they have left, import it with the setting missing=end"
        return False, [f"{count}, and their jobs go on: {how}; missing=keep says that it does not"]
    if rejected:
        return False, [f"{count}; as rows were rejected, nobody's job was ended"]
    if missing.at_work > MOST_ENDS * missing.current and settings.get("allow_ends") != "yes":
        raise InvalidInput(
            f"{missing.at_work} of {missing.current} current employees are missing from {file}",
            expected=f"a complete export, in which at most {MOST_ENDS:.0%} are missing",
            hint="check that the export is whole; if they all have left, import it with the setting allow_ends=yes",
        )
    return True, []
