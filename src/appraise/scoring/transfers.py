"""Transfers: how many of an employee's contacts went through more than one pair of hands. Context."""

from typing import Final

import ibis

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, IndicatorDefinition, Role, Unit
from appraise.domain.policies import Attribution, IndicatorPolicy, Policy
from appraise.scoring.contact_shares import share_of_contacts
from appraise.scoring.findings import Findings
from appraise.scoring.indicator import Indicator, Shared

TRANSFERS: Final = IndicatorKey("transfers")


def transfers(shared: Shared, policy: Policy) -> Findings:
    contacts = shared.prepared.contacts
    outcomes = contacts.mutate(happened=contacts.transferred, left_out=ibis.null("string"))
    return share_of_contacts(TRANSFERS, outcomes, shared.prepared, policy, missing="records of transfers")


INDICATOR: Final = Indicator(
    definition=IndicatorDefinition(
        key=TRANSFERS,
        name="Transfers",
        question="How many of this employee's contacts went through more than one pair of hands?",
        unit=Unit.PERCENT,
        direction=Direction.LOWER_IS_BETTER,
        role=Role.CONTEXT,
        outcome=("contact", "contacts"),
        opening="Of {events} with {customers}, {raw} % were held by more than one employee.",
        counts="contacts of the cycle, as held by one employee or by several",
        does_not_count="contacts of which it is not recorded; who passed them on and who received them",
    ),
    defaults=IndicatorPolicy(
        Attribution.DIRECT, case_mix=("channel", "topic", "segment"), minimum_events=10, weight=0.0
    ),
    measure=transfers,
    reads=("transferred",),
)
