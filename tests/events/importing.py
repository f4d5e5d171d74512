"""A real import in a process of its own, to be killed: store, file."""

import sys
from pathlib import Path

from tests.events.conftest import OPTIONS, plan

from appraise.events.ingest import import_events
from appraise.events.store import EventStore

import_events(
    EventStore(Path(sys.argv[1])),
    plan(),
    Path(sys.argv[2]),
    options=OPTIONS,
    progress=lambda step: print(step, flush=True),  # noqa: T201  # the killer listens
)
