"""Replace an access token by a new one; both are good for a while, so that whoever uses it can change over."""

from datetime import datetime, timedelta
from typing import Final

from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, tokens
from appraise.storage.database import Session
from appraise.use_cases.create_token import NewToken, new_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.revoke_token import id_in
from appraise.use_cases.transactions import committed

LONGEST_OVERLAP: Final = timedelta(days=365)


def rotate_token(  # what a rotation is
    deployment: Deployment, token: str, *, expires_at: datetime, overlap: timedelta, at: datetime, by: str
) -> str:
    """The new token's text, with the old one's name, employee, roles and scopes. `token` as in `revoke_token`.

    The old one ends after `overlap`, or when it would have ended anyway. Raises `NotFound` where it is unknown or has
    ended already: whoever holds a dead token must not come by a living one.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(f"the overlap is {overlap.days:,} days", expected=f"0 to {LONGEST_OVERLAP.days}")
    if expires_at <= at:
        raise InvalidInput(f"the token would have expired on {expires_at:%Y-%m-%d}", expected="a day to come")

    def work(session: Session) -> NewToken:
        old = tokens.get(session, id_in(token))
        if old is None or not old.is_live(at):
            raise NotFound("there is no such token, or it has ended", hint="make another with `appraise token create`")
        made = new_token(old.name, old.employee, old.roles, old.scopes, expires_at)
        tokens.add(session, made.token, at=at)
        tokens.end(session, old.id, at=min(at + overlap, old.expires_at or at + overlap))
        details = [("replaced_by", made.token.id), ("overlap", str(overlap))]
        audit.append(session, at=at, actor=by, action="token.rotate", subject=f"token:{old.id}", details=details)
        return made

    return committed(deployment, work).text
