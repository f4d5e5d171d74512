"""What every use case works on."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appraise.domain.audit import ListRead
from appraise.settings import Network
from appraise.storage.audit_memory import AuditMemory
from appraise.storage.database import Database
from appraise.use_cases.gathering import Gathering
from appraise.use_cases.hosts import HostSystem

if TYPE_CHECKING:  # records need no query engine: reading them must not wait for one to be imported
    from appraise.events.store import EventStore
    from appraise.use_cases.mail_server import MailServer
    from appraise.use_cases.once import Once
    from appraise.use_cases.section_change import Together


@dataclass(frozen=True, slots=True)
class Deployment:
    """One organisation's data. `secret` is the key of customers' link keys and of webhooks' secrets.

    Into `webhook_networks` messages may be sent though they are not public; they are kept for `webhook_retention`.
    `files` holds exports and uploads. Into `hosts` sections are written. Scoring computes at `engine`: `duckdb`, or an
    address of Apache Spark. The file `in_place` names event tables that are read where they are. `language` is that of
    whoever chose none. By `lists_read` and `audit_memory` lines of the audit log are written together. `together` are
    changes of sections that are written at once. `once` is the key under which a use case is carried out.
    """

    database: Database
    events: "EventStore"
    secret: bytes = field(repr=False)
    code_version: str
    webhook_networks: tuple[Network, ...] = ()
    webhook_retention: timedelta = timedelta(days=90)
    mail: "MailServer | None" = None
    files: Path = Path("appraise-data") / "files"
    hosts: tuple[HostSystem, ...] = ()
    engine: str = "duckdb"
    in_place: Path | None = None
    language: str = "en"
    together: "Together | None" = None
    once: "Once | None" = None
    lists_read: "Gathering[ListRead]" = field(default_factory=Gathering, compare=False, repr=False)
    audit_memory: AuditMemory = field(default_factory=AuditMemory, compare=False, repr=False)
