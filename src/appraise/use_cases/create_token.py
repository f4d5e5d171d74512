"""Mint an access token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal, Role, ServiceScope, people_scope, section_scope
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, tokens
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.storage.tokens import Token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import OPERATOR
from appraise.use_cases.token_text import LIVE, TokenText, new_secret, secret_hash
from appraise.use_cases.transactions import committed

OTHERS_NAMES: Final = frozenset({"operator", "clock", "write-back", "command line", "demo"})
"""By which the audit log names what no service did."""
TAKEN: Final = "the audit log would take a service of this name for somebody else"


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is kept, and the text that is shown once."""

    token: Token
    text: str


def is_taken(name: str) -> bool:
    """Whether the audit log would tell what the service does as somebody else's deed."""
    plain = name.strip().casefold()
    return plain in OTHERS_NAMES or plain.startswith("employee:")


def new_token(
    name: str,
    employee: EmployeeId | None,
    roles: frozenset[Role],
    scopes: frozenset[ServiceScope],
    expires_at: datetime | None,
) -> NewToken:
    secret = new_secret()
    token = Token(TokenId(new_id()), name, employee, secret_hash(secret), roles, scopes, expires_at)
    return NewToken(token, str(TokenText(LIVE, token.id, secret)))


def create_token(  # noqa: PLR0913  # what a token is
    deployment: Deployment,
    *,
    name: str,
    employee: EmployeeId | None,
    roles: frozenset[Role],
    scopes: frozenset[ServiceScope],
    expires_at: datetime | None,
    at: datetime,
    by: str = OPERATOR.id,
) -> str:
    """The token's text, `apr_live_<id>_<secret><checksum>`; it cannot be had a second time.

    An employee's token carries the roles that are granted to them when it is used, and `roles` besides. Raises
    `InvalidInput` for a token that would open nothing, has scopes without being a service's, or could mint and not see.
    """
    if employee is None and not roles:
        raise InvalidInput("the token would open nothing", expected="an employee, or roles")
    if scopes and Role.SERVICE not in roles:
        raise InvalidInput("scopes bind services only", expected=f"the role {Role.SERVICE.value} beside them")
    service = Principal(name, None, roles, scopes)
    if ServiceScope.MINT_EMBED in scopes and (people_scope(service).is_empty or section_scope(service).is_empty):
        raise InvalidInput(
            f"the scope {ServiceScope.MINT_EMBED} alone would mint nothing: a service mints for what it may read",
            expected=f"{ServiceScope.READ_PEOPLE}, and {ServiceScope.READ_SECTIONS} or "
            f"{ServiceScope.READ_OPEN_SECTIONS} or both, beside it",
        )
    if employee is not None and Role.SERVICE in roles:
        raise InvalidInput("a service is nobody's employee", expected="a token for one or the other")
    if expires_at is not None and expires_at <= at:
        raise InvalidInput(f"the token would have expired on {expires_at:%Y-%m-%d}", expected="a day to come")
    if employee is None and is_taken(name):
        raise InvalidInput(TAKEN, expected="a name of its own, such as: orders from the shop")
    made = new_token(name, employee, roles, scopes, expires_at)

    def work(session: Session) -> NewToken:
        if employee is not None and tokens.name_of(session, employee) is None:
            raise NotFound("there is no such employee")
        tokens.add(session, made.token, at=at)
        details = [("token", name), ("employee", employee or ""), ("roles", " ".join(sorted(roles)))]
        details += [("scopes", " ".join(sorted(scopes)))]
        audit.append(session, at=at, actor=by, action="token.create", subject=f"token:{made.token.id}", details=details)
        return made

    return committed(deployment, work).text
