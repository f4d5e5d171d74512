"""The built wheel alone gives a working `appraise`, with its migrations and pages."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def appraise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, from a wheel built of this checkout in an environment that holds nothing else of it."""
    directory = tmp_path_factory.mktemp("wheel")
    uv = subprocess.run([ROOT / ".ci" / "uv"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", directory / "dist", ROOT], check=True)
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, directory / "venv"], check=True)
    (wheel,) = (directory / "dist").glob("appraise-*.whl")
    python = directory / "venv" / "bin" / "python"
    # The lock's versions, so that a release made today cannot turn this test red.
    pins = subprocess.run(
        [
            uv,
            "export",
            "--quiet",
            "--frozen",
            "--no-dev",
            "--no-group",
            "plugins",
            "--no-emit-workspace",
            "--no-hashes",
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout
    (directory / "pins.txt").write_text(pins)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, "-c", directory / "pins.txt", wheel], check=True
    )
    return directory / "venv" / "bin" / "appraise"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "APPRAISE_DATA": str(tmp_path / "data"), "PYTHONWARNINGS": ""}


@pytest.fixture
def served(appraise: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([appraise, "init"], check=True, env=environment, capture_output=True)
    server = subprocess.Popen([appraise, "serve", "--port", str(port)], env=environment, cwd=tmp_path)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        assert server.wait(10) == 0  # as supervisors want it of who was asked to end


def test_a_fresh_installation_initialises_and_is_well(
    appraise: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run([appraise, "init"], check=True, env=environment, cwd=tmp_path, capture_output=True)
    doctor = subprocess.run(
        [appraise, "doctor"], check=False, env=environment, cwd=tmp_path, capture_output=True, text=True
    )

    assert "chain whole" in doctor.stdout
    assert [line for line in doctor.stdout.splitlines() if line.startswith("not well")] == [
        line for line in doctor.stdout.splitlines() if "none installed" in line
    ]


@pytest.mark.long
def test_the_wheel_serves_its_pages_and_their_scripts(served: str) -> None:
    with urllib.request.urlopen(f"{served}/sign-in") as page:
        text = page.read().decode()

    assert page.status == 200
    assert "<title>" in text


def test_a_demonstration_without_adapters_says_which_packages_are_missing(
    appraise: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    run = subprocess.run(
        [appraise, "demo", "--no-serve"], check=False, env=environment, cwd=tmp_path, capture_output=True, text=True
    )

    assert run.returncode == 1
    assert "pip install appraise-successfactors" in run.stderr


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer within a minute")
