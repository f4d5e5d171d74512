"""Who may stand in for whom and what that opens, against tables written by hand from the rules of delegates."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.domain.test_access import ABOVE_ANN, ANN, BEN, DORA, MAX

from appraise.domain.access import (
    Embedded,
    Principal,
    Role,
    StandIn,
    acts_for,
    may_act,
    people_scope,
    reaches,
    reads_for,
    section_scope,
)
from appraise.domain.delegations import Delegation, NamedDelegation, hindrance_to_naming, stand_ins
from appraise.domain.identifiers import DelegationId, EmployeeId, SectionId
from appraise.domain.periods import Period
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal

TODAY = date(2026, 3, 1)
HAL, EVE = EmployeeId("hal"), EmployeeId("eve")
FOR_MAX, ALSO_HANDS_IN = StandIn(MAX, "Max", may_submit=False), StandIn(MAX, "Max", may_submit=True)
NAMED = Delegation(
    DelegationId("d"),
    MAX,
    BEN,
    Period(TODAY, date(2026, 4, 1)),
    may_submit=False,
    named_by=MAX,
    named_at=datetime(2026, 3, 1, tzinfo=UTC),
)
THEMSELVES = Refusal("NOT_NEUTRAL", "nobody stands in for themselves", "delegate")
OWN_DELEGATE = Refusal(
    "NOT_NEUTRAL", "nobody makes themselves somebody's delegate; another HR administrator can", "delegate"
)
ABOVE = Refusal("NOT_NEUTRAL", "they would rate somebody above them; name somebody else", "delegate")
PAST = Refusal("OUT_OF_RANGE", "the last day lies in the past", "lastDay")
TOO_FAR = Refusal("OUT_OF_RANGE", "at most 366 days ahead; name them again afterwards", "lastDay")
NO_REASON = Refusal("REASON_MISSING", "say why it is HR who names them; the manager reads it", "reason")
TWICE = Refusal("ALREADY_DONE", "they stand in at that time already; end that first", "delegate")


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

    assert done_for == {"RATE"}  # handing in is hers as the manager's manager
    assert acts_for(ben(FOR_MAX), Action.RATE, ANN, managers=ABOVE_ANN) == FOR_MAX
    assert acts_for(ben(FOR_MAX), Action.SUBMIT, ANN, managers=ABOVE_ANN) is None
    assert acts_for(ben(FOR_MAX), Action.RATE, BEN, managers=ABOVE_ANN) is None


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
    assert [read_for(vera, state) for state in (SectionState.DRAFT, SectionState.SUBMITTED)] == [FOR_MAX, None]


@pytest.mark.parametrize(
    ("new", "above", "refusal"),
    [
        (NAMED, (MAX, DORA), None),  # a colleague of the same team
        (NAMED, (), None),
        (replace(NAMED, delegate=MAX), (), THEMSELVES),
        (NAMED, (EVE, MAX), ABOVE),  # Ben would rate Eve, his manager
        (replace(NAMED, named_by=BEN), (), OWN_DELEGATE),
        (replace(NAMED, named_by=HAL), (), NO_REASON),
        (replace(NAMED, named_by=HAL, reason="  "), (), NO_REASON),
        (replace(NAMED, named_by=HAL, reason="in hospital"), (), None),
        (replace(NAMED, period=Period(TODAY)), (), PAST),
        (replace(NAMED, period=Period(date(2026, 1, 1), TODAY)), (), PAST),
        (replace(NAMED, period=Period(TODAY, date(2027, 3, 2))), (), None),  # 366 days
        (replace(NAMED, period=Period(TODAY, date(2027, 3, 3))), (), TOO_FAR),
        (replace(NAMED, period=Period(date(2027, 3, 1), date(2027, 3, 5))), (), TOO_FAR),  # short, and too far
    ],
)
def test_who_can_be_named(new: Delegation, above: tuple[EmployeeId, ...], refusal: Refusal | None) -> None:
    assert hindrance_to_naming(new, [], on=TODAY, managers_of_delegate=above) == refusal


def test_nobody_stands_in_twice_at_a_time() -> None:
    later = replace(NAMED, id=DelegationId("e"), period=Period(date(2026, 3, 31), date(2026, 5, 1)))

    def hindrance(*before: Delegation) -> Refusal | None:
        return hindrance_to_naming(later, before, on=TODAY, managers_of_delegate=())

    assert hindrance(NAMED) == TWICE
    assert hindrance(replace(NAMED, delegate=EVE)) is None
    assert hindrance(replace(NAMED, ended_at=NAMED.named_at)) is None
    assert hindrance(replace(NAMED, period=Period(TODAY, date(2026, 3, 31)))) is None


def test_it_ends_by_itself_and_the_wider_of_two_counts() -> None:
    narrow = NamedDelegation(NAMED, "Max", "Ben")
    wide = replace(narrow, delegation=replace(NAMED, may_submit=True))
    last, after = date(2026, 3, 31), date(2026, 4, 1)

    assert stand_ins([wide, narrow], on=last) == (ALSO_HANDS_IN,)
    assert stand_ins([wide, narrow], on=after) == ()
    assert stand_ins([narrow], on=date(2026, 2, 28)) == ()
    assert stand_ins([replace(narrow, is_good=False)], on=last) == ()
    assert stand_ins([replace(narrow, delegation=replace(NAMED, ended_at=NAMED.named_at))], on=last) == ()
    assert (NAMED.is_over(last), NAMED.is_over(after)) == (False, True)
