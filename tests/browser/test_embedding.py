"""A host of another origin, as the documentation writes its pages, shows a section both ways; its viewer rates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from tests.api.builder import AT
from tests.browser.conftest import Site, objections, shoot
from tests.serving import serving

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Role, ServiceScope
from appraise.testing.host import FRAME_PAGE, SCRIPT_PAGE, View, host
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.mint_embed_token import EmbedRequest, MintedEmbedToken, mint_embed_token

pytestmark = pytest.mark.browser
KIT = Path(__file__).parents[2] / "plugins/appraise-frappe/embed/appraise_embed/appraise_embed/public/js/frame.js"
DOCUMENT = Path(__file__).parents[2] / "docs" / "embedding.md"


@dataclass
class Host:
    """The HR system: its backend mints for Max, on `origin`."""

    site: Site
    origin: str = ""
    url: str = ""
    minted: int = 0
    left: float = 300
    failures: list[str] = field(default_factory=list)

    @property
    def section(self) -> str:
        return to_global(Kind.SECTION, self.site.company.section("Cem Yıldız").section.id)

    def address(self, way: str) -> str:
        return f"/{way}?{urlencode({'viewer': 'Max Weber', 'section': self.section})}"

    def views(self) -> list[View]:
        return [View("Max Weber", self.section, "Cem Yıldız")]

    def mint(self, viewer: str, _section: str) -> dict[str, str]:
        company = self.site.company
        principal = authenticate(company.deployment, self.service_token, origin=None, at=AT)
        section = company.section("Cem Yıldız").section.id
        request = EmbedRequest(company.ids[viewer], section, self.origin, timedelta(minutes=5))
        outcome = mint_embed_token(company.deployment, principal, request, at=AT)
        assert isinstance(outcome, MintedEmbedToken)
        self.minted += 1
        expires = datetime.now(UTC) + timedelta(seconds=self.left)  # noqa: TID251  # the browser's clock is the real one
        return {"token": outcome.text, "expiresAt": expires.isoformat()}

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
def hr(site: Site) -> Iterator[Host]:
    hr = Host(site)
    with serving(host(site.url, hr.views, hr.mint)) as url:
        hr.url = hr.origin = url
        yield hr


@pytest.fixture
def page(browser: Browser, hr: Host) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", base_url=hr.url)
    page = context.new_page()
    page.on("pageerror", lambda error: hr.failures.append(str(error)))
    page.on("console", lambda message: hr.failures.append(message.text) if message.type == "error" else None)
    yield page
    context.close()


def test_the_documented_pages_are_those_of_the_small_host() -> None:
    documented = re.findall(r"^```html\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)

    assert documented == [SCRIPT_PAGE, FRAME_PAGE]


def test_the_component_shows_the_section_and_its_viewer_rates(page: Page, hr: Host) -> None:
    page.goto("/")
    page.get_by_role("link", name="component").click()
    expect(page.locator("appraise-section h1")).to_have_text("Cem Yıldız")
    expect(page.locator("appraise-section .overline").first).to_contain_text("Appraise · Customer-service section")
    page.locator("textarea").first.fill("Written in the host's page.")
    expect(page.locator("appraise-item .status").first).to_contain_text("Saved at")
    shoot(page, "embedded")

    assert hr.site.company.section("Cem Yıldız").section.items[0].comment == "Written in the host's page."
    assert {cookie["name"] for cookie in page.context.cookies()} == {"host_session"}
    assert hr.failures == []


def test_a_frame_shows_the_section_without_cookies_and_keeps_its_token_out_of_the_address(page: Page, hr: Host) -> None:
    page.goto(hr.address("frame"))
    frame = page.frame_locator("#appraise")
    expect(frame.locator("appraise-section h1")).to_have_text("Cem Yıldız")
    inner = page.frames[1]
    height = page.locator("#appraise").bounding_box()
    frame.locator("textarea").first.fill("Written in the host's frame.")
    expect(frame.locator("appraise-item .status").first).to_contain_text("Saved at")
    shoot(page, "framed")

    assert hr.site.company.section("Cem Yıldız").section.items[0].comment == "Written in the host's frame."
    assert "token" not in inner.url
    assert "token" not in inner.evaluate("location.href")
    assert height is not None
    assert height["height"] == pytest.approx(inner.evaluate("document.body.getBoundingClientRect().height"), abs=2)
    assert inner.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')") == "#6b2d73"
    assert inner.evaluate("document.cookie") == ""
    assert {cookie["name"] for cookie in page.context.cookies()} == {"host_session"}
    assert objections(page) == []
    assert hr.failures == []


def test_a_newer_token_takes_the_place_of_the_old_and_no_word_is_lost(page: Page, hr: Host) -> None:
    hr.left = 60.5  # the page asks for the next one a minute before
    page.goto(hr.address("frame"))
    frame = page.frame_locator("#appraise")
    box = frame.locator("textarea").first
    box.fill("Begun under the first token,")
    page.wait_for_timeout(1200)
    box.press_sequentially(" ended under another.")
    expect(frame.locator("appraise-item .status").first).to_contain_text("Saved at")

    assert hr.minted > 1
    assert hr.site.company.section("Cem Yıldız").section.items[0].comment == (
        "Begun under the first token, ended under another."
    )
    assert hr.failures == []


def test_the_page_of_a_kit_shows_the_section_also_inside_a_form_of_the_host(page: Page, hr: Host) -> None:
    """As Odoo's module has it: the form of the appraisal frames a page of the host, which frames the section."""
    hr.left = 60.5  # the page asks for the next token a minute before

    def view(request: Request) -> Response:
        if "leaver" in request.query_params:
            return JSONResponse({"problem": "there is no section"}, 404)
        return JSONResponse({"appraise": hr.site.url, "section": hr.section, **hr.mint("Max Weber", hr.section)})

    def kit(request: Request) -> Response:
        page = f'<html lang="en"><div data-appraise-view="/view?{request.query_params}"></div>'
        return HTMLResponse(page + '<script type="module" src="/frame.js"></script>')

    routes = [
        Route("/form", lambda _: HTMLResponse('<iframe src="/kit"></iframe>')),
        Route("/kit", kit),
        Route("/view", view),
        Route("/frame.js", lambda _: FileResponse(KIT)),
    ]
    with serving(Starlette(routes=routes)) as url:
        hr.origin = url
        page.goto(f"{url}/form")
        frame = page.frame_locator("iframe").frame_locator("iframe")
        frame.locator("textarea").first.fill("Written in the kit's page.")
        expect(frame.locator("appraise-item .status").first).to_contain_text("Saved at")
        page.wait_for_timeout(700)
        assert hr.site.company.section("Cem Yıldız").section.items[0].comment == "Written in the kit's page."
        assert hr.minted > 1
        page.goto(f"{url}/kit?leaver")
        expect(page.locator("[data-appraise-view]")).to_have_text("there is no section")


