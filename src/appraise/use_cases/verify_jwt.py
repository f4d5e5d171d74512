"""Who is behind a JSON Web Token of an issuer that the organisation trusts (RFC 7519, RFC 8725, RFC 9068).

Access tokens open the API; ID tokens (OpenID Connect Core 1.0, 3.1.3.7) begin a session of the console, and logout
tokens (OpenID Connect Back-Channel Logout 1.0) end it.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Final

import structlog
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError

from appraise.domain.access import Principal, Role, may_sign_in
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.errors import Retriable, Unauthenticated, UnknownCredential
from appraise.storage import people, tokens
from appraise.storage.database import Session
from appraise.use_cases.authenticate import GONE
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.issuer_keys import IssuerKeys
from appraise.use_cases.issuers import Issuer
from appraise.use_cases.stand_ins import standing_in

LOG = structlog.get_logger("appraise.sign_in")
LEEWAY: Final = 30
"""Seconds by which the issuer's clock and ours may differ."""
LONGEST: Final = 16 * 1024
"""Characters of a token."""
PARTS: Final = 3
LOOKED_AT_EVERY: Final = 15.0
"""Seconds between two looks at the age of keys."""
LOGOUT_TYPES: Final = frozenset({None, "jwt", "logout+jwt"})
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
MALFORMED: Final = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What a token of odd JSON makes of the library, besides its own errors: `crit` may be null, a header a list."""


@dataclass(frozen=True, slots=True)
class _Trusted:
    issuer: Issuer
    keys: IssuerKeys


class TrustedIssuers:
    """The issuers with their keys, for the life of a server."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._trusted = {issuer.issuer: _Trusted(issuer, IssuerKeys(issuer.jwks_url)) for issuer in issuers}

    def __bool__(self) -> bool:
        return bool(self._trusted)

    def get(self, name: object) -> _Trusted:
        """Raises `_NotAccepted`."""
        known = self._trusted.get(name) if isinstance(name, str) else None
        if known is None:
            raise _NotAccepted("its issuer is not configured")
        return known

    def are_at_hand(self, token: str, *, at: datetime) -> bool:
        """Whether what a token says can be held to its issuer's keys without waiting for the issuer."""
        try:
            said = _read(token)
            kid = said.header.get("kid")
            return not isinstance(kid, str) or self.get(said.claims.get("iss")).keys.is_at_hand(kid, at=at)
        except (_NotAccepted, *MALFORMED):
            return True

    def fetch(self, token: str, *, at: datetime) -> None:
        """Waits for the keys of the token's issuer."""
        with suppress(_NotAccepted, Retriable, *MALFORMED):
            said = _read(token)
            self.get(said.claims.get("iss")).keys.get(str(said.header.get("kid")), at=at)

    def keep(self, stop: Event, clock: Callable[[], datetime]) -> None:
        """Renews all keys before they are due, until told to stop."""
        while True:
            for known in self._trusted.values():
                known.keys.renew(at=clock())
            if stop.wait(LOOKED_AT_EVERY):
                return

    def of_the_console(self) -> tuple[Issuer, ...]:
        """Those by which people sign in to the console."""
        return tuple(known.issuer for known in self._trusted.values() if known.issuer.console is not None)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an ID token names, with the roles it gives."""

    employee: EmployeeId
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Logout:
    """Whose sessions an issuer ends: the one `sid`, or all of `sub`. `id` is the token's, used once."""

    id: str
    sub: str | None
    sid: str | None

    def means(self, id_token: str) -> bool:
        """Whether a session was begun by this ID token, which was verified then.

        One without a `sid` is meant by its `sub`: rather one session too many is ended than one too few.
        """
        claims = _read(id_token).claims
        if self.sid is not None and (self.sub is None or "sid" in claims) and claims.get("sid") != self.sid:
            return False
        return self.sub is None or claims.get("sub") == self.sub


