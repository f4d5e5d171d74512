"""The files of one table in a bucket of an S3-compatible object store, read from copies on this machine.

A data file never changes once it is there, so a copy is good for ever. Whoever was cut off before its commit leaves an
object that no log knows; there are no locks that would tell it from one that is about to be committed, its age does.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deltalake._internal import DeltaFileSystemHandler
from pyarrow.fs import FileInfo, FileType

from appraise.events.data_files import DataFile
from appraise.events.table_files import READING, TableFiles

CHUNK = 8 << 20


@dataclass(frozen=True, slots=True)
class ObjectFiles(TableFiles):
    """`root` is where the copies lie, `address` the bucket with its prefix."""

    address: str = ""

    def uris(self, names: Sequence[str]) -> tuple[str, ...]:
        """Of the copies, which are made where they are not there yet."""
        missing = [name for name in names if not (self.directory / name).exists()]
        if missing:
            self.directory.mkdir(parents=True, exist_ok=True)
            store = self._store()
            for name in missing:
                with suppress(FileNotFoundError):  # told by whoever reads it, as of any file
                    self._copy(store, name)
            self._forget_deleted()
        return tuple(self.uri(name) for name in names)

    def lying(self, *, unfinished: bool = False) -> dict[str, int]:
        """Every data file in the bucket; of unfinished ones nothing is known."""
        del unfinished
        return {name: one.size for name, one in sorted(self._objects().items())}

    def delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._store().delete_file(name)
        (self.directory / name).unlink(missing_ok=True)

    def log_entries(self) -> Iterator[str]:
        store = self._store()
        found = sorted(one.path for one in store.get_file_info_selector("_delta_log", allow_not_found=True))
        for path in found:
            if path.endswith(".json"):
                yield b"".join(_chunks(store, path)).decode()

    @contextmanager
    def abandoned(self, name: str, *, at: datetime) -> Iterator[bool]:
        """Whether it lies there for longer than anybody takes to commit it."""
        found = self._objects().get(name)
        yield found is not None and found.mtime < at - READING

    @contextmanager
    def put(self, files: Sequence[DataFile]) -> Iterator[None]:
        """Send them to the bucket; nobody sees them yet."""
        store = self._store()
        for file in files:
            target = store.open_output_stream(file.path.name)
            with file.path.open("rb") as source:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
            target.close()  # type: ignore[attr-defined]  # its own stub forgets it
        yield

    def _objects(self) -> dict[str, FileInfo]:
        found = self._store().get_file_info_selector("", allow_not_found=True)
        return {
            Path(one.path).name: one for one in found if one.type is FileType.File and one.path.endswith(".parquet")
        }

    def _forget_deleted(self) -> None:
        """Delete copies of what others took out of the bucket: a customer that was erased is in none."""
        began = time.time()
        there = self._objects()
        for path in self.directory.glob("*.parquet"):
            with suppress(FileNotFoundError):
                if path.name not in there and path.stat().st_mtime < began:  # what is younger may have come since
                    path.unlink()

    def _store(self) -> DeltaFileSystemHandler:
        return DeltaFileSystemHandler(f"{self.address}/{self.kind.value}")

    def _copy(self, store: DeltaFileSystemHandler, name: str) -> None:
        """It has its name only when it is whole, so that nobody reads half of it."""
        handle, part = tempfile.mkstemp(dir=self.directory, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as target:
                target.writelines(_chunks(store, name))
            Path(part).replace(self.directory / name)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise


def _chunks(store: DeltaFileSystemHandler, name: str) -> Iterator[bytes]:
    source = store.open_input_file(name)
    while chunk := source.read(CHUNK):
        yield chunk
