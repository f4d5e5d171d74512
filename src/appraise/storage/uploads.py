"""Files that were sent for imports to read."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from appraise.domain.identifiers import UploadId
from appraise.domain.imports import Upload
from appraise.storage.database import Session
from appraise.storage.tables import UPLOADS


def add(session: Session, upload: Upload) -> None:
    names = ("id", "owner", "name", "file", "bytes", "sha256", "uploaded_at", "expires_at")
    session.execute(insert(UPLOADS), {name: getattr(upload, name) for name in names})


def get(session: Session, upload: UploadId) -> Upload | None:
    row = session.execute(select(UPLOADS).where(UPLOADS.c.id == upload)).first()
    return None if row is None else _upload(row)


def keep(session: Session, upload: UploadId, *, until: datetime) -> None:
    session.execute(update(UPLOADS).where(UPLOADS.c.id == upload).values(expires_at=until))


def counted(session: Session, *, owner: str) -> int:
    statement = select(func.count()).select_from(UPLOADS).where(UPLOADS.c.owner == owner)
    return int(session.execute(statement).scalar_one())


def forget(session: Session, *, expired_before: datetime) -> list[Upload]:
    """Those whose time is over; gives them, for their files."""
    over = [_upload(row) for row in session.execute(select(UPLOADS).where(UPLOADS.c.expires_at <= expired_before))]
    session.execute(delete(UPLOADS).where(UPLOADS.c.id.in_([upload.id for upload in over])))
    return over


def files(session: Session) -> set[str]:
    return set(session.execute(select(UPLOADS.c.file)).scalars())


def _upload(row: Any) -> Upload:
    return Upload(
        UploadId(row.id), row.owner, row.name, row.file, row.bytes, row.sha256, row.uploaded_at, row.expires_at
    )