class _NotAccepted(Exception):  # noqa: N818  # never leaves this module
    """Why, for the log; the client is not told."""


def has_form_of_jwt(token: str) -> bool:
    """Three parts with dots between, as no access token of our own has."""
    return token.count(".") == PARTS - 1


def verify_jwt(deployment: Deployment, issuers: TrustedIssuers, token: str, *, at: datetime) -> Principal:
    """The employee whom the token names, with the roles it gives and those granted here.

    Raises `Unauthenticated`, which tells of a good token that it is past its time or that its employee has left, and of
    others no more; the reason is logged.
    Raises `Retriable` where the issuer's keys are not to be had.
    """
    try:
        said = _read(token)
        trusted = issuers.get(said.claims.get("iss"))
        claims = _verified(trusted, said, at, audience=trusted.issuer.audience, type_=trusted.issuer.type, rules=SUB)
        return _principal(deployment, trusted.issuer, claims, at)
    except ExpiredTokenError:  # told after the signature was found good
        raise Unauthenticated("the token has expired", hint="sign in again") from None
    except (_NotAccepted, *MALFORMED) as error:
        raise _refused(error) from None


def verify_id_token(
    deployment: Deployment, issuers: TrustedIssuers, issuer: str, token: str, *, nonce: str, at: datetime
) -> Identity:
    """Whom the ID token names that `issuer` gave us for the sign-in with this nonce. Raises as `verify_jwt`."""
    try:
        trusted = issuers.get(issuer)
        client = _client(trusted.issuer)
        rules = SUB | {"nonce": {"essential": True, "value": nonce}, "iat": {"essential": True}}
        claims = _verified(trusted, _read(token), at, audience=client, type_=None, rules=rules)
        _check_party(claims, client)
        with deployment.database.reading() as session:
            employee = _employee(session, trusted.issuer, claims)
        return Identity(employee, _roles(trusted.issuer, claims))
    except (_NotAccepted, *MALFORMED) as error:
        raise _refused(error) from None


def verify_logout_token(issuers: TrustedIssuers, issuer: str, token: str, *, at: datetime) -> Logout:
    """What `issuer` tells of a session that it ended (OpenID Connect Back-Channel Logout 1.0, 2.6).

    Raises as `verify_jwt`.
    """
    try:
        trusted, said = issuers.get(issuer), _read(token)
        rules = {"iat": {"essential": True}, "jti": {"essential": True}}
        claims = _verified(trusted, said, at, audience=_client(trusted.issuer), type_=None, rules=rules)
        return _logout(said.header, claims)
    except (_NotAccepted, *MALFORMED) as error:
        raise _refused(error) from None


def _logout(header: dict[str, Any], claims: dict[str, Any]) -> Logout:
    events = claims.get("events")
    told = {name: claims.get(name) for name in ("jti", "sub", "sid")}
    wrong = None
    if _media(header.get("typ")) not in LOGOUT_TYPES:
        wrong = f"its type is {header.get('typ')!r}"
    elif not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        wrong = "it tells of no logout"
    elif "nonce" in claims:
        wrong = "it has a nonce, as an ID token has"
    elif any(value is not None and (not isinstance(value, str) or not value) for value in told.values()):
        wrong = "jti, sub or sid is no text"
    elif told["sub"] is None and told["sid"] is None:
        wrong = "it names neither a subject nor a session"
    if wrong is not None:
        raise _NotAccepted(wrong)
    return Logout(str(told["jti"]), told["sub"], told["sid"])


def _client(issuer: Issuer) -> str:
    if issuer.console is None:
        raise _NotAccepted(f"{issuer.issuer} signs nobody in here")
    return issuer.console.client_id


def _check_party(claims: dict[str, Any], client: str) -> None:
    """OpenID Connect Core 1.0, 3.1.3.7, 3 to 5: with several audiences the token says for which it was made."""
    party = claims.get("azp")
    if party != client and (party is not None or claims["aud"] not in (client, [client])):
        raise _NotAccepted(f"it was made for {party!r}")


