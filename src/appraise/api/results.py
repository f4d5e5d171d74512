"""Results of runs, written once: what a run says of an employee never changes, and is the same for whoever may see it.

Which sections somebody reaches, and of which run each has its results, is read from the records for every request. Only
then are the results put in, as they were written for the first who asked the same of them.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import orjson

from appraise.domain.excerpts import Columns, Group
from appraise.domain.identifiers import EmployeeId, RunId

MOST: Final = 64_000_000
"""Bytes."""
BESIDE: Final = 500
"""Bytes that an entry takes beside its text, about."""
NOTHING: Final = orjson.Fragment(b"[]")
Whose = tuple[RunId, EmployeeId]
Read = Callable[[RunId, list[EmployeeId], Columns], Mapping[EmployeeId, Group]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a selection asks of the results of a section: the `columns`, and how a list of their rows is written.

    By `key` it is known again in the next request.
    """

    key: object
    columns: Columns
    written: Callable[[Group], list[dict[str, Any]]]


class Results:
    """The latest that were read; safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        """`most` is how many bytes they may take in all."""
        self._most = most
        self._kept: OrderedDict[tuple[object, str, Whose], tuple[orjson.Fragment, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, whose: Iterable[Whose], asked: Asked, language: str, read: Read) -> dict[Whose, orjson.Fragment]:
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
