"""The state machine of write-back: its laws, and the rules that the workflow names."""

from dataclasses import replace
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
    holds_all,
    locked_out,
    lost,
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
    st.tuples(
        st.sampled_from(["take", "read", "check", "put off", "locked", "refuse", "lose", "again", "by hand"]), HELD
    ),
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
    elif what == "lose" and (under_way or before.state in LOOKED_AT):
        after = lost(before, "gone", at=at)
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


@pytest.mark.parametrize(
    ("held", "state"),
    [("4.50", S.CONFIRMED), ("4.5000", S.CONFIRMED), ("4.51", S.REJECTED), ("04.5", S.REJECTED), ("4,5", S.REJECTED)],
)
def test_a_number_is_the_same_however_many_zeros_end_it(held: str, state: WriteBackState) -> None:
    sent = meant(line(), "row 4", {"total": "4.5"})

    assert read_back(taken(sent, at=AT), {"total": held}, at=AT).state is state
    assert bool(changed_by_somebody(sent, {"total": held})) == (state is S.REJECTED)


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
    assert (mended.state, mended.problem, mended.changed_at) == (S.CONFIRMED, None, AT + 2 * CHECKED_EVERY)
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


def test_what_the_host_made_of_our_values_is_ours_for_the_retry_and_for_the_next_revision() -> None:
    cut = {"score": "75", "status": None, "comment": "A long no"}
    long = meant(line(status="OLD"), "Goal G-1", SENT | {"comment": "A long note"})
    part = read_back(taken(long, at=AT), cut, at=AT)

    retried = again(part, overwrite=False, at=LATER)
    following = meant(
        queued(SectionId("s"), 2, "frappe", earlier=part.left, at=LATER), "Goal G-1", SENT | {"score": "80"}
    )

    assert part.state is S.PARTIAL
    assert part.left == {"score": "75", "status": "OLD", "comment": "A long no"}
    assert isinstance(retried, WriteBack)
    assert changed_by_somebody(retried, cut) == changed_by_somebody(following, cut) == ()
    assert changed_by_somebody(following, cut | {"comment": "mine"}) == ("comment",)


def test_what_we_left_is_what_was_sent_once_the_host_took_it_and_what_stood_before_until_then() -> None:
    queued_again = line(score="60")

    assert queued_again.left == refused(queued_again, "no", at=AT).left == {"score": "60"}
    assert taken(queued_again, at=AT).left == SENT
    confirmed = read_back(TAKEN, SENT, at=AT)
    assert confirmed.left == checked(confirmed, SENT | {"score": "90"}, at=LATER).left == SENT


def seen(line_: WriteBack, found: dict[str, str | None], **changes: object) -> WriteBack:
    return replace(line_, found=found, checked_at=LATER, **changes)  # type: ignore[arg-type]


LATER = AT + timedelta(hours=1)
TAKEN = taken(line(), at=AT)
OTHER = "sent '75', holds '90'"


def test_a_line_is_queued_meant_and_taken() -> None:
    plain = queued(SectionId("s"), 2, "frappe", earlier={"score": "60"}, at=AT)

    assert plain == WriteBack(SectionId("s"), 2, "frappe", S.QUEUED, AT, earlier={"score": "60"}, next_try_at=AT)
    assert meant(plain, "Goal G-1", SENT) == replace(plain, place="Goal G-1", sent=SENT)
    tried = replace(line(), tries=3, problem="busy", overwrites=True)
    assert taken(tried, at=LATER) == replace(line(), state=S.SENT, changed_at=LATER, next_try_at=LATER)


def test_what_is_read_back_is_kept_with_what_is_to_happen_next() -> None:
    part, none = SENT | {"status": None}, {"score": "90", "status": None, "comment": None}

    assert read_back(TAKEN, SENT, at=LATER) == seen(
        TAKEN, SENT, state=S.CONFIRMED, changed_at=LATER, confirmed_at=LATER, next_try_at=LATER + CHECKED_EVERY
    )
    known = replace(TAKEN, confirmed_at=AT)
    assert read_back(known, SENT, at=LATER).confirmed_at == AT
    assert read_back(TAKEN, part, at=LATER) == seen(
        TAKEN,
        part,
        state=S.PARTIAL,
        earlier={"score": "75"},
        changed_at=LATER,
        problem="only part of it arrived. status: sent 'SCORED', holds None",
        next_try_at=LATER + CHECKED_EVERY,
    )
    assert read_back(TAKEN, none, at=LATER) == seen(
        TAKEN,
        none,
        state=S.REJECTED,
        earlier={"score": "90"},
        changed_at=LATER,
        problem=f"the host said yes and holds something else. score: {OTHER}; status: sent 'SCORED', holds None",
        next_try_at=None,
    )


def test_what_a_later_look_found_is_kept_with_the_next_look() -> None:
    confirmed = replace(read_back(TAKEN, SENT, at=AT), tries=2)
    changed = SENT | {"score": "90"}

    assert checked(confirmed, SENT, at=LATER) == seen(confirmed, SENT, next_try_at=LATER + CHECKED_EVERY, tries=0)
    assert checked(confirmed, changed, at=LATER) == seen(
        confirmed,
        changed,
        state=S.DRIFTED,
        changed_at=LATER,
        problem=f"somebody changed it in the host. score: {OTHER}",
        next_try_at=LATER + CHECKED_EVERY,
        tries=0,
    )
    both = changed | {"status": None}
    assert checked(confirmed, both, at=LATER).problem == (
        f"somebody changed it in the host. score: {OTHER}; status: sent 'SCORED', holds None"
    )
    drifted = checked(confirmed, changed, at=LATER)
    assert checked(drifted, changed, at=LATER + CHECKED_EVERY).changed_at == LATER


