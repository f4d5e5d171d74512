"""GraphQL over HTTP: reading a request and choosing the form of its answer, by the working draft."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request

RESPONSE_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
OFFERED: Final = (RESPONSE_JSON, JSON)


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


def media_type(accept: str | None) -> str:
    """The offered media type that the client prefers; plain JSON for a client that says nothing.

    The order of preference counts, not mere mention: a client that lists everything gets what it named first.
    """
    if not accept:
        return JSON
    wanted = sorted((_range(part, place) for place, part in enumerate(accept.split(","))), key=lambda item: item[:2])
    for quality, _, name in wanted:
        if quality == 0:
            continue
        if name in OFFERED:
            return name
        if name in {"*/*", "application/*"}:
            return JSON
    raise BadRequest(f"answers come as {' or '.join(OFFERED)}", 406)


def _range(part: str, place: int) -> tuple[float, int, str]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
    try:
        return -float(quality), place, name
    except ValueError:
        return 0, place, name


async def read(request: Request) -> GraphQLRequest:
    """The GraphQL request in an HTTP request. Raises `BadRequest`."""
    if request.method == "POST":
        return _checked(_body(request.headers.get("content-type", ""), await request.body()))
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _json(parameters[name].encode(), name)
    return _checked(parameters)


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


def _checked(parameters: Any) -> GraphQLRequest:
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
