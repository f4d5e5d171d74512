"""The state machine of write-back: its laws, and the rules that the workflow names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.identifiers import SectionId
from appraise.domain.sections import Refusal
from appraise.domain.webhooks import PAUSES
from appraise.domain.write_back import (
    CHECKED_EVERY,
    CHECKED_FOR,
    LOCKED_OUT,
    LOOKED_AT,
    MOVES,
    WriteBack,
    WriteBackState,
    again,
    by_hand,
    changed_by_somebody,
    checked,
    locked_out,
    meant,
    not_overwritten,
    put_off,
    queued,
    read_back,
    refused,
    taken,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT = {"score": "75", "status": "SCORED", "comment": None}
S = WriteBackState


def line(**earlier: str) -> WriteBack:
    return meant(queued(SectionId("s"), 1, "frappe", earlier=earlier or None, at=AT), "Goal G-1", SENT)


HELD = st.fixed_dictionaries(
    {
        "score": st.sampled_from(["75", "60", None]),
        "status": st.sampled_from(["SCORED", None]),
        "comment": st.sampled_from([None, "typed by hand"]),
    }
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "read", "check", "put off", "locked", "refuse", "again", "by hand"]), HELD),
    max_size=12,
)


def step(before: WriteBack, what: str, held: dict[str, str | None], at: datetime) -> WriteBack:
    """As `attempt` and the use cases call them: only where the state is theirs."""
    under_way = before.state in {S.QUEUED, S.SENT}
    after: WriteBack | Refusal = before
    if what == "take" and before.state is S.QUEUED:
        changed = changed_by_somebody(before, held)
        after = not_overwritten(before, held, changed, at=at) if changed else taken(before, at=at)
    elif what == "read" and before.state is S.SENT:
        after = read_back(before, held, at=at)
    elif what == "check" and before.state in LOOKED_AT:
        after = checked(before, held, at=at)
    elif what == "put off" and (under_way or before.state in LOOKED_AT):
        after = put_off(before, "busy", wait=timedelta(0), chance=0.5, at=at)
    elif what == "locked" and (under_way or before.state in LOOKED_AT):
        after = locked_out(before, "locked", at=at)
    elif what == "refuse" and (under_way or before.state in LOOKED_AT):
        after = refused(before, "no", at=at)
    elif what == "again":
        after = again(before, overwrite=True, at=at)
    elif what == "by hand":
        after = by_hand(before, "entered by Mia", at=at)
    return before if isinstance(after, Refusal) else after


@given(STEPS)
def test_only_the_moves_of_the_workflow_happen_and_only_reading_confirms(
    steps: list[tuple[str, dict[str, str | None]]],
) -> None:
    now = line()
    for number, (what, held) in enumerate(steps):
        before, now = now, step(now, what, held, AT + timedelta(minutes=number))
        assert now.state is before.state or now.state in MOVES[before.state]
        if now.state is S.CONFIRMED:
            assert now.found == SENT == now.sent
        if now.state is S.DRIFTED:
            assert now.found != SENT
        assert (now.next_try_at is None) == (now.state in {S.REJECTED, S.MANUAL})


@given(HELD)
def test_what_is_read_back_is_whole_part_or_nothing(held: dict[str, str | None]) -> None:
    after = read_back(taken(line(), at=AT), held, at=AT)

    kept = [name for name in ("score", "status") if held[name] == SENT[name]]
    whole = held == SENT
    assert after.state is (S.CONFIRMED if whole else S.PARTIAL if kept else S.REJECTED)
    assert (after.problem is None) == whole


def test_an_absence_that_arrived_as_a_zero_is_no_confirmation() -> None:
    absent = meant(line(), "Goal G-1", {"score": None, "status": "NOT_OBSERVED"})

    after = read_back(taken(absent, at=AT), {"score": "0", "status": "NOT_OBSERVED"}, at=AT)

    assert after.state is S.PARTIAL
    assert after.differences == (("score", None, "0"),)


@pytest.mark.parametrize(
    ("held", "changed"),
    [
        ({"score": None}, ()),
        ({"score": "75"}, ()),
        ({"score": "60"}, ()),
        ({"score": "61"}, ("score",)),
        ({"comment": "mine"}, ("comment",)),
    ],
    ids=["empty", "what is meant", "what the revision before left", "another number", "words where none are meant"],
)
def test_what_a_person_wrote_is_told_from_what_we_wrote(held: dict[str, str | None], changed: tuple[str, ...]) -> None:
    assert changed_by_somebody(line(score="60"), held) == changed


def test_a_busy_host_is_tried_again_ever_later_and_given_up_after_the_last() -> None:
    now = line()
    for number, pause in enumerate(PAUSES):
        now = put_off(now, "busy (503)", wait=timedelta(0), chance=0.5, at=AT)
        assert (now.state, now.tries, now.next_try_at) == (S.QUEUED, number + 1, AT + pause)

    last = put_off(now, "busy (503)", wait=timedelta(0), chance=0.5, at=AT)

    assert (last.state, last.next_try_at) == (S.REJECTED, None)
    assert last.problem == "given up after 8 tries. busy (503)"


def test_a_host_that_asks_to_be_left_alone_is_left_alone() -> None:
    after = put_off(line(), "busy (429)", wait=timedelta(hours=3), chance=0.5, at=AT)

    assert after.next_try_at == AT + timedelta(hours=3)


def test_a_wrong_token_costs_no_tries() -> None:
    now = line()
    for _ in range(50):
        now = locked_out(now, "401", at=AT)

    assert (now.state, now.tries, now.next_try_at) == (S.QUEUED, 0, AT + LOCKED_OUT)


def test_a_confirmed_value_is_looked_at_for_a_while_and_a_drift_is_mended_by_who_made_it() -> None:
    confirmed = read_back(taken(line(), at=AT), SENT, at=AT)
    assert confirmed.next_try_at == AT + CHECKED_EVERY

    drifted = checked(confirmed, SENT | {"score": "90"}, at=AT + CHECKED_EVERY)
    assert drifted.state is S.DRIFTED
    assert "sent '75', holds '90'" in (drifted.problem or "")
    mended = checked(drifted, SENT, at=AT + 2 * CHECKED_EVERY)
    assert (mended.state, mended.problem) == (S.CONFIRMED, None)
    assert checked(mended, SENT, at=AT + CHECKED_FOR).next_try_at is None


def test_a_host_that_refuses_to_be_looked_at_leaves_the_line_as_it_was() -> None:
    confirmed = read_back(taken(line(), at=AT), SENT, at=AT)

    after = refused(confirmed, "the employee is not active", at=AT)

    assert (after.state, after.problem) == (S.CONFIRMED, "the employee is not active")


def test_what_somebody_changed_is_only_overwritten_where_a_person_says_so() -> None:
    drifted = not_overwritten(line(), {"score": "90"}, ("score",), at=AT)

    refusal = again(drifted, overwrite=False, at=AT)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "HOST_CHANGED"
    queued_again = again(drifted, overwrite=True, at=AT)
    assert isinstance(queued_again, WriteBack)
    assert (queued_again.state, queued_again.overwrites) == (S.QUEUED, True)


def test_a_line_by_hand_needs_a_note_and_one_confirmed_needs_no_hand() -> None:
    assert by_hand(line(), " ", at=AT) == Refusal(
        "NOTE_MISSING", "say who entered it where, or why the host's own value stands", "note"
    )
    confirmed = read_back(taken(line(), at=AT), SENT, at=AT)
    assert isinstance(by_hand(confirmed, "entered", at=AT), Refusal)
    assert isinstance(again(confirmed, overwrite=True, at=AT), Refusal)
