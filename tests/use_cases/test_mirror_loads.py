"""The records' list of loads follows the event store's log."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

from tests.use_cases.conftest import AT

from appraise.domain.events import EventKind
from appraise.domain.identifiers import LoadId
from appraise.domain.reading import Load, LoadState
from appraise.events.log import Commit, KindCounts, Origin
from appraise.events.log import Load as LoggedLoad
from appraise.storage import audit, loads
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import mirror_loads

LATER = AT + timedelta(hours=1)
ORIGIN = Origin("l1", "shop", "csv", "orders.csv", "0" * 64, "m")
LOGGED = LoggedLoad(ORIGIN, AT, 1, (EventKind.PURCHASES,), True, (), {EventKind.PURCHASES: KindCounts(3, 3)}, {})
MIRRORED = Load(LoadId("l1"), "csv", "shop", "orders.csv", LoadState.LOADED, AT, None, (("purchases", "3"),))


@dataclass
class Log:
    """The two questions that the mirror asks of an event store, with answers set by the test."""

    present: list[LoggedLoad]
    undoings: list[tuple[EventKind, Commit]] = field(default_factory=list)

    def loads(self) -> list[LoggedLoad]:
        return self.present

    def commits(self, load_id: str) -> tuple[tuple[EventKind, Commit], ...]:
        return tuple(found for found in self.undoings if found[1].origin.load_id == load_id)


def mirrored(deployment: Deployment, log: Log) -> tuple[tuple[Load, ...], list[str]]:
    mirror_loads(replace(deployment, events=cast("Any", log)))
    with deployment.database.reading() as session:
        return loads.listed(session), [entry.action for entry in audit.entries(session)]


def test_a_load_is_listed_and_told_to_the_audit_log_once(deployment: Deployment) -> None:
    log = Log([LOGGED])
    mirrored(deployment, log)

    assert mirrored(deployment, log) == ((MIRRORED,), ["load.import"])


def test_an_undone_load_stays_in_the_list_as_undone(deployment: Deployment) -> None:
    mirrored(deployment, Log([LOGGED]))
    undoing = Commit("undo", ORIGIN, LATER, 1, 2, (EventKind.PURCHASES,))

    listed = mirrored(deployment, Log([], [(EventKind.PURCHASES, undoing)]))

    undone = replace(MIRRORED, state=LoadState.UNDONE, undone_at=LATER)
    assert listed == ((undone,), ["load.import", "load.undo"])


def test_an_interrupted_load_is_not_listed(deployment: Deployment) -> None:
    assert mirrored(deployment, Log([replace(LOGGED, complete=False)])) == ((), [])
