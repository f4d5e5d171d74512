"""`appraise work`."""

import signal
from threading import Event

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.output import console
from appraise.settings import Settings
from appraise.use_cases.work import Worker


def work_until_stopped(*, once: bool) -> None:
    settings = Settings()
    deployment = open_deployment(settings)
    worker = Worker(deployment, utc_now, policy=settings.policy, memory_limit=settings.memory_limit)
    if once:
        console.print(f"{worker.run_once():,} jobs done", highlight=False)
        return
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker.run(stop)
