"""First and last days of employments, as a later export tells them anew.

What an export foretells (a hire or a last day to come) holds until a look at the source tells otherwise. `looked` is
the day of the newest look before: what ends or starts after it was foretold, and nobody has seen it yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from appraise.domain.periods import Period
from appraise.domain.timelines import Segment, Timeline, joined

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Moved:
    """A day of a timeline that is another one now; `now` is None for an end that is taken back."""

    was: date
    now: date | None


@dataclass(frozen=True, slots=True)
class DatedRow:
    """What a row of an export with its own days says of time.

    `end` is the first day that no longer counts, `last_day` that of the whole employment, `left` the word of a row
    that says that the person has left.
    """

    start: date
    end: date | None = None
    last_day: date | None = None
    left: str | None = None


def after(last_day: date) -> date:
    return last_day + timedelta(days=1)


def told_jobs(rows: Sequence[DatedRow]) -> list[Segment[int]]:
    """The time of each row's job, by the row's number, in order of start.

    A job lasts until the next row begins, until its own end or until the last day, whichever comes first. Who has left
    was at that job until the last day; a row of theirs whose last day lies before it, or that names none, is no
    job: it ends those before it.
    """
    starts = sorted({row.start for row in rows})
    jobs: list[Segment[int]] = []
    for number, row in sorted(enumerate(rows), key=lambda pair: pair[1].start):
        gone = None if row.last_day is None else after(row.last_day)
        if row.left is not None and (gone is None or gone <= row.start):
            latest = max((job.period.start for job in jobs), default=date.min)
            end = gone if gone is not None and gone > latest else row.start
            jobs = [_left(job, end, row.left) for job in jobs if job.period.start < end]
            continue
        following = next((start for start in starts if start > row.start), None)
        ends = [row.end or following, gone if gone is not None and gone > row.start else None]
        last = min((day for day in ends if day is not None), default=None)
        jobs.append(Segment(Period(row.start, last), number, row.left if last is not None and last == gone else None))
    return jobs


def _left(job: Segment[int], gone: date, word: str) -> Segment[int]:
    if job.period.end is not None and job.period.end < gone:
        return job
    return replace(job, period=Period(job.period.start, gone), ended_as=word)


def end_of_leaver(timeline: Timeline[V], *, on: date, end: date) -> Moved | None:
    """The correction where somebody who left by `end` was known to have left before or after it."""
    ends = [segment.period.end or date.max for segment in timeline if segment.period.start <= on]
    last = max(ends, default=date.max)
    return None if last in {date.max, end} else Moved(last, end)


def end_at_work(
    timeline: Timeline[V], *, on: date, until: date | None, since: date | None, looked: date | None
) -> Moved | None:
    """The correction where somebody at work on `on` leaves by `until` (None: not as far as is known).

    A foretold end that has passed unseen is taken back too, unless a hire (`since`) on or after it makes it a return.
    """
    ends = {segment.period.end for segment in timeline if on in segment.period}
    if not ends:
        last = max((segment.period.end or date.max for segment in timeline if segment.period.start <= on), default=None)
        if last is None or looked is None or last <= looked or (since is not None and since >= last):
            return None
        ends = {last}
    starts = [segment.period.start for segment in timeline]
    foretold = [end for end in ends if end is not None and end not in starts]
    if not foretold:
        return None
    was = max(foretold)
    coming = [start for start in starts if start > on]
    now = min((day for day in (until, *coming) if day is not None), default=None)
    return None if now == was else Moved(was, now)


def start_to_come(timeline: Timeline[V], *, since: date | None, looked: date | None) -> Moved | None:
    """The correction where a foretold hire is on `since` now, earlier or later than was foretold."""
    if since is None or looked is None:
        return None
    foretold = min((segment.period.start for segment in timeline if segment.period.start > looked), default=None)
    ends = [segment.period.end or date.max for segment in timeline if segment.period.start <= looked]
    if foretold is None or max(ends, default=date.min) > min(since, foretold - timedelta(days=1)):
        return None
    return Moved(foretold, since)


def with_end(timeline: Timeline[V], moved: Moved | None, ended_as: str | None = None) -> Timeline[V]:
    """What ended with the employment ends with it now."""
    if moved is None:
        return timeline
    return tuple(
        replace(segment, period=Period(segment.period.start, moved.now), ended_as=ended_as)
        if segment.period.end == moved.was and (moved.now is None or segment.period.start < moved.now)
        else segment
        for segment in timeline
    )


def with_start(timeline: Timeline[V], moved: Moved | None, shown: Collection[V] | None) -> Timeline[V]:
    """What was to start with the employment starts with it now; of that only what is `shown`, where that is told."""
    if moved is None or moved.now is None:
        return timeline
    result: list[Segment[V]] = []
    for segment in timeline:
        start, end = segment.period.start, segment.period.end
        if start == moved.was and shown is not None and segment.value not in shown:
            continue
        if start == moved.was or moved.was < start < moved.now:
            start = moved.now
        if end is None or start < end:
            result.append(replace(segment, period=Period(start, end)))
    return joined(result)


def without_foretold(timeline: Timeline[V], *, on: date) -> Timeline[V]:
    """Without what was to start after `on`."""
    return tuple(segment for segment in timeline if segment.period.start <= on)
