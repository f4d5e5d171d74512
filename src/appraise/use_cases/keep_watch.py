"""Keep a threshold, change it, take it away, and say that what lies beyond it was seen."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal, may_watch
from appraise.domain.identifiers import EmployeeId, WatchId
from appraise.domain.policies import WatchLists
from appraise.domain.sections import Refusal
from appraise.domain.watches import Rule, Watch, hindrance_to_watch
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, watches
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_watches import compared, scored
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

CHANGED_MEANWHILE = Refusal(
    "VERSION_CONFLICT", "the threshold was changed meanwhile; read it again and decide", "expectedVersion"
)


def keep_watch(
    deployment: Deployment,
    principal: Principal,
    rule: Rule,
    *,
    at: datetime,
    watch: WatchId | None = None,
    expected_version: int | None = None,
) -> Watch | Refusal:
    """A new threshold, or another one in the place of `watch`. Raises `Forbidden` and, for another's, `NotFound`."""
    me = _owner(principal)

    def work(session: Session) -> Watch | Refusal:
        lock(session, f"watches:{me}")
        kept = watches.of_owner(session, me)
        before = None if watch is None else _mine(kept, watch)
        if before is not None and before.version != expected_version:
            return CHANGED_MEANWHILE
        others = [one.rule for one in kept if one.id != watch]
        allows = any(one.policy.watch_lists is WatchLists.INDIVIDUALS for one in scored(session)[:1])
        refusal = hindrance_to_watch(rule, others, allows_individuals=allows, is_further=before is None)
        if refusal is not None:
            return refusal
        if before is None:
            after = Watch(WatchId(new_id()), me, rule, 1)
            watches.add(session, after)
        else:
            after = replace(before, rule=rule, version=before.version + 1)
            watches.save(session, after)
        _record(session, principal, "watch.keep", after, at)
        return after

    return committed(deployment, work)


def drop_watch(
    deployment: Deployment, principal: Principal, watch: WatchId, *, expected_version: int, at: datetime
) -> Watch | Refusal:
    """Raises `Forbidden`, and `NotFound` for another's as for one that there is not."""
    me = _owner(principal)

    def work(session: Session) -> Watch | Refusal:
        lock(session, f"watches:{me}")
        before = _mine(watches.of_owner(session, me), watch)
        if before.version != expected_version:
            return CHANGED_MEANWHILE
        watches.remove(session, watch)
        _record(session, principal, "watch.drop", before, at)
        return before

    return committed(deployment, work)


def mark_watch_seen(
    deployment: Deployment,
    principal: Principal,
    watch: WatchId,
    keys: Collection[str | None],
    *,
    expected_version: int,
    at: datetime,
) -> Watch | Refusal:
    """Of what lies beyond it by now the groups `keys`; others among them are let be. Raises as `drop_watch`."""
    me = _owner(principal)
    with deployment.database.reading() as session:
        looked_at = _mine(watches.of_owner(session, me), watch)
    (reading,) = compared(replace(deployment, once=None), principal, [looked_at], {}, at=at).watches
    seen = {one.group.key for one in reading.findings} & set(keys)

    def work(session: Session) -> Watch | Refusal:
        lock(session, f"watches:{me}")
        found = _mine(watches.of_owner(session, me), watch)
        if found.version != expected_version:
            return CHANGED_MEANWHILE
        watches.mark_seen(session, watch, seen)
        return found

    return committed(deployment, work)


def _owner(principal: Principal) -> EmployeeId:
    if principal.employee is None or not may_watch(principal):
        raise Forbidden("watch-lists are kept by executives and HR administrators")
    return principal.employee


def _mine(kept: Collection[Watch], watch: WatchId) -> Watch:
    found = next((one for one in kept if one.id == watch), None)
    if found is None:
        raise NotFound("there is no such threshold, or it is not yours")
    return found


def _record(session: Session, principal: Principal, action: str, watch: Watch, at: datetime) -> None:
    rule = watch.rule
    what = f"{rule.indicator} of each {rule.dimension}, {rule.measure} {rule.side} {rule.threshold}"
    actor = Actor.of(principal)
    subject = f"employee:{watch.owner}"
    audit.append(
        session, at=at, actor=actor.id, action=action, subject=subject, details=[*actor.facts, ("watch", what)]
    )
