"""Score everybody in a cycle from the events as they stand."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from appraise.domain.cycles import Cycle
from appraise.domain.events import EventKind
from appraise.domain.identifiers import CycleId
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import document_of
from appraise.domain.policy_lint import refuse_errors
from appraise.domain.progress import Advance
from appraise.domain.reading import ScoringRun
from appraise.errors import NotEnough
from appraise.events.engine import scoring_engine
from appraise.scoring.data_end import data_end
from appraise.scoring.run import score
from appraise.storage import cycles, exchange_rates, people
from appraise.use_cases.announce_run import announced
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import events_now
from appraise.use_cases.store_scores import store_scores


def score_cycle(  # noqa: PLR0913  # what, by which policy, when, and who watches
    deployment: Deployment,
    cycle_id: CycleId,
    policy: Policy,
    *,
    clock: Callable[[], datetime],
    memory_limit: str | None,
    data_as_of: date | None = None,
    progress: Advance,
) -> ScoringRun:
    """Compute and store a run. `data_as_of` is the first day without data; by default the events say it.

    Raises `NotFound` where there is no such cycle, `NotEnough` where no event has been imported or the data end before
    the cycle begins, and `InvalidInput` where lint finds an error in the policy or a table in place cannot be read as
    mapped.
    """
    refuse_errors(document_of(policy))
    started_at = clock()
    with deployment.database.reading() as session:
        cycle = cycles.get(session, cycle_id)
        known_people = people.snapshot(session)
        rates = exchange_rates.latest(session)
    with events_now(deployment, at=started_at) as events:
        tables = events.snapshot.tables(scoring_engine(deployment.engine, memory_limit=memory_limit))
        end = data_as_of or _end_of(tables, cycle)
        with announced(deployment, cycle_id, clock=clock, progress=progress) as (run, advance):
            result = score(
                tables,
                known_people,
                policy,
                cycle.period,
                data_as_of=min(end, started_at.date()),
                event_versions=events.snapshot.versions,
                in_place=events.in_place,
                code_version=deployment.code_version,
                rates=rates,
                progress=advance,
            )
            return store_scores(
                deployment,
                cycle,
                result,
                policy,
                scored=known_people,
                started_at=started_at,
                at=clock(),
                announced=run,
            )


def _end_of(tables: Mapping[EventKind, Any], cycle: Cycle) -> date:
    end = data_end(tables)
    if end is None:
        raise NotEnough("no events have been imported", hint="import a customer system's export first")
    if end <= cycle.period.start:
        raise NotEnough(
            f"the data end on {end - timedelta(days=1)}, before the cycle begins on {cycle.period.start}",
            expected="contacts and purchases, of which the earlier end counts, within the cycle",
            hint="`appraise reconcile` shows each source by month; import newer exports, or undo a load of old ones",
        )
    return end
