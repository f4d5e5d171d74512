"""Typed absences, each with one sentence that the employee can read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import definition_of
from appraise.domain.language import counted
from appraise.domain.scorecards import Absence, AbsenceKind, Evidence
from appraise.domain.shortfalls import amount_short_of, asked, asked_share, share_short_of, short_of
from appraise.errors import NotEnough

OWNERSHIPS = "ownerships of customers by employees"
_HOPELESS = 100
"""From a hundred times the present evidence on, naming the amount would promise what no cycle brings."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an indicator's evidence is called: what `minimum_events` counts, `one` of it and any other `amount`."""

    one: str
    amount: str

    def of(self, number: str) -> str:
        return f"{number} {self.one if number == '1' else self.amount}"


def not_in_service(indicator: IndicatorKey) -> Absence:
    return Absence(indicator, AbsenceKind.NOT_APPLICABLE, "Not employed on any day of the cycle.")


def missing_data(indicator: IndicatorKey, missing: str) -> Absence:
    return Absence(indicator, AbsenceKind.NOT_OBSERVED, f"There are no {missing} in the data of this organisation.")


def nothing_seen(indicator: IndicatorKey, what: str) -> Absence:
    return Absence(indicator, AbsenceKind.NOT_OBSERVED, f"No {what} in this cycle.")


def no_rate(
    indicator: IndicatorKey, currencies: Sequence[str], ours: str, left_out: tuple[tuple[str, int], ...]
) -> Absence:
    reason = (
        f"The customers of this employee who had bought before had paid only in {', '.join(currencies)}, without an "
        f"exchange rate to {ours} (`appraise rates import`)."
    )
    evidence = Evidence(events=0, customers=0, effective=Decimal(0), left_out=left_out)
    return Absence(indicator, AbsenceKind.NOT_OBSERVED, reason, evidence)


def excluded(indicator: IndicatorKey, reason: str) -> Absence:
    """There is evidence, and a rule takes all of it out."""
    return Absence(indicator, AbsenceKind.EXCLUDED, reason)


def withheld(indicator: IndicatorKey, *, minimum: int, evidence: Evidence) -> Absence:
    """There is an estimate that nobody may see."""
    customers = counted(evidence.customers, "customer", "customers")
    reason = f"The evidence comes from {customers}; from fewer than {minimum} the figure is withheld, to protect them."
    return Absence(indicator, AbsenceKind.WITHHELD, reason, evidence)


def refused(indicator: IndicatorKey, error: NotEnough, evidence: Evidence | None) -> Absence:
    """Nobody gets a figure, because the statistics refuse."""
    needed = f", needed: {error.expected}" if error.expected else ""
    reason = f"{definition_of(indicator).name} cannot be scored for anybody in this cycle: {error.found}{needed}."
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, reason, evidence)


def apart(indicator: IndicatorKey, size: int, error: NotEnough, evidence: Evidence) -> Absence:
    """These `size` employees have no kind of case in common with any other, and cannot be compared by themselves."""
    if size == 1:
        reason = "No other employee has cases of the kinds that this one has, so that there is nobody to compare with."
    else:
        needed = f", needed: {error.expected}" if error.expected else ""
        reason = (
            f"{size:,} employees have kinds of cases that nobody else has, and can only be compared with each other: "
            f"{error.found}{needed}."
        )
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, reason, evidence)


def too_little(indicator: IndicatorKey, words: Words, *, amount: float, minimum: int, evidence: Evidence) -> Absence:
    needed = f"{minimum} is" if minimum == 1 else f"{minimum} are"
    reason = f"The evidence is {words.of(_number(amount, below=minimum))}; at least {needed} needed."
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, reason, evidence)


def answered_rarely(indicator: IndicatorKey, answered: int, contacts: int, least: float, evidence: Evidence) -> Absence:
    reason = (
        f"Customers answered after {answered:,} of {counted(contacts, 'contact', 'contacts')} "
        f"({share_short_of(answered / contacts, least)}); from less than {asked_share(least)} nothing is told of all "
        "customers."
    )
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, reason, evidence)


def answered_apart(
    indicator: IndicatorKey, answered: int, contacts: int, expected: float, evidence: Evidence
) -> Absence:
    """Fewer or more answers than chance explains: which customers answered may not have been left to chance."""
    given = Words("answer", "answers").of(_number(expected))
    reason = (
        f"Customers answered after {answered:,} of {counted(contacts, 'contact', 'contacts')}, where colleagues' "
        f"customers would have given {given}; so far apart they may not speak for all customers."
    )
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, reason, evidence)


def too_unreliable(
    indicator: IndicatorKey,
    words: Words,
    *,
    amount: float,
    reliability: float,
    needed: float,
    evidence: Evidence,
) -> Absence:
    """Reliability grows with evidence n as n/(n + k), which says how much would be enough."""
    has = short_of(reliability, needed)
    start = f"With {words.of(_number(amount))} the reliability is {has}, below the {asked(needed)} needed"
    enough = amount * (1 - reliability) / max(reliability, 1e-9) * needed / (1 - needed) if needed < 1 else float("inf")
    if enough > _HOPELESS * max(amount, 1.0):
        end = "employees hardly differ here, so that no amount of evidence within reach would tell them apart"
    else:
        end = f"about {words.of(_number(enough))} would be enough"
    return Absence(indicator, AbsenceKind.INSUFFICIENT_EVIDENCE, f"{start}; {end}.", evidence)


def _number(value: float, *, below: float = math.inf) -> str:
    """For reading; of a value `below` another in as many digits as tell it from that."""
    told = f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"  # noqa: PLR2004  # two digits
    return told if value >= below or float(told.replace(",", "")) < below else amount_short_of(value, below)
