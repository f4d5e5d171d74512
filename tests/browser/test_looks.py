"""What the pages look like: pictures for people to see, and the rules of accessibility that a program can check."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.api.builder import AT
from tests.browser.conftest import SignIn, Site, objections, open_section, shoot

from appraise.api.global_ids import Kind, to_global
from appraise.domain.fairness import AttributeVerdicts, FairnessVerdicts, GroupVerdict
from appraise.domain.indicators import SATISFACTION
from appraise.use_cases.publish_verdicts import publish_verdicts

pytestmark = pytest.mark.browser
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) sum += one.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""


def the_sign_in_page(sign_in: SignIn, **how: object) -> Page:
    return sign_in(None, **how)


def the_list(sign_in: SignIn, **how: object) -> Page:
    return sign_in("hr_administrator", **how)


def the_manager_s_view(sign_in: SignIn, **how: object) -> Page:
    page = sign_in("manager", **how)
    open_section(page, "Cem Yıldız")
    page.get_by_text("How it is worked out").first.click()
    return page


def the_employee_s_view(sign_in: SignIn, **how: object) -> Page:
    page = sign_in("employee", **how)
    open_section(page, "Ann Archer")
    return page


def the_manager_s_tasks(sign_in: SignIn, **how: object) -> Page:
    page = sign_in("manager", **how)
    page.get_by_role("link", name="To do").click()
    page.locator("appraise-tasks li").first.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    return page


VIEWS = [the_sign_in_page, the_list, the_manager_s_view, the_employee_s_view, the_manager_s_tasks]
View = Callable[..., Page]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_has_nothing_to_object(sign_in: SignIn, view: View, scheme: str) -> None:
    page = view(sign_in, scheme=scheme)
    shoot(page, f"{view.__name__}-1280-{scheme}")

    assert objections(page) == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@pytest.mark.parametrize("width", [360, pytest.param(640, marks=pytest.mark.long), 1600])
def test_nothing_is_cut_off_at_any_width(sign_in: SignIn, view: View, width: int) -> None:
    """640 is a window of 1280 at 200 % zoom."""
    page = view(sign_in, width=width)
    shoot(page, f"{view.__name__}-{width}-light")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("view", [the_list, the_employee_s_view], ids=lambda view: view.__name__)
def test_nothing_jumps_while_a_page_loads(sign_in: SignIn, view: View) -> None:
    """Under 0.1 counts as good by the Core Web Vitals."""
    page = view(sign_in)
    page.reload()
    page.locator("appraise-people li .person a, appraise-section h1").first.wait_for()

    assert page.evaluate(SHIFT) < 0.1


PAGES_OF_HR = [
    *["cycles", "cycles/%CYCLE%", "cycles/%CYCLE%/write-back", "calibration", "imports", "adapters", "audit", "tokens"],
    *["roles", "policies", "person-requests", "fairness", "parts", "disputes", "record"],
]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(360, "dark"), *(pytest.param(*one, marks=pytest.mark.long) for one in ((1280, "light"), (640, "light")))],
)
def test_pages_of_hr_are_accessible_and_nothing_is_cut_off(
    sign_in: SignIn, site: Site, width: int, scheme: str
) -> None:
    """All by one sign-in: each is looked at when what it shows has come."""
    verdicts = [GroupVerdict("rated 4 or 5", SATISFACTION, "women", "men", one) for one in ("EVIDENCE", "TOO_SMALL")]
    found = FairnessVerdicts(
        site.company.cycle.id, AT, (AttributeVerdicts("sex", is_complete=False, verdicts=tuple(verdicts)),)
    )
    publish_verdicts(site.company.deployment, site.company.principal("Hal Novak"), found, at=AT)
    page = sign_in("hr_administrator", width=width, scheme=scheme)
    wrong = []
    for path in PAGES_OF_HR:
        page.goto("/" + path.replace("%CYCLE%", to_global(Kind.CYCLE, site.company.cycle.id)))
        page.locator(".whole h1").wait_for()
        page.get_by_text("Loading …").first.wait_for(state="detached")
        page.evaluate("document.fonts.ready.then(() => true)")
        name = path.replace("%CYCLE%", "one").replace("/", "-")
        shoot(page, f"{name}-{width}-{scheme}")
        if width != 640:
            wrong += [(path, *found) for found in objections(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append((path, "is cut off", []))

    assert wrong == []


def test_an_absence_is_words_and_never_a_picture_or_a_zero(sign_in: SignIn) -> None:
    page = the_employee_s_view(sign_in)
    absent = page.locator("appraise-item", has=page.get_by_role("heading", name="Lifetime value"))

    assert absent.locator("svg").count() == 0
    assert "Too little evidence for a figure" in absent.locator("article").inner_text()


def test_a_print_shows_the_figures_and_no_buttons(sign_in: SignIn) -> None:
    page = the_manager_s_view(sign_in)
    page.emulate_media(media="print")
    shoot(page, "print")

    assert page.locator("button:visible").count() == 0
    assert page.locator("svg.picture").count() == 2


def test_what_waits_leads_to_where_it_is_done(sign_in: SignIn) -> None:
    page = the_manager_s_tasks(sign_in)
    rate = page.locator("section", has=page.get_by_role("heading", name="Rate and hand in"))
    assert rate.locator("li a").all_inner_texts() != []
    name = rate.locator("li a").first.inner_text()
    rate.locator("li a").first.click()
    page.locator("appraise-section h1", has_text=name).wait_for()


def test_who_has_nothing_to_do_reads_that(sign_in: SignIn) -> None:
    page = sign_in("executive")
    page.get_by_role("link", name="To do").click()
    page.get_by_text("Nothing waits for you.").wait_for()
