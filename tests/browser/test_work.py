"""What people do on the pages: rate by keyboard, lose no words, hand in, give back, make final, read."""

import json
import re
import zipfile
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from tests.api.builder import AT, MANAGERS, Company, record_of
from tests.browser.conftest import SignIn, Site, looks_well, open_section, shoot

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.cycles import CycleRules, CycleState
from appraise.domain.section_states import SectionState
from appraise.storage import section_revisions, sections
from appraise.use_cases.advance_cycle import advance_cycle
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.set_cycle_rules import set_cycle_rules
from appraise.use_cases.submit_section import submit_section

pytestmark = pytest.mark.browser


def test_a_manager_rates_with_the_keyboard_alone(sign_in: SignIn, site: Site) -> None:
    page = sign_in(None)
    _tab_to(page, "button[value=manager]")
    page.keyboard.press("Enter")
    page.locator("appraise-tasks li").first.wait_for()
    _tab_to(page, "a[href^='/sections/']")
    page.keyboard.press("Enter")
    page.locator("appraise-section h1", has_text="Ann Archer").wait_for()
    _tab_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    _tab_to(page, "textarea")
    page.keyboard.type("Listens first.")
    page.keyboard.press("Tab")
    expect(page.locator("appraise-item .status").first).to_contain_text("Saved at")

    first = site.company.section("Ann Archer").section.items[0]
    assert (first.rating, first.comment) == (3, "Listens first.")


def test_two_people_who_write_at_once_both_keep_their_words(sign_in: SignIn, site: Site) -> None:
    mine, theirs = sign_in("manager"), sign_in("manager")
    for page in (mine, theirs):
        open_section(page, "Ben Castellanos")
    theirs.locator("textarea").first.fill("Theirs.")
    expect(theirs.locator("appraise-item .status").first).to_contain_text("Saved at")
    mine.locator("textarea").first.fill("Mine.")
    notice = mine.locator("appraise-item .notice")
    expect(notice).to_contain_text("Theirs.")
    expect(notice).to_contain_text("Mine.")
    mine.locator("textarea").first.press_sequentially(" And more.")
    mine.wait_for_timeout(1000)  # longer than it waits for the end of typing
    expect(notice).to_contain_text("Mine. And more.")
    expect(mine.locator(".missing")).to_contain_text("Satisfaction: what you wrote is not saved")
    mine.get_by_role("button", name="Hand in", exact=True).click()
    expect(mine.get_by_role("dialog")).to_have_count(0)
    with mine.expect_event("dialog") as leaving:
        mine.close(run_before_unload=True)
    assert leaving.value.type == "beforeunload"
    leaving.value.dismiss()
    looks_well(mine, "conflict")
    assert site.company.section("Ben Castellanos").section.items[0].comment == "Theirs."
    mine.get_by_role("button", name="Keep mine").click()
    expect(mine.locator("appraise-item .status").first).to_contain_text("Saved at")

    assert site.company.section("Ben Castellanos").section.items[0].comment == "Mine. And more."


def test_an_employee_and_their_manager_write_at_once(sign_in: SignIn, site: Site) -> None:
    manager, employee = sign_in("manager"), sign_in("employee")
    for page in (manager, employee):
        open_section(page, "Ann Archer")
    for page, words in ((manager, "The manager's."), (employee, "Her own."), (manager, "The manager's, too.")):
        page.locator("textarea").first.fill(words)
        expect(page.locator("appraise-item .status").first).to_contain_text("Saved at")
        expect(page.locator("appraise-item .notice")).to_have_count(0)

    employee.reload()
    expect(employee.locator("textarea").first).to_have_value("Her own.")
    assert site.company.section("Ann Archer").section.items[0].comment == "The manager's, too."