def test_a_part_that_stays_a_part_is_no_drift() -> None:
    part = SENT | {"status": None}
    partial = replace(read_back(TAKEN, part, at=AT), tries=2)

    assert checked(partial, part, at=LATER) == seen(partial, part, next_try_at=LATER + CHECKED_EVERY, tries=0)
    assert checked(partial, part, at=AT + CHECKED_FOR).next_try_at is None
    assert checked(partial, SENT | {"score": "90"}, at=LATER).state is S.DRIFTED
    drifted = replace(partial, state=S.DRIFTED)
    assert checked(drifted, part, at=LATER).problem == (
        "somebody changed it in the host. status: sent 'SCORED', holds None"
    )


def test_a_line_is_looked_at_for_as_long_from_when_it_was_confirmed_first() -> None:
    confirmed = replace(read_back(TAKEN, SENT, at=AT), changed_at=LATER)
    day = timedelta(days=1)

    assert checked(confirmed, SENT, at=AT + CHECKED_FOR - day).next_try_at == AT + CHECKED_FOR
    assert checked(confirmed, SENT, at=AT + CHECKED_FOR).next_try_at is None
    assert checked(replace(confirmed, confirmed_at=None), SENT, at=AT + CHECKED_FOR).next_try_at is not None


def test_what_stood_in_the_way_is_named_field_by_field() -> None:
    held = {"score": "90", "comment": "mine"}

    assert not_overwritten(line(), held, ("score", "comment"), at=LATER) == seen(
        line(),
        held,
        state=S.DRIFTED,
        changed_at=LATER,
        problem="somebody wrote there, and nothing was overwritten. score holds '90'; comment holds 'mine'",
        next_try_at=LATER + CHECKED_EVERY,
    )


def test_what_was_only_looked_at_is_looked_at_another_day() -> None:
    confirmed = read_back(TAKEN, SENT, at=AT)
    tired, another_day = replace(confirmed, tries=len(PAUSES)), LATER + CHECKED_EVERY

    assert put_off(tired, "busy", wait=timedelta(0), chance=0.5, at=LATER) == replace(
        tired, tries=0, next_try_at=another_day, problem="busy"
    )
    assert put_off(confirmed, "busy", wait=timedelta(0), chance=0.5, at=LATER) == replace(
        confirmed, tries=1, next_try_at=LATER + PAUSES[0], problem="busy"
    )
    assert refused(replace(confirmed, tries=3), "no", at=LATER) == replace(
        confirmed, tries=0, next_try_at=another_day, problem="no"
    )
    assert locked_out(tired, "401", at=LATER) == replace(tired, next_try_at=LATER + LOCKED_OUT, problem="401")


def test_what_the_host_will_not_have_is_rejected() -> None:
    given_up = put_off(replace(line(), tries=len(PAUSES)), "busy", wait=timedelta(0), chance=0.5, at=LATER)

    assert refused(line(), "no", at=LATER) == replace(
        line(), state=S.REJECTED, changed_at=LATER, next_try_at=None, problem="no"
    )
    assert given_up == replace(
        line(), state=S.REJECTED, changed_at=LATER, next_try_at=None, problem="given up after 8 tries. busy"
    )


@pytest.mark.parametrize("state", WriteBackState)
def test_what_a_person_can_do_with_a_line(state: WriteBackState) -> None:
    one = replace(line(), state=state, tries=3, problem="before")
    sent_again, entered = again(one, overwrite=True, at=LATER), by_hand(one, " entered by Mia ", at=LATER)
    name = state.value.lower()

    if state in {S.NOT_DUE, S.QUEUED, S.PARTIAL, S.REJECTED, S.DRIFTED, S.MANUAL}:
        changed = AT if state is S.QUEUED else LATER
        assert sent_again == replace(line(), state=S.QUEUED, changed_at=changed, next_try_at=LATER, overwrites=True)
    else:
        assert sent_again == Refusal("NOT_NOW", f"it is {name}; there is nothing to send again")
    if state in {S.QUEUED, S.SENT, S.PARTIAL, S.REJECTED, S.DRIFTED}:
        theirs = replace(line(), state=S.MANUAL, changed_at=LATER, next_try_at=None, problem="entered by Mia")
        assert entered == replace(theirs, earlier=SENT if state is S.SENT else None)  # what the host took is ours
    else:
        assert entered == Refusal("NOT_NOW", f"it is {name}; there is nothing to do by hand")


def test_a_drift_is_not_overwritten_unasked_and_the_rest_needs_no_word() -> None:
    drifted = replace(line(), state=S.DRIFTED)

    assert again(drifted, overwrite=False, at=LATER) == Refusal(
        "HOST_CHANGED", "somebody changed it in the host; say that it may be overwritten, or keep it"
    )
    rejected = replace(line(), state=S.REJECTED)
    assert again(rejected, overwrite=False, at=LATER) == replace(line(), changed_at=LATER, next_try_at=LATER)


def test_a_line_of_which_nothing_is_known_differs_in_nothing_and_holds_nothing() -> None:
    bare = queued(SectionId("s"), 1, "frappe", earlier=None, at=AT)

    assert (bare.differences, line().differences, replace(bare, found={"score": "1"}).differences) == ((), (), ())
    assert not holds_all(bare, {"score": "75"})
    assert holds_all(line(), SENT | {"more": "x"})
    assert not holds_all(line(), {"score": "75"})
    assert changed_by_somebody(bare, {"score": "75"}) == ()
    assert read_back(bare, {}, at=LATER).state is S.REJECTED
