"""Programs of the tests in JavaScript, run by Node with the packages that the lock file beside them names."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENTS = ROOT / "tests" / "clients"
OLDEST = 20
"""What the client of graphql-ws and the gateway ask for."""
INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def installed(folder: Path) -> Path:
    """A copy of a folder with its packages, kept while its lock file is the same; skips where Node is missing."""
    need_node()
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:12]
    directory = ROOT / ".cache" / "npm" / f"{folder.name}-{digest}"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:  # another worker may be installing
        fcntl.flock(file, fcntl.LOCK_EX)
        shutil.copytree(folder, directory, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        if not (directory / "complete").exists():
            done = subprocess.run(INSTALL, cwd=directory, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                pytest.skip(f"npm could not install what {folder.name} needs: {done.stderr.strip()[-300:]}")
            (directory / "complete").touch()
    return directory


def need_node() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node or npm is not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(re.sub(r"^v(\d+).*", r"\1", version)) < OLDEST:
        pytest.skip(f"node is {version}; the programs of the tests need {OLDEST} or newer")


def run_node(directory: Path, script: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["node", script, *arguments],
        cwd=directory,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
    )
