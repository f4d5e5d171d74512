r"""A small HR system of its own origin that shows sections both ways: by the component, and in a frame.

    APPRAISE_TOKEN=$(appraise token create host --scope read:people --scope read:sections \
        --scope read:open-sections --scope embed:mint) python -m appraise.testing.host --appraise http://127.0.0.1:8000

It stands for the host of an organisation: its backend holds the service's token, and mints one for each view.
"""

import argparse
import json
import os
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

MINT: Final = """mutation CreateEmbedToken($input: CreateEmbedTokenInput!) {
  createEmbedToken(input: $input) { token expiresAt userErrors { message path code } }
}"""
LIST: Final = "query Cycles { cycles { id } }"
SECTIONS: Final = """query Sections($cycle: ID!) {
  sections(cycle: $cycle, first: 50) { nodes { id state person { name } employee { id } } }
}"""
SCRIPT_PAGE: Final = """\
<link rel="stylesheet" href="https://appraise.example.org/static/tokens.css">
<script type="importmap">{"imports": {
  "lit": "https://appraise.example.org/static/vendor/lit/index.js",
  "lit-html": "https://appraise.example.org/static/vendor/lit-html/lit-html.js",
  "lit-html/": "https://appraise.example.org/static/vendor/lit-html/",
  "lit-element/": "https://appraise.example.org/static/vendor/lit-element/",
  "@lit/reactive-element": "https://appraise.example.org/static/vendor/reactive-element/reactive-element.js"
}}</script>
<script type="module" src="https://appraise.example.org/static/elements/section.js"></script>
<appraise-section section="SECTION" endpoint="https://appraise.example.org/graphql"></appraise-section>
<script type="module">
  const element = document.querySelector("appraise-section");
  async function renew() {
    const answer = await fetch("/embed-token", { method: "POST" }); // your backend
    const { token, expiresAt } = await answer.json();
    element.token = token;
    setTimeout(renew, new Date(expiresAt) - Date.now() - 60_000);
  }
  renew();
</script>
"""
FRAME_PAGE: Final = """\
<iframe id="appraise" title="Customer service, by Appraise" style="width: 100%; border: 0"></iframe>
<script type="module">
  const APPRAISE = "https://appraise.example.org";
  const frame = document.querySelector("#appraise");
  const minted = async () => (await fetch("/embed-token", { method: "POST" })).json(); // your backend
  const send = (message) => frame.contentWindow.postMessage(message, APPRAISE);
  let isUnsaved = false;

  addEventListener("message", async ({ origin, source, data }) => {
    if (origin !== APPRAISE || source !== frame.contentWindow) return;
    if (data.type === "height") frame.style.height = `${data.height}px`;
    if (data.type === "unsaved") isUnsaved = data.unsaved;
    if (data.type === "token") send({ type: "token", ...(await minted()) });
  });
  addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());
  frame.addEventListener("load", () => send({ type: "theme", scheme: "light", properties: { "--accent": "#6b2d73" } }));

  const { token, expiresAt } = await minted();
  // What follows # stays in the browser.
  const secret = new URLSearchParams({ section: "SECTION", token, expires: expiresAt });
  frame.src = `${APPRAISE}/embed?${new URLSearchParams({ origin: location.origin, lang: "en" })}#${secret}`;
</script>
"""
EXAMPLE: Final = "https://appraise.example.org"

Mint = Callable[[str, str], dict[str, str]]
"""From the viewer and the section to `token` and `expiresAt`; the host's own session says who the viewer is."""


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at which section, by their ids in the API."""

    viewer: str
    section: str
    words: str


def host(appraise: str, views: Callable[[], list[View]], mint: Mint) -> Starlette:
    """The host's site. Which view a page asks a token for is kept in a cookie of the host's own, as a session is."""

    async def first(_request: Request) -> Response:
        found = await run_in_threadpool(views)
        rows = "".join(
            f'<li>{escape(one.words)}: <a href="/script?{_query(one)}">component</a>, '
            f'<a href="/frame?{_query(one)}">frame</a></li>'
            for one in found
        )
        return HTMLResponse(_page(f"<h1>Appraisals of a host</h1><ul>{rows}</ul>"))

    def shown(snippet: str) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            viewer, section = (request.query_params.get(name, "") for name in ("viewer", "section"))
            if (viewer, section) not in {(one.viewer, one.section) for one in await run_in_threadpool(views)}:
                return HTMLResponse(_page("<h1>There is no such page</h1>"), HTTPStatus.NOT_FOUND)
            body = snippet.replace(EXAMPLE, appraise).replace("SECTION", section)
            answer = HTMLResponse(_page(f"<h1>Our own page</h1>{body}"))
            session = urlencode({"viewer": viewer, "section": section})
            answer.set_cookie("host_session", session, httponly=True, samesite="strict")
            return answer

        return page

    async def token(request: Request) -> Response:
        session = Request({**request.scope, "query_string": request.cookies["host_session"].encode()}).query_params
        return JSONResponse(await run_in_threadpool(mint, session["viewer"], session["section"]))

    return Starlette(
        routes=[
            Route("/", first),
            Route("/script", shown(SCRIPT_PAGE)),
            Route("/frame", shown(FRAME_PAGE)),
            Route("/embed-token", token, methods=["POST"]),
        ]
    )


def _query(view: View) -> str:
    return escape(urlencode({"viewer": view.viewer, "section": view.section}))


def _page(body: str) -> str:
    return f"<!doctype html><html lang=en><link rel=icon href='data:,'><title>A host</title><main>{body}</main>"


class Backend:
    """What the host's backend asks of Appraise with the service's token."""

    def __init__(self, appraise: str, token: str, origin: str) -> None:
        self._appraise, self._token, self._origin = appraise, token, origin

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._token}"}
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self._appraise}/graphql", body, headers)  # noqa: S310  # what was named
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return dict(json.load(answer)["data"])

    def views(self) -> list[View]:
        """Each employee of the newest cycle that can be seen, looking at their own section."""
        cycle = self._ask(LIST, {})["cycles"][0]["id"]
        nodes = self._ask(SECTIONS, {"cycle": cycle})["sections"]["nodes"]
        return [View(one["employee"]["id"], one["id"], f"{one['person']['name']}, {one['state']}") for one in nodes]

    def mint(self, viewer: str, section: str) -> dict[str, str]:
        wanted = {"viewer": {"id": viewer}, "sectionId": section, "origin": self._origin}
        minted = self._ask(MINT, {"input": wanted})["createEmbedToken"]
        if minted["token"] is None:
            raise PermissionError(minted["userErrors"])
        return {"token": minted["token"], "expiresAt": minted["expiresAt"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--appraise", default="http://127.0.0.1:8000", help="where browsers reach Appraise")
    parser.add_argument("--port", type=int, default=8080)
    asked = parser.parse_args()
    token = os.environ.get("APPRAISE_TOKEN", "")
    if not token:
        sys.exit("APPRAISE_TOKEN is not set; the first lines of this module say how it is made")
    backend = Backend(asked.appraise, token, f"http://127.0.0.1:{asked.port}")
    uvicorn.run(host(asked.appraise, backend.views, backend.mint), port=asked.port, log_level="warning")


if __name__ == "__main__":
    main()
