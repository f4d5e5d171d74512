"""Every page as each role has it: in both themes and both languages, on a telephone and on a desk, all of it opened."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from playwright.sync_api import Page
from tests.api.builder import AT
from tests.api.importing import Importing
from tests.browser.conftest import PEOPLE, RULES, SignIn, Site, objections, shoot
from tests.browser.english import left_in
from tests.doors.world import World, populate

from appraise.api.global_ids import Kind, to_global
from appraise.console.menu import PAGES
from appraise.domain.fairness import AttributeVerdicts, FairnessVerdicts, GroupVerdict
from appraise.domain.indicators import SATISFACTION
from appraise.use_cases.publish_verdicts import publish_verdicts

pytestmark = [pytest.mark.browser, pytest.mark.long]
SECTIONS = ("Ann Archer", "Ben Castellanos", "Cem Yıldız", "Max Weber")
"""Final with a claim and a correction, handed in, being written, not begun."""
LANGUAGES = {"en": ("English", "Loading …"), "de": ("Deutsch", "Wird geladen …")}
WIDTHS = (1280, 360)
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that a theme can break: all others are looked at in one."""
OF_THE_COMPANY = re.compile(
    r"not mine|.*answers about bots.*|at|answer|.*\bCustomer Service\b.*|.*\b(with these customers|in this job)\b.*|.*\b(people|sections) service\b.*"
    r"|.*There is 1 indicator with a figure\.|.*\bBelow\b.*"
)
"""Names, columns and sentences that the company of the tests brings along in English."""
OPEN_ALL = """() => {
  const open = (root) => root.querySelectorAll("*").forEach((one) => {
    if (one.localName === "details") one.open = true;
    if (one.shadowRoot) open(one.shadowRoot);
  });
  open(document);
}"""


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    path: str


@pytest.fixture(scope="module")
def keys(site: Site) -> dict[str, list[str]]:
    """What stands for `{key}` in the addresses, once something of everything has happened."""
    company = site.company
    company.deployment.events.initialise()
    with httpx2.Client(base_url=site.url) as client:
        populate(World(company, client))  # type: ignore[arg-type]  # asks as the client of the tests would
        planned = Importing(company, client, [AT]).planned()  # type: ignore[arg-type]
    verdicts = [GroupVerdict("rated 4 or 5", SATISFACTION, "women", "men", one) for one in ("EVIDENCE", "TOO_SMALL")]
    found = AttributeVerdicts("sex", is_complete=False, verdicts=tuple(verdicts))
    hr = company.principal("Hal Novak")
    publish_verdicts(company.deployment, hr, FairnessVerdicts(company.cycle.id, AT, (found,)), at=AT)
    return {
        "/sections": [to_global(Kind.SECTION, company.section(of).section.id) for of in SECTIONS],
        "/cycles": [to_global(Kind.CYCLE, company.cycle.id)],
        "/imports": [planned["id"]],
    }


def addresses(site: Site, name: str, keys: dict[str, list[str]]) -> list[Address]:
    """Of the pages that the person may open, each with what its addresses name."""
    found, principal = [], site.company.principal(name)
    for page in PAGES:
        if not page.may(principal):
            continue
        of = keys.get(page.root, [""]) if "{key}" in page.path else [""]
        for number, key in enumerate(of):
            about = page.path.replace("{key}", f"{number}").strip("/").replace("/", "-")
            found.append(Address(about, page.path.replace("{key}", key)))
    return found


@pytest.mark.parametrize(("role", "name"), [(role, name) for _, role, name in PEOPLE])
def test_nothing_on_any_page_is_inaccessible_or_cut_off_in_any_theme_and_language(
    sign_in: SignIn, site: Site, keys: dict[str, list[str]], role: str, name: str
) -> None:
    page = sign_in(role)
    wrong = []
    for language, (button, loading) in LANGUAGES.items():
        page.get_by_role("button", name=button).click()
        page.locator(f"html[lang={language}]").wait_for()
        for address in addresses(site, name, keys):
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            page.goto(address.path)
            _comes(page, loading)
            if language == "de" and address.name != "adapters":  # which names what is in vendors' exports
                wrong += [(role, address.name, *one) for one in left_in(page) if not OF_THE_COMPANY.fullmatch(one[0])]
            wrong += [(role, language, *found) for found in _wrong(page, f"{role}-{address.name}", language)]

    assert not wrong, "\n".join(map(str, wrong))


def _comes(page: Page, loading: str) -> None:
    page.locator(".whole h1, .whole [role=alert]").first.wait_for()
    page.get_by_text(loading).first.wait_for(state="detached")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(OPEN_ALL)
    page.wait_for_load_state("networkidle")
    page.get_by_text(loading).first.wait_for(state="detached")
    page.evaluate(OPEN_ALL)


def _wrong(page: Page, name: str, language: str) -> Iterator[tuple[str, object]]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{name} is {wide} wide at {width}", None
        for scheme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            for found in objections(page, rules):
                yield f"{name} {width} {scheme}", found
            if language == "en":
                shoot(page, f"{name}-{width}-{scheme}")
