"""Tables where somebody else keeps them: what columns they have, and how their rows come to the engine as texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from appraise.domain.in_place import FileRead, Form, Location, State
from appraise.errors import InvalidInput, Place, Retriable
from appraise.events.engine import literal, quoted
from appraise.events.files import sha256_of

ROWS_OF_A_FILE = 1 << 40


class Trait(StrEnum):
    """What a column holds, as far as it decides what may be made of it. FLOAT is inexact, LOCAL_TIME has no zone."""

    TEXT = "text"
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    FLOAT = "floating-point number"
    BOOLEAN = "true or false"
    INSTANT = "time with zone"
    LOCAL_TIME = "time without zone"
    DAY = "day"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class Held:
    """A column's type, as its place calls it."""

    type: str
    trait: Trait


Bring = Callable[[duckdb.DuckDBPyConnection, Sequence[str], Path], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """`bring` makes `raw(_row, …)` of some columns, all text, and gives the files that it is read from.

    `settled` raises `Retriable` where the table changed while it was read.
    """

    location: Location
    columns: Mapping[str, Held]
    state: State
    bring: Bring = field(repr=False)
    settled: Callable[[], None] = field(default=lambda: None, repr=False)


_TRAITS: Mapping[str, Trait] = {
    "VARCHAR": Trait.TEXT,
    "UUID": Trait.TEXT,
    "BOOLEAN": Trait.BOOLEAN,
    "FLOAT": Trait.FLOAT,
    "DOUBLE": Trait.FLOAT,
    "DATE": Trait.DAY,
    "TIMESTAMP WITH TIME ZONE": Trait.INSTANT,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), Trait.LOCAL_TIME),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), Trait.WHOLE),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), Trait.WHOLE),
}


def held(type_name: str) -> Held:
    """By the engine's name of a type."""
    if type_name.startswith("DECIMAL"):
        return Held(type_name, Trait.WHOLE if type_name.endswith(",0)") else Trait.DECIMAL)
    if type_name.startswith("ENUM"):
        return Held("ENUM", Trait.TEXT)
    return Held(type_name, _TRAITS.get(type_name, Trait.OTHER))


def parquet_table(location: Location, *, then: Sequence[FileRead] | None = None) -> Table:
    """All Parquet files in a directory, or of a pattern; or those of `then`, as a manifest names them.

    Raises `InvalidInput` where there is none, and where one of then is not there or not as it was.
    """
    paths = _parquet_files(location) if then is None else [Path(file.path) for file in then]
    before = {path: _stamp(path, location) for path in paths}
    files = tuple(FileRead(str(path), path.stat().st_size, sha256_of(path)) for path in paths)
    other = [file.path for file, known in zip(files, then or files, strict=True) if file != known]
    if other:
        raise InvalidInput(f"{len(other)} of {len(files)} files are not as then: {', '.join(other[:3])}")
    source = (
        f"read_parquet([{', '.join(literal(file.path) for file in files)}], union_by_name = true, "
        "hive_partitioning = true, hive_types_autocast = false)"
    )

    def bring(connection: duckdb.DuckDBPyConnection, used: Sequence[str], scratch: Path) -> tuple[str, ...]:  # noqa: ARG001
        row = f"file_index * {ROWS_OF_A_FILE} + file_row_number"
        connection.execute(f"CREATE VIEW raw AS SELECT {row} AS _row{_texts(used)} FROM {source}")
        return tuple(file.path for file in files)

    def settled() -> None:
        if any(_stamp(path, location) != stamp for path, stamp in before.items()):
            raise Retriable(f"files of {location} were changed while they were read")

    with duckdb.connect() as connection:
        columns = _described(connection, source, location)
    return Table(location, columns, State(files=files), bring, settled)


def delta_table(location: Location, *, then: int | None = None) -> Table:
    """A Delta table at its latest version, or at that of `then`. Raises `InvalidInput` where that is not there."""
    try:
        table = DeltaTable(location.address, version=then)
        # Partition columns are in the log alone; what deltalake cannot read, as deletion vectors, it refuses.
        rows = table.to_pyarrow_dataset()
    except (DeltaError, OSError) as error:
        wanted = "" if then is None else f" at version {then}"
        raise InvalidInput(
            f"the Delta table{wanted} cannot be read: {str(error).splitlines()[0]}", place=Place(str(location))
        ) from error

    def bring(connection: duckdb.DuckDBPyConnection, used: Sequence[str], scratch: Path) -> tuple[str, ...]:  # noqa: ARG001
        connection.register("lying", rows)
        connection.execute(f"CREATE VIEW raw AS SELECT row_number() OVER () AS _row{_texts(used)} FROM lying")
        return ()

    with duckdb.connect() as connection:
        connection.register("lying", rows)
        columns = _described(connection, "lying", location)
    return Table(location, columns, State(version=table.version()), bring)


def _parquet_files(location: Location) -> list[Path]:
    address = Path(location.address)
    pattern = address if any(sign in location.address for sign in "*?[") else address / "**" / "*.parquet"
    fixed = Path(*_while_plain(pattern.parts))
    if (fixed / "_delta_log").is_dir():
        raise InvalidInput(
            "this is a Delta table, and files of old versions lie in its directory",
            place=Place(str(location)),
            expected=f'delta = "{fixed}"',
        )
    found = sorted(
        path
        for path in fixed.glob(str(pattern.relative_to(fixed)))
        if path.is_file() and not any(part[0] in "._" for part in path.relative_to(fixed).parts)
    )
    if not found:
        raise InvalidInput(
            "there is no Parquet file",
            place=Place(str(location)),
            expected="a directory with files that end in .parquet, or a pattern such as events/*.parquet",
        )
    strange = next((path for path in found if set(str(path)) & set("*?[")), None)
    if strange is not None:
        raise InvalidInput(f"the file {strange} cannot be read", expected="a path without * ? [")
    return found


def _while_plain(parts: Sequence[str]) -> list[str]:
    plain = []
    for part in parts:
        if set(part) & set("*?["):
            break
        plain.append(part)
    return plain


def _stamp(path: Path, location: Location) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise InvalidInput(f"the file {path} is not there: {error.strerror}", place=Place(str(location))) from error
    return found.st_size, found.st_mtime_ns, found.st_ino


def _described(connection: duckdb.DuckDBPyConnection, source: str, location: Location) -> dict[str, Held]:
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as error:
        raise InvalidInput(
            f"the {location.form} cannot be read: {str(error).splitlines()[0]}", place=Place(str(location))
        ) from error
    return {str(name): held(str(type_name)) for name, type_name, *_ in rows}


def _texts(columns: Sequence[str]) -> str:
    return "".join(f", CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in columns)


OPENED = {Form.PARQUET: parquet_table, Form.DELTA: delta_table}
