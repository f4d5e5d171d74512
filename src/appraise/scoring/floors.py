"""Nothing is scored from data that do not reach far enough: too few known employees, too few customers to be linked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.scoring.findings import Findings, Results
from appraise.scoring.prepared import Prepared

JOINING: Final = frozenset({REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION})
"""Indicators that look for whom somebody served among those who bought."""


def above_floors(
    findings: Mapping[IndicatorKey, Findings], prepared: Prepared, policy: Policy
) -> dict[IndicatorKey, Findings]:
    """The findings, with an absence for everybody where the data fall short of the policy's floors, which says why."""
    records = _records(prepared)
    known, unlinked = _too_few_known(records, policy), _too_few_linkable(records, policy)
    reasons = {key: known or (unlinked if key in JOINING else None) for key in findings}
    return {
        key: found if (reason := reasons[key]) is None else _nobody(key, found, reason)
        for key, found in findings.items()
    }


def _nobody(key: IndicatorKey, found: Findings, reason: str) -> Findings:
    coverage = replace(found.coverage, notes=(*found.coverage.notes, reason))
    return Findings(Results(), Absence(key, AbsenceKind.INSUFFICIENT_EVIDENCE, reason), coverage)


@dataclass(frozen=True, slots=True)
class _Records:
    """Of one kind and source: how many `named` an employee, a `known` one of these, and how many are `linkable`."""

    kind: EventKind
    source: str
    count: int
    named: int
    known: int
    linkable: int


def _records(prepared: Prepared) -> list[_Records]:
    """Each table read once."""
    found = []
    for kind, table in prepared.records.items():
        counts = table.group_by("source").agg(
            count=table.count(),
            named=table.named.cast("int64").sum(),
            known=table.employee.notnull().cast("int64").sum(),
            linkable=table.linkable.cast("int64").sum(),
        )
        found += [_Records(kind, **row) for row in counts.to_pyarrow().to_pylist()]
    return found


def _too_few_known(records: Sequence[_Records], policy: Policy) -> str | None:
    naming = [one for one in records if one.kind is not EventKind.SUBSCRIPTIONS]
    named, known = sum(one.named for one in naming), sum(one.known for one in naming)
    if not named or Decimal(known) / Decimal(named) >= Decimal(repr(policy.minimum_known)):
        return None
    return (
        f"Of {named:,} records that name an employee, {known:,} name one whom the people data know; "
        f"nothing is scored from less than {policy.minimum_known:.0%}."
    )


def _too_few_linkable(records: Sequence[_Records], policy: Policy) -> str | None:
    """Of sources that know one side only, who served or what came of it: the side that can be joined less."""
    served = [one for one in records if one.kind in {EventKind.CONTACTS, EventKind.OWNERSHIPS}]
    outcomes = [one for one in records if one.kind in {EventKind.PURCHASES, EventKind.SUBSCRIPTIONS}]
    if not served or not outcomes:
        return None
    shares = []
    for mine, theirs in ((served, outcomes), (outcomes, served)):
        alone = [one for one in mine if one.source not in {other.source for other in theirs}]
        if alone:
            shares.append(Decimal(sum(one.linkable for one in alone)) / sum(one.count for one in alone))
    share = min(shares, default=None)
    if share is None or share >= Decimal(repr(policy.minimum_linkable)):
        return None
    return (
        f"Of the records that have to be joined, {share:.1%} are of customers with a key that joins sources; "
        f"what joins them is not scored from less than {policy.minimum_linkable:.0%}."
    )
