"""A page of another site, as the documentation writes it, shows a section and lets its viewer rate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from tests.api.builder import AT
from tests.browser.conftest import Site, shoot
from tests.serving import serving

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Role, ServiceScope
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.mint_embed_token import EmbedRequest, MintedEmbedToken, mint_embed_token

pytestmark = pytest.mark.browser
DOCUMENT = Path(__file__).parents[2] / "docs" / "api" / "authentication.md"


@dataclass
class Host:
    """The HR system: its page is the documentation's, its backend mints for Max as long as `origin` is set."""

    site: Site
    origin: str = ""
    url: str = ""
    minted: int = 0
    left: float = 300
    failures: list[str] = field(default_factory=list)

    def page(self, _request: Request) -> Response:
        found = re.search(r"^```html\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        assert found
        section = to_global(Kind.SECTION, self.site.company.section("Cem Yıldız").section.id)
        snippet = found[1].replace("https://appraise.example.org", self.site.url).replace("SECTION", section)
        return HTMLResponse(
            f"<!doctype html><html lang=en><link rel=icon href='data:,'><title>Appraisal</title><h1>Our own page</h1>{snippet}"
        )

    def token(self, _request: Request) -> Response:
        company = self.site.company
        principal = authenticate(company.deployment, self.service_token, origin=None, at=AT)
        section = company.section("Cem Yıldız").section.id
        request = EmbedRequest(company.ids["Max Weber"], section, self.origin, timedelta(minutes=5))
        outcome = mint_embed_token(company.deployment, principal, request, at=AT)
        assert isinstance(outcome, MintedEmbedToken)
        self.minted += 1
        expires = datetime.now(UTC) + timedelta(seconds=self.left)  # noqa: TID251  # the browser's clock is the real one
        return JSONResponse({"token": outcome.text, "expiresAt": expires.isoformat()})

    @property
    def service_token(self) -> str:
        return create_token(
            self.site.company.deployment,
            name="hris",
            employee=None,
            roles=frozenset({Role.SERVICE}),
            scopes=frozenset(ServiceScope),
            expires_at=None,
            at=AT,
        )


@pytest.fixture
def host(site: Site) -> Iterator[Host]:
    host = Host(site)
    app = Starlette(routes=[Route("/", host.page), Route("/embed-token", host.token, methods=["POST"])])
    with serving(app) as url:
        host.url = host.origin = url
        yield host


@pytest.fixture
def page(browser: Browser, host: Host) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", base_url=host.url)
    page = context.new_page()
    page.on("pageerror", lambda error: host.failures.append(str(error)))
    page.on("console", lambda message: host.failures.append(message.text) if message.type == "error" else None)
    yield page
    context.close()


def test_the_documented_page_shows_the_section_and_its_viewer_rates(page: Page, host: Host) -> None:
    page.goto("/")
    expect(page.locator("appraise-section h1, appraise-section h2").first).to_have_text("Cem Yıldız")
    page.locator("textarea").first.fill("Written in the host's page.")
    expect(page.locator("appraise-item .status").first).to_contain_text("Saved at")
    shoot(page, "embedded")

    assert host.site.company.section("Cem Yıldız").section.items[0].comment == "Written in the host's page."
    assert page.context.cookies() == []
    assert host.failures == []


def test_a_newer_token_takes_the_place_of_the_old_and_no_word_is_lost(page: Page, host: Host) -> None:
    host.left = 60.5  # the page asks for the next one a minute before
    page.goto("/")
    box = page.locator("textarea").first
    box.fill("Begun under the first token,")
    page.wait_for_timeout(1500)
    box.press_sequentially(" ended under another.")
    expect(page.locator("appraise-item .status").first).to_contain_text("Saved at")

    assert host.minted > 1
    assert host.site.company.section("Cem Yıldız").section.items[0].comment == (
        "Begun under the first token, ended under another."
    )
    assert host.failures == []


def test_a_token_for_another_origin_shows_nothing(page: Page, host: Host) -> None:
    host.origin = "https://elsewhere.example"
    page.goto("/")
    expect(page.locator("appraise-section [role=alert]")).to_be_visible()

    assert page.locator("appraise-item").count() == 0
