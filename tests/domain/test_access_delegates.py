"""What standing in for a manager opens, against tables written by hand from the rules of delegates."""

from dataclasses import replace

import pytest
from tests.domain.test_access import ABOVE_ANN, ANN, ASKING, BEN, DORA, MAX

from appraise.domain.access import (
    Embedded,
    Principal,
    Role,
    StandIn,
    acts_for,
    may_act,
    may_read_evidence,
    people_scope,
    reaches,
    reads_for,
    section_scope,
)
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.section_states import Action, SectionState

FOR_MAX, ALSO_HANDS_IN = StandIn(MAX, "Max", may_submit=False), StandIn(MAX, "Max", may_submit=True)


def ben(*for_: StandIn) -> Principal:
    return Principal("Ben", BEN, stands_in=for_)


@pytest.mark.parametrize(
    ("who", "does"),
    [
        (ben(FOR_MAX), {"RATE"}),
        (ben(ALSO_HANDS_IN), {"RATE", "SUBMIT"}),
        (ben(StandIn(DORA, "Dora", may_submit=True)), set()),  # who is above Ann's manager
        (ben(), set()),
        (Principal("Ann", ANN, stands_in=(ALSO_HANDS_IN,)), {"ASSESS_SELF", "ACKNOWLEDGE", "DISPUTE", "CLAIM"}),
    ],
)
def test_a_delegate_rates_and_hands_in_only_where_it_was_said_and_never_for_themselves(
    who: Principal, does: set[str]
) -> None:
    assert {action.value for action in Action if may_act(who, action, ANN, managers=ABOVE_ANN)} == does


def test_what_is_done_by_right_is_done_for_nobody() -> None:
    dora = Principal("Dora", DORA, stands_in=(ALSO_HANDS_IN,))
    done_for = {a.value for a in Action if acts_for(dora, a, ANN, managers=ABOVE_ANN) is not None}

    assert done_for == {"RATE", "SUBMIT"}  # what is hers as the manager's manager she does for nobody
    assert acts_for(ben(FOR_MAX), Action.RATE, ANN, managers=ABOVE_ANN) == FOR_MAX
    assert acts_for(ben(FOR_MAX), Action.SUBMIT, ANN, managers=ABOVE_ANN) is None
    assert acts_for(ben(FOR_MAX), Action.RATE, BEN, managers=ABOVE_ANN) is None
    assert acts_for(ben(FOR_MAX), Action.RATE, ANN, managers=()) is None
    assert acts_for(Principal("Max", MAX, stands_in=(FOR_MAX,)), Action.RATE, ANN, managers=ABOVE_ANN) is None


def test_a_delegate_reads_those_who_report_to_the_manager_and_nobody_further_down() -> None:
    who = ben(StandIn(DORA, "Dora", may_submit=True))

    def sees(subject: EmployeeId, managers: tuple[EmployeeId, ...]) -> tuple[bool, bool]:
        section = reaches(section_scope(who), who, subject, managers=managers, state=SectionState.DRAFT)
        return section, reaches(people_scope(who), who, subject, managers=managers, state=None)

    assert sees(MAX, (DORA,)) == (True, True)
    assert sees(ANN, ABOVE_ANN) == (False, False)
    assert not reaches(section_scope(who), who, MAX, managers=(DORA,), state=SectionState.VOID)
    framed = replace(who, embedded=Embedded(SectionId("of-max"), MAX, "host"))
    shown = [
        reaches(section_scope(framed), framed, MAX, managers=(DORA,), state=SectionState.DRAFT, section=SectionId(one))
        for one in ("of-max", "of-ann")
    ]
    assert shown == [True, False]


def test_reads_are_told_as_done_for_the_manager_only_where_they_are_not_the_readers_own() -> None:
    vera = Principal("Vera", EmployeeId("vera"), frozenset({Role.EXECUTIVE}), stands_in=(FOR_MAX,))

    def read_for(who: Principal, state: SectionState) -> StandIn | None:
        return reads_for(who, ANN, managers=ABOVE_ANN, state=state)

    assert read_for(ben(FOR_MAX), SectionState.DRAFT) == FOR_MAX
    assert read_for(Principal("Dora", DORA, stands_in=(FOR_MAX,)), SectionState.DRAFT) is None
    framed = Principal("Dora", DORA, stands_in=(FOR_MAX,), embedded=Embedded(SectionId("of-ann"), ANN, "host"))
    assert read_for(framed, SectionState.DRAFT) is None
    assert reads_for(ben(FOR_MAX), BEN, managers=(MAX, DORA), state=SectionState.DRAFT) is None  # his own
    assert [read_for(vera, state) for state in (SectionState.DRAFT, SectionState.SUBMITTED)] == [FOR_MAX, None]


def test_single_events_are_read_by_people_and_by_no_program() -> None:
    assert [who for who, principal in ASKING.items() if not may_read_evidence(principal)] == ["service"]
