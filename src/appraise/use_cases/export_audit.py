"""Write the audit log to a file that anybody can verify, and read one back."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from appraise.domain.audit import LIST, AuditEntry, Link, WithheldEntry, list_name
from appraise.errors import InvalidInput, Place
from appraise.storage import audit, audit_lists
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def export_audit(deployment: Deployment, *, by: str, write: Callable[[bytes], object], at: datetime) -> int:
    """The number of lines, one JSON document each. The last of them tells of this export."""
    committed(
        deployment,
        lambda session: audit.append(session, at=at, actor=by, action="audit.export", subject="audit"),
    )
    written = 0
    with deployment.database.reading() as session:
        for entries in audit.pages(session, since=None, until=None, size=audit.CHUNK):
            for entry, subjects in zip(entries, audit_lists.subjects_of(session, entries), strict=True):
                write((json.dumps(line_of(entry, subjects), ensure_ascii=False) + "\n").encode())
            written += len(entries)
    return written


def line_of(entry: AuditEntry, subjects: Sequence[str]) -> dict[str, Any]:
    """As exports through the API have it; `subjects` are all that it is about."""
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "subjects": list(subjects),
        "details": [{"name": name, "value": value} for name, value in entry.details],
        "previousHash": entry.previous_hash,
        "hash": entry.hash,
    }


def exported_entries(file: Path) -> Iterator[Link]:
    """The lines of an exported file. Raises `InvalidInput` for what is no such line."""
    with file.open(encoding="utf-8") as lines:
        yield from _entries(lines, file)


def _entries(lines: Iterable[str], file: Path) -> Iterator[Link]:
    for row, text in enumerate(lines, start=1):
        try:
            yield _entry(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidInput(
                f"this is no line of an audit log: {error!r}",
                place=Place(str(file), row),
                expected="one JSON document a line, as `appraise audit export` writes them",
                hint="export the log again as JSON lines",
            ) from error


def _entry(line: Any) -> Link:
    if line.get("isWithheld"):
        return WithheldEntry(line["sequence"], line["previousHash"], line["hash"])
    return AuditEntry(
        sequence=line["sequence"],
        at=datetime.fromisoformat(line["at"]),
        actor=line["actor"],
        action=line["action"],
        subject=_subject(line["subject"], line["subjects"]),
        details=tuple((fact["name"], fact["value"]) for fact in line["details"]),
        previous_hash=line["previousHash"],
        hash=line["hash"],
    )


def _subject(subject: str, subjects: list[str]) -> str:
    """A list's name follows from what is in it: where that was changed, the line is no longer what was hashed."""
    return list_name(subjects) if subject.startswith(f"{LIST}:") else subject
