"""Several changes in one transaction: each may be taken back by itself, and all of them together."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from appraise.domain.identifiers import SectionId
from appraise.storage.database import Database, Session
from appraise.storage.tables import SECTIONS


class Joined(Database):
    """The database as it is within an open transaction: what is committed here counts once that one is."""

    def __init__(self, database: Database, session: Session) -> None:
        self.setting = database.setting
        self.url = database.url
        self.engine = database.engine
        self._session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self._session.begin_nested():
            yield self._session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        yield self._session


@contextmanager
def all_taken_back(session: Session) -> Iterator[list[bool]]:
    """What the block did is taken back at its end, unless it puts False into the list that it is given."""
    take_back = [True]
    savepoint = session.begin_nested()
    yield take_back
    if take_back[0]:
        savepoint.rollback()
    else:
        savepoint.commit()


def hold(session: Session, wanted: list[SectionId]) -> None:
    """Keep others from changing these sections until the transaction ends.

    All at once and in one order, before anything else is locked: two such transactions would wait for each other.
    """
    ids = sorted(set(wanted))
    session.execute(select(SECTIONS.c.id).where(SECTIONS.c.id.in_(ids)).order_by(SECTIONS.c.id).with_for_update())
