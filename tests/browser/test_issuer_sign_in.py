"""In a browser: to the identity provider and back, a page read, and out again at both."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.api.builder import AT
from tests.browser.conftest import Site, open_section, shoot
from tests.console.provider import OpenIdProvider, openid_provider
from tests.console.test_issuer_sign_in import written
from tests.serving import serving

from appraise.settings import Settings
from appraise.web import create_app

pytestmark = pytest.mark.browser


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as one:
        one.has_page = True
        yield one


@pytest.fixture
def url(site: Site, provider: OpenIdProvider, tmp_path: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    provider.callbacks = {f"{address}/sign-in/with/staff/callback"}
    settings = Settings(issuers=written(tmp_path, provider), public_url=address)
    with serving(create_app(site.company.deployment, settings, lambda: AT), port=port) as served:
        yield served


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """Fails where a page writes an error to the console, as a refusal of the content policy is one."""
    complaints: list[str] = []
    context = browser.new_context(locale="en-GB", base_url=url)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []  # a refusal is no 200


def test_a_person_signs_in_reads_a_page_and_signs_out(page: Page, url: str, provider: OpenIdProvider) -> None:
    page.goto("/sign-in")
    shoot(page, "sign-in-with-issuer")
    page.get_by_role("link", name="Example staff account").click()
    page.get_by_role("button", name="Continue as Ann").click()
    expect(page.locator(".masthead")).to_contain_text("Ann Archer")
    page.goto("/people")
    open_section(page, "Ann Archer")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("appraise_session", True, "Lax")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{url}/sign-in")
    assert len(provider.ended) == 1
    assert page.context.cookies() == []
    page.goto("/people")
    expect(page).to_have_url(f"{url}/sign-in")


def test_what_went_wrong_is_said_in_words(page: Page, provider: OpenIdProvider) -> None:
    provider.claims = {"nonce": "another"}
    page.goto("/sign-in/with/staff")
    page.get_by_role("button", name="Continue as Ann").click()

    expect(page.get_by_role("alert")).to_contain_text("Signing in did not work; begin again")
    expect(page.get_by_role("link", name="Example staff account")).to_be_visible()
