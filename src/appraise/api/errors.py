"""What a client learns of an error: our own messages as they are, nothing at all of a defect."""

from enum import Enum
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError

from appraise.api.guard import TooCostly
from appraise.domain.language import retold
from appraise.errors import (
    AppraiseError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotEnough,
    NotFound,
    Problem,
    Retriable,
    TimedOut,
    Unauthenticated,
    UnknownCredential,
)

LOG = structlog.get_logger("appraise.api")


@strawberry.enum(description="The `extensions.code` of every error: a closed list.")
class ErrorCode(Enum):
    UNAUTHENTICATED = strawberry.enum_value("UNAUTHENTICATED", description="No token, or one that is not valid (401).")
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="Not the reader's to see or do; the field is null.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="Unknown, or its existence is not the reader's to know.")
    BAD_USER_INPUT = strawberry.enum_value(
        "BAD_USER_INPUT", description="The document, a variable or an argument is not what was expected."
    )
    COST_LIMIT = strawberry.enum_value("COST_LIMIT", description="The document asks for too much at once.")
    RATE_LIMITED = strawberry.enum_value(
        "RATE_LIMITED", description="Too much in too short a time (429); `Retry-After` says how many seconds to wait."
    )
    TIMEOUT = strawberry.enum_value("TIMEOUT", description="Took too long and was stopped (504); ask for less.")
    CONFLICT = strawberry.enum_value("CONFLICT", description="An idempotency key was used for something else before.")
    UNAVAILABLE = strawberry.enum_value("UNAVAILABLE", description="Busy for the moment; the same request may succeed.")
    INTERNAL = strawberry.enum_value(
        "INTERNAL", description="A defect of the service; `extensions.requestId` finds it in the log."
    )


CODES: dict[type[AppraiseError], ErrorCode] = {
    Unauthenticated: ErrorCode.UNAUTHENTICATED,
    UnknownCredential: ErrorCode.UNAUTHENTICATED,
    Forbidden: ErrorCode.FORBIDDEN,
    NotFound: ErrorCode.NOT_FOUND,
    InvalidInput: ErrorCode.BAD_USER_INPUT,
    NotEnough: ErrorCode.BAD_USER_INPUT,
    Conflict: ErrorCode.CONFLICT,
    TimedOut: ErrorCode.TIMEOUT,
    Retriable: ErrorCode.UNAVAILABLE,
}


def request_error(message: str, code: ErrorCode = ErrorCode.BAD_USER_INPUT) -> dict[str, Any]:
    """The error of a request that never ran."""
    return {"message": retold(message), "extensions": {"code": code.value}}


def formatted(error: GraphQLError, *, request_id: str) -> dict[str, Any]:
    """One entry of `errors`, with its code; a defect is logged whole and shown without its words.

    Its words are in the reader's language, but for what the document itself has wrong: that is for whoever wrote it.
    """
    shown: dict[str, Any] = {"message": error.message, **_where(error)}
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return shown | {"extensions": {"code": ErrorCode.BAD_USER_INPUT.value}}
    if isinstance(cause, TooCostly):
        return shown | {"extensions": {"code": ErrorCode.COST_LIMIT.value}}
    code = next((code for kind, code in CODES.items() if isinstance(cause, kind)), None)
    if code is None:
        LOG.error("field failed", request_id=request_id, path=error.path, exc_info=cause)
        return shown | {
            "message": retold("The service has a defect here; tell whoever runs it the request id."),
            "extensions": {"code": ErrorCode.INTERNAL.value, "requestId": request_id},
        }
    if isinstance(cause, Problem):
        shown["message"] = retold(cause.found)
        hints = {"expected": cause.expected, "hint": cause.hint}
        told = {name: retold(words) for name, words in hints.items() if words is not None}
        return shown | {"extensions": {"code": code.value} | told}
    return shown | {"message": retold("The service is busy; try again."), "extensions": {"code": code.value}}


def _where(error: GraphQLError) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if error.locations:
        where["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        where["path"] = list(error.path)
    return where
