"""Event tables that somebody else keeps and that are read where they are."""

from dataclasses import dataclass
from enum import StrEnum

from appraise.domain.events import EventKind
from appraise.domain.language import counted


class Form(StrEnum):
    PARQUET = "parquet"
    DELTA = "delta"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Location:
    """`address` is a directory or a pattern of Parquet files, the directory of a Delta table, or `schema.table`."""

    form: Form
    address: str

    def __str__(self) -> str:
        return f"{self.form} {self.address}"


@dataclass(frozen=True, slots=True)
class FileRead:
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class State:
    """Which rows a table held when it was read.

    A Delta table has a `version` and Parquet `files`; of PostgreSQL the `snapshot` says which transactions were seen,
    which nobody can go back to.
    """

    version: int | None = None
    files: tuple[FileRead, ...] = ()
    snapshot: str | None = None

    def __str__(self) -> str:
        if self.version is not None:
            return f"version {self.version}"
        if self.files:
            size = sum(file.size for file in self.files)
            return f"{counted(len(self.files), 'file', 'files')}, {counted(size, 'byte', 'bytes')}"
        return self.snapshot or "no files"


@dataclass(frozen=True, slots=True)
class InPlace:
    """One table as a run read it; `mapping` is its part of the file, as canonical JSON.

    Of `rows`, `taken` became events; `left_out` counts reasons, of which a row may have several. `checksum` is of the
    events taken, whatever their order: the sum of the lower halves of their MD5, as JSON objects.
    """

    source: str
    kind: EventKind
    location: Location
    mapping: str
    state: State
    rows: int
    taken: int
    left_out: tuple[tuple[str, int], ...]
    checksum: str

    @property
    def name(self) -> str:
        return f"{self.kind.value} of {self.source}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not taken, by its event's id where it has one, and what is wrong with it."""

    event_id: str | None
    column: str | None
    value: str | None
    reason: str
