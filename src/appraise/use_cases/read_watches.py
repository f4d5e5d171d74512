"""Which groups lie beyond the thresholds that somebody keeps, as far as they may read them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appraise.domain.access import Principal, may_sign_in, may_watch
from appraise.domain.changes import Change, incomparable
from appraise.domain.contributions import ContributionQuery, ContributionRow, Dimension, Figure, Group
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.identifiers import EmployeeId, IndicatorKey, WatchId
from appraise.domain.language import say
from appraise.domain.policies import Policy, WatchLists
from appraise.domain.reading import ScoringRun
from appraise.domain.watches import (
    Answer,
    Bounded,
    Finding,
    Measure,
    Rule,
    Watch,
    WatchList,
    WatchReading,
    answer,
    difference,
    level,
    sorted_by_words,
)
from appraise.errors import Forbidden
from appraise.storage import contributions, cycles, people, tokens, watches
from appraise.storage.access import Viewer
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_change import list_changes
from appraise.use_cases.read_contributions import record_reads, rows_of_cycle
from appraise.use_cases.transactions import committed

Figures = Mapping[str | None, tuple[Group, Figure]]
Seen = Mapping[WatchId, Mapping[str | None, bool]]


def read_watches(deployment: Deployment, principal: Principal, *, at: datetime) -> WatchList:
    """Raises `Forbidden` for whoever may keep none. Each single employee that it tells of leaves a line in the log."""
    me = principal.employee
    if me is None or not may_watch(principal):
        raise Forbidden("watch-lists are kept by executives and HR administrators")
    with deployment.database.reading() as session:
        kept, seen = watches.of_owner(session, me), watches.findings(session, me)
    found = compared(deployment, principal, kept, seen, at=at)
    _forget_what_is_over(deployment, me, found, seen)
    if found.cycle is not None:
        people = {
            EmployeeId(one.group.key)
            for reading in found.watches
            for one in reading.findings
            if one.group.dimension is Dimension.EMPLOYEE and one.group.key is not None
        }
        record_reads(deployment, principal, {person: [found.cycle.name] for person in people}, at=at)
    return found


def _forget_what_is_over(deployment: Deployment, owner: EmployeeId, found: WatchList, seen: Seen) -> None:
    """What lies within again by now and was not seen: else a task would stand of which the page has nothing to show."""
    beyond = {one.watch.id: {each.group.key for each in one.findings} for one in found.watches}
    over = {
        watch: gone
        for watch, keys in beyond.items()
        if (gone := {key for key, is_seen in seen.get(watch, {}).items() if not is_seen} - keys)
    }
    if not over:
        return

    def forget(session: Session) -> None:
        lock(session, f"watches:{owner}")
        for watch, gone in over.items():
            kept = watches.findings_of(session, watch)
            watches.note_findings(session, watch, {key: said for key, said in kept.items() if key not in gone})

    committed(deployment, forget)


def compared(
    deployment: Deployment, principal: Principal, kept: Sequence[Watch], seen: Seen, *, at: datetime
) -> WatchList:
    """Leaves no line in the audit log: nothing is told to anybody yet."""
    with deployment.database.reading() as session:
        both = scored(session, Viewer(principal, at.date()))
        if not both:
            nothing = say("No cycle of which you may read figures has been scored yet.")
            return WatchList(
                tuple(WatchReading(one, (), 0, 0, nothing) for one in kept), None, None, allows_individuals=False
            )
        look = _Look(session, deployment, principal, both, at)
        readings = [look.read(watch, seen.get(watch.id, {})) for watch in kept]
    before = both[1].cycle if len(both) > 1 else None
    return WatchList(sorted_by_words(readings), both[0].cycle, before, look.allows_individuals)


@dataclass(frozen=True, slots=True)
class Scored:
    cycle: Cycle
    run: ScoringRun
    policy: Policy


def scored(session: Session, viewer: Viewer | None = None) -> list[Scored]:
    """The newest cycle that was scored, and the newest before it that shares no day with it.

    With a viewer, of those of which they read figures of others: executives do not before sections are handed in.
    """
    found: list[Scored] = []
    wanted = 2
    for cycle in cycles.all_of_them(session):
        run = cycles.latest_run(session, cycle.id)
        if run is None or cycle.state is CycleState.CANCELLED:
            continue
        if found and found[0].cycle.period.overlaps(cycle.period):
            continue
        if viewer is not None and not contributions.reads_of_others(session, viewer, cycle.id, run.id):
            continue
        found.append(Scored(cycle, run, cycles.policy_of(session, run.id)))
        if len(found) == wanted:
            break
    return found


class _Look:
    """At each way of grouping once, however many thresholds there are."""

    def __init__(
        self, session: Session, deployment: Deployment, principal: Principal, both: Sequence[Scored], at: datetime
    ) -> None:
        self._session, self._deployment, self._principal, self._both, self._at = (
            session,
            deployment,
            principal,
            both,
            at,
        )
        self._rows: dict[tuple[Dimension, int], list[ContributionRow]] = {}
        self._changes: dict[IndicatorKey, dict[str | None, tuple[Group, Bounded]]] | None = None
        self.allows_individuals = both[0].policy.watch_lists is WatchLists.INDIVIDUALS

    def read(self, watch: Watch, seen: Mapping[str | None, bool]) -> WatchReading:
        rule = watch.rule
        why_not = self._why_not(rule)
        if why_not is not None:
            return WatchReading(watch, (), 0, 0, why_not)
        values = self._values(rule)
        answers = {key: answer(rule, found) for key, (_, found) in values.items()}
        beyond = [
            Finding(group, found, is_new=not seen.get(key, False))
            for key, (group, found) in values.items()
            if answers[key] is Answer.BEYOND
        ]
        beyond.sort(key=lambda one: (one.group.sort_name, one.group.key or ""))
        unsure = sum(one is Answer.CANNOT_TELL for one in answers.values())
        return WatchReading(watch, tuple(beyond), unsure, len(values))

    def _why_not(self, rule: Rule) -> str | None:
        if rule.dimension is Dimension.EMPLOYEE and not self.allows_individuals:
            return say("The policy allows watch-lists of groups only.")
        if rule.indicator not in dict(self._both[0].policy.indicators):
            return say("{cycle} was scored without this indicator.", cycle=self._both[0].cycle.name)
        if rule.measure is Measure.LEVEL:
            return None
        later, *earlier_ones = self._both
        if not earlier_ones:
            return say("There is no cycle before {cycle} to compare with.", cycle=later.cycle.name)
        earlier = earlier_ones[0]
        return incomparable(rule.indicator, (earlier.cycle, later.cycle), (earlier.policy, later.policy))

    def _values(self, rule: Rule) -> Mapping[str | None, tuple[Group, Bounded]]:
        if rule.measure is Measure.CHANGE and rule.dimension is Dimension.EMPLOYEE:
            return self._changes_of_people().get(rule.indicator, {})
        after = self._figures(rule, 0)
        if rule.measure is Measure.LEVEL:
            return {key: (group, level(figure)) for key, (group, figure) in after.items()}
        before = self._figures(rule, 1)
        return {
            key: (group, difference(before[key][1], figure)) for key, (group, figure) in after.items() if key in before
        }

    def _figures(self, rule: Rule, number: int) -> Figures:
        asked = rule.dimension, number
        if asked not in self._rows:
            viewer = Viewer(self._principal, self._at.date())
            wanted = ContributionQuery(rule.dimension)
            self._rows[asked] = rows_of_cycle(self._deployment, self._session, viewer, wanted, self._both[number].cycle)
        return {
            row.group.key: (row.group, one.now.result)
            for row in self._rows[asked]
            for one in row.contributions
            if one.indicator == rule.indicator and one.now is not None and isinstance(one.now.result, Figure)
        }

    def _changes_of_people(self) -> dict[IndicatorKey, dict[str | None, tuple[Group, Bounded]]]:
        """Each after allowing for chance in both cycles."""
        if self._changes is None:
            later, earlier = self._both
            found = list_changes(self._deployment, self._principal, earlier.cycle.id, later.cycle.id, at=self._at)
            self._changes = defaultdict(dict)
            for person in found.employees:
                group = Group(Dimension.EMPLOYEE, person.employee, person.name, person.name.casefold())
                for change in person.results:
                    if isinstance(change, Change):
                        bounded = Bounded(change.value, change.lower, change.upper)
                        self._changes[change.indicator][person.employee] = group, bounded
        return self._changes


def watcher(session: Session, owner: EmployeeId, *, on: date) -> Principal | None:
    """Whoever keeps thresholds, by the roles that were granted here; None where they may keep them no more."""
    if not may_sign_in(people.status_of(session, owner, on=on)):
        return None
    principal = Principal(owner, owner, tokens.roles_of(session, owner))
    return principal if may_watch(principal) else None
