"""Whose figures a list handed out: kept once for each different list, and named by a hash in the audit log.

A page that is read again and again is one row of the log each time, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, insert, literal, select, union_all

from appraise.domain.audit import LIST, AuditEntry, list_name
from appraise.storage.database import Session
from appraise.storage.tables import AUDIT_LISTS

REMEMBERED: Final = 200
"""Lists, while the log is read through: most lines name one that was read shortly before."""


def named(session: Session, subjects: Iterable[str]) -> str:
    """The name of a list, which is stored where it is new. For a transaction that holds the lock of the log."""
    wanted = sorted(set(subjects))
    name, table = list_name(wanted), AUDIT_LISTS.c
    if session.execute(select(table.name).where(table.name == name).limit(1)).first() is None:
        session.execute(insert(AUDIT_LISTS), [{"name": name, "subject": subject} for subject in wanted])
    return name


def about(*subjects: Select[Any]) -> Any:
    """What lines name that are about one of `subjects`, statements with one column: itself, and lists with it."""
    table = AUDIT_LISTS.c
    return union_all(*subjects, select(table.name).where(table.subject.in_(union_all(*subjects))))


def about_one(subject: str) -> Any:
    return about(select(literal(subject)))


def of(session: Session, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The subjects of each list."""
    table, found = AUDIT_LISTS.c, defaultdict(list)
    wanted = select(table.name, table.subject).where(table.name.in_(sorted(set(names))))
    for name, subject in session.execute(wanted.order_by(table.name, table.subject)):
        found[name].append(subject)
    return {name: tuple(subjects) for name, subjects in found.items()}


def named_anew(session: Session, entries: Iterable[AuditEntry]) -> Iterator[AuditEntry]:
    """The lines with lists under the names that their stored subjects give: another one breaks the chain there."""

    @lru_cache(REMEMBERED)
    def anew(name: str) -> str:
        return list_name(of(session, [name]).get(name, ()))

    for entry in entries:
        yield replace(entry, subject=anew(entry.subject)) if is_list(entry) else entry


def is_list(entry: AuditEntry) -> bool:
    return entry.subject.startswith(f"{LIST}:")


def subjects_of(session: Session, entries: Sequence[AuditEntry]) -> list[tuple[str, ...]]:
    """All that each line is about."""
    lists = of(session, [entry.subject for entry in entries if is_list(entry)])
    return [lists.get(entry.subject, ()) if is_list(entry) else (entry.subject,) for entry in entries]
