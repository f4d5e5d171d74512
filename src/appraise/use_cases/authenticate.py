"""Who is behind an access token."""

import hmac
import re
from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Principal
from appraise.domain.identifiers import TokenId
from appraise.errors import Unauthenticated
from appraise.storage import tokens
from appraise.storage.database import Session
from appraise.use_cases.create_token import CHECKSUM_LENGTH, PREFIX, SECRET_LENGTH, checksum, secret_hash
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed

FORM: Final = re.compile(
    rf"(?P<signed>{PREFIX}(?P<id>[0-9A-Za-z]{{1,40}})_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}}))"
    rf"(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)
NOTED_EVERY: Final = timedelta(minutes=1)


def authenticate(deployment: Deployment, token: str, *, at: datetime) -> Principal:
    """Raises `Unauthenticated`; its first line may be shown in `WWW-Authenticate` and tells nothing of other tokens."""
    parts = FORM.fullmatch(token)
    if parts is None or checksum(parts["signed"]) != parts["checksum"]:
        raise Unauthenticated("the token is malformed", hint="copy it whole, or have a new one made")
    with deployment.database.reading() as session:
        known = tokens.get(session, TokenId(parts["id"]))
        if known is None or not hmac.compare_digest(known.secret_hash, secret_hash(parts["secret"])):
            raise Unauthenticated("the token is not known", hint="have a new one made")
        granted = frozenset() if known.employee is None else tokens.roles_of(session, known.employee)
        name = None if known.employee is None else tokens.name_of(session, known.employee)
    if known.revoked_at is not None:
        raise Unauthenticated("the token was revoked", hint="have a new one made")
    if known.expires_at is not None and known.expires_at <= at:
        raise Unauthenticated("the token has expired", hint="have a new one made")
    if known.last_used_at is None or known.last_used_at < at - NOTED_EVERY:
        _note_use(deployment, known.id, at)
    return Principal(name=name or known.name, employee=known.employee, roles=known.roles | granted, scopes=known.scopes)


def _note_use(deployment: Deployment, token: TokenId, at: datetime) -> None:
    def work(session: Session) -> None:
        tokens.touch(session, token, at=at, unless_since=at - NOTED_EVERY)

    committed(deployment, work)
