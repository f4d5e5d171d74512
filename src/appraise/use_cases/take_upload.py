"""Take a file that somebody sends for an import, unpacked within bounds."""

import gzip
import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from appraise.adapters.archives import UNREADABLE
from appraise.domain.access import Principal, may_import
from appraise.domain.identifiers import UploadId
from appraise.domain.imports import Upload
from appraise.domain.jobs import KEPT_FOR
from appraise.errors import Conflict, Forbidden, InvalidInput
from appraise.storage import audit, uploads
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import new_file, path_of, remove
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

LARGEST: Final = 4 << 30
"""Bytes, as they are sent and as they are unpacked."""
MOST: Final = 10
"""Uploads of one principal that are kept at a time."""
LONGEST_NAME: Final = 200
BLOCK: Final = 1 << 20


def check_upload(deployment: Deployment, principal: Principal, name: str) -> str:
    """The file's name as it is kept. Before the first byte is read.

    Raises `Forbidden` for whoever may import nothing, `InvalidInput` for a name that is none, `Conflict` for too many.
    """
    if not may_import(principal):
        raise Forbidden(
            f"{principal.name} may not import", hint="ask an HR administrator, or for a token with the scope"
        )
    known = Path(name.replace("\\", "/")).name
    if not known.strip(". ") or len(known) > LONGEST_NAME or not known.isprintable():
        raise InvalidInput(f"{name[:LONGEST_NAME]!r} is no name of a file", expected="?name=orders.csv, or .gz or .zip")
    with deployment.database.reading() as session:
        _check_count(session, principal)
    return known


def take_upload(deployment: Deployment, principal: Principal, part: str, name: str, *, at: datetime) -> Upload:
    """Of the received file `part` what imports read. `part` is gone afterwards where it is not that itself.

    Raises `InvalidInput` where it cannot be unpacked or has more than `LARGEST` bytes, `Conflict` for too many.
    """
    try:
        upload = _taken(deployment, principal, part, name, at)
    except BaseException:
        remove(deployment, part)
        raise
    if upload.file != part:
        remove(deployment, part)
    return upload


def _taken(deployment: Deployment, principal: Principal, part: str, name: str, at: datetime) -> Upload:
    with _unpacked(deployment, path_of(deployment, part), name) as (file, known):
        digest, size = _digest(path_of(deployment, file))
        upload = Upload(UploadId(new_id()), principal.key, known, file, size, digest, at, at + KEPT_FOR)

        def work(session: Session) -> None:
            lock(session, f"uploads:{principal.key}")
            _check_count(session, principal)
            uploads.add(session, upload)
            actor = Actor.of(principal)
            details = [*actor.facts, ("file", known), ("bytes", str(size)), ("sha256", digest)]
            subject = f"upload:{upload.id}"
            audit.append(session, at=at, actor=actor.id, action="upload.take", subject=subject, details=details)

        committed(deployment, work)
    return upload


def _check_count(session: Session, principal: Principal) -> None:
    if uploads.counted(session, owner=principal.key) >= MOST:
        raise Conflict(f"{MOST} of your uploads are kept already", hint="each is cleared away after 24 hours")


@contextmanager
def _unpacked(deployment: Deployment, path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The unpacked file, ours and by its name; gone where the block raises."""
    kind = Path(name).suffix.casefold()
    if kind not in {".gz", ".zip"}:
        yield path.name, name
        return
    with new_file(deployment, "upload") as (file, out):
        known = _gunzip(path, out, name) if kind == ".gz" else _unzip(path, out)
        out.flush()
        yield file, known


def _gunzip(path: Path, out: BinaryIO, name: str) -> str:
    size = 0
    try:
        with gzip.open(path) as packed:
            while block := packed.read(BLOCK):
                size = _within(size + out.write(block))
    except UNREADABLE as error:
        _raise_of_the_system(error)
        raise InvalidInput(f"{name} cannot be unpacked: {error}", expected="a whole gzip file") from error
    return Path(name).stem


def _unzip(path: Path, out: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise InvalidInput(f"the archive holds {len(members):,} files", expected="exactly one file")
            size = 0
            with archive.open(members[0]) as packed:
                while block := packed.read(BLOCK):
                    size = _within(size + out.write(block))
    except UNREADABLE as error:
        _raise_of_the_system(error)
        raise InvalidInput(
            f"the archive cannot be unpacked: {error}", expected="a zip file without password"
        ) from error
    known = Path(members[0].filename.replace("\\", "/")).name
    return known if known.isprintable() and known.strip(". ") and len(known) <= LONGEST_NAME else "file"


def _raise_of_the_system(error: Exception) -> None:
    """A full disk says nothing of the archive."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _within(size: int) -> int:
    if size > LARGEST:
        raise InvalidInput(f"unpacked it has more than {LARGEST:,} bytes", hint="send it in parts")
    return size


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
