"""What a person decided about a line of the ledger, and what is left of a place that is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.test_write_back import AT, LATER, SENT, TAKEN, line, seen

from appraise.domain.write_back import (
    CHECKED_EVERY,
    WriteBack,
    WriteBackState,
    again,
    by_hand,
    changed_by_somebody,
    checked,
    is_decided,
    lost,
    read_back,
    refused,
    taken,
)

S = WriteBackState
HELD: dict[str, str | None] = {"score": "90", "comment": "mine"}
CONFIRMED = read_back(TAKEN, SENT, at=AT)


@pytest.mark.parametrize(
    ("shown", "now", "changed", "decided"),
    [
        (None, HELD, ("score",), True),
        (HELD, HELD, ("score", "comment"), True),
        (HELD, HELD | {"score": "90.0"}, ("score", "comment"), True),
        (HELD, HELD | {"score": "91"}, ("score", "comment"), False),
        (HELD, HELD | {"comment": "yours"}, ("score", "comment"), False),
        (HELD, HELD | {"comment": "yours"}, ("score",), True),
    ],
    ids=[
        "nothing was shown",
        "as shown",
        "the same number",
        "another number",
        "other words",
        "of what nobody changed",
    ],
)
def test_what_may_be_replaced_is_what_the_person_saw_who_said_so(
    shown: dict[str, str | None] | None, now: dict[str, str | None], changed: tuple[str, ...], *, decided: bool
) -> None:
    said = replace(line(), found=shown, overwrites=True)

    assert is_decided(said, now, changed) is decided
    assert not is_decided(replace(said, overwrites=False), now, changed)


def test_a_place_that_was_looked_at_and_is_lost_is_a_drift_to_nothing() -> None:
    assert lost(replace(CONFIRMED, tries=2), "the goal is gone", at=LATER) == seen(
        CONFIRMED,
        {"score": None, "status": None, "comment": None},
        state=S.DRIFTED,
        changed_at=LATER,
        problem="the goal is gone",
        next_try_at=LATER + CHECKED_EVERY,
    )
    assert lost(replace(CONFIRMED, sent=None), "the goal is gone", at=LATER).found == {}


def test_a_place_that_is_lost_before_anything_was_written_is_refused() -> None:
    assert lost(line(), "the goal is gone", at=LATER) == refused(line(), "the goal is gone", at=LATER)


def test_what_the_host_made_of_our_values_is_ours_also_after_somebody_entered_them_by_hand() -> None:
    """A line that was confirmed once, drifted, was sent again and cut short by the host."""
    drifted = checked(CONFIRMED, SENT | {"score": "90"}, at=AT + timedelta(minutes=1))
    queued_again = again(drifted, overwrite=True, at=AT + timedelta(minutes=2))
    assert isinstance(queued_again, WriteBack)
    cut = SENT | {"status": "SCO"}
    part = read_back(taken(queued_again, at=LATER), cut, at=LATER)
    entered = by_hand(part, "entered by Mia", at=LATER)
    assert isinstance(entered, WriteBack)

    sent_again = again(entered, overwrite=False, at=LATER)

    assert part.state is S.PARTIAL
    assert isinstance(sent_again, WriteBack)
    assert changed_by_somebody(sent_again, cut) == ()
