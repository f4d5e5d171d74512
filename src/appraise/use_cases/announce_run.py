"""Tell others of a scoring run while it goes on: that it has begun, how far it is, that it failed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread
from typing import Final

from appraise.domain.identifiers import CycleId, RunId
from appraise.domain.progress import Advance
from appraise.domain.reading import Progress, RunState, ScoringRun
from appraise.errors import Retriable
from appraise.storage import cycles
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed

NOTED_EVERY: Final = 1.0
"""Seconds between two signs of life."""


@contextmanager
def announced(
    deployment: Deployment, cycle: CycleId, *, clock: Callable[[], datetime], progress: Advance
) -> Iterator[tuple[RunId, Advance]]:
    """The new run's id, and an `Advance` that tells `progress` and the records.

    While the block runs, a thread notes how far it is. A block that raises leaves the run FAILED; where the process is
    killed the signs of life end, which `ScoringRun.as_of` takes for the same.
    """
    run = ScoringRun(RunId(new_id()), cycle, clock(), None, RunState.RUNNING, None, ())
    committed(deployment, lambda session: cycles.announce_run(session, run))
    reached = [("starting", 0, 0)]
    ended = Event()

    def advance(step: str, done: int, total: int) -> None:
        reached[0] = (step, done, total)
        progress(step, done, total)

    def note(session: Session) -> None:
        cycles.note_progress(session, run.id, Progress(*reached[0], clock()))

    def notes() -> None:
        while True:
            with suppress(Retriable):  # the records are busy, perhaps with this run's own scores
                committed(deployment, note)
            if ended.wait(NOTED_EVERY):
                return

    noting = Thread(target=notes, name="scoring progress", daemon=True)
    noting.start()
    try:
        yield run.id, advance
    except BaseException:
        with suppress(Retriable):  # the error that ended the run is the one to tell
            committed(deployment, lambda session: cycles.fail_run(session, run.id, at=clock()))
        raise
    finally:
        ended.set()
        noting.join()
