"""What HR administrators do with access tokens through the API; none of it lets anybody act as somebody else."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Principal, Role, ServiceScope, may_administer
from appraise.domain.identifiers import TokenId
from appraise.errors import Forbidden, InvalidInput, NotFound
from appraise.storage import tokens
from appraise.storage.tokens import Token
from appraise.use_cases.create_token import TAKEN, create_token, is_taken
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.list_tokens import list_tokens
from appraise.use_cases.revoke_token import id_in, revoke_token
from appraise.use_cases.rotate_token import LONGEST_OVERLAP, rotate_token
from appraise.use_cases.section_view import Actor

LIFE: Final = timedelta(days=90)
OFFERED: Final = frozenset(ServiceScope) - {ServiceScope.MINT_EMBED}
"""Whoever holds a token that mints acts as any employee; so does whoever holds an employee's own."""
MINTERS: Final = "tokens that mint, and those of employees, are made at the machine, by `appraise token create`"


class BadField(InvalidInput):
    """Something of a form that cannot be; `field` names it as the API does."""

    def __init__(self, field: str, found: str, *, expected: str | None = None, hint: str | None = None) -> None:
        super().__init__(found, expected=expected, hint=hint)
        self.field = field


def tokens_in_use(deployment: Deployment, principal: Principal) -> list[Token]:
    """All that were not revoked. Raises `Forbidden`."""
    _check(principal)
    return list_tokens(deployment)


def create_service_token(  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    name: str,
    scopes: Iterable[ServiceScope],
    *,
    expires_at: datetime | None,
    at: datetime,
) -> tuple[Token, str]:
    """The token and its text. Raises `Forbidden`, and `BadField` for what the API does not make."""
    _check(principal)
    wanted = frozenset(scopes)
    if not name.strip():
        raise BadField("name", "the token has no name", expected="whose it is, such as: orders from the shop")
    if is_taken(name):
        raise BadField("name", TAKEN, expected="whose it is, such as: orders from the shop")
    if not wanted:
        raise BadField("scopes", "the token would open nothing", expected="a scope")
    if not wanted <= OFFERED:
        raise BadField("scopes", f"the scope {ServiceScope.MINT_EMBED} is not given through the API", hint=MINTERS)
    if expires_at is not None and expires_at <= at:
        raise BadField("expiresAt", f"the token would have expired on {expires_at:%Y-%m-%d}", expected="a day to come")
    text = create_token(
        deployment,
        name=name.strip(),
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=wanted,
        expires_at=expires_at or at + LIFE,
        at=at,
        by=Actor.of(principal).id,
    )
    return _of(deployment, text), text


def rotate_service_token(
    deployment: Deployment, principal: Principal, key: str, *, overlap: timedelta, at: datetime
) -> tuple[Token, str]:
    """The new token and its text. Raises as `create_service_token`, and `NotFound`."""
    _check(principal)
    old = _of(deployment, key)
    if old.employee is not None or not old.scopes <= OFFERED:
        raise BadField("key", "this token is not rotated through the API", hint=MINTERS)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        longest = f"0 to {LONGEST_OVERLAP.days * 24:,}"
        raise BadField("overlapHours", f"the overlap is {overlap.total_seconds() / 3600:,.0f} hours", expected=longest)
    text = rotate_token(deployment, old.id, expires_at=at + LIFE, overlap=overlap, at=at, by=Actor.of(principal).id)
    return _of(deployment, text), text


def revoke_any_token(deployment: Deployment, principal: Principal, key: str, *, at: datetime) -> Token:
    """Also an employee's, and one that mints. Raises `Forbidden`, `NotFound`."""
    _check(principal)
    old = _of(deployment, key)
    revoke_token(deployment, old.id, at=at, by=Actor.of(principal).id)
    return old


def known_token(deployment: Deployment, principal: Principal, key: TokenId) -> Token:
    """One that was handed out, revoked or not. Raises `Forbidden`, `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        found = tokens.get(session, key)
    if found is None:
        raise NotFound("there is no such token")
    return found


def _of(deployment: Deployment, token: str) -> Token:
    with deployment.database.reading() as session:
        found = tokens.get(session, id_in(token))
    if found is None or found.revoked_at is not None:
        raise NotFound("there is no such token, or it was revoked before")
    return found


def _check(principal: Principal) -> None:
    if not may_administer(principal):
        raise Forbidden("access tokens are for HR administrators")
