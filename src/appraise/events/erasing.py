"""A customer taken out of every file of the event tables, of old versions too.

Live files are rewritten without the customer's rows. Files that no version needs any more, or only old versions, are
deleted where the customer is in them: a version that rested on one of these cannot be read any more, and says why.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from deltalake import CommitProperties

from appraise.domain.events import EventKind
from appraise.errors import Retriable
from appraise.events.data_files import write_files
from appraise.events.engine import literal
from appraise.events.log import ERASURE_KEY
from appraise.events.rewriting import connect, holding, replace_files, without
from appraise.events.store import ATTEMPTS_TO_COMMIT, EventStore
from appraise.events.table_files import alone, delete_abandoned, live_files


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
    every = {kind: store.files(kind) for kind in EventKind}
    uris = [uri for files in every.values() for uri in files.uris(tuple(files.lying()))]
    if not uris:
        return found
    every_file = f"read_parquet([{', '.join(map(literal, uris))}], union_by_name = true)"
    with connect() as connection:
        query = f"SELECT DISTINCT source, customer_key, link_key FROM {every_file} WHERE "
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
    with connect() as connection:
        return {
            kind: sum(one.rows for one in holding(connection, files, files.lying(), customer.condition))
            for kind in EventKind
            for files in [store.files(kind)]
        }


def erase_customer(store: EventStore, customer: Customer, *, scratch: Path, at: datetime) -> Erased:
    """Repeat it if interrupted. Raises `Retriable` where an import stands in the way."""
    with alone(store.root):
        for kind in EventKind:
            delete_abandoned(store.files(kind), at=at)
        rows = {kind: _rewrite(store, kind, customer, scratch, at) for kind in EventKind}
        deleted = sum(_delete_old(store, kind, customer) for kind in EventKind)
    return Erased({kind: number for kind, number in rows.items() if number}, deleted)


def _rewrite(store: EventStore, kind: EventKind, customer: Customer, scratch: Path, at: datetime) -> int:
    files = store.files(kind)
    for _ in range(ATTEMPTS_TO_COMMIT):
        table = store.open_table(kind)
        with connect(scratch) as connection:
            gone = _with_earlier(connection, store, kind, customer)
            found = holding(connection, files, live_files(table), gone)
            if not found:
                return 0
            names = [one.name for one in found]
            kept = write_files(connection, without(files, names, gone), kind, scratch)
        rows = sum(one.rows for one in found)
        loads = sorted(frozenset[str]().union(*(one.loads for one in found)))
        told = CommitProperties(
            custom_metadata={ERASURE_KEY: json.dumps({"at": at.isoformat(), "rows": rows, "loads": loads})}
        )
        if replace_files(table, files, names, kept, at=at, properties=told):
            return rows
    raise Retriable(f"Imports into {kind.value} kept this erasure from being written")


def _with_earlier(connection: duckdb.DuckDBPyConnection, store: EventStore, kind: EventKind, customer: Customer) -> str:
    """SQL that is true for a row `t` about the customer, or that such a row superseded.

    What an event was before, under another key, would be seen again: an order whose address was changed since.
    """
    view = store.snapshot().views[kind]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE later AS SELECT source, event_id, sequence "
        f"FROM {view.scan()} AS t WHERE supersedes AND {view.is_seen('t')} AND {customer.condition}"
    )
    return (
        f"({customer.condition} OR EXISTS (SELECT 1 FROM later WHERE later.source = t.source "
        "AND later.event_id = t.event_id AND later.sequence > t.sequence))"
    )


def _delete_old(store: EventStore, kind: EventKind, customer: Customer) -> int:
    """What a running import has put down but not committed is not ours to delete.

    In a bucket it cannot be told from what was left behind, but by its age.
    """
    files = store.files(kind)
    live = live_files(store.open_table(kind))
    old = [name for name in files.lying() if name not in set(live)]
    known = files.history().keys()
    with connect() as connection:
        found = [one.name for one in holding(connection, files, old, customer.condition)]
    ours = [name for name in found if name in known]
    for name in ours:
        files.delete(name)
    if len(ours) < len(found):
        others = ", ".join(name for name in found if name not in known)
        raise Retriable(
            f"the file {others} of {kind.value} holds the customer, and is of an import that is under way: "
            "repeat this when the import has ended; in a bucket a day later, if it was cut off"
        )
    return len(ours)
