"""A host lets one of its users see one section in one of its own pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appraise.domain.access import Principal, may_mint_embed_tokens, may_sign_in
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId, SectionId, TokenId
from appraise.domain.origins import origin
from appraise.domain.reading import PersonRow
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden
from appraise.storage import audit, embed_tokens, people, sections, tokens
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.embed_tokens import EmbedToken
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.stand_ins import standing_in
from appraise.use_cases.token_text import EMBED, TokenText, new_secret, secret_hash
from appraise.use_cases.transactions import committed

LONGEST_LIFE: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=1)
"""For so long an expired token is told so; then it is forgotten."""


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """`origin` is that of the host's page, as a browser writes it."""

    viewer: EmployeeId | ExternalReference
    section: SectionId
    origin: str
    life: timedelta


@dataclass(frozen=True, slots=True)
class MintedEmbedToken:
    """`text` cannot be had a second time."""

    key: TokenId
    text: str
    expires_at: datetime


def mint_embed_token(
    deployment: Deployment, principal: Principal, request: EmbedRequest, *, at: datetime
) -> MintedEmbedToken | Refusal:
    """A token for what viewer and service may both see. Raises `Forbidden` for whoever may not mint at all.

    Whom or what the service may not see is refused as if it did not exist.
    """
    if not may_mint_embed_tokens(principal) or principal.token is None:
        raise Forbidden("to mint tokens for viewers is for services", expected="a token with the scope embed:mint")
    page = origin(request.origin)
    if page is None:
        return Refusal(
            "BAD_ORIGIN", f"{request.origin[:200]!r} is no origin; expected one like https://hr.example.org", "origin"
        )
    if not timedelta(seconds=1) <= request.life <= LONGEST_LIFE:
        most = int(LONGEST_LIFE.total_seconds())
        return Refusal("BAD_LIFETIME", f"a token lives 1 to {most} seconds", "lifetimeSeconds")
    minter = principal.token
    return committed(deployment, lambda session: _minted(session, principal, minter, request, page, at))


def _minted(
    session: Session, principal: Principal, minter: TokenId, request: EmbedRequest, page: str, at: datetime
) -> MintedEmbedToken | Refusal:
    service = Viewer(principal, at.date())
    found = _viewers(session, service, request.viewer)
    if len(found) != 1:
        return _nobody(len(found))
    viewer = found[0].employee
    section = sections.get(session, service, request.section)
    if section is None:
        return Refusal("UNKNOWN_SECTION", "there is no such section, or it is not yours to see", "sectionId")
    if not may_sign_in(found[0].status):
        return Refusal("VIEWER_HAS_LEFT", "the viewer has left", "viewer")
    theirs = standing_in(session, Principal(viewer.display_name, viewer.id, tokens.roles_of(session, viewer.id)), at=at)
    if sections.get(session, Viewer(theirs, at.date()), request.section) is None:
        return Refusal("NOT_THE_VIEWERS", "the viewer may not see this section", "viewer")
    secret, expires_at = new_secret(), at + request.life
    token = EmbedToken(
        TokenId(new_id()), secret_hash(secret), minter, viewer.id, section.id, section.employee, page, expires_at
    )
    embed_tokens.forget(session, expired_before=at - KEPT)
    embed_tokens.add(session, token, at=at)
    details = [("viewer", f"employee:{viewer.id}"), ("viewer_name", viewer.display_name), ("origin", page)]
    details += [("token", token.id), ("minted_by", minter), ("expires", expires_at.isoformat())]
    actor, subject = Actor.of(principal), f"section:{section.id}"
    audit.append(session, at=at, actor=actor.id, action="embed_token.create", subject=subject, details=details)
    return MintedEmbedToken(token.id, str(TokenText(EMBED, token.id, secret)), expires_at)


def _viewers(session: Session, service: Viewer, wanted: EmployeeId | ExternalReference) -> list[PersonRow]:
    if isinstance(wanted, ExternalReference):
        return people.by_reference(session, service, wanted, on=service.today)
    return list(people.by_id(session, service, [wanted], on=service.today).values())


def _nobody(found: int) -> Refusal:
    if found:
        return Refusal("AMBIGUOUS_VIEWER", f"{found} employees have this reference; use the id of a source", "viewer")
    return Refusal("UNKNOWN_VIEWER", "there is no such employee, or they are not yours to see", "viewer")
