"""Workers: each job done once, taken over from a process that was killed, and nothing half-visible on the way."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from threading import Event, Thread
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.use_cases.conftest import AT, Company

from appraise.domain.access import Principal
from appraise.domain.exports import ExportFormat, ExportKind, ExportRequest
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import MOST_TRIES, Job, JobKind, JobState
from appraise.storage import jobs
from appraise.storage.jobs import CLAIMED_FOR
from appraise.use_cases import work
from appraise.use_cases.create_export import create_export
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_file import export_file, schema_of
from appraise.use_cases.files import STRAY_AFTER, remove_strays
from appraise.use_cases.open_export import find_export
from appraise.use_cases.read_exports import get_export
from appraise.use_cases.work import Worker

SLOW = """
import sys
from datetime import datetime
from pathlib import Path
from appraise.storage.database import Database
from appraise.use_cases import export_rows, work
from appraise.use_cases.deployment import Deployment
export_rows.PAGE, work.LONGEST_REST = 1, 60
deployment = Deployment(Database(sys.argv[1]), None, b"key of the tests", "test", files=Path(sys.argv[2]))
# The rest between two chunks is as long as the chunk took, and that is to be long.
began = iter(range(0, 10**9, 60))
work.time.monotonic = lambda: next(began)
work.Worker(deployment, lambda: datetime.fromisoformat(sys.argv[3])).run_once()
"""


def asked(company: Company, who: str = "hal", kind: ExportKind = ExportKind.EMPLOYEES) -> JobId:
    job = create_export(company.deployment, company.principal(who), ExportRequest(kind, ExportFormat.JSONL), at=AT)
    assert isinstance(job, Job)
    return job.id


def seen(company: Company, export: JobId, who: str = "hal", at: datetime = AT) -> Job:
    return get_export(company.deployment, company.principal(who), export, at=at)


def run(deployment: Deployment, at: datetime = AT) -> int:
    return Worker(deployment, lambda: at).run_once()


def files(company: Company) -> list[str]:
    return sorted(path.name for path in company.deployment.files.glob("*"))


def test_a_killed_export_is_written_by_the_next_worker(company: Company) -> None:
    export = asked(company)
    deployment = company.deployment
    url = deployment.database.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", SLOW, url, str(deployment.files), AT.isoformat()]) as worker:
        for _ in range(600):
            if files(company) and seen(company, export).state is JobState.RUNNING:
                break
            time.sleep(0.1)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
    (half,) = files(company)
    assert seen(company, export).state is JobState.RUNNING
    with pytest.raises(work.Problem, match="not written yet"):
        find_export(deployment, company.principal("hal"), export, at=AT)

    assert run(deployment) == 0  # it may still be alive
    assert run(deployment, at=AT + CLAIMED_FOR) == 1

    opened = find_export(deployment, company.principal("hal"), export, at=AT)
    assert len(opened.path.read_bytes().splitlines()) == 7
    assert opened.path.name != half
    now = datetime.fromtimestamp((deployment.files / half).stat().st_mtime, AT.tzinfo)
    assert remove_strays(deployment, named={opened.path.name}, at=now + STRAY_AFTER / 2) == 0
    assert remove_strays(deployment, named={opened.path.name}, at=now + STRAY_AFTER + timedelta(seconds=9)) == 1
    assert files(company) == [opened.path.name]


def test_a_job_that_kills_its_workers_is_given_up(company: Company) -> None:
    export = asked(company)
    at = AT
    for _ in range(MOST_TRIES):
        with company.deployment.database.transaction() as session:
            assert jobs.claim(session, JobKind, claim="a worker that dies", at=at)
        at += CLAIMED_FOR

    assert run(company.deployment, at=at) == 0
    assert (seen(company, export).state, "given up" in (seen(company, export).problem or "")) == (JobState.FAILED, True)


def test_several_workers_do_each_job_once(company: Company) -> None:
    exports = [asked(company, who) for who in ("hal", "vera", "otto", "hal", "vera")]
    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(lambda _: run(company.deployment), range(3)))

    assert sum(counts) == len(exports) == len(files(company))


def test_a_worker_that_lost_its_job_leaves_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    export = asked(company)
    write = work.write_export

    def overtaken(*arguments: Any, **more: Any) -> Any:
        written = write(*arguments, **more)
        assert run(company.deployment, at=AT + CLAIMED_FOR) == 1  # by a second worker, whose own call is not slow
        return written

    def once(*arguments: Any, **more: Any) -> Any:
        monkeypatch.setattr(work, "write_export", write)
        return overtaken(*arguments, **more)

    monkeypatch.setattr(work, "write_export", once)
    run(company.deployment)

    assert (seen(company, export).state, len(files(company))) == (JobState.DONE, 1)


def test_an_export_that_is_stopped_is_begun_anew(company: Company) -> None:
    export = asked(company)
    stop = Event()
    worker = Worker(company.deployment, lambda: AT)
    with company.deployment.database.transaction() as session:
        job = jobs.claim(session, JobKind, claim="mine", at=AT)
    assert job is not None
    stop.set()
    worker._do(job, "mine", stop)
    waiting = seen(company, export)
    thread = Thread(target=worker.run, args=[stop := Event()])
    thread.start()
    while seen(company, export).state is not JobState.DONE:
        time.sleep(0.05)
    stop.set()
    thread.join(timeout=10)

    assert (waiting.state, waiting.tries, len(files(company))) == (JobState.WAITING, 0, 1)


def test_a_defect_fails_the_job_and_tells_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    export = asked(company)
    monkeypatch.setattr(work, "write_export", lambda *_, **__: 1 / 0)
    run(company.deployment)

    failed = seen(company, export)
    assert (failed.state, "division" in (failed.problem or "")) == (JobState.FAILED, False)


def test_a_directory_that_cannot_be_written_fails_the_job(company: Company) -> None:
    company.deployment.files.parent.mkdir(exist_ok=True)
    company.deployment.files.write_text("a file where the directory should be")
    export = asked(company)
    run(company.deployment)

    assert seen(company, export).state is JobState.FAILED


def test_a_host_frame_exports_nothing(company: Company) -> None:
    from appraise.domain.access import Embedded
    from appraise.domain.exports import may_export

    section = company.scored() and company.section("ann").section
    framed = replace(company.principal("hal"), embedded=Embedded(section.id, section.employee, "host"))

    assert not any(may_export(framed, kind) for kind in ExportKind)
    assert not any(may_export(Principal("nobody"), kind) for kind in (ExportKind.AUDIT,))


exact = st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**19), max_value=10**19)


@given(value=exact, money=st.integers(-(2**63), 2**63 - 1))
def test_decimals_and_money_come_back_as_they_were(value: Decimal, money: int) -> None:
    row = {**dict.fromkeys(schema_of(ExportKind.ESTIMATES).names), "value": value, "moneyAmountMinor": money}
    read = []
    for form_of in ExportFormat:
        file = BytesIO()
        form = export_file(form_of, ExportKind.ESTIMATES, file)
        form.write([row])
        form.close()
        read.append(file.getvalue())
    line = orjson.loads(read[0])
    (stored,) = pq.read_table(pa.BufferReader(read[1])).to_pylist()

    assert (Decimal(line["value"]), int(line["moneyAmountMinor"])) == (value, money)
    assert (stored["value"], stored["moneyAmountMinor"]) == (value, money)


def test_a_figure_that_does_not_fit_is_refused_and_not_rounded() -> None:
    row = {**dict.fromkeys(schema_of(ExportKind.ESTIMATES).names), "value": Decimal("0." + "1" * 19)}
    form = export_file(ExportFormat.PARQUET, ExportKind.ESTIMATES, BytesIO())
    form.write([row])

    with pytest.raises(ValueError, match=r"data loss|precision"):
        form.close()
