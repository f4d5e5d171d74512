"""Write final sections into the HR systems, and look whether what was written is still there."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final, Self

import structlog

from appraise.adapters.discovery import sink_named
from appraise.adapters.sending import Reach, Tried, attempt
from appraise.adapters.sinks import CallSink, Host
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.write_back import LOOKED_AT, Values, WriteBack, WriteBackState, queued, refused
from appraise.errors import AppraiseError, Retriable
from appraise.storage import audit, write_backs
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finished import Finished, finished
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

LOG = structlog.get_logger("appraise.write_back")
WRITER: Final = Actor("write-back", ())
AT_A_TIME: Final = 20
MOST_BUSY: Final = 3
"""In a row; then the host is left alone until another time."""
HELD_FOR: Final = write_backs.CLAIMED_FOR / 2
"""Lines that were claimed longer ago are not begun with: a try must end before another worker may take over."""
OPENED_AGAIN: Final = "the section was opened again before it was written; its next revision will be"


def queue_sections(
    deployment: Deployment, host: HostSystem, *, cycle: CycleId | None, actor: Actor = WRITER, at: datetime
) -> int:
    """Put final sections that this host does not have in the ledger: a cycle's, or those since the host's day.

    Gives how many. Repeated, it finds only what became final meanwhile.
    """
    since = None if host.since is None or cycle is not None else datetime.combine(host.since, time(), UTC)
    if cycle is None and since is None:
        return 0

    def work(session: Session) -> int:
        due = write_backs.due_sections(session, host.name, cycle=cycle, since=since)
        known = write_backs.of(session, [section for section, _ in due])
        lines = [
            queued(section, revision, host.name, earlier=_left(known[section], host.name), at=at)
            for section, revision in due
        ]
        write_backs.add(session, lines)
        for line in lines:
            record(session, line, actor, at=at)
        return len(lines)

    with deployment.database.reading() as session:  # most looks find nothing, and need not write
        if not write_backs.due_sections(session, host.name, cycle=cycle, since=since):
            return 0
    return committed(deployment, work)


def _left(lines: Iterable[WriteBack], host: str) -> Values | None:
    """What the earlier revisions left in the host; the latest comes first, and knows of those before it."""
    return next((line.left for line in lines if line.host == host), None)


def write_back_due(deployment: Deployment, clock: Callable[[], datetime]) -> Counter[WriteBackState]:
    """What a worker does: queue what became final, send what is due, look at what was sent. Gives how lines stand."""
    stand: Counter[WriteBackState] = Counter()
    for host in deployment.hosts:
        try:
            queue_sections(deployment, host, cycle=None, at=clock())
            stand += send_host(deployment, host, clock)
        except Retriable as error:
            LOG.warning("write-back has to wait", host=host.name, error=str(error))
        except AppraiseError as error:
            LOG.warning("a host cannot be written to", host=host.name, error=str(error))
    return stand


def send_host(
    deployment: Deployment,
    host: HostSystem,
    clock: Callable[[], datetime],
    *,
    only: frozenset[SectionId] | None = None,
    chance: Callable[[], float] = random.random,
) -> Counter[WriteBackState]:
    """Send or look at what is due at one host; of `only`, also what is not due yet. Does nothing for file sinks."""
    sink, stand, busy = sink_named(host.sink), Counter[WriteBackState](), 0
    if not isinstance(sink, CallSink):
        return stand
    left = only
    with _Open(sink, host) as opened:
        while left is None or left:
            at = clock()
            claimed, values = _claimed(deployment, host, at, left)
            if not claimed:
                break
            for place, line in enumerate(claimed):
                if clock() - at > HELD_FOR:
                    _let_go(deployment, claimed[place:])
                    break
                left = None if left is None else left - {line.section}
                tried = _tried(line, values.get(line.section), opened, at=clock(), chance=chance())
                _settle(deployment, line, tried.line, claimed_at=at, at=clock())
                stand[tried.line.state] += 1
                busy = busy + 1 if tried.reach is Reach.BUSY else 0
                if busy == MOST_BUSY or tried.reach is Reach.LOCKED:
                    _let_go(deployment, claimed[place + 1 :])
                    return stand
    return stand


class _Open:
    """The host of a scale; opened once for each, as cycles may have different ones."""

    def __init__(self, sink: CallSink, host: HostSystem) -> None:
        self._sink, self._host = sink, host
        self._hosts: dict[HostScale | None, Host] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def of(self, scale: HostScale | None) -> Host:
        if scale not in self._hosts:
            self._hosts[scale] = self._ends.enter_context(self._sink.open(self._host.options(scale)))
        return self._hosts[scale]


def _claimed(
    deployment: Deployment, host: HostSystem, at: datetime, only: frozenset[SectionId] | None
) -> tuple[list[WriteBack], dict[SectionId, Finished]]:
    if only is None:
        with deployment.database.reading() as session:
            if not write_backs.has_due(session, host.name, at=at):
                return [], {}
    claimed = committed(
        deployment, lambda session: write_backs.claim(session, host.name, at=at, most=AT_A_TIME, only=only)
    )
    with deployment.database.reading() as session:
        return claimed, finished(session, [line.section for line in claimed])


def _tried(line: WriteBack, value: Finished | None, opened: _Open, *, at: datetime, chance: float) -> Tried:
    if value is None or value.section.revision != line.revision:
        is_over = line.state in LOOKED_AT
        return Tried(replace(line, next_try_at=None) if is_over else refused(line, OPENED_AGAIN, at=at))
    return attempt(line, value.section, opened.of(value.cycle.rules.host_scale), at=at, chance=chance)


def _let_go(deployment: Deployment, lines: list[WriteBack]) -> None:
    committed(deployment, lambda session: write_backs.let_go(session, lines))


def _settle(deployment: Deployment, before: WriteBack, after: WriteBack, *, claimed_at: datetime, at: datetime) -> None:
    def work(session: Session) -> None:
        if not write_backs.settle(session, after, claimed_at=claimed_at):
            LOG.warning("a try took so long that another worker has the line", section=after.section, host=after.host)
        elif after.state is not before.state:
            record(session, after, WRITER, at=at)

    committed(deployment, work)
    if after.problem is not None:
        LOG.info("a section was not written", section=after.section, host=after.host, problem=after.problem)


def record(session: Session, line: WriteBack, actor: Actor, *, at: datetime) -> None:
    """A line in the audit log: where what stands, and never a figure."""
    facts = [("host", line.host), ("revision", str(line.revision)), ("state", line.state.value)]
    place = [] if line.place is None else [("place", line.place)]
    details = [*actor.facts, *facts, *place]
    subject = f"section:{line.section}"
    audit.append(session, at=at, actor=actor.id, action="section.write_back", subject=subject, details=details)
