"""HR's pages at work, in a real browser: each test goes through one page from the first look to what came of it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import update
from tests.api.builder import AT
from tests.api.importing import MAPPING, RATINGS
from tests.api.test_doors import _advance
from tests.browser.conftest import SignIn, Site, objections, open_section, shoot

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, Role
from appraise.domain.employees import EmploymentStatus
from appraise.domain.person_requests import RequestKind
from appraise.domain.section_states import SectionState
from appraise.storage.tables import EMPLOYMENTS
from appraise.use_cases.person_requests import propose_person_request
from appraise.use_cases.work import Worker
from appraise.use_cases.write_back import write_back_due

pytestmark = pytest.mark.browser


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def test_hr_exempts_somebody_ends_it_sets_rules_and_takes_the_cycle_on(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Cycles")
    page.get_by_role("link", name="2025").click()
    page.get_by_text("4 others have").wait_for()

    page.get_by_label("Exempt somebody else").fill("Cem")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Exempt Cem Yıldız").press("Enter")
    page.get_by_label("Why is Cem Yıldız exempt?").select_option(label="On leave")
    page.get_by_label("More about it").fill("from May")
    page.keyboard.press("Enter")
    exempt = page.locator("details", has_text="Exempt: 1 person")
    exempt.get_by_text("On leave: from May").wait_for()
    exempt.get_by_role("button", name="End the exemption of Cem Yıldız").press("Enter")
    exempt.wait_for(state="detached")

    page.get_by_role("button", name="Change …").click()
    page.get_by_label("Days to answer").fill("21")
    page.get_by_label("Worst value").fill("0")
    page.get_by_role("button", name="Set the rules").click()
    assert page.locator("input:invalid").evaluate_all("all => all.map((one) => one.name)") == ["highest", "step"]
    page.get_by_label("Best value").fill("100")
    page.get_by_label("Step").fill("7")
    page.get_by_role("button", name="Set the rules").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Step").fill("1")
    page.get_by_role("button", name="Set the rules").click()
    page.get_by_text("0 to 100, by 1").wait_for()

    page.get_by_role("button", name="Go on to Rating …").press("Enter")
    page.get_by_role("button", name="Go on to Rating", exact=True).press("Enter")
    page.locator("li[aria-current=step]", has_text="Rating").wait_for()
    page.emulate_media(media="print")
    assert page.locator("button:visible").count() == 0


def test_hr_announces_a_cycle(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Cycles")
    page.get_by_text("Announce a new cycle").click()
    page.get_by_label("Name").fill("2026")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-12-31")
    page.get_by_role("button", name="Announce it").click()
    page.get_by_text("1 Jan – 31 Dec 2026").wait_for()
    page.locator("li[aria-current=step]", has_text="Planned").wait_for()


def test_how_a_word_is_written_tells_the_encoding_of_a_file(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Imports")
    foreign = {"name": "r.csv", "mimeType": "text/csv", "buffer": RATINGS + "5,2025-03-01,Renéé,3,4\n".encode("cp1252")}
    page.locator("input[type=file]").set_input_files(foreign)
    page.get_by_text("The file’s text is not UTF-8").wait_for()
    assert (objections(page), page.locator("table").count()) == ([], 0)
    shoot(page, "import-encoding")
    page.get_by_role("button", name="Renéé").press("Enter")
    page.get_by_role("cell", name="Renéé").wait_for()
    assert page.get_by_label("Encoding of its text").input_value() == "cp1252"
    assert "event_id" in page.get_by_role("textbox", name="Mapping").input_value()


def test_a_file_is_sent_planned_imported_and_taken_back(sign_in: SignIn, site: Site) -> None:
    site.company.deployment.events.initialise()
    worker = Worker(site.company.deployment, lambda: AT)
    page = sign_in("hr_administrator")
    go(page, "Imports")
    page.locator("input[type=file]").set_input_files({"name": "ratings.csv", "mimeType": "text/csv", "buffer": RATINGS})
    page.get_by_text("No vendor’s format was recognised").wait_for()
    assert page.locator("td").all_inner_texts()[:5] == ["1", "2025-03-01", "E0005", "5", "41"]
    assert objections(page) == []

    mapping = page.get_by_role("textbox", name="Mapping")
    mapping.fill('kind = "nonsense"')
    page.get_by_role("button", name="Show what would happen").press("Enter")
    page.get_by_text("it waits for a worker").wait_for()
    worker.run_once()
    assert "nonsense" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Read it otherwise").click()
    mapping.fill(MAPPING)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("it waits for a worker").wait_for()
    worker.run_once()
    page.get_by_text("Rejected rows: 2").wait_for()
    assert (objections(page), shoot(page, "import-plan")) == ([], None)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the rejected rows as CSV").click()
    assert "'=cmd()" in saved.value.path().read_text()

    for deed, done in (("Import it", "What was done"), ("Take it back …", "2 events were taken back")):
        page.get_by_role("button", name=deed).press("Enter")
        if deed.endswith("…"):
            page.get_by_role("button", name="Take it back", exact=True).press("Enter")
        page.get_by_text("it waits for a worker").wait_for()
        worker.run_once()
        page.get_by_text(done).wait_for()
    go(page, "Imports")
    page.locator(".past li", has_text="Taken back").wait_for()


def test_a_token_is_made_shown_once_and_revoked(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Tokens")
    page.get_by_label("Whose it is").fill("orders from the shop")
    page.get_by_text("Import events:").click()
    page.get_by_role("button", name="Make the token").press("Enter")
    page.locator(".made:focus .code", has_text="apr_live_").wait_for()
    row = page.locator(".tokens li", has_text="orders from the shop")
    assert "Import events" in row.inner_text()
    assert "never used" in row.inner_text()
    page.get_by_role("button", name="Revoke the token orders from the shop").press("Enter")
    assert objections(page) == []
    page.get_by_role("button", name="Revoke it").press("Enter")
    row.wait_for(state="detached")
    assert page.locator(".made").count() == 0
    assert page.locator(".tokens li", has_text="Acts as Hal Novak").count() >= 1


def test_a_role_is_granted_and_taken_away_and_never_ones_own(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Roles")
    auditors = page.locator("section", has=page.get_by_role("heading", name="Auditor"))
    page.get_by_label("To whom").fill("nobody@example.org")
    page.get_by_label("Which").select_option("AUDITOR")
    page.get_by_role("button", name="Grant the role").press("Enter")
    page.get_by_role("alert").get_by_text("there is no such employee").wait_for()
    page.get_by_label("To whom").fill("e7@example.org")
    page.get_by_role("button", name="Grant the role").press("Enter")
    page.get_by_role("status").get_by_text("has the role Auditor from the next request on").wait_for()
    rows = auditors.locator("li")
    row = rows.filter(has_text="by Hal Novak")
    before, name = rows.count(), row.locator(".name").inner_text()
    page.get_by_role("button", name=f"Take the role Auditor from {name}").press("Enter")
    assert objections(page) == []
    page.get_by_role("button", name="Take it away", exact=True).press("Enter")
    row.wait_for(state="detached")
    assert rows.count() == before - 1
    own = page.locator("li", has=page.get_by_text("Hal Novak", exact=True))
    assert (own.count(), own.get_by_role("button").count()) == (1, 0)


def test_an_export_of_a_person_is_proposed_waits_for_another_and_is_taken_back(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    go(page, "Data requests")
    page.get_by_label("Whose data", exact=False).first.fill("e7@example.org")
    page.get_by_label("Who asked for it").fill("A letter of 3 March")
    page.get_by_role("button", name="Propose it").click()
    row = page.locator(".rows li", has_text="waits for a second person")
    row.wait_for()
    assert page.get_by_role("button", name="Confirm").count() == 0  # whoever proposed it
    assert objections(page) == []
    shoot(page, "person-requests")
    page.get_by_role("button", name="Take back").click()
    page.locator(".rows li", has_text="taken back by Hal Novak").wait_for()


def test_the_auditor_finds_who_read_whom_verifies_the_log_and_takes_it_away(sign_in: SignIn, site: Site) -> None:
    open_section(sign_in("hr_administrator"), "Cem Yıldız")
    page = sign_in("auditor")
    go(page, "Audit log")
    page.get_by_label("What was done").select_option(label="read a section")
    line = page.locator(".lines li", has_text="read a section: Cem Yıldız").first
    assert "Hal Novak" in line.inner_text()
    line.get_by_role("button", name="All about this section").click()
    page.get_by_text("Only about this section of Cem Yıldız").wait_for()
    page.get_by_role("searchbox", name="About somebody").fill("Ann")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ann Archer").press("Enter")
    page.get_by_text("Only about Ann Archer").wait_for()

    page.get_by_role("button", name="Verify the chain").press("Enter")
    page.get_by_text("Chain whole,").wait_for()
    page.get_by_role("button", name="Take it away as a file").press("Enter")
    page.get_by_text("The file is being written").wait_for()
    Worker(site.company.deployment, lambda: AT).run_once()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the file").click()
    assert saved.value.path().read_text().count('"section.read"') >= 1
    assert objections(page) == []
    go(page, "Cycles")
    page.get_by_role("link", name="2025").click()
    page.get_by_text("Who is missing, and why").wait_for()
    assert page.get_by_role("button").all_inner_texts() == ["Sign out", "English", "Deutsch"]  # auditors change nothing


def test_a_policy_is_read_in_words_checked_and_tried(sign_in: SignIn, site: Site) -> None:
    page = sign_in("hr_administrator")
    go(page, "Policy")
    page.get_by_text("Version 1, the defaults").wait_for()
    assert "0.7 (70\N{NO-BREAK SPACE}%)" in page.locator(".choices").first.inner_text()
    document = page.get_by_role("textbox", name="Policy document")
    document.fill("attributable_share = 2")
    page.get_by_role("button", name="Only check it").press("Enter")
    page.get_by_role("alert").filter(has_text="attributable_share is 2").wait_for()
    document.fill("version = 2")
    page.get_by_role("button", name="Try it").press("Enter")
    page.get_by_text("Waiting for a worker").wait_for()
    Worker(site.company.deployment, lambda: AT).run_once()
    page.get_by_role("alert").wait_for()  # nothing was imported of what the run says it read
    assert objections(page) == []


def test_a_person_is_erased_after_one_more_question(sign_in: SignIn, site: Site) -> None:
    deployment, agent = site.company.deployment, site.company.ids["Agent 007"]
    with deployment.database.transaction() as session:
        left = update(EMPLOYMENTS).where(EMPLOYMENTS.c.employee_id == agent)
        session.execute(left.values(ends_on=AT.date() - timedelta(days=1), ended_as=EmploymentStatus.TERMINATED))
    other = Principal("Hedy", site.company.ids["Vera Lund"], frozenset({Role.HR_ADMINISTRATOR}))
    propose_person_request(deployment, other, agent, RequestKind.ERASURE, reason="a letter", at=AT)
    page = sign_in("hr_administrator")
    go(page, "Data requests")
    page.get_by_role("button", name="Erase Agent 007 for good").press("Enter")
    page.get_by_text("It cannot be undone.").last.wait_for()
    assert objections(page) == []
    page.get_by_role("button", name="Not now").press("Enter")
    assert page.locator(".rows li", has_text="waits for a second person").count() == 1
    page.get_by_role("button", name="Erase Agent 007 for good").press("Enter")
    page.get_by_role("button", name="Erase for good", exact=True).press("Enter")
    page.locator(".rows li", has_text="done by Hal Novak").wait_for()


def test_hr_sees_what_would_be_written_sends_it_and_decides_what_somebody_changed(sign_in: SignIn, site: Site) -> None:
    for name in ("Ann Archer", "Ben Castellanos"):
        _advance(site.company, name, SectionState.FINALISED)
    site.hr.known = {"E0005"}  # Ann; nobody there knows Ben
    deployment = site.company.deployment
    page = sign_in("hr_administrator")
    page.goto(f"/cycles/{to_global(Kind.CYCLE, site.company.cycle.id)}")
    page.get_by_role("link", name="Written into HR systems").click()
    page.get_by_role("button", name="Show what would be sent").click()
    page.get_by_text("Nothing was sent.").wait_for()
    row = page.locator("tbody tr", has_text="Ann Archer")
    assert "75 of 0 to 100, by 1" in row.inner_text()
    assert "Employee not found" in page.locator("tbody tr", has_text="Ben Castellanos").inner_text()
    shoot(page, "write-back-1280-light")
    assert (objections(page), site.hr.records) == ([], [])

    page.get_by_role("button", name="Send what is not there yet").click()
    row.get_by_text("waits to be sent").wait_for()
    write_back_due(deployment, lambda: AT)
    row.get_by_text("sent and read back").wait_for()
    site.hr.edit()
    write_back_due(deployment, lambda: AT + timedelta(days=2))
    page.reload()
    row.get_by_text("score: sent 75, found 12").wait_for()
    row.get_by_role("button", name="Decide …").click()
    shoot(page, "write-back-decide-1280-light")
    assert objections(page) == []
    row.get_by_role("button", name="Overwrite what stands there").click()
    row.get_by_text("waits to be sent").wait_for()
    write_back_due(deployment, lambda: AT + timedelta(days=3))
    row.get_by_text("sent and read back").wait_for()
    refused = page.locator("tbody tr", has_text="Ben Castellanos")
    refused.get_by_role("button", name="Decide …").click()
    refused.get_by_label("Seen to by hand").fill("Mia entered it in the review form")
    refused.get_by_role("button", name="Note it").click()
    refused.get_by_text("in a person’s hands").wait_for()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
