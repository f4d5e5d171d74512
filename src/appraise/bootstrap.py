"""Wiring: from settings to a deployment. The only module below the surfaces that reads the clock or the environment."""

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from appraise import __version__
from appraise.errors import InvalidInput
from appraise.events.store import EventStore
from appraise.settings import Settings
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.hosts import read_hosts

if TYPE_CHECKING:
    from appraise.use_cases.mail_server import MailServer


def utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one place that reads the clock


def open_deployment(settings: Settings) -> Deployment:
    """The deployment that the settings name. Raises `InvalidInput` where `appraise init` has not been run yet."""
    _find_indicators()
    return open_without_indicators(settings)


def open_without_indicators(settings: Settings) -> Deployment:
    """The same for what neither scores nor tells of indicators: it need not wait until those are imported."""
    if settings.database_url is None and not (settings.data / "appraise.sqlite").exists():
        raise InvalidInput(
            f"there is no Appraise data in {settings.data.resolve()}",
            hint="run `appraise init` there, or point APPRAISE_DATA at the right directory",
        )
    return _deployment(settings)


def initialise(settings: Settings) -> Deployment:
    """Create what is missing: data directory, secret, database at the newest migration, event tables. Repeatable."""
    settings.data.mkdir(parents=True, exist_ok=True)
    from appraise.storage.migrate import upgrade  # noqa: PLC0415  # the one use of Alembic

    _find_indicators()
    deployment = _deployment(settings)
    upgrade(deployment.database)
    deployment.events.initialise()
    return deployment


def log_to_stderr() -> None:
    """A line for each event: for people on a terminal, else as JSON. Errors with their traceback, without variables.

    Variables would be secrets and people's data, and take seconds to write.
    """
    shape: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if sys.stderr.isatty():
        shape = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), *shape],
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),  # what it is when something is written
    )


def _find_indicators() -> None:
    from appraise.scoring.installed import installed  # noqa: PLC0415  # takes longer than all else of a short command

    installed()


def _deployment(settings: Settings) -> Deployment:
    log_to_stderr()
    return Deployment(
        database=Database(settings.resolved_database_url),
        events=_events(settings),
        secret=_secret(settings),
        code_version=__version__,
        webhook_networks=settings.allowed_networks,
        webhook_retention=timedelta(days=settings.webhook_retention),
        mail=_mail_server(settings),
        files=settings.resolved_files,
        hosts=read_hosts(settings.hosts),
        engine=settings.engine,
        in_place=settings.events_in_place,
        language=settings.language,
    )


def _events(settings: Settings) -> EventStore:
    url = settings.resolved_events_url
    if "://" in url:
        copies = settings.data / "events-copies"
        copies.mkdir(parents=True, exist_ok=True)
        return EventStore(copies, bucket=url)
    return EventStore(url)


def _mail_server(settings: Settings) -> "MailServer | None":
    if settings.mail_server is None:
        return None
    from appraise.use_cases.mail_server import MailServer  # noqa: PLC0415  # of those alone who send mail

    url = settings.mail_server.get_secret_value()
    return MailServer.parse(url, sender=settings.mail_from, console=settings.public_url)


def _secret(settings: Settings) -> bytes:
    """The deployment's key: link keys of customers stay joinable only while it stays the same."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path = settings.data / "secret"
    if not path.exists():
        _write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip().encode()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