def test_words_written_without_a_connection_are_sent_when_it_is_back(sign_in: SignIn, site: Site) -> None:
    page = sign_in("manager")
    open_section(page, "Cem Yıldız")
    page.context.set_offline(True)
    page.locator("textarea").first.fill("Written on the train.")
    expect(page.locator("appraise-item .status").first).to_contain_text("kept here")
    page.context.set_offline(False)
    expect(page.locator("appraise-item .status").first).to_contain_text("Saved at", timeout=15_000)

    assert site.company.section("Cem Yıldız").section.items[0].comment == "Written on the train."


def test_a_section_goes_from_the_manager_by_way_of_hr_to_the_employee(sign_in: SignIn) -> None:
    manager, hr, employee, head = (sign_in(role) for role in ("manager", "hr_administrator", "employee", "head"))
    _assesses_herself(employee)
    open_section(manager, "Ann Archer")
    expect(manager.locator("aside")).to_contain_text("It opens when your ratings are handed in too")
    expect(manager.locator("appraise-section")).not_to_contain_text("Mostly by telephone.")
    together = manager.locator("appraise-together")
    expect(together).to_contain_text("Your own judgement comes first")
    expect(together.locator("svg")).to_have_count(0)
    for name in ("Satisfaction", "Repeat purchases", "Attrition"):
        row = manager.locator("appraise-item", has=manager.get_by_role("heading", name=name))
        if name == "Attrition":
            expect(row.locator("article")).to_have_text(
                re.compile(r"^(?!.*level \d of 5).*The reliability is", re.IGNORECASE | re.DOTALL)
            )
        row.get_by_role("radio", name="4").check()
        expect(row.locator(".status")).to_contain_text("Saved at")
    expect(manager.locator("appraise-item .finding").last).to_contain_text("Level 3 of 5 by a fixed rule")
    expect(together).to_contain_text("Level 3 of 5 by a fixed rule. It is not a rating")
    shoot(manager, "together")
    _hands_in(manager)
    _is_approved_and_shared(hr)
    _disputes_and_reads_why_not(employee, head)
    employee.get_by_role("button", name="I agree", exact=True).click()
    employee.get_by_role("dialog").get_by_role("button", name="I agree").click()
    expect(employee.locator(".steps [aria-current]")).to_have_text("Answered")

    hr.reload()
    hr.get_by_role("button", name="Make final").click()
    hr.get_by_role("dialog").get_by_label("Your reason").fill("Agreed in the round of 3 March")
    shoot(hr, "dialog")
    hr.get_by_role("dialog").get_by_role("button", name="Make final").click()
    expect(hr.locator(".steps [aria-current]")).to_have_text("Final")

    _takes_the_record_away(employee)
    employee.go_back()
    expect(employee.locator(".total")).to_contain_text("4.00 of 5")
    expect(employee.locator("appraise-item").first).to_contain_text("Manager’s rating: 4 of 5")
    shoot(employee, "final")


def test_a_rating_that_the_data_do_not_bear_out_asks_for_a_reason(sign_in: SignIn, site: Site) -> None:
    page = sign_in("manager")
    open_section(page, "Ben Castellanos")
    row = page.locator("appraise-item", has=page.get_by_role("heading", name="Satisfaction"))
    row.get_by_role("radio", name="5").check()
    expect(page.locator(".missing")).to_contain_text("Satisfaction: a reason for the 5")
    row.get_by_label("Why 5, where the data bear out 2 to 4").fill("Trained the whole team.")
    row.get_by_label("Your words").fill("Outstanding.")
    expect(row.locator(".status")).to_contain_text("Saved at")
    expect(page.locator(".missing")).not_to_contain_text("Satisfaction")

    assert site.company.section("Ben Castellanos").section.items[0].reason == "Trained the whole team."


def test_what_is_missing_leads_to_its_place(sign_in: SignIn) -> None:
    page = sign_in("manager")
    open_section(page, "Cem Yıldız")
    page.get_by_role("button", name="Repeat purchases: a rating").click()

    assert page.evaluate("document.activeElement.shadowRoot.activeElement.item.indicator.name") == "Repeat purchases"


