"""A whole cycle without a mouse: six people, from an import to the file that the HR system reads.

After every key the focus is somewhere, and can be seen.
"""

import csv
import io
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.api.builder import AT
from tests.api.importing import MAPPING
from tests.browser.conftest import SignIn, Site

from appraise.use_cases.work import Worker

pytestmark = [pytest.mark.browser, pytest.mark.long]

RATINGS = b"id,at,agent,answer\n1,2025-03-01,E0005,5\n2,2025-03-02,E0005,4\n"
FOCUSED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  if (found === null || found === document.body) return "nothing has the focus";
  const name = found.outerHTML.slice(0, 120);
  const marked = [found, found.closest("label"), found.nextElementSibling, found.parentElement].filter(Boolean);
  const isMarked = marked.some((one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  const box = found.getBoundingClientRect();
  const isInView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return !isMarked ? `no outline: ${name}` : !isInView ? `not in view: ${name}` : "";
}"""
HAS_FOCUS = """(wanted) => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found === wanted;
}"""


@dataclass(frozen=True, slots=True)
class Hands:
    """Nothing but keys. `to` goes on by Tab; past the last place of a page the browser begins again at its head."""

    page: Page

    def to(self, wanted: Locator) -> None:
        wanted.wait_for()
        for _ in range(250):
            if wanted.evaluate(HAS_FOCUS):
                assert self.page.evaluate(FOCUSED) == ""
                return
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(FOCUSED) in {"", "nothing has the focus"}
        pytest.fail(f"{wanted} is not reached by the Tab key")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        self.to(wanted)
        self.page.keyboard.press(key)

    def write(self, wanted: Locator, words: str) -> None:
        self.to(wanted)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(words)
        self.keeps()

    def keeps(self) -> None:
        """The focus is where it can be seen, once what was asked for is done."""
        self.page.wait_for_timeout(100)
        assert self.page.evaluate(FOCUSED) == ""

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def menu(self, name: str) -> None:
        self.press(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True))

    def section(self, of: str) -> None:
        self.menu("People")
        self.write(self.page.get_by_label("Search"), of)
        self.page.locator("appraise-people .count", has_text="1 person").wait_for()
        self.press(self.page.get_by_role("link", name=of))
        self.page.locator("appraise-section h1", has_text=of).wait_for()

    def deed(self, name: str, state: str, *, reason: str | None = None) -> None:
        """A deed with the section, the question before it answered."""
        self.press(self.button(name))
        dialog = self.page.get_by_role("dialog")
        if reason is not None:
            self.write(dialog.get_by_label("Your reason"), reason)
        self.press(dialog.get_by_role("button", name=name, exact=True))
        expect(self.page.locator(".steps [aria-current]")).to_have_text(state)
        self.keeps()


def signed_in(sign_in: SignIn, role: str) -> Hands:
    hands = Hands(sign_in(None))
    hands.press(hands.page.locator(f"button[value={role}]"))
    hands.page.wait_for_url(lambda url: "/sign-in" not in url)
    return hands


def test_a_cycle_is_gone_through_by_keyboard_alone(sign_in: SignIn, site: Site) -> None:
    site.company.deployment.events.initialise()
    hr = signed_in(sign_in, "hr_administrator")
    _imports(hr, Worker(site.company.deployment, lambda: AT))
    _sets_the_rules(hr)
    employee, manager, head = (signed_in(sign_in, role) for role in ("employee", "manager", "head"))
    _assesses_herself(employee)
    _rates(manager)
    head.section("Ann Archer")
    head.deed("Approve", "Approved")
    hr.section("Ann Archer")
    hr.press(hr.button("Release"))
    hr.press(hr.page.get_by_role("dialog").get_by_role("button", name="Release"))
    hr.page.get_by_role("dialog").wait_for(state="hidden")
    hr.keeps()
    manager.section("Ann Archer")
    manager.deed("Share", "Shared")
    employee.section("Ann Archer")
    employee.deed("I agree", "Answered")
    hr.section("Ann Archer")
    hr.deed("Make final", "Final", reason="Agreed in the round of 3 March")
    _looks_on(signed_in(sign_in, "executive"))
    [row] = csv.DictReader(io.StringIO(_saves_the_file(hr)))
    assert (row["employee"], row["total"], row["satisfaction_rating"]) == ("E0005", "75", "4")
    _gives_a_role(hr)
    _looks_around(hr)
    _audits(signed_in(sign_in, "auditor"))


def _imports(hr: Hands, worker: Worker) -> None:
    page = hr.page
    hr.menu("Imports")
    chooser = page.locator("input[type=file]")
    with page.expect_file_chooser() as asked:
        hr.press(chooser)
    asked.value.set_files({"name": "ratings.csv", "mimeType": "text/csv", "buffer": RATINGS})
    page.get_by_text("No vendor’s format was recognised").wait_for()
    hr.keeps()
    hr.write(page.get_by_role("textbox", name="Mapping"), MAPPING)
    hr.press(hr.button("Show what would happen"))
    page.get_by_text("it waits for a worker").wait_for()
    worker.run_once()
    hr.press(hr.button("Import it"))
    page.get_by_text("it waits for a worker").wait_for()
    hr.keeps()
    worker.run_once()
    page.get_by_text("What was done").wait_for()
    hr.keeps()


def _sets_the_rules(hr: Hands) -> None:
    page = hr.page
    hr.menu("Cycles")
    hr.press(page.get_by_role("link", name="2025"))
    hr.press(hr.button("Change …"))
    hr.keeps()
    for name, value in (("Worst value", "0"), ("Best value", "100"), ("Step", "1")):
        hr.write(page.get_by_label(name), value)
    hr.press(hr.button("Set the rules"))
    page.get_by_text("0 to 100, by 1").wait_for()
    hr.keeps()


def _assesses_herself(employee: Hands) -> None:
    employee.section("Ann Archer")
    row = employee.page.locator("appraise-item").first
    employee.press(row.get_by_role("radio").first, "Space")
    for _ in range(3):
        employee.page.keyboard.press("ArrowRight")
    employee.write(row.get_by_label("Your own words"), "Mostly by telephone.")
    expect(row.locator(".status")).to_contain_text("Saved at")
    employee.press(employee.button("Hand in your own view"))
    employee.press(employee.page.get_by_role("dialog").get_by_role("button", name="Hand in your own view"))
    expect(employee.page.locator("aside")).to_contain_text("Handed in on")
    employee.keeps()


def _rates(manager: Hands) -> None:
    manager.section("Ann Archer")
    for name in ("Satisfaction", "Repeat purchases", "Attrition"):
        row = manager.page.locator("appraise-item", has=manager.page.get_by_role("heading", name=name))
        manager.press(row.get_by_role("radio").first, "Space")
        for _ in range(3):
            manager.page.keyboard.press("ArrowRight")
            manager.keeps()
        expect(row.locator(".status")).to_contain_text("Saved at")
    manager.deed("Hand in", "Submitted")


def _saves_the_file(hr: Hands) -> str:
    page = hr.page
    hr.menu("Cycles")
    hr.press(page.get_by_role("link", name="2025"))
    hr.press(page.get_by_role("link", name="Written into HR systems"))
    hr.to(page.get_by_label("HR system"))
    page.keyboard.press("ArrowDown")
    with page.expect_download() as saved:
        hr.press(hr.button("Save the file to import"))
    page.get_by_text("sent, not read back yet").first.wait_for()
    hr.keeps()
    assert saved.value.suggested_filename == "payroll 2025.csv"
    return saved.value.path().read_text(encoding="utf-8")


def _looks_on(executive: Hands) -> None:
    """One final section alone is withheld from every group, and that is what is saved."""
    page = executive.page
    executive.menu("Contributions")
    executive.to(page.locator("appraise-contributions select").first)
    page.keyboard.press("ArrowDown")
    page.get_by_text("Teams, by name.").wait_for()
    executive.keeps()
    with page.expect_download():
        executive.press(executive.button("Save as CSV"))
    executive.keeps()


def _gives_a_role(hr: Hands) -> None:
    """And takes it away again, as it is not one's own."""
    page = hr.page
    hr.menu("Roles")
    auditors = page.locator("section", has=page.get_by_role("heading", name="Auditor"))
    hr.write(page.get_by_label("To whom"), "e7@example.org")
    hr.to(page.get_by_label("Which"))
    page.keyboard.press("End")
    hr.press(hr.button("Grant the role"))
    page.get_by_role("status").get_by_text("has the role Auditor from the next request on").wait_for()
    hr.keeps()
    given = auditors.locator("li").filter(has_text="by Hal Novak")
    hr.press(given.get_by_role("button", name="Take the role Auditor from"))
    hr.press(hr.button("Take it away"))
    given.wait_for(state="detached")
    hr.keeps()


def _looks_around(hands: Hands) -> None:
    """The rest of the menu: from each page's head to its foot everything is reached, and nothing holds the focus."""
    page = hands.page
    for name in page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts():
        hands.menu(name)
        page.locator(".whole h1").wait_for()
        page.get_by_text("Loading …").first.wait_for(state="detached")
        hands.to(page.get_by_role("contentinfo").get_by_role("button", name="Deutsch"))


def _audits(auditor: Hands) -> None:
    auditor.menu("Audit log")
    auditor.page.locator("appraise-audit .lines li", has_text="closed a section").first.wait_for()
    auditor.press(auditor.button("Verify the chain"))
    auditor.page.get_by_text("Chain whole,").wait_for()
    auditor.keeps()
