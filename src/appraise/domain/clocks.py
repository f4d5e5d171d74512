"""Days that count and days that do not."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from appraise.domain.periods import Period

LONGEST: Final = timedelta(days=3_660)


def due_on(start: date, days: int, pauses: Iterable[Period] = ()) -> date | None:
    """The last of `days` days after `start` that lie in no pause; None where the pauses leave too few in ten years.

    Somebody on leave has as many days when they are back as they had when they went.
    """
    stops = tuple(pauses)
    left, day = days, start
    while left:
        day += timedelta(days=1)
        if day - start > LONGEST:
            return None
        if not any(day in pause for pause in stops):
            left -= 1
    return day