def test_a_manager_reads_where_colleagues_lie(sign_in: SignIn) -> None:
    page = sign_in("manager")
    open_section(page, "Cem Yıldız")
    row = page.locator("appraise-item").first
    row.get_by_text("Where colleagues lie").click()
    expect(row.locator("appraise-peers")).to_contain_text(
        "colleagues have a figure. Half of the department lie between"
    )
    assert row.get_by_role("img", name="half of the department from").count() == 1
    shoot(page, "peers")


def test_a_section_that_was_opened_again_shows_what_it_was(sign_in: SignIn, site: Site) -> None:
    """Kept and begun as the reopening does it."""
    first = site.company.section("Agent 011").section
    item = replace(first.items[0], rating=2, comment="As it was.")
    with site.company.deployment.database.transaction() as session:
        kept = replace(first, state=SectionState.FINALISED, items=(item, *first.items[1:]))
        section_revisions.keep(session, kept, ended_at=AT)
        sections.save(session, [replace(first, revision=2)], at=AT)
    page = sign_in("hr_administrator")
    open_section(page, "Agent 011")
    page.get_by_text("Earlier revisions").click()
    article = page.get_by_role("article", name="Revision 1, as it stood on 1 Mar 2026")
    expect(article).to_contain_text("It stands in HR systems until a later one is final.")
    expect(article).to_contain_text("rated 2 of 5")
    expect(article).to_contain_text("As it was.")
    looks_well(page, "revisions")


def test_a_list_is_searched_and_read_on(sign_in: SignIn) -> None:
    page = sign_in("hr_administrator")
    expect(page.locator(".count")).to_have_text("64 people")
    page.get_by_role("button", name="Show more (14)").click()
    expect(page.locator("appraise-people li")).to_have_count(64)
    page.get_by_label("Search").fill("agent 01")
    expect(page.locator(".count")).to_have_text("10 people")
    page.get_by_label("Search").fill("nobody of this name")
    expect(page.locator(".empty")).to_contain_text("Nobody matches")


def test_a_section_that_is_not_the_readers_looks_like_none(sign_in: SignIn) -> None:
    hr, employee = sign_in("hr_administrator"), sign_in("employee")
    open_section(hr, "Nia Okafor")
    employee.goto(hr.url)
    expect(employee.locator("appraise-section")).to_contain_text("There is no such section, or it is not yours to see.")


