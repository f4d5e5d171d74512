"""A customer taken out of every file of the event tables, of old versions too.

Live files are rewritten without the customer's rows. Files that no version needs any more, or only old versions, are
deleted where the customer is in them: a version that rested on one of these cannot be read any more, and says why.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import duckdb
from deltalake import CommitProperties, DeltaTable
from deltalake._internal import RemoveAction
from deltalake.exceptions import CommitFailedError

from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Retriable
from appraise.events.data_files import put_files, write_files
from appraise.events.engine import literal
from appraise.events.log import ERASURE_KEY
from appraise.events.schema import arrow_schema
from appraise.events.store import ATTEMPTS_TO_COMMIT, EventStore

MEMORY = "400MB"
LEFT_BEHIND: Final = timedelta(days=1)
"""No import takes so long: a file that is older, and was not committed, is of one that was cut off."""


@dataclass(frozen=True, slots=True)
class Customer:
    """`keys` are (source, customer's key there), `links` the keys that join the customer across sources."""

    keys: frozenset[tuple[str, str]]
    links: frozenset[str]

    @property
    def condition(self) -> str:
        """SQL that is true for every row about the customer."""
        pairs = " OR ".join(
            f"(source = {literal(source)} AND customer_key = {literal(key)})" for source, key in sorted(self.keys)
        )
        links = ", ".join(map(literal, sorted(self.links)))
        parts = [pairs, f"link_key IN ({links})" if links else ""]
        return f"coalesce({' OR '.join(part for part in parts if part) or 'false'}, false)"


@dataclass(frozen=True, slots=True)
class Erased:
    """`rows` by table, superseded ones included; `deleted` are files of old versions that are gone."""

    rows: Mapping[EventKind, int]
    deleted: int


def find_customer(store: EventStore, *, keys: Iterable[tuple[str, str]], links: Iterable[str]) -> Customer:
    """The customer with what they are called in other sources: whoever shares a link key is taken to be the same."""
    found = Customer(frozenset(keys), frozenset(links))
    files = [str(file) for kind in EventKind for file in _parquet(store, kind)]
    if not files:
        return found
    everything = f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        query = f"SELECT DISTINCT source, customer_key, link_key FROM {everything} WHERE "
        while True:
            rows = connection.execute(query + found.condition).fetchall()
            wider = Customer(
                found.keys | {(source, key) for source, key, _ in rows},
                found.links | {link for _, _, link in rows if link is not None},
            )
            if wider == found:
                return found
            found = wider


def count_customer(store: EventStore, customer: Customer) -> dict[EventKind, int]:
    """Rows about the customer in any file there is, live or not; all zero is the proof of an erasure."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        return {kind: sum(_count(connection, file, customer) for file in _parquet(store, kind)) for kind in EventKind}


def erase_customer(store: EventStore, customer: Customer, *, scratch: Path, at: datetime) -> Erased:
    """Repeat it if interrupted. Raises `Retriable` where an import stands in the way."""
    rows = {kind: _rewrite(store, kind, customer, scratch, at) for kind in EventKind}
    deleted = sum(_delete_old(store, kind, customer, at) for kind in EventKind)
    return Erased({kind: number for kind, number in rows.items() if number}, deleted)


def _rewrite(store: EventStore, kind: EventKind, customer: Customer, scratch: Path, at: datetime) -> int:
    for _ in range(ATTEMPTS_TO_COMMIT):
        table, directory = store.open_table(kind), _directory(store, kind)
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            counted = {file: _count(connection, file, customer) for file in _live(table, directory)}
            hit = [file for file, rows in counted.items() if rows]
            if not hit:
                return 0
            files = ", ".join(literal(str(file)) for file in hit)
            kept = f"SELECT * FROM read_parquet([{files}], union_by_name = true) WHERE NOT {customer.condition}"
            written = write_files(connection, kept, kind, scratch)
        put_files(table, written, local=directory)
        stamp = int(at.timestamp() * 1000)
        removed = [RemoveAction(file.name, True, stamp, file.stat().st_size) for file in hit]  # noqa: FBT003  # its own form
        told = json.dumps({"at": at.isoformat(), "rows": sum(counted.values())})
        try:
            table.create_write_transaction(
                [*removed, *(file.added(at) for file in written)],
                "append",
                arrow_schema(kind),
                commit_properties=CommitProperties(custom_metadata={ERASURE_KEY: told}),
            )
        except CommitFailedError:
            for file in written:
                (directory / file.path.name).unlink()
            continue
        return sum(counted.values())
    raise Retriable(f"Imports into {kind.value} kept this erasure from being written")


def _delete_old(store: EventStore, kind: EventKind, customer: Customer, at: datetime) -> int:
    """What a running import has put down but not committed is not ours to delete."""
    directory = _directory(store, kind)
    table = store.open_table(kind)
    live, known, deleted = set(_live(table, directory)), _ever_committed(directory), 0
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        for file in sorted(set(_parquet(store, kind)) - live):
            if not _count(connection, file, customer):
                continue
            is_new = file.stat().st_mtime > (at - LEFT_BEHIND).timestamp()
            if file.name not in known and is_new:
                raise Retriable(
                    f"the file {file.name} of {kind.value} holds the customer, and is of an import that is under way "
                    "or was cut off: repeat this when the import has ended, or when the file is a day old"
                )
            file.unlink()
            deleted += 1
    return deleted


def _ever_committed(directory: Path) -> set[str]:
    names = set()
    for entry in (directory / "_delta_log").glob("*.json"):
        for line in entry.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            names |= {unquote(action[one]["path"]) for one in ("add", "remove") if one in action}
    return names


def _live(table: DeltaTable, directory: Path) -> list[Path]:
    return sorted(directory / Path(unquote(uri)).name for uri in table.file_uris())


def _parquet(store: EventStore, kind: EventKind) -> list[Path]:
    return sorted(_directory(store, kind).glob("*.parquet"))


def _directory(store: EventStore, kind: EventKind) -> Path:
    if "://" in store.root:
        raise InvalidInput("customers can be erased only where the event tables lie on this machine")
    return Path(store.root, kind.value)


def _count(connection: duckdb.DuckDBPyConnection, file: Path, customer: Customer) -> int:
    found = connection.execute(
        f"SELECT count(*) FROM read_parquet({literal(str(file))}) WHERE {customer.condition}"
    ).fetchone()
    return int(found[0]) if found else 0
