"""Kill -9 at any moment of `appraise write-back send`: the repeat finishes the work, and nothing is sent twice.

The host is one that adds another row whenever it is asked, and counts.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event

import pytest
from sqlalchemy import delete, select
from starlette.requests import Request
from starlette.responses import Response
from tests.api.builder import empty_deployment
from tests.flows.final_sections import AT, final_sections

from appraise.adapters.contract import ImportOptions
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import CycleId
from appraise.domain.progress import silent
from appraise.domain.write_back import WriteBackState
from appraise.storage import cycles, write_backs
from appraise.storage.tables import WRITE_BACKS
from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import serving
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.import_people import import_people
from appraise.use_cases.read_write_backs import ledger
from appraise.use_cases.write_back import HELD_FOR, queue_sections, send_host

ROOT = Path(__file__).parents[2]
KILLS = 4
EMPLOYEES = 5
REQUESTS = 5 * EMPLOYEES
"""To the host: where is it, what is there, once more before it is added, added, and read back; of each section."""


class Counting(FakeBamboo):
    """Tells when it has been asked so many times, before or after it did what was asked."""

    def reset(self) -> None:
        super().reset()
        self.left, self.moment, self.writes = -1, Event(), Counter[str]()

    async def _answered(self, request: Request, answer: object) -> Response:
        self.left -= 1
        if self.left == 0:
            self.moment.set()
        response = await super()._answered(request, answer)  # type: ignore[arg-type]
        self.writes[request.path_params["employee"]] += request.method == "POST"
        return response


@pytest.mark.parametrize("rounds", [1, pytest.param(12, marks=pytest.mark.long)])
def test_what_was_interrupted_is_finished_and_nothing_is_sent_twice(tmp_path: Path, rounds: int) -> None:
    deployment, chance, host = _deployment(tmp_path), random.Random(rounds), Counting()  # noqa: S311  # moments
    interrupted = 0
    with serving(host) as url, _sender(_environment(tmp_path, url, host)) as sender:
        for _ in range(rounds):
            host.reset()
            host.known = {str(number) for number in range(1, EMPLOYEES + 1)}
            for _ in range(KILLS):
                after, delay = chance.randint(1, REQUESTS // KILLS), chance.uniform(0, 0.02)
                interrupted += _killed(host, sender, after=after, delay=delay) == -signal.SIGKILL
                _ten_minutes_later(deployment)
            assert _killed(host, sender, after=0, delay=0) == 0

            assert host.writes == dict.fromkeys(host.known, 1), "a section was sent twice, or never"
            assert len(host.records) == EMPLOYEES
            states = [line.state for _, line in ledger(deployment, _cycle(deployment), "bamboo")]
            assert states == [WriteBackState.CONFIRMED] * EMPLOYEES
            _forget(deployment)
    assert interrupted >= rounds, "hardly a kill fell into the work: the moments are badly chosen"
    deployment.database.close()


def test_no_line_is_begun_with_shortly_before_another_worker_may_take_it_over(tmp_path: Path) -> None:
    """Each look at the clock is a minute later here, as it is at a host that answers slowly."""
    deployment, host, now = _deployment(tmp_path), Counting(), [AT]
    (tmp_path / "key").write_text(host.secret, encoding="utf-8")
    left: list[timedelta] = []

    def clock() -> datetime:
        now[0] += timedelta(minutes=1)
        return now[0]

    def chance() -> float:
        """Asked for at each try."""
        with deployment.database.reading() as session:
            held = session.execute(select(WRITE_BACKS.c.claimed_until)).scalars().all()
        left.append(min(until for until in held if until is not None) - now[0])
        return 0.5

    with serving(host) as url:
        host.known = {str(number) for number in range(1, EMPLOYEES + 1)}
        system = HostSystem("bamboo", "bamboohr", url, tmp_path / "key")
        queue_sections(deployment, system, cycle=_cycle(deployment), at=AT)
        stand = send_host(deployment, system, clock, chance=chance)

    assert (stand, len(left)) == ({WriteBackState.CONFIRMED: EMPLOYEES}, EMPLOYEES)
    assert min(left) >= HELD_FOR - timedelta(minutes=1)
    assert host.writes == dict.fromkeys(host.known, 1)
    deployment.database.close()


def _deployment(directory: Path) -> Deployment:
    lead = '{"id": "100", "firstName": "Ada", "lastName": "Lead", "status": "Active"}'
    agents = [
        f'{{"id": "{number}", "firstName": "Ann", "lastName": "No {number}", "status": "Active", "supervisorEId": "100"}}'
        for number in range(1, EMPLOYEES + 1)
    ]
    file = directory / "report.json"
    file.write_text(f'{{"title": "people", "fields": [], "employees": [{", ".join([lead, *agents])}]}}', "utf-8")
    deployment = empty_deployment(directory)
    options = ImportOptions("bamboohr", as_of=date(2025, 1, 1))
    import_people(deployment, "bamboohr", file, options, at=AT, dry_run=False, progress=silent)
    final_sections(deployment, [ExternalReference("bamboohr:id", str(one)) for one in range(1, EMPLOYEES + 1)])
    return deployment


def _environment(directory: Path, url: str, host: Counting) -> dict[str, str]:
    secret, hosts = directory / "key", directory / "hosts.toml"
    secret.write_text(host.secret, encoding="utf-8")
    hosts.write_text(
        f'[[hosts]]\nname = "bamboo"\nsink = "bamboohr"\nurl = "{url}"\nsecret_file = "{secret}"\n', encoding="utf-8"
    )
    return {**os.environ, "APPRAISE_DATA": str(directory), "APPRAISE_HOSTS": str(hosts)}


@contextmanager
def _sender(environment: dict[str, str]) -> Iterator[Popen[str]]:
    command = [sys.executable, "-m", "tests.flows.sending"]
    with Popen(command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, text=True) as sender:
        yield sender
        sender.stdin.close()  # type: ignore[union-attr]  # it has one


def _killed(host: Counting, sender: Popen[str], *, after: int, delay: float) -> int:
    """How the command ended, which was killed `delay` seconds after so many requests."""
    assert sender.stdin
    assert sender.stdout
    host.left = after
    host.moment.clear()
    sender.stdin.write("send\n")
    sender.stdin.flush()
    process = int(sender.stdout.readline())
    if after:
        assert host.moment.wait(60), "the command ended without that many requests"
        time.sleep(delay)
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(process, signal.SIGKILL)
    return int(sender.stdout.readline())


def _ten_minutes_later(deployment: Deployment) -> None:
    """What was in the hands of the one that was killed is free again."""
    lines = [line for _, line in ledger(deployment, _cycle(deployment), "bamboo")]
    with deployment.database.transaction() as session:
        write_backs.let_go(session, lines)


def _forget(deployment: Deployment) -> None:
    with deployment.database.transaction() as session:
        session.execute(delete(WRITE_BACKS))


def _cycle(deployment: Deployment) -> CycleId:
    with deployment.database.reading() as session:
        [cycle] = cycles.all_of_them(session)
    return cycle.id
