"""Make an access token worthless, from the next request on."""

from datetime import datetime

from appraise.domain.identifiers import TokenId
from appraise.errors import NotFound
from appraise.storage import audit, tokens
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed


def revoke_token(deployment: Deployment, token: str, *, at: datetime, by: str) -> TokenId:
    """`token` is the token's id, or its text, of which the id is a part. Gives the id. Raises `NotFound`."""
    token_id = id_in(token)

    def work(session: Session) -> TokenId:
        if not tokens.revoke(session, token_id, at=at):
            raise NotFound("there is no such token, or it was revoked before")
        audit.append(session, at=at, actor=by, action="token.revoke", subject=f"token:{token_id}")
        return token_id

    return committed(deployment, work)


def id_in(token: str) -> TokenId:
    """The id, from itself or from the token's text."""
    parts = token.split("_")
    return TokenId(parts[2] if token.startswith("apr_live_") and len(parts) > 2 else token)  # noqa: PLR2004
