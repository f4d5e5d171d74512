"""The ways in for following.

Who listens is asked again before each event; rows pass through the same door as those of queries.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Annotated, Final, Protocol, Self, TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.api.exports import one_export
from appraise.api.feed import LOOK_EVERY, Feed, Follower
from appraise.api.global_ids import Kind, from_global, key_of, to_global
from appraise.api.imports import one_import
from appraise.api.permissions import Permission, require
from appraise.api.scoring import ScoringJobType, one_scoring_job
from appraise.api.trials import PolicyTrialType, one_trial
from appraise.api.types.connections import MOST_IDS
from appraise.api.types.exports import ExportType
from appraise.api.types.imports import ImportType
from appraise.api.types.runs import ScoringRunType
from appraise.api.types.sections import SectionType
from appraise.domain.identifiers import RunId, SectionId
from appraise.domain.reading import RunState
from appraise.domain.section_states import Action
from appraise.errors import InvalidInput, NotFound
from appraise.use_cases.follow_sections import visible_versions
from appraise.use_cases.read_cycles import get_run

T = TypeVar("T")


class Look(Protocol):
    """What the work gives, in a turn of the principal's subscriptions. Raises `Crowded` and `Overloaded`."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


@dataclass(slots=True)
class LiveContext:
    """What a subscription carries. `latest` belongs to the event that is told now."""

    feed: Feed
    renew: Callable[[], RequestContext]
    latest: RequestContext
    look: Look

    async def renewed(self) -> RequestContext:
        """Raises `Unauthenticated` where the token has ended."""
        self.latest = await self.look(self.renew)
        return self.latest


@strawberry.enum(description="What happened to a section. More may be added.")
class SectionChangeKind(Enum):
    CURRENT = strawberry.enum_value("CURRENT", description="Nothing yet: how it stands when following begins.")
    RATED = strawberry.enum_value("RATED", description="The manager rated or commented an item.")
    SUBMITTED = strawberry.enum_value("SUBMITTED", description="The manager, or HR without them, handed it in.")
    RETURNED = strawberry.enum_value("RETURNED", description="It was given back to the manager.")
    SELF_ASSESSED = strawberry.enum_value("SELF_ASSESSED", description="The employee wrote of themselves.")
    APPROVED = strawberry.enum_value("APPROVED", description="A manager further up, or HR, approved it.")
    RELEASED = strawberry.enum_value("RELEASED", description="HR let it be shared.")
    SHARED = strawberry.enum_value("SHARED", description="It was shared with the employee.")
    ACKNOWLEDGED = strawberry.enum_value("ACKNOWLEDGED", description="The employee answered.")
    FINALISED = strawberry.enum_value("FINALISED", description="It was closed.")
    DISPUTED = strawberry.enum_value("DISPUTED", description="The employee filed or took back a dispute or a claim.")
    DISPUTE_DECIDED = strawberry.enum_value("DISPUTE_DECIDED", description="A dispute or a claim was decided.")
    CALIBRATED = strawberry.enum_value("CALIBRATED", description="A calibration session took it in, moved or left it.")
    REOPENING_PROPOSED = strawberry.enum_value("REOPENING_PROPOSED", description="Its reopening was proposed.")
    REOPENING_WITHDRAWN = strawberry.enum_value(
        "REOPENING_WITHDRAWN", description="That proposal was taken back or declined."
    )
    REOPENED = strawberry.enum_value("REOPENED", description="It was opened again.")
    EXEMPTED = strawberry.enum_value("EXEMPTED", description="It was taken out of the cycle.")
    EXEMPTION_ENDED = strawberry.enum_value("EXEMPTION_ENDED", description="It was taken into the cycle again.")
    VOIDED = strawberry.enum_value("VOIDED", description="It was voided.")
    RESCORED = strawberry.enum_value("RESCORED", description="A scoring run gave it new figures.")


KINDS: Final = {
    Action.RATE: SectionChangeKind.RATED,
    Action.SUBMIT: SectionChangeKind.SUBMITTED,
    Action.HAND_IN_UNREVIEWED: SectionChangeKind.SUBMITTED,
    Action.RETURN: SectionChangeKind.RETURNED,
    Action.ASSESS_SELF: SectionChangeKind.SELF_ASSESSED,
    Action.APPROVE: SectionChangeKind.APPROVED,
    Action.RELEASE: SectionChangeKind.RELEASED,
    Action.SHARE: SectionChangeKind.SHARED,
    Action.ACKNOWLEDGE: SectionChangeKind.ACKNOWLEDGED,
    Action.FINALISE: SectionChangeKind.FINALISED,
    Action.DISPUTE: SectionChangeKind.DISPUTED,
    Action.CLAIM: SectionChangeKind.DISPUTED,
    Action.DECIDE_DISPUTE: SectionChangeKind.DISPUTE_DECIDED,
    Action.DECIDE_CLAIM: SectionChangeKind.DISPUTE_DECIDED,
    Action.CALIBRATE: SectionChangeKind.CALIBRATED,
    Action.PROPOSE_REOPENING: SectionChangeKind.REOPENING_PROPOSED,
    Action.WITHDRAW_REOPENING: SectionChangeKind.REOPENING_WITHDRAWN,
    Action.REOPEN: SectionChangeKind.REOPENED,
    Action.EXEMPT: SectionChangeKind.EXEMPTED,
    Action.END_EXEMPTION: SectionChangeKind.EXEMPTION_ENDED,
    Action.VOID: SectionChangeKind.VOIDED,
}


