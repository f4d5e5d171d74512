"""The page of contributions in a real browser: who sees what, how it reads, and the file that it saves."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.api.builder import empty_deployment
from tests.api.organisation import AT, Organisation, build
from tests.browser.conftest import SignIn, Site, looks_well, shoot
from tests.serving import serving

from appraise.domain.section_states import SectionState
from appraise.settings import Settings
from appraise.use_cases.look_at_watches import look_at_watches
from appraise.web import create_app

pytestmark = pytest.mark.browser
PEOPLE = (
    ("HR administrator", "hr_administrator", "Hal"),
    ("Executive", "executive", "Vera"),
    ("Manager", "manager", "Noa"),
)


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Organisation, Site]]:
    directory = tmp_path_factory.mktemp("site")
    found = build(empty_deployment(directory))
    for cycle in found.cycles:
        found.put(found.agents, cycle)
    entries = [{"label": label, "role": role, "name": name, "token": found.token(name)} for label, role, name in PEOPLE]
    (directory / "demo.json").write_text(json.dumps({"people": entries}), encoding="utf-8")
    with serving(create_app(found.deployment, Settings(data=directory, demo=True), lambda: AT)) as url:
        yield found, Site(url, None, None)  # type: ignore[arg-type]  # the company is that of another test
    found.deployment.database.close()


@pytest.fixture(scope="module")
def site(organisation: tuple[Organisation, Site]) -> Site:
    return organisation[1]


def contributions(sign_in: SignIn, role: str = "executive", **how: object) -> Page:
    page = sign_in(role, **how)
    page.get_by_role("link", name="Contributions").click()
    page.locator("appraise-contributions article .measures svg").first.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_has_nothing_to_object(sign_in: SignIn, scheme: str) -> None:
    page = contributions(sign_in, scheme=scheme)
    page.locator("summary").first.click()
    shoot(page, f"contributions-1280-{scheme}")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []


@pytest.mark.parametrize("width", [360, pytest.param(640, marks=pytest.mark.long), 1600])
def test_nothing_is_cut_off_at_any_width(sign_in: SignIn, width: int) -> None:
    page = contributions(sign_in, width=width)
    shoot(page, f"contributions-{width}-light")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_departments_by_name_with_both_cycles_and_small_ones_withheld(sign_in: SignIn) -> None:
    page = contributions(sign_in)
    articles = page.locator("appraise-contributions article")

    assert articles.locator("h2").all_inner_texts() == sorted(
        articles.locator("h2").all_inner_texts(), key=str.casefold
    )
    sales = articles.filter(has=page.get_by_role("heading", name="Sales"))
    assert sales.get_by_role("img", name="Satisfaction over time. 2024: ").count() == 1
    stores = articles.filter(has=page.get_by_role("heading", name="Stores"))
    assert stores.get_by_role("img").count() == 0
    assert "Withheld. Fewer than 5 employees" in stores.inner_text()


def test_what_was_finalised_is_another_reading_and_stays_in_the_address(sign_in: SignIn) -> None:
    page = contributions(sign_in, "hr_administrator")
    page.get_by_role("combobox", name="Figures").select_option("As finalised")
    page.get_by_role("combobox", name="Of").select_option("Teams")
    page.locator("article h2", has_text="Noa").wait_for()

    assert page.url.endswith("/contributions?by=unit&as=finalised")
    page.reload()
    page.locator("article h2", has_text="Noa").wait_for()
    assert page.get_by_role("combobox", name="Figures").input_value() == "finalised"


def test_a_manager_sees_the_own_people_alone(sign_in: SignIn) -> None:
    page = contributions(sign_in, "manager")

    assert page.get_by_role("combobox", name="Of").input_value() == "EMPLOYEE"
    assert page.locator("article h2").all_inner_texts() == [f"Noa {number}" for number in range(6)]


def test_the_table_is_saved_with_every_row(sign_in: SignIn) -> None:
    page = contributions(sign_in)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert download.value.suggested_filename == "contributions-department.csv"
    assert {(row["group"], row["cycle"]) for row in rows} >= {("Sales", "2024"), ("Sales", "2025"), ("Stores", "2025")}
    by_key = {(row["group"], row["cycle"], row["indicator"]): row for row in rows}
    sales = by_key["Sales", "2025", "satisfaction"]
    assert float(sales["lower_95"]) < float(sales["figure"]) < float(sales["upper_95"])
    assert by_key["Stores", "2025", "satisfaction"]["figure"] == ""
    assert by_key["Stores", "2025", "satisfaction"]["reason_without_figure"] != ""


def test_the_page_is_used_by_keyboard_alone(sign_in: SignIn) -> None:
    """From the page's main part: what rows are about, which figures, the files, thresholds, then each group's figures."""
    page = contributions(sign_in)
    page.get_by_role("combobox", name="Of").focus()
    page.keyboard.press("ArrowDown")
    page.locator("article h2", has_text="Noa").wait_for()
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.locator("details[open] th[scope=row]").first.inner_text() == "2025"


def test_a_threshold_is_kept_on_the_page_and_what_lies_beyond_is_drawn_and_seen(
    sign_in: SignIn, organisation: tuple[Organisation, Site]
) -> None:
    page = contributions(sign_in)
    watches = page.locator("appraise-watch-list")
    watches.get_by_role("button", name="Keep a threshold").press("Enter")
    assert page.evaluate("document.activeElement.shadowRoot.querySelector('appraise-watch-list').shadowRoot.activeElement.name") == "indicator"  # fmt: skip
    watches.get_by_label("Lies").select_option("above")
    watches.get_by_role("spinbutton").fill("101")
    watches.get_by_role("button", name="Keep it").press("Enter")
    assert watches.locator("article").count() == 0  # the browser says what is possible
    watches.get_by_role("spinbutton").fill("60")
    watches.get_by_role("button", name="Keep it").press("Enter")

    watches.get_by_role("heading", name="Satisfaction: teams above 60.0").wait_for()
    rows = watches.locator("li")
    names = [row.locator("span").first.inner_text() for row in rows.all()]
    assert names == ["Mia new", "Noa new", "Pia new"]  # Raf and Tom are withheld together
    picture = rows.first.get_by_role("img")
    assert "95 % interval" in (picture.get_attribute("aria-label") or "")
    looks_well(page, "watch-list")

    look_at_watches(organisation[0].deployment, at=AT)
    page.goto("/tasks")
    page.get_by_role("link", name="Watch-list").click()
    watches.get_by_role("button", name="Seen: Satisfaction").press("Enter")
    watches.get_by_text("new", exact=True).first.wait_for(state="detached")
    page.goto("/tasks")
    page.get_by_text("Nothing waits for you.").wait_for()


def test_a_manager_has_no_watch_list(sign_in: SignIn) -> None:
    page = contributions(sign_in, "manager")

    assert page.get_by_role("heading", name="Watch-list").count() == 0


def test_where_no_department_is_told_of_everybody_comes_first_and_the_page_says_why(
    sign_in: SignIn, organisation: tuple[Organisation, Site]
) -> None:
    """The last test of this file: from here on four people each of two departments are handed in."""
    company = organisation[0]
    for cycle in company.cycles:
        company.put(company.agents, cycle, SectionState.DRAFT)
        company.put(tuple(f"{lead} {number}" for lead in ("Noa", "Pia") for number in range(4)), cycle)
    page = contributions(sign_in)

    assert page.locator("article h2").all_inner_texts()[0] == "Everybody"
    assert page.locator("article svg.history").count() == page.locator("article").first.locator("svg.history").count()
    page.get_by_text("None of these groups is told of by itself").wait_for()
    looks_well(page, "contributions-small")
