"""A service that is attacked: what it answers, how long it takes, how much memory it holds."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from attack.requests import Sent

SLOWEST = 5.0
"""Seconds: an answer that takes longer hangs."""
CODES = {
    *("UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "BAD_USER_INPUT", "COST_LIMIT"),
    *("RATE_LIMITED", "TIMEOUT", "CONFLICT", "UNAVAILABLE"),
}
"""All that an error may say but INTERNAL, which is a defect."""


@dataclass(slots=True)
class Target:
    url: str
    honest: str
    hostile: str
    crowd: list[str]
    """Of a hundred principals."""
    fresh: list[str]
    """Honest ones that were not used before."""
    process: "subprocess.Popen[str]"

    @property
    def memory(self) -> float:
        """MiB that the service holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@dataclass(slots=True)
class Tally:
    """What came back. `defects` says of each by which seed it is had again."""

    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    defects: list[str] = field(default_factory=list)

    def take(self, sent: Sent, status: int, body: bytes, seconds: float) -> None:
        self.statuses[status] += 1
        self.slowest = max(self.slowest, seconds)
        found = codes_of(body)
        self.codes.update(found)
        if status >= 500 and status != 503 or found - CODES:  # noqa: RUF021
            self.defects.append(f"seed {sent.seed}: HTTP {status}, {sorted(found - CODES)}: {body[:200]!r}")
        if seconds > SLOWEST:
            self.defects.append(f"seed {sent.seed}: {seconds:.1f} s")


def codes_of(body: bytes) -> set[str]:
    """The codes of the errors in an answer by JSON."""
    try:
        errors = json.loads(body).get("errors", [])
    except (ValueError, AttributeError):
        return set()
    return {str(error.get("extensions", {}).get("code")) for error in errors}


@contextmanager
def attacked(database: str | None) -> Iterator[Target]:
    command = [sys.executable, str(Path(__file__).with_name("served.py")), *([database] if database else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  # asked for above
        told = json.loads(process.stdout.readline())
        target = Target(**told, process=process)
        try:
            with httpx2.Client(timeout=60) as client:
                while client.get(f"{target.url}/healthz").status_code != httpx2.codes.OK:
                    time.sleep(0.1)
            yield target
        finally:
            process.terminate()
