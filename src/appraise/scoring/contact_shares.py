"""Indicators that are a share of contacts: each contact is a yes or a no, put on 0 and 100 and averaged as answers are.

A customer counts once per employee, as the share among the customer's contacts; case mix is estimated within employees.
The normal engine serves for such outcomes: its intervals cover as a beta-binomial's do, and it can adjust.
"""

from typing import Final

import ibis

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policies import Attribution, Policy
from appraise.errors import InvalidInput
from appraise.scoring.absences import Words, missing_data, nothing_seen
from appraise.scoring.arrays import how_many
from appraise.scoring.event_tables import surely
from appraise.scoring.findings import Findings, Results
from appraise.scoring.left_out import reason_of
from appraise.scoring.prepared import CASE_COLUMNS, Prepared
from appraise.scoring.repeat_purchase import nothing_to_cover
from appraise.scoring.satisfaction import averages, outcomes_covered

WORDS: Final = Words("customer", "different customers")
NOT_RECORDED: Final = "contact of which it is not recorded"


def share_of_contacts(
    indicator: IndicatorKey, outcomes: ibis.Table, prepared: Prepared, policy: Policy, *, missing: str
) -> Findings:
    """Per employee the share of the cycle's contacts that `happened`, in per cent.

    `outcomes` is `prepared.contacts` with `happened` (boolean, null where it is not recorded) and `left_out` (text, why
    a contact cannot be counted, or null). `missing` is what the data lack where `happened` is null throughout.

    Raises `InvalidInput` where the policy does not credit a contact to the employee whom it names.
    """
    rules = policy.of(indicator)
    if rules.attribution is not Attribution.DIRECT:
        raise InvalidInput(
            f"the policy attributes {indicator} by {rules.attribution.value}",
            expected="direct: a contact belongs to the employee whom it names",
        )
    nothing = Findings(Results(), missing_data(indicator, missing), nothing_to_cover(indicator))
    if EventKind.CONTACTS not in prepared.present:
        return nothing
    ours = outcomes.filter((outcomes["at"] >= prepared.start) & (outcomes["at"] < prepared.end))
    reason = reason_of(ours, prepared.exclusions)
    contacts = ours.select(
        "customer",
        "employee",
        "why",
        *(name for name in CASE_COLUMNS if name in rules.case_mix),
        weight=ibis.literal(1.0, type="float64"),
        points=ibis.cases((ours.happened, 100.0), else_=0.0),
        left_out=ibis.cases((ours.happened.isnull(), NOT_RECORDED), else_=ibis.coalesce(ours.left_out, reason)),
    ).cache()
    known = surely(contacts.left_out != NOT_RECORDED) | contacts.left_out.isnull()
    if not _any(contacts, known) and not _any(outcomes, outcomes.happened.notnull()):
        return nothing
    return Findings(
        results=averages(indicator, WORDS, contacts, rules.case_mix, policy),
        otherwise=nothing_seen(indicator, "contact of this employee could be counted"),
        coverage=outcomes_covered(indicator, contacts.filter(contacts.left_out.isnull())),
    )


def _any(table: ibis.Table, condition: ibis.Value) -> bool:
    return how_many(table, where=condition) > 0
