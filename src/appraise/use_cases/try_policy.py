"""What a policy would change: a scored cycle computed again in memory under another policy. Nothing is written."""

from dataclasses import replace

from appraise.domain.access import Principal
from appraise.domain.identifiers import CycleId
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import document_of
from appraise.domain.policy_lint import refuse_errors
from appraise.domain.progress import Advance
from appraise.errors import NotFound
from appraise.events.engine import scoring_engine
from appraise.scoring.manifest import Versions, manifest
from appraise.scoring.run import concluded, measure
from appraise.scoring.sensitivity import weight_shifts
from appraise.storage import cycles, exchange_rates, people
from appraise.use_cases.compare_runs import RunChanges, changes, may_read_all, names, stored_result
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.events_in_place import events_then


def try_policy(
    deployment: Deployment,
    principal: Principal,
    cycle_id: CycleId,
    policy: Policy,
    *,
    memory_limit: str | None,
    progress: Advance,
) -> RunChanges:
    """The stored run beside the same events under `policy`, as of the same day, and how far its weights decide.

    People and code are today's: where they are no longer those of the stored run, `inputs` of the answer says so.
    Raises `NotFound` where the cycle was never scored or the principal may not read everybody's section, `InvalidInput`
    where lint finds an error in the policy.
    """
    may_read_all(principal)
    refuse_errors(document_of(policy))
    with deployment.database.reading() as session:
        cycle = cycles.get(session, cycle_id)
        run = cycles.latest_run(session, cycle_id)
        if run is None:
            raise NotFound(f"{cycle.name} has not been scored", hint=f"run `appraise score {cycle.name}` first")
        stored = stored_result(session, run)
        known_people = people.snapshot(session)
        rates = exchange_rates.named(session, stored.manifest)
        named = names(session)
    data_as_of = stored.manifest.data_as_of
    with events_then(deployment, stored.manifest, at=run.started_at) as events:
        if events.missing:
            raise NotFound(
                f"events that {cycle.name} was scored from are not there any more: {'; '.join(events.missing)}",
                hint="score the cycle again, then try the policy",
            )
        measured = measure(
            events.snapshot.tables(scoring_engine(deployment.engine, memory_limit=memory_limit)),
            known_people,
            policy,
            cycle.period,
            data_as_of=data_as_of,
            rates=rates,
            progress=progress,
        )
    then = stored.manifest
    versions = Versions(events.snapshot.versions, deployment.code_version, then.seed, in_place=then.in_place)
    versions = replace(versions, rates=None if rates is None else rates.hash)
    made_of = manifest(known_people, policy, cycle.period, data_as_of=data_as_of, versions=versions)
    tried = concluded(measured, policy, made_of)
    return replace(changes(stored, tried, names=named), weights=weight_shifts(measured, policy, seed=made_of.seed))
