"""Composers and a gateway as their makers publish them, installed once from the lock file beside this."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OLDEST_NODE = 20


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """A folder with the scripts of this one and what they import; kept between runs while the lock file is the same."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Node.js and npm are not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node.js {version} is too old for the gateway, which needs {OLDEST_NODE}")
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = HERE.parents[1] / ".cache" / "npm" / f"federation-{digest}"
    if not (cache / "complete").exists():
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, cache)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=cache, check=True, timeout=300)
        (cache / "complete").touch()
    for script in [*HERE.glob("*.mjs"), *HERE.glob("*.graphql")]:
        shutil.copy(script, cache)
    return cache


def run_node(cache: Path, script: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["node", script, *arguments],
        cwd=cache,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
    )
