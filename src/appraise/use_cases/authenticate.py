"""Who is behind one of our own tokens."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Embedded, Principal, may_sign_in
from appraise.domain.identifiers import TokenId
from appraise.errors import Unauthenticated, UnknownCredential
from appraise.storage import embed_tokens, people, tokens
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.stand_ins import standing_in
from appraise.use_cases.token_text import EMBED, TokenText, read_token
from appraise.use_cases.transactions import committed

NOTED_EVERY: Final = timedelta(minutes=1)
UNKNOWN: Final = "the token is not known"
GONE: Final = "the token's employee has left or is suspended"
AGAIN: Final = "have a new one made"


def authenticate(deployment: Deployment, token: str, *, origin: str | None, at: datetime) -> Principal:
    """`origin` is that of the page which sent the request, None where it is not said.

    Raises `Unauthenticated`; its first line may be shown in `WWW-Authenticate` and tells nothing of other tokens.
    """
    said = read_token(token)
    if said.prefix == EMBED:
        return _embedded(deployment, said, origin, at)
    with deployment.database.direct(one_state=False) as direct:
        holder = tokens.holder(direct, said.id, on=at.date())
    if holder is None or not said.is_of(holder.token.secret_hash):
        raise UnknownCredential(UNKNOWN, hint=AGAIN)
    known = holder.token
    if known.revoked_at is not None:
        raise Unauthenticated("the token was revoked", hint=AGAIN)
    if known.expires_at is not None and known.expires_at <= at:
        raise Unauthenticated("the token has expired", hint=AGAIN)
    if known.employee is not None and not may_sign_in(holder.status):
        raise Unauthenticated(GONE, hint="ask an HR administrator")
    if known.last_used_at is None or known.last_used_at < at - NOTED_EVERY:
        _note_use(deployment, known.id, at)
    principal = Principal(
        holder.name or known.name, known.employee, known.roles | holder.roles, known.scopes, token=known.id
    )
    if not holder.is_delegate:
        return principal
    with deployment.database.reading() as session:
        return standing_in(session, principal, at=at)


def _embedded(deployment: Deployment, said: TokenText, origin: str | None, at: datetime) -> Principal:
    """The viewer as they are now, narrowed to the section."""
    with deployment.database.reading() as session:
        known = embed_tokens.get(session, said.id)
        if known is None or not said.is_of(known.secret_hash):
            raise UnknownCredential(UNKNOWN, hint=AGAIN)
        roles = tokens.roles_of(session, known.viewer)
        name = tokens.name_of(session, known.viewer)
        status = people.status_of(session, known.viewer, on=at.date())
        minter = tokens.get(session, known.minted_by)
        viewer = standing_in(session, Principal(name or known.viewer, known.viewer, roles), at=at)
    if known.expires_at <= at:
        raise Unauthenticated("the token has expired", hint=AGAIN)
    if minter is None or not minter.is_live(at):
        raise Unauthenticated("the token of the service that minted this one has ended", hint=AGAIN)
    if origin != known.origin:
        raise Unauthenticated("the token is not good on this origin", expected="a request from the page it is for")
    if not may_sign_in(status):
        raise Unauthenticated("the viewer has left")
    return replace(viewer, embedded=Embedded(known.section, known.subject, minter.name))


def _note_use(deployment: Deployment, token: TokenId, at: datetime) -> None:
    def work(session: Session) -> None:
        tokens.touch(session, token, at=at, unless_since=at - NOTED_EVERY)

    committed(deployment, work)
