"""The audit log's hash chain: each entry's hash covers the one before, so that no line can be changed or lost."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from appraise.domain.identifiers import EmployeeId

START = "0" * 64
LIST = "list"
"""Before the hash that stands for a list of subjects."""
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""What is hashed; one encoder for all, as to make one takes as long as to write a line."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`details` are short facts, never secrets or customers' words.

    `subject` is what was touched or read, `section:<id>`, or a list of such by its `list_name`.
    """

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class WithheldEntry:
    """What is left in a file of a line that whoever took it may not read: its place in the chain."""

    sequence: int
    previous_hash: str
    hash: str


Link = AuditEntry | WithheldEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines; all that are given must hold. `subject` as the log names it.

    `employee` means lines about them and all their sections. `since` is the first moment, `until` the first that no
    longer counts.
    """

    subject: str | None = None
    employee: EmployeeId | None = None
    actor: EmployeeId | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def chained(
    previous: Link | None,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Iterable[tuple[str, str]],
) -> AuditEntry:
    """The next entry of the chain. `at` must be aware."""
    sequence = 1 if previous is None else previous.sequence + 1
    before = START if previous is None else previous.hash
    facts = tuple(sorted(details))
    digest = _digest(sequence, at, actor, action, subject, facts, before)
    return AuditEntry(sequence, at, actor, action, subject, facts, before, digest)


@dataclass(frozen=True, slots=True)
class ListRead:
    """What a line tells of a list that was read. `subjects` are sorted, each once; `at` is aware."""

    at: datetime
    actor: str
    action: str
    subjects: tuple[str, ...]
    details: tuple[tuple[str, str], ...]


def list_entries(previous: AuditEntry | None, read: Iterable[ListRead]) -> list[AuditEntry]:
    """The next entries of the chain."""
    found: list[AuditEntry] = []
    for one in read:
        name, at = list_name(one.subjects), one.at.astimezone(UTC)
        previous = chained(previous, at=at, actor=one.actor, action=one.action, subject=name, details=one.details)
        found.append(previous)
    return found


def list_name(subjects: Iterable[str]) -> str:
    """What stands in a line for a list of subjects: it covers them all, so that none can be put in or taken out."""
    text = _written(sorted(subjects))
    return f"{LIST}:{hashlib.sha256(text.encode()).hexdigest()}"


def first_break(entries: Iterable[Link]) -> Link | None:
    """The first entry that does not follow from the one before; None where the chain is whole.

    Of one that is withheld only the place can be told to be right.
    """
    previous: Link | None = None
    for entry in entries:
        if not _follows(entry, previous):
            return entry
        previous = entry
    return None


def _follows(entry: Link, previous: Link | None) -> bool:
    if isinstance(entry, WithheldEntry):
        before = (0, START) if previous is None else (previous.sequence, previous.hash)
        return before == (entry.sequence - 1, entry.previous_hash)
    again = chained(
        previous, at=entry.at, actor=entry.actor, action=entry.action, subject=entry.subject, details=entry.details
    )
    return again == entry


def _digest(  # noqa: PLR0913, PLR0917  # the fields of an entry, all of them
    sequence: int,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: tuple[tuple[str, str], ...],
    before: str,
) -> str:
    text = _written([sequence, at.isoformat(), actor, action, subject, details, before])
    return hashlib.sha256(text.encode()).hexdigest()
