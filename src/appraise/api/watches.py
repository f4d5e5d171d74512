"""Keeping thresholds, taking them away, and saying that what lies beyond them was seen."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.guard import LONGEST_LIST
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.contribution_inputs import DimensionValue
from appraise.api.types.watches import MeasureValue, SideValue, WatchListType
from appraise.api.user_errors import UserError, user_error
from appraise.domain.contributions import Dimension
from appraise.domain.identifiers import IndicatorKey, WatchId
from appraise.domain.indicators import BY_KEY
from appraise.domain.sections import Refusal
from appraise.domain.watches import Measure, Rule, Side, Watch
from appraise.errors import InvalidInput, NotFound
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.keep_watch import drop_watch, keep_watch, mark_watch_seen
from appraise.use_cases.read_watches import read_watches


@strawberry.input(description="A threshold to keep, or to have in the place of another.")
class KeepWatchInput(RepeatableInput):
    indicator: str = strawberry.field(description="Key of the indicator, e.g. `satisfaction`.")
    group_by: DimensionValue = strawberry.field(
        description="DEPARTMENT, UNIT or, where the policy allows it, EMPLOYEE."
    )
    measure: MeasureValue = strawberry.field(description="The figure, or its change since the cycle before.")
    side: SideValue = strawberry.field(description="Below or above.")
    threshold: Decimal = strawberry.field(
        description="In the indicator's unit: 0 to 100 of points and shares, 0 to 10 of ratios; changes also below 0."
    )
    watch_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which one it takes the place of; a new one where it is left out."
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `version` (a count of changes) of that one as it was read; needed with `watchId`.",
    )


@strawberry.input(description="Takes a threshold away.")
class DropWatchInput(RepeatableInput):
    watch_id: strawberry.ID = strawberry.field(description="Which.")
    expected_version: int = strawberry.field(description="Its `version` (a count of changes) as it was read.")


@strawberry.input(description="Says that what lies beyond a threshold was seen.")
class MarkWatchSeenInput(RepeatableInput):
    watch_id: strawberry.ID = strawberry.field(description="Which.")
    expected_version: int = strawberry.field(description="Its `version` (a count of changes) as it was read.")
    groups: list[strawberry.ID | None] = strawberry.field(
        description=f"Of which groups: the `group.key` of the findings that were shown, at most {LONGEST_LIST}."
    )


@strawberry.type(description="What came of keeping a threshold.")
class KeepWatchPayload:
    watch_list: WatchListType | None = strawberry.field(description="The list by now; null where nothing was kept.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of taking a threshold away.")
class DropWatchPayload:
    watch_list: WatchListType | None = strawberry.field(description="The list by now; null where nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type(description="What came of saying so.")
class MarkWatchSeenPayload:
    watch_list: WatchListType | None = strawberry.field(description="The list by now; null where nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What stood in the way; empty where it is done.")


@strawberry.type
class WatchMutation:
    @strawberry.mutation(
        description=(
            "Keep a threshold: which groups lie below or above it, once the data bear it out. Executives and HR "
            "administrators keep their own."
        ),
        extensions=[Requires(Permission.KEEP_WATCHES)],
    )
    def keep_watch(
        self,
        info: strawberry.Info,
        wanted: Annotated[KeepWatchInput, strawberry.argument(name="input", description="What to keep.")],
    ) -> KeepWatchPayload | None:
        context: RequestContext = info.context
        if wanted.indicator not in BY_KEY:
            raise InvalidInput(
                f"there is no indicator {wanted.indicator[:50]!r}", expected=f"one of: {', '.join(BY_KEY)}"
            )
        rule = Rule(
            IndicatorKey(wanted.indicator),
            Dimension[wanted.group_by.name],
            Measure[wanted.measure.name],
            Side[wanted.side.name],
            wanted.threshold,
        )
        watch = None if wanted.watch_id is None else _watch(wanted.watch_id)
        found, wrong = _changed(
            info,
            wanted,
            lambda deployment: keep_watch(
                deployment,
                context.principal,
                rule,
                at=context.at,
                watch=watch,
                expected_version=wanted.expected_version,
            ),
        )
        return KeepWatchPayload(watch_list=found, user_errors=wrong)

    @strawberry.mutation(
        description="Take a threshold away; the reader's own.", extensions=[Requires(Permission.KEEP_WATCHES)]
    )
    def drop_watch(
        self,
        info: strawberry.Info,
        wanted: Annotated[DropWatchInput, strawberry.argument(name="input", description="Which.")],
    ) -> DropWatchPayload | None:
        context: RequestContext = info.context
        watch = _watch(wanted.watch_id)
        found, wrong = _changed(
            info,
            wanted,
            lambda deployment: drop_watch(
                deployment, context.principal, watch, expected_version=wanted.expected_version, at=context.at
            ),
        )
        return DropWatchPayload(watch_list=found, user_errors=wrong)

    @strawberry.mutation(
        description=(
            "Say that what lies beyond a threshold was seen: it is new no more, and the task is done. What comes to "
            "lie beyond it later is new again."
        ),
        extensions=[Requires(Permission.KEEP_WATCHES)],
    )
    def mark_watch_seen(
        self,
        info: strawberry.Info,
        wanted: Annotated[MarkWatchSeenInput, strawberry.argument(name="input", description="What was seen.")],
    ) -> MarkWatchSeenPayload | None:
        context: RequestContext = info.context
        watch, groups = _watch(wanted.watch_id), [_group(key) for key in wanted.groups]
        found, wrong = _changed(
            info,
            wanted,
            lambda deployment: mark_watch_seen(
                deployment, context.principal, watch, groups, expected_version=wanted.expected_version, at=context.at
            ),
        )
        return MarkWatchSeenPayload(watch_list=found, user_errors=wrong)


def _watch(key: strawberry.ID) -> WatchId:
    return WatchId(key_of(key, Kind.WATCH))


def _group(key: strawberry.ID | None) -> str | None:
    """A manager's or an employee's id, or a department's code."""
    if key is None:
        return None
    try:
        return key_of(key, Kind.EMPLOYEE)
    except (InvalidInput, NotFound):
        return str(key)


def _changed(
    info: strawberry.Info, wanted: RepeatableInput, deed: Callable[[Deployment], Watch | Refusal]
) -> tuple[WatchListType | None, list[UserError]]:
    context: RequestContext = info.context
    outcome = repeatable(info, wanted, deed, again=lambda _: None)  # the list is told, not the threshold
    if isinstance(outcome, Refusal):
        return None, [user_error(outcome)]
    return WatchListType.of(read_watches(context.deployment, context.principal, at=context.at)), []
