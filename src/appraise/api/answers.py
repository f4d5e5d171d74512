"""Answers remembered until records change: of one principal, day, language, document and its variables.

Only what plans answer alone is remembered: it rests on the records, the principal and the day, and on nothing else.
Who the principal is and what they may do is looked up for every request as ever, and a remembered list of figures
leaves its line in the audit log each time that it goes out.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import orjson

from appraise.api.context import RequestContext
from appraise.api.documents import Operation
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.language import speech
from appraise.use_cases.data_version import current_data_version
from appraise.use_cases.record_reading import record_reading

LARGEST: Final = 8
"""An answer that takes more than one part in so many of all the memory is not kept."""
LONGEST: Final = 60.0
"""Seconds; for changes of the database that did not go through this service."""
BESIDE: Final = 1_000
"""Bytes that an entry takes beside its answer, about."""

Data = dict[str, Any] | orjson.Fragment


@dataclass(frozen=True, slots=True)
class Kept:
    """`until` is a time in seconds since 1970; `lists` are those that leave a line in the audit log."""

    version: int
    until: float
    data: bytes
    lists: tuple[Mapping[SectionId, EmployeeId], ...]

    @property
    def size(self) -> int:
        return len(self.data) + BESIDE + sum(200 * len(one) for one in self.lists)


class Answers:
    """The latest ones; safe to share between threads."""

    def __init__(self, most: int) -> None:
        """`most` is how many bytes they may take in all; with 0 nothing is kept."""
        self._most = most
        self._kept: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def data(self, operation: Operation, variables: dict[str, Any], context: RequestContext) -> Data | None:
        """The answer's `data`; None where graphql-core must execute the operation."""
        if not (self._most and operation.compiled.may_be_planned):
            completed = operation.compiled.run(context, variables)
            return None if completed is None else completed.data
        key = (
            operation.compiled,
            orjson.dumps(variables, option=orjson.OPT_SORT_KEYS),
            context.principal,
            context.at.date(),
            speech().tag,
        )
        version = current_data_version(context.deployment)
        kept = self.fresh(key, version, context.at.timestamp())
        if kept is not None:
            for sections in kept.lists:
                record_reading(context.deployment, context.principal, sections, at=context.at)
            return orjson.Fragment(kept.data)
        completed = operation.compiled.run(context, variables)
        if completed is None:
            return None
        if not completed.is_planned:
            return completed.data
        data = orjson.dumps(completed.data)
        lists = tuple(context.sections.told.values())
        self.keep(key, Kept(version, context.at.timestamp() + LONGEST, data, lists))
        return orjson.Fragment(data)

    def fresh(self, key: tuple[Any, ...], version: int, at: float) -> Kept | None:
        """None where there is none, or one of other records or of too long ago."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.version != version or at >= kept.until:
                return None
            self._kept.move_to_end(key)
            return kept

    def keep(self, key: tuple[Any, ...], kept: Kept) -> None:
        """In the place of those that nobody asked for the longest."""
        if kept.size * LARGEST > self._most:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = kept
            self._size += kept.size - (before.size if before else 0)
            while self._size > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size
