"""Keys of the caller's own, so that a request that is sent again does nothing a second time."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, TypeVar

import strawberry

from appraise.api.context import RequestContext
from appraise.domain.sections import Refusal
from appraise.errors import InvalidInput
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.once import once

T = TypeVar("T")
R = TypeVar("R")

LONGEST_KEY: Final = 255
DONE_ALREADY: Final = Refusal(
    "ALREADY_DONE",
    "this was done already under this idempotency key; what is shown once is not shown again",
    "idempotencyKey",
)


@strawberry.input(description="What every change takes that may be repeated.")
class RepeatableInput:
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=(
            f"1 to {LONGEST_KEY} characters of your own: the same key and input again, within 30 days, do nothing more "
            "and give the same answer again."
        ),
    )

    def __post_init__(self) -> None:
        key = self.idempotency_key
        if key is not None and not 1 <= len(key) <= LONGEST_KEY:
            raise InvalidInput(
                f"`input.idempotencyKey` has {len(key):,} characters",
                expected=f"1 to {LONGEST_KEY}",
                hint="leave it out, or give each request a key of its own",
            )


@strawberry.input(description="What every change takes whose answer holds what is shown once.")
class OnceInput(RepeatableInput):
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=(
            f"1 to {LONGEST_KEY} characters of your own: the same key and input again, within 30 days, do nothing more "
            "and are answered by ALREADY_DONE, without what is shown once."
        ),
    )


def repeatable(
    info: strawberry.Info,
    wanted: RepeatableInput,
    deed: Callable[[Deployment], T],
    *,
    told: Callable[[Any], Any] = lambda outcome: outcome.id,
    again: Callable[[Any], R],
) -> T | R:
    """What comes of `deed`, or where it was done under this key before, of `again` with what `told` gave then."""
    context: RequestContext = info.context
    body = asdict(wanted)
    key = body.pop("idempotency_key")
    return once(
        context.deployment,
        context.principal,
        key,
        [info.field_name, body],
        deed,
        told=told,
        again=again,
        at=context.at,
    )
