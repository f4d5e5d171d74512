"""What stands in the way of each action, against a table written by hand from the transitions that were agreed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.domain.test_sections import item, section

from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.periods import Period
from appraise.domain.section_course import Course, Reopening, ReopeningReason
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal

AT = datetime(2026, 1, 15, tzinfo=UTC)
TODAY = AT.date()
PERIOD = Period(date(2025, 1, 1), date(2026, 1, 1))
HAL, HEDY = EmployeeId("hal"), EmployeeId("hedy")
PROPOSED = Course(released_at=AT, reopening=Reopening(ReopeningReason.ERROR, "a wrong rating", AT, HEDY))

# state: what may be done in it, where nothing else stands in the way
POSSIBLE = {
    "COLLECTING": "RATE ASSESS_SELF EXEMPT VOID CLAIM DECIDE_CLAIM",
    "DRAFT": "RATE ASSESS_SELF SUBMIT EXEMPT CLAIM DECIDE_CLAIM",
    "SUBMITTED": "ASSESS_SELF RETURN APPROVE CLAIM DECIDE_CLAIM",
    "IN_CALIBRATION": "CALIBRATE CLAIM DECIDE_CLAIM",
    "CALIBRATED": "RELEASE SHARE CLAIM DECIDE_CLAIM",
    "SHARED": "ACKNOWLEDGE FINALISE DISPUTE CLAIM DECIDE_CLAIM",
    "DISPUTED": "DISPUTE DECIDE_DISPUTE CLAIM DECIDE_CLAIM",
    "ACKNOWLEDGED": "FINALISE CLAIM DECIDE_CLAIM",
    "FINALISED": "PROPOSE_REOPENING WITHDRAW_REOPENING REOPEN DECIDE_CLAIM",
    "REOPENED": "RATE CLAIM DECIDE_CLAIM",
    "EXEMPT": "END_EXEMPTION",
    "VOID": "",
}


# and where nothing in the section can be rated
POSSIBLE_UNRATED = POSSIBLE | {state: f"{POSSIBLE[state]} SUBMIT" for state in ("COLLECTING", "REOPENED")}


def moment(
    on: date = TODAY, *, state: CycleState = CycleState.OPEN, is_hr: bool = True, calibrates: bool = False
) -> Moment:
    return Moment(
        on,
        Cycle(CycleId("c"), "2025", PERIOD, None, state, CycleRules(calibrates)),
        HAL,
        is_hr,
        is_disputed=True,
        is_claimed=True,
    )


def code(refusal: Refusal | None) -> str | None:
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(("is_to_rate", "possible"), [(True, POSSIBLE), (False, POSSIBLE_UNRATED)])
@pytest.mark.parametrize("state", SectionState)
def test_each_action_in_each_state(state: SectionState, possible: dict[str, str], *, is_to_rate: bool) -> None:
    when = replace(moment(), is_to_rate=is_to_rate)

    def free(action: Action) -> bool:
        course = PROPOSED if action in {Action.REOPEN, Action.WITHDRAW_REOPENING} else Course()
        return hindrance(replace(section(item("a")), state=state, course=course), action, when) is None

    assert {action.value for action in Action if free(action)} == set(possible[state].split())


def test_a_wrong_state_is_told_with_the_right_ones() -> None:
    final = replace(section(item("a")), state=SectionState.FINALISED)

    assert [hindrance(final, action, moment()) for action in (Action.RATE, Action.SUBMIT, Action.END_EXEMPTION)] == [
        Refusal("WRONG_STATE", f"the section is FINALISED; to {needed}")
        for needed in (
            "rate it must be COLLECTING or DRAFT or REOPENED",
            "submit it must be DRAFT",
            "end exemption it must be EXEMPT",
        )
    ]


@pytest.mark.parametrize(
    ("stage", "what", "is_possible"),
    [
        ("PLANNED", "COLLECTING RATE", False),
        ("OPEN", "COLLECTING RATE", True),
        ("SCORING", "EXEMPT END_EXEMPTION", True),
        ("CALIBRATION", "EXEMPT END_EXEMPTION", False),
        ("CALIBRATION", "SUBMITTED APPROVE", True),
        ("SHARING", "CALIBRATED SHARE", True),
        ("CLOSED", "COLLECTING EXEMPT", False),
        ("CLOSED", "COLLECTING VOID", False),
        ("CLOSED", "DRAFT ASSESS_SELF", False),
        ("CLOSED", "FINALISED PROPOSE_REOPENING", True),
        ("CLOSED", "REOPENED RATE", True),
        ("ARCHIVED", "FINALISED PROPOSE_REOPENING", False),
        ("CANCELLED", "COLLECTING RATE", False),
    ],
)
def test_the_stage_of_the_cycle_stands_in_the_way(stage: str, what: str, *, is_possible: bool) -> None:
    state, action = what.split()
    one = replace(section(item("a")), state=SectionState(state))
    found = hindrance(one, Action(action), moment(state=CycleState(stage)))

    doing = action.lower().replace("_", " ")
    refusal = Refusal("CYCLE_STATE", f"the cycle 2025 is {stage}; {doing} is not possible in it")
    assert found == (None if is_possible else refusal)


@pytest.mark.parametrize(("day", "refused"), [(date(2024, 12, 31), "TOO_EARLY"), (date(2025, 1, 1), None)])
def test_nothing_is_rated_or_handed_in_before_the_cycle_begins(day: date, refused: str | None) -> None:
    assert [code(hindrance(section(item("a")), action, moment(day))) for action in (Action.RATE, Action.SUBMIT)] == [
        refused,
        refused,
    ]


QUIET = replace(moment(), is_disputed=False, is_claimed=False)
MANAGER = moment(is_hr=False)
MINE = replace(PROPOSED, reopening=Reopening(ReopeningReason.ERROR, "a wrong rating", AT, HAL))
HINDRANCES = [
    (
        "COLLECTING RATE",
        Course(),
        moment(date(2024, 12, 31)),
        "TOO_EARLY",
        "the cycle starts on 2025-01-01; nothing can be rated before",
    ),
    (
        "DRAFT ASSESS_SELF",
        Course(self_assessed_at=AT),
        moment(),
        "ALREADY_DONE",
        "the self-assessment was handed in and cannot be changed any more",
    ),
    (
        "SUBMITTED APPROVE",
        Course(),
        moment(calibrates=True),
        "CALIBRATION_NEEDED",
        "this cycle calibrates: the section passes through a session",
    ),
    (
        "SUBMITTED APPROVE",
        Course(submitted_by=HAL),
        moment(),
        "SECOND_PERSON",
        "somebody else has to approve what you rated or handed in",
    ),
    ("CALIBRATED RELEASE", Course(released_at=AT), moment(), "ALREADY_DONE", "it was released on 2026-01-15"),
    ("CALIBRATED SHARE", Course(), MANAGER, "NOT_RELEASED", "HR has not released it yet"),
    ("DISPUTED DECIDE_DISPUTE", Course(), QUIET, "ALREADY_DONE", "no dispute waits for a decision"),
    ("DRAFT DECIDE_CLAIM", Course(), QUIET, "ALREADY_DONE", "no claim waits for a decision"),
    (
        "FINALISED PROPOSE_REOPENING",
        PROPOSED,
        moment(),
        "ALREADY_DONE",
        "its reopening is proposed; another HR administrator has to approve it",
    ),
    ("FINALISED WITHDRAW_REOPENING", Course(), moment(), "NOT_PROPOSED", "nobody proposes its reopening"),
    ("FINALISED REOPEN", Course(), moment(), "NOT_PROPOSED", "an HR administrator has to propose its reopening first"),
    ("FINALISED REOPEN", MINE, moment(), "SECOND_PERSON", "somebody else has to approve what you proposed"),
]


@pytest.mark.parametrize(("what", "course", "when", "told", "sentence"), HINDRANCES)
def test_what_stands_in_the_way_is_told_in_a_sentence(
    what: str, course: Course, when: Moment, told: str, sentence: str
) -> None:
    state, action = what.split()
    one = replace(section(item("a")), state=SectionState(state), course=course)

    assert hindrance(one, Action(action), when) == Refusal(told, sentence)


def test_a_section_that_was_shared_once_is_not_voided() -> None:
    """It may be without ratings again: reopened, exempt for a while, and no longer exempt."""
    once = replace(section(item("a")), state=SectionState.COLLECTING)
    told = Refusal("WRONG_STATE", "its first revision was shared; what an employee was told is not voided")

    assert hindrance(once, Action.VOID, moment()) is None
    assert hindrance(replace(once, revision=2), Action.VOID, moment()) == told


@pytest.mark.parametrize(
    ("course", "is_hr", "refused"),
    [
        (Course(), True, [None, None]),
        (Course(), False, [None, "NOT_RELEASED"]),
        (Course(released_at=AT), False, ["ALREADY_DONE", None]),
    ],
)
def test_managers_share_what_hr_released(course: Course, refused: list[str | None], *, is_hr: bool) -> None:
    one = replace(section(item("a")), state=SectionState.CALIBRATED, course=course)

    assert [code(hindrance(one, action, moment(is_hr=is_hr))) for action in (Action.RELEASE, Action.SHARE)] == refused


@pytest.mark.parametrize(
    ("course", "refused"),
    [
        (Course(), [None, "NOT_PROPOSED", "NOT_PROPOSED"]),
        (PROPOSED, ["ALREADY_DONE", None, None]),
        (MINE, ["ALREADY_DONE", None, "SECOND_PERSON"]),
    ],
)
def test_opening_again_takes_two(course: Course, refused: list[str | None]) -> None:
    one = replace(section(item("a")), state=SectionState.FINALISED, course=course)

    steps = (Action.PROPOSE_REOPENING, Action.WITHDRAW_REOPENING, Action.REOPEN)
    assert [code(hindrance(one, action, moment())) for action in steps] == refused


def test_what_nobody_reviewed_waits_for_the_last_day_of_the_manager() -> None:
    collecting = section(item("a"), state=SectionState.COLLECTING)

    def hindered(rate_by: date | None, on: date, *, has_grades: bool = True) -> Refusal | None:
        now = moment(on)
        cycle = replace(now.cycle, rules=CycleRules(rate_by=rate_by))
        return hindrance(collecting, Action.HAND_IN_UNREVIEWED, replace(now, cycle=cycle, has_grades=has_grades))

    last = date(2026, 1, 10)
    assert hindered(last, last) == Refusal("TOO_EARLY", "the manager has time until 2026-01-10")
    assert hindered(last, date(2026, 1, 11)) is None
    assert hindered(last, date(2026, 1, 11), has_grades=False) == Refusal(
        "NOTHING_TO_RATE", "no figure has a level by which it could be handed in; exempt the section with a reason"
    )
    assert hindered(None, last) == Refusal(
        "TOO_EARLY", "the cycle names no last day for rating; set one, and wait for it"
    )
