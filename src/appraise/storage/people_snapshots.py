"""People as scoring runs saw them. What did not change between two runs is kept once."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import delete, insert, select

from appraise.domain.identifiers import EmployeeId
from appraise.domain.people_documents import PeopleDocuments
from appraise.domain.person_requests import ERASED_NAME
from appraise.storage import person_requests
from appraise.storage.database import BATCH, Session, lock
from appraise.storage.tables import PEOPLE_SNAPSHOTS, PERSON_TEXTS

Named = tuple[EmployeeId, str]
"""An employee and the hash of their text."""


def add(session: Session, documents: PeopleDocuments, *, at: datetime) -> None:
    """What is there already stays as it is. Of somebody who was erased meanwhile no text of before comes back."""
    lock(session, "people_snapshots")
    table = PEOPLE_SNAPSHOTS.c
    if session.execute(select(table.hash).where(table.hash == documents.hash)).first() is None:
        row = {"hash": documents.hash, "people_index": documents.index, "stored_at": at}
        session.execute(insert(PEOPLE_SNAPSHOTS), row)
    gone = person_requests.erased(session)
    wanted = documents.hashes
    known = {named for named, _ in _texts(session, wanted.values())}
    rows = [
        {"employee_id": employee, "hash": digest, "text": documents.texts[employee]}
        for employee, digest in wanted.items()
        if (employee, digest) not in known and (employee not in gone or ERASED_NAME in documents.texts[employee])
    ]
    if rows:
        session.execute(insert(PERSON_TEXTS), rows)


def of(session: Session, people_hash: str) -> PeopleDocuments | None:
    """The people whom a manifest names; None where they were not kept."""
    table = PEOPLE_SNAPSHOTS.c
    index = session.execute(select(table.people_index).where(table.hash == people_hash)).scalar()
    if index is None:
        return None
    hashes = PeopleDocuments(index, {}).hashes
    texts = dict(_texts(session, hashes.values()))
    return PeopleDocuments(index, {who: texts[who, name] for who, name in hashes.items() if (who, name) in texts})


def erase(session: Session, employee: EmployeeId) -> int:
    """Remove what all runs kept of a person, and say how many texts that were. Their hashes stay in the indexes."""
    return session.execute(delete(PERSON_TEXTS).where(PERSON_TEXTS.c.employee_id == employee)).rowcount


def _texts(session: Session, hashes: Iterable[str]) -> Iterator[tuple[Named, str]]:
    table, wanted = PERSON_TEXTS.c, sorted(set(hashes))
    for start in range(0, len(wanted), BATCH):
        found = session.execute(select(PERSON_TEXTS).where(table.hash.in_(wanted[start : start + BATCH])))
        for row in found:
            yield (EmployeeId(row.employee_id), row.hash), row.text
