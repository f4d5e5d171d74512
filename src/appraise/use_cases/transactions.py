"""The one place where a transaction is opened for writing and repeated when it lost a race."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from appraise.errors import Retriable
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment

T = TypeVar("T")
ATTEMPTS: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.05


def committed(deployment: Deployment, work: Callable[[Session], T]) -> T:
    """The result of `work`, all of whose writes are committed together. `work` may run several times.

    Raises `Retriable` where the last attempt met a lock or a lost connection as well.
    """
    if deployment.once is not None:
        work = deployment.once.around(work)
    for attempt in range(1, ATTEMPTS):
        try:
            with deployment.database.transaction() as session:
                return work(session)
        except Retriable:
            # Two writers that met once would meet again if both paused equally long.
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  # no secret
    with deployment.database.transaction() as session:
        return work(session)
