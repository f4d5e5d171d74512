"""The kits' own code, run in stand-ins for their hosts: it mints for whoever is signed in there, and places the section."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from tests.api.builder import AT, MANAGERS, record_of
from tests.browser.conftest import Site
from tests.kits.running import running, running_php

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Role, ServiceScope
from appraise.domain.employees import ExternalReference
from appraise.use_cases.create_token import create_token
from appraise.use_cases.import_people import reconcile_people

pytestmark = pytest.mark.browser
KNOWN = {
    "Max Weber": ("HR-EMP-MAX", "B-MAX", "B-MAX", "7", "max.weber"),
    "Ben Castellanos": ("HR-EMP-BEN", "B-BEN", "B-BEN", "8", "ben.castellanos"),
    "Cem Yıldız": ("HR-EMP-CEM", "B-CEM", "B-CEM", "9", "cem.yildiz"),
    "Ann Archer": ("HR-EMP-ANN", "B-ANN", "B-ANN", "10", "ann.archer"),
}
"""Person → their ids in the five hosts."""
NAMESPACES = ("frappe:id", "odoo:badge", "horilla:badge", "orangehrm:emp-number", "successfactors:userid")
Told = dict[str, str]


@pytest.fixture(scope="module")
def told(site: Site) -> Told:
    """What an administrator gives each host: where Appraise is, and a service's token."""
    records = []
    for row, (name, manager) in enumerate(MANAGERS.items(), start=2):
        record = record_of(name, manager, row)
        more = tuple(map(ExternalReference, NAMESPACES, KNOWN.get(name, ())))
        records.append(replace(record, references=(*record.references, *more)))
    options = ImportOptions("hr", as_of=date(2025, 1, 1))
    deployment = site.company.deployment
    reconcile_people(
        deployment, ReadPeople(tuple(records), (), complete=False), options, file="ids.csv", at=AT, dry_run=False
    )
    scopes = frozenset(map(ServiceScope, ("read:people", "read:sections", "read:open-sections", "embed:mint")))
    roles = frozenset({Role.SERVICE})
    token = create_token(deployment, name="host", employee=None, roles=roles, scopes=scopes, expires_at=None, at=AT)
    return {"APPRAISE_URL": site.url, "APPRAISE_TOKEN": token}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def signed_in(page: Page, url: str, who: str) -> None:
    page.context.add_cookies([{"name": "who", "value": who, "url": url}])


