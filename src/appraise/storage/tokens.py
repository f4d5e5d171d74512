"""Access tokens and granted roles."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, Final

import orjson
from sqlalchemy import Select, Text, bindparam, cast, insert, or_, select, update

from appraise.domain.access import Role, ServiceScope
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.storage import people
from appraise.storage.database import Session
from appraise.storage.delegations import live_delegation
from appraise.storage.direct import Direct
from appraise.storage.nearest import nearest_job
from appraise.storage.tables import ACCESS_TOKENS, EMPLOYEES, EMPLOYMENTS, EXTERNAL_REFERENCES, ROLE_GRANTS
from appraise.storage.tables.columns import Key

REMEMBERED: Final = 1_000
"""Tokens."""
OF_A_HOLDER: Final = ("id", "name", "employee_id", "secret_hash", "expires_at", "revoked_at", "last_used_at")


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; `secret_hash` is the SHA-256 of its secret in hexadecimal."""

    id: TokenId
    name: str
    employee: EmployeeId | None
    secret_hash: str
    roles: frozenset[Role]
    scopes: frozenset[ServiceScope]
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def add(session: Session, token: Token, *, at: datetime) -> None:
    session.execute(
        insert(ACCESS_TOKENS),
        {
            "id": token.id,
            "name": token.name,
            "employee_id": token.employee,
            "secret_hash": token.secret_hash,
            "roles": sorted(token.roles),
            "scopes": sorted(token.scopes),
            "created_at": at,
            "expires_at": token.expires_at,
            "revoked_at": None,
            "last_used_at": None,
        },
    )


def get(session: Session, token: TokenId) -> Token | None:
    row = session.execute(select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.id == token)).first()
    return None if row is None else _token(row)


@dataclass(frozen=True, slots=True)
class Holder:
    """A token with the name, the granted roles and the standing that its employee has now.

    `is_delegate` where they may stand in for somebody today.
    """

    token: Token
    name: str | None
    roles: frozenset[Role]
    status: EmploymentStatus
    is_delegate: bool


def holder(direct: Direct, token: TokenId, *, on: date) -> Holder | None:
    """All that a request's token tells, in one statement; None where it is not known."""
    rows = direct.rows(_holder(), {"token": token, "on": on})
    return _held(tuple(rows), on) if rows else None


@lru_cache(REMEMBERED)
def _held(rows: tuple[tuple[Any, ...], ...], on: date) -> Holder:
    """By what was just read: the same rows say the same, and most requests come from few tokens."""
    *columns, roles, scopes, status, ended_as, starts_on, ends_on, name, delegation, _ = rows[0]
    job = SimpleNamespace(status=status, ended_as=ended_as, starts_on=starts_on, ends_on=ends_on)
    known = {"roles": orjson.loads(roles), "scopes": orjson.loads(scopes)}
    token = _token(SimpleNamespace(**dict(zip(OF_A_HOLDER, columns, strict=True)), **known))
    granted = frozenset(Role(row[-1]) for row in rows if row[-1] is not None)
    return Holder(token, name, granted, people.status_in(job, on), delegation is not None)


@cache
def _holder() -> Select[Any]:
    token, job = ACCESS_TOKENS.c, EMPLOYMENTS.alias("job")
    tables = (
        ACCESS_TOKENS.outerjoin(EMPLOYEES)
        .outerjoin(job, job.c.id == nearest_job())
        .outerjoin(ROLE_GRANTS, ROLE_GRANTS.c.employee_id == token.employee_id)
    )
    documents = cast(token.roles, Text), cast(token.scopes, Text)
    standing = (job.c.status, job.c.ended_as, job.c.starts_on, job.c.ends_on)
    own = (token[name] for name in OF_A_HOLDER)
    delegation = live_delegation(token.employee_id)
    columns = (*own, *documents, *standing, EMPLOYEES.c.display_name, delegation, ROLE_GRANTS.c.role)
    statement = select(*columns).select_from(tables)
    return statement.where(token.id == bindparam("token", type_=Key()))


def unrevoked(session: Session) -> list[Token]:
    table = ACCESS_TOKENS.c
    rows = session.execute(select(ACCESS_TOKENS).where(table.revoked_at.is_(None)).order_by(table.created_at, table.id))
    return [_token(row) for row in rows]


def end(session: Session, token: TokenId, *, at: datetime) -> None:
    """The token is good until `at` only."""
    session.execute(update(ACCESS_TOKENS).where(ACCESS_TOKENS.c.id == token).values(expires_at=at))


def touch(session: Session, token: TokenId, *, at: datetime, unless_since: datetime) -> None:
    """Note the use, unless one was noted after `unless_since`."""
    used = ACCESS_TOKENS.c.last_used_at
    stale = or_(used.is_(None), used < unless_since)
    session.execute(update(ACCESS_TOKENS).where(ACCESS_TOKENS.c.id == token, stale).values(last_used_at=at))


def revoke(session: Session, token: TokenId, *, at: datetime) -> bool:
    """False where there is no such token or it was revoked before."""
    table = ACCESS_TOKENS.c
    statement = update(ACCESS_TOKENS).where(table.id == token, table.revoked_at.is_(None)).values(revoked_at=at)
    return session.execute(statement).rowcount == 1


def roles_of(session: Session, employee: EmployeeId) -> frozenset[Role]:
    rows = session.execute(select(ROLE_GRANTS.c.role).where(ROLE_GRANTS.c.employee_id == employee))
    return frozenset(Role(role) for role in rows.scalars())


def grant(session: Session, employee: EmployeeId, role: Role, *, at: datetime, by: str) -> None:
    session.execute(
        insert(ROLE_GRANTS), {"employee_id": employee, "role": role.value, "granted_at": at, "granted_by": by}
    )


def employees_named(session: Session, reference: ExternalReference) -> tuple[EmployeeId, ...]:
    """Whom a source calls so; e-mail addresses may give several."""
    normalised, table = reference.normalised(), EXTERNAL_REFERENCES.c
    statement = select(table.employee_id).where(
        table.namespace == normalised.namespace, table.normalised == normalised.value
    )
    return tuple(EmployeeId(employee) for employee in session.execute(statement.distinct()).scalars())


def name_of(session: Session, employee: EmployeeId) -> str | None:
    name: str | None = session.execute(
        select(EMPLOYEES.c.display_name).where(EMPLOYEES.c.id == employee)
    ).scalar_one_or_none()
    return name


def _token(row: Any) -> Token:
    return Token(
        id=TokenId(row.id),
        name=row.name,
        employee=None if row.employee_id is None else EmployeeId(row.employee_id),
        secret_hash=row.secret_hash,
        roles=frozenset(Role(role) for role in row.roles),
        scopes=frozenset(ServiceScope(scope) for scope in row.scopes),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
