"""Commands that are killed: a process that has everything imported and forks for each line, `{"data": …, "command": […]}`.

It prints the id of the process that runs the command, and when that has ended its exit code, or minus the signal.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from subprocess import PIPE, Popen
from typing import IO

ROOT = Path(__file__).parents[2]


@dataclass
class Commands:
    """Of one deployment; `seconds` is how long each command took when it was last let be."""

    data: Path
    asked: IO[str]
    told: IO[str]
    seconds: dict[str, float]

    def run(self, *command: str, kill_after: float | None = None) -> int:
        """Exit code; -9 where it was killed `kill_after` so much of the time that it took the last time."""
        began = time.monotonic()
        self.asked.write(json.dumps({"data": str(self.data), "command": command}) + "\n")
        self.asked.flush()
        process = int(self.told.readline())
        if kill_after is not None:
            time.sleep(kill_after * self.seconds.get(command[0], 0.5))
            with suppress(ProcessLookupError):  # it was faster
                os.kill(process, SIGKILL)
        code = int(self.told.readline())
        if code >= 0:
            self.seconds[command[0]] = time.monotonic() - began
        return code


@contextmanager
def commands(data: Path) -> Iterator[Commands]:
    with Popen([sys.executable, "-m", "tests.flows.killable"], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield Commands(data, server.stdin, server.stdout, {})
        server.stdin.close()


def serve() -> None:
    import appraise.adapters.discovery
    import appraise.cli.again
    import appraise.cli.health
    import appraise.cli.importing
    import appraise.cli.scoring
    import appraise.events.duckdb_engine
    import appraise.scoring.run
    import appraise.use_cases.compact_events
    import appraise.use_cases.erase_customer
    from appraise.cli import app

    for name in appraise.adapters.discovery.installed_adapters():
        appraise.adapters.discovery.adapter_named(name)
    for line in sys.stdin:
        wanted = json.loads(line)
        process = os.fork()
        if process == 0:
            os.environ["APPRAISE_DATA"] = wanted["data"]
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            try:
                app(wanted["command"], standalone_mode=False)
            except BaseException as error:  # noqa: BLE001  # the exit code tells
                os._exit(getattr(error, "exit_code", 1))
            os._exit(0)
        print(process, flush=True)  # noqa: T201  # the killer reads it
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
