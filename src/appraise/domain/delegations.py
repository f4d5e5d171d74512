"""Who acts for a manager for some time: named by the manager, or by HR; it ends by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from appraise.domain.access import StandIn
from appraise.domain.identifiers import DelegationId, EmployeeId
from appraise.domain.periods import Period
from appraise.domain.sections import Refusal, words

MOST_DAYS: Final = 366
NO_REPORTS: Final = Refusal("WRONG_STATE", "nobody reports to them, so there is nothing to stand in for", "manager")


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate` rates for `manager` in `period`, which has an end, and hands in as well where `may_submit`.

    `reason` is HR's, where `named_by` is not the manager. `ended_at` is when somebody ended it before its time.
    """

    id: DelegationId
    manager: EmployeeId
    delegate: EmployeeId
    period: Period
    may_submit: bool
    named_by: EmployeeId
    named_at: datetime
    reason: str | None = None
    ended_at: datetime | None = None

    def is_live(self, on: date) -> bool:
        return self.ended_at is None and on in self.period

    def is_over(self, on: date) -> bool:
        return self.ended_at is not None or (self.period.end is not None and self.period.end <= on)


@dataclass(frozen=True, slots=True)
class NamedDelegation:
    """With names to show. `is_good`: neither of them is hindered from it now by their place in the organisation."""

    delegation: Delegation
    manager_name: str
    delegate_name: str
    is_good: bool = True


def would_rate_their_own_manager(manager: EmployeeId, managers_of_delegate: Sequence[EmployeeId]) -> bool:
    """Whoever reports to the manager through somebody else: that one reports to the manager, too."""
    return manager in managers_of_delegate[1:]


def hindrance_to_naming(
    new: Delegation,
    before: Iterable[Delegation],
    *,
    on: date,
    managers_of_delegate: Sequence[EmployeeId],
) -> Refusal | None:
    """`before` are the manager's delegations until now; that somebody reports to the manager is known by then."""
    period, refusal = new.period, None
    if new.delegate == new.manager:
        refusal = "NOT_NEUTRAL", "nobody stands in for themselves", "delegate"
    elif new.named_by == new.delegate:
        refusal = "NOT_NEUTRAL", "nobody makes themselves somebody's delegate; another HR administrator can", "delegate"
    elif would_rate_their_own_manager(new.manager, managers_of_delegate):
        refusal = "NOT_NEUTRAL", "they would rate somebody above them; name somebody else", "delegate"
    elif period.end is None or period.end <= on:
        refusal = "OUT_OF_RANGE", "the last day lies in the past", "lastDay"
    elif period.end - on > timedelta(days=MOST_DAYS):
        refusal = "OUT_OF_RANGE", f"at most {MOST_DAYS} days ahead; name them again afterwards", "lastDay"
    elif new.named_by != new.manager and words(new.reason) is None:
        refusal = "REASON_MISSING", "say why it is HR who names them; the manager reads it", "reason"
    elif any(_is_same(one, new) for one in before):
        refusal = "ALREADY_DONE", "they stand in at that time already; end that first", "delegate"
    return None if refusal is None else Refusal(*refusal)


def _is_same(one: Delegation, new: Delegation) -> bool:
    return one.ended_at is None and one.delegate == new.delegate and one.period.overlaps(new.period)


def stand_ins(named: Iterable[NamedDelegation], *, on: date) -> tuple[StandIn, ...]:
    """What a delegate's delegations of the day let them do: for each manager, and the wider where there are two."""
    live = [one for one in named if one.is_good and one.delegation.is_live(on)]
    found: dict[EmployeeId, StandIn] = {}
    for one in sorted(live, key=lambda one: one.delegation.may_submit):
        found[one.delegation.manager] = StandIn(
            one.delegation.manager, one.manager_name, may_submit=one.delegation.may_submit
        )
    return tuple(found[manager] for manager in sorted(found))
