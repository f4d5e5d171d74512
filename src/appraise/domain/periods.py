"""Half-open periods of days: the start belongs to the period, the end does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Self

from appraise.domain.language import speech
from appraise.errors import InvalidInput


def in_words(day: date) -> str:
    """Without a leading nought, e.g. `1 March 2026`."""
    return speech().day(day)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`start <= day < end`; an `end` of None is open, i.e. "until further notice"."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise InvalidInput(
                f"a period from {self.start} to {self.end} holds no day",
                expected="an end after the start (the end is the first day that no longer belongs)",
            )

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def days(self) -> int | None:
        """Number of days, None where the period is open."""
        return None if self.end is None else (self.end - self.start).days

    def overlaps(self, other: "Period") -> bool:
        return self.intersection(other) is not None

    def intersection(self, other: "Period") -> "Period | None":
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        if end is not None and end <= start:
            return None
        return Period(start, end)

    def is_about(self, first: date, last: date) -> bool:
        """Whether days of about its length have their middle in it: of several periods in a row that is one only."""
        return first + (last - first) / 2 in self and (self.days is None or (last - first).days < 2 * self.days)

    def ended(self, day: date) -> Self:
        """The same period, ending with (and without) `day`."""
        return type(self)(self.start, day)

    def __str__(self) -> str:
        return f"{self.start} – {self.end or 'open'}"


def stretches(periods: Iterable[Period]) -> list[Period]:
    """The time that the periods cover, in order, cut wherever one of them starts or ends."""
    given = list(periods)
    days = {period.start for period in given} | {period.end for period in given if period.end is not None}
    cuts: list[date | None] = [*sorted(days), None]
    found = [Period(start, end) for start, end in pairwise(cuts) if start is not None]
    return [stretch for stretch in found if any(stretch.start in period for period in given)]
