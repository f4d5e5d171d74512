"""A real server on loopback and a real browser. Without Chromium these tests are skipped with one line."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.api.builder import AT, Company, build, empty_deployment
from tests.serving import serving

from appraise.settings import Settings
from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import serving as hr_serving
from appraise.use_cases.hosts import HostSystem
from appraise.web import create_app

ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")
PEOPLE = (
    ("HR administrator", "hr_administrator", "Hal Novak"),
    ("Executive", "executive", "Vera Lund"),
    ("Auditor", "auditor", "Otto Brandt"),
    ("Head of service", "head", "Dora Lindqvist"),
    ("Manager", "manager", "Max Weber"),
    ("Employee", "employee", "Ann Archer"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """`hr` is an HR system that its sections are written into; beside it one takes files."""

    url: str
    company: Company
    hr: FakeBamboo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one file of tests only: while it is open its event loop runs in this thread, which forbids others."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory, hr = tmp_path_factory.mktemp("site"), FakeBamboo()
    company = build(empty_deployment(directory), others=55)
    (directory / "secret").write_text(hr.secret, encoding="utf-8")
    entries = [
        {"label": label, "role": role, "name": name, "token": company.token(name)} for label, role, name in PEOPLE
    ]
    (directory / "demo.json").write_text(json.dumps({"people": entries}), encoding="utf-8")
    with hr_serving(hr) as hr_url:
        host = HostSystem("bamboo", "bamboohr", hr_url, directory / "secret", employee="hr:id")
        payroll = HostSystem("payroll", "csv", employee="hr:id")
        company = replace(company, deployment=replace(company.deployment, hosts=(host, payroll)))
        app = create_app(company.deployment, Settings(data=directory, demo=True), lambda: AT)
        with serving(app) as url:
            yield Site(url, company, hr)
    company.deployment.database.close()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[SignIn]:
    """`sign_in("manager", width=360, scheme="dark")`: the list of people, complete, in a browser of their own.

    The test fails where a page writes an error to the console or asks another host for anything.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def signed_in(role: str | None, *, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", base_url=site.url
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(site.url) else complaints.append(sent.url))
        page.goto("/sign-in")
        if role is not None:
            page.click(f"button[value={role}]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            page.goto("/people")
            page.locator("appraise-people li .state").first.wait_for()
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert [text for text in complaints if "net::ERR" not in text] == []


def open_section(page: Page, of: str) -> None:
    page.get_by_label("Search").fill(of)
    page.locator("appraise-people .count", has_text="1 person").wait_for()
    page.get_by_role("link", name=of).click()
    page.locator("appraise-section h1", has_text=of).wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")


def objections(page: Page, only: Sequence[str] = RULES) -> list[tuple[str, list[str]]]:
    """What axe-core has against a page: the rule, and where it is broken."""
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


def looks_well(page: Page, name: str) -> None:
    """Nothing to object to by axe in both themes, narrow and wide, and nothing cut off; leaves pictures for people."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert objections(page) == []
        shoot(page, f"{name}-1280-{scheme}")
    page.set_viewport_size({"width": 360, "height": 800})
    assert objections(page) == []
    page.emulate_media(color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    shoot(page, f"{name}-360-light")
    page.set_viewport_size({"width": 1280, "height": 900})


def shoot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
