"""The page that a host shows in a frame. It opens nothing by itself: all comes by the token in its fragment."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appraise.domain.language import speaking
from appraise.domain.origins import origin
from appraise.languages import language, negotiated

PATH: Final = "/embed"
NOT_ANSWERED: Final = "This request cannot be answered"


class Frames:
    def __init__(self, render: Callable[..., Response], policy: Callable[..., str]) -> None:
        """`policy(ancestors)` is the content policy of a page that these may frame."""
        self._render, self._policy = render, policy

    def routes(self) -> list[Route]:
        return [Route(PATH, self.page)]

    async def page(self, request: Request) -> Response:
        """`origin` is that of the host's page: browsers show this one in it alone; the script speaks to it alone."""
        host = origin(request.query_params.get("origin", ""))
        if host is None:
            return self._render("error.html", 400, principal=None, title=NOT_ANSWERED)
        tag = negotiated(request.headers.get("accept-language"), request.query_params.get("lang"))
        with speaking(language(tag)):
            page = self._render("embed.html", 200, principal=None, host=host)
        page.headers["content-security-policy"] = self._policy(ancestors=host)
        return page
