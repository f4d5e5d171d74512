"""All events that a reader sees: those of the store, and beside them the tables that are read where they are.

Tables in place are looked at, refused or checked row by row, and their events written aside for as long as the reader
needs them. Nothing of them is kept: a manifest says what was read.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appraise.adapters.in_place import MappedTable, TablesInPlace, again, read_places, stage_of
from appraise.domain.in_place import Form, InPlace, State
from appraise.domain.scorecards import Manifest
from appraise.errors import AppraiseError, InvalidInput
from appraise.events.in_place import Read, Wanted, beside, check, read
from appraise.events.locations import Table, delta_table, parquet_table
from appraise.events.postgresql import Server, connected
from appraise.events.reading_space import reading_space
from appraise.events.retained import gone
from appraise.events.store import Snapshot
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.versions import versions_of


@dataclass(frozen=True, slots=True)
class Events:
    """`missing` says of a manifest's tables what is not as then; where there is any, `snapshot` is not whole."""

    snapshot: Snapshot
    in_place: tuple[InPlace, ...] = ()
    missing: tuple[str, ...] = ()


@contextmanager
def events_now(deployment: Deployment, *, at: datetime) -> Iterator[Events]:
    """As they stand.

    Raises `InvalidInput` where a table in place cannot be read as mapped, before any row is, `Retriable` where a
    server cannot be reached or a table changed meanwhile.
    """
    snapshot = deployment.events.snapshot()
    if deployment.in_place is None:
        yield Events(snapshot)
        return
    places = read_places(deployment.in_place)
    _refuse_imported(deployment, places)
    with reading_space(deployment.events.root) as directory:
        found = _all_read(deployment, places, directory, at=at)
        yield Events(beside(snapshot, found), tuple(one.told for one in found))


@contextmanager
def events_then(deployment: Deployment, manifest: Manifest, *, at: datetime) -> Iterator[Events]:
    """As a run read them that was started `at` a time; of each table in place only if its rows are those of then."""
    versions = versions_of(manifest)
    lost = tuple(f"{kind.value}: {what}" for kind, what in gone(deployment.events, versions).items())
    if lost:
        yield Events(Snapshot({}, {}), (), lost)
        return
    snapshot = deployment.events.snapshot(versions)
    if not manifest.in_place:
        yield Events(snapshot)
        return
    with reading_space(deployment.events.root) as directory:
        found: list[Read] = []
        missing: list[str] = []
        for number, told in enumerate(manifest.in_place):
            try:
                one = _read_then(deployment, told, directory / str(number), at=at)
            except AppraiseError as error:
                missing.append(f"{told.name}, {told.location}: {error}")
                continue
            found.append(one)
            if one.told.checksum != told.checksum:
                missing.append(
                    f"{told.name}, {told.location}: {one.told.taken:,} events that are not the {told.taken:,} of then"
                )
        yield Events(beside(snapshot, found), tuple(one.told for one in found), tuple(missing))


def check_events(deployment: Deployment, file: Path, *, at: datetime) -> tuple[Read, ...]:
    """What a file of tables in place would bring; raises as `events_now` does."""
    places = read_places(file)
    _refuse_imported(deployment, places)
    with reading_space(deployment.events.root) as directory:
        return tuple(_all_read(deployment, places, directory, at=at))


def names_in_place(deployment: Deployment) -> tuple[str, ...]:
    """Of every table, with where it lies; none is looked at. Raises `InvalidInput` for a file that cannot be read."""
    if deployment.in_place is None:
        return ()
    tables = read_places(deployment.in_place).tables
    return tuple(f"{table.mapping.kind} of {table.source} ({table.location})" for table in tables)


def look_at_tables(deployment: Deployment) -> list[tuple[str, State | str]]:
    """By table its state, or what is wrong with it; no row is read."""
    if deployment.in_place is None:
        return []
    try:
        places = read_places(deployment.in_place)
        _refuse_imported(deployment, places)
    except InvalidInput as error:
        return [(str(deployment.in_place), str(error))]
    found: list[tuple[str, State | str]] = []
    for table in places.tables:
        name = f"{table.mapping.kind} of {table.source}"
        try:
            with ExitStack() as stack:
                wanted = _wanted(table, places, _server_of([table], places, stack))
                check(wanted)
                found.append((name, wanted.table.state))
        except AppraiseError as error:
            found.append((name, str(error)))
    return found


def _all_read(deployment: Deployment, places: TablesInPlace, directory: Path, *, at: datetime) -> list[Read]:
    with ExitStack() as stack:
        server = _server_of(places.tables, places, stack)
        wanted = [_wanted(table, places, server) for table in places.tables]
        for one in wanted:
            check(one)
        found = []
        for number, one in enumerate(wanted):
            into = directory / str(number)
            into.mkdir()
            found.append(read(one, at=at, link_secret=deployment.secret, into=into))
        return found


def _server_of(tables: Sequence[MappedTable], places: TablesInPlace, stack: ExitStack) -> Server | None:
    if places.url_file is None or not any(table.location.form is Form.POSTGRESQL for table in tables):
        return None
    return stack.enter_context(connected(places.url_file))


def _wanted(table: MappedTable, places: TablesInPlace, server: Server | None) -> Wanted:
    return _mapped(table, _opened(table, server), places.file)


def _opened(table: MappedTable, server: Server | None, then: State | None = None) -> Table:
    location = table.location
    if location.form is Form.PARQUET:
        return parquet_table(location, then=None if then is None else then.files)
    if location.form is Form.DELTA:
        return delta_table(location, then=None if then is None else then.version)
    if server is None:
        raise InvalidInput(
            "nothing says any more where the PostgreSQL server is",
            hint="name a file with [postgresql] url_file in APPRAISE_EVENTS_IN_PLACE",
        )
    return server.table(location)


def _mapped(table: MappedTable, opened: Table, file: str) -> Wanted:
    stage, used = stage_of(table, tuple(opened.columns), file)
    return Wanted(opened, stage, used, table.source, table.document)


def _read_then(deployment: Deployment, told: InPlace, directory: Path, *, at: datetime) -> Read:
    table = again(told.mapping, "the manifest")
    directory.mkdir()
    with ExitStack() as stack:
        places = None if deployment.in_place is None else read_places(deployment.in_place)
        server = None if places is None else _server_of([table], places, stack)
        wanted = _mapped(table, _opened(table, server, told.state), "the manifest")
        check(wanted)
        return read(wanted, at=at, link_secret=deployment.secret, into=directory)


def _refuse_imported(deployment: Deployment, places: TablesInPlace) -> None:
    """An event's id is unique within its source, which nothing holds between two places."""
    imported = {load.origin.source for load in deployment.events.loads()}
    both = sorted({table.source for table in places.tables} & imported)
    if both:
        raise InvalidInput(
            f"events of the source {both[0]!r} are read in place and were imported too",
            expected="a source of its own for what is read in place",
            hint=f"name it otherwise in {places.file}, or take the imports back with `appraise undo LOAD`",
        )