@pytest.mark.parametrize("way", ["script", "frame"])
def test_a_token_for_another_origin_shows_nothing(page: Page, hr: Host, way: str) -> None:
    hr.origin = "https://elsewhere.example"
    page.goto(hr.address(way))
    where = page if way == "script" else page.frame_locator("#appraise")
    expect(where.locator("appraise-section [role=alert]")).to_be_visible()

    assert where.locator("appraise-item").count() == 0


def test_no_other_page_can_frame_it(page: Page, hr: Host) -> None:
    """The browser refuses, as the address names another origin than the page that frames it."""
    page.goto("/")
    query = urlencode({"origin": "https://hr.example.org"})
    page.set_content(f"<iframe src='{hr.site.url}/embed?{query}'></iframe>")
    page.wait_for_timeout(300)

    assert page.frames[1].locator("appraise-section").count() == 0
    assert any("frame-ancestors" in failure for failure in hr.failures)


@pytest.mark.parametrize("fragment", ["section={}", "section={}&token="])
def test_a_frame_without_a_token_shows_nothing_to_whoever_is_signed_in(
    page: Page, hr: Host, site: Site, fragment: str
) -> None:
    """The session's cookie would go along, as another port is the same site to a browser."""
    page.goto(f"{site.url}/sign-in")
    page.click("button[value=manager]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(hr.url)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.evaluate(
        """([address]) => new Promise((done) => {
             addEventListener("message", ({ data }) => data.type === "token" && done(data), { once: false });
             const frame = document.createElement("iframe");
             frame.src = address;
             document.body.append(frame);
           })""",
        [f"{site.url}/embed?{urlencode({'origin': hr.origin})}#{fragment.format(hr.section)}"],
    )
    page.wait_for_timeout(500)

    assert any("/embed" in one for one in asked)
    assert [one for one in asked if "/graphql" in one] == []
