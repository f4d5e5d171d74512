"""Stages of a cycle, against a table written by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from appraise.domain.cycle_steps import CycleAction, advance, allowed, cancel, move, next_state, with_rules
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal

FIVE = HostScale(Decimal(0), Decimal(5), Decimal("0.5"))
PLAIN = Cycle(CycleId("c"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)))

# stage: (the next, the next where the cycle calibrates, can be cancelled, its rules can be changed)
STAGES = {
    "PLANNED": ("OPEN", "OPEN", True, True),
    "OPEN": ("SCORING", "SCORING", True, True),
    "SCORING": ("SHARING", "CALIBRATION", True, True),
    "CALIBRATION": ("SHARING", "SHARING", False, True),
    "SHARING": ("CLOSED", "CLOSED", False, False),
    "CLOSED": ("ARCHIVED", "ARCHIVED", False, False),
    "ARCHIVED": (None, None, False, False),
    "CANCELLED": (None, None, False, False),
}


def in_stage(state: str, *, calibrates: bool = False) -> Cycle:
    return replace(PLAIN, state=CycleState(state), rules=CycleRules(calibrates))


@pytest.mark.parametrize("state", CycleState)
def test_each_stage_leads_where_the_table_says(state: CycleState) -> None:
    follow, follow_calibrating, is_cancelled, is_changed = STAGES[state]
    plain, calibrating = in_stage(state), in_stage(state, calibrates=True)

    def refused(sentence: str) -> Refusal:
        return Refusal("CYCLE_STATE", f"the cycle 2025 is {state}{sentence}")

    assert [next_state(plain), next_state(calibrating)] == [follow, follow_calibrating]
    assert advance(plain, {}) == (refused("; no stage follows") if follow is None else in_stage(follow))
    assert cancel(plain, told=0, reason="x") == (
        in_stage("CANCELLED") if is_cancelled else refused(" and cannot be cancelled any more")
    )
    assert with_rules(plain, CycleRules(calibrates=True), told=0) == (
        calibrating if is_changed else refused("; its rules stand")
    )
    later = Period(date(2025, 4, 1), date(2026, 4, 1))
    assert move(plain, later) == (replace(plain, period=later) if is_cancelled else refused("; its days stand"))
    assert move(in_stage("OPEN"), PLAIN.period) == Refusal(
        "ALREADY_DONE", "these are the cycle's days already", "start"
    )
    wanted = {
        CycleAction.ADVANCE: follow is not None,
        CycleAction.SCORE: state not in {"ARCHIVED", "CANCELLED"},
        CycleAction.SET_RULES: is_changed,
        CycleAction.MOVE: is_cancelled,
        CycleAction.CANCEL: is_cancelled,
    }
    assert allowed(plain) == tuple(action for action, may in wanted.items() if may)


@pytest.mark.parametrize(
    ("stage", "sections", "refusal"),
    [
        ("SCORING", {SectionState.DRAFT: 3}, None),
        ("CALIBRATION", {SectionState.IN_CALIBRATION: 1}, "1 section is in calibration; lock the sessions first"),
        ("CALIBRATION", {SectionState.CALIBRATED: 5, SectionState.DRAFT: 1}, None),
        ("SHARING", {SectionState.FINALISED: 5, SectionState.EXEMPT: 1, SectionState.VOID: 1}, None),
        (
            "SHARING",
            {SectionState.FINALISED: 5, SectionState.SHARED: 1200},
            "1,200 sections are neither final nor exempt",
        ),
        ("CLOSED", {SectionState.REOPENED: 1}, "1 section is neither final nor exempt"),
    ],
)
def test_what_goes_on_in_sections_stands_in_the_way(
    stage: str, sections: dict[SectionState, int], refusal: str | None
) -> None:
    outcome = advance(in_stage(stage), sections)

    if refusal is None:
        assert isinstance(outcome, Cycle)
    else:
        assert isinstance(outcome, Refusal)
        assert (outcome.code, outcome.message[: len(refusal)]) == ("STILL_OPEN", refusal)


@pytest.mark.parametrize(
    "rules",
    [CycleRules(response_days=1), CycleRules(response_days=45, most_disputes=5), CycleRules(most_disputes=0)],
)
def test_rules_within_their_range_are_taken(rules: CycleRules) -> None:
    assert with_rules(PLAIN, rules, told=0) == replace(PLAIN, rules=rules)


@pytest.mark.parametrize(
    ("rules", "found", "field"),
    [
        (CycleRules(response_days=0), "an employee has 1 to 45 days to answer, not 0", "responseDays"),
        (CycleRules(response_days=46), "an employee has 1 to 45 days to answer, not 46", "responseDays"),
        (CycleRules(most_disputes=-1), "an employee may file 0 to 5 disputes, not -1", "mostDisputes"),
        (CycleRules(most_disputes=6), "an employee may file 0 to 5 disputes, not 6", "mostDisputes"),
    ],
)
def test_rules_out_of_their_range_are_refused(rules: CycleRules, found: str, field: str) -> None:
    assert with_rules(PLAIN, rules, told=0) == Refusal("OUT_OF_RANGE", found, field)


def test_a_calibration_that_goes_on_is_not_left_out() -> None:
    assert with_rules(in_stage("CALIBRATION", calibrates=True), CycleRules(calibrates=False), told=0) == Refusal(
        "CYCLE_STATE", "the cycle is in calibration; it cannot be left out any more", "calibrates"
    )


def test_a_cycle_is_not_cancelled_without_a_reason() -> None:
    assert cancel(PLAIN, told=0, reason=" ") == Refusal("REASON_MISSING", "say why the cycle is cancelled", "reason")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (CycleRules(response_days=7, host_scale=FIVE), "responseDays"),
        (CycleRules(most_disputes=0, host_scale=FIVE), "mostDisputes"),
        (CycleRules(host_scale=HostScale(Decimal(0), Decimal(10), Decimal(1))), "hostScale"),
        (CycleRules(), "hostScale"),
        (CycleRules(calibrates=True, dotted_parts=True, host_scale=FIVE), None),
    ],
)
def test_what_employees_were_told_stands(rules: CycleRules, field: str | None) -> None:
    words = "1 section was shared with employees; days to answer, disputes and the host's scale stand"
    scaled = replace(PLAIN, rules=CycleRules(host_scale=FIVE))
    told = with_rules(scaled, rules, told=1)

    assert with_rules(PLAIN, CycleRules(host_scale=FIVE), told=1) == scaled  # no scale had been told
    assert told == (replace(PLAIN, rules=rules) if field is None else Refusal("CYCLE_STATE", words, field))


def test_a_cycle_of_which_anything_was_shared_is_not_cancelled() -> None:
    words = "1,200 sections were shared with employees; the cycle cannot be cancelled any more"
    assert cancel(PLAIN, told=1200, reason="x") == Refusal("CYCLE_STATE", words)
