"""Stages of a cycle, against a table written by hand."""

from dataclasses import replace
from datetime import date

import pytest

from appraise.domain.cycle_steps import CycleAction, advance, allowed, cancel, next_state, with_rules
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.periods import Period
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal

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
    found = [next_state(in_stage(state)), next_state(in_stage(state, calibrates=True))]

    assert found == [follow, follow_calibrating]
    assert isinstance(cancel(in_stage(state), reason="x"), Cycle) is is_cancelled
    assert isinstance(with_rules(in_stage(state), CycleRules(calibrates=True)), Cycle) is is_changed
    assert isinstance(advance(in_stage(state), {}), Cycle) is (follow is not None)
    wanted = {
        CycleAction.ADVANCE: follow is not None,
        CycleAction.SCORE: state not in {"ARCHIVED", "CANCELLED"},
        CycleAction.SET_RULES: is_changed,
        CycleAction.CANCEL: is_cancelled,
    }
    assert allowed(in_stage(state)) == tuple(action for action, may in wanted.items() if may)


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
    ("rules", "field"),
    [
        (CycleRules(response_days=0), "responseDays"),
        (CycleRules(response_days=1), None),
        (CycleRules(response_days=45, most_disputes=5), None),
        (CycleRules(response_days=46), "responseDays"),
        (CycleRules(most_disputes=0), None),
        (CycleRules(most_disputes=-1), "mostDisputes"),
        (CycleRules(most_disputes=6), "mostDisputes"),
    ],
)
def test_rules_have_their_range(rules: CycleRules, field: str | None) -> None:
    outcome = with_rules(PLAIN, rules)

    assert (outcome.field if isinstance(outcome, Refusal) else None) == field


def test_a_calibration_that_goes_on_is_not_left_out() -> None:
    outcome = with_rules(in_stage("CALIBRATION", calibrates=True), CycleRules(calibrates=False))

    assert isinstance(outcome, Refusal)
    assert outcome.field == "calibrates"


def test_a_cycle_is_not_cancelled_without_a_reason() -> None:
    outcome = cancel(PLAIN, reason=" ")

    assert isinstance(outcome, Refusal)
    assert outcome.code == "REASON_MISSING"
