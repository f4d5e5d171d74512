"""Nothing is scored from data that do not reach far enough: too few known employees, too few customers to be linked."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

import ibis

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
    tables = (prepared.contacts, prepared.ratings, prepared.purchases, prepared.ownerships)
    named = known = 0
    for table in tables:
        counts = table.agg(
            named=table.named.cast("int64").sum(), known=table.employee.notnull().cast("int64").sum()
        ).to_pyarrow()
        named += counts["named"][0].as_py() or 0
        known += counts["known"][0].as_py() or 0
    if not named or Decimal(known) / Decimal(named) >= Decimal(repr(policy.minimum_known)):
        return None
    return (
        f"Of {named:,} records that name an employee, {known:,} name one whom the people data know; "
        f"nothing is scored from less than {policy.minimum_known:.0%}."
    )


def _too_few_linkable(prepared: Prepared, policy: Policy) -> str | None:
    """Of sources that know one side only, who served or what came of it: the side that can be joined less."""
    served = _records(prepared.contacts, prepared.ownerships)
    outcomes = _records(prepared.purchases, prepared.subscriptions)
    if not served or not outcomes:
        return None
    shares = []
    for mine, theirs in ((served, outcomes), (outcomes, served)):
        alone = [mine[source] for source in mine.keys() - theirs.keys()]
        if alone:
            shares.append(Decimal(sum(linkable for _, linkable in alone)) / sum(count for count, _ in alone))
    share = min(shares, default=None)
    if share is None or share >= Decimal(repr(policy.minimum_linkable)):
        return None
    return (
        f"Of the records that have to be joined, {share:.1%} are of customers with a key that joins sources; "
        f"what joins them is not scored from less than {policy.minimum_linkable:.0%}."
    )


def _records(*tables: ibis.Table) -> dict[str, tuple[int, int]]:
    """By source, how many there are, and how many of them of customers who can be linked."""
    found: dict[str, tuple[int, int]] = {}
    for table in tables:
        counts = table.group_by("source").agg(n=table.count(), linkable=table.linkable.cast("int64").sum())
        for row in counts.to_pyarrow().to_pylist():
            count, linkable = found.get(row["source"], (0, 0))
            found[row["source"]] = (count + row["n"], linkable + int(row["linkable"]))
    return found
