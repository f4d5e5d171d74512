"""Take a customer out of all event tables, of old versions too, and prove it."""

import hashlib
import hmac
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appraise.domain.events import EventKind
from appraise.errors import Fatal, NotFound
from appraise.events.erasing import count_customer, find_customer
from appraise.events.erasing import erase_customer as erase_rows
from appraise.storage import audit
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import names_in_place
from appraise.use_cases.mirror_loads import OPERATOR
from appraise.use_cases.transactions import committed


@dataclass(frozen=True, slots=True)
class Erasure:
    """`keys` are (source, key) of the customer; `found` counts rows by table in all files, of old versions too.

    `rows` were taken out of the tables as they are now, `deleted` files of old versions with them. Tables `in_place`
    are their owner's: the customer was not looked for there.
    """

    keys: tuple[tuple[str, str], ...]
    found: dict[EventKind, int]
    rows: dict[EventKind, int]
    deleted: int
    in_place: tuple[str, ...] = ()


def erase_customer(
    deployment: Deployment,
    *,
    source: str | None,
    key: str,
    at: datetime,
    dry_run: bool,
    actor: str = OPERATOR,
) -> Erasure:
    """By the key in one source, or by an e-mail address where `source` is None; with what they are called elsewhere.

    Runs that rested on the rows cannot be computed again: their manifests name versions that are no longer whole.
    The audit log tells of it by a keyed hash of the customer's key, with what was found before it begins and with what
    was taken out when all files were looked through again. Raises `NotFound` where no file knows the customer.
    """
    links = [] if source is not None else [hashlib.sha256(deployment.secret + key.lower().encode()).hexdigest()]
    store, others = deployment.events, names_in_place(deployment)
    customer = find_customer(store, keys=[] if source is None else [(source, key)], links=links)
    found = {kind: rows for kind, rows in count_customer(store, customer).items() if rows}
    keys = tuple(sorted(customer.keys))
    if not found:
        hint = "check the key and its source"
        if others:
            hint += f"; whoever keeps the tables that are read in place erases there: {', '.join(others)}"
        raise NotFound("no file of the event tables knows this customer", hint=hint)
    if dry_run:
        return Erasure(keys, found, {}, 0, others)
    name = hmac.new(deployment.secret, f"{source}/{key}".encode(), hashlib.sha256).hexdigest()[:16]

    def told(action: str, rows: dict[EventKind, int]) -> None:
        details = [(kind.value, str(count)) for kind, count in sorted(rows.items())]

        def work(session: Session) -> None:
            audit.append(session, at=at, actor=actor, action=action, subject=f"customer:{name}", details=details)

        committed(deployment, work)

    told("customer.erase", found)  # before, as whoever was erased cannot be counted after a break
    with tempfile.TemporaryDirectory(prefix="appraise-erasure-") as directory:
        erased = erase_rows(store, customer, scratch=Path(directory), at=at)
    left = sum(count_customer(store, customer).values())
    if left:
        raise Fatal(f"{left} rows of the customer are still there")
    told("customer.erased", dict(erased.rows))
    return Erasure(keys, found, dict(erased.rows), erased.deleted, others)
