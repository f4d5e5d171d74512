"""How a cycle passes from stage to stage: pure functions from a cycle to the next one or a refusal."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.language import counted
from appraise.domain.periods import Period
from appraise.domain.section_states import ENDED, SectionState
from appraise.domain.sections import Refusal

NEXT: Final = {
    CycleState.PLANNED: CycleState.OPEN,
    CycleState.OPEN: CycleState.SCORING,
    CycleState.SCORING: CycleState.CALIBRATION,
    CycleState.CALIBRATION: CycleState.SHARING,
    CycleState.SHARING: CycleState.CLOSED,
    CycleState.CLOSED: CycleState.ARCHIVED,
}
CANCELLABLE: Final = frozenset({CycleState.PLANNED, CycleState.OPEN, CycleState.SCORING})
CHANGEABLE: Final = CANCELLABLE | {CycleState.CALIBRATION}
"""What people were told stands before, too: see `with_rules`."""
SCORED: Final = frozenset(CycleState) - {CycleState.ARCHIVED, CycleState.CANCELLED}
"""Where a scoring run still tells anybody anything."""
LONGEST_RESPONSE: Final = 45
MOST_DISPUTES: Final = 5


class CycleAction(StrEnum):
    """What HR does with a cycle as a whole."""

    ADVANCE = "ADVANCE"
    SCORE = "SCORE"
    SET_RULES = "SET_RULES"
    MOVE = "MOVE"
    CANCEL = "CANCEL"


def allowed(cycle: Cycle) -> tuple[CycleAction, ...]:
    """What the stage allows; sections may stand in the way of ADVANCE nevertheless."""
    may = {
        CycleAction.ADVANCE: next_state(cycle) is not None,
        CycleAction.SCORE: cycle.state in SCORED,
        CycleAction.SET_RULES: cycle.state in CHANGEABLE,
        CycleAction.MOVE: cycle.state in CANCELLABLE,
        CycleAction.CANCEL: cycle.state in CANCELLABLE,
    }
    return tuple(action for action, is_allowed in may.items() if is_allowed)


def next_state(cycle: Cycle) -> CycleState | None:
    """Where `advance` leads, a calibration that the rules do not ask for left out; None at the end."""
    following = NEXT.get(cycle.state)
    if following is CycleState.CALIBRATION and not cycle.rules.calibrates:
        return CycleState.SHARING
    return following


def advance(cycle: Cycle, sections: Mapping[SectionState, int]) -> Cycle | Refusal:
    """The next stage. `sections` counts the cycle's by state: what goes on in them can stand in the way."""
    following = next_state(cycle)
    if following is None:
        return Refusal("CYCLE_STATE", f"the cycle {cycle.name} is {cycle.state}; no stage follows")
    waiting = sections.get(SectionState.IN_CALIBRATION)
    if following is CycleState.SHARING and waiting:
        return Refusal("STILL_OPEN", f"{_sections(waiting)} in calibration; lock the sessions first")
    going_on = sum(count for state, count in sections.items() if state not in ENDED)
    if following in {CycleState.CLOSED, CycleState.ARCHIVED} and going_on:
        return Refusal("STILL_OPEN", f"{_sections(going_on)} neither final nor exempt; the readiness check lists whose")
    return replace(cycle, state=following)


def _sections(count: int) -> str:
    return counted(count, "section is", "sections are")


def _shared(count: int) -> str:
    return counted(count, "section was shared", "sections were shared")


def cancel(cycle: Cycle, *, told: int, reason: str) -> Cycle | Refusal:
    """Nothing more is done in it; what was shared with employees cannot be taken back, so not after that.

    `told` counts the sections that were ever shared: single ones may be, before the stage of sharing.
    """
    if cycle.state not in CANCELLABLE:
        return Refusal("CYCLE_STATE", f"the cycle {cycle.name} is {cycle.state} and cannot be cancelled any more")
    if told:
        return Refusal("CYCLE_STATE", f"{_shared(told)} with employees; the cycle cannot be cancelled any more")
    if not reason.strip():
        return Refusal("REASON_MISSING", "say why the cycle is cancelled", "reason")
    return replace(cycle, state=CycleState.CANCELLED)


def move(cycle: Cycle, period: Period) -> Cycle | Refusal:
    """Other days, as long as figures are still gathered; what was handed in keeps those with which it was."""
    if cycle.state not in CANCELLABLE:
        return Refusal("CYCLE_STATE", f"the cycle {cycle.name} is {cycle.state}; its days stand")
    if period == cycle.period:
        return Refusal("ALREADY_DONE", "these are the cycle's days already", "start")
    return replace(cycle, period=period)


def with_rules(cycle: Cycle, rules: CycleRules, *, told: int) -> Cycle | Refusal:
    """Other rules. What `told` sections were shared by stands: days to answer, disputes and the host's scale."""
    if cycle.state not in CHANGEABLE:
        return Refusal("CYCLE_STATE", f"the cycle {cycle.name} is {cycle.state}; its rules stand")
    if cycle.state is CycleState.CALIBRATION and not rules.calibrates:
        return Refusal("CYCLE_STATE", "the cycle is in calibration; it cannot be left out any more", "calibrates")
    refusal = wrong_rules(rules) or (_told_otherwise(cycle.rules, rules, told) if told else None)
    return refusal or replace(cycle, rules=rules)


def _told_otherwise(before: CycleRules, after: CycleRules, told: int) -> Refusal | None:
    changed = {
        "responseDays": before.response_days != after.response_days,
        "mostDisputes": before.most_disputes != after.most_disputes,
        "hostScale": before.host_scale not in {None, after.host_scale},  # without one nothing was told
    }
    field = next((name for name, is_changed in changed.items() if is_changed), None)
    if field is None:
        return None
    found = f"{_shared(told)} with employees; days to answer, disputes and the host's scale stand"
    return Refusal("CYCLE_STATE", found, field)


def wrong_rules(rules: CycleRules) -> Refusal | None:
    if not 1 <= rules.response_days <= LONGEST_RESPONSE:
        found = f"an employee has 1 to {LONGEST_RESPONSE} days to answer, not {rules.response_days}"
        return Refusal("OUT_OF_RANGE", found, "responseDays")
    if not 0 <= rules.most_disputes <= MOST_DISPUTES:
        found = f"an employee may file 0 to {MOST_DISPUTES} disputes, not {rules.most_disputes}"
        return Refusal("OUT_OF_RANGE", found, "mostDisputes")
    return None
