"""Pages in German, in words a third longer, and from the right to the left."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import SignIn, Site, objections, shoot

from appraise.api.global_ids import Kind, to_global

pytestmark = pytest.mark.browser
PAGES = [
    *["people", "sections/%SECTION%", "tasks", "record", "contributions", "cycles", "cycles/%CYCLE%", "calibration"],
    *[
        "imports",
        "adapters",
        "audit",
        "tokens",
        "roles",
        "policies",
        "disputes",
        "parts",
        "person-requests",
        "fairness",
    ],
    "cycles/%CYCLE%/write-back",
]
SPEAK = """async (tag) => {
  const page = document.querySelector(".whole");
  page.lang = tag;
  await new Promise((done) => setTimeout(done, 100));
  return [document.documentElement.scrollWidth, getComputedStyle(page).direction];
}"""


def opened(page: Page, site: Site, path: str) -> None:
    section = to_global(Kind.SECTION, site.company.section("Cem Yıldız").section.id)
    cycle = to_global(Kind.CYCLE, site.company.cycle.id)
    page.goto("/" + path.replace("%SECTION%", section).replace("%CYCLE%", cycle))
    page.locator(".whole h1").wait_for()
    page.get_by_text("Wird geladen …").first.wait_for(state="detached")


@pytest.mark.long
def test_every_page_fits_in_german_in_longer_words_and_from_the_right(sign_in: SignIn, site: Site) -> None:
    page = sign_in("hr_administrator", width=360)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("appraise-people h1")).to_have_text("Personen")
    wrong = []
    for path in PAGES:
        opened(page, site, path)
        wrong += [(path, *found) for found in objections(page)]
        name = path.replace("%CYCLE%", "one").replace("%SECTION%", "one").replace("/", "-")
        for tag, direction in [("de", "ltr"), ("en-XA", "ltr"), ("ar-XB", "rtl")]:
            found = page.evaluate(SPEAK, tag)
            if found != [360, direction]:
                wrong.append((path, tag, found))
            shoot(page, f"{name}-360-{tag}")

    assert wrong == []


def test_a_section_is_german_from_its_menu_to_its_workings(sign_in: SignIn, site: Site) -> None:
    page = sign_in("manager")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    opened(page, site, "sections/%SECTION%")
    item = page.locator("appraise-item").first
    item.get_by_text("Wie der Wert zustande kommt").click()

    expect(item).to_contain_text("Wie zufrieden sind die Kundinnen und Kunden")
    expect(item.locator(".number").first).to_have_text("79,2 von 100 Punkten")
    expect(item).to_contain_text("Mit 95\N{NO-BREAK SPACE}% Sicherheit liegt der wahre Wert zwischen 75,8 und 82,6")
    assert objections(page) == []
    shoot(page, "section-1280-de")
