"""Access tokens of services: listed, made, replaced and revoked by HR administrators."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import DONE_ALREADY, OnceInput, RepeatableInput, repeatable
from appraise.api.types.people import EmployeeType
from appraise.domain.access import ServiceScope
from appraise.domain.identifiers import EmployeeId, TokenId
from appraise.domain.language import retold
from appraise.errors import NotFound
from appraise.storage.tokens import Token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.hand_out_tokens import (
    OFFERED,
    BadField,
    create_service_token,
    known_token,
    revoke_any_token,
    rotate_service_token,
    tokens_in_use,
)


@strawberry.enum(name="TokenScope", description="What a service's token opens.")
class ScopeValue(Enum):
    READ_PEOPLE = strawberry.enum_value(ServiceScope.READ_PEOPLE, description="Names, jobs and reporting lines.")
    READ_SECTIONS = strawberry.enum_value(ServiceScope.READ_SECTIONS, description="Sections that are final.")
    READ_OPEN_SECTIONS = strawberry.enum_value(
        ServiceScope.READ_OPEN_SECTIONS, description="Sections that are not final yet."
    )
    MINT_EMBED = strawberry.enum_value(
        ServiceScope.MINT_EMBED, description="Tokens for viewers in a host's frame; never given through the API."
    )
    IMPORT_PEOPLE = strawberry.enum_value(ServiceScope.IMPORT_PEOPLE, description="Sending files of people.")
    IMPORT_EVENTS = strawberry.enum_value(ServiceScope.IMPORT_EVENTS, description="Sending files of events.")


@strawberry.type(description="What is known of an access token that was not revoked; never its secret.")
class AccessToken:
    known: strawberry.Private[Token]
    key: str = strawberry.field(description="As `appraise token list` shows it; opens nothing.")
    name: str = strawberry.field(description="Whose it is, in words.")
    scopes: list[ScopeValue] = strawberry.field(description="What a service's opens; empty for an employee's own.")
    expires_at: datetime | None = strawberry.field(description="When it ends; null where it does not.")
    last_used_at: datetime | None = strawberry.field(description="The last use, to the minute; null before the first.")

    @strawberry.field(description="Whether it opens anything now.")
    def is_live(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return self.known.is_live(context.at)

    @strawberry.field(description="Whether `rotateToken` replaces it: of services that cannot mint.")
    def can_be_rotated(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return self.known.employee is None and self.known.scopes <= OFFERED and self.known.is_live(context.at)

    @strawberry.field(description="Whose it is where it stands for an employee.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        row = None if self.known.employee is None else context.people.load(self.known.employee)
        return None if row is None else EmployeeType.of(row)

    @classmethod
    def of(cls, token: Token) -> Self:
        return cls(
            known=token,
            key=token.id,
            name=token.name,
            scopes=[ScopeValue(scope) for scope in ServiceScope if scope in token.scopes],
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


@strawberry.enum(description="Why nothing was changed. More may be added; treat unknown ones as BAD_INPUT.")
class TokenErrorCode(Enum):
    BAD_INPUT = strawberry.enum_value("BAD_INPUT", description="A token that the API does not make.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such token, or it has ended.")
    ALREADY_DONE = strawberry.enum_value(
        "ALREADY_DONE", description="Done under this idempotency key before; `token` says which it was, without `text`."
    )


@strawberry.type(description="Why nothing was changed, for whoever manages access tokens.")
class TokenError:
    message: str = strawberry.field(description="What was found and what was expected.")
    path: list[str] = strawberry.field(description="What it is about: `input` and a field of it.")
    code: TokenErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="A token for a service.")
class CreateTokenInput(OnceInput):
    name: str = strawberry.field(description="Whose it is, in words.")
    scopes: list[ScopeValue] = strawberry.field(description="What it opens.")
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends; in 90 days if not given.")


@strawberry.input(description="Replaces a service's token.")
class RotateTokenInput(OnceInput):
    key: str = strawberry.field(description="The token's `key`.")
    overlap_hours: int = strawberry.field(
        default=48, description="Number of hours for which the old one is good as well."
    )


@strawberry.input(description="Makes a token worthless.")
class RevokeTokenInput(RepeatableInput):
    key: str = strawberry.field(description="The token's `key`.")


@strawberry.type(description="What came of it, with the token itself.")
class TokenPayload:
    token: AccessToken | None = strawberry.field(description="What is known of it; null where nothing was changed.")
    text: str | None = strawberry.field(
        description="The token, `apr_live_…`; shown once, and not when the request is repeated."
    )
    user_errors: list[TokenError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of revoking a token.")
class RevokeTokenPayload:
    token: AccessToken | None = strawberry.field(description="What it was; null where nothing was changed.")
    user_errors: list[TokenError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class TokenMutation:
    @strawberry.mutation(
        description=(
            "Make a token for a service, shown once. For HR administrators; tokens of employees, and those that mint, "
            "are made at the machine."
        ),
        extensions=[Requires(Permission.MANAGE_TOKENS)],
    )
    def create_token(
        self,
        info: strawberry.Info,
        wanted: Annotated[CreateTokenInput, strawberry.argument(name="input", description="For whom, and what.")],
    ) -> TokenPayload | None:
        context: RequestContext = info.context
        scopes = [ServiceScope[scope.name] for scope in wanted.scopes]
        return _told(
            info,
            wanted,
            lambda deployment: create_service_token(
                deployment,
                context.principal,
                wanted.name,
                scopes,
                expires_at=wanted.expires_at,
                at=context.at,
            ),
        )

    @strawberry.mutation(
        description="Replace a service's token by a new one of 90 days, shown once; both are good for a while.",
        extensions=[Requires(Permission.MANAGE_TOKENS)],
    )
    def rotate_token(
        self,
        info: strawberry.Info,
        wanted: Annotated[RotateTokenInput, strawberry.argument(name="input", description="Which token.")],
    ) -> TokenPayload | None:
        context: RequestContext = info.context
        overlap = timedelta(hours=wanted.overlap_hours)
        return _told(
            info,
            wanted,
            lambda deployment: rotate_service_token(
                deployment, context.principal, wanted.key, overlap=overlap, at=context.at
            ),
        )

    @strawberry.mutation(
        description="Make a token worthless, from the next request on; an employee's too.",
        extensions=[Requires(Permission.MANAGE_TOKENS)],
    )
    def revoke_token(
        self,
        info: strawberry.Info,
        wanted: Annotated[RevokeTokenInput, strawberry.argument(name="input", description="Which token.")],
    ) -> RevokeTokenPayload | None:
        context: RequestContext = info.context
        try:
            token = repeatable(
                info,
                wanted,
                lambda deployment: revoke_any_token(deployment, context.principal, wanted.key, at=context.at),
                told=lambda key: key,
                again=lambda key: known_token(context.deployment, context.principal, TokenId(key)),
            )
        except NotFound as error:
            return RevokeTokenPayload(token=None, user_errors=[_error(error)])
        return RevokeTokenPayload(token=AccessToken.of(token), user_errors=[])


@strawberry.type
class TokenQuery:
    @strawberry.field(
        description="The access tokens that were not revoked, the oldest first. For HR administrators.",
        extensions=[Requires(Permission.MANAGE_TOKENS)],
    )
    def access_tokens(self, info: strawberry.Info) -> list[AccessToken] | None:
        context: RequestContext = info.context
        known = tokens_in_use(context.deployment, context.principal)
        context.people.announce(EmployeeId(token.employee) for token in known if token.employee is not None)
        return [AccessToken.of(token) for token in known]


def _told(info: strawberry.Info, wanted: OnceInput, make: Callable[[Deployment], tuple[Token, str]]) -> TokenPayload:
    context: RequestContext = info.context
    try:
        made = repeatable(
            info,
            wanted,
            make,
            told=lambda new: new.token.id,
            again=lambda key: known_token(context.deployment, context.principal, TokenId(key)),
        )
    except (BadField, NotFound) as error:
        return TokenPayload(token=None, text=None, user_errors=[_error(error)])
    if isinstance(made, Token):
        done = TokenError(
            message=retold(DONE_ALREADY.message), path=["input", "idempotencyKey"], code=TokenErrorCode.ALREADY_DONE
        )
        return TokenPayload(token=AccessToken.of(made), text=None, user_errors=[done])
    token, text = made
    return TokenPayload(token=AccessToken.of(token), text=text, user_errors=[])


def _error(error: BadField | NotFound) -> TokenError:
    code = TokenErrorCode.NOT_FOUND if isinstance(error, NotFound) else TokenErrorCode.BAD_INPUT
    more = "".join(f"; {text}" for text in (error.expected, error.hint) if text is not None)
    field = error.field if isinstance(error, BadField) else "key"
    return TokenError(message=f"{error.found}{more}", path=["input", field], code=code)