def asked(url: str, who: str = "") -> tuple[int, Any]:
    request = urllib.request.Request(url, headers={"cookie": f"who={who}"} if who else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        body = refused.read()
        return refused.code, json.loads(body) if body[:1] in {b"{", b"["} else body.decode()


def holds(frame: FrameLocator, name: str) -> None:
    expect(frame.locator("appraise-section h1")).to_have_text(name, timeout=15_000)


LATE = """() => {
  const fetched = window.fetch;
  window.fetch = async (url, asked) => {
    if (String(url).includes("HR-APR-1")) await new Promise((done) => setTimeout(done, 400));
    return fetched(url, asked);
  };
}"""
"""Answers about the first appraisal come late."""


def test_frappe_shows_the_section_of_the_form_s_document_and_loses_no_words_when_it_is_refreshed(
    page: Page, told: Told, site: Site
) -> None:
    with running("frappe_host", told) as url:
        signed_in(page, url, "max@example.org")
        page.goto(f"{url}/app/appraisal/HR-APR-1")
        frame = page.frame_locator("#field iframe")
        holds(frame, "Cem Yıldız")
        page.evaluate("window.kept = document.querySelector('#field iframe')")
        frame.locator("textarea").first.fill("Written in Frappe's form.")
        page.evaluate("show('HR-APR-1')")  # Frappe refreshes the form of what is saved
        expect(frame.locator("appraise-item .status").first).to_contain_text("Saved at")
        assert page.evaluate("window.kept.isConnected")
        assert site.company.section("Cem Yıldız").section.items[0].comment == "Written in Frappe's form."

        page.evaluate(LATE)
        page.evaluate("show('HR-APR-2'), show('HR-APR-1'), show('HR-APR-2')")  # one form for all documents
        holds(frame, "Ann Archer")
        page.wait_for_timeout(800)  # the first answers came late
        holds(frame, "Ann Archer")
        assert page.locator("#field iframe").count() == 1

        page.evaluate("show('HR-APR-3')")
        expect(page.locator("#field")).to_have_text("there is no section of this employee in 2025")
        view = f"{url}/api/method/appraise_embed.api.view?appraisal=HR-APR-1"
        assert asked(view, "guest@example.org")[0] == 403  # no employee
        assert asked(view, "ben@example.org")[0] == 403  # Frappe lets them read no appraisal
        assert asked(view.replace("APR-1", "APR-9"), "max@example.org")[0] == 404
        assert "token" in asked(view, "max@example.org")[1]["message"]


def test_odoo_shows_the_section_inside_the_form_of_the_appraisal(page: Page, told: Told) -> None:
    with running("odoo_host", told) as url:
        signed_in(page, url, "max")
        page.goto(f"{url}/web/appraisal/1")
        holds(page.frame_locator("main iframe").frame_locator("iframe"), "Cem Yıldız")
        assert asked(f"{url}/appraise/view/1", "ben")[0] == 403  # Odoo's own rules
        assert asked(f"{url}/appraise/view/1", "guest") == (404, {"problem": "an employee has no badge"})
        assert asked(f"{url}/appraise/view/3", "max")[0] == 404


def test_horilla_shows_one_s_own_section_and_that_of_whom_one_may_see(page: Page, told: Told, tmp_path: Path) -> None:
    with running("horilla_host", told, str(tmp_path)) as url:
        signed_in(page, url, "max")
        page.goto(f"{url}/appraise/?badge=B-CEM")
        holds(page.frame_locator("iframe"), "Cem Yıldız")
        assert asked(f"{url}/appraise/view/?badge=B-CEM", "ben")[0] == 403  # a colleague
        assert asked(f"{url}/appraise/view/?badge=B-NOBODY", "max")[0] == 404
        assert "token" in asked(f"{url}/appraise/view/", "cem")[1]
        assert asked(f"{url}/appraise/view/", "appraise")[0] == 403  # no employee
        assert asked(f"{url}/appraise/view/")[1] != {}  # the page to sign in, and no token


def test_orangehrm_shows_one_s_own_section_and_that_of_whom_one_may_see(page: Page, told: Told) -> None:
    with running_php(told) as url:
        signed_in(page, url, "max")
        page.goto(f"{url}/web/index.php/appraise/section?empNumber=9")
        holds(page.frame_locator("iframe"), "Cem Yıldız")
        view = f"{url}/web/index.php/appraise/view"
        assert asked(f"{view}?empNumber=9", "ben")[0] == 403
        assert asked(f"{view}?empNumber=999", "max")[0] == 404
        assert asked(view, "admin") == (403, {"problem": "your user is no employee"})
        assert "token" in asked(f"{view}?empNumber=10", "max")[1]


def test_successfactors_extension_shows_the_section_to_whom_the_identity_service_vouches_for(
    page: Page, told: Told
) -> None:
    with running("sap_host", told) as url:
        signed_in(page, url, "max")
        page.goto(f"{url}/section?user=cem.yildiz")
        holds(page.frame_locator("iframe"), "Cem Yıldız")
        for bad in ("ended", "elsewhere", "stranger", "nameless", "forged"):
            status, problem = asked(f"{url}/view?user=cem.yildiz", bad)
            assert (status, set(problem)) == (401, {"problem"}), bad
        assert asked(f"{url}/view") == (401, {"problem": "sign in first"})
        assert asked(f"{url}/view?user=cem.yildiz", "ben")[0] == 403
        assert asked(f"{url}/view?user=nobody", "max")[0] == 404


Start = Callable[[Told, Path], AbstractContextManager[str]]
UNREACHED: list[tuple[Start, str]] = [
    (lambda told, _: running("odoo_host", told), "/appraise/view/1"),
    (lambda told, path: running("horilla_host", told, str(path)), "/appraise/view/"),
    (lambda told, _: running_php(told), "/web/index.php/appraise/view"),
    (lambda told, _: running("sap_host", told), "/view"),
]


@pytest.mark.long
@pytest.mark.parametrize(("host", "view"), UNREACHED, ids=["odoo", "horilla", "orangehrm", "sap"])
def test_a_host_says_when_appraise_cannot_be_reached(host: Start, view: str, tmp_path: Path) -> None:
    with host({"APPRAISE_URL": "http://127.0.0.1:1", "APPRAISE_TOKEN": "none"}, tmp_path) as url:
        assert asked(f"{url}{view}", "max") == (502, {"problem": "Appraise cannot be reached"})
