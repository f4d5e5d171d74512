"""First-contact resolution: how many contacts the customer did not have to follow up. Context.

A contact is followed up by a later one of the same customer, with whomever, on the same case or the same topic within
the policy's horizon.
"""

from typing import Final

import ibis

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, IndicatorDefinition, Role, Unit
from appraise.domain.language import counted
from appraise.domain.policies import Attribution, IndicatorPolicy, Policy
from appraise.scoring.contact_shares import share_of_contacts
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.findings import Findings
from appraise.scoring.indicator import Indicator, Shared

FIRST_CONTACT_RESOLUTION: Final = IndicatorKey("first_contact_resolution")


def first_contact_resolution(shared: Shared, policy: Policy) -> Findings:
    prepared, days = shared.prepared, policy.of(FIRST_CONTACT_RESOLUTION).horizon_days
    horizon = days * SECONDS_PER_DAY
    seen = prepared.contacts["at"]
    contacts = prepared.contacts.filter((seen >= prepared.start) & (seen < prepared.end + horizon))
    joined = contacts.left_join(_followed_up(contacts, within=horizon), "event").drop("event_right")
    # A contact needs a case or a topic, not both.
    recorded = joined.case.notnull() | joined.topic.notnull()
    unfinished = joined["at"] + horizon > prepared.as_of
    outcomes = joined.mutate(
        happened=ibis.cases((recorded, joined.followed.isnull())),
        left_out=ibis.cases((unfinished, f"contact less than {counted(days, 'day', 'days')} before the data end")),
    )
    return share_of_contacts(
        FIRST_CONTACT_RESOLUTION, outcomes, prepared, policy, missing="contacts with a case or a topic"
    )


def _followed_up(contacts: ibis.Table, *, within: int) -> ibis.Table:
    """The `event`s after which the customer came back on the same case or topic within so many seconds."""
    in_turn = ibis.window(group_by="customer", order_by="at")
    timed = contacts.select("event", "customer", "at", "case", "topic")
    timed = timed.mutate(before=timed["at"].lag().over(in_turn), after=timed["at"].lead().over(in_turn))
    # Most contacts have no other near them: only the others are looked at by case and topic.
    near = timed.filter((timed.after - timed["at"] < within) | (timed["at"] - timed.before < within))
    told = near.mutate(on_case=_again(near, "case", within=within), on_topic=_again(near, "topic", within=within))
    return told.filter(told.on_case | told.on_topic).select("event", followed=ibis.literal(True))  # noqa: FBT003  # a value


def _again(contacts: ibis.Table, same: str, *, within: int) -> ibis.Value:
    """Whether the customer came back on the same, false where it is not recorded."""
    later = ibis.range_window(group_by=["customer", same], order_by="at", following=(1, within - 1))
    return contacts[same].notnull() & (contacts["at"].count().over(later) > 0)


INDICATOR: Final = Indicator(
    definition=IndicatorDefinition(
        key=FIRST_CONTACT_RESOLUTION,
        name="First-contact resolution",
        question="How many contacts with this employee did the customer not have to follow up?",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.CONTEXT,
        outcome=("contact", "contacts"),
        opening="Of {events} with {customers}, {raw} % were not followed up by the customer.",
        counts="contacts after which the customer did not come back, to anybody, on the same case or topic "
        "within the policy's horizon",
        does_not_count="contacts whose horizon was not over when the data end; contacts without a case and a topic",
    ),
    defaults=IndicatorPolicy(
        Attribution.DIRECT, case_mix=("channel", "topic", "segment"), minimum_events=10, weight=0.0, horizon_days=7
    ),
    measure=first_contact_resolution,
    reads=("event", "case", "topic"),
)
