"""Directories for what is read in place, for as long as it is needed: beside the event tables, where workers see them.

Whoever reads holds a lock; it ends with the process, however it ends. What nobody holds is cleared by the next reader.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

DIRECTORY: Final = "reading"


@contextmanager
def reading_space(root: str) -> Iterator[Path]:
    """An empty directory, gone when this ends."""
    clear(root)
    above = Path(root, DIRECTORY)
    above.mkdir(exist_ok=True)
    directory = above / uuid4().hex
    with _lock_of(directory).open("xb") as lock:  # before the directory is there: one without a lock is nobody's
        fcntl.flock(lock, fcntl.LOCK_EX)
        directory.mkdir()
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)
            _lock_of(directory).unlink(missing_ok=True)


def left_behind(root: str) -> list[Path]:
    """What programs that were cut off have left."""
    return [path for path in sorted(Path(root, DIRECTORY).glob("*")) if path.is_dir() and not _is_held(path)]


def clear(root: str) -> None:
    for left in left_behind(root):
        shutil.rmtree(left, ignore_errors=True)
        _lock_of(left).unlink(missing_ok=True)


def _lock_of(directory: Path) -> Path:
    return directory.with_suffix(".lock")


def _is_held(directory: Path) -> bool:
    try:
        with _lock_of(directory).open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
