"""Nothing is scored from data that do not reach far enough: too few known employees, too few customers to be linked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE
from appraise.domain.policies import Policy
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.domain.shortfalls import asked_share, share_short_of
from appraise.scoring.findings import Findings, Results
from appraise.scoring.prepared import Prepared
from appraise.scoring.references import NOBODY_NAMED

JOINING: Final = frozenset({REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION})
"""Indicators that look for whom somebody served among those who bought."""


def above_floors(
    findings: Mapping[IndicatorKey, Findings], prepared: Prepared, policy: Policy
) -> dict[IndicatorKey, Findings]:
    """The findings, with an absence for everybody where the data fall short of the policy's floors, which says why."""
    known, unlinked = _too_few_known(prepared, policy), _too_few_linkable(prepared, policy)
    reasons = {key: known or (unlinked if key in JOINING else None) for key in findings}
    return {
        key: found if (reason := reasons[key]) is None else _nobody(key, found, reason)
        for key, found in findings.items()
    }


def _nobody(key: IndicatorKey, found: Findings, reason: str) -> Findings:
    coverage = replace(found.coverage, notes=(*found.coverage.notes, reason))
    return Findings(Results(), Absence(key, AbsenceKind.INSUFFICIENT_EVIDENCE, reason), coverage)


def _too_few_known(prepared: Prepared, policy: Policy) -> str | None:
    naming = [one for one in prepared.naming if one.kind is not EventKind.SUBSCRIPTIONS and one.why != NOBODY_NAMED]
    named, known = sum(one.events for one in naming), sum(one.events for one in naming if one.employee is not None)
    if not named or Decimal(known) / Decimal(named) >= Decimal(repr(policy.minimum_known)):
        return None
    return (
        f"Records that name an employee: {named:,}; one whom the people data know: {known:,}. Nothing is scored from "
        f"less than {asked_share(policy.minimum_known)}."
    )


def _too_few_linkable(prepared: Prepared, policy: Policy) -> str | None:
    """Of sources that know one side only, who served or what came of it: the side that can be joined less."""
    served = _sources(prepared, EventKind.CONTACTS, EventKind.OWNERSHIPS)
    outcomes = _sources(prepared, EventKind.PURCHASES, EventKind.SUBSCRIPTIONS)
    if not served or not outcomes:
        return None
    shares = [
        _linkable(prepared, alone)
        for mine, theirs in ((served, outcomes), (outcomes, served))
        if (alone := [pair for pair in mine if pair[1] not in {source for _, source in theirs}])
    ]
    share = min(shares, default=None)
    if share is None or share >= Decimal(repr(policy.minimum_linkable)):
        return None
    told = share_short_of(float(share), policy.minimum_linkable)
    return (
        f"Of the records that have to be joined, {told} are of customers with a key that joins sources; "
        f"what joins them is not scored from less than {asked_share(policy.minimum_linkable)}."
    )


def _sources(prepared: Prepared, *kinds: EventKind) -> list[tuple[EventKind, str]]:
    return sorted({(one.kind, one.source) for one in prepared.naming if one.kind in kinds})


def _linkable(prepared: Prepared, among: Sequence[tuple[EventKind, str]]) -> Decimal:
    """Which share of the records of these kinds and sources is of customers with a key that joins sources."""
    everything = linkable = 0
    for kind, source in among:
        table = prepared.records[kind].filter(prepared.records[kind].source == source)
        found = table.agg(n=table.count(), linkable=table.count(where=table.linkable)).to_pyarrow()
        everything += int(found["n"][0].as_py())
        linkable += int(found["linkable"][0].as_py())
    return Decimal(linkable) / everything