def _refused(why: Exception) -> Unauthenticated:
    LOG.info("a JWT was not accepted", reason=str(why)[:300])
    return UnknownCredential("the token is not accepted", hint="sign in again")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a token says of itself; not verified yet. It only chooses whose keys and rules the token is held to."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


def _read(token: str) -> _Said:
    if len(token) > LONGEST:
        raise _NotAccepted(f"it is longer than {LONGEST:,} characters")
    said = jws.extract_compact(token.encode("ascii"))
    payload = json.loads(said.payload or b"null")
    return _Said(token, said.headers(), payload if isinstance(payload, dict) else {})


SUB: Final[dict[str, Any]] = {"sub": {"essential": True}}


def _verified(  # what a token is held to
    trusted: _Trusted, said: _Said, at: datetime, *, audience: str, type_: str | None, rules: dict[str, Any]
) -> dict[str, Any]:
    """`rules` are of claims beside issuer, audience and time."""
    issuer, header = trusted.issuer, said.header
    if header.get("alg") not in issuer.algorithms:  # before any key is looked for
        raise _NotAccepted(f"{issuer.issuer} may not sign by {header.get('alg')!r}")
    if type_ is not None and _media(header.get("typ")) != _media(type_):
        raise _NotAccepted(f"its type is {header.get('typ')!r}, not {type_!r}")
    kid = header.get("kid")
    key = trusted.keys.get(kid, at=at) if isinstance(kid, str) else None
    if key is None:
        raise _NotAccepted(f"{issuer.issuer} has no key {kid!r}")
    registry = jws.JWSRegistry(algorithms=issuer.algorithms, strict_check_header=False)
    claims = jwt.decode(said.text, key, registry=registry).claims
    every: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer.issuer},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
    }
    jwt.JWTClaimsRegistry(now=int(at.timestamp()), leeway=LEEWAY, **every, **rules).validate(claims)
    return claims


def _media(typ: object) -> str | None:
    """RFC 7515, 4.1.9: letters of either case, `application/` may be left out."""
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _principal(deployment: Deployment, issuer: Issuer, claims: dict[str, Any], at: datetime) -> Principal:
    with deployment.database.reading() as session:
        employee = _employee(session, issuer, claims)
        granted = tokens.roles_of(session, employee)
        name = tokens.name_of(session, employee)
        status = people.status_of(session, employee, on=at.date())
        who = Principal(name or employee, employee, granted | _roles(issuer, claims))
        principal = standing_in(session, who, at=at)
    if not may_sign_in(status):
        raise Unauthenticated(GONE, hint="ask an HR administrator")
    return principal


def _employee(session: Session, issuer: Issuer, claims: dict[str, Any]) -> EmployeeId:
    """By the issuer's mapping, and by nothing else."""
    named = claims.get(issuer.employee_claim)
    if isinstance(named, int) and not isinstance(named, bool):  # some issuers write employee numbers as numbers
        named = str(named)
    if not isinstance(named, str) or not named.strip() or not named.isprintable():  # NUL and halves of surrogate pairs
        raise _NotAccepted(f"the claim {issuer.employee_claim!r} names nobody")
    if issuer.employee_claim == "email" and claims.get("email_verified", True) is not True:
        raise _NotAccepted("the issuer has not verified the e-mail address")
    found = tokens.employees_named(session, ExternalReference(issuer.employee_namespace, named))
    if len(found) != 1:
        raise _NotAccepted(f"{len(found)} employees are called {named!r} in {issuer.employee_namespace!r}")
    return found[0]


def _roles(issuer: Issuer, claims: dict[str, Any]) -> frozenset[Role]:
    values = claims.get(issuer.roles_claim)
    listed = values if isinstance(values, list) else [values]
    return frozenset(issuer.roles[value] for value in listed if isinstance(value, str) and value in issuer.roles)
