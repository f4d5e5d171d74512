"""Check that no line of the audit log was changed, removed or moved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appraise.domain.audit import START, Link, WithheldEntry, first_break
from appraise.storage import audit, audit_lists
from appraise.use_cases.deployment import Deployment


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """`head` is the hash of the last line: kept elsewhere, it also shows later whether the log's end was cut off.

    `has_head` says whether the hash that was kept is in the log; None where none was given. `withheld` entries of a
    file are not there to be read; that none is missing and in which order they stand is known all the same.
    """

    entries: int
    first_break: Link | None
    head: str
    has_head: bool | None = None
    withheld: int = 0

    @property
    def holds(self) -> bool:
        return self.first_break is None and self.has_head is not False


def verify_audit(deployment: Deployment, *, kept: str | None = None) -> AuditVerdict:
    """`kept` is a head that was written down before."""
    with deployment.database.reading() as session:
        return verdict_of(audit_lists.named_anew(session, audit.entries(session)), kept=kept)


def verdict_of(entries: Iterable[Link], *, kept: str | None = None) -> AuditVerdict:
    """Of the log, or of an exported file. After the first break the lines are counted only."""
    seen = _Seen(kept)
    broken = first_break(seen.watched(entries))
    for _ in seen.rest:
        pass
    has_head = None if kept is None else seen.has_kept
    return AuditVerdict(seen.count, broken, seen.head, has_head, seen.withheld)


class _Seen:
    """Counts lines as they pass, so that the log is read once and never held."""

    def __init__(self, kept: str | None) -> None:
        self.count, self.withheld, self.head, self.has_kept = 0, 0, START, kept == START
        self.rest: Iterator[Link] = iter(())
        self._kept = kept

    def watched(self, entries: Iterable[Link]) -> Iterator[Link]:
        self.rest = self._passing(entries)
        return self.rest

    def _passing(self, entries: Iterable[Link]) -> Iterator[Link]:
        for entry in entries:
            self.count += 1
            self.withheld += isinstance(entry, WithheldEntry)
            self.head = entry.hash
            self.has_kept = self.has_kept or entry.hash == self._kept
            yield entry
