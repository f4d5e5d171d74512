"""Who asked for something that is done or fetched later, and what they may do by then."""

from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Principal, may_sign_in
from appraise.domain.identifiers import EmployeeId
from appraise.domain.jobs import Asker
from appraise.errors import Forbidden
from appraise.storage import people, tokens
from appraise.storage.database import Session
from appraise.use_cases.stand_ins import standing_in

ISSUER_TRUSTED_FOR: Final = timedelta(hours=1)
"""So long after somebody asked with roles of an issuer, which cannot be asked again, these still count."""


def asker_of(session: Session, principal: Principal) -> Asker:
    if principal.token is not None or principal.employee is None:
        return Asker(principal.name, principal.employee, principal.token)
    granted = tokens.roles_of(session, principal.employee)
    return Asker(principal.name, principal.employee, None, principal.roles - granted)


def as_now(session: Session, asker: Asker, *, since: datetime, at: datetime) -> Principal:
    """Whoever asked at `since` with the roles and scopes that they have at `at`.

    Raises `Forbidden` where their token has ended or they have left.
    """
    granted = frozenset() if asker.employee is None else tokens.roles_of(session, asker.employee)
    if asker.token is not None:
        token = tokens.get(session, asker.token)
        if token is None or not token.is_live(at):
            raise Forbidden("the token of whoever asked has ended", hint="ask again with another")
        if token.employee is not None:
            _check_is_here(session, token.employee, at)
        who = Principal(asker.name, token.employee, token.roles | granted, token.scopes, token=token.id)
        return standing_in(session, who, at=at)
    if asker.employee is None:
        raise Forbidden("whoever asked has no token any more")
    _check_is_here(session, asker.employee, at)
    if asker.roles and at - since > ISSUER_TRUSTED_FOR:
        raise Forbidden("it was asked for too long ago by somebody whose roles an issuer gave", hint="ask again")
    return standing_in(session, Principal(asker.name, asker.employee, asker.roles | granted), at=at)


def _check_is_here(session: Session, employee: EmployeeId, at: datetime) -> None:
    if not may_sign_in(people.status_of(session, employee, on=at.date())):
        raise Forbidden("whoever asked has left")
