"""Which sources end before the others: what came later there looks as if it had not happened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import ibis

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import Policy, Relation
from appraise.scoring.data_end import newest_days
from appraise.scoring.findings import Findings

Newest = Mapping[tuple[EventKind, str], date]
"""The day of the last event by kind and source."""
_QUIET_DAYS: Final = 7
"""So long a source may be quiet, as over holidays; beyond, an export may be missing."""
_DAILY: Final = (EventKind.CONTACTS, EventKind.PURCHASES, EventKind.RATINGS)
_READ: Final = {
    SATISFACTION: (EventKind.CONTACTS, EventKind.RATINGS),
    REPEAT_PURCHASE: (EventKind.CONTACTS, EventKind.PURCHASES),
    LIFETIME_VALUE: (EventKind.CONTACTS, EventKind.PURCHASES),
}


def source_ends(events: Mapping[EventKind, ibis.Table], *, data_as_of: date) -> Newest:
    """Of the kinds of which there should be some on most days; never after the last day of the data."""
    last = data_as_of - timedelta(days=1)
    return {
        (kind, source): min(newest, last)
        for kind in _DAILY
        if kind in events
        for source, newest in sorted(newest_days(events[kind]).items())
    }


def with_early_ends(
    findings: Mapping[IndicatorKey, Findings], newest: Newest, policy: Policy
) -> dict[IndicatorKey, Findings]:
    """The findings, with a note for each source whose events end more than a week before the newest of all."""
    last = max(newest.values(), default=date.min)
    early = {of: day for of, day in newest.items() if (last - day).days > _QUIET_DAYS}
    return {key: _noted(found, early, _read_by(key, policy), last) for key, found in findings.items()}


def _read_by(key: IndicatorKey, policy: Policy) -> tuple[EventKind, ...]:
    if key == ATTRITION:
        return () if policy.of(key).relation is Relation.CONTRACTUAL else (EventKind.PURCHASES,)
    return _READ.get(key, (EventKind.CONTACTS,))


def _noted(found: Findings, early: Newest, kinds: tuple[EventKind, ...], last: date) -> Findings:
    told = [
        f"The newest {kind.value} of {source} are of {day}, {(last - day).days:,} days before the newest of all "
        "events: what came later there is not in this."
        for (kind, source), day in early.items()
        if kind in kinds
    ]
    return replace(found, coverage=replace(found.coverage, notes=(*found.coverage.notes, *told))) if told else found
