"""GraphQL over HTTP: reading a request and choosing the form of its answer, by the working draft."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.requests import Request

RESPONSE_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
OFFERED: Final = (RESPONSE_JSON, JSON)
REMEMBERED: Final = 256
"""Headers, of which clients send few different ones."""


class BadRequest(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """A request that is no GraphQL request: answered with `status` and never run."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """Either `query` or `document_id` is None."""

    query: str | None
    variables: dict[str, Any]
    operation_name: str | None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """How the client takes answers: the `json` media type it prefers, None where it takes none; event streams."""

    json: str | None
    stream: bool


@lru_cache(REMEMBERED)
def accepted(accept: str | None) -> Accepted:
    """What the client takes; plain JSON where it says nothing. Raises `BadRequest` for what is not offered at all.

    The order of preference counts among the JSON types. That event streams are named is only noted: many clients name
    them for the sake of subscriptions, and want their queries answered by JSON.
    """
    if not accept:
        return Accepted(JSON, stream=False)
    wanted = sorted((_range(part, place) for place, part in enumerate(accept.split(","))), key=lambda item: item[:2])
    names = [name for quality, _, name in wanted if quality != 0]
    forms = [JSON if name in {"*/*", "application/*"} else name for name in names]
    found = Accepted(next((name for name in forms if name in OFFERED), None), EVENT_STREAM in names)
    if found.json is None and not found.stream:
        raise BadRequest(f"answers come as {' or '.join(OFFERED)}, those of subscriptions as {EVENT_STREAM}", 406)
    return found


def _range(part: str, place: int) -> tuple[float, int, str]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
    try:
        return -float(quality), place, name
    except ValueError:
        return 0, place, name


def read(request: Request, body: bytes) -> GraphQLRequest:
    """The GraphQL request in an HTTP request. Raises `BadRequest`."""
    if request.method == "POST":
        return checked(_body(request.headers.get("content-type", ""), body))
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _json(parameters[name].encode(), name)
    return checked(parameters)


def _body(content_type: str, body: bytes) -> Any:
    name, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    if name != JSON or any(p.startswith("charset=") and p.strip('"') != "charset=utf-8" for p in parameters):
        raise BadRequest(f"the body is {content_type or 'of no declared type'}, expected {JSON} in UTF-8", 415)
    return _json(body, "the body")


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{what} is not JSON: {error}") from error


def checked(parameters: Any) -> GraphQLRequest:
    """The request in a decoded body or message. Raises `BadRequest`."""
    if not isinstance(parameters, dict):
        raise BadRequest("the body is not an object with a query; batches are not answered")
    query, variables = parameters.get("query"), parameters.get("variables")
    name, extensions = parameters.get("operationName"), parameters.get("extensions")
    document = parameters.get("documentId")
    if document is None and (not isinstance(query, str) or not query.strip()):
        raise BadRequest("there is no query: it must be text")
    if document is not None and (query is not None or not isinstance(document, str)):
        raise BadRequest("documentId must be text, and stands in the place of the query")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("variables must be an object")
    if name is not None and not isinstance(name, str):
        raise BadRequest("operationName must be text")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("extensions must be an object")
    return GraphQLRequest(query, variables or {}, name or None, document)
