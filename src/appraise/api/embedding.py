"""How a host's backend lets one of its users see one section in one of its own pages."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Final

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import DONE_ALREADY, OnceInput, repeatable
from appraise.api.types.people import EmployeeBy, named
from appraise.domain.identifiers import SectionId
from appraise.domain.language import retold
from appraise.domain.sections import Refusal
from appraise.use_cases.mint_embed_token import EmbedRequest, mint_embed_token

USUAL_LIFE: Final = 300
"""Seconds."""


@strawberry.enum(description="Why no token was minted. More may be added; treat unknown ones as UNKNOWN_SECTION.")
class EmbedTokenErrorCode(Enum):
    UNKNOWN_VIEWER = strawberry.enum_value(
        "UNKNOWN_VIEWER", description="There is no such employee, or the service may not see them."
    )
    AMBIGUOUS_VIEWER = strawberry.enum_value(
        "AMBIGUOUS_VIEWER", description="Several employees have this reference; name them by the id of a source."
    )
    VIEWER_HAS_LEFT = strawberry.enum_value("VIEWER_HAS_LEFT", description="Suspended or no longer employed.")
    UNKNOWN_SECTION = strawberry.enum_value(
        "UNKNOWN_SECTION", description="There is no such section, or the service may not see it in its state."
    )
    NOT_THE_VIEWERS = strawberry.enum_value("NOT_THE_VIEWERS", description="The viewer may not see the section.")
    BAD_ORIGIN = strawberry.enum_value("BAD_ORIGIN", description="Not an origin as browsers write it.")
    BAD_LIFETIME = strawberry.enum_value("BAD_LIFETIME", description="A token lives 1 to 900 seconds.")
    ALREADY_DONE = strawberry.enum_value(
        "ALREADY_DONE", description="Done under this idempotency key before; mint another under a new key."
    )


@strawberry.type(description="Why no token was minted, for whoever builds the host's page.")
class EmbedTokenError:
    message: str = strawberry.field(description="One sentence.")
    path: list[str] = strawberry.field(description="What it is about: `input` and a field of it.")
    code: EmbedTokenErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="Who is to see what, where.")
class CreateEmbedTokenInput(OnceInput):
    viewer: EmployeeBy = strawberry.field(description="The employee who is signed in to the host.")
    section_id: strawberry.ID = strawberry.field(description="The one section that the token opens.")
    origin: str = strawberry.field(
        description="Origin of the host's page, e.g. `https://hr.example.org`; on any other the token opens nothing."
    )
    lifetime_seconds: int = strawberry.field(
        default=USUAL_LIFE, description="Number of seconds for which it is good, at most 900."
    )


@strawberry.type(description="What came of minting a token.")
class CreateEmbedTokenPayload:
    token: str | None = strawberry.field(
        description="For the page's memory, as `Authorization: Bearer`; shown once. Null where none was minted."
    )
    expires_at: datetime | None = strawberry.field(description="From when on it opens nothing; null without a token.")
    user_errors: list[EmbedTokenError] = strawberry.field(description="What stood in the way; empty with a token.")


@strawberry.type
class EmbeddingMutation:
    @strawberry.mutation(
        description=(
            "Mint a token with which one employee sees one section on one origin, and does there what they might do "
            "in the console. For services with the scope `embed:mint`; they mint for what they may see themselves. "
            "Written to the audit log."
        ),
        extensions=[Requires(Permission.MINT_EMBED_TOKENS)],
    )
    def create_embed_token(
        self,
        info: strawberry.Info,
        wanted: Annotated[CreateEmbedTokenInput, strawberry.argument(name="input", description="Who, what and where.")],
    ) -> CreateEmbedTokenPayload | None:
        context: RequestContext = info.context
        request = EmbedRequest(
            viewer=named(wanted.viewer),
            section=SectionId(key_of(wanted.section_id, Kind.SECTION)),
            origin=wanted.origin,
            life=timedelta(seconds=wanted.lifetime_seconds),
        )
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: mint_embed_token(deployment, context.principal, request, at=context.at),
            told=lambda minted: minted.key,
            again=lambda _: DONE_ALREADY,
        )
        if isinstance(outcome, Refusal):
            path = ["input", outcome.field] if outcome.field else []
            error = EmbedTokenError(message=retold(outcome.message), path=path, code=EmbedTokenErrorCode(outcome.code))
            return CreateEmbedTokenPayload(token=None, expires_at=None, user_errors=[error])
        return CreateEmbedTokenPayload(token=outcome.text, expires_at=outcome.expires_at, user_errors=[])
