"""What is the same for whoever may see it, kept at hand: results of runs as they are written, and people of the day.

Which employees and sections somebody reaches, and of which run a section has its results, is read from the records for
every request. Only then is this put in, as it was read for the first who asked for the same.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final

import orjson

from appraise.domain.excerpts import Columns, Group, Values
from appraise.domain.identifiers import EmployeeId, RunId

MOST: Final = 64_000_000
"""Bytes of results."""
BESIDE: Final = 500
"""Bytes that an entry takes beside its text, about."""
MOST_PEOPLE: Final = 100_000
"""Rows."""
LONGEST: Final = 60.0
"""Seconds for which people are kept, for changes of the database that did not go through this service."""
NOTHING: Final = orjson.Fragment(b"[]")
Whose = tuple[RunId, EmployeeId]


class Changed(Exception):  # noqa: N818  # no error: the answer is read anew in another way
    """People have changed between two statements of a request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a selection asks of the results of a section: the `columns`, and how a list of their rows is written.

    By `key` it is known again in the next request.
    """

    key: object
    columns: Columns
    written: Callable[[Group], list[dict[str, Any]]]


class Results:
    """The latest that were read. A run never says anything else of anybody, so that nothing of it becomes old."""

    def __init__(self, most: int = MOST) -> None:
        """`most` is how many bytes they may take in all."""
        self._most = most
        self._kept: OrderedDict[tuple[object, str, Whose], tuple[orjson.Fragment, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(
        self,
        whose: Iterable[Whose],
        asked: Asked,
        language: str,
        read: Callable[[RunId, list[EmployeeId], Columns], Mapping[EmployeeId, Group]],
    ) -> dict[Whose, orjson.Fragment]:
        """Each one's as JSON; `read` gives the rows of those that are not there, all of a run at once."""
        found: dict[Whose, orjson.Fragment] = {}
        missing: dict[RunId, list[EmployeeId]] = {}
        kept = self._kept.get
        for one in whose:
            known = kept((asked.key, language, one))
            if known is None:
                missing.setdefault(one[0], []).append(one[1])
            else:
                found[one] = known[0]
        for run, employees in missing.items():
            for employee, rows in read(run, employees, asked.columns).items():
                text = orjson.dumps(asked.written(rows))
                found[run, employee] = fragment = orjson.Fragment(text)
                self._keep((asked.key, language, (run, employee)), fragment, len(text) + BESIDE)
        return found

    def _keep(self, key: tuple[object, str, Whose], fragment: orjson.Fragment, size: int) -> None:
        """In the place of those that were read the longest ago."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = fragment, size
            self._size += size - (before[1] if before else 0)
            while self._size > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest[1]


@dataclass(frozen=True, slots=True)
class _Day:
    """`until` is a time in seconds since 1970."""

    on: date
    version: int
    until: float
    rows: dict[tuple[Columns, EmployeeId], Values] = field(default_factory=dict)


class People:
    """Job, department and manager of employees on the day, until people change."""

    def __init__(self) -> None:
        self._day = _Day(date.min, 0, 0.0)

    def of(
        self,
        employees: Sequence[EmployeeId],
        columns: Columns,
        day: tuple[date, int, float],
        read: Callable[[date, Sequence[EmployeeId], Columns], Iterable[Values]],
    ) -> Mapping[EmployeeId, Values]:
        """The rows of `columns`, of which the first two are the employee's id and the version of people.

        `day` is the day, that version when `employees` were read, and the time in seconds since 1970. Raises
        `Changed` where people have changed since.
        """
        on, version, now = day
        known = self._day
        if known.on != on or known.version != version or now >= known.until or len(known.rows) > MOST_PEOPLE:
            self._day = known = _Day(on, version, now + LONGEST)
        found = {one: row for one in employees if (row := known.rows.get((columns, one))) is not None}
        missing = [one for one in employees if one not in found] if len(found) < len(employees) else ()
        for row in read(on, missing, columns) if missing else ():
            if row[1] != version:
                raise Changed
            found[row[0]] = known.rows[columns, row[0]] = row
        return found


@dataclass(frozen=True, slots=True)
class AtHand:
    """Of one service; safe to share between threads."""

    results: Results = field(default_factory=Results)
    people: People = field(default_factory=People)
