"""GraphiQL in a browser, as the package serves it: under the content policy, asking nobody else for anything."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import SignIn, shoot

pytestmark = pytest.mark.browser


def opened(sign_in: SignIn, role: str) -> Page:
    page = sign_in(role)
    page.get_by_role("link", name="API explorer").click()
    page.locator(".graphiql-query-editor .CodeMirror").wait_for()
    return page


def test_the_queries_to_begin_with_are_answered(sign_in: SignIn) -> None:
    page = opened(sign_in, "manager")
    answer = page.locator(".graphiql-response .result-window")
    page.get_by_role("button", name="Execute query").click()
    expect(answer).to_contain_text('"name": "Max Weber"')
    shoot(page, "explorer")
    for tab, told in {"People": "totalCount", "Sections": "COLLECTING", "Figures": "sentences"}.items():
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("button", name="Execute query").click()
        expect(answer).to_contain_text(told)
        expect(answer).not_to_contain_text('"errors"')


def test_a_subscription_is_followed_until_it_is_stopped(sign_in: SignIn) -> None:
    page = opened(sign_in, "hr_administrator")
    page.get_by_role("tab", name="Follow").click()
    page.get_by_role("button", name="Execute query").click()
    expect(page.locator(".graphiql-response .result-window")).to_contain_text("CURRENT")
    page.get_by_role("button", name="Stop query").click()
    page.get_by_role("button", name="Execute query").wait_for()


def test_its_menus_and_the_reference_open_under_the_policy(sign_in: SignIn) -> None:
    page = opened(sign_in, "employee")
    page.get_by_role("button", name="Open settings dialog").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Section")
