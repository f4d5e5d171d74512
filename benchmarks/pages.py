"""How soon pages with much on them can be read, and how soon they answer a hand, in a real browser on this machine.

    python benchmarks/pages.py                     # some minutes; needs Chromium
    python benchmarks/pages.py --employees 2000    # a smaller dashboard

Three pages: a manager's list of a team of 500, a section with 5,000 events behind it, and contributions over 10,000
employees. `first` is from the beginning of the navigation until what the page is for stands there, the first time
after a start and the median of five later ones; the aim is 1 s. `service` is the processor time that a later one takes
of this process, which serves it, `browser` how long the page's main thread is busy with it. `answers` are the longest
times from a key or a click until the next frame, by the kind of event (the browser's own Event Timing); the aim is 100
ms. Nothing is asserted: all hang on the machine, processor time least.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import which
from typing import Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.api.builder import AT, Company, build, empty_deployment
from tests.browser.conftest import FLAGS
from tests.serving import serving
from tests.use_cases.conftest import MAPPING

from appraise.adapters.contract import ImportOptions
from appraise.api.global_ids import Kind, to_global
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.scoring.installed import installed
from appraise.settings import Settings
from appraise.use_cases.import_events import import_events
from appraise.use_cases.look_ahead import first_look
from appraise.use_cases.read_evidence import made_ready
from appraise.use_cases.score_cycle import score_cycle
from appraise.web import create_app, settle

TEAM: Final = 500
EVENTS: Final = 5_000
ROW_OF_ANN: Final = 5
AGAIN: Final = 5
WATCH: Final = """window.answers = [];
new PerformanceObserver((list) => window.answers.push(...list.getEntries().map((one) => [one.name, one.duration])))
  .observe({ type: "event", durationThreshold: 16, buffered: true });"""
"""Answers within a frame of 16 ms are not told of by the browser."""


@dataclass(frozen=True, slots=True)
class Case:
    """`ready` is what the page is for; `hands` uses it. `opened` is looked at, too, once it is asked for."""

    name: str
    who: str
    path: str
    ready: str
    hands: Callable[[Page], None]
    opened: tuple[str, str] | None = None


@contextmanager
def company(directory: Path, others: int) -> Iterator[tuple[Company, str]]:
    deployment = empty_deployment(directory)
    deployment.events.initialise()
    found = build(deployment, others=others)
    people = [
        {"label": name, "role": name.split()[0].lower(), "name": name, "token": found.token(name)}
        for name in ("Nia Okafor", "Max Weber", "Hal Novak")
    ]
    (directory / "demo.json").write_text(json.dumps({"people": people}), encoding="utf-8")
    with serving(create_app(found.deployment, Settings(data=directory, demo=True), lambda: AT)) as url:
        yield found, url
    found.deployment.database.close()


def give_events(company: Company, directory: Path) -> None:
    """Answers of customers: 5,000 about Ann and 200 about everybody else of the small company, then scored."""
    mapping, path = directory / "mapping.toml", directory / "ratings.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    agents = {f"E{row:04d}": EVENTS if row == ROW_OF_ANN else 200 for row in range(2, 9)}
    lines = [
        f"{agent}-{n},{date(2025, 1, 1) + timedelta(days=n % 365)},{agent},{1 + n * 7 % 5},{('chat', 'phone')[n % 2]}"
        for agent, count in agents.items()
        for n in range(count)
    ]
    path.write_text("\n".join(["id,at,agent,answer,channel", *lines]), encoding="utf-8")
    import_events(
        company.deployment,
        "csv",
        path,
        ImportOptions("desk", mapping=mapping),
        at=AT,
        dry_run=False,
        error_policy="reject-file",
        rejected_to=None,
        progress=silent,
    )
    score_cycle(
        company.deployment, company.cycle.id, DEFAULT_POLICY, clock=lambda: AT, memory_limit="1GB", progress=silent
    )


def measured(browser: Browser, url: str, case: Case) -> list[str]:
    """After the first looks of a service that was started some seconds ago."""
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/sign-in")
    page.click(f"button[value={case.who}]")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    firsts, service, browser_side = zip(*(_first(page, case.path, case.ready) for _ in range(1 + AGAIN)), strict=True)
    opened = ""
    if case.opened is not None:
        button, rows = case.opened
        begun = page.evaluate("performance.now()")
        page.locator(button).first.click()
        page.locator(rows).first.wait_for()
        opened = f"{page.evaluate('performance.now()') - begun:.0f} ms"
    case.hands(page)
    page.wait_for_timeout(500)
    told: list[tuple[str, float]] = page.evaluate("window.answers")
    answers = dict(sorted(told, key=lambda one: one[1]))
    context.close()
    longest = sorted(answers.items(), key=lambda one: -one[1])[:3]
    answer = ", ".join(f"{kind} {took:.0f} ms" for kind, took in longest) or "all under 16 ms"
    later = [f"{statistics.median(times[1:]):.0f} ms" for times in (firsts, service, browser_side)]
    return [case.name, f"{firsts[0]:.0f} ms", *later, opened, answer]


def _first(page: Page, path: str, ready: str) -> tuple[float, float, float]:
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    begun, before = time.process_time(), _busy(devtools)
    page.goto(path, wait_until="commit")
    page.locator(ready).first.wait_for()
    stood = float(page.evaluate("performance.now()"))
    service = time.process_time() - begun
    busy = _busy(devtools) - before
    devtools.detach()
    return stood, service * 1000, busy * 1000


def _busy(devtools: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def search(page: Page) -> None:
    page.get_by_label("Search").press_sequentially("Agent 04", delay=60)
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Show more").first.click()


def read_events(page: Page) -> None:
    page.locator("appraise-evidence").first.get_by_role("button", name="Show more").click()
    page.wait_for_timeout(1500)
    rate(page)


def rate(page: Page) -> None:
    page.get_by_role("radio", name="3").first.check()
    page.locator("textarea").first.press_sequentially("Listens first.", delay=40)


def regroup(page: Page) -> None:
    page.locator("summary").first.click()
    page.get_by_label("Figures").first.select_option("finalised")
    page.get_by_label("Of").first.select_option("UNIT")
    page.wait_for_timeout(3000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--employees", type=int, default=10_000)
    employees = parser.parse_args().employees
    installed()
    made_ready()
    settle()  # as `appraise serve` does both
    rows = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=FLAGS)
        small, large = Path(place, "small"), Path(place, "large")
        small.mkdir()
        large.mkdir()
        with company(small, TEAM) as (found, url):
            rows.append(
                measured(browser, url, Case(f"team of {TEAM}", "nia", "/people", "appraise-people li .state", search))
            )
            section = to_global(Kind.SECTION, found.section("Ann Archer").section.id)
            lie = ("appraise-item summary:has-text('Where colleagues lie')", "appraise-peers p:not([role])")
            case = Case(
                "section, 500 colleagues", "max", f"/sections/{section}", "appraise-item svg.picture", rate, lie
            )
            rows.append(measured(browser, url, case))
            give_events(found, small)
            first_look(found.deployment)
            section = to_global(Kind.SECTION, found.section("Ann Archer").section.id)
            details = ("appraise-item summary:has-text('The events behind it')", "appraise-evidence tbody tr")
            case = Case(
                f"section, {EVENTS:,} events",
                "max",
                f"/sections/{section}",
                "appraise-item svg.picture",
                read_events,
                details,
            )
            rows.append(measured(browser, url, case))
        with company(large, employees) as (found, url):
            first_look(found.deployment)
            ready = "appraise-contributions article .measures svg"
            rows.append(
                measured(browser, url, Case(f"contributions of {employees:,}", "hal", "/contributions", ready, regroup))
            )
        browser.close()
    head = ["page", "first, first time", "first, later", "service", "browser", "events", "answers"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
