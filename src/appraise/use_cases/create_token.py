"""Mint an access token."""

import hashlib
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Role, ServiceScope
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, tokens
from appraise.storage.database import Session
from appraise.storage.identifiers import BASE62, new_id
from appraise.storage.tokens import Token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed

PREFIX: Final = "apr_live_"
SECRET_BYTES: Final = 32
SECRET_LENGTH: Final = 43
CHECKSUM_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is kept, and the text that is shown once."""

    token: Token
    text: str


def new_token(
    name: str,
    employee: EmployeeId | None,
    roles: frozenset[Role],
    scopes: frozenset[ServiceScope],
    expires_at: datetime | None,
) -> NewToken:
    secret = base62(secrets.token_bytes(SECRET_BYTES), SECRET_LENGTH)
    token = Token(TokenId(new_id()), name, employee, secret_hash(secret), roles, scopes, expires_at)
    text = f"{PREFIX}{token.id}_{secret}"
    return NewToken(token, text + checksum(text))


def create_token(  # noqa: PLR0913  # what a token is
    deployment: Deployment,
    *,
    name: str,
    employee: EmployeeId | None,
    roles: frozenset[Role],
    scopes: frozenset[ServiceScope],
    expires_at: datetime | None,
    at: datetime,
) -> str:
    """The token's text, `apr_live_<id>_<secret><checksum>`; it cannot be had a second time.

    An employee's token carries the roles that are granted to them when it is used, and `roles` besides. Raises
    `InvalidInput` for a token that would open nothing or has scopes without being a service's.
    """
    if employee is None and not roles:
        raise InvalidInput("the token would open nothing", expected="an employee, or roles")
    if scopes and Role.SERVICE not in roles:
        raise InvalidInput("scopes bind services only", expected=f"the role {Role.SERVICE.value} beside them")
    if employee is not None and Role.SERVICE in roles:
        raise InvalidInput("a service is nobody's employee", expected="a token for one or the other")
    if expires_at is not None and expires_at <= at:
        raise InvalidInput(f"the token would have expired on {expires_at:%Y-%m-%d}", expected="a day to come")
    made = new_token(name, employee, roles, scopes, expires_at)

    def work(session: Session) -> None:
        if employee is not None and tokens.name_of(session, employee) is None:
            raise NotFound("there is no such employee")
        tokens.add(session, made.token, at=at)
        details = [("name", name), ("employee", employee or ""), ("roles", " ".join(sorted(roles)))]
        details += [("scopes", " ".join(sorted(scopes)))]
        audit.append(
            session, at=at, actor="operator", action="token.create", subject=f"token:{made.token.id}", details=details
        )

    committed(deployment, work)
    return made.text


def secret_hash(secret: str) -> str:
    """A fast hash is right: a secret of 256 bits is not to be guessed, unlike a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checksum(text: str) -> str:
    """Tells a mistyped or cut token from an unknown one without asking the database."""
    return base62(zlib.crc32(text.encode()).to_bytes(4, "big"), CHECKSUM_LENGTH)


def base62(value: bytes, length: int) -> str:
    number = int.from_bytes(value, "big")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(BASE62))
        digits.append(BASE62[digit])
    return "".join(reversed(digits))
