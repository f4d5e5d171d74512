"""Sessions of the console: begun by an access token or by an issuer, asked at each request, ended by signing out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Principal, Role, may_sign_in
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.errors import Unauthenticated, UnknownCredential
from appraise.storage import audit, idempotency, people, tokens, web_sessions
from appraise.storage.database import Session
from appraise.storage.documents import digest
from appraise.storage.web_sessions import WebSession
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.stand_ins import standing_in
from appraise.use_cases.token_text import new_secret, secret_hash
from appraise.use_cases.transactions import committed
from appraise.use_cases.verify_jwt import TrustedIssuers, verify_id_token, verify_logout_token

LIFE: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=1)
NOTED_EVERY: Final = timedelta(minutes=1)
ENDED: Final = "the session has ended"


@dataclass(frozen=True, slots=True)
class _Way:
    """How somebody came in."""

    token: TokenId | None = None
    issuer: str | None = None
    id_token: str | None = None
    roles: frozenset[Role] = frozenset()


def begin_by_token(deployment: Deployment, token: str, *, replaces: str | None, at: datetime) -> str:
    """The new session's id, for the browser alone. `replaces` is the id of the browser's session until now, which ends.

    Raises `Unauthenticated`, also for a service, which has no pages, and for who has left.
    """
    principal = authenticate(deployment, token, origin=None, at=at)
    if principal.employee is None or principal.token is None:
        raise Unauthenticated("a service's token opens the API, not these pages", hint="sign in as an employee")
    return _begun(deployment, principal.employee, _Way(token=principal.token), replaces, at)


def begin_by_issuer(  # noqa: PLR0913  # what an ID token is held to
    deployment: Deployment,
    issuers: TrustedIssuers,
    issuer: str,
    id_token: str,
    *,
    nonce: str,
    replaces: str | None,
    at: datetime,
) -> str:
    """As `begin_by_token`. Raises `Retriable` where the issuer's keys are not to be had."""
    identity = verify_id_token(deployment, issuers, issuer, id_token, nonce=nonce, at=at)
    way = _Way(issuer=issuer, id_token=id_token, roles=identity.roles)
    return _begun(deployment, identity.employee, way, replaces, at)


def authenticate_session(deployment: Deployment, session_id: str, *, at: datetime) -> Principal:
    """Who is behind a session, as they are now. Raises `Unauthenticated`."""
    with deployment.database.reading() as session:
        known = web_sessions.get(session, secret_hash(session_id))
        if known is None:
            raise UnknownCredential(ENDED, hint="sign in again")
        if known.expires_at <= at or known.used_at + IDLE <= at:
            raise Unauthenticated(ENDED, hint="sign in again")
        status = people.status_of(session, known.employee, on=at.date())
        roles = known.roles | tokens.roles_of(session, known.employee)
        name = tokens.name_of(session, known.employee)
        token = None if known.token is None else tokens.get(session, known.token)
        who = standing_in(session, Principal(name or known.employee, known.employee, roles), at=at)
    if known.token is not None and (token is None or not token.is_live(at)):
        raise Unauthenticated(ENDED, hint="the token that began it is good no longer")
    if not may_sign_in(status):
        raise Unauthenticated(ENDED, hint="sign in again")
    if known.used_at < at - NOTED_EVERY:
        committed(deployment, lambda session: web_sessions.touch(session, known.id_hash, at=at))
    return replace(who, roles=roles | (token.roles if token else frozenset()))


def end_session(deployment: Deployment, session_id: str, *, at: datetime) -> WebSession | None:
    """The session that there was, so that it can be ended at its issuer as well."""

    def work(session: Session) -> WebSession | None:
        return _ended(session, session_id, at)

    return committed(deployment, work)


def end_by_issuer(deployment: Deployment, issuers: TrustedIssuers, issuer: str, token: str, *, at: datetime) -> int:
    """How many sessions a logout token of the issuer ended; none where it comes again.

    Raises `Unauthenticated` where it is not good, `Conflict` where another with its id was, `Retriable` as
    `begin_by_issuer`.
    """
    told = verify_logout_token(issuers, issuer, token, at=at)
    owner, key, body = f"issuer:{issuer}", digest([told.id]), digest([token])

    def work(session: Session) -> int:
        if idempotency.answer(session, owner, key, body_hash=body) is not None:
            return 0
        found = web_sessions.of_issuer(session, issuer)
        meant = [one for one in found if one.id_token is not None and told.means(one.id_token)]
        for one in meant:
            web_sessions.end(session, one.id_hash)
        lines = [
            audit.Line(f"employee:{one.employee}", "session.end", f"employee:{one.employee}", (("by", issuer),))
            for one in meant
        ]
        audit.append_all(session, lines, at=at)
        idempotency.keep(session, owner, key, body_hash=body, answer={"ended": len(meant)}, at=at)
        return len(meant)

    return committed(deployment, work)


def _begun(deployment: Deployment, employee: EmployeeId, way: _Way, replaces: str | None, at: datetime) -> str:
    session_id = new_secret()

    def work(session: Session) -> None:
        if not may_sign_in(people.status_of(session, employee, on=at.date())):
            raise Unauthenticated("the employee has left or is suspended", hint="ask an HR administrator")
        if replaces is not None:
            _ended(session, replaces, at)
        web_sessions.forget(session, expired_before=at, unused_since=at - IDLE)
        new = WebSession(
            secret_hash(session_id), employee, way.token, way.issuer, way.id_token, way.roles, at, at + LIFE
        )
        web_sessions.add(session, new)
        name = tokens.name_of(session, employee) or employee
        details = [("name", name), ("by", way.issuer or f"token:{way.token}")]
        who = f"employee:{employee}"
        audit.append(session, at=at, actor=who, action="session.begin", subject=who, details=details)

    committed(deployment, work)
    return session_id


def _ended(session: Session, session_id: str, at: datetime) -> WebSession | None:
    known = web_sessions.get(session, secret_hash(session_id))
    if known is not None:
        web_sessions.end(session, known.id_hash)
        who = f"employee:{known.employee}"
        audit.append(session, at=at, actor=who, action="session.end", subject=who)
    return known
