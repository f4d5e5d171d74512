"""Where the files of jobs lie: beside the records, named by the records, and never seen before they are whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from appraise.errors import Retriable
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment

STRAY_AFTER: Final = timedelta(hours=1)
"""A file that no job names and nobody has written to for so long was left by a process that was killed."""


def path_of(deployment: Deployment, name: str) -> Path:
    return deployment.files / name


@contextmanager
def new_file(deployment: Deployment, ending: str) -> Iterator[tuple[str, BinaryIO]]:
    """A new file and its name; durable when the block ends, gone where it raises. Only its owner may read it."""
    deployment.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{new_id()}.{ending}"
    path = path_of(deployment, name)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield name, file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def remove(deployment: Deployment, name: str) -> None:
    path_of(deployment, name).unlink(missing_ok=True)


def remove_strays(deployment: Deployment, *, named: set[str], at: datetime) -> int:
    """Files that no job names and that have not been written to for a while. Gives how many there were."""
    count = 0
    if not deployment.files.is_dir():
        return 0
    for path in deployment.files.iterdir():
        if path.name in named:
            continue
        with suppress(FileNotFoundError):  # another process was faster
            if at.timestamp() - path.stat().st_mtime > STRAY_AFTER.total_seconds():
                path.unlink()
                count += 1
    return count


def existing(deployment: Deployment, name: str) -> Path:
    """Raises `Retriable` where the records name a file that is not there: the directory is not shared, or was lost."""
    path = path_of(deployment, name)
    if not path.is_file():
        raise Retriable(f"the file {path} is not there; processes on several machines need one shared APPRAISE_FILES")
    return path