def test_a_service_that_does_not_answer_is_said_and_asked_again(sign_in: SignIn) -> None:
    page = sign_in("employee")
    open_section(page, "Ann Archer")
    page.route("**/graphql", lambda route: route.abort())
    page.reload()
    expect(page.locator("appraise-section")).to_contain_text("The service does not answer.")
    page.unroute("**/graphql")
    expect(page.locator("appraise-section h1")).to_have_text("Ann Archer", timeout=15_000)


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus, however deep in shadow trees, matches."""
    script = """(selector) => {
      let found = document.activeElement;
      while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
      return found?.matches(selector) ?? false;
    }"""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(script, selector):
            return
    pytest.fail(f"nothing that matches {selector} is reached by the Tab key")


def _assesses_herself(page: Page) -> None:
    """And claims that a record is not hers, which she takes back."""
    open_section(page, "Ann Archer")
    first = page.locator("appraise-item").first
    first.get_by_role("radio", name="4").check()
    first.get_by_label("Your own words").fill("Mostly by telephone.")
    expect(first.locator(".status")).to_contain_text("Saved at")
    first.get_by_role("button", name="Evidence is wrong or missing").click()
    page.get_by_role("dialog").get_by_label("Which record").fill("ticket-7")
    page.get_by_role("dialog").get_by_label("What happened").fill("Nia had taken it over.")
    page.get_by_role("dialog").get_by_role("button", name="File the claim").click()
    expect(first).to_contain_text("Dora Lindqvist decides, by 15 Mar 2026")
    first.get_by_role("button", name="Withdraw it").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw it").click()
    expect(first).to_contain_text("Withdrawn")
    page.get_by_role("button", name="Hand in your own view").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.locator("aside")).to_contain_text("Handed in on")
    shoot(page, "own-view")


def _hands_in(manager: Page) -> None:
    manager.get_by_role("button", name="Hand in").click()
    manager.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(manager.locator(".steps [aria-current]")).to_have_text("Submitted")
    expect(manager.locator("appraise-item").first).to_contain_text("The employee’s own rating: 4 of 5")
    expect(manager.locator("appraise-item").first).to_contain_text("Mostly by telephone.")


def _is_approved_and_shared(hr: Page) -> None:
    open_section(hr, "Ann Archer")
    expect(hr.get_by_role("button", name="Give back")).to_be_visible()
    for deed, state in (("Approve", "Approved"), ("Share", "Shared")):
        hr.get_by_role("button", name=deed, exact=True).click()
        hr.get_by_role("dialog").get_by_role("button", name=deed).click()
        expect(hr.locator(".steps [aria-current]")).to_have_text(state)


def _disputes_and_reads_why_not(employee: Page, head: Page) -> None:
    employee.reload()
    first = employee.locator("appraise-item").first
    first.get_by_role("button", name="Dispute this rating").click()
    employee.get_by_role("dialog").get_by_label("What is wrong with it").fill("March is missing.")
    shoot(employee, "dispute")
    employee.get_by_role("dialog").get_by_role("button", name="File the dispute").click()
    expect(employee.locator(".steps [aria-current]")).to_have_text("Disputed")
    head.get_by_role("link", name="To do").click()
    head.locator("section", has_text="Decide a dispute").get_by_role("link", name="Ann Archer").click()
    expect(head.locator("appraise-disputes")).to_contain_text("March is missing.")
    looks_well(head, "disputes")
    head.get_by_role("button", name="Decide").press("Enter")
    head.get_by_role("dialog").get_by_label("Why").fill("March is among the figures.")
    shoot(head, "decide")
    head.get_by_role("dialog").get_by_role("button", name="Decide").press("Enter")
    expect(head.get_by_role("status")).to_contain_text("Decided")
    employee.reload()
    expect(employee.locator("appraise-item").first).to_contain_text("by Dora Lindqvist on")
    expect(employee.locator("appraise-item").first).to_contain_text("March is among the figures.")


def _takes_the_record_away(page: Page) -> None:
    page.get_by_role("link", name="My record").click()
    expect(page.get_by_role("rowheader", name="Max Weber")).to_be_visible()
    looks_well(page, "record")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        document = json.loads(archive.read("record.json"))
        told = archive.read("record.html").decode()
    (section,) = document["sections"]
    assert [item["own_rating"] for item in section["items"]] == [4, None, None, None]
    assert [one["name"] for one in section["readers"]] != []
    assert "Mostly by telephone." in told
    assert "March is among the figures." in told


def test_a_manager_names_somebody_who_stands_in_and_ends_it(sign_in: SignIn) -> None:
    manager, employee = sign_in("manager"), sign_in("employee")
    manager.goto("/tasks")
    manager.get_by_role("button", name="Name somebody who stands in").click()
    manager.get_by_label("Who stands in").fill("nobody@example.org")
    manager.get_by_label("First day").fill("2026-03-01")
    manager.get_by_label("Last day").fill("2027-02-01")
    manager.get_by_role("button", name="Name them").click()
    expect(manager.get_by_role("alert")).to_contain_text("'nobody@example.org' is nobody's")
    manager.get_by_label("Who stands in").fill("e5@example.org")
    looks_well(manager, "delegates")
    manager.get_by_role("button", name="Name them").click()
    expect(manager.locator("appraise-delegates li")).to_contain_text("Ann Archer stands in for Max Weber")
    employee.goto("/tasks")
    expect(employee.locator("appraise-tasks")).to_contain_text("for Max Weber")
    employee.get_by_role("link", name="Ben Castellanos").click()
    expect(employee.locator("appraise-section header").first).to_contain_text(
        "Ann Archer stands in for Max Weber until"
    )
    manager.get_by_role("button", name="End: Ann Archer for Max Weber").click()
    expect(manager.locator("appraise-delegates")).to_contain_text("Nobody stands in for you.")


def test_ratings_are_moved_in_a_session_with_a_reason(sign_in: SignIn, site: Site) -> None:
    """The last of this file: from here on the cycle calibrates."""
    company, hr = site.company, site.company.principal("Hal Novak")
    rules = CycleRules(calibrates=True)
    set_cycle_rules(company.deployment, hr, company.cycle.id, rules=rules, expected_state=CycleState.OPEN, at=AT)
    for number in (0, 1):
        _hand_in(company, f"Agent {number:03d}", "Nia Okafor")
    advance_cycle(company.deployment, hr, company.cycle.id, expected_state=CycleState.OPEN, at=AT)
    page = sign_in("hr_administrator")
    page.goto("/calibration")
    page.get_by_label("Its name").fill("Service")
    page.get_by_role("button", name="Open the session").click()
    expect(page.get_by_role("status")).to_contain_text("The session is open")
    page.get_by_role("button", name="Move Satisfaction of Agent 001").press("Enter")
    page.get_by_role("dialog").get_by_label("New rating").select_option("5")
    page.get_by_role("dialog").get_by_label("Why").fill("As in the other teams.")
    page.get_by_role("dialog").get_by_role("button", name="Move it").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Agent 001: Satisfaction moved to 5")
    expect(page.locator("appraise-calibration li")).to_contain_text("3 → 5")
    expect(page.locator("appraise-calibration li")).to_contain_text("The data do not bear it out")
    looks_well(page, "calibration")
    page.get_by_role("button", name="End the session").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_role("status")).to_contain_text("The session has ended")
    assert company.section("Agent 001").section.items[0].rating == 5


def _hand_in(company: Company, of: str, by: str) -> None:
    manager = company.principal(by)
    for item in company.section(of).section.items:
        if item.is_open:
            section = company.section(of).section
            rate_item(company.deployment, manager, section.id, item.id, rating=3, comment=None, reason=None,
                      expected_version=section.version, at=AT)  # fmt: skip
    section = company.section(of).section
    submit_section(company.deployment, manager, section.id, expected_version=section.version, at=AT)


def test_a_former_manager_gives_a_part_and_the_manager_of_today_reads_it(sign_in: SignIn, site: Site) -> None:
    """The last test of this file: somebody has another manager from now on."""
    company = site.company
    ben = next(row for row, name in enumerate(MANAGERS, start=2) if name == "Ben Castellanos")
    read = ReadPeople((record_of("Ben Castellanos", "Dora Lindqvist", ben),), (), complete=False)
    options = ImportOptions("hr", as_of=AT.date())
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    manager, head = sign_in("manager"), sign_in("head")
    manager.goto("/tasks")
    manager.locator("section", has_text="Give your part").get_by_role("link", name="Ben Castellanos").click()
    satisfaction = manager.get_by_role("group", name="Satisfaction")
    satisfaction.get_by_role("radio", name="5").check()
    manager.get_by_role("button", name="Give your part").click()
    expect(manager.get_by_role("alert")).to_contain_text("a rating of 5 needs a comment")
    satisfaction.get_by_label("Your words").fill("Calm in every storm.")
    looks_well(manager, "part")
    manager.get_by_role("button", name="Give your part").click()
    expect(manager.get_by_role("status").last).to_contain_text("Given.")
    open_section(head, "Ben Castellanos")
    aside = head.locator("aside")
    expect(aside).to_contain_text("Calm in every storm.")
    expect(aside).to_contain_text("Weighted by days, with the ratings as they stand: Satisfaction 5")
    looks_well(head, "parts")