@strawberry.type(name="SectionChange", description="A section that is followed, after something happened to it.")
class SectionChangeType:
    key: strawberry.Private[SectionId]
    section_id: strawberry.ID = strawberry.field(description="Which section.")
    kind: SectionChangeKind = strawberry.field(
        description="What happened; several things in a quick row are told one by one."
    )
    version: int = strawberry.field(
        description="The section's version (a count of changes) after it; `section` is as it is now."
    )
    at: datetime = strawberry.field(description="When it happened; for CURRENT, when following began.")

    @strawberry.field(
        description="The section as it is now. Reading somebody else's is written to the audit log, at each event."
    )
    def section(self, info: strawberry.Info) -> SectionType | None:
        context: RequestContext = info.context
        return SectionType.viewed(context.sections.view(self.key), context)

    @classmethod
    def of(cls, key: SectionId, kind: SectionChangeKind, *, version: int, at: datetime) -> Self:
        return cls(key=key, section_id=to_global(Kind.SECTION, key), kind=kind, version=version, at=at)


Job = Annotated[
    ExportType | ImportType | ScoringJobType | PolicyTrialType,
    strawberry.union("Job", description="Work that was asked for and goes on after the answer."),
]
JOBS: Final[dict[Kind, Callable[[RequestContext, str], ExportType | ImportType | ScoringJobType | PolicyTrialType]]] = {
    Kind.EXPORT: one_export,
    Kind.IMPORT: one_import,
    Kind.SCORING: one_scoring_job,
    Kind.TRIAL: one_trial,
}
"""How each is read; who may is asked each time."""


@strawberry.type(description="Following, over WebSocket or server-sent events. Each begins with how things stand.")
class Subscription:
    @strawberry.subscription(
        description=(
            "How far a scoring run is, and at last how it ended; then the subscription is complete. For HR "
            "administrators and auditors."
        ),
    )
    async def scoring_progress(
        self, info: strawberry.Info, run: Annotated[strawberry.ID, strawberry.argument(description="Id of the run.")]
    ) -> AsyncGenerator[ScoringRunType, None]:
        live: LiveContext = info.context
        told = None
        while True:
            context = await live.renewed()
            require(context, Permission.READ_RUNS)
            key = RunId(key_of(run, Kind.RUN))
            found = await live.look(partial(get_run, context.deployment, context.principal, key, at=context.at))
            reached = None if found.progress is None else (found.progress.step, found.progress.done)
            if told != (found.state, reached):
                told = (found.state, reached)
                yield ScoringRunType.of(found)
            if found.state is not RunState.RUNNING:
                return
            await asyncio.sleep(LOOK_EVERY)

    @strawberry.subscription(
        description=(
            "How far an export, an import, a scoring run that was asked for or the trial of a policy is, whenever that "
            "has changed, and at last how it ended; then the subscription is complete. For whoever may read it."
        ),
    )
    async def job_progress(
        self, info: strawberry.Info, job: Annotated[strawberry.ID, strawberry.argument(description="Id of the job.")]
    ) -> AsyncGenerator[Job, None]:
        live: LiveContext = info.context
        kind, key = from_global(job)
        if kind not in JOBS:
            raise InvalidInput(f"this is the id of a {kind}", expected=f"that of one of {', '.join(JOBS)}")
        told = None
        while True:
            found = await live.look(partial(JOBS[kind], await live.renewed(), key))
            if found != told:
                told = found
                yield found
            if found.finished_at is not None:
                return
            await asyncio.sleep(LOOK_EVERY)

    @strawberry.subscription(
        description="What happens to sections that the reader may see, from now on: first how each stands.",
    )
    async def section_changed(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"1 to {MOST_IDS} ids of sections.")],
    ) -> AsyncGenerator[SectionChangeType, None]:
        live: LiveContext = info.context
        if not 1 <= len(ids) <= MOST_IDS:
            raise InvalidInput(f"{len(ids)} ids", expected=f"1 to {MOST_IDS}")
        keys = list(dict.fromkeys(SectionId(key_of(text, Kind.SECTION)) for text in ids))
        async with live.feed.following(frozenset(keys)) as follower:
            told = await _versions(live, keys)
            if len(told) < len(keys):
                raise NotFound("one of the sections does not exist, or is not yours to see")
            for key in keys:
                yield SectionChangeType.of(key, SectionChangeKind.CURRENT, version=told[key], at=live.latest.at)
            async for change in _changes(live, follower, told):
                yield change


async def _changes(
    live: LiveContext, follower: Follower, told: dict[SectionId, int]
) -> AsyncGenerator[SectionChangeType, None]:
    """Endless. `told` holds the version of each section that the client knows."""
    while True:
        happening = await follower.next()
        wanted = list(told) if happening.section is None else [happening.section]
        kind = SectionChangeKind.RESCORED if happening.action is None else KINDS[happening.action]
        for key, version in (await _versions(live, wanted)).items():
            then = version if happening.version is None else happening.version
            if then > told[key]:
                told[key] = then
                yield SectionChangeType.of(key, kind, version=then, at=happening.at)


async def _versions(live: LiveContext, wanted: list[SectionId]) -> dict[SectionId, int]:
    """Of those that the client may see at this moment."""
    context = await live.renewed()
    require(context, Permission.READ_SECTIONS)
    return await live.look(partial(visible_versions, context.deployment, context.principal, wanted, at=context.at))
