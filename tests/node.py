"""Programs of `tests/clients`, run by Node with the packages that its lock file names."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENTS = ROOT / "tests" / "clients"
OLDEST = 20
"""What the client of graphql-ws asks for."""


def installed() -> Path:
    """A directory with the packages and our programs; skips, with the reason, where Node is missing or too old."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node or npm is not installed")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(re.sub(r"^v(\d+).*", r"\1", version)) < OLDEST:
        pytest.skip(f"node is {version}; the clients need {OLDEST} or newer")
    lock = (CLIENTS / "package-lock.json").read_bytes()
    directory = ROOT / ".cache" / f"clients-{hashlib.sha256(lock).hexdigest()[:12]}"
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (directory / "complete").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(CLIENTS / name, directory / name)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"npm could not install the clients: {done.stderr.strip()[-300:]}")
            (directory / "complete").touch()
        for program in CLIENTS.glob("*.mjs"):
            shutil.copyfile(program, directory / program.name)
    return directory
