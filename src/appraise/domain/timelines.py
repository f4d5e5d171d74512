"""Effective-dated facts: what held when, and how a later look at the source changes what we know.

A timeline is a tuple of segments by start. Segments may run side by side (two jobs); a snapshot says what held on one
day, a dated export says what held from its first day on.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, TypeVar

from appraise.domain.periods import Period, stretches

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Segment(Generic[V]):
    """`value` held during `period`. `ended_as` is the word that the source gave for the end, where it gave one.

    `row` names the stored row behind the segment and is no part of its value; None for a segment not stored yet.
    """

    period: Period
    value: V
    ended_as: str | None = None
    row: str | None = field(default=None, compare=False)


Timeline = tuple[Segment[V], ...]


def observed(
    timeline: Timeline[V], values: Collection[V], *, on: date, since: date | None = None, until: date | None = None
) -> Timeline[V]:
    """The timeline after a snapshot of day `on` that shows exactly `values`.

    What held on that day and is not shown any more ends with it. What is new starts on that day, or on `since` where
    nothing is known in between (a hire date), and lasts until what is already known to come, or until `until`.
    """
    shown = list(dict.fromkeys(values))
    kept = [segment for segment in timeline if on in segment.period and segment.value in shown]
    displaced = [segment for segment in timeline if on in segment.period and segment.value not in shown]
    if not displaced and until is None and len(kept) == len(shown):
        return timeline  # as most are in a repeated export
    others = [segment for segment in timeline if on not in segment.period]
    ended = [_clipped(segment, on) for segment in displaced if segment.period.start < on]
    start = on if displaced or kept else _start(others, on, since)
    held = [segment.value for segment in (*kept, *others) if start in segment.period or on in segment.period]
    new = [value for value in shown if value not in held]
    known_end = (
        [segment.period.end for segment in displaced]
        if displaced
        else [segment.period.start for segment in others if segment.period.start >= start]
    )
    end = _earliest([*known_end, until])
    fresh = [Segment(Period(start, end), value) for value in new if end is None or start < end]
    return joined([*others, *(_clipped(segment, until) for segment in kept), *ended, *fresh])


def dated(timeline: Timeline[V], segments: Iterable[Segment[V]], *, first: date) -> Timeline[V]:
    """The timeline after an export that tells the whole story from day `first` on."""
    before = [_clipped(segment, first) for segment in timeline if segment.period.start < first]
    rows = {(segment.period.start, segment.value): segment.row for segment in timeline}
    told = [replace(segment, row=rows.pop((segment.period.start, segment.value), None)) for segment in segments]
    return joined([*before, *told])


def closed(timeline: Timeline[V], *, end: date, on: date, ended_as: str | None = None) -> Timeline[V]:
    """The timeline after news of day `on` that all had ended by `end` (the first day that no longer counts).

    Segments that start after `on` are another matter (a rehire) and stay.
    """
    result: list[Segment[V]] = []
    for segment in timeline:
        if segment.period.start > on or (segment.period.end is not None and segment.period.end <= end):
            result.append(segment)
        elif segment.period.start < end:
            result.append(replace(_clipped(segment, end), ended_as=ended_as))
    return tuple(result)


def on_day(timeline: Timeline[V], day: date) -> list[V]:
    return [segment.value for segment in timeline if day in segment.period]


def joined(segments: Iterable[Segment[V]]) -> Timeline[V]:
    """Ordered, with segments of equal value that touch or overlap made one."""
    result: list[Segment[V]] = []
    for segment in ordered(segments):
        before = next((other for other in result if other.value == segment.value and _reaches(other, segment)), None)
        if before is None:
            result.append(segment)
            continue
        last = max(before, segment, key=lambda one: one.period.end or date.max)
        period = Period(before.period.start, last.period.end)
        whole = Segment(period, segment.value, last.ended_as, before.row or segment.row)
        result[result.index(before)] = whole
    return ordered(result)


def during(timeline: Timeline[V], periods: Collection[Period]) -> Timeline[V]:
    """What of the timeline lies in one of the periods."""
    if not timeline or any(period.end is None and period.start <= timeline[0].period.start for period in periods):
        return timeline  # as most are
    if all(any(_holds(period, segment.period) for period in periods) for segment in timeline):
        return timeline
    kept: list[Segment[V]] = []
    for segment in timeline:
        cuts = [cut for cut in stretches([segment.period, *periods]) if cut.start in segment.period]
        inside = [cut for cut in cuts if any(cut.start in period for period in periods)]
        kept += [replace(segment, period=cut, row=None if place else segment.row) for place, cut in enumerate(inside)]
    return joined(kept)


def _reaches(one: Segment[V], other: Segment[V]) -> bool:
    return one.period.end is None or one.period.end >= other.period.start


def _holds(whole: Period, part: Period) -> bool:
    return whole.start <= part.start and (whole.end is None or (part.end is not None and part.end <= whole.end))


def ordered(segments: Iterable[Segment[V]]) -> Timeline[V]:
    """By start; segments that start together by their value, so that equal timelines are equal tuples."""
    listed = tuple(segments)
    if len(listed) < 2:  # noqa: PLR2004  # by far most timelines, and `repr` takes long
        return listed
    return tuple(sorted(listed, key=lambda segment: (segment.period.start, repr(segment.value))))


def _start(others: Iterable[Segment[V]], on: date, since: date | None) -> date:
    ended = [end for segment in others if (end := segment.period.end) is not None and end <= on]
    return on if since is None or any(since < end for end in ended) else since


def _clipped(segment: Segment[V], end: date | None) -> Segment[V]:
    return replace(segment, period=Period(segment.period.start, _earliest([segment.period.end, end])))


def _earliest(ends: Iterable[date | None]) -> date | None:
    return min((end for end in ends if end is not None), default=None)
