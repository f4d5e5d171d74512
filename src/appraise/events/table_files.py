"""The files of one table: those that its log tells of, and those that lie in its directory besides.

Whoever puts a file down holds a lock on it until it is committed; the lock ends with the process, however it ends. So
a file that the log does not know and nobody holds is of a program that was cut off, and may be deleted at once.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable

from appraise.domain.events import EventKind
from appraise.events.data_files import DataFile

MAINTENANCE = ".maintenance.lock"
COPYING = ".copying"
READING: Final = timedelta(days=1)
"""Longer than anybody reads, or takes from putting a file down to committing it.

Files that were replaced are there for so long, for those who had begun.
"""


@dataclass(frozen=True, slots=True)
class Lived:
    """From which version on a file was part of the table, and until before which; the latter None where it still is."""

    size: int
    added: int
    removed: int | None = None
    removed_at: datetime | None = None

    def is_in(self, version: int) -> bool:
        return self.added <= version and (self.removed is None or version < self.removed)


@dataclass(frozen=True, slots=True)
class TableFiles:
    root: str
    kind: EventKind

    @property
    def directory(self) -> Path:
        return Path(self.root, self.kind.value)

    def uri(self, name: str) -> str:
        return f"{self.root}/{self.kind.value}/{name}"

    def uris(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.uri(name) for name in names)

    def lying(self, *, unfinished: bool = False) -> dict[str, int]:
        """Every data file that is there with its bytes, of whatever version or none; also what is being copied."""
        found = {}
        paths = list(self.directory.glob("*.parquet"))
        for path in [*paths, *self.directory.glob(f"*{COPYING}")] if unfinished else paths:
            try:
                found[path.name] = path.stat().st_size
            except FileNotFoundError:  # a writer took it back
                continue
        return dict(sorted(found.items()))

    def delete(self, name: str) -> None:
        (self.directory / name).unlink(missing_ok=True)

    def history(self) -> dict[str, Lived]:
        """Every file that was ever committed."""
        found: dict[str, Lived] = {}
        for version, entry in enumerate(self.log_entries()):
            for line in entry.splitlines():
                action = json.loads(line)
                if "add" in action:
                    found[unquote(action["add"]["path"])] = Lived(action["add"]["size"], version)
                elif "remove" in action:
                    _end(found, action["remove"], version)
        return found

    def log_entries(self) -> Iterator[str]:
        """The texts of the log, oldest first."""
        for path in sorted((self.directory / "_delta_log").glob("*.json")):
            yield path.read_text(encoding="utf-8")

    @contextmanager
    def put(self, files: Sequence[DataFile]) -> Iterator[None]:
        """Bring the files to the table's directory, and hold them as long as this lasts; nobody sees them yet."""
        with ExitStack() as held:
            for file in files:
                held.enter_context(_moved(file.path, self.directory / file.path.name))
            yield

    @contextmanager
    def abandoned(self, name: str, *, at: datetime) -> Iterator[bool]:
        """Whether nobody holds a file, nor will as long as this lasts; whether the log knows it is to be asked then."""
        del at  # a lock tells
        try:
            with (self.directory / name).open("r+b") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                else:
                    yield True
        except FileNotFoundError:
            yield False


def abandoned_files(files: TableFiles, *, at: datetime) -> Iterator[str]:
    """What programs that are gone put down and never committed; each is held until the next is asked for."""
    lying = files.lying(unfinished=True)  # first: what is committed later than this is in the log that is read next
    known = files.history().keys() if lying else ()
    for name in lying:
        if name in known:
            continue
        with files.abandoned(name, at=at) as is_abandoned:
            if is_abandoned and name not in files.history():
                yield name


def delete_abandoned(files: TableFiles, *, at: datetime) -> None:
    for name in abandoned_files(files, at=at):
        files.delete(name)


@contextmanager
def alone(root: str) -> Iterator[None]:
    """Wait until nobody else on this machine rewrites files of the store, and keep others waiting."""
    Path(root).mkdir(parents=True, exist_ok=True)
    with Path(root, MAINTENANCE).open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def live_files(table: DeltaTable) -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(Path(unquote(uri)).name for uri in table.file_uris()))


def add_actions(table: DeltaTable) -> pa.Table:
    """Path, size and statistics of every live file. Taken as a stream, as `pa.table` would import pandas first."""
    return pa.RecordBatchReader.from_stream(table.get_add_actions(flatten=True)).read_all()


def loads_by_file(table: DeltaTable) -> dict[str, str]:
    """File → the load whose rows it holds; of files that hold several, nothing."""
    actions = add_actions(table)
    if not {"min.load_id", "max.load_id"} <= set(actions.column_names):
        return {}
    columns = (actions[name].to_pylist() for name in ("path", "min.load_id", "max.load_id"))
    return {Path(unquote(path)).name: low for path, low, high in zip(*columns, strict=True) if low == high}


def _end(found: dict[str, Lived], removal: Mapping[str, object], version: int) -> None:
    name = unquote(str(removal["path"]))
    at = datetime.fromtimestamp(int(str(removal.get("deletionTimestamp") or 0)) / 1000, tz=UTC)
    found[name] = Lived(found[name].size, found[name].added, version, at)


@contextmanager
def _moved(path: Path, to: Path) -> Iterator[None]:
    with path.open("r+b") as source:
        fcntl.flock(source, fcntl.LOCK_EX)
        try:
            path.rename(to)
        except OSError:  # another file system
            with _copied(source, to):
                path.unlink()
                yield
        else:
            yield


@contextmanager
def _copied(source: IO[bytes], to: Path) -> Iterator[None]:
    """It has its name only when it is whole, so that nobody reads half of it."""
    part = to.with_suffix(COPYING)
    while True:
        with part.open("xb") as target:
            fcntl.flock(target, fcntl.LOCK_EX)
            if os.fstat(target.fileno()).st_nlink == 0:  # taken for abandoned between the two lines above
                continue
            shutil.copyfileobj(source, target, 8 << 20)
            target.flush()
            part.rename(to)
            yield
            return
