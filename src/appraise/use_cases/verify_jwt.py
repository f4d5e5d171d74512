"""Who is behind a JSON Web Token of an issuer that the organisation trusts (RFC 7519, RFC 8725, RFC 9068)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError

from appraise.domain.access import Principal, Role
from appraise.domain.employees import ExternalReference
from appraise.errors import Unauthenticated
from appraise.storage import tokens
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.issuer_keys import IssuerKeys
from appraise.use_cases.issuers import Issuer

LOG = structlog.get_logger("appraise.sign_in")
LEEWAY: Final = 30
"""Seconds by which the issuer's clock and ours may differ."""
LONGEST: Final = 16 * 1024
"""Characters of a token."""
PARTS: Final = 3
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

    def get(self, name: object) -> _Trusted | None:
        return self._trusted.get(name) if isinstance(name, str) else None


class _NotAccepted(Exception):  # noqa: N818  # never leaves this module
    """Why, for the log; the client is not told."""


def has_form_of_jwt(token: str) -> bool:
    """Three parts with dots between, as no access token of our own has."""
    return token.count(".") == PARTS - 1


def verify_jwt(deployment: Deployment, issuers: TrustedIssuers, token: str, *, at: datetime) -> Principal:
    """The employee whom the token names, with the roles it gives and those granted here.

    Raises `Unauthenticated`, which tells a token past its time from the others and no more; the reason is logged.
    Raises `Retriable` where the issuer's keys are not to be had.
    """
    try:
        trusted, claims = _verified(issuers, token, at)
    except ExpiredTokenError:  # told after the signature was found good
        raise Unauthenticated("the token has expired", hint="sign in again") from None
    except (_NotAccepted, *MALFORMED) as error:
        raise _refused(error) from None
    try:
        return _principal(deployment, trusted.issuer, claims)
    except _NotAccepted as error:
        raise _refused(error) from None


def _refused(why: Exception) -> Unauthenticated:
    LOG.info("a JWT was not accepted", reason=str(why)[:300])
    return Unauthenticated("the token is not accepted", hint="sign in again")


def _verified(issuers: TrustedIssuers, token: str, at: datetime) -> tuple[_Trusted, dict[str, Any]]:
    if len(token) > LONGEST:
        raise _NotAccepted(f"it is longer than {LONGEST:,} characters")
    said = jws.extract_compact(token.encode("ascii"))
    trusted = issuers.get(_claimed_issuer(said))
    if trusted is None:
        raise _NotAccepted("its issuer is not configured")
    issuer, header = trusted.issuer, said.headers()
    if header.get("alg") not in issuer.algorithms:  # before any key is looked for
        raise _NotAccepted(f"{issuer.issuer} may not sign by {header.get('alg')!r}")
    if issuer.type is not None and _media(header.get("typ")) != _media(issuer.type):
        raise _NotAccepted(f"its type is {header.get('typ')!r}, not {issuer.type!r}")
    kid = header.get("kid")
    key = trusted.keys.get(kid, at=at) if isinstance(kid, str) else None
    if key is None:
        raise _NotAccepted(f"{issuer.issuer} has no key {kid!r}")
    registry = jws.JWSRegistry(algorithms=issuer.algorithms, strict_check_header=False)
    claims = jwt.decode(token, key, registry=registry).claims
    jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        exp={"essential": True},
        sub={"essential": True},
    ).validate(claims)
    return trusted, claims


def _claimed_issuer(said: jws.CompactSignature) -> object:
    """Not verified yet: it only chooses whose keys and rules the token is held to."""
    payload = json.loads(said.payload or b"null")
    return payload.get("iss") if isinstance(payload, dict) else None


def _media(typ: object) -> str | None:
    """RFC 7515, 4.1.9: letters of either case, `application/` may be left out."""
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _principal(deployment: Deployment, issuer: Issuer, claims: dict[str, Any]) -> Principal:
    named = claims.get(issuer.employee_claim)
    if isinstance(named, int) and not isinstance(named, bool):  # some issuers write employee numbers as numbers
        named = str(named)
    if not isinstance(named, str) or not named.strip() or not named.isprintable():  # NUL and halves of surrogate pairs
        raise _NotAccepted(f"the claim {issuer.employee_claim!r} names nobody")
    with deployment.database.reading() as session:
        found = tokens.employees_named(session, ExternalReference(issuer.employee_namespace, named))
        if len(found) != 1:
            raise _NotAccepted(f"{len(found)} employees are called {named!r} in {issuer.employee_namespace!r}")
        (employee,) = found
        granted = tokens.roles_of(session, employee)
        name = tokens.name_of(session, employee)
    return Principal(name=name or named, employee=employee, roles=granted | _roles(issuer, claims))


def _roles(issuer: Issuer, claims: dict[str, Any]) -> frozenset[Role]:
    values = claims.get(issuer.roles_claim)
    listed = values if isinstance(values, list) else [values]
    return frozenset(issuer.roles[value] for value in listed if isinstance(value, str) and value in issuer.roles)
