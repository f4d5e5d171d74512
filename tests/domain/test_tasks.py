"""Who owes what in a section, against lists written by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.domain.test_sections import item, section

from appraise.domain.corrections import Correction
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.delegations import Delegation, NamedDelegation
from appraise.domain.disputes import Dispute, DisputeKind, DisputeState
from appraise.domain.identifiers import (
    CorrectionId,
    CycleId,
    DelegationId,
    DisputeId,
    EmployeeId,
    ItemId,
    RunId,
    SectionId,
)
from appraise.domain.periods import Period
from appraise.domain.section_course import Course, Reopening, ReopeningReason
from appraise.domain.section_states import SectionState
from appraise.domain.tasks import Open, Task, TaskKind, owed

AT = datetime(2026, 1, 15, tzinfo=UTC)
TODAY = AT.date()
BY, DAYS, NEVER = date(2026, 2, 1), date(2026, 1, 29), date.max
ANN, MAX, DORA, HAL, HEDY = (EmployeeId(name) for name in ("ann", "max", "dora", "hal", "hedy"))
HR = [HAL, HEDY]
CYCLE = Cycle(CycleId("c"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)), rules=CycleRules(rate_by=BY))
DISPUTE = Dispute(
    id=DisputeId("d"),
    section=SectionId("s"),
    revision=1,
    kind=DisputeKind.RATING,
    item=ItemId("a"),
    evidence=None,
    comment="I was told otherwise",
    filed_at=AT,
    filed_by=ANN,
    decide_by=DAYS,
    reviewer=DORA,
)
CLAIM = replace(DISPUTE, kind=DisputeKind.NOT_MINE, evidence="ticket-9", reviewer=MAX)
NOTICE = Correction(CorrectionId("k"), SectionId("s"), 1, RunId("r"), (), AT, BY)
PROPOSED = Reopening(ReopeningReason.ERROR, "a wrong rating", AT, HAL)
Owed = tuple[str, date, EmployeeId]


def in_state(state: str, course: Course | None = None, *, managers: tuple[EmployeeId, ...] = (MAX, DORA)) -> Open:
    one = replace(section(item("a", rating=3)), state=SectionState(state), course=course or Course())
    return Open(one, CYCLE, managers)


def told(open_: Open, on: date = TODAY) -> list[Owed]:
    found = owed(open_, hr=HR, on=on)
    assert {(task.section, task.subject) for task in found} <= {(SectionId("s"), ANN)}
    return [(task.kind.value, task.due, task.owner) for task in found]


RATES: Owed = ("RATE", BY, MAX)
HANDS_IN: Owed = ("HAND_IN", BY, MAX)
ASSESSES: Owed = ("ASSESS_SELF", BY, ANN)
RELEASES: list[Owed] = [("RELEASE", NEVER, HAL), ("RELEASE", NEVER, HEDY)]
SHARES: list[Owed] = [("SHARE", NEVER, HAL), ("SHARE", NEVER, HEDY)]
REOPENS: list[Owed] = [("REOPEN", NEVER, HEDY)]


@pytest.mark.parametrize(
    ("open_", "tasks"),
    [
        (in_state("COLLECTING"), [ASSESSES, RATES]),
        (in_state("DRAFT"), [ASSESSES, RATES]),
        (in_state("REOPENED"), [RATES]),
        (in_state("DRAFT", Course(self_assessed_at=AT)), [RATES]),
        (in_state("DRAFT", managers=()), [ASSESSES]),
        (replace(in_state("DRAFT"), absent=[MAX]), [ASSESSES, RATES, ("SUBMIT_IN_PLACE", BY, DORA)]),
        (replace(in_state("DRAFT"), absent=[DORA]), [ASSESSES, RATES]),
        (replace(in_state("COLLECTING"), absent=[MAX]), [ASSESSES, RATES]),  # not rated, so not to be handed in
        (replace(in_state("REOPENED"), absent=[MAX]), [RATES]),
        *[(replace(in_state(state), is_to_rate=False), [ASSESSES, HANDS_IN]) for state in ("COLLECTING", "DRAFT")],
        (replace(in_state("REOPENED"), is_to_rate=False), [HANDS_IN]),
        (
            replace(in_state("COLLECTING"), is_to_rate=False, absent=[MAX]),
            [ASSESSES, HANDS_IN, ("SUBMIT_IN_PLACE", BY, DORA)],
        ),
        (replace(in_state("DRAFT", managers=(MAX,)), absent=[MAX]), [ASSESSES, RATES]),
        (in_state("SUBMITTED", managers=(MAX, DORA, EmployeeId("eve"))), [("APPROVE", NEVER, DORA)]),
        (in_state("SUBMITTED", managers=(MAX,)), [("APPROVE", NEVER, HAL), ("APPROVE", NEVER, HEDY)]),
        (in_state("SUBMITTED", Course(rated_by=frozenset({DORA, HAL}))), [("APPROVE", NEVER, HEDY)]),
        (in_state("IN_CALIBRATION"), []),
        (in_state("CALIBRATED"), RELEASES),
        (in_state("CALIBRATED", Course(released_at=AT)), [("SHARE", NEVER, MAX)]),
        (in_state("CALIBRATED", managers=()), [*RELEASES, *SHARES]),
        (replace(in_state("SHARED"), respond_by=DAYS), [("ANSWER", DAYS, ANN)]),
        (in_state("SHARED"), [("ANSWER", NEVER, ANN)]),
        (in_state("ACKNOWLEDGED"), []),
        (in_state("FINALISED"), []),
        (in_state("FINALISED", Course(reopening=PROPOSED)), REOPENS),
        (in_state("EXEMPT"), []),
        (in_state("VOID"), []),
    ],
)
def test_each_stage_waits_for_somebody(open_: Open, tasks: list[Owed]) -> None:
    assert told(open_) == tasks


LATE = date(2026, 2, 2)
SEES_TO_IT: Owed = ("SEE_TO_IT", BY, DORA)
UNREVIEWED: list[Owed] = [("HAND_IN_UNREVIEWED", BY, HAL), ("HAND_IN_UNREVIEWED", BY, HEDY)]


@pytest.mark.parametrize(
    ("open_", "tasks"),
    [
        (in_state("DRAFT"), [ASSESSES, *UNREVIEWED, RATES, SEES_TO_IT]),
        (
            in_state("DRAFT", managers=(MAX, DORA, EmployeeId("eve"))),
            [ASSESSES, *UNREVIEWED, RATES, SEES_TO_IT],
        ),
        (replace(in_state("DRAFT"), has_grades=False), [ASSESSES, RATES, SEES_TO_IT]),
        (replace(in_state("COLLECTING"), is_to_rate=False, has_grades=False), [ASSESSES, HANDS_IN, SEES_TO_IT]),
        (in_state("DRAFT", managers=(MAX,)), [ASSESSES, *UNREVIEWED, RATES]),
        (in_state("DRAFT", managers=()), [ASSESSES, *UNREVIEWED]),
        (replace(in_state("DRAFT"), absent=[MAX]), [ASSESSES, *UNREVIEWED, RATES, ("SUBMIT_IN_PLACE", BY, DORA)]),
        (in_state("REOPENED"), [RATES, SEES_TO_IT]),
        (in_state("SUBMITTED"), [("APPROVE", NEVER, DORA)]),
    ],
)
def test_what_is_late_goes_to_the_managers_own_manager_and_to_hr(open_: Open, tasks: list[Owed]) -> None:
    late = {kind for kind, _, _ in tasks} & {"SEE_TO_IT", "HAND_IN_UNREVIEWED"}

    assert told(open_, on=LATE) == tasks
    assert late.isdisjoint(kind for kind, _, _ in told(open_, on=BY))


def test_nobody_owes_what_cannot_be_done_yet() -> None:
    assert told(in_state("COLLECTING"), on=date(2024, 12, 31)) == [ASSESSES]
    assert told(replace(in_state("DRAFT"), cycle=replace(CYCLE, state=CycleState.CANCELLED))) == []


BEN = EmployeeId("ben")
NAMED = Delegation(
    DelegationId("n"), MAX, BEN, Period(TODAY, date(2026, 1, 20)), may_submit=False, named_by=MAX, named_at=AT
)


def stood_in(*named: Delegation, state: str = "DRAFT") -> Open:
    return replace(in_state(state), delegates=[NamedDelegation(one, "Max", "Ben") for one in named])


def test_what_the_manager_has_to_rate_is_on_the_lists_of_their_delegates_as_long_as_they_are() -> None:
    helps: Owed = ("RATE", BY, BEN)

    assert told(stood_in(NAMED)) == [ASSESSES, helps, RATES]
    assert {task.owner: task.acts_for for task in owed(stood_in(NAMED), hr=HR, on=TODAY)} == {
        ANN: None,
        BEN: MAX,
        MAX: None,
    }
    assert told(stood_in(NAMED), on=date(2026, 1, 20)) == [ASSESSES, RATES]
    assert told(stood_in(replace(NAMED, manager=DORA))) == [ASSESSES, RATES]  # who is above the manager
    assert told(stood_in(NAMED, replace(NAMED, delegate=DORA))) == [ASSESSES, helps, ("RATE", BY, DORA), RATES]
    assert told(stood_in(NAMED, state="SUBMITTED")) == [("APPROVE", NEVER, DORA)]


def test_a_section_without_figures_is_for_delegates_who_may_hand_it_in() -> None:
    unrated = [replace(stood_in(replace(NAMED, may_submit=may)), is_to_rate=False) for may in (False, True)]

    assert [told(one) for one in unrated] == [[ASSESSES, HANDS_IN], [ASSESSES, ("HAND_IN", BY, BEN), HANDS_IN]]


@pytest.mark.parametrize(("may_submit", "asked"), [(False, [("SUBMIT_IN_PLACE", BY, DORA)]), (True, [])])
def test_nobody_is_asked_to_hand_in_where_a_delegate_does(*, may_submit: bool, asked: list[Owed]) -> None:
    absent = replace(stood_in(replace(NAMED, may_submit=may_submit)), absent=[MAX])

    assert [task for task in told(absent) if task[0] == "SUBMIT_IN_PLACE"] == asked


ENDED = replace(DISPUTE, state=DisputeState.DECLINED)
LET: Owed = ("DECIDE_DISPUTE", DAYS, DORA)
BY_HR: list[Owed] = [("DECIDE_DISPUTE", DAYS, HAL), ("DECIDE_DISPUTE", DAYS, HEDY)]
CLAIMED: Owed = ("DECIDE_CLAIM", DAYS, MAX)


@pytest.mark.parametrize(
    ("state", "disputes", "tasks"),
    [
        ("DISPUTED", [DISPUTE], [LET]),
        ("DISPUTED", [replace(DISPUTE, reviewer=None)], BY_HR),
        ("DISPUTED", [ENDED], []),
        ("DISPUTED", [ENDED, DISPUTE, CLAIM], [CLAIMED, LET]),
        ("DISPUTED", [CLAIM], [CLAIMED]),
        ("SHARED", [CLAIM], [CLAIMED, ("ANSWER", NEVER, ANN)]),
        ("FINALISED", [CLAIM, ENDED], [CLAIMED]),
    ],
)
def test_what_waits_for_a_decision_waits_with_whoever_takes_it(
    state: str, disputes: list[Dispute], tasks: list[Owed]
) -> None:
    assert told(replace(in_state(state), disputes=disputes)) == tasks


def test_a_reviewer_who_is_no_manager_of_the_employee_any_more_has_nothing_to_decide() -> None:
    moved = in_state("DISPUTED", managers=(MAX, EmployeeId("eve")))

    assert told(replace(moved, disputes=[DISPUTE])) == []


def test_corrections_wait_with_hr_until_a_reopening_is_proposed() -> None:
    by_hr = [("DECIDE_CORRECTION", BY, HAL), ("DECIDE_CORRECTION", BY, HEDY)]

    assert told(replace(in_state("FINALISED"), corrections=[NOTICE])) == by_hr
    assert told(replace(in_state("FINALISED", Course(reopening=PROPOSED)), corrections=[NOTICE])) == REOPENS
    assert told(replace(in_state("ACKNOWLEDGED"), corrections=[NOTICE])) == []


@pytest.mark.parametrize(
    ("due", "is_told"),
    [
        (date(2026, 2, 14), True),
        (date(2026, 2, 13), False),
        (date(2026, 1, 25), True),
        (date(2026, 1, 18), True),
        (date(2026, 1, 16), True),
        (TODAY, False),
        (date(2026, 1, 14), False),
        (date.max, False),
    ],
)
def test_somebody_is_reminded_30_10_3_and_1_day_before(due: date, is_told: bool) -> None:
    assert Task(due, TaskKind.RATE, SectionId("s"), MAX, ANN).is_to_be_reminded(TODAY) is is_told


def test_nobody_is_reminded_of_what_has_no_last_day() -> None:
    thirty_before_the_end_of_time = date(9999, 12, 1)

    assert not Task(NEVER, TaskKind.RATE, SectionId("s"), MAX, ANN).is_to_be_reminded(thirty_before_the_end_of_time)
