"""Bring the records' list of loads in line with the event store's log, which is the truth."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from appraise.domain.identifiers import LoadId
from appraise.domain.reading import Load, LoadState
from appraise.storage import audit, loads
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.transactions import committed

if TYPE_CHECKING:
    from appraise.events.log import Load as LoggedLoad

OPERATOR: Final = "operator"
"""How the audit log names whoever has the command line in their hands."""


def mirror_loads(deployment: Deployment, *, actor: str = OPERATOR) -> None:
    """One audit line, by `actor`, for each load newly seen or newly undone; repeating it changes nothing."""

    def work(session: Session) -> None:
        lock(session, "loads")
        before = {load.id: load for load in loads.listed(session)}
        after = {LoadId(logged.id): _load(logged) for logged in deployment.events.loads() if logged.complete}
        for load in before.values():
            if load.id not in after:
                ended = load.undone_at or _undone_at(deployment, load)
                after[load.id] = replace(load, state=LoadState.UNDONE, undone_at=ended)
        if after == before:
            return
        loads.mirror(session, after.values())
        for load in sorted(after.values(), key=lambda load: (load.loaded_at, load.id)):
            if load != before.get(load.id):
                undone = load.state is LoadState.UNDONE
                audit.append(
                    session,
                    at=load.undone_at or load.loaded_at,
                    actor=actor,
                    action="load.undo" if undone else "load.import",
                    subject=f"load:{load.id}",
                    details=[("file", load.file), ("source", load.source), *load.facts],
                )

    committed(deployment, work)


def _load(logged: "LoggedLoad") -> Load:
    return Load(
        id=LoadId(logged.id),
        adapter=logged.origin.adapter,
        source=logged.origin.source,
        file=logged.origin.file,
        state=LoadState.LOADED,
        loaded_at=logged.at,
        facts=tuple(_facts(logged)),
    )


def _facts(logged: "LoggedLoad") -> Iterator[tuple[str, str]]:
    for kind, counts in sorted(logged.counts.items()):
        yield kind.value, str(counts.accepted)
        if counts.withdrawn:
            yield f"{kind.value} withdrawn", str(counts.withdrawn)


def _undone_at(deployment: Deployment, load: Load) -> datetime:
    undoings = [commit.at for _, commit in deployment.events.commits(load.id) if commit.action == "undo"]
    return max(undoings, default=load.loaded_at)
