"""Who may stand in for whom, against a table written by hand from the rules of delegates."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.domain.test_access import BEN, DORA, MAX

from appraise.domain.access import StandIn
from appraise.domain.delegations import Delegation, NamedDelegation, hindrance_to_naming, stand_ins
from appraise.domain.identifiers import DelegationId, EmployeeId
from appraise.domain.periods import Period
from appraise.domain.sections import Refusal

TODAY = date(2026, 3, 1)
HAL, EVE = EmployeeId("hal"), EmployeeId("eve")
ALSO_HANDS_IN = StandIn(MAX, "Max", may_submit=True)
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
