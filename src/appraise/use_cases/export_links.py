"""Links by which a browser or a program fetches an export without a token: for a short while, one export."""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from appraise.domain.access import Principal, Role
from appraise.domain.identifiers import EmployeeId, JobId, TokenId
from appraise.domain.jobs import Asker
from appraise.errors import Forbidden, Unauthenticated
from appraise.use_cases.asker import as_now, asker_of
from appraise.use_cases.deployment import Deployment

LIFE: Final = timedelta(minutes=10)
LONGEST: Final = 2_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Link:
    export: JobId
    asker: Asker
    made_at: datetime


def new_link(deployment: Deployment, principal: Principal, export: JobId, *, at: datetime) -> str:
    """Signed, so that nobody makes one; good for `LIFE`, and only while who asked may see what is in the export."""
    with deployment.database.reading() as session:
        asker = asker_of(session, principal)
    said = [export, asker.name, asker.employee, asker.token, sorted(asker.roles), int(at.timestamp())]
    body = urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")
    return f"{body}.{_signature(deployment, body)}"


def principal_of(deployment: Deployment, link: str, export: JobId, *, at: datetime) -> Principal:
    """Whoever had the link made, as they are now. Raises `Unauthenticated`."""
    known = _read(deployment, link)
    if known.export != export or not timedelta(0) <= at - known.made_at < LIFE:
        raise Unauthenticated("the link is not good or no longer", hint="read `downloadUrl` again")
    try:
        with deployment.database.reading() as session:
            return as_now(session, known.asker, since=known.made_at, at=at)
    except Forbidden as error:
        raise Unauthenticated(error.found) from error


def _read(deployment: Deployment, link: str) -> Link:
    refusal = Unauthenticated("the link is not good or no longer", hint="read `downloadUrl` again")
    body, _, signature = link.partition(".")
    if len(link) > LONGEST or not hmac.compare_digest(signature.encode(), _signature(deployment, body).encode()):
        raise refusal
    try:
        said = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        raise refusal from error
    export, name, employee, token, roles, made_at = said
    asker = Asker(
        name,
        None if employee is None else EmployeeId(employee),
        None if token is None else TokenId(token),
        frozenset(map(Role, roles)),
    )
    return Link(JobId(export), asker, datetime.fromtimestamp(made_at, UTC))


def _signature(deployment: Deployment, body: str) -> str:
    key = hmac.digest(deployment.secret, b"export links", "sha256")
    return urlsafe_b64encode(hmac.digest(key, body.encode(), "sha256")).decode().rstrip("=")
