"""The server dies while somebody types: a real process, killed without a word, and started again at the same address."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.api.builder import Company, build, empty_deployment
from tests.browser.conftest import browser, open_section  # noqa: F401  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.long]
BEFORE = "He calls back when he said he would. "
AFTER = "He tells colleagues what he learnt, and asks when he does not know."
Serve = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    found = build(empty_deployment(tmp_path))
    entry = {"label": "Manager", "role": "manager", "name": "Max Weber", "token": found.token("Max Weber")}
    (tmp_path / "demo.json").write_text(json.dumps({"people": [entry]}), encoding="utf-8")
    return found


@pytest.fixture
def serve(tmp_path: Path, port: int) -> Iterator[Serve]:
    environment = {**os.environ, "APPRAISE_DATA": str(tmp_path), "APPRAISE_DEMO": "1"}
    started: list[subprocess.Popen[bytes]] = []

    def serving() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "appraise", "serve", "--port", str(port), "--no-jobs"]
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path))
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return started[-1]
            time.sleep(0.1)
        raise TimeoutError("the server does not answer within a minute")

    yield serving
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_killed_server_costs_no_word_and_the_page_says_how_things_are(
    browser: Browser,  # noqa: F811
    company: Company,
    serve: Serve,
    port: int,
) -> None:
    server = serve()
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in")
    page.click("button[value=manager]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/people")
    open_section(page, "Cem Yıldız")
    words, status = page.locator("textarea").first, page.locator("appraise-item .status").first
    words.press_sequentially(BEFORE)
    expect(status).to_contain_text("Saved at")

    server.kill()
    server.wait()
    assert company.section("Cem Yıldız").section.items[0].comment == BEFORE.strip()
    words.press_sequentially(AFTER)
    expect(status).to_contain_text("kept here")

    serve()
    expect(status).to_contain_text("Saved at", timeout=20_000)
    expect(words).to_have_value(BEFORE + AFTER)
    page.reload()
    expect(page.locator("textarea").first).to_have_value(BEFORE + AFTER)
    assert company.section("Cem Yıldız").section.items[0].comment == BEFORE + AFTER
    context.close()
